package textindex_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/store/textindex"
)

// small makes segments of a few stories, and merges them soon.
var small = textindex.Limits{Full: 2000, Settled: 1000, Fan: 3, Batch: 3, Common: 100, Lazy: true}

func open(t testing.TB, dir string, l textindex.Limits) *textindex.Index {
	t.Helper()
	x, err := textindex.OpenLimited(dir, nil, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func catchUp(t testing.TB, x *textindex.Index, f *feed) {
	t.Helper()
	if err := x.CatchUp(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if x.Applied() != f.last {
		t.Fatalf("applied %d of %d", x.Applied(), f.last)
	}
}

// found returns the ids of what a word finds, sorted.
func found(x *textindex.Index, word string) ([]workbench.StoryID, error) {
	ordinals, err := x.Find(context.Background(), word)
	if err != nil {
		return nil, err
	}
	ids := x.Stories(0)
	var list []workbench.StoryID
	for _, o := range ordinals {
		if id := ids[o]; id != "" {
			list = append(list, id)
		}
	}
	if !slices.IsSorted(ordinals) {
		return nil, errors.New("ordinals do not ascend")
	}
	slices.Sort(list)
	return list, nil
}

func wantFound(t testing.TB, x *textindex.Index, f *feed, words ...string) {
	t.Helper()
	for _, w := range words {
		got, err := found(x, w)
		if err != nil {
			t.Fatalf("searching for %q: %v", w, err)
		}
		if diff := cmp.Diff(f.containing(w), got); diff != "" {
			t.Fatalf("searching for %q (-want +got):\n%s", w, diff)
		}
	}
}

var words = []string{"powershell", "POWERSHELL -enc", "system32", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "FC1C149AF", "c14", "ell",
	"ex", "x", "10.0.0.7", "ünïcode", "ÜNÏ", "İ", "k", "nothing has this", "a\x00b", "\xff\xfe", "32\\", "owershellc"}

func sampleFeed() *feed {
	f := newFeed()
	f.put(0, `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -enc SQBFAFgA`, "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "10.0.0.7")
	f.put(1, "powershell", "cmd.exe", "powershell", "PowerShell")
	f.put(2, "ÜNÏCODE İstanbul K", "a\x00b", "\xff\xfe")
	f.put(3)
	f.put(4, "", strings.Repeat("long ", 10_000)+"tail", "10.0.0.70")
	return f
}

func TestFindsWhatTextsContain(t *testing.T) {
	f, dir := sampleFeed(), t.TempDir()
	x := open(t, dir, textindex.Limits{})
	catchUp(t, x, f)
	wantFound(t, x, f, words...)
	if err := x.Flush(); err != nil {
		t.Fatal(err)
	}
	wantFound(t, x, f, append(words, "tail", "long tail", strings.Repeat("long ", 400))...)
	f.put(1, "notepad")
	f.change(2, func(s *story) { s.gone = true })
	catchUp(t, x, f)
	wantFound(t, x, f, append(words, "notepad")...)
	generation := x.Generation()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir, textindex.Limits{})
	if x.Applied() != f.last || x.Generation() != generation {
		t.Errorf("after opening again: applied %d of %d, generation %d, was %d", x.Applied(), f.last, x.Generation(), generation)
	}
	wantFound(t, x, f, append(words, "notepad")...)
}

func TestUnchangedTextsTakeNoRoom(t *testing.T) {
	f, x := sampleFeed(), open(t, t.TempDir(), textindex.Limits{})
	catchUp(t, x, f)
	if err := x.Flush(); err != nil {
		t.Fatal(err)
	}
	before, _ := x.Size()
	for range 100 {
		f.change(0, func(*story) {})
		catchUp(t, x, f)
	}
	if err := x.Flush(); err != nil {
		t.Fatal(err)
	}
	if after, _ := x.Size(); after != before || x.Segments() != 1 {
		t.Errorf("clicks made %d bytes %d, in %d segments", before, after, x.Segments())
	}
}

func TestStoryKeepsItsOrdinal(t *testing.T) {
	f, x := sampleFeed(), open(t, t.TempDir(), small)
	catchUp(t, x, f)
	before := x.Stories(0)
	f.put(1, "other")
	f.change(2, func(s *story) { s.gone = true })
	catchUp(t, x, f)
	before[2] = ""
	if diff := cmp.Diff(before, x.Stories(0)); diff != "" {
		t.Errorf("ordinals (-want +got):\n%s", diff)
	}
	f.put(2, "back")
	catchUp(t, x, f)
	if got := x.Stories(uint32(len(before))); len(got) != 1 || got[0] != "story2" {
		t.Errorf("a story that came back has %q", got)
	}
	if got := x.Stories(1 << 20); len(got) != 0 {
		t.Errorf("beyond the end are %q", got)
	}
}

func TestBrokenStoryStopsNobody(t *testing.T) {
	f := sampleFeed()
	f.change(1, func(s *story) { s.broken = true })
	var out bytes.Buffer
	x, err := textindex.OpenLimited(t.TempDir(), slog.New(slog.NewTextHandler(&out, nil)), small)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	catchUp(t, x, f)
	wantFound(t, x, f, words...)
	if !strings.Contains(out.String(), "cannot be read") {
		t.Errorf("the log says only %q", out.String())
	}
}

func TestRefusesWhatTakesTooLong(t *testing.T) {
	f := newFeed()
	for i := range 200 {
		f.put(i, strings.Repeat("common ", 20)+strings.Repeat(string(rune('a'+i%26)), i+3), "the rare one"[:3+i%2])
	}
	x := open(t, t.TempDir(), textindex.Limits{Compared: 25_000})
	catchUp(t, x, f)
	if err := x.Flush(); err != nil {
		t.Fatal(err)
	}
	for word, say := range map[string]string{"common": "longer word", "mo": "at least 3 letters", "": "at least 3 letters"} {
		var bad *workbench.Invalid
		if _, err := x.Find(t.Context(), word); !errors.As(err, &bad) || !strings.Contains(bad.Fields["q"], say) {
			t.Errorf("searching for %q: got %v, want a sentence with %q", word, err, say)
		}
	}
	wantFound(t, x, f, "zzzzzzzzzzzz", "nowhere")
}

func TestAnotherStoreBeginsAnew(t *testing.T) {
	f := sampleFeed()
	older := f.copy()
	for i := range 10 {
		f.put(i, "after the copy was made")
	}
	grown := older.copy()
	for i := range 20 {
		grown.put(20+i, "another history")
	}
	for name, other := range map[string]*feed{"older": older, "other": newFeed(), "grown": grown} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			x := open(t, dir, small)
			catchUp(t, x, f)
			generation := x.Generation()
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			x = open(t, dir, small)
			catchUp(t, x, other)
			if x.Generation() == generation {
				t.Error("the generation is the same")
			}
			wantFound(t, x, other, append(words, "after the copy", "another history")...)
		})
	}
}

func TestFolderIsHeld(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, small)
	if _, err := textindex.Open(dir, nil); !errors.Is(err, workbench.ErrInUse) {
		t.Errorf("a second process gets %v", err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir, small)
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, name := range list {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestFeedFails(t *testing.T) {
	f, x := sampleFeed(), open(t, t.TempDir(), small)
	if err := x.CatchUp(t.Context(), failing{f}); !errors.Is(err, errFeed) {
		t.Errorf("got %v", err)
	}
	if err := x.Follow(t.Context(), failing{f}); !errors.Is(err, errFeed) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.CatchUp(ctx, f); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := x.Find(ctx, "powershell"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := x.WaitApplied(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := x.CatchUp(t.Context(), f); err == nil {
		t.Error("a closed index is fed")
	}
	if _, err := x.Find(t.Context(), "powershell"); err == nil {
		t.Error("a closed index finds")
	}
	if err := x.WaitApplied(t.Context(), 1); err == nil {
		t.Error("a closed index waits")
	}
}
