package index

import (
	"slices"
	"sync"
)

// longLook is how many stories take about a millisecond to look at: then two look at them.
const longLook = 50_000

// look counts the stories that meet all of some conditions by looking at each. It keeps them as the answer's mask where it is asked to.
func (c *counting) look(list []*condition, want wanted, by uint32, keep bool) {
	if keep {
		c.a.mask = c.t.newMask()
	}
	slices.SortFunc(list, func(a, b *condition) int { return a.met - b.met })
	half := len(c.t.blocks) / 2
	if half == 0 || list[0].met < longLook && (c.t.rule.stories == 0 || list[0].met < c.t.rule.stories) {
		c.lookAt(0, len(c.t.blocks), list, want, by, keep)
		return
	}
	other := c.apart()
	var group sync.WaitGroup
	group.Go(func() { other.lookAt(0, half, list, want, by, keep) })
	c.lookAt(half, len(c.t.blocks), list, want, by, keep)
	group.Wait()
	c.join(other)
}

// apart is a counting of the same that another may do. They share the answer's mask, of which each makes other blocks.
func (c *counting) apart() *counting {
	other := &counting{ctx: c.ctx, p: c.p, t: c.t, a: &answer{mask: c.a.mask}}
	for field := range fields {
		other.a.facet[field] = make([]uint32, len(c.a.facet[field]))
	}
	return other
}

// join adds what another counted by looking.
func (c *counting) join(other *counting) {
	for field := range fields {
		for code, n := range other.a.facet[field] {
			c.a.facet[field][code] += n
		}
	}
	if other.cells != nil {
		cells := c.byCell()
		for cell, n := range other.cells {
			cells[cell] += n
		}
	}
}

func (c *counting) lookAt(from, to int, list []*condition, want wanted, by uint32, keep bool) {
	var found set
	for at := from; at < to; at++ {
		if c.ctx.Err() != nil {
			return
		}
		list[0].in(c.t, at, &found)
		for _, other := range list[1:] {
			if found == (set{}) {
				break
			}
			other.and(c.t, at, &found)
		}
		passed := c.tally(at, &found, want, by)
		if keep {
			for _, i := range passed {
				c.a.mask[at*blockWords+int(i>>6)] |= 1 << (i & 63)
			}
		}
	}
}

// tally counts the stories of a set of a block, so many times, and returns those that pass the filters of small fields, too, until it is called again.
func (c *counting) tally(at int, found *set, want wanted, by uint32) []uint16 {
	b := c.t.blocks[at]
	c.slots = found.slots(c.slots[:0])
	slots := c.slots
	if len(slots) == 0 {
		return nil
	}
	if want&countRest != 0 {
		tallyColumn(slots, b.cell, c.byCell(), by)
	}
	if slots = c.pass(b, slots); len(slots) == 0 {
		return nil
	}
	for k, field := range large {
		if want&(1<<k) == 0 {
			continue
		}
		switch counts := c.a.facet[field]; field {
		case label:
			tallySets(slots, b.labels, c.t.labelSets, counts, by)
		case technique:
			tallySets(slots, b.techniques, c.t.techniqueSets, counts, by)
		default:
			tallyColumn(slots, largeColumn(b, field), counts, by)
		}
	}
	return slots
}

// pass leaves the slots whose cells pass.
func (c *counting) pass(b *block, slots []uint16) []uint16 {
	all, n := c.p.cells.all, 0
	for _, i := range slots {
		cell := get(b.cell, int(i))
		slots[n] = i
		n += int(all[cell/64] >> (cell % 64) & 1)
	}
	return slots[:n]
}

func largeColumn(b *block, field int) []uint32 {
	switch field {
	case tenant:
		return b.tenant
	case owner:
		return b.owner
	case label:
		return b.labels
	}
	return b.techniques
}

// tallyColumn counts the codes of a column in some slots, one at least.
func tallyColumn(slots []uint16, column, counts []uint32, by uint32) {
	if int(slots[len(slots)-1]) >= len(column) {
		for _, i := range slots {
			counts[get(column, int(i))] += by
		}
		return
	}
	for _, i := range slots {
		counts[column[i]] += by
	}
}

// tallySets counts the values in the sets that a column names.
func tallySets(slots []uint16, column []uint32, sets codeLists, counts []uint32, by uint32) {
	for _, i := range slots {
		for _, code := range sets.of(get(column, int(i))) {
			counts[code] += by
		}
	}
}
