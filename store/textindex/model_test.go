package textindex_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"workbench/store/textindex"
)

var pieces = []string{"powershell", ".exe", " -enc ", `c:\windows\`, "System32", "ÜNÏ", "İ", "\x00", "\xff", "a", "aa", "10.0.", "7", "637123456789012345", "e3b0c44298fc1c14", "9afbf4c8996fb924",
	"FFFF", " ", "-", "zzz", "K", "0"}

// textGen draws texts that have much in common.
func textGen() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6).Draw(t, "pieces"), "")
		if rapid.IntRange(0, 5).Draw(t, "more") == 0 {
			s += fmt.Sprint(rapid.Uint64().Draw(t, "number"))
		}
		if rapid.IntRange(0, 40).Draw(t, "long") == 0 {
			s = strings.Repeat(s, 200)
		}
		return s
	})
}

// wordOf draws a word that is often part of a text.
func wordOf(t *rapid.T, f *feed) string {
	var texts []string
	for _, s := range f.stories {
		texts = append(texts, s.texts...)
	}
	if len(texts) > 0 && rapid.IntRange(0, 3).Draw(t, "inside") > 0 {
		if s := rapid.SampledFrom(texts).Draw(t, "text"); s != "" {
			from := rapid.IntRange(0, len(s)-1).Draw(t, "from")
			return s[from : from+rapid.IntRange(1, min(40, len(s)-from)).Draw(t, "length")]
		}
	}
	return rapid.SampledFrom(pieces).Draw(t, "piece")
}

// copyFolder copies a folder as a crash would leave it.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAgainstLookingAtEverything(t *testing.T) {
	folders := t.TempDir()
	count := 0
	rapid.Check(t, func(t *rapid.T) {
		count++
		f, dir := newFeed(), filepath.Join(folders, fmt.Sprint(count))
		limits := textindex.Limits{Full: rapid.IntRange(600, 9000).Draw(t, "full"), Settled: rapid.IntRange(400, 6000).Draw(t, "settled"),
			Fan: rapid.IntRange(2, 5).Draw(t, "fan"), Batch: rapid.IntRange(1, 40).Draw(t, "batch"), Lazy: true,
			Common: rapid.SampledFrom([]int{1, 300, 1 << 20}).Draw(t, "common")}
		openAt := func() *textindex.Index {
			x, err := textindex.OpenLimited(dir, nil, limits)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		x := openAt()
		defer func() { _ = x.Close() }()
		feedIt := func() {
			if err := x.CatchUp(noEnd, f); err != nil {
				t.Fatal(err)
			}
		}
		moved := 0
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				for range rapid.IntRange(1, 20).Draw(t, "count") {
					f.put(rapid.IntRange(0, 60).Draw(t, "place"), rapid.SliceOfN(textGen(), 0, 8).Draw(t, "texts")...)
				}
			},
			"click": func(t *rapid.T) {
				if len(f.stories) > 0 {
					f.change(rapid.IntRange(0, len(f.stories)-1).Draw(t, "place"), func(*story) {})
				}
			},
			"gone": func(t *rapid.T) {
				if len(f.stories) > 0 {
					f.change(rapid.IntRange(0, len(f.stories)-1).Draw(t, "place"), func(s *story) { s.gone = true })
				}
			},
			"feed":  func(*rapid.T) { feedIt() },
			"merge": func(*rapid.T) { x.WaitMerges() },
			"flush": func(t *rapid.T) {
				if err := x.Flush(); err != nil {
					t.Fatal(err)
				}
			},
			"again": func(t *rapid.T) {
				generation, applied := x.Generation(), x.Applied()
				if err := x.Close(); err != nil {
					t.Fatal(err)
				}
				if x = openAt(); x.Generation() != generation || x.Applied() != applied {
					t.Fatalf("what was written is not there: applied %d, was %d", x.Applied(), applied)
				}
			},
			"crash": func(t *rapid.T) {
				x.WaitMerges()
				generation := x.Generation()
				moved++
				to := fmt.Sprintf("%s.%d.%d", filepath.Join(folders, "crashed"), count, moved)
				copyFolder(new(testing.T), dir, to)
				_ = x.Close()
				dir = to
				if x = openAt(); x.Generation() != generation {
					t.Fatal("a crash made the index begin anew")
				}
			},
			"older": func(t *rapid.T) {
				feedIt()
				older := f.copy()
				older.put(0, "another history")
				f.put(0, "history that is lost")
				feedIt()
				f = older
			},
			"": func(t *rapid.T) {
				if rapid.Bool().Draw(t, "search") {
					feedIt()
					for range 4 {
						w := wordOf(t, f)
						got, err := found(x, w)
						if err != nil {
							t.Fatal(err)
						}
						if want := f.containing(w); fmt.Sprint(got) != fmt.Sprint(want) {
							t.Fatalf("searching for %q: got %v, want %v", w, got, want)
						}
					}
				}
			},
		})
	})
}

func TestDamageIsNoticed(t *testing.T) {
	f := newFeed()
	for i := range 120 {
		f.put(i, fmt.Sprintf("text %d of all texts", i), fmt.Sprintf("%064x", i*7919), "in every story", strings.Repeat(fmt.Sprint(i), 60))
	}
	whole := t.TempDir()
	x := open(t, whole, small)
	catchUp(t, x, f)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(whole, "*"))
	if err != nil {
		t.Fatal(err)
	}
	folders := t.TempDir()
	count := 0
	rapid.Check(t, func(t *rapid.T) {
		count++
		dir := filepath.Join(folders, fmt.Sprint(count))
		copyFolder(new(testing.T), whole, dir)
		name := filepath.Join(dir, filepath.Base(rapid.SampledFrom(names).Draw(t, "file")))
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch how := rapid.SampledFrom([]string{"flip", "cut", "remove"}).Draw(t, "how"); {
		case len(b) == 0:
		case how == "flip":
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case how == "cut":
			b = b[:rapid.IntRange(0, len(b)-1).Draw(t, "length")]
		}
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		x, err := textindex.OpenLimited(dir, nil, small)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		f.put(3, fmt.Sprint("once more ", count))
		for _, w := range []string{"in every", "text 7 of", fmt.Sprintf("%064x", 50*7919), "1111", "once more"} {
			if err := x.CatchUp(noEnd, f); err != nil {
				t.Fatal(err)
			}
			got, err := found(x, w)
			if err != nil { // noticed just now: it begins anew
				if err := x.CatchUp(noEnd, f); err != nil {
					t.Fatal(err)
				}
				if got, err = found(x, w); err != nil {
					t.Fatal(err)
				}
			}
			if want := f.containing(w); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("searching for %q: got %v, want %v", w, got, want)
			}
		}
	})
}
