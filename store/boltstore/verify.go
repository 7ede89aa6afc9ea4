package boltstore

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Verify implements store.Maintenance, over one state of the store. Where the structure is damaged it stops there, because nothing else
// can be trusted then.
func (s *Store) Verify(ctx context.Context, problem func(string)) (int, error) {
	problems := 0
	tell := func(format string, args ...any) {
		problems++
		if problem != nil {
			problem(fmt.Sprintf(format, args...))
		}
	}
	err := guarded(func() error {
		if err := s.structure(ctx, func(sentence string) { tell("%s", sentence) }); err != nil || problems > 0 {
			return err
		}
		return s.view(ctx, func(tx *bbolt.Tx) error {
			v := verifying{s: s, tx: tx, ctx: ctx, tell: tell, changes: map[uint64]bool{}}
			return v.run()
		})
	})
	switch {
	case errors.Is(err, workbench.ErrCorrupt):
		tell("%s", err)
		return problems, nil
	case err != nil:
		return problems, fmt.Errorf("verifying the store: %w", err)
	}
	return problems, nil
}

// structure checks every page, while nobody writes.
func (s *Store) structure(ctx context.Context, problem func(string)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.turns.take(ctx, false); err != nil {
		return err
	}
	defer s.turns.pass(false)
	if err := s.Err(); err != nil {
		return err
	}
	tx, err := s.db.Begin(!s.db.IsReadOnly())
	if err != nil {
		return closing(err)
	}
	defer tx.Rollback() // it writes nothing; after a panic over a damaged page others must get their turn
	if err := checkPages(s.path); err != nil {
		return err
	}
	checkStructure(tx, problem)
	return nil
}

type verifying struct {
	s       *Store
	tx      *bbolt.Tx
	ctx     context.Context
	tell    func(format string, args ...any)
	changes map[uint64]bool // numbers that stories have
	derive  bool            // content was made by this program's deriver
}

func (v verifying) run() error {
	stored, program := string(v.tx.Bucket(bucketMeta).Get(metaDerivation)), v.s.deriver.Version()
	if v.derive = stored == program; !v.derive {
		v.tell("stories were derived by version %q, this program has version %q: their content was not compared; rebuild the store",
			workbench.Text(stored), program)
	}
	v.audit()
	if err := v.rows(); err != nil {
		return err
	}
	observation := parseNumber(v.tx.Bucket(bucketMeta).Get(metaObservation))
	for t, err := range tenantsIn(v.tx, workbench.EveryTenant()) {
		if err == nil {
			err = verifyingTenant{v, t, &unpacked{codec: v.s.codec, tenant: t}, observation}.run()
		}
		if err := v.note(err); err != nil {
			return err
		}
	}
	return v.feed()
}

// note tells of a damaged record and goes on; every other error is returned.
func (v verifying) note(err error) error {
	if errors.Is(err, workbench.ErrCorrupt) {
		v.tell("%s", err)
		return nil
	}
	return err
}

// audit follows the chain.
func (v verifying) audit() {
	previous := workbench.Hash{}
	want := uint64(1)
	c := v.tx.Bucket(bucketAudit).Cursor()
	for k, value := c.First(); k != nil; k, value = c.Next() {
		var e store.AuditEntry
		err := json.Unmarshal(value, &e)
		switch n := parseNumber(k); {
		case err != nil:
			v.tell("audit entry %d cannot be read: %v", n, err)
		case n != want || e.Number != n:
			v.tell("audit entry %d stands where entry %d belongs: entries were taken out or put in", n, want)
		case e.Previous != previous:
			v.tell("audit entry %d does not follow entry %d: one of them was changed", n, n-1)
		}
		previous, want = sha256.Sum256(value), parseNumber(k)+1
	}
}

// feed checks that the change feed has each story exactly once.
func (v verifying) feed() error {
	last := parseNumber(v.tx.Bucket(bucketMeta).Get(metaChange))
	c := v.tx.Bucket(bucketChanges).Cursor()
	rows := 0
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n := parseNumber(k)
		if rows++; !v.changes[n] {
			v.tell("change %d belongs to no story", n)
		}
		if n > last {
			v.tell("change %d is behind the last one, %d", n, last)
		}
	}
	if rows != len(v.changes) {
		v.tell("the change feed has %d rows for %d stories", rows, len(v.changes))
	}
	return v.ctx.Err()
}
