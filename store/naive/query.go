package naive

import (
	"cmp"
	"context"
	"slices"

	"workbench"
	"workbench/store"
)

// maxFacetValues is how many values of a field a page names.
const maxFacetValues = 100

// found is a row that a query asks for.
type found struct {
	*row
	position
}

// Stories implements store.Queries.
func (x *Index) Stories(ctx context.Context, scope workbench.Scope, q store.Query) (store.Page, error) {
	if err := ctx.Err(); err != nil {
		return store.Page{}, err
	}
	if err := q.Validate(); err != nil {
		return store.Page{}, err
	}
	order := orderOf(q)
	var after *position
	if q.After != "" {
		p, err := readCursor(q)
		if err != nil {
			return store.Page{}, err
		}
		after = &p
	}
	names := x.naming()
	s := x.state.Load()
	m := x.newMatcher(scope, q)
	counts := newFacets()
	limit := cmp.Or(q.Limit, store.DefaultLimit)
	best := top{order: order, limit: max(limit, 0)}
	place := position{Keys: make([]key, len(order))}
	total := 0
	for i, r := range s.rows {
		if i%4096 == 4095 && ctx.Err() != nil {
			return store.Page{}, ctx.Err()
		}
		if !m.base(r) {
			continue
		}
		failing, first := m.failing(r)
		switch failing {
		case 0:
			total++
			counts.all(r)
			place.set(order, &r.story, names)
			if after == nil || place.compare(*after, order) > 0 {
				best.add(r, place)
			}
		case 1:
			counts.one(first, r)
		}
	}
	best.cut()
	rows := best.rows
	page := store.Page{Rows: make([]workbench.Row, 0, len(rows)), Total: total, Facets: counts.lists(names), AsOf: s.asOf}
	if best.more {
		next, err := makeCursor(q, rows[len(rows)-1].position)
		if err != nil {
			return store.Page{}, err
		}
		page.Next = next
	}
	for _, r := range rows {
		page.Versions = append(page.Versions, r.version())
		if !q.Bare {
			page.Rows = append(page.Rows, r.shown(names))
		}
	}
	return page, nil
}

func (r *row) version() store.Version {
	return store.Version{Ref: r.ref, ID: r.story.ID, Number: r.number}
}

// Rows implements store.Queries.
func (x *Index) Rows(ctx context.Context, scope workbench.Scope, versions []store.Version) ([]workbench.Row, error) {
	names := x.naming()
	s := x.state.Load()
	var out []workbench.Row
	for _, v := range versions {
		at := slices.IndexFunc(s.rows, func(r *row) bool { return r.story.ID == v.ID })
		if at >= 0 && scope.Sees(s.rows[at].story.Tenant.ID) {
			out = append(out, s.rows[at].shown(names))
		}
	}
	return out, ctx.Err()
}

// Each implements store.Queries.
func (x *Index) Each(ctx context.Context, scope workbench.Scope, q store.Query, yield func(workbench.Row) error) error {
	q.Limit, q.After, q.Bare = store.MaxLimit, "", false
	for {
		page, err := x.Stories(ctx, scope, q)
		if err != nil {
			return err
		}
		for _, r := range page.Rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// shown is the row as a caller may keep it.
func (r *row) shown(names func(workbench.TenantID) workbench.Untrusted) workbench.Row {
	s := r.story
	s.Tenant.Name = names(s.Tenant.ID)
	s.Labels, s.MitreTechniques, s.MovedTo = slices.Clone(s.Labels), slices.Clone(s.MitreTechniques), slices.Clone(s.MovedTo)
	return s
}

// naming asks for each tenant's name once.
func (x *Index) naming() func(workbench.TenantID) workbench.Untrusted {
	known := map[workbench.TenantID]workbench.Untrusted{}
	return func(id workbench.TenantID) workbench.Untrusted {
		name, ok := known[id]
		if !ok {
			name = x.names(id)
			known[id] = name
		}
		return name
	}
}

// Neighbours implements store.Queries. Limit and cursor of the query play no part.
func (x *Index) Neighbours(ctx context.Context, scope workbench.Scope, q store.Query, id workbench.StoryID) (previous, next workbench.StoryID, err error) {
	if err := ctx.Err(); err != nil {
		return "", "", err
	}
	if err := q.Validate(); err != nil {
		return "", "", err
	}
	names, order, m := x.naming(), orderOf(q), x.newMatcher(scope, q)
	matches := func(r *row) bool {
		if !m.base(r) {
			return false
		}
		failing, _ := m.failing(r)
		return failing == 0
	}
	rows := x.state.Load().rows
	at := slices.IndexFunc(rows, func(r *row) bool { return r.story.ID == id })
	if at < 0 || !matches(rows[at]) {
		return "", "", nil
	}
	here := positionOf(order, &rows[at].story, names)
	var before, behind *position
	for _, r := range rows {
		if !matches(r) {
			continue
		}
		p := positionOf(order, &r.story, names)
		switch c := p.compare(here, order); {
		case c < 0 && (before == nil || p.compare(*before, order) > 0):
			before, previous = &p, p.ID
		case c > 0 && (behind == nil || p.compare(*behind, order) < 0):
			behind, next = &p, p.ID
		}
	}
	return previous, next, nil
}
