package index

import "context"

// counting adds up what stories count that meet conditions. What is added can be taken out again: a count of those that don't meet a condition
// is the count of all without those that do, and whichever are fewer are looked at, or none where pairs know.
type counting struct {
	ctx  context.Context
	p    *plan
	t    *table
	a    *answer
	keep uint8 // the conditions whose stories make the answer's mask, where they are looked at

	filtered []int // small fields that have a filter, but for moved
	passing  [2][]uint8
	paired   bool // pairs know of them

	total uint32
	cells []uint32    // stories by cell, whether the cell passes or not; nil = none
	under []uint32    // what counts, by place in pairs, under the filters of small fields; nil = nothing
	free  [2][]uint32 // the same without the filter of one of filtered
	slots []uint16
	ways  [1 << conditions]way // that were thought about
}

// way is how to count what meets some conditions, and what that costs; 0 = nobody thought about it yet.
type way struct{ cost, how int }

// wanted says what is counted: the fields of large by bit, and countRest.
type wanted uint8

// countRest is the total and the small fields.
const countRest = 1 << len(large)

func newCounting(ctx context.Context, p *plan, a *answer) *counting {
	c := &counting{ctx: ctx, p: p, t: p.t, a: a}
	c.filtered, c.passing, c.paired = p.filtered()
	return c
}

// The ways to count.
const (
	ofAll     = -1 - iota // there are no conditions
	ofPairs               // pairs know most of it
	byLooking             // at all stories that meet all conditions
)

// costOfAll and costOfValue are what counts without looking at stories cost, in stories that are looked at.
const (
	costOfAll   = 64
	costOfValue = 48
	costOfBlock = 4
)

// best is the cheapest way to count, or the condition that is turned round: then all is counted without it, and those that don't meet it are
// taken out.
func (c *counting) best(conds uint8) way {
	if c.ways[conds] == (way{}) {
		c.ways[conds] = c.think(conds)
	}
	return c.ways[conds]
}

func (c *counting) think(conds uint8) way {
	if conds == 0 {
		if !c.paired {
			return way{costOfAll + len(c.t.cells), ofAll}
		}
		return way{costOfAll, ofAll}
	}
	least := c.p.least(conds)
	best := way{least.met, byLooking}
	if conds&(conds-1) == 0 {
		if cost, ok := c.costOfPairs(least); ok && cost < best.cost {
			best = way{cost, ofPairs}
		}
	}
	for at, turned := range c.p.conditions {
		if conds&(1<<at) == 0 || turned.missed > best.cost && turned.mask != nil || !turned.turns() {
			continue
		}
		rest := conds &^ (1 << at)
		out := turned.missed
		if least := c.p.least(rest); least != nil {
			out = min(out, least.met)
		} else if turned.mask == nil {
			if cost, ok := c.costOfPairs(turned.turned(c.t)); ok {
				out = min(out, cost)
			}
		}
		if cost := c.best(rest).cost + out; cost < best.cost {
			best = way{cost, at}
		}
	}
	return best
}

// count counts the stories that meet conditions.
func (c *counting) count(conds uint8, want wanted) {
	c.add(conds, want, 1)
	c.finish(want)
}

func (c *counting) add(conds uint8, want wanted, by uint32) {
	switch how := c.best(conds).how; how {
	case ofAll:
		c.all(want, by)
	case ofPairs:
		c.pieces(c.p.least(conds), want, by)
	case byLooking:
		c.look(c.p.among(conds), want, by, conds == c.keep && want&countRest != 0)
	default:
		rest := conds &^ (1 << how)
		c.add(rest, want, by)
		turned := c.p.conditions[how].turned(c.t)
		if cost, ok := c.costOfPairs(turned); ok && rest == 0 && cost < turned.met {
			c.pieces(turned, want, -by)
			return
		}
		c.look(append(c.p.among(rest), turned), want, -by, false)
	}
}

// among are conditions as a list.
func (p *plan) among(conds uint8) (list []*condition) {
	for at, c := range p.conditions {
		if conds&(1<<at) != 0 {
			list = append(list, c)
		}
	}
	return list
}

// room makes room for counts by place.
func (c *counting) room() {
	if c.under != nil {
		return
	}
	total := c.t.pairs.total
	c.under = make([]uint32, total)
	for i := range c.filtered {
		c.free[i] = make([]uint32, total)
	}
}

// byCell makes room for counts by cell.
func (c *counting) byCell() []uint32 {
	if c.cells == nil {
		c.cells = make([]uint32, len(c.t.cells))
	}
	return c.cells
}

// all counts all stories.
func (c *counting) all(want wanted, by uint32) {
	t := c.t
	if c.paired {
		c.room()
		t.pairs.sumTo(c.under, c.passing[0], c.passing[1], by)
		for i := range c.filtered {
			t.pairs.sumTo(c.free[i], []uint8{0}, c.passing[1-i], by)
		}
		return
	}
	if want&countRest != 0 {
		cells := c.byCell()
		for at, page := range t.cube.pages {
			for i, n := range page.n[:min(tallyRows, len(cells)-at*tallyRows)] {
				cells[at*tallyRows+i] += by * n
			}
		}
	}
	eachCell(c.p.cells.all, len(t.crosses), func(code int) {
		x := t.crosses[code]
		if x == nil {
			return
		}
		if want&(countRest-1) == countRest-1 {
			x.addAll(&c.a.facet, by)
			return
		}
		for k, field := range large {
			if want&(1<<k) != 0 {
				x.addTo(k, c.a.facet[field], by)
			}
		}
	})
}
