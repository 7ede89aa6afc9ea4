package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
)

// SaveHealth implements store.Connectors.
func (s *Store) SaveHealth(ctx context.Context, h workbench.Health) error {
	value, err := marshal(h)
	if err == nil {
		err = s.update(ctx, func(tx *bbolt.Tx) error {
			if get(tx, bucketConnectors, []byte(h.Connector)) == nil {
				return nil
			}
			return tx.Bucket(bucketHealths).Put([]byte(h.Connector), value)
		})
	}
	if err != nil {
		return fmt.Errorf("saving the health of connector %q: %w", workbench.Text(string(h.Connector)), err)
	}
	return nil
}

// Healths implements store.Connectors.
func (s *Store) Healths(ctx context.Context) (map[workbench.ConnectorID]workbench.Health, error) {
	var all map[workbench.ConnectorID]workbench.Health
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = decodeAll[workbench.ConnectorID, workbench.Health](tx, bucketHealths, "health of connector")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the health of connectors: %w", err)
	}
	return all, nil
}

// Progresses implements store.Connectors.
func (s *Store) Progresses(ctx context.Context) (map[workbench.ConnectorID]workbench.Progress, error) {
	var all map[workbench.ConnectorID]workbench.Progress
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = decodeAll[workbench.ConnectorID, workbench.Progress](tx, bucketProgress, "progress of connector")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the progress of connectors: %w", err)
	}
	return all, nil
}

// move replaces the progress of a connector that is there.
func (a *appending) move(p workbench.Progress) error {
	c, err := connector(a.tx, p.Connector)
	switch {
	case errors.Is(err, workbench.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !seesConnector(a.scope, c):
		return fmt.Errorf("%w: a connector is outside what the caller may see", workbench.ErrForbidden)
	}
	value, err := marshal(p)
	if err != nil {
		return err
	}
	key := []byte(p.Connector)
	if bytes.Equal(get(a.tx, bucketProgress, key), value) {
		return nil
	}
	a.moved++
	return a.tx.Bucket(bucketProgress).Put(key, value)
}
