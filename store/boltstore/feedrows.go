package boltstore

import (
	"bytes"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// rows are the stories of all tenants in one reading transaction.
type rows struct {
	s       *Store
	tx      *bbolt.Tx
	root    *bbolt.Bucket
	tenants map[workbench.TenantID]*tenantRows
	last    *tenantRows
}

// tenantRows are the stories of one tenant. Neighbours are often asked for one after the other: then the next row is at hand.
type tenantRows struct {
	tenant
	cursor *bbolt.Cursor // of its stories
	number uint16        // in whereabouts
}

// of returns nil where the tenant is absent.
func (r *rows) of(name workbench.TenantID) (*tenantRows, error) {
	if r.last != nil && r.last.id == name {
		return r.last, nil
	}
	if r.tenants == nil {
		r.tenants, r.root = map[workbench.TenantID]*tenantRows{}, r.tx.Bucket(bucketTenants)
	}
	t, known := r.tenants[name]
	if !known {
		if root := r.root.Bucket([]byte(name)); root != nil {
			t = &tenantRows{tenant: tenant{id: name, root: root}, number: r.s.whereabouts.number(name)}
			if err := t.open(&t.stories, "stories"); err != nil {
				return nil, err
			}
			t.cursor = t.stories.Cursor()
		}
		r.tenants[name] = t
	}
	r.last = t
	return t, nil
}

// named is of, without making a text of a name that is known.
func (r *rows) named(name []byte) (*tenantRows, error) {
	if r.last != nil && string(r.last.id) == string(name) {
		return r.last, nil
	}
	if t := r.tenants[workbench.TenantID(name)]; t != nil {
		r.last = t
		return t, nil
	}
	return r.of(workbench.TenantID(name))
}

// next returns the bytes of a story's record that probably follows the one that was read last; nil where there is none.
func (t *tenantRows) next(place []byte) []byte {
	if at, value := t.cursor.Next(); bytes.Equal(at, place) {
		return value
	}
	return t.at(place)
}

// at returns the bytes of a story's record, nil where there is none.
func (t *tenantRows) at(place []byte) []byte {
	at, value := t.cursor.Seek(place)
	if !bytes.Equal(at, place) {
		return nil
	}
	return value
}

func (s *Store) entry(t *tenantRows, place, value []byte, e *store.Entry) error {
	n := parseNumber(place)
	r, err := t.storyIn(n, value)
	if err != nil {
		return err
	}
	e.ID, e.Ref, e.Number, e.Gone = r.id, store.Ref{Tenant: t.id, Place: n}, store.Change(r.change), r.gone
	if r.gone {
		return nil
	}
	s.whereabouts.note(r.id, t.number)
	if err := r.readHead(&e.Head); err != nil {
		return err
	}
	return t.readSummary(&r, &e.State)
}
