package textindex

import (
	"context"
	"errors"

	"workbench"
	"workbench/store"
)

// batch is some stories of the feed.
type batch struct {
	entries []store.Entry
	texts   [][]string // of each entry
	mark    string     // made after they were read
	err     error
}

// take applies everything that changed since. The next stories are read while the last are applied.
func (x *Index) take(ctx context.Context, feed store.Feed) error {
	ctx, cancel := context.WithCancel(ctx)
	batches := make(chan batch)
	defer func() {
		cancel()
		for range batches { // the reader has ended when it closes the channel
		}
	}()
	go x.readAll(ctx, feed, x.Applied(), batches)
	for b := range batches {
		if b.err != nil {
			return b.err
		}
		if len(b.entries) == 0 {
			break
		}
		if err := x.apply(b); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	x.write.Lock()
	defer x.write.Unlock()
	return x.flushFrom(x.limits.settled)
}

// readAll sends what changed after a number until nothing is left, which it sends too, or until it fails.
func (x *Index) readAll(ctx context.Context, feed store.Feed, after store.Change, to chan<- batch) {
	defer close(to)
	for {
		b := x.read(ctx, feed, after)
		select {
		case to <- b:
		case <-ctx.Done():
			return
		}
		if b.err != nil || len(b.entries) == 0 {
			return
		}
		after = b.entries[len(b.entries)-1].Number
	}
}

func (x *Index) read(ctx context.Context, feed store.Feed, after store.Change) (b batch) {
	if b.entries, b.err = feed.Changes(ctx, after, x.limits.batch); b.err != nil {
		return b
	}
	var refs []store.Ref
	for _, e := range b.entries {
		if !e.Gone {
			refs = append(refs, e.Ref)
		}
	}
	texts, err := feed.Texts(ctx, refs)
	if err != nil {
		if texts, b.err = x.readSingly(ctx, feed, refs); b.err != nil {
			return b
		}
	}
	for _, e := range b.entries {
		if e.Gone {
			b.texts = append(b.texts, nil)
			continue
		}
		b.texts, texts = append(b.texts, texts[0]), texts[1:]
	}
	b.mark, b.err = feed.Mark(ctx)
	return b
}

// readSingly reads texts story by story; one that is damaged has none.
func (x *Index) readSingly(ctx context.Context, feed store.Feed, refs []store.Ref) ([][]string, error) {
	var list [][]string
	for _, ref := range refs {
		texts, err := feed.Texts(ctx, []store.Ref{ref})
		switch {
		case err == nil:
			list = append(list, texts...)
		case errors.Is(err, workbench.ErrCorrupt), errors.Is(err, workbench.ErrTooLarge), errors.Is(err, workbench.ErrNotFound):
			x.log.Error("a story is not searched inside: its content cannot be read", "tenant", workbench.Text(string(ref.Tenant)).Brief(), "place", ref.Place, "why", err)
			list = append(list, nil)
		default:
			return nil, err
		}
	}
	return list, nil
}
