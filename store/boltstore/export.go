package boltstore

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"workbench"
)

// Export implements store.Stories. It holds one reading transaction while yield runs: yield must not write to the store, and should not
// wait long, because pages that others free meanwhile are not used again before it ends.
func (s *Store) Export(ctx context.Context, scope workbench.Scope, yield func(workbench.Story) error) error {
	return s.view(ctx, func(tx *bbolt.Tx) error {
		byID := func(_ *tenant, k, _ []byte) ([]byte, error) { return k, nil }
		return merged(tx, scope, func(t *tenant) *bbolt.Bucket { return t.ids }, byID, func(t *tenant, _, v []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, err := t.story(parseNumber(v))
			if err != nil || r.gone {
				return err
			}
			story, err := s.story(t, r, workbench.Untrusted{}, nil)
			if err != nil {
				return err
			}
			return yield(story)
		})
	})
}

// ExportDocuments implements store.Stories. What Export says of yield holds here too.
func (s *Store) ExportDocuments(ctx context.Context, scope workbench.Scope, yield func(workbench.Observed) error) error {
	return s.view(ctx, func(tx *bbolt.Tx) error {
		caches := map[workbench.TenantID]*unpacked{}
		byObservation := func(t *tenant, k, v []byte) ([]byte, error) {
			r, err := decodeDocument(t.id, v)
			if err != nil {
				return nil, corrupt("document %d of tenant %s: %v", lastNumber(k), t.id.Text(), err)
			}
			return number(r.Observation), nil
		}
		return merged(tx, scope, func(t *tenant) *bbolt.Bucket { return t.documents }, byObservation, func(t *tenant, _, v []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			r, err := decodeDocument(t.id, v)
			if err != nil {
				return err
			}
			if caches[t.id] == nil {
				caches[t.id] = &unpacked{codec: s.codec, tenant: t}
			}
			if r.JSON, err = caches[t.id].bytesOf(r.place); err != nil {
				return err
			}
			return yield(r.Observed)
		})
	})
}

// merged walks one bucket of every tenant of a scope as if it were one bucket, in the order that rank gives. Within a tenant ranks grow
// with keys.
func merged(tx *bbolt.Tx, scope workbench.Scope, of func(*tenant) *bbolt.Bucket, rank func(t *tenant, k, v []byte) ([]byte, error),
	visit func(t *tenant, k, v []byte) error) error {
	type stream struct {
		t          *tenant
		c          *bbolt.Cursor
		k, v, rank []byte
	}
	var streams []*stream
	advance := func(st *stream, k, v []byte) (err error) {
		if st.k, st.v = k, v; k != nil {
			st.rank, err = rank(st.t, k, v)
		}
		return err
	}
	for t, err := range tenantsIn(tx, scope) {
		if err != nil {
			return err
		}
		st := &stream{t: t, c: of(t).Cursor()}
		k, v := st.c.First()
		if err := advance(st, k, v); err != nil {
			return err
		}
		streams = append(streams, st)
	}
	for {
		var first *stream
		for _, st := range streams {
			if st.k != nil && (first == nil || bytes.Compare(st.rank, first.rank) < 0) {
				first = st
			}
		}
		if first == nil {
			return nil
		}
		if err := visit(first.t, first.k, first.v); err != nil {
			return err
		}
		k, v := first.c.Next()
		if err := advance(first, k, v); err != nil {
			return err
		}
	}
}
