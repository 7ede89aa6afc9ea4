package index

import "context"

// answer is what a plan finds: how many stories, which ones, and how many have each value of the faceted fields, by code, each field under
// all filters but its own.
type answer struct {
	total int
	mask  []uint64 // of the stories found; nil = not made
	facet [fields][]uint32
}

// answer runs a plan. The mask is made where it costs little.
func (p *plan) answer(ctx context.Context) (*answer, error) {
	t := p.t
	a := &answer{}
	for field := range fields {
		a.facet[field] = make([]uint32, len(t.values[field]))
	}
	c := newCounting(ctx, p, a)
	all := p.asked()
	for k := range large {
		if p.large[k] == nil {
			continue
		}
		under := all &^ (1 << k)
		if k != byTenant && p.large[byTenant] != nil {
			under &^= 1 << byScope // which the filter of tenants goes by
		}
		c.count(under, 1<<k)
	}
	if p.large[byTenant] != nil {
		all &^= 1 << byScope
	}
	rest := wanted(countRest)
	for k := range large {
		if p.large[k] == nil {
			rest |= 1 << k
		}
	}
	c.keep = all
	c.count(all, rest)
	a.total = int(c.total)
	return a, ctx.Err()
}

// asked are the conditions that there are, by bit.
func (p *plan) asked() (bits uint8) {
	for at, c := range p.conditions {
		if c != nil {
			bits |= 1 << at
		}
	}
	return bits
}

// which runs a plan without counting values.
func (p *plan) which(ctx context.Context) (*answer, error) {
	a := &answer{mask: p.t.newMask()}
	for at := range p.t.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.total += p.block(at, setOf(a.mask, at))
	}
	return a, nil
}

// block makes the set of the stories found in a block and returns how many they are.
func (p *plan) block(at int, out *set) int {
	first := p.least(p.asked())
	if first == nil {
		*out = *p.t.blocks[at].live
	} else if first.in(p.t, at, out); *out == (set{}) {
		return 0
	}
	for _, c := range p.conditions {
		if c != nil && c != first {
			c.and(p.t, at, out)
		}
	}
	p.smallOf(at, out)
	return out.len()
}

// least is the condition that the fewest stories meet.
func (p *plan) least(conds uint8) (least *condition) {
	for at, c := range p.conditions {
		if conds&(1<<at) != 0 && (least == nil || c.met < least.met) {
			least = c
		}
	}
	return least
}
