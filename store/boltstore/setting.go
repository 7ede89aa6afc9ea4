package boltstore

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// Setting implements store.Settings. Of callers that ask for a new name at once, one stores and all get what it stored.
func (s *Store) Setting(ctx context.Context, name string, make func() []byte) ([]byte, error) {
	var value []byte
	read := func(tx *bbolt.Tx) error {
		value = bytes.Clone(tx.Bucket(bucketSettings).Get([]byte(name)))
		return nil
	}
	err := s.view(ctx, read)
	if err == nil && value == nil {
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			if err := read(tx); err != nil || value != nil {
				return err
			}
			value = append([]byte{}, make()...)
			return tx.Bucket(bucketSettings).Put([]byte(name), value)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("reading setting %q: %w", name, err)
	}
	return value, nil
}
