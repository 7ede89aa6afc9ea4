package boltstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"workbench"
	"workbench/store"
)

// Keys of the bucket meta.
var (
	metaFormat      = []byte("format")
	metaDerivation  = []byte("derivation")
	metaCommit      = []byte("commit")      // number of the last write, to read back whether one took place
	metaChange      = []byte("change")      // last number of the change feed
	metaObservation = []byte("observation") // last number given to a receipt
	metaForward     = []byte("forward")     // how far the store was brought forward from an earlier format; see format.go
	metaQuarantined = []byte("quarantined") // last number given to a quarantined record
)

var errClosed = errors.New("store is closed")

// view runs a reading transaction. What fn keeps must be copied.
func (s *Store) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.Err(); err != nil {
		return err
	}
	return closing(faultless(func() error { return s.db.View(fn) }))
}

// update runs a writing transaction, once its turn came and unless the context ends before. Where its outcome cannot be known the store fails for good; where the disk is full or
// write-protected, and the write did not take place, it returns ErrReadOnly and a later write may succeed.
func (s *Store) update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.turns.take(ctx, false); err != nil {
		return err
	}
	defer s.turns.pass(false)
	return s.transact(fn)
}

// transact is update for who has the turn.
func (s *Store) transact(fn func(*bbolt.Tx) error) error {
	if err := s.Err(); err != nil {
		return err
	}
	var commit uint64
	var last store.Change
	prepared := false
	err := faultless(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			meta := tx.Bucket(bucketMeta)
			last = store.Change(parseNumber(meta.Get(metaChange)))
			var err error
			commit, err = advance(meta, metaCommit)
			prepared = err == nil
			return err
		})
	})
	switch {
	case err == nil:
		s.committed(last)
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseReadOnly):
		return fmt.Errorf("%w: it was opened for reading only", workbench.ErrReadOnly)
	case !prepared:
		return closing(err)
	case noRoom(err) && !s.tookPlace(commit):
		s.log.Warn("store cannot be written", "reason", err)
		return fmt.Errorf("%w: %w; make room and try again", workbench.ErrReadOnly, err)
	}
	return s.fail(fmt.Errorf("the outcome of a write is unknown; start again to read it back: %w", err))
}

// noRoom reports errors that say that nothing was written for want of room or permission. While it makes the file larger, which is before
// it writes anything, bbolt gives the system's reason as text only.
func noRoom(err error) bool {
	growing := strings.HasPrefix(err.Error(), "file resize error") || strings.HasPrefix(err.Error(), "file sync error")
	for _, reason := range []error{bolterrors.ErrMaxSizeReached, syscall.ENOSPC, syscall.EROFS, syscall.EDQUOT} {
		if errors.Is(err, reason) || growing && strings.HasSuffix(err.Error(), reason.Error()) {
			return true
		}
	}
	return false
}

// tookPlace reads back whether the write of a number is visible, or cannot be read.
func (s *Store) tookPlace(commit uint64) bool {
	var found uint64
	err := s.db.View(func(tx *bbolt.Tx) error {
		found = parseNumber(tx.Bucket(bucketMeta).Get(metaCommit))
		return nil
	})
	return err != nil || found >= commit
}

func (s *Store) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
		s.wake()
		s.log.Error("store failed", "reason", err)
	}
	return s.failed
}

func (s *Store) committed(last store.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last > s.last {
		s.last = last
		s.wake()
	}
}

// wake ends every Wait; the caller holds the lock.
func (s *Store) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Err implements store.Store.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Close implements store.Store. Closing twice is no error.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.wake()
	s.mu.Unlock()
	err := s.db.Close()
	s.codec.close()
	return err
}

func closing(err error) error {
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return errClosed
	}
	return err
}

// advance adds one to a number of the bucket meta and returns it.
func advance(meta *bbolt.Bucket, key []byte) (uint64, error) {
	n := parseNumber(meta.Get(key)) + 1
	return n, meta.Put(key, number(n))
}
