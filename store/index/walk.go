package index

import (
	"slices"

	"workbench/store"
)

// keptOrder is the kept order that serves an order, and whether it is walked backwards; ok is false where none does. Backwards serves only
// where every story has a time: what is absent comes last in both directions.
func (t *table) keptOrder(order []store.Sort) (which int, backward, ok bool) {
	switch {
	case len(order) == 1 && order[0].By == "updated":
		which = byUpdated
	case len(order) == 1 && order[0].By == "created":
		which = byCreated
	case len(order) == 2 && order[0].By == "criticality" && order[1].By == "updated" && order[0].Descending == order[1].Descending:
		which = byQueue
	default:
		return 0, false, false
	}
	backward = !order[0].Descending
	return which, backward, !backward || t.undated[which] == 0
}

// walk goes through a kept order from a place in it on.
type walk struct {
	t     *table
	which int
	o     *order
	i, j  int // the next ones of list and moved
}

// from stands before the first story that is not before, by a test that is true for those at the beginning of the order alone.
func (t *table) walk(which int, before func(slot uint32) bool) *walk {
	w := &walk{t: t, which: which, o: &t.orders[which]}
	if before == nil {
		return w
	}
	low, high := 0, len(w.o.list)
	for low < high {
		middle := int(uint(low+high) >> 1)
		at := middle
		for at < high && w.o.isStale(w.o.list[at]) {
			at++
		}
		if at < high && before(w.o.list[at]) {
			low = at + 1
		} else {
			high = middle
		}
	}
	w.i = low
	w.j, _ = slices.BinarySearchFunc(w.o.moved, true, func(slot uint32, _ bool) int {
		if before(slot) {
			return -1
		}
		return 1
	})
	return w
}

// next returns the next story.
func (w *walk) next() (uint32, bool) {
	o := w.o
	for w.i < len(o.list) && o.isStale(o.list[w.i]) {
		w.i++
	}
	if w.i < len(o.list) && (w.j == len(o.moved) || w.t.compare(w.which, o.list[w.i], o.moved[w.j]) < 0) {
		w.i++
		return o.list[w.i-1], true
	}
	if w.j == len(o.moved) {
		return 0, false
	}
	w.j++
	return o.moved[w.j-1], true
}

// previous returns the story before, which is then the next.
func (w *walk) previous() (uint32, bool) {
	o := w.o
	for w.i > 0 && o.isStale(o.list[w.i-1]) {
		w.i--
	}
	if w.i > 0 && (w.j == 0 || w.t.compare(w.which, o.list[w.i-1], o.moved[w.j-1]) > 0) {
		w.i--
		return o.list[w.i], true
	}
	if w.j == 0 {
		return 0, false
	}
	w.j--
	return o.moved[w.j], true
}

// backwards calls yield with the stories before in the order turned round: ties by id are not. It ends where yield says so.
func (w *walk) backwards(yield func(slot uint32) bool) {
	var alike []uint32
	flush := func() bool {
		for _, slot := range slices.Backward(alike) {
			if !yield(slot) {
				return false
			}
		}
		alike = alike[:0]
		return true
	}
	for {
		slot, ok := w.previous()
		if !ok {
			flush()
			return
		}
		if len(alike) > 0 && w.t.compareKeys(w.which, alike[0], slot) != 0 && !flush() {
			return
		}
		alike = append(alike, slot)
	}
}
