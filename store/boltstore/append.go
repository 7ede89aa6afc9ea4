package boltstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Append implements store.Facts.
func (s *Store) Append(ctx context.Context, scope workbench.Scope, batch store.Batch) (store.Appended, error) {
	if err := ctx.Err(); err != nil {
		return store.Appended{}, err
	}
	if err := checkBatch(scope, batch); err != nil {
		return store.Appended{}, err
	}
	hashes := make([]workbench.Hash, len(batch.Documents)) // before the transaction: others may write meanwhile
	for i, d := range batch.Documents {
		hashes[i] = workbench.HashJSON(d.JSON)
	}
	var done store.Appended
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		a := appending{s: s, tx: tx, scope: scope, batch: batch, tenants: map[workbench.TenantID]*tenantAppending{}, touched: map[workbench.GroupKey]bool{}}
		for i, d := range batch.Documents {
			if err := a.document(d, hashes[i]); err != nil {
				return err
			}
		}
		if err := a.finish(); err != nil {
			return err
		}
		done = a.done
		if a.documents+a.receipts+a.quarantined+a.foreigners == 0 {
			if a.moved == 0 {
				return errNothingNew
			}
			return nil
		}
		return record(tx, store.AuditEntry{At: batch.At, By: batch.By, What: "added documents", About: a.about()})
	})
	if err != nil && err != errNothingNew {
		return store.Appended{}, fmt.Errorf("adding documents: %w", err)
	}
	return done, nil
}

// errNothingNew ends the transaction of a batch that adds no fact, so that nothing is written.
var errNothingNew = errors.New("batch adds nothing")

// appending is one Append inside its transaction.
type appending struct {
	s       *Store
	tx      *bbolt.Tx
	scope   workbench.Scope
	batch   store.Batch
	tenants map[workbench.TenantID]*tenantAppending
	touched map[workbench.GroupKey]bool // true: by a document that is new
	done    store.Appended

	documents, receipts, quarantined, foreigners int // facts added
	moved                                        int // connectors whose progress is another now
}

// about is what the audit trail says of what was added.
func (a *appending) about() string {
	foreign := ""
	if a.foreigners > 0 {
		foreign = fmt.Sprintf(", %d not taken in", a.foreigners)
	}
	return fmt.Sprintf("%d documents, %d receipts, %d quarantined%s, from %s", a.documents, a.receipts, a.quarantined, foreign, workbench.Text(a.batch.Source))
}

type tenantAppending struct {
	*tenant
	frames *frames
	fresh  map[uint64][]byte // bytes of new documents, which are not in the store before flush
	alerts []newAlert
}

type newAlert struct {
	id  string
	new bool // with a version that is new
}

func (a *appending) tenant(id workbench.TenantID) (*tenantAppending, error) {
	if t := a.tenants[id]; t != nil {
		return t, nil
	}
	buckets, err := createTenant(a.tx, id)
	if err != nil {
		return nil, err
	}
	t := &tenantAppending{tenant: buckets, fresh: map[uint64][]byte{}}
	t.frames = &frames{open: map[string]*frame{}, next: buckets.frames.NextSequence, codec: a.s.codec, done: func(n uint64, packed []byte) error { return buckets.frames.Put(number(n), packed) }}
	a.tenants[id] = t
	return t, nil
}

// document adds a document or, where it is kept already, a receipt.
func (a *appending) document(d workbench.Document, hash workbench.Hash) error {
	t, err := a.tenant(d.Tenant)
	if err != nil {
		return err
	}
	key := identity(d, hash)
	kept := t.hashes.Get(key)
	isNew := kept == nil
	group := d.Groups()
	a.touched[group] = a.touched[group] || isNew
	if d.Kind == workbench.AlertDocument {
		t.alerts = append(t.alerts, newAlert{d.Object, isNew})
	}
	if !isNew {
		return a.receipt(t, parseNumber(kept))
	}
	n, err := t.tenant.documents.NextSequence()
	if err != nil {
		return err
	}
	observation, err := advance(a.tx.Bucket(bucketMeta), metaObservation)
	if err != nil {
		return err
	}
	shares := d.Object // an incident shares a frame with its alerts
	if d.Kind == workbench.AlertDocument {
		shares = d.Incident
	}
	p, err := t.frames.add(shares, d.JSON)
	if err != nil {
		return err
	}
	t.fresh[n] = d.JSON
	a.documents++
	r := documentRecord{place: p, Observed: workbench.Observed{Document: d, Hash: hash, Observation: observation, ReceivedAt: a.batch.At}}
	puts := []row{
		{t.tenant.documents, number(n), r.encode()}, {t.hashes, key, number(n)}, {t.groups, groupMember(group, 'd', n), []byte{}},
	}
	if d.Kind == workbench.AlertDocument {
		puts = append(puts, row{t.tenant.alerts, textAndNumber(d.Object, n), []byte{}})
		if err := forget(a.tx, d.Tenant, d.Object); err != nil {
			return err
		}
	}
	if err := putAll(puts); err != nil {
		return err
	}
	return putReceipt(t.tenant, n, workbench.Receipt{Observation: observation, At: a.batch.At, Source: a.batch.Source})
}

// receipt adds a receipt of document n, unless its source has one.
func (a *appending) receipt(t *tenantAppending, n uint64) error {
	all, err := receiptsOf(t.tenant, n)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(r workbench.Receipt) bool { return r.Source == a.batch.Source }) {
		return nil
	}
	observation, err := advance(a.tx.Bucket(bucketMeta), metaObservation)
	if err != nil {
		return err
	}
	a.receipts++
	return putReceipt(t.tenant, n, workbench.Receipt{Observation: observation, At: a.batch.At, Source: a.batch.Source})
}

// row is one pair to be put.
type row struct {
	bucket     *bbolt.Bucket
	key, value []byte
}

func putAll(rows []row) error {
	for _, r := range rows {
		if err := r.bucket.Put(r.key, r.value); err != nil {
			return err
		}
	}
	return nil
}
