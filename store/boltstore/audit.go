package boltstore

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Record implements store.Audit.
func (s *Store) Record(ctx context.Context, e store.AuditEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error { return record(tx, e) })
}

// record chains an entry to the last one.
func record(tx *bbolt.Tx, e store.AuditEntry) error {
	b := tx.Bucket(bucketAudit)
	b.FillPercent = full
	k, v := b.Cursor().Last()
	e.Number, e.Previous = parseNumber(k)+1, workbench.Hash{}
	if k != nil {
		e.Previous = sha256.Sum256(v)
	}
	value, err := marshal(e)
	if err != nil {
		return fmt.Errorf("recording %q: %w", e.What, err)
	}
	return b.Put(number(e.Number), value)
}

// AuditTrail implements store.Audit.
func (s *Store) AuditTrail(ctx context.Context, after uint64, limit int) ([]store.AuditEntry, error) {
	list := []store.AuditEntry{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketAudit).Cursor()
		for k, v := c.Seek(number(after + 1)); k != nil && len(list) < limit; k, v = c.Next() {
			var e store.AuditEntry
			if err := json.Unmarshal(v, &e); err != nil {
				return corrupt("audit entry %d: %v", parseNumber(k), err)
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}
