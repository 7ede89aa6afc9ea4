package boltstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// quarantinedRow is a quarantined record as kept: its bytes stand apart, so that lists need not read them.
type quarantinedRow struct {
	Number uint64 `json:"number"` // in the order of arrival, over the whole store
	workbench.Quarantined
}

// keep adds a quarantined record, unless the tenant has it.
func (a *appending) keep(q workbench.Quarantined) error {
	t, err := a.tenant(q.Tenant)
	if err != nil {
		return err
	}
	if t.quarantine.Get([]byte(q.ID)) != nil {
		return nil
	}
	packed, err := a.s.codec.pack(q.First)
	if err != nil {
		return err
	}
	n, err := advance(a.tx.Bucket(bucketMeta), metaQuarantined)
	if err != nil {
		return err
	}
	q.First = nil
	value, err := marshal(quarantinedRow{n, q})
	if err != nil {
		return err
	}
	a.quarantined++
	return putAll([]row{{t.quarantine, []byte(q.ID), value}, {t.quarantineBytes, []byte(q.ID), packed}})
}

// QuarantinedRecords implements store.Quarantine.
func (s *Store) QuarantinedRecords(ctx context.Context, scope workbench.Scope) ([]workbench.Quarantined, error) {
	var rows []quarantinedRow
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for t, err := range tenantsIn(tx, scope) {
			if err != nil {
				return err
			}
			c := t.quarantine.Cursor()
			for k, v := c.First(); k != nil; k, v = c.Next() {
				r, err := decodeQuarantined(k, v)
				if err != nil {
					return err
				}
				rows = append(rows, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing quarantined records: %w", err)
	}
	slices.SortFunc(rows, func(a, b quarantinedRow) int { return cmp.Compare(a.Number, b.Number) })
	list := make([]workbench.Quarantined, len(rows))
	for i, r := range rows {
		list[i] = r.Quarantined
	}
	return list, nil
}

// QuarantinedRecord implements store.Quarantine. Where several tenants of the scope have it, it is that of the first in byte order.
func (s *Store) QuarantinedRecord(ctx context.Context, scope workbench.Scope, id string) (workbench.Quarantined, error) {
	var q workbench.Quarantined
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		t, r, err := findQuarantined(tx, scope, id)
		if err != nil {
			return err
		}
		q = r.Quarantined
		q.First, err = s.codec.unpack(t.quarantineBytes.Get([]byte(id)))
		return err
	})
	if err != nil {
		return workbench.Quarantined{}, fmt.Errorf("reading quarantined record %q: %w", workbench.Text(id), err)
	}
	return q, nil
}

// Discard implements store.Quarantine, for the record that QuarantinedRecord returns.
func (s *Store) Discard(ctx context.Context, scope workbench.Scope, id string, by workbench.AccountID, at workbench.Time) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		t, r, err := findQuarantined(tx, scope, id)
		if err != nil {
			return err
		}
		if err := t.quarantine.Delete([]byte(id)); err != nil {
			return err
		}
		if err := t.quarantineBytes.Delete([]byte(id)); err != nil {
			return err
		}
		return record(tx, store.AuditEntry{At: at, By: by, What: "discarded quarantined record",
			About: fmt.Sprintf("record with hash %s, %d bytes, of tenant %s", r.Hash, r.Length, t.id.Text())})
	})
	if err != nil {
		return fmt.Errorf("discarding quarantined record %q: %w", workbench.Text(id), err)
	}
	return nil
}

func findQuarantined(tx *bbolt.Tx, scope workbench.Scope, id string) (*tenant, quarantinedRow, error) {
	for t, err := range tenantsIn(tx, scope) {
		if err != nil {
			return nil, quarantinedRow{}, err
		}
		if v := t.quarantine.Get([]byte(id)); v != nil {
			r, err := decodeQuarantined([]byte(id), v)
			return t, r, err
		}
	}
	return nil, quarantinedRow{}, workbench.ErrNotFound
}

func decodeQuarantined(k, v []byte) (quarantinedRow, error) {
	var r quarantinedRow
	if err := json.Unmarshal(v, &r); err != nil {
		return r, corrupt("quarantined record %s: %v", workbench.Text(string(k)), err)
	}
	return r, nil
}
