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

// HasSetting implements store.Settings.
func (s *Store) HasSetting(ctx context.Context, name string) (bool, error) {
	has := false
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		has = tx.Bucket(bucketSettings).Get([]byte(name)) != nil
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("looking for setting %q: %w", name, err)
	}
	return has, nil
}

// ReplaceSetting implements store.Settings.
func (s *Store) ReplaceSetting(ctx context.Context, name string, value []byte) error {
	value = append([]byte{}, value...)
	if err := s.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(bucketSettings).Put([]byte(name), value) }); err != nil {
		return fmt.Errorf("replacing setting %q: %w", name, err)
	}
	return nil
}
