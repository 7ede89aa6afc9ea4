package boltstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// viewKey leads to a view under its owner.
func viewKey(owner workbench.AccountID, id workbench.ViewID) []byte {
	return appendText(appendText(nil, string(owner)), string(id))
}

// Views implements store.Views.
func (s *Store) Views(ctx context.Context, account workbench.AccountID) ([]workbench.View, error) {
	var list []workbench.View
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for k, value := range under(tx, bucketViews, nil) {
			v, err := decodeRow[workbench.View]("view", k, value)
			if err != nil {
				return err
			}
			if v.Owner == account || v.Shared {
				list = append(list, v)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading views: %w", err)
	}
	slices.SortFunc(list, func(a, b workbench.View) int {
		return cmp.Or(cmp.Compare(folded(a.Name), folded(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// SaveView implements store.Views.
func (s *Store) SaveView(ctx context.Context, v workbench.View, at workbench.Time) (workbench.View, error) {
	err := v.Check()
	if err == nil && (v.ID == "" || v.Owner == "" || len(v.ID)+len(v.Owner) > maxID) {
		err = (*workbench.Invalid)(nil).Set("id", "is missing or too long")
	}
	if err == nil {
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			if get(tx, bucketAccounts, []byte(v.Owner)) == nil {
				return workbench.ErrNotFound
			}
			former, err := ownView(tx, v)
			if err != nil {
				return err
			}
			v.Revision, v.UpdatedAt = v.Revision+1, at
			value, err := marshal(v)
			if err != nil {
				return err
			}
			if err := tx.Bucket(bucketViews).Put(viewKey(v.Owner, v.ID), value); err != nil {
				return err
			}
			if !v.Shared && !former.Shared {
				return nil
			}
			return record(tx, store.AuditEntry{At: at, By: v.Owner, What: "saved shared view", About: aboutView(v)})
		})
	}
	if err != nil {
		return workbench.View{}, fmt.Errorf("saving view %q: %w", workbench.Text(v.Name), err)
	}
	return v, nil
}

// ownView returns what a view is to replace, after checking it against the owner's others.
func ownView(tx *bbolt.Tx, v workbench.View) (former workbench.View, err error) {
	count := 0
	for k, value := range under(tx, bucketViews, appendText(nil, string(v.Owner))) {
		other, err := decodeRow[workbench.View]("view", k, value)
		if err != nil {
			return former, err
		}
		count++
		if other.ID == v.ID {
			former = other
		} else if folded(other.Name) == folded(v.Name) {
			return former, (*workbench.Invalid)(nil).Set("name", "is the name of another of your views. Choose another, or delete that one.")
		}
	}
	switch {
	case former.Revision == 0 && v.Revision > 0:
		return former, workbench.ErrNotFound
	case former.Revision != v.Revision:
		return former, workbench.ErrConflict
	case former.Revision == 0 && count >= workbench.MaxViews:
		return former, (*workbench.Invalid)(nil).Set("name", fmt.Sprintf("would be one view more than the %d that an account can have. Delete one first.", workbench.MaxViews))
	}
	return former, nil
}

func aboutView(v workbench.View) string {
	return fmt.Sprintf("view %s, named %s", workbench.Text(string(v.ID)), workbench.Text(v.Name))
}

// DeleteView implements store.Views.
func (s *Store) DeleteView(ctx context.Context, owner workbench.AccountID, id workbench.ViewID, at workbench.Time) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		key := viewKey(owner, id)
		v, err := decodeRow[workbench.View]("view", key, get(tx, bucketViews, key))
		if err != nil {
			return err
		}
		if err := tx.Bucket(bucketViews).Delete(key); err != nil || !v.Shared {
			return err
		}
		return record(tx, store.AuditEntry{At: at, By: owner, What: "deleted shared view", About: aboutView(v)})
	})
	if err != nil {
		return fmt.Errorf("deleting view %q: %w", workbench.Text(string(id)), err)
	}
	return nil
}

// Preferences implements store.Views.
func (s *Store) Preferences(ctx context.Context, account workbench.AccountID) (workbench.Preferences, error) {
	var p workbench.Preferences
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		if value := get(tx, bucketPreferences, []byte(account)); value != nil {
			p, err = decodeRow[workbench.Preferences]("preferences of account", []byte(account), value)
		}
		return err
	})
	if err != nil {
		return workbench.Preferences{}, fmt.Errorf("reading preferences: %w", err)
	}
	return p, nil
}

// SavePreferences implements store.Views.
func (s *Store) SavePreferences(ctx context.Context, account workbench.AccountID, p workbench.Preferences) error {
	value, err := marshal(p)
	if err == nil {
		err = p.Check()
	}
	if err == nil {
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			if get(tx, bucketAccounts, []byte(account)) == nil {
				return workbench.ErrNotFound
			}
			return tx.Bucket(bucketPreferences).Put([]byte(account), value)
		})
	}
	if err != nil {
		return fmt.Errorf("saving preferences: %w", err)
	}
	return nil
}
