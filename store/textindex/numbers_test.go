package textindex_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"workbench/store/textindex"
)

func TestPartOfANumberIsLookedForAmongWhatWasKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`[0-9a-c]{0,3}[0-9]{0,40}(x[0-9]{5,30})?`).Draw(t, "text"))
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		word := text[from:rapid.IntRange(from, len(text)).Draw(t, "to")]
		kept := textindex.NumbersOf(text)
		looked := textindex.NumbersOf(word)
		for _, k := range looked {
			if !slices.Contains(kept, k) {
				t.Fatalf("%q looks for %d, %q keeps %d", word, looked, text, kept)
			}
		}
	})
	if got := textindex.NumbersOf([]byte("637123456789012345")[:textindex.LongNumber]); len(got) != 1 {
		t.Errorf("a number that is just long keeps %d sequences", len(got))
	}
	if got := textindex.NumbersOf([]byte("637123456789012345")[:textindex.LongNumber-1]); len(got) != 0 {
		t.Errorf("a short number keeps %d sequences", len(got))
	}
}
