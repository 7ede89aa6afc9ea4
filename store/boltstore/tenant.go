package boltstore

import (
	"context"
	"iter"

	"go.etcd.io/bbolt"

	"workbench"
)

// tenant is the buckets of one tenant in one transaction. Those that were not opened are nil.
type tenant struct {
	id   workbench.TenantID
	root *bbolt.Bucket

	documents, frames, receipts, hashes, groups, alerts *bbolt.Bucket
	stories, contents, ids, moved, actions, actionIDs   *bbolt.Bucket
	quarantine, quarantineBytes                         *bbolt.Bucket
}

// bucketPlace is where a tenant has one of its buckets.
type bucketPlace struct {
	name string
	at   **bbolt.Bucket
}

func (t *tenant) buckets() [14]bucketPlace {
	return [...]bucketPlace{
		{"documents", &t.documents}, {"frames", &t.frames}, {"receipts", &t.receipts}, {"hashes", &t.hashes}, {"groups", &t.groups}, {"alerts", &t.alerts},
		{"stories", &t.stories}, {"contents", &t.contents}, {"ids", &t.ids}, {"moved", &t.moved}, {"actions", &t.actions}, {"action ids", &t.actionIDs},
		{"quarantine", &t.quarantine}, {"quarantine bytes", &t.quarantineBytes},
	}
}

// enterTenant returns a tenant with no bucket opened, for reading few of them; nil where it is absent.
func enterTenant(tx *bbolt.Tx, id workbench.TenantID) *tenant {
	root := tx.Bucket(bucketTenants).Bucket([]byte(id))
	if root == nil {
		return nil
	}
	return &tenant{id: id, root: root}
}

// open opens one bucket, unless it is open.
func (t *tenant) open(at **bbolt.Bucket, name string) error {
	if *at != nil {
		return nil
	}
	if *at = t.root.Bucket([]byte(name)); *at == nil {
		return corrupt("tenant %s has no bucket %q", t.id.Text(), name)
	}
	return nil
}

// openAll opens the buckets that are not open yet.
func (t *tenant) openAll() error {
	for _, b := range t.buckets() {
		if err := t.open(b.at, b.name); err != nil {
			return err
		}
	}
	return nil
}

// openTenant returns nil where the tenant is absent.
func openTenant(tx *bbolt.Tx, id workbench.TenantID) (*tenant, error) {
	t := enterTenant(tx, id)
	if t == nil {
		return nil, nil
	}
	if err := t.openAll(); err != nil {
		return nil, err
	}
	return t, nil
}

// full is how far the pages of a bucket are filled before the next is begun, where rows are added at its end: then nothing comes between
// them later. Elsewhere pages are left half empty, which is bbolt's custom.
const full = 0.9

// createTenant opens a tenant for what is taken in, and makes it where it is absent.
func createTenant(tx *bbolt.Tx, id workbench.TenantID) (*tenant, error) {
	root, err := tx.Bucket(bucketTenants).CreateBucketIfNotExists([]byte(id))
	if err != nil {
		return nil, err
	}
	t := &tenant{id: id, root: root}
	for _, b := range t.buckets() {
		if *b.at, err = root.CreateBucketIfNotExists([]byte(b.name)); err != nil {
			return nil, err
		}
	}
	for _, b := range [...]*bbolt.Bucket{t.documents, t.frames, t.receipts, t.stories, t.contents} {
		b.FillPercent = full
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
