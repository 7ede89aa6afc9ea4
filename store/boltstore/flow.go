package boltstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"workbench"
)

// flowLife is how long a flow lives at most, so that one that ends that much before a new one has ended already.
const flowLife = 10 * time.Minute

// AddFlow implements store.Connectors. Flows that have expired go.
func (s *Store) AddFlow(ctx context.Context, state string, f workbench.Flow) error {
	value, err := marshal(f)
	if err == nil {
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			if state == "" {
				return errors.New("it has no state")
			}
			if err := dropFlows(tx, f.Expires.Add(-flowLife)); err != nil {
				return err
			}
			return tx.Bucket(bucketFlows).Put(secret(state), value)
		})
	}
	if err != nil {
		return fmt.Errorf("keeping a sign-in at Microsoft: %w", err)
	}
	return nil
}

// Flow implements store.Connectors.
func (s *Store) Flow(ctx context.Context, state string, now time.Time) (workbench.Flow, error) {
	var f workbench.Flow
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		f, err = flow(tx, state, now)
		return err
	})
	if err != nil {
		return workbench.Flow{}, fmt.Errorf("reading a sign-in at Microsoft: %w", err)
	}
	return f, nil
}

// UseFlow implements store.Connectors. Flows that have expired go with the one that is used.
func (s *Store) UseFlow(ctx context.Context, state string, now time.Time) (workbench.Flow, error) {
	f, err := s.Flow(ctx, state, now) // most that come with a state of their own making never get to write
	if err != nil {
		return workbench.Flow{}, err
	}
	err = s.update(ctx, func(tx *bbolt.Tx) (err error) {
		if f, err = flow(tx, state, now); err != nil { // another request used it meanwhile
			return err
		}
		if err := tx.Bucket(bucketFlows).Delete(secret(state)); err != nil {
			return err
		}
		return dropFlows(tx, now)
	})
	if err != nil {
		return workbench.Flow{}, fmt.Errorf("using a sign-in at Microsoft: %w", err)
	}
	return f, nil
}

func flow(tx *bbolt.Tx, state string, now time.Time) (workbench.Flow, error) {
	f, err := decodeRow[workbench.Flow]("a sign-in at Microsoft", nil, get(tx, bucketFlows, secret(state)))
	if err == nil && !now.Before(f.Expires.Time) {
		return workbench.Flow{}, workbench.ErrNotFound
	}
	return f, err
}

// dropFlows drops flows that have expired at now.
func dropFlows(tx *bbolt.Tx, now time.Time) error {
	var ended [][]byte
	for k, v := range under(tx, bucketFlows, nil) {
		f, err := decodeRow[workbench.Flow]("a sign-in at Microsoft", nil, v)
		if err != nil {
			return err
		}
		if !now.Before(f.Expires.Time) {
			ended = append(ended, slices.Clone(k))
		}
	}
	for _, k := range ended {
		if err := tx.Bucket(bucketFlows).Delete(k); err != nil {
			return err
		}
	}
	return nil
}
