package textindex_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"workbench"
	"workbench/store"
)

// feed is a store's change feed in memory.
type feed struct {
	mu      sync.Mutex
	stories []story      // by place
	last    store.Change // number of the last change
	changed chan struct{}
	history []string // marks
}

type story struct {
	id     workbench.StoryID
	texts  []string
	number store.Change
	gone   bool
	broken bool // its content cannot be read
}

func newFeed() *feed { return &feed{changed: make(chan struct{})} }

// put adds a story, or changes the one at a place.
func (f *feed) put(place int, texts ...string) {
	f.change(place, func(s *story) { s.texts, s.gone = texts, false })
}

func (f *feed) change(place int, with func(*story)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for place >= len(f.stories) {
		f.last++
		f.stories = append(f.stories, story{id: workbench.StoryID(fmt.Sprintf("story%d", len(f.stories))), number: f.last})
	}
	f.last++
	f.stories[place].number = f.last
	with(&f.stories[place])
	close(f.changed)
	f.changed = make(chan struct{})
}

// copy is a store with the same facts.
func (f *feed) copy() *feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &feed{stories: slices.Clone(f.stories), last: f.last, changed: make(chan struct{}), history: slices.Clone(f.history)}
}

func (f *feed) entry(place int) store.Entry {
	s := f.stories[place]
	return store.Entry{ID: s.id, Ref: store.Ref{Tenant: "t", Place: uint64(place)}, Number: s.number, Gone: s.gone}
}

func (f *feed) Changes(ctx context.Context, after store.Change, limit int) ([]store.Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []store.Entry
	for i := range f.stories {
		if e := f.entry(i); e.Number > after {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b store.Entry) int { return int(a.Number) - int(b.Number) })
	return list[:min(limit, len(list))], ctx.Err()
}

func (f *feed) Wait(ctx context.Context, after store.Change) error {
	for {
		f.mu.Lock()
		last, changed := f.last, f.changed
		f.mu.Unlock()
		if last > after {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Mark makes marks that no other feed has; a copy knows those that were made before it.
func (f *feed) Mark(ctx context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.history = append(f.history, fmt.Sprintf("%p at %d", f, f.last))
	return f.history[len(f.history)-1], ctx.Err()
}

func (f *feed) Marked(ctx context.Context, mark string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.history, mark), ctx.Err()
}

func (f *feed) Entries(ctx context.Context, refs []store.Ref) ([]store.Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []store.Entry
	for _, r := range refs {
		if int(r.Place) >= len(f.stories) {
			return nil, workbench.ErrNotFound
		}
		list = append(list, f.entry(int(r.Place)))
	}
	return list, ctx.Err()
}

func (f *feed) Texts(ctx context.Context, refs []store.Ref) ([][]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list [][]string
	for _, r := range refs {
		s := f.stories[r.Place]
		if s.broken {
			return nil, fmt.Errorf("reading: %w", workbench.ErrCorrupt)
		}
		if s.gone {
			list = append(list, nil)
			continue
		}
		list = append(list, s.texts)
	}
	return list, ctx.Err()
}

// containing is what a search must find, by looking at everything.
func (f *feed) containing(word string) []workbench.StoryID {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []workbench.StoryID
	for _, s := range f.stories {
		if !s.gone && !s.broken && slices.ContainsFunc(s.texts, func(t string) bool { return strings.Contains(strings.ToLower(t), strings.ToLower(word)) }) {
			list = append(list, s.id)
		}
	}
	slices.Sort(list)
	return list
}

// failing is a feed that fails after some calls.
type failing struct{ *feed }

var errFeed = errors.New("the store failed")

func (failing) Changes(context.Context, store.Change, int) ([]store.Entry, error) {
	return nil, errFeed
}
