package boltstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"workbench"
)

type sessionRow struct {
	Values  map[string]string `json:"values"`
	Expires time.Time         `json:"expires"`
}

// Session implements store.Sessions.
func (s *Store) Session(ctx context.Context, id string, now time.Time) (map[string]string, error) {
	var r sessionRow
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		value := tx.Bucket(bucketSessions).Get(secret(id))
		if value == nil {
			return workbench.ErrNotFound
		}
		if err := json.Unmarshal(value, &r); err != nil {
			return corrupt("a session: %v", err)
		}
		if !now.Before(r.Expires) {
			return workbench.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading a session: %w", err)
	}
	return r.Values, nil
}

// SaveSession implements store.Sessions.
func (s *Store) SaveSession(ctx context.Context, id string, values map[string]string, now, expires time.Time) error {
	if values == nil {
		values = map[string]string{}
	}
	value, err := marshal(sessionRow{values, expires.UTC()})
	if err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if err := dropSession(tx, secret(id)); err != nil {
			return err
		}
		var ended [][]byte
		limit := end(now)
		c := tx.Bucket(bucketSessionEnds).Cursor()
		for k, _ := c.First(); k != nil && bytes.Compare(k[:min(8, len(k))], limit) < 0; k, _ = c.Next() {
			ended = append(ended, bytes.Clone(k[min(8, len(k)):]))
		}
		for _, hash := range ended {
			if err := dropSession(tx, hash); err != nil {
				return err
			}
		}
		return putAll([]row{{tx.Bucket(bucketSessions), secret(id), value},
			{tx.Bucket(bucketSessionEnds), slices.Concat(end(expires), secret(id)), []byte{}}})
	})
}

// DeleteSession implements store.Sessions.
func (s *Store) DeleteSession(ctx context.Context, id string) error {
	return s.update(ctx, func(tx *bbolt.Tx) error { return dropSession(tx, secret(id)) })
}

func dropSession(tx *bbolt.Tx, hash []byte) error {
	value := tx.Bucket(bucketSessions).Get(hash)
	if value == nil {
		return nil
	}
	var r sessionRow
	if err := json.Unmarshal(value, &r); err != nil {
		return corrupt("a session: %v", err)
	}
	if err := tx.Bucket(bucketSessionEnds).Delete(slices.Concat(end(r.Expires), hash)); err != nil {
		return err
	}
	return tx.Bucket(bucketSessions).Delete(hash)
}

// end orders sessions by the second in which they end.
func end(t time.Time) []byte { return number(uint64(max(t.Unix(), 0))) }
