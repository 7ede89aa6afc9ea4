package boltstore

import (
	"context"
	"iter"

	"go.etcd.io/bbolt"

	"workbench"
)

// tenant is the buckets of one tenant in one transaction.
type tenant struct {
	id workbench.TenantID

	documents, frames, receipts, hashes, groups, alerts *bbolt.Bucket
	stories, contents, ids, moved, actions, actionIDs   *bbolt.Bucket
	quarantine, quarantineBytes                         *bbolt.Bucket
}

func (t *tenant) buckets() map[string]**bbolt.Bucket {
	return map[string]**bbolt.Bucket{
		"documents": &t.documents, "frames": &t.frames, "receipts": &t.receipts, "hashes": &t.hashes, "groups": &t.groups, "alerts": &t.alerts,
		"stories": &t.stories, "contents": &t.contents, "ids": &t.ids, "moved": &t.moved, "actions": &t.actions, "action ids": &t.actionIDs,
		"quarantine": &t.quarantine, "quarantine bytes": &t.quarantineBytes,
	}
}

// openTenant returns nil where the tenant is absent.
func openTenant(tx *bbolt.Tx, id workbench.TenantID) (*tenant, error) {
	root := tx.Bucket(bucketTenants).Bucket([]byte(id))
	if root == nil {
		return nil, nil
	}
	t := &tenant{id: id}
	for name, place := range t.buckets() {
		if *place = root.Bucket([]byte(name)); *place == nil {
			return nil, corrupt("tenant %s has no bucket %q", id.Text(), name)
		}
	}
	return t, nil
}

func createTenant(tx *bbolt.Tx, id workbench.TenantID) (*tenant, error) {
	root, err := tx.Bucket(bucketTenants).CreateBucketIfNotExists([]byte(id))
	if err != nil {
		return nil, err
	}
	t := &tenant{id: id}
	for name, place := range t.buckets() {
		if *place, err = root.CreateBucketIfNotExists([]byte(name)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// tenantsIn walks the tenants of a scope in byte order.
func tenantsIn(tx *bbolt.Tx, scope workbench.Scope) iter.Seq2[*tenant, error] {
	return func(yield func(*tenant, error) bool) {
		c := tx.Bucket(bucketTenants).Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			if !scope.Sees(workbench.TenantID(k)) {
				continue
			}
			if t, err := openTenant(tx, workbench.TenantID(k)); !yield(t, err) {
				return
			}
		}
	}
}

func tenantName(tx *bbolt.Tx, id workbench.TenantID) workbench.Untrusted {
	return workbench.Text(string(tx.Bucket(bucketTenantNames).Get([]byte(id))))
}

// TenantList implements store.Tenants.
func (s *Store) TenantList(ctx context.Context, scope workbench.Scope) ([]workbench.Tenant, error) {
	list := []workbench.Tenant{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for t, err := range tenantsIn(tx, scope) {
			if err != nil {
				return err
			}
			if k, _ := t.documents.Cursor().First(); k != nil {
				list = append(list, workbench.Tenant{ID: t.id, Name: tenantName(tx, t.id)})
			}
		}
		return nil
	})
	return list, err
}

// NameTenant implements store.Tenants.
func (s *Store) NameTenant(ctx context.Context, id workbench.TenantID, name workbench.Untrusted) error {
	if known, ok := workbench.NewTenantID(string(id)); !ok || known != id {
		var bad *workbench.Invalid
		return bad.Set("tenant", "is not the id of a tenant")
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if name.IsZero() {
			return tx.Bucket(bucketTenantNames).Delete([]byte(id))
		}
		return tx.Bucket(bucketTenantNames).Put([]byte(id), []byte(name.Raw()))
	})
}
