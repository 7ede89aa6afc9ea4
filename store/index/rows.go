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
func (x *Index) read(ctx context.Context, t *table, page *store.Page) (store.Change, error) {
	entries, err := x.entries(ctx, page.Versions)
	if err != nil {
		return 0, err
	}
	names := x.namesOf()
	highest := store.Change(0)
	page.Rows = make([]workbench.Row, 0, len(entries))
	versions := page.Versions[:0]
	for i := range entries {
		e, v := &entries[i], page.Versions[i]
		highest = max(highest, e.Number)
		if e.Gone {
			continue
		}
		v.Number = e.Number
		versions = append(versions, v)
		page.Rows = append(page.Rows, workbench.NewRow(e.Head, e.State, names(e.Head.Tenant)))
	}
	page.Versions = versions
	return highest, nil
}

func (x *Index) entries(ctx context.Context, versions []store.Version) ([]store.Entry, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	refs := make([]store.Ref, len(versions))
	for i, v := range versions {
		refs[i] = v.Ref
	}
	entries, err := x.config.Rows.Entries(ctx, refs)
	if err != nil {
		return nil, err
	}
	if len(entries) != len(refs) {
		return nil, fmt.Errorf("reading %d rows: the store gave %d", len(refs), len(entries))
	}
	return entries, nil
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
	entries, err := x.entries(ctx, versions)
	if err != nil {
		return nil, err
	}
	names := x.namesOf()
	var out []workbench.Row
	for i := range entries {
		if e := &entries[i]; !e.Gone && e.ID == versions[i].ID && scope.Sees(e.Head.Tenant) {
			out = append(out, workbench.NewRow(e.Head, e.State, names(e.Head.Tenant)))
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
		rows, err := x.Rows(ctx, scope, t.versions(slots[:n]))
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
