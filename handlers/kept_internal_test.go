package handlers

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"workbench"
	"workbench/store"
	"workbench/views/ui"
)

func markupOf(t interface{ Fatal(...any) }, text string) ui.Kept {
	k, err := ui.KeepMarkup([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeptStaysWithinItsBoundAndNeverMixesUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := newKept(nil)
		sizes := rapid.SampledFrom([]int{1, 700, 40_000, 250_000}).Draw(t, "size")
		for i := range rapid.IntRange(1, 150).Draw(t, "puts") {
			key := keptKey{store.Change(rapid.IntRange(0, 300).Draw(t, "number")), ingredients(nil).number(uint64(i % 3)).digest()}
			text := strconv.Itoa(int(key.number)) + " " + strconv.Itoa(i%3) + strings.Repeat(".", sizes)
			if rapid.Bool().Draw(t, "get") {
				if e, ok := k.get(key); ok && string(e.markup.Append(nil, ui.Display{})) != text {
					t.Fatalf("the key %v gives the markup of another", key.number)
				}
			}
			k.put(key, keptEntry{markup: markupOf(t, text)})
			if e, ok := k.get(key); ok && string(e.markup.Append(nil, ui.Display{})) != text {
				t.Fatalf("the key %v gives the markup of another", key.number)
			} else if !ok && sizes < 100_000 && i < 40 {
				t.Fatalf("what was just kept is not there")
			}
		}
		for i := range k.shards {
			s, bytes := &k.shards[i], 0
			for at, e := range s.ring {
				bytes += e.size
				if s.entries[e.key] != at {
					t.Fatalf("the ring and the entries differ")
				}
			}
			if bytes != s.bytes || bytes > keptBytes/keptShards || len(s.ring) != len(s.entries) {
				t.Fatalf("%d bytes are kept and counted as %d, at most %d", bytes, s.bytes, keptBytes/keptShards)
			}
		}
	})
}

func TestKeptLetsGoOfWhatWasNotUsed(t *testing.T) {
	k := newKept(nil)
	used := keptKey{number: 16}
	k.put(used, keptEntry{markup: markupOf(t, "used")})
	text := markupOf(t, strings.Repeat(".", 200_000))
	for i := range 200 { // all in the shard of the first
		k.put(keptKey{number: store.Change(16 * (i + 2))}, keptEntry{markup: text})
		if _, ok := k.get(used); !ok {
			t.Fatalf("what is used all the time went after %d others", i+1)
		}
	}
	if _, ok := k.get(keptKey{number: 32}); ok {
		t.Error("what was never used stayed")
	}
	k.put(keptKey{number: 48}, keptEntry{markup: markupOf(t, strings.Repeat(".", keptBytes/keptShards))})
	if _, ok := k.get(used); !ok {
		t.Error("one that is too large to keep pushed out the others")
	}
}

func TestKeptForgetsWhatCallsTenantsByOldNames(t *testing.T) {
	now := workbench.Text("Contoso")
	k := newKept(func(workbench.TenantID) workbench.Untrusted { return now })
	key := keptKey{number: 1}
	k.put(key, keptEntry{markup: markupOf(t, "Contoso"), names: names{{ID: "a", Name: now}}})
	if _, ok := k.get(key); !ok {
		t.Fatal("it is not kept while the name stays")
	}
	now = workbench.Text("Fabrikam")
	if _, ok := k.get(key); ok {
		t.Error("it is still given under the old name")
	}
	now = workbench.Untrusted{}
	k.put(key, keptEntry{markup: markupOf(t, "a"), names: names{{ID: "a"}}})
	if _, ok := k.get(key); !ok {
		t.Error("a tenant without a name is not kept")
	}
}

func TestKeptIsSafeForManyAtOnce(t *testing.T) {
	k := newKept(func(workbench.TenantID) workbench.Untrusted { return workbench.Text("x") })
	big := strings.Repeat(".", 100_000)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 300 {
				key := keptKey{number: store.Change((i*7 + g) % 90)}
				want := strconv.Itoa(int(key.number)) + big
				if e, ok := k.get(key); ok && string(e.markup.Append(nil, ui.Display{})) != want {
					t.Errorf("the key %d gives the markup of another", key.number)
				}
				k.put(key, keptEntry{markup: markupOf(t, want), names: names{{ID: "a", Name: workbench.Text("x")}}})
			}
		})
	}
	all.Wait()
}

func TestTagsAreComparedAsLists(t *testing.T) {
	const tag = `W/"abc"`
	for _, c := range []struct {
		header string
		want   bool
	}{
		{"", false}, {`W/"abc"`, true}, {`"abc"`, true}, {`"x", W/"abc"`, true}, {`W/"x",W/"abc" , "y"`, true}, {"*", true}, {`W/"abcd"`, false}, {`"ab"`, false},
		{"abc", false}, {`W/"abc`, false}, {`"x" abc`, false}, {`w/"abc"`, false}, {`"x,W/"abc"`, false}, {`"", "abc"`, true},
	} {
		if got := matches(c.header, tag); got != c.want {
			t.Errorf("%q: got %t, want %t", c.header, got, c.want)
		}
	}
}

func TestBestEncoding(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "gzip": "gzip", "gzip, deflate, br, zstd": "zstd", "zstd;q=0.5, gzip": "gzip", "gzip;q=0": "", "gzip;q=0, zstd;q=0": "", "br": "", "identity": "",
		"GZIP": "gzip", "gzip; q=0.3": "gzip", "gzip;q=2": "", "gzip;q=x": "", "zstd;q=0.2,gzip;q=0.2": "zstd", ";;,,=": "", "gzip;q=NaN": "",
	} {
		if got := bestEncoding(header); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestIngredientsDoNotRunTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringN(0, 4, 8), 2, 2)
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		same := ingredients(nil).text(a...).digest() == ingredients(nil).text(b...).digest()
		if same != (a[0] == b[0] && a[1] == b[1]) {
			t.Fatalf("%q and %q: got the same: %t", a, b, same)
		}
	})
}
