package index

import (
	"cmp"
	"context"

	"workbench"
	"workbench/store"
)

// Stories implements store.Queries.
func (x *Index) Stories(ctx context.Context, scope workbench.Scope, q store.Query) (store.Page, error) {
	if err := check(ctx, q); err != nil {
		return store.Page{}, err
	}
	place, err := after(q)
	if err != nil {
		return store.Page{}, err
	}
	for try := 1; ; try++ {
		page, t, err := x.find(ctx, scope, q, place)
		if err != nil || q.Bare {
			return page, err
		}
		fresh, err := x.read(ctx, &page)
		if err != nil {
			return store.Page{}, err
		}
		if fresh <= t.asOf || try == maxTries || !x.awaits(ctx, fresh) {
			return page, ctx.Err()
		}
	}
}

func check(ctx context.Context, q store.Query) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return q.Validate()
}

// find answers a query, but for the rows, from the version that there is.
func (x *Index) find(ctx context.Context, scope workbench.Scope, q store.Query, place *position) (store.Page, *table, error) {
	t := x.table.Load()
	p, err := x.plan(ctx, t, scope, q)
	if err != nil {
		return store.Page{}, t, err
	}
	a, err := p.answer(ctx)
	if err != nil {
		return store.Page{}, t, err
	}
	s := x.sorting(t, p.order)
	var to *target
	if place != nil {
		to = s.target(place)
	}
	slots, more, err := p.page(ctx, s, a, to, cmp.Or(q.Limit, store.DefaultLimit))
	if err != nil {
		return store.Page{}, t, err
	}
	page := store.Page{Versions: t.versions(slots), Total: a.total, Facets: a.lists(t, x.naming(t)), AsOf: t.asOf, Inside: p.inside}
	if more {
		page.Next, err = makeCursor(q, s.positionOf(slots[len(slots)-1]))
	}
	return page, t, err
}

func (t *table) versions(slots []uint32) []store.Version {
	if len(slots) == 0 {
		return nil
	}
	out := make([]store.Version, len(slots))
	for i, slot := range slots {
		out[i] = t.version(slot)
	}
	return out
}

// Neighbours implements store.Queries. Limit and cursor of the query play no part.
func (x *Index) Neighbours(ctx context.Context, scope workbench.Scope, q store.Query, id workbench.StoryID) (previous, next workbench.StoryID, err error) {
	if err := check(ctx, q); err != nil {
		return "", "", err
	}
	t := x.table.Load()
	here, ok := t.slotOf(id)
	if !ok {
		return "", "", nil
	}
	p, err := x.plan(ctx, t, scope, q)
	if err != nil {
		return "", "", err
	}
	a, err := p.which(ctx)
	if err != nil || !p.finds(a, here) {
		return "", "", err
	}
	before, behind := int64(-1), int64(-1)
	if which, backward, kept := t.keptOrder(p.order); kept && !backward {
		before, behind = t.beside(which, a, here)
	} else {
		s := x.sorting(t, p.order)
		before, behind = s.beside(a, here)
	}
	if before >= 0 {
		previous = t.idOf(uint32(before))
	}
	if behind >= 0 {
		next = t.idOf(uint32(behind))
	}
	return previous, next, ctx.Err()
}

// beside returns the slots found that are next to one in a kept order, -1 for none.
func (t *table) beside(which int, a *answer, here uint32) (before, behind int64) {
	before, behind = -1, -1
	w := t.walk(which, func(slot uint32) bool { return t.compare(which, slot, here) < 0 })
	for {
		slot, ok := w.previous()
		if !ok {
			break
		}
		if a.mask[slot/64]&(1<<(slot%64)) != 0 {
			before = int64(slot)
			break
		}
	}
	w = t.walk(which, func(slot uint32) bool { return t.compare(which, slot, here) <= 0 })
	for {
		slot, ok := w.next()
		if !ok {
			break
		}
		if a.mask[slot/64]&(1<<(slot%64)) != 0 {
			behind = int64(slot)
			break
		}
	}
	return before, behind
}

// beside does so for any order.
func (s *sorting) beside(a *answer, here uint32) (before, behind int64) {
	before, behind = -1, -1
	eachOf(a.mask, func(slot uint32) bool {
		switch c := s.compare(slot, here); {
		case c < 0 && (before < 0 || s.compare(slot, uint32(before)) > 0):
			before = int64(slot)
		case c > 0 && (behind < 0 || s.compare(slot, uint32(behind)) < 0):
			behind = int64(slot)
		}
		return true
	})
	return before, behind
}
