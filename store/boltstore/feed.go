package boltstore

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Changes implements store.Feed.
func (s *Store) Changes(ctx context.Context, after store.Change, limit int) ([]store.Entry, error) {
	var list []store.Entry
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		tenants := map[string]*tenant{}
		c := tx.Bucket(bucketChanges).Cursor()
		for k, v := c.Seek(number(uint64(after) + 1)); k != nil && len(list) < limit; k, v = c.Next() {
			name, rest, ok := cutText(v)
			if !ok {
				return corrupt("change %d", parseNumber(k))
			}
			if tenants[name] == nil {
				t, err := openTenant(tx, workbench.TenantID(name))
				if err != nil {
					return err
				}
				if t == nil {
					return corrupt("change %d names tenant %s, which is missing", parseNumber(k), workbench.Text(name))
				}
				tenants[name] = t
			}
			e, err := tenants[name].entry(parseNumber(rest))
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading changes after %d: %w", after, err)
	}
	return list, nil
}

func (t *tenant) entry(n uint64) (store.Entry, error) {
	r, err := t.story(n)
	if err != nil {
		return store.Entry{}, err
	}
	e := store.Entry{ID: r.id, Ref: store.Ref{Tenant: t.id, Place: n}, Number: store.Change(r.change), Gone: r.gone}
	if r.gone {
		return e, nil
	}
	if e.Head, err = decodeHead(r.storyRecord); err != nil {
		return store.Entry{}, err
	}
	if e.State, err = t.stateOf(n); err != nil {
		return store.Entry{}, err
	}
	e.State.Actions = nil
	e.State.Comments = e.State.Comments[max(0, len(e.State.Comments)-1):]
	return e, nil
}

// places calls at for each ref with its tenant's buckets, in one transaction.
func (s *Store) places(ctx context.Context, refs []store.Ref, at func(t *tenant, place uint64) error) error {
	return s.view(ctx, func(tx *bbolt.Tx) error {
		tenants := map[workbench.TenantID]*tenant{}
		for _, ref := range refs {
			t, known := tenants[ref.Tenant]
			if !known {
				var err error
				if t, err = openTenant(tx, ref.Tenant); err != nil {
					return err
				}
				tenants[ref.Tenant] = t
			}
			if t == nil || t.stories.Get(number(ref.Place)) == nil {
				return workbench.ErrNotFound
			}
			if err := at(t, ref.Place); err != nil {
				return err
			}
		}
		return nil
	})
}

// Entries implements store.Feed.
func (s *Store) Entries(ctx context.Context, refs []store.Ref) ([]store.Entry, error) {
	list := make([]store.Entry, 0, len(refs))
	err := s.places(ctx, refs, func(t *tenant, place uint64) error {
		e, err := t.entry(place)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading %d entries: %w", len(refs), err)
	}
	return list, nil
}

// Texts implements store.Feed.
func (s *Store) Texts(ctx context.Context, refs []store.Ref) ([][]string, error) {
	list := make([][]string, 0, len(refs))
	err := s.places(ctx, refs, func(t *tenant, place uint64) error {
		r, err := t.story(place)
		if err != nil {
			return err
		}
		if r.gone {
			list = append(list, nil)
			return nil
		}
		c, err := s.content(t, r)
		list = append(list, c.Texts())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the texts of %d stories: %w", len(refs), err)
	}
	return list, nil
}

// Wait implements store.Feed. It also returns where the store failed or was closed, with the reason.
func (s *Store) Wait(ctx context.Context, after store.Change) error {
	for {
		s.mu.Lock()
		last, failed, closed, changed := s.last, s.failed, s.closed, s.changed
		s.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case failed != nil:
			return failed
		case closed:
			return errClosed
		case last > after:
			return nil
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}
