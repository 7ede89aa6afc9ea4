package boltstore

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"go.etcd.io/bbolt"
)

// clicksTogether is how many clicks share a transaction at most.
const clicksTogether = 256

// click is a small write that shares a transaction, and its syncs, with others that came meanwhile. Where another click fails after it
// wrote, both functions are called again, in another transaction; the last call of each counts.
type click struct {
	check func(*bbolt.Tx) error // writes nothing; where it fails, the click has no part in the transaction
	write func(*bbolt.Tx) error

	done     chan struct{} // closed once err and panicked are final
	err      error
	panicked any
}

// clicks are those that wait. While there are any, or some are being committed, one goroutine sees to them: that of the first, where nobody
// else writes, and otherwise one that belongs to nobody.
type clicks struct {
	mu      sync.Mutex
	waiting []*click
	running bool
	many    bool // the last transaction was shared: others will come soon
}

// join runs a click in the order in which clicks come, each seeing what those before it wrote, and returns once what it wrote is durable.
// Where the context ends before its turn came nothing is written. Otherwise errors are those of its functions, and of update.
func (s *Store) join(ctx context.Context, c *click) error {
	c.done = make(chan struct{})
	s.clicks.mu.Lock()
	s.clicks.waiting = append(s.clicks.waiting, c)
	first := !s.clicks.running
	s.clicks.running = true
	s.clicks.mu.Unlock()
	switch {
	case first && s.turns.try():
		s.commitOnce()
		if s.clicks.left() {
			go s.commitClicks()
		}
	case first:
		go s.commitClicks()
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if s.clicks.withdraw(c) {
			return ctx.Err()
		}
		<-c.done
	}
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}

// withdraw reports whether a click still waited, and does no more.
func (q *clicks) withdraw(c *click) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, c)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// gather lets those who were answered a moment ago come again, where there are several, until no more come.
func (q *clicks) gather() {
	for before := -1; ; {
		q.mu.Lock()
		n, many := len(q.waiting), q.many
		q.mu.Unlock()
		if n <= before || n >= clicksTogether || n < 2 && !many {
			return
		}
		before = n
		runtime.Gosched()
	}
}

// take takes the clicks of the next transaction.
func (q *clicks) take() []*click {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), clicksTogether)
	list := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	q.many = n > 1
	return list
}

// left reports whether clicks wait. Where there are none the caller sees to clicks no more.
func (q *clicks) left() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running = len(q.waiting) > 0
	return q.running
}

// commitClicks sees to clicks until none wait.
func (s *Store) commitClicks() {
	for {
		_ = s.turns.take(context.Background(), true) // it fails only with the context
		s.commitOnce()
		if !s.clicks.left() {
			return
		}
	}
}

// commitOnce carries out the clicks of one transaction, and ends the turn that the caller has.
func (s *Store) commitOnce() {
	s.clicks.gather()
	list := s.clicks.take()
	s.together(list)
	s.turns.pass(true)
	for _, c := range list {
		close(c.done)
	}
}

var (
	errTakenBack = errors.New("another click failed after it wrote")
	errNoWrites  = errors.New("no click writes anything")
)

// together runs clicks in one transaction. One that fails after it wrote is taken back with all the others, which run again without it.
func (s *Store) together(list []*click) {
	defer func() {
		if r := recover(); r != nil { // committing panicked, not a click: all of them are told
			for _, c := range list {
				c.panicked = r
			}
		}
	}()
	for len(list) > 0 {
		failed, writes := -1, 0
		err := s.transact(func(tx *bbolt.Tx) error {
			for i, c := range list {
				if c.err = c.run(func() error { return c.check(tx) }); c.err != nil {
					if c.panicked != nil {
						failed = i
						return errTakenBack
					}
					continue
				}
				if writes++; c.run(func() error { return c.write(tx) }) != nil {
					failed = i
					return errTakenBack
				}
			}
			if writes == 0 {
				return errNoWrites
			}
			return nil
		})
		if failed < 0 {
			for _, c := range list {
				if c.err == nil {
					c.err = err
				}
			}
			return
		}
		list = slices.Concat(list[:failed], list[failed+1:]) // the caller keeps its own
		for _, c := range list {
			c.err = nil
		}
	}
}

// run keeps how a function of the click ended: a panic belongs to the one who clicked.
func (c *click) run(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			c.panicked, err = r, errTakenBack
		}
		c.err = err
	}()
	return faultless(fn)
}
