package boltstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"workbench"
)

// none is a deriver that has no stories.
type none struct{}

func (none) Version() string                            { return "none" }
func (none) Derive(workbench.Group) []workbench.Content { return nil }

func opened(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "store.db"), none{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// trail reads what the clicks of these tests write: names, each behind those before it.
func trail(t testing.TB, s *Store) string {
	t.Helper()
	v, err := s.Setting(context.Background(), "trail", func() []byte { return []byte{} })
	if err != nil {
		t.Fatal(err)
	}
	return string(v)
}

var (
	errRefused = errors.New("refused")
	errSpoilt  = errors.New("spoilt")
)

// spoiler is how a click of these tests ends.
type spoiler int

const (
	fine       spoiler = iota
	refused            // before it writes
	spoilt             // after it wrote
	panicking          // after it wrote
	suspicious         // refused where it sees that one of the two before it was taken in
)

func clicking(name string, as spoiler) *click {
	settings := func(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket(bucketSettings) }
	return &click{
		check: func(tx *bbolt.Tx) error {
			former := string(settings(tx).Get([]byte("trail")))
			if as == refused || as == suspicious && len(former)%2 == 1 {
				return errRefused
			}
			return nil
		},
		write: func(tx *bbolt.Tx) error {
			b := settings(tx)
			if err := b.Put([]byte("trail"), append(slices.Clone(b.Get([]byte("trail"))), name...)); err != nil {
				return err
			}
			switch as {
			case spoilt:
				return errSpoilt
			case panicking:
				panic("panicked " + name)
			}
			return nil
		},
	}
}

// outcome runs a function and says how it ended.
func outcome(fn func() error) (end string) {
	defer func() {
		if r := recover(); r != nil {
			end = fmt.Sprint(r)
		}
	}()
	return fmt.Sprint(fn())
}

// TestClicksTogetherAreClicksInTurn holds that clicks which share a transaction, failures among them, are the same clicks one after another:
// each is told the same, and what is kept is the same.
func TestClicksTogetherAreClicksInTurn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		kinds := rapid.SliceOfN(rapid.Map(rapid.IntRange(int(fine), int(suspicious)), func(n int) spoiler { return spoiler(n) }), 1, 12).Draw(r, "clicks")
		together, inTurn := opened(t), opened(t)
		defer together.Close()
		defer inTurn.Close()
		var list []*click
		for i, as := range kinds {
			list = append(list, clicking(fmt.Sprint(i%10), as))
		}
		if err := together.turns.take(context.Background(), true); err != nil {
			r.Fatal(err)
		}
		together.together(list)
		together.turns.pass(true)
		for i, as := range kinds {
			want := outcome(func() error { return inTurn.join(context.Background(), clicking(fmt.Sprint(i%10), as)) })
			got := outcome(func() error {
				if list[i].panicked != nil {
					panic(list[i].panicked)
				}
				return list[i].err
			})
			if got != want {
				r.Errorf("click %d: got %s, want %s", i, got, want)
			}
		}
		if got, want := trail(t, together), trail(t, inTurn); got != want {
			r.Errorf("kept: got %q, want %q", got, want)
		}
		if err := errors.Join(together.Err(), inTurn.Err()); err != nil {
			r.Errorf("the store failed: %v", err)
		}
	})
}

// TestClicksShareTransactions holds that clicks which wait while another writes are one commit.
func TestClicksShareTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer s.Close()
		if err := s.turns.take(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for i := range 5 {
			group.Go(func() {
				if err := s.join(context.Background(), clicking(fmt.Sprint(i), fine)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		before := commits(t, s)
		s.turns.pass(false)
		group.Wait()
		if got := commits(t, s) - before; got != 1 || trail(t, s) != "01234" {
			t.Errorf("got %d commits for %q, want 1 for 01234, in the order in which they came", got, trail(t, s))
		}
		before = commits(t, s)
		if err := s.join(context.Background(), clicking("x", refused)); !errors.Is(err, errRefused) || commits(t, s) != before {
			t.Errorf("one that is refused: got %v and %d commits, want none", err, commits(t, s)-before)
		}
	})
}

// TestFirstClickHandsOver holds that clicks which come while the first one commits are seen to after it, together.
func TestFirstClickHandsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer s.Close()
		before, hold := commits(t, s), make(chan struct{})
		first := clicking("0", fine)
		write := first.write
		first.write = func(tx *bbolt.Tx) error {
			<-hold
			return write(tx)
		}
		var group sync.WaitGroup
		for i, c := range []*click{first, clicking("1", fine), clicking("2", spoilt), clicking("3", fine)} {
			group.Go(func() {
				if err := s.join(context.Background(), c); (i == 2) != errors.Is(err, errSpoilt) {
					t.Errorf("click %d: got %v", i, err)
				}
			})
			synctest.Wait()
		}
		close(hold)
		group.Wait()
		synctest.Wait() // until whoever saw to the last of them is gone
		if got := commits(t, s) - before; got != 2 || trail(t, s) != "013" || s.clicks.running || s.turns.busy {
			t.Errorf("got %d commits for %q, running %v, busy %v, want 2 for 013 and quiet", got, trail(t, s), s.clicks.running, s.turns.busy)
		}
	})
}

func commits(t testing.TB, s *Store) (n uint64) {
	t.Helper()
	if err := s.view(context.Background(), func(tx *bbolt.Tx) error {
		n = parseNumber(tx.Bucket(bucketMeta).Get(metaCommit))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestClickStopsWaiting holds that a context that ends while the click waits takes it out, and no other.
func TestClickStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer s.Close()
		if err := s.turns.take(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		ended, end := context.WithCancel(context.Background())
		results := make([]error, 3)
		var group sync.WaitGroup
		for i, with := range []context.Context{context.Background(), ended, context.Background()} {
			group.Go(func() { results[i] = s.join(with, clicking(fmt.Sprint(i), fine)) })
			synctest.Wait()
		}
		var late error
		group.Go(func() { late = s.update(ended, func(*bbolt.Tx) error { return errors.New("was run") }) })
		synctest.Wait()
		end()
		synctest.Wait()
		if !errors.Is(results[1], context.Canceled) || !errors.Is(late, context.Canceled) {
			t.Errorf("who stopped waiting: got %v and %v, want context.Canceled at once", results[1], late)
		}
		s.turns.pass(false)
		group.Wait()
		if got := trail(t, s); results[0] != nil || results[2] != nil || got != "02" {
			t.Errorf("the others: got %v, %v and %q, want 02", results[0], results[2], got)
		}
	})
}
