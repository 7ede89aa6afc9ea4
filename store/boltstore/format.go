package boltstore

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
)

// format is the number of the layout that doc.go describes. A store of a smaller number is brought forward at Open, one of a larger number
// is refused. The formats are:
//
//	1  the first
//	2  connectors, registrations, what is found out about them, flows and foreign alerts; accounts have roles, which a program that knows
//	   format 1 alone would not heed
//	3  views and preferences
const format = 3

// checkFormat returns the store's format and checks that it has the buckets of it.
func checkFormat(tx *bbolt.Tx) (uint64, error) {
	check := func(names [][]byte) error {
		for _, name := range names {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: the file is not a store of the workbench: it has no bucket %q", workbench.ErrCorrupt, name)
			}
		}
		return nil
	}
	if err := check(rootBuckets1); err != nil {
		return 0, err
	}
	switch found := parseNumber(tx.Bucket(bucketMeta).Get(metaFormat)); found {
	case 1:
		return found, nil
	case 2:
		return found, check(rootBuckets2)
	case format:
		return found, check(slices.Concat(rootBuckets2, rootBuckets3))
	case 0:
		return 0, corrupt("it has no format")
	default:
		return found, fmt.Errorf("%w: it has format %d, this program knows up to %d; use the newer program", workbench.ErrNewer, found, format)
	}
}

// bringForward makes a store of an earlier format one of this format. What is kept in it stays as it is.
func (s *Store) bringForward() error {
	err := s.update(context.Background(), func(tx *bbolt.Tx) error {
		for _, name := range slices.Concat(rootBuckets2, rootBuckets3) {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(metaFormat, number(format))
	})
	if err != nil {
		return fmt.Errorf("bringing it forward to format %d: %w", format, err)
	}
	return nil
}
