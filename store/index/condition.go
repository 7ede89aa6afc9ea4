package index

import "slices"

// condition is what stories have to meet besides the filters of small fields: a filter on a large field, the tenants of a scope, or a mask.
type condition struct {
	field       int      // place in large
	some, none  []uint32 // a story has one of some, where there are any, and none of none
	single      bool     // each story has one value of the field, and each value is in either list: one of them says it all
	mask        []uint64 // of stories that are there; nil = the lists count
	met, missed int      // about how many stories meet it and don't
	parts       int      // of a mask: stories that are left where blocks count for themselves
	pass        []bool   // by code, once it was asked for; of single
}

// The places of conditions: first those of filters, in the order of large.
const (
	byTenant = 0
	byScope  = len(large) + iota - 1
	byMask
	conditions
)

// ready makes conditions of what filters on large fields, the scope, times, texts and filters without facets ask for.
func (p *plan) ready() {
	t := p.t
	for k, field := range large {
		if p.large[k] == nil {
			continue
		}
		c := &condition{field: k, some: p.large[k].any, none: p.large[k].not}
		if field == tenant || field == owner {
			c = t.singleCondition(k, func(code int) bool {
				return (!p.large[k].needsAny || slices.Contains(p.large[k].any, uint32(code))) && !slices.Contains(p.large[k].not, uint32(code)) &&
					(field != tenant || p.tenants == nil || p.tenants[code])
			})
		} else if p.large[k].needsAny && len(c.some) == 0 {
			c.mask = t.newMask() // nobody has any of these
		} else if len(c.some)+len(c.none) == 0 {
			continue
		}
		t.weigh(c)
		p.conditions[k] = c
	}
	if p.tenants != nil {
		p.conditions[byScope] = t.singleCondition(0, func(code int) bool { return p.tenants[code] })
		t.weigh(p.conditions[byScope])
	}
	if mask := p.limits(); mask != nil {
		p.conditions[byMask] = &condition{mask: mask}
		t.weigh(p.conditions[byMask])
	}
}

func (t *table) singleCondition(k int, pass func(code int) bool) *condition {
	c := &condition{field: k, single: true}
	for code := range t.values[large[k]] {
		if pass(code) {
			c.some = append(c.some, uint32(code))
		} else {
			c.none = append(c.none, uint32(code))
		}
	}
	return c
}

// weigh guesses how many stories meet a condition.
func (t *table) weigh(c *condition) {
	if c.mask != nil {
		for at, b := range t.blocks {
			in, all := setOf(c.mask, at).len(), b.live.len()
			c.met, c.parts = c.met+in, c.parts+min(in, all-in)
		}
		c.missed = t.live - c.met
		return
	}
	count := func(codes []uint32) (n int) {
		for _, code := range codes {
			n += t.having(c.field, code)
		}
		return min(n, t.live)
	}
	switch {
	case c.single && len(c.some) <= len(c.none), len(c.some) > 0 && !c.single:
		c.met = count(c.some)
		c.missed = t.live - c.met
	default:
		c.missed = count(c.none)
		c.met = t.live - c.missed
	}
}

// having is how many stories have a large value; those that have moved may be left out.
func (t *table) having(k int, code uint32) int {
	if t.pairs.known {
		return int(t.pairs.of(0, 0, t.pairs.large[k][code]))
	}
	n := 0
	for _, b := range t.blocks {
		if in, ok := b.sets[large[k]].of(code); ok {
			n += in.len()
		}
	}
	return n
}

// turns says that there is a condition that is met by the stories that don't meet this one.
func (c *condition) turns() bool {
	return c.mask != nil || c.single || len(c.some) == 0 || len(c.none) == 0
}

// turned is that condition.
func (c *condition) turned(t *table) *condition {
	if c.mask == nil {
		return &condition{field: c.field, some: c.none, none: c.some, single: c.single, met: c.missed, missed: c.met}
	}
	out := &condition{mask: t.newMask(), met: c.missed, missed: c.met, parts: c.parts}
	for at, b := range t.blocks {
		in := setOf(out.mask, at)
		*in = *b.live
		in.andNot(setOf(c.mask, at))
	}
	return out
}

// positive says that the stories that meet it are found by the values that they have.
func (c *condition) positive() bool {
	return len(c.some) > 0 && (!c.single || c.met <= c.missed) || c.single && len(c.none) > 0 && c.met == 0
}

// in makes the set of the stories of a block that meet it.
func (c *condition) in(t *table, at int, out *set) {
	b := t.blocks[at]
	switch {
	case c.mask != nil:
		*out = *setOf(c.mask, at)
	case c.positive():
		*out = set{}
		s := &b.sets[large[c.field]]
		for _, code := range c.some {
			if in, ok := s.of(code); ok {
				in.or(out)
			}
		}
		if !c.single {
			c.takeNone(s, out)
		}
	default:
		*out = *b.live
		c.takeNone(&b.sets[large[c.field]], out)
	}
}

func (c *condition) takeNone(s *sets, out *set) {
	for _, code := range c.none {
		if in, ok := s.of(code); ok {
			in.takenFrom(out)
		}
	}
}

// and leaves of a set what meets it.
func (c *condition) and(t *table, at int, out *set) {
	if c.mask == nil && !c.positive() {
		c.takeNone(&t.blocks[at].sets[large[c.field]], out)
		return
	}
	if c.mask != nil {
		out.and(setOf(c.mask, at))
		return
	}
	var met set
	c.in(t, at, &met)
	out.and(&met)
}

// meets says whether one story meets it.
func (c *condition) meets(t *table, slot uint32) bool {
	if c.mask != nil {
		return c.mask[slot/64]&(1<<(slot%64)) != 0
	}
	b, i := t.block(slot)
	if c.single {
		if c.pass == nil {
			c.pass = make([]bool, len(t.values[large[c.field]]))
			for _, code := range c.some {
				c.pass[code] = true
			}
		}
		return c.pass[get(largeColumn(b, large[c.field]), i)]
	}
	codes := t.setAt(large[c.field], b, i)
	for _, code := range c.none {
		if slices.Contains(codes, code) {
			return false
		}
	}
	return len(c.some) == 0 || slices.ContainsFunc(c.some, func(code uint32) bool { return slices.Contains(codes, code) })
}

// setAt is the set of values that a story has in a field of several.
func (t *table) setAt(field int, b *block, i int) []uint32 {
	if field == label {
		return t.labelSets.of(get(b.labels, i))
	}
	return t.techniqueSets.of(get(b.techniques, i))
}
