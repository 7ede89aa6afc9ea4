package index

// span is a limit of time, the end not included.
type span struct {
	field    string
	from, to int64
}

// The times that a query can be limited by.
const (
	timeCreated = iota
	timeUpdated
	timeFirstSignal
	timeLastSignal
	times
)

// reach is between which times all stories of a block are; it may be too wide.
type reach struct {
	known       bool
	least, most int64
}

func (r *reach) add(v int64) {
	if !r.known {
		*r = reach{true, v, v}
	}
	r.least, r.most = min(r.least, v), max(r.most, v)
}

func (s *span) time() int {
	switch s.field {
	case "created":
		return timeCreated
	case "firstSignal":
		return timeFirstSignal
	case "lastSignal":
		return timeLastSignal
	}
	return timeUpdated
}

func (s *span) column(b *block) []int64 {
	return [times][]int64{b.created, b.updated, b.firstSignal, b.lastSignal}[s.time()]
}

// limit leaves of the stories of a block those within the span.
func (s *span) limit(b *block, out *set) {
	switch r := &b.reach[s.time()]; {
	case !r.known:
	case r.most < s.from || r.least >= s.to:
		*out = set{}
		return
	case r.least >= s.from && r.most < s.to:
		return
	}
	column := s.column(b)
	for at, word := range out {
		if word == 0 {
			continue
		}
		var in uint64
		for i := range 64 {
			v := get(column, at*64+i)
			if v >= s.from && v < s.to {
				in |= 1 << i
			}
		}
		out[at] = word & in
	}
}

// fewInSpan is how many stories of a kept order are rather looked at one by one than all blocks.
const fewInSpan = 8_192

// few marks the stories of a span that a kept order has next to each other. It reports false where they are many, or no order has them.
func (t *table) few(s *span, mask []uint64) bool {
	var which int
	switch s.time() {
	case timeCreated:
		which = byCreated
	case timeUpdated:
		which = byUpdated
	default:
		return false
	}
	from := t.walk(which, func(slot uint32) bool { return t.timeOf(which, slot) >= s.to })
	to := t.walk(which, func(slot uint32) bool { return t.timeOf(which, slot) >= s.from })
	if to.i-from.i+to.j-from.j > fewInSpan {
		return false
	}
	mark := func(slot uint32) { mask[slot/64] |= 1 << (slot % 64) }
	for at := from.i; at < to.i; at++ {
		if slot := from.o.list[at]; !from.o.isStale(slot) {
			mark(slot)
		}
	}
	for at := from.j; at < to.j; at++ {
		mark(from.o.moved[at])
	}
	return true
}

// limits is the mask of the stories that texts, filters without facets and times leave; nil = all.
func (p *plan) limits() []uint64 {
	if p.time == nil && p.base == nil {
		return nil
	}
	t := p.t
	mask := t.newMask()
	if p.time != nil && t.few(p.time, mask) {
		for i := range p.base {
			mask[i] &= p.base[i]
		}
		return mask
	}
	for at, b := range t.blocks {
		out := setOf(mask, at)
		*out = *b.live
		if p.base != nil {
			out.and(setOf(p.base, at))
		}
		if p.time != nil {
			p.time.limit(b, out)
		}
	}
	return mask
}
