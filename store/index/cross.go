package index

import "slices"

// cross counts the stories of one cell by their values in large fields. Where only small fields have filters, however many, the crosses of the
// cells that pass add up to the counts of large values, and no story is looked at.
type cross struct {
	batch uint64   // of the writer that made it
	keys  []uint32 // ascending: place of the field in large, and the value's code
	n     []uint32
}

// fieldBits is where the place of a field stands in a key.
const fieldBits = 30

// addTo adds the counts to those of values of one field, so many times.
func (c *cross) addTo(k int, counts []uint32, by uint32) {
	from, _ := slices.BinarySearch(c.keys, uint32(k)<<fieldBits)
	for at := from; at < len(c.keys) && c.keys[at]>>fieldBits == uint32(k); at++ {
		counts[c.keys[at]&(1<<fieldBits-1)] += by * c.n[at]
	}
}

// addAll does so for all fields.
func (c *cross) addAll(facet *[fields][]uint32, by uint32) {
	for at, key := range c.keys {
		facet[large[key>>fieldBits]][key&(1<<fieldBits-1)] += by * c.n[at]
	}
}

// ownCross returns the cross of a cell as one that the writer of this batch may change.
func (w *writer) ownCross(cell uint32) *cross {
	t := w.t
	for int(cell) >= len(t.crosses) {
		t.crosses = append(t.crosses, nil)
	}
	c := t.crosses[cell]
	if c == nil || c.batch != w.batch {
		own := &cross{batch: w.batch}
		if c != nil {
			own.keys, own.n = slices.Clone(c.keys), slices.Clone(c.n)
		}
		c = own
		t.crosses[cell] = c
	}
	return c
}

// recountCross counts a story in, or out where by is -1. The list of crosses belongs to the writer already.
func (w *writer) recountCross(s *before, by uint32) {
	if !s.live {
		return
	}
	c := w.ownCross(s.cell)
	for k, field := range large {
		w.codes = w.t.codesOf(field, s, w.codes[:0])
		for _, code := range w.codes {
			key := uint32(k)<<fieldBits | code
			at, ok := slices.BinarySearch(c.keys, key)
			if !ok {
				c.keys, c.n = slices.Insert(c.keys, at, key), slices.Insert(c.n, at, 0)
			}
			if c.n[at] += by; c.n[at] == 0 {
				c.keys, c.n = slices.Delete(c.keys, at, at+1), slices.Delete(c.n, at, at+1)
			}
		}
	}
}

// crossAll makes the crosses of all cells, and what follows from them.
func (t *table) crossAll(batch uint64) {
	begins := make([]int, len(t.cells)+1)
	each := func(do func(cell uint32, b *block, at, i int)) {
		for at, b := range t.blocks {
			for i := range t.used(at) {
				if b.live.has(i) {
					do(get(b.cell, i), b, at, i)
				}
			}
		}
	}
	each(func(cell uint32, _ *block, _, _ int) { begins[cell+1]++ })
	for cell := range t.cells {
		begins[cell+1] += begins[cell]
	}
	byCell, next := make([]uint32, begins[len(t.cells)]), slices.Clone(begins)
	each(func(cell uint32, _ *block, at, i int) {
		byCell[next[cell]] = uint32(at*blockRows + i)
		next[cell]++
	})
	var counts [len(large)][]uint32
	for k, field := range large {
		counts[k] = make([]uint32, len(t.values[field]))
	}
	var keys, codes []uint32
	t.crosses = make([]*cross, len(t.cells))
	for cell := range t.cells {
		keys = keys[:0]
		for _, slot := range byCell[begins[cell]:begins[cell+1]] {
			b, i := t.block(slot)
			for k, field := range large {
				codes = t.largeCodes(field, b, i, codes[:0])
				for _, code := range codes {
					if counts[k][code] == 0 {
						keys = append(keys, uint32(k)<<fieldBits|code)
					}
					counts[k][code]++
				}
			}
		}
		if len(keys) == 0 {
			continue
		}
		slices.Sort(keys)
		c := &cross{batch: batch, keys: slices.Clone(keys), n: make([]uint32, len(keys))}
		for at, key := range keys {
			of := &counts[key>>fieldBits][key&(1<<fieldBits-1)]
			c.n[at], *of = *of, 0
		}
		t.crosses[cell] = c
	}
	t.pairAll(batch)
}

func (t *table) saveCrosses(s *snapshotParts) {
	var lengths, keys, counts []uint32
	for _, c := range t.crosses {
		if c == nil {
			lengths = append(lengths, 0)
			continue
		}
		lengths, keys, counts = append(lengths, uint32(len(c.keys))), append(keys, c.keys...), append(counts, c.n...)
	}
	put32(s, lengths)
	put32(s, keys)
	put32(s, counts)
	t.pairs.often.save(s)
	t.saveBlockPairs(s)
}

func (t *table) loadCrosses(f *snapshotFile) {
	lengths, keys, counts := take32[uint32](f), take32[uint32](f), take32[uint32](f)
	all := make([]cross, len(lengths))
	for i, n := range lengths {
		all[i].keys, all[i].n = keys[:n:n], counts[:n:n]
		keys, counts = keys[n:], counts[n:]
		t.crosses = append(t.crosses, &all[i])
	}
	t.pairs.often.load(f, t.pairs.total)
	t.loadBlockPairs(f)
}
