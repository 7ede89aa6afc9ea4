package index

import (
	"context"
	"fmt"
	"time"

	"workbench"
	"workbench/store"
)

// read fills in a page's rows. It returns the highest number that it met: one above the version's says that a row is newer than the page.
// A row that is no more is left out, with its version.
func (x *Index) read(ctx context.Context, page *store.Page) (store.Change, error) {
	rows, numbers, err := x.rowsOf(ctx, page.Versions, true)
	if err != nil {
		return 0, err
	}
	names := x.namesOf()
	highest := store.Change(0)
	page.Rows = make([]workbench.Row, 0, len(rows))
	versions := page.Versions[:0]
	for i, r := range rows {
		v := page.Versions[i]
		highest = max(highest, numbers[i])
		if r == nil {
			continue
		}
		v.Number = numbers[i]
		versions = append(versions, v)
		page.Rows = append(page.Rows, shown(r, names(r.Tenant.ID)))
	}
	page.Versions = versions
	return highest, nil
}

// rowsOf reads the rows of versions, and the numbers of their stories' last changes; nil for one that is no more. What is returned may be kept
// for others, too, and must not be changed.
func (x *Index) rowsOf(ctx context.Context, versions []store.Version, keep bool) (rows []*workbench.Row, numbers []store.Change, err error) {
	rows, numbers = make([]*workbench.Row, len(versions)), make([]store.Change, len(versions))
	missing := x.kept.of(versions, rows)
	if missing == 0 {
		for i, v := range versions {
			numbers[i] = v.Number
		}
		return rows, numbers, nil
	}
	refs := make([]store.Ref, 0, missing)
	for i, v := range versions {
		if rows[i] == nil {
			refs = append(refs, v.Ref)
		}
	}
	entries, err := x.config.Rows.Entries(ctx, refs)
	if err != nil {
		return nil, nil, err
	}
	if len(entries) != len(refs) {
		return nil, nil, fmt.Errorf("reading %d rows: the store gave %d", len(refs), len(entries))
	}
	made := make([]workbench.Row, len(entries))
	at := 0
	for i, v := range versions {
		if numbers[i] = v.Number; rows[i] != nil {
			continue
		}
		e := &entries[at]
		if numbers[i] = e.Number; !e.Gone && e.ID == v.ID {
			made[at] = workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
			rows[i] = &made[at]
			if keep {
				own := made[at]
				x.kept.keep(e.Number, &own)
			}
		}
		at++
	}
	return rows, numbers, nil
}

// patience is how long an answer waits for the index to learn of a row that the store has already.
const patience = time.Second

func (x *Index) awaits(ctx context.Context, number store.Change) bool {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return x.WaitApplied(ctx, number) == nil
}

// namesOf asks for each tenant's name once.
func (x *Index) namesOf() func(workbench.TenantID) workbench.Untrusted {
	known := map[workbench.TenantID]workbench.Untrusted{}
	return func(id workbench.TenantID) workbench.Untrusted {
		name, ok := known[id]
		if !ok && x.config.Names != nil {
			name = x.config.Names(id)
			known[id] = name
		}
		return name
	}
}

// Rows implements store.Queries.
func (x *Index) Rows(ctx context.Context, scope workbench.Scope, versions []store.Version) ([]workbench.Row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return x.visible(ctx, scope, versions, true)
}

// visible reads the rows of versions that a scope sees.
func (x *Index) visible(ctx context.Context, scope workbench.Scope, versions []store.Version, keep bool) ([]workbench.Row, error) {
	rows, _, err := x.rowsOf(ctx, versions, keep)
	if err != nil {
		return nil, err
	}
	names := x.namesOf()
	var out []workbench.Row
	for _, r := range rows {
		if r != nil && scope.Sees(r.Tenant.ID) {
			out = append(out, shown(r, names(r.Tenant.ID)))
		}
	}
	return out, nil
}

// pageOfRows is how many rows Each holds at a time.
const pageOfRows = 500

// Each implements store.Queries. The stories are found once, in one version.
func (x *Index) Each(ctx context.Context, scope workbench.Scope, q store.Query, yield func(workbench.Row) error) error {
	if err := check(ctx, q); err != nil {
		return err
	}
	t := x.table.Load()
	p, err := x.plan(ctx, t, scope, q)
	if err != nil {
		return err
	}
	a, err := p.which(ctx)
	if err != nil {
		return err
	}
	slots, _, err := p.page(ctx, x.sorting(t, p.order), a, nil, 0)
	if err != nil {
		return err
	}
	for len(slots) > 0 {
		n := min(pageOfRows, len(slots))
		rows, err := x.visible(ctx, scope, t.versions(slots[:n]), false)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		slots = slots[n:]
	}
	return nil
}
