package index

import (
	"cmp"
	"slices"
)

// The orders that are kept sorted.
const (
	byUpdated = iota // newest first
	byQueue          // highest criticality first, then newest update
	byCreated        // newest first
	orders
)

// order is the stories in one order; ties by id. The list is long and made anew rarely: a story that came or changed since is in moved, and
// stale says that its place in the list no longer counts.
type order struct {
	list  []uint32
	stale []*set // by block; nil = none
	moved []uint32
	since int // stories that changed since the list was made, each as often as it did
}

// maxMoved is how many stories are merged into an answer one by one before the list is made anew, which costs as much as copying it.
const maxMoved = 4_096

func (o *order) isStale(slot uint32) bool {
	if b := int(slot / blockRows); b < len(o.stale) && o.stale[b] != nil {
		return o.stale[b].has(int(slot % blockRows))
	}
	return false
}

// timeOf is the time that an order goes by.
func (t *table) timeOf(which int, slot uint32) int64 {
	b, i := t.block(slot)
	if which == byCreated {
		return get(b.created, i)
	}
	return get(b.updated, i)
}

func (t *table) criticalityOf(slot uint32) int64 {
	b, i := t.block(slot)
	return t.values[criticality][t.cells[get(b.cell, i)][criticality]].number
}

// compareKeys compares two slots by an order, without their ids.
func (t *table) compareKeys(which int, a, b uint32) int {
	if which == byQueue {
		if c := cmp.Compare(t.criticalityOf(b), t.criticalityOf(a)); c != 0 {
			return c
		}
	}
	return cmp.Compare(t.timeOf(which, b), t.timeOf(which, a)) // absentTime is the least, so that it comes last
}

func (t *table) compare(which int, a, b uint32) int {
	if c := t.compareKeys(which, a, b); c != 0 {
		return c
	}
	return t.compareIDs(a, b)
}

// change puts stories in their new places: those of out are taken from where they were, and those of in, which are among out, are there now.
func (o *order) change(t *table, which int, batch uint64, out, in []uint32) {
	if len(out) == 0 {
		return
	}
	o.stale = slices.Clone(o.stale)
	for len(o.stale) < len(t.blocks) {
		o.stale = append(o.stale, nil)
	}
	gone := map[uint32]bool{}
	own := -1
	slices.Sort(out)
	for _, slot := range out {
		gone[slot] = true
		b := int(slot / blockRows)
		if b != own {
			own = b
			fresh := new(set)
			if o.stale[b] != nil {
				*fresh = *o.stale[b]
			}
			o.stale[b] = fresh
		}
		o.stale[b].add(int(slot % blockRows))
	}
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b uint32) int { return t.compare(which, a, b) })
	kept := make([]uint32, 0, len(o.moved)+len(in))
	for _, slot := range o.moved {
		if gone[slot] {
			continue
		}
		for len(in) > 0 && t.compare(which, in[0], slot) < 0 {
			kept, in = append(kept, in[0]), in[1:]
		}
		kept = append(kept, slot)
	}
	o.moved = append(kept, in...)
	o.since += len(out)
	if few := max(64, min(maxMoved, t.live/4)); len(o.moved) > few || o.since > 4*few {
		o.fold(t, which)
	}
}

// fold makes the list anew.
func (o *order) fold(t *table, which int) {
	rest := make([]uint32, 0, len(o.list))
	for _, slot := range o.list {
		if !o.isStale(slot) {
			rest = append(rest, slot)
		}
	}
	list := make([]uint32, 0, len(rest)+len(o.moved))
	for _, slot := range o.moved {
		at, _ := slices.BinarySearchFunc(rest, slot, func(a, b uint32) int { return t.compare(which, a, b) })
		list = append(append(list, rest[:at]...), slot)
		rest = rest[at:]
	}
	*o = order{list: append(list, rest...)}
}
