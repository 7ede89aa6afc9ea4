package index

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Numbers of incidents are looked at without being written out.
func TestDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[0-9]{1,18}`).Draw(t, "word")
		n := rapid.Uint64Max(maxIncident-1).Draw(t, "number")
		switch text := strconv.FormatUint(n, 10); rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0: // a part of it
			from := rapid.IntRange(0, len(text)-1).Draw(t, "from")
			word = text[from : from+rapid.IntRange(1, min(18, len(text)-from)).Draw(t, "length")]
		case 1: // few digits, so that parts of the word come again and again
			n %= 1_000
			word = word[:min(3, len(word))]
		}
		if got, want := newDigits(word).in(n), strings.Contains(strconv.FormatUint(n, 10), word); got != want {
			t.Fatalf("%q in %d: %v, want %v", word, n, got, want)
		}
	})
}

// A table of incidents numbers them in order of their first use, and finds each within a few steps, however their numbers are spread.
func TestIncidentGroups(t *testing.T) {
	const tenants, each = 50, 400
	for _, stride := range []uint64{1, 2, 7, groupsInLine, groupsInLine + 1, 1 << 10, 1 << 33} {
		t.Run(fmt.Sprint(stride), func(t *testing.T) {
			g := newIncidentGroups(tenants * each)
			known := map[incidentOf]uint32{}
			steps := 0
			for n := range 2 * tenants * each {
				k := incidentOf{uint32(n % tenants), 1_000 + uint64(n/tenants%each)*stride}
				want, ok := known[k]
				if !ok {
					want = uint32(len(known))
					known[k] = want
				}
				if got := g.of(k); got != want {
					t.Fatalf("%v is %d, want %d", k, got, want)
				}
				for at := g.home(k); g.table[at] != want+1; at = g.next(at) {
					steps++
				}
			}
			if questions := 2 * tenants * each; 2*steps > questions {
				t.Errorf("%d steps for %d questions, want at most half as many", steps, questions)
			}
		})
	}
}
