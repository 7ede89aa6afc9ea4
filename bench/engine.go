package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"workbench"
	"workbench/store"
	"workbench/store/index"
	"workbench/store/naive"
	"workbench/store/textindex"
)

// engine is what answers lists of a store.
type engine struct {
	store.Queries
	name   string
	built  time.Duration               // from nothing, out of the store
	inside time.Duration               // the index over inner texts, likewise; 0 = it was there
	memory int64                       // bytes of the heap that the index of lists took
	index  int64                       // of them facets, times, orders and names
	counts int64                       // of them counts by combinations
	texts  int64                       // bytes of the files of the index over inner texts
	save   func(context.Context) error // writes the snapshot that it was told of; nil = it was told of none
	close  func() error
}

// openEngine builds the index of a store and the one over its inner texts, which is kept beside the store. Plain asks for the one that looks
// at every row instead, textless for none over inner texts.
func openEngine(ctx context.Context, d *data, plain, textless bool) (*engine, error) {
	if plain {
		return openPlain(ctx, d)
	}
	if textless {
		before, began := heap(), time.Now()
		x := index.New(index.Config{Rows: d})
		if err := x.CatchUp(ctx, d); err != nil {
			return nil, err
		}
		e := &engine{Queries: x, name: "store/index", built: time.Since(began), memory: heap() - before, close: func() error { return nil }}
		e.measure(x.Sizes())
		return e, nil
	}
	began := time.Now()
	texts, err := openTexts(ctx, d)
	if err != nil {
		return nil, err
	}
	e := &engine{name: "store/index", inside: time.Since(began), close: texts.Close}
	e.texts, _ = texts.Size()
	before := heap()
	began = time.Now()
	x := index.New(index.Config{Rows: d, Texts: texts})
	if err := x.CatchUp(ctx, d); err != nil {
		return nil, errors.Join(err, texts.Close())
	}
	e.Queries, e.built, e.memory = x, time.Since(began), heap()-before
	e.measure(x.Sizes())
	return e, nil
}

func openTexts(ctx context.Context, d *data) (*textindex.Index, error) {
	dir := d.beside(".texts")
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	for again := false; ; again = true {
		texts, err := textindex.Open(dir, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		if err != nil {
			return nil, err
		}
		if err := texts.CatchUp(ctx, d); err != nil {
			return nil, errors.Join(err, texts.Close())
		}
		if again {
			return texts, nil
		}
		if err := texts.Close(); err != nil { // so that all of it is on disk, as it is after a while
			return nil, err
		}
	}
}

// startEngine is the index as a process that starts has it: from a snapshot where one is named, else out of the store. Inner texts, whose
// index is kept on disk and caught up beside, are not waited for.
func startEngine(ctx context.Context, d *data, snapshot string) (e *engine, loaded bool, err error) {
	x := index.New(index.Config{Rows: d})
	e = &engine{Queries: x, close: func() error { return nil }}
	if snapshot != "" {
		kept := index.Kept{Path: snapshot, Program: "bench", Feed: d}
		why, err := x.Load(ctx, kept)
		if err != nil || why != "" {
			return nil, false, errors.Join(fmt.Errorf("the snapshot %s can't be used: %s", snapshot, why), err)
		}
		loaded = x.Applied() > 0
		e.save = func(ctx context.Context) error { return x.Save(ctx, kept) }
	}
	return e, loaded, x.CatchUp(ctx, d)
}

// measure takes over the parts that have a goal.
func (e *engine) measure(s index.Sizes) {
	e.index, e.counts = int64(s.Facets+s.Times+s.Orders+s.Names), int64(s.Cubes)
}

func openPlain(ctx context.Context, d *data) (*engine, error) {
	before := heap()
	began := time.Now()
	texts, err := insideOf(ctx, d)
	if err != nil {
		return nil, err
	}
	x := naive.New(nil)
	x.Texts = func(id workbench.StoryID) []string { return texts[id] }
	if err := x.CatchUp(ctx, d); err != nil {
		return nil, err
	}
	return &engine{Queries: x, name: "looking at every row", built: time.Since(began), memory: heap() - before, close: func() error { return nil }}, nil
}

// insideOf reads the inner texts of every story into memory.
func insideOf(ctx context.Context, feed store.Feed) (map[workbench.StoryID][]string, error) {
	out := map[workbench.StoryID][]string{}
	for after := store.Change(0); ; {
		entries, err := feed.Changes(ctx, after, 1_000)
		if err != nil || len(entries) == 0 {
			return out, err
		}
		after = entries[len(entries)-1].Number
		refs := make([]store.Ref, len(entries))
		for i, e := range entries {
			refs[i] = e.Ref
		}
		texts, err := feed.Texts(ctx, refs)
		if err != nil {
			return nil, err
		}
		for i, e := range entries {
			out[e.ID] = texts[i]
		}
	}
}

// heap is what is in use after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
