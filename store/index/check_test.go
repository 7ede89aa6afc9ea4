package index

import (
	"fmt"
	"maps"
	"slices"
)

// Check makes anew what is derived from the columns of an index and says where that differs from what it has.
func Check(x *Index) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	is := x.table.Load()
	w := x.writer
	w.begin(is, true)
	for at, b := range w.t.blocks {
		own := *b
		w.t.blocks[at] = &own
	}
	made := w.end()
	for at, b := range is.blocks {
		for field := range fields {
			if a, b := b.sets[field].plain(), made.blocks[at].sets[field].plain(); !maps.EqualFunc(a, b, slices.Equal[[]int]) {
				return fmt.Sprintf("sets of field %d: %v, made anew %v", field, a, b)
			}
		}
	}
	for cell := range is.cells {
		if a, b := is.cube.at(uint32(cell)), made.cube.at(uint32(cell)); a != b {
			return fmt.Sprintf("cell %d: %d, made anew %d", cell, a, b)
		}
	}
	for cell := range is.cells {
		if a, b := is.crossOf(cell), made.crossOf(cell); !maps.Equal(a, b) {
			return fmt.Sprintf("cross of cell %d: %v, made anew %v", cell, a, b)
		}
	}
	if diff := comparePairs(&is.pairs, &made.pairs); diff != "" {
		return diff
	}
	if is.undated != made.undated {
		return fmt.Sprintf("undated %v, made anew %v", is.undated, made.undated)
	}
	return ""
}

// crossOf is what a cell's stories have in large fields.
func (t *table) crossOf(cell int) map[uint32]uint32 {
	out := map[uint32]uint32{}
	if cell < len(t.crosses) && t.crosses[cell] != nil {
		for i, key := range t.crosses[cell].keys {
			out[key] = t.crosses[cell].n[i]
		}
	}
	return out
}

// comparePairs compares counts whose numbers and places may differ.
func comparePairs(p, q *pairs) string {
	if !p.known || !q.known {
		return "pairs are not known"
	}
	numbers, places := map[uint8]uint8{0: 0}, map[uint32]uint32{entryAll: entryAll, entryMoved: entryMoved}
	for k := range p.small {
		for code := range p.small[k] {
			numbers[p.small[k][code]], places[p.entries[k][code]] = q.small[k][code], q.entries[k][code]
		}
	}
	for k := range p.large {
		for code := range p.large[k] {
			places[p.large[k][code]] = q.large[k][code]
		}
	}
	for a, x := range numbers {
		for b, y := range numbers {
			for place, made := range places {
				if was, now := p.of(a, b, place), q.of(x, y, made); was != now && (a != b || a == 0) {
					return fmt.Sprintf("pair %d, %d at %d: %d, made anew %d", a, b, place, was, now)
				}
			}
		}
	}
	return ""
}

// plain is the slots by code.
func (s sets) plain() map[uint32][]int {
	out := map[uint32][]int{}
	for k, code := range s.codes {
		var all set
		s.in[k].or(&all)
		for i := range blockRows {
			if all.has(i) {
				out[code] = append(out[code], i)
			}
		}
	}
	return out
}
