package index

import (
	"slices"
	"sync"
)

// rebuild makes all that is derived from columns.
func (w *writer) rebuild() {
	t := w.t
	t.cube = tally{}
	t.pairs = pairs{known: true, vectors: make([]*vector, maxSmall*maxSmall)}
	t.pairs.learn(t)
	t.undated = [orders]int{}
	var group sync.WaitGroup
	group.Go(t.sortAll)
	group.Go(func() { t.crossAll(w.batch) })
	for at, b := range t.blocks {
		w.sets(b, t.used(at))
		w.count(b)
	}
	w.countCells()
	group.Wait()
	for which := range t.orders {
		for _, slot := range slices.Backward(t.orders[which].list) {
			if which == byQueue {
				break
			}
			if t.timeOf(which, slot) != absentTime {
				break
			}
			t.undated[which]++
		}
	}
	t.undated[byQueue] = t.undated[byUpdated]
}

// sets makes the sets of a block.
func (w *writer) sets(b *block, used int) {
	t := w.t
	for field := range fields {
		var codes []uint32
		each := func(do func(code uint32, i int)) {
			for i := range used {
				if !b.live.has(i) {
					continue
				}
				switch field {
				case tenant:
					do(get(b.tenant, i), i)
				case owner:
					do(get(b.owner, i), i)
				case label, technique:
					codes = t.largeCodes(field, b, i, codes[:0])
					for _, c := range codes {
						do(c, i)
					}
				default:
					do(t.cells[get(b.cell, i)][smallAt(field)], i)
				}
			}
		}
		w.sorter.begin(len(t.values[field]))
		each(func(code uint32, _ int) { w.sorter.count(code) })
		b.sets[field] = w.sorter.sets()
		into := b.sets[field]
		each(func(code uint32, i int) { w.sorter.place(into, code, i) })
	}
}

// count counts the stories of a block.
func (w *writer) count(b *block) {
	t, p := w.t, &w.t.pairs
	for i := range blockRows {
		if !b.live.has(i) {
			continue
		}
		cell := get(b.cell, i)
		t.cube.add(w.batch, cell, 1)
		if !p.known || hasMoved(t, &t.cells[cell]) {
			continue
		}
		n := p.numbersOf(&t.cells[cell])
		w.codes = w.codes[:0]
		for k, field := range large {
			from := len(w.codes)
			w.codes = t.largeCodes(field, b, i, w.codes)
			for j := from; j < len(w.codes); j++ {
				w.codes[j] = p.large[k][w.codes[j]]
			}
		}
		p.add(w.batch, &n, w.codes, 1)
	}
}

// countCells counts small values among pairs, which all stories of a cell have alike.
func (w *writer) countCells() {
	t, p := w.t, &w.t.pairs
	if !p.known {
		return
	}
	for code := range t.cells {
		if count := t.cube.at(uint32(code)); count > 0 {
			n := p.numbersOf(&t.cells[code])
			w.codes = p.smallOf(t, &t.cells[code], w.codes[:0])
			p.add(w.batch, &n, w.codes, count)
		}
	}
}

// sortAll makes the orders.
func (t *table) sortAll() {
	all := make([]sortItem, 0, t.live)
	spare := make([]sortItem, t.live)
	fill := func(which int) {
		all = all[:0]
		for at, b := range t.blocks {
			for i := range t.used(at) {
				if b.live.has(i) {
					slot := uint32(at*blockRows + i)
					all = append(all, sortItem{^(uint64(t.timeOf(which, slot)) ^ 1<<63), slot})
				}
			}
		}
	}
	for _, which := range []int{byUpdated, byCreated} {
		fill(which)
		sorted := sortByKey(all, spare)
		list := make([]uint32, len(sorted))
		for i, s := range sorted {
			list[i] = s.slot
		}
		for from := 0; from < len(sorted); {
			to := from + 1
			for to < len(sorted) && sorted[to].key == sorted[from].key {
				to++
			}
			if to-from > 1 {
				slices.SortFunc(list[from:to], t.compareIDs)
			}
			from = to
		}
		t.orders[which] = order{list: list}
	}
	t.orders[byQueue] = order{list: t.queueOf(t.orders[byUpdated].list)}
}

// queueOf sorts a list by criticality and leaves the order of those alike.
func (t *table) queueOf(list []uint32) []uint32 {
	counts := map[int64]int{}
	for _, slot := range list {
		counts[t.criticalityOf(slot)]++
	}
	falling := make([]int64, 0, len(counts))
	for c := range counts {
		falling = append(falling, c)
	}
	slices.Sort(falling)
	slices.Reverse(falling)
	places, at := map[int64]int{}, 0
	for _, c := range falling {
		places[c] = at
		at += counts[c]
	}
	out := make([]uint32, len(list))
	for _, slot := range list {
		c := t.criticalityOf(slot)
		out[places[c]] = slot
		places[c]++
	}
	return out
}

// sortItem is a slot with what it is sorted by.
type sortItem struct {
	key  uint64
	slot uint32
}

// sortByKey sorts by key, least first, and returns either list; the other is overwritten.
func sortByKey(list, spare []sortItem) []sortItem {
	const digit = 11
	for shift := 0; shift < 64; shift += digit {
		var counts [1 << digit]int
		for i := range list {
			counts[list[i].key>>shift&(1<<digit-1)]++
		}
		if len(list) > 0 && counts[list[0].key>>shift&(1<<digit-1)] == len(list) {
			continue
		}
		at := 0
		for i, n := range counts {
			counts[i] = at
			at += n
		}
		spare = spare[:len(list)]
		for i := range list {
			d := list[i].key >> shift & (1<<digit - 1)
			spare[counts[d]] = list[i]
			counts[d]++
		}
		list, spare = spare, list
	}
	return list
}
