package index

import (
	"fmt"
	"maps"
	"slices"
)

// Eager is a configuration under which pairs are counted for each large value that so many stories have, however little that is worth.
func Eager(c Config, stories int) Config {
	c.often.stories = stories
	return c
}

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
	if diff := compareOften(&is.pairs, &made.pairs); diff != "" {
		return diff
	}
	for at, b := range is.blocks {
		if diff := compareBlocks(is, made, at); diff != "" {
			return diff
		}
		for i := range is.used(at) {
			for time, v := range [times]int64{get(b.created, i), get(b.updated, i), get(b.firstSignal, i), get(b.lastSignal, i)} {
				if r := b.reach[time]; b.live.has(i) && (v < r.least || v > r.most) {
					return fmt.Sprintf("block %d: time %d of slot %d is %d, out of reach %+v", at, time, i, v, r)
				}
			}
		}
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
	numbers, places := alike(p, q)
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

// alike are the numbers and places of one in those of another.
func alike(p, q *pairs) (map[uint8]uint8, map[uint32]uint32) {
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
	return numbers, places
}

// compareOften compares the pairs of large values that both have: those that are made anew may be fewer, and others.
func compareOften(p, q *pairs) string {
	numbers, places := alike(p, q)
	for _, v := range p.often.list {
		made := q.often.of(places[v.place])
		if made == nil {
			continue
		}
		for number, x := range numbers {
			for place, y := range places {
				if was, now := v.vectors[number].at(place), made.vectors[x].at(y); was != now {
					return fmt.Sprintf("value at %d with %d at %d: %d, made anew %d", v.place, number, place, was, now)
				}
			}
		}
	}
	return ""
}

func (v *vector) at(place uint32) uint32 {
	if v == nil {
		return 0
	}
	return get(v.n, int(place))
}

func compareBlocks(is, made *table, block int) string {
	p, q := is.blocks[block].pairs, made.blocks[block].pairs
	if p == nil || q == nil {
		return fmt.Sprintf("block %d: pairs %v, made anew %v", block, p, q)
	}
	numbers, places := alike(&is.pairs, &made.pairs)
	for number, x := range numbers {
		for place, y := range places {
			var was, now uint16
			if row := p.rows[number]; row != nil {
				was = get(row.n, int(place))
			}
			if row := q.rows[x]; row != nil {
				now = get(row.n, int(y))
			}
			if was != now {
				return fmt.Sprintf("block %d: %d at %d is %d, made anew %d", block, number, place, was, now)
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
