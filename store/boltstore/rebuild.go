package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// groupsAtOnce is how many groups one transaction of a rebuild looks at, so that others can write in between.
const groupsAtOnce = 64

// Rebuild implements store.Maintenance. Groups are compared in reading transactions; only those that differ are derived again in a writing
// one, where others may have changed them meanwhile. An interrupted rebuild can be run again.
func (s *Store) Rebuild(ctx context.Context, dryRun bool, differs func(store.StoryEffect)) error {
	err := s.eachGroups(ctx, func(keys []workbench.GroupKey) error {
		var changed []workbench.GroupKey
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			for _, key := range keys {
				effects, err := s.rederive(tx, key, false)
				if err != nil {
					return err
				}
				if n := report(effects, dryRun, differs); n > 0 {
					changed = append(changed, key)
				}
			}
			return nil
		})
		if err != nil || dryRun || len(changed) == 0 {
			return err
		}
		var all [][]store.StoryEffect
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			for _, key := range changed {
				effects, err := s.rederive(tx, key, true)
				if err != nil {
					return err
				}
				all = append(all, effects)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, effects := range all {
			report(effects, true, differs)
		}
		return nil
	})
	if err == nil && !dryRun {
		err = s.adopt(ctx)
	}
	if err != nil {
		return fmt.Errorf("rebuilding stories: %w", err)
	}
	return nil
}

// report counts the effects that differ and, where tell, calls differs with them.
func report(effects []store.StoryEffect, tell bool, differs func(store.StoryEffect)) (n int) {
	for _, e := range effects {
		if e.Effect == store.Unchanged {
			continue
		}
		if n++; tell && differs != nil {
			differs(e)
		}
	}
	return n
}

func (s *Store) rederive(tx *bbolt.Tx, key workbench.GroupKey, write bool) ([]store.StoryEffect, error) {
	t, err := openTenant(tx, key.Tenant)
	if err != nil || t == nil {
		return nil, err
	}
	return deriving{s: s, tx: tx, tenant: t, thorough: true}.derive(key, write)
}

// adopt remembers that content was made by this program's deriver.
func (s *Store) adopt(ctx context.Context) error {
	stored, program, err := s.Derivation(ctx)
	if err != nil || stored == program {
		return err
	}
	return s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaDerivation, []byte(program)) })
}

// Derivation implements store.Maintenance.
func (s *Store) Derivation(ctx context.Context) (stored, program string, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		stored = string(tx.Bucket(bucketMeta).Get(metaDerivation))
		return nil
	})
	return stored, s.deriver.Version(), err
}

// eachGroups calls visit with every group of the store, some at a time, outside of a transaction.
func (s *Store) eachGroups(ctx context.Context, visit func([]workbench.GroupKey) error) error {
	var after workbench.GroupKey
	for {
		var keys []workbench.GroupKey
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			var err error
			keys, err = groupsAfter(tx, after, groupsAtOnce)
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		if err := visit(keys); err != nil {
			return err
		}
		after = keys[len(keys)-1]
	}
}

// groupsAfter lists at most limit groups behind one, over all tenants, in the order of their keys.
func groupsAfter(tx *bbolt.Tx, after workbench.GroupKey, limit int) ([]workbench.GroupKey, error) {
	var keys []workbench.GroupKey
	c := tx.Bucket(bucketTenants).Cursor()
	for name, _ := c.Seek([]byte(after.Tenant)); name != nil && len(keys) < limit; name, _ = c.Next() {
		t, err := openTenant(tx, workbench.TenantID(name))
		if err != nil {
			return nil, err
		}
		groups := t.groups.Cursor()
		k, _ := groups.First()
		if after.Tenant == t.id && after != (workbench.GroupKey{Tenant: t.id}) {
			k, _ = groups.Seek(pastGroup(after))
		}
		for k != nil && len(keys) < limit {
			key, _, ok := cutGroup(t.id, k)
			if !ok {
				return nil, corrupt("a group of tenant %s has no readable key", t.id.Text())
			}
			keys = append(keys, key)
			k, _ = groups.Seek(pastGroup(key))
		}
	}
	return keys, nil
}

// pastGroup is a key behind every row of a group and before every other group.
func pastGroup(key workbench.GroupKey) []byte { return append(bytes.Clone(groupKey(key)), 0xFF) }
