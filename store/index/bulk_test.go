package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSegmentsMadeLater holds that a dictionary whose segments are made at once, after many texts, finds what another finds.
func TestSegmentsMadeLater(t *testing.T) {
	at, later := newDictionary(), newDictionary()
	for i := range textsAtOnce + 5*leafTexts + 100 {
		text := fmt.Sprintf("host-%d.%x.example", i, uint32(i)*2654435761)
		at.code(text)
		if later.later = i > 2*leafTexts; i == textsAtOnce+3*leafTexts {
			later.cover()
		}
		later.code(text)
	}
	later.cover()
	later.later = false
	if a, b := at.segments, later.segments; a[len(a)-1].to != b[len(b)-1].to {
		t.Fatalf("segments end at %d, want %d", b[len(b)-1].to, a[len(a)-1].to)
	}
	for _, word := range []string{"host-77", "9.example", "abc", "t-1310", "nothing like it", "xa"} {
		if got, want := later.containing(word, unlimited()), at.containing(word, unlimited()); !slices.Equal(got, want) {
			t.Errorf("%q: found in %d texts, want %d", word, len(got), len(want))
		}
	}
}

// TestPostingsMadeLater holds that postings whose lists are made at once, at the end, are those that are made change by change, and go on so.
func TestPostingsMadeLater(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	at, later := newPostings(), newPostings()
	later.expect()
	for round := range 3 {
		for range 20_000 {
			slot, codes := uint32(r.IntN(15_000)), []uint32{}
			for range r.IntN(4) {
				codes = append(codes, uint32(min(r.IntN(3_000), r.IntN(3_000))))
			}
			if r.IntN(3) == 0 {
				codes = append(codes, 7)
			}
			slices.Sort(codes)
			codes = slices.Compact(codes)
			at.set(slot, codes)
			later.set(slot, codes)
		}
		a, b := at.view(), later.view()
		for code := range a.top {
			var want, got []uint32
			a.each(code, func(slot uint32) { want = append(want, slot) })
			b.each(code, func(slot uint32) { got = append(got, slot) })
			if !slices.Equal(got, want) {
				t.Fatalf("round %d: code %d is in %d slots, want %d", round, code, len(got), len(want))
			}
		}
		for slot := range a.limit {
			if !slices.Equal(a.codes(slot), b.codes(slot)) {
				t.Fatalf("round %d: slot %d has %v, want %v", round, slot, b.codes(slot), a.codes(slot))
			}
		}
	}
}
