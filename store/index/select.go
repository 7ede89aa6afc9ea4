package index

import (
	"context"
	"math/bits"
	"slices"
)

// found says which stories a plan finds.
func (a *answer) found(t *table, slot uint32) bool {
	if a.mask != nil {
		return a.mask[slot/64]&(1<<(slot%64)) != 0
	}
	b, i := t.block(slot)
	cell := &t.cells[get(b.cell, i)]
	for k, pass := range a.small {
		if pass != nil && !pass[cell[k]] {
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

// worthWalking is how many stories of an order are looked at for a page in the time that it takes to make a mask.
const worthWalking = 8_192

// mask is the stories that pass the filters of small fields, where there are no others.
func (p *plan) mask() []uint64 {
	mask := p.t.newMask()
	for at, b := range p.t.blocks {
		out := setOf(mask, at)
		*out = *b.live
		p.smallOf(at, out)
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
	which, backward, kept := t.keptOrder(p.order)
	if steps := float64(limit) * float64(t.live) / float64(a.total); kept && steps < float64(2*a.total+worthWalking) {
		return p.walked(ctx, s, a, to, which, backward, limit)
	}
	if a.mask == nil {
		a.mask = p.mask()
	}
	return p.gathered(ctx, s, a, to, limit)
}

func (p *plan) walked(ctx context.Context, s *sorting, a *answer, to *target, which int, backward bool, limit int) (slots []uint32, more bool, err error) {
	t := p.t
	seen := 0
	take := func(slot uint32) bool {
		if seen++; seen%8192 == 0 && ctx.Err() != nil {
			return false
		}
		if !a.found(t, slot) || to != nil && backward && s.compareTo(slot, to) <= 0 {
			return true
		}
		if len(slots) == limit {
			more = true
			return false
		}
		slots = append(slots, slot)
		return true
	}
	if backward {
		w := t.walk(which, func(slot uint32) bool { return true })
		if to != nil { // everything up to the last that is alike, whatever its id
			alike := *to
			w = t.walk(which, func(slot uint32) bool { return s.compareRanks(slot, &alike) >= 0 })
		}
		w.backwards(take)
		return slots, more, ctx.Err()
	}
	var before func(slot uint32) bool
	if to != nil {
		before = func(slot uint32) bool { return s.compareTo(slot, to) <= 0 }
	}
	w := t.walk(which, before)
	for {
		slot, ok := w.next()
		if !ok || !take(slot) {
			return slots, more, ctx.Err()
		}
	}
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
