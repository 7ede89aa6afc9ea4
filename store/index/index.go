// Package index answers lists of stories out of memory, from a million of them in less than a millisecond. It is fed by the change feed and
// can be thrown away and filled again; store/naive, which looks at every row, is what it is held to.
//
// Each story has a slot, a number. A version of the index (table) is columns of codes by slot, sets of slots by value, counts by
// combinations of values, and stories in three orders; it never changes once it is published. Readers take the version that there is and never
// wait. One writer makes the next version of the parts that a batch of changes touches, and shares the rest.
//
// Rows are not kept: a page is found here and its rows are read from the store.
package index

import (
	"context"
	"sync"
	"sync/atomic"

	"workbench"
	"workbench/store"
)

// Config is what an index needs besides its feed.
type Config struct {
	// Names gives the display names of tenants, absent where there is none; it is called while a list is answered and must be quick;
	// nil = no names.
	Names func(workbench.TenantID) workbench.Untrusted
	Rows  store.Feed  // where rows are read
	Texts store.Texts // what stands inside stories; nil = nothing is found there
	often oftenRule
}

// Index implements store.Queries. It is safe for concurrent use.
type Index struct {
	config  Config
	table   atomic.Pointer[table]
	spelled spelledRanks
	inside  inside
	kept    rowCache

	applied atomic.Pointer[chan struct{}] // closed when the version changes

	mu     sync.Mutex // held by who makes versions, also while the feed is read
	writer *writer
}

var _ store.Queries = (*Index)(nil)

// New makes an empty index.
func New(config Config) *Index {
	x := &Index{config: config, writer: newWriter()}
	applied := make(chan struct{})
	x.applied.Store(&applied)
	w := x.writer
	w.begin(&table{rule: config.often}, true)
	x.table.Store(w.end())
	return x
}

// pageOfFeed is how many entries are asked for at once.
const pageOfFeed = 1_000

// CatchUp applies what the feed holds now, from what was applied before, and returns. The first time, answers stay as they were until
// all is there.
func (x *Index) CatchUp(ctx context.Context, feed store.Feed) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	first := x.table.Load().rows == 0
	if first {
		x.writer.begin(x.table.Load(), true)
		defer func() { x.publish() }()
	}
	type page struct {
		entries []store.Entry
		told    []texting
		err     error
	}
	read, last := make(chan page, 1), x.table.Load().asOf
	reading, stop := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer stop()
	reader.Go(func() {
		defer close(read)
		for {
			entries, err := feed.Changes(reading, last, pageOfFeed)
			if len(entries) > 0 {
				last = entries[len(entries)-1].Number
			}
			select {
			case read <- page{entries: entries, err: err}:
			case <-reading.Done():
				return
			}
			if err != nil || len(entries) == 0 {
				return
			}
		}
	})
	pages := read
	if first {
		told := make(chan page, 1)
		pages = told
		reader.Go(func() {
			defer close(told)
			for p := range read {
				p.told = x.writer.tellAll(p.entries)
				select {
				case told <- p:
				case <-reading.Done():
					return
				}
			}
		})
	}
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		if len(p.entries) == 0 {
			break
		}
		if !first {
			x.writer.begin(x.table.Load(), false)
		}
		x.writer.apply(p.entries, p.told)
		if !first {
			x.publish()
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	x.writer.started = true
	return nil
}

// publish ends the writer's batch.
func (x *Index) publish() {
	x.show(x.writer.end())
}

// show makes a version the present one.
func (x *Index) show(t *table) {
	x.table.Store(t)
	next := make(chan struct{})
	close(*x.applied.Swap(&next))
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
	x.writer.begin(x.table.Load(), x.table.Load().rows == 0)
	x.writer.apply(entries, nil)
	x.publish()
}

// Applied implements store.Queries.
func (x *Index) Applied() store.Change { return x.table.Load().asOf }

// WaitApplied implements store.Queries.
func (x *Index) WaitApplied(ctx context.Context, number store.Change) error {
	for {
		applied := *x.applied.Load()
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
