package boltstore

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
)

// Sizes says how much room raw documents take.
type Sizes struct {
	Documents int
	JSON      int64 // bytes of the documents as received
	Packed    int64 // bytes that are stored for them
}

// Sizes adds up what is stored for the raw documents of a scope. Its cost grows with the number of documents.
func (s *Store) Sizes(ctx context.Context, scope workbench.Scope) (Sizes, error) {
	var sizes Sizes
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for t, err := range tenantsIn(tx, scope) {
			if err != nil {
				return err
			}
			documents := t.documents.Cursor()
			for k, v := documents.First(); k != nil; k, v = documents.Next() {
				r, err := decodeDocument(t.id, v)
				if err != nil {
					return corrupt("document %d of tenant %s: %v", parseNumber(k), t.id.Text(), err)
				}
				sizes.Documents++
				sizes.JSON += int64(r.place.length)
			}
			frames := t.frames.Cursor()
			for k, v := frames.First(); k != nil; k, v = frames.Next() {
				sizes.Packed += int64(len(v))
			}
		}
		return nil
	})
	if err != nil {
		return Sizes{}, fmt.Errorf("measuring documents: %w", err)
	}
	return sizes, nil
}
