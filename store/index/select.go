package index

import (
	"context"
	"math/bits"
	"slices"
)

// finds says whether a story is among those found.
func (p *plan) finds(a *answer, slot uint32) bool {
	if a.mask != nil {
		return a.mask[slot/64]&(1<<(slot%64)) != 0
	}
	b, i := p.t.block(slot)
	if cell := get(b.cell, i); p.cells.all[cell/64]&(1<<(cell%64)) == 0 {
		return false
	}
	for _, c := range p.conditions {
		if c != nil && !c.meets(p.t, slot) {
			return false
		}
	}
	return true
}

// each calls yield with every story of a mask, until it says no.
func eachOf(mask []uint64, yield func(slot uint32) bool) {
	for at, word := range mask {
		for ; word != 0; word &= word - 1 {
			if !yield(uint32(at*64 + bits.TrailingZeros64(word))) {
				return
			}
		}
	}
}

// worthWalking is how many stories of an order are looked at for a page in the time that it takes to go through a mask.
const worthWalking = 4_096

// mask is the stories found.
func (p *plan) mask() []uint64 {
	mask := p.t.newMask()
	for at := range p.t.blocks {
		p.block(at, setOf(mask, at))
	}
	return mask
}

// page picks the first stories that are found, from behind a target on; more says whether there are others. Limit 0 = all.
func (p *plan) page(ctx context.Context, s *sorting, a *answer, to *target, limit int) (slots []uint32, more bool, err error) {
	t := p.t
	if limit == 0 {
		limit = a.total
	}
	if a.total == 0 || limit == 0 {
		return nil, false, nil
	}
	if which, backward, kept := t.keptOrder(p.order); kept {
		most := a.total/2 + worthWalking
		if float64(limit)*float64(t.live)/float64(a.total) < float64(most) {
			if slots, more, ok := p.walked(ctx, s, a, to, which, backward, limit, 2*most); ok {
				return slots, more, ctx.Err()
			}
		}
	}
	if a.mask == nil {
		a.mask = p.mask()
	}
	return p.gathered(ctx, s, a, to, limit)
}

// walked looks for a page in a kept order. It gives up, and ok is false, once it has looked at too many stories: those that are found need not
// be spread evenly.
func (p *plan) walked(ctx context.Context, s *sorting, a *answer, to *target, which int, backward bool, limit, most int) (slots []uint32, more, ok bool) {
	t := p.t
	seen := 0
	take := func(slot uint32) bool {
		if seen++; seen > most || seen%8192 == 0 && ctx.Err() != nil {
			return false
		}
		if !p.finds(a, slot) || to != nil && backward && s.compareTo(slot, to) <= 0 {
			return true
		}
		if len(slots) == limit {
			more = true
			return false
		}
		slots = append(slots, slot)
		return true
	}
	outside := p.outside(which, backward)
	if backward {
		w := t.walk(which, func(slot uint32) bool { return outside == nil || !outside(slot) })
		if to != nil { // everything up to the last that is alike, whatever its id
			alike := *to
			w = t.walk(which, func(slot uint32) bool { return s.compareRanks(slot, &alike) >= 0 })
		}
		w.backwards(take)
		return slots, more, seen <= most
	}
	if to != nil {
		outside = func(slot uint32) bool { return s.compareTo(slot, to) <= 0 }
	}
	w := t.walk(which, outside)
	for {
		slot, ok := w.next()
		if !ok || !take(slot) {
			return slots, more, seen <= most
		}
	}
}

// outside says which stories at the beginning of an order, or at its end where it is walked backwards, are not within the time that is asked
// for; nil = nobody knows.
func (p *plan) outside(which int, backward bool) func(slot uint32) bool {
	if p.time == nil || which == byQueue || (which == byUpdated) != (p.time.time() == timeUpdated) || which == byCreated && p.time.time() != timeCreated {
		return nil
	}
	if backward {
		return func(slot uint32) bool { return p.t.timeOf(which, slot) < p.time.from }
	}
	return func(slot uint32) bool { return p.t.timeOf(which, slot) >= p.time.to }
}

// compareRanks orders a slot and a target without their ids.
func (s *sorting) compareRanks(slot uint32, to *target) int {
	b, i := s.t.block(slot)
	for k := range s.rankings {
		if v := s.rankings[k].of(b, i, slot); v != to.ranks[k] {
			if v < to.ranks[k] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// ranked is a slot with its first rank.
type ranked struct {
	rank int64
	slot uint32
}

func (p *plan) gathered(ctx context.Context, s *sorting, a *answer, to *target, limit int) (slots []uint32, more bool, err error) {
	t, first := p.t, &s.rankings[0]
	var best []ranked
	bounded, bound := false, ranked{}
	compare := func(x, y ranked) int {
		switch {
		case x.rank < y.rank:
			return -1
		case x.rank > y.rank:
			return 1
		}
		return s.compare(x.slot, y.slot)
	}
	shorten := func() {
		slices.SortFunc(best, compare)
		if len(best) > limit {
			best, more = best[:limit], true
			bounded, bound = true, best[limit-1]
		}
	}
	for at, b := range t.blocks {
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		for k, word := range setOf(a.mask, at) {
			for ; word != 0; word &= word - 1 {
				i := k*64 + bits.TrailingZeros64(word)
				slot := uint32(at*blockRows + i)
				r := ranked{first.of(b, i, slot), slot}
				if bounded && (r.rank > bound.rank || r.rank == bound.rank && s.compare(slot, bound.slot) > 0) {
					if !more && (to == nil || s.compareTo(slot, to) > 0) {
						more = true
					}
					continue
				}
				if to != nil && (r.rank < to.ranks[0] || r.rank == to.ranks[0] && s.compareTo(slot, to) <= 0) {
					continue
				}
				if best = append(best, r); len(best) >= 4*limit+64 {
					shorten()
				}
			}
		}
	}
	shorten()
	slots = make([]uint32, len(best))
	for i, r := range best {
		slots[i] = r.slot
	}
	return slots, more, nil
}
