package boltstore

import (
	"context"
	"slices"
	"sync"
)

// turns says who writes next. Clicks of people come before everything else that waits, but not twice in a row: so a click waits for one
// other write at most, and clicks never keep others out.
type turns struct {
	mu     sync.Mutex
	busy   bool
	clicks chan struct{}   // of whoever waits for the clicks' turn; nil = nobody
	others []chan struct{} // in the order in which they came
}

// try takes a turn where nobody has it; then nobody waits for one either.
func (t *turns) try() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy {
		return false
	}
	t.busy = true
	return true
}

// take waits for a turn, or fails with the context's error. One at a time may wait for the turn of clicks.
func (t *turns) take(ctx context.Context, clicks bool) error {
	t.mu.Lock()
	if !t.busy {
		t.busy = true
		t.mu.Unlock()
		return nil
	}
	granted := make(chan struct{})
	if clicks {
		t.clicks = granted
	} else {
		t.others = append(t.others, granted)
	}
	t.mu.Unlock()
	select {
	case <-granted:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	left := t.leave(granted)
	t.mu.Unlock()
	if !left { // it was granted meanwhile
		t.pass(clicks)
	}
	return ctx.Err()
}

// leave takes away one who waits, and reports whether it did.
func (t *turns) leave(granted chan struct{}) bool {
	if t.clicks == granted {
		t.clicks = nil
		return true
	}
	i := slices.Index(t.others, granted)
	if i >= 0 {
		t.others = slices.Delete(t.others, i, i+1)
	}
	return i >= 0
}

// pass ends a turn, that of clicks or another, and begins the next.
func (t *turns) pass(clicks bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.clicks != nil && (!clicks || len(t.others) == 0):
		close(t.clicks)
		t.clicks = nil
	case len(t.others) > 0:
		close(t.others[0])
		t.others = slices.Delete(t.others, 0, 1)
	default:
		t.busy = false
	}
}
