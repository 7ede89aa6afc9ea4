// Package naive answers lists of stories in the plainest way: it looks at every row for every answer. It is what store/index is held to,
// and serves nobody.
package naive

import (
	"context"
	"sync"
	"sync/atomic"

	"workbench"
	"workbench/store"
)

// pageOfFeed is how many entries Follow asks for at once.
const pageOfFeed = 1_000

// Index implements store.Queries. It is safe for concurrent use.
type Index struct {
	Texts func(workbench.StoryID) []string // what stands inside a story; nil = nothing; set before the first question

	names func(workbench.TenantID) workbench.Untrusted
	state atomic.Pointer[state]

	mu      sync.Mutex                // held by Apply
	places  map[workbench.StoryID]int // in rows of the present state
	applied chan struct{}             // closed when the state changes
	started bool                      // what was there at the start is applied: what comes now is new
}

// state never changes once it is published.
type state struct {
	rows []*row // in no order
	asOf store.Change
}

var _ store.Queries = (*Index)(nil)

// New makes an empty index. Names gives the display names of tenants, absent where there is none; it is called while a list is answered
// and must be quick; nil = no names.
func New(names func(workbench.TenantID) workbench.Untrusted) *Index {
	if names == nil {
		names = func(workbench.TenantID) workbench.Untrusted { return workbench.Untrusted{} }
	}
	x := &Index{names: names, places: map[workbench.StoryID]int{}, applied: make(chan struct{})}
	x.state.Store(&state{})
	return x
}

// CatchUp applies what the feed holds now, from what was applied before, and returns.
func (x *Index) CatchUp(ctx context.Context, feed store.Feed) error {
	for {
		entries, err := feed.Changes(ctx, x.Applied(), pageOfFeed)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			x.mu.Lock()
			x.started = true
			x.mu.Unlock()
			return nil
		}
		x.Apply(entries)
	}
}

// Follow applies the feed, from what was applied before, until the context ends or the feed fails, and returns why it stopped.
func (x *Index) Follow(ctx context.Context, feed store.Feed) error {
	for {
		if err := x.CatchUp(ctx, feed); err != nil {
			return err
		}
		if err := feed.Wait(ctx, x.Applied()); err != nil {
			return err
		}
	}
}

// Apply takes entries of the change feed, in its order. An entry that is older than what is known of its story is left out.
func (x *Index) Apply(entries []store.Entry) {
	if len(entries) == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	former := x.state.Load()
	next := &state{rows: make([]*row, len(former.rows), len(former.rows)+len(entries)), asOf: former.asOf}
	copy(next.rows, former.rows)
	for _, e := range entries {
		next.asOf = max(next.asOf, e.Number)
		at, known := x.places[e.ID]
		switch {
		case known && next.rows[at].number > e.Number:
		case known && e.Gone:
			last := len(next.rows) - 1
			next.rows[at] = next.rows[last]
			x.places[next.rows[at].story.ID] = at
			delete(x.places, e.ID)
			next.rows = next.rows[:last]
		case known:
			first := next.rows[at].first
			next.rows[at] = newRow(e)
			next.rows[at].first = first
		case !e.Gone:
			r := newRow(e)
			if x.started {
				r.first = e.Number
			}
			x.places[e.ID] = len(next.rows)
			next.rows = append(next.rows, r)
		}
	}
	x.state.Store(next)
	close(x.applied)
	x.applied = make(chan struct{})
}

// Applied implements store.Queries.
func (x *Index) Applied() store.Change { return x.state.Load().asOf }

// WaitApplied implements store.Queries.
func (x *Index) WaitApplied(ctx context.Context, number store.Change) error {
	for {
		x.mu.Lock()
		applied := x.applied
		x.mu.Unlock()
		if x.Applied() >= number {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-applied:
		}
	}
}
