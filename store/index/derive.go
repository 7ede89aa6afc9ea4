package index

import (
	"maps"
	"slices"
)

// manyOfBlock is how many stories of a block change before its sets are rather made anew.
const manyOfBlock = 128

// derive brings in step what is derived from the columns of the slots that the batch touched.
func (w *writer) derive() {
	t := w.t
	t.cube.pages = slices.Clone(t.cube.pages)
	t.crosses = slices.Clone(t.crosses)
	if t.pairs.known {
		t.pairs.vectors, t.pairs.often.list = slices.Clone(t.pairs.vectors), slices.Clone(t.pairs.often.list)
		t.pairs.learn(t)
	}
	touched := slices.Sorted(maps.Keys(w.before))
	var out, in [orders][]uint32
	for from := 0; from < len(touched); {
		at := touched[from] / blockRows
		to := from
		for to < len(touched) && touched[to]/blockRows == at {
			to++
		}
		many := to-from > manyOfBlock
		if many {
			w.sets(t.blocks[at], t.used(int(at)))
		}
		for _, slot := range touched[from:to] {
			b, i := t.block(slot)
			was := w.before[slot]
			now := before{live: b.live.has(i)}
			if now.live {
				now = before{true, get(b.cell, i), get(b.tenant, i), get(b.owner, i), get(b.labels, i), get(b.techniques, i), get(b.updated, i), get(b.created, i)}
			}
			if !many {
				w.moveSets(b, i, &was, &now)
			}
			w.recount(b, &was, &now)
			for which := range t.orders {
				if was.live != now.live || w.keyOf(which, &was) != w.keyOf(which, &now) {
					out[which] = append(out[which], slot)
					if now.live {
						in[which] = append(in[which], slot)
					}
				}
			}
		}
		from = to
	}
	w.alsoOften(touched)
	for which := range t.orders {
		t.orders[which].change(t, which, w.batch, out[which], in[which])
	}
}

// orderKey is what places a story in an order, but for its id.
type orderKey struct{ criticality, time int64 }

func (w *writer) keyOf(which int, s *before) orderKey {
	switch {
	case !s.live:
		return orderKey{}
	case which == byCreated:
		return orderKey{0, s.created}
	case which == byQueue:
		return orderKey{w.t.values[criticality][w.t.cells[s.cell][criticality]].number, s.updated}
	}
	return orderKey{0, s.updated}
}

// codesOf appends the codes that a state has in a field.
func (t *table) codesOf(field int, s *before, out []uint32) []uint32 {
	if !s.live {
		return out
	}
	switch field {
	case tenant:
		return append(out, s.tenant)
	case owner:
		return append(out, s.owner)
	case label:
		return append(out, t.labelSets.of(s.labels)...)
	case technique:
		return append(out, t.techniqueSets.of(s.techniques)...)
	}
	return append(out, t.cells[s.cell][smallAt(field)])
}

// smallAt is the place of a field in small.
func smallAt(field int) int { return min(field, len(small)-1) }

func (w *writer) moveSets(b *block, i int, was, now *before) {
	for field := range fields {
		w.codes = w.t.codesOf(field, was, w.codes[:0])
		n := len(w.codes)
		w.codes = w.t.codesOf(field, now, w.codes)
		if slices.Equal(w.codes[:n], w.codes[n:]) {
			continue
		}
		for _, code := range w.codes[:n] {
			if !slices.Contains(w.codes[n:], code) {
				b.sets[field].drop(code, i)
			}
		}
		for _, code := range w.codes[n:] {
			if !slices.Contains(w.codes[:n], code) {
				b.sets[field].add(code, i)
			}
		}
	}
}

// recount counts a story out as it was and in as it is.
func (w *writer) recount(b *block, was, now *before) {
	t := w.t
	for which := range t.undated {
		if was.live && w.keyOf(which, was).time == absentTime {
			t.undated[which]--
		}
		if now.live && w.keyOf(which, now).time == absentTime {
			t.undated[which]++
		}
	}
	alike := was.tenant == now.tenant && was.owner == now.owner && was.labels == now.labels && was.techniques == now.techniques && was.live == now.live
	if alike && was.cell == now.cell {
		return
	}
	if was.live {
		t.cube.add(w.batch, was.cell, ^uint32(0))
	}
	if now.live {
		t.cube.add(w.batch, now.cell, 1)
	}
	w.recountCross(was, ^uint32(0))
	w.recountCross(now, 1)
	if t.pairs.known {
		w.recountPairs(was, ^uint32(0))
		w.recountPairs(now, 1)
	}
	w.recountBlock(b, was, now)
}

func (w *writer) recountPairs(s *before, by uint32) {
	if !s.live {
		return
	}
	p := &w.t.pairs
	n, counted, larges := w.t.placesOf(s, &w.codes)
	p.add(w.batch, &n, counted, by)
	p.addOften(w.batch, &n, counted, larges, by)
}
