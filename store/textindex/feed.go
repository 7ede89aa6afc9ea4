package textindex

import (
	"context"
	"errors"
	"fmt"

	"workbench"
	"workbench/store"
)

// CatchUp takes in what changed since Applied, and returns once nothing is left. Where the feed is that of another store, or of an older
// copy, everything is thrown away and taken in anew, under another Generation. A story whose content cannot be read is found by none of its
// texts; the log says so. It fails where the feed fails, where files cannot be written, with the context's error, and after Close. What was
// applied before an error stays.
func (x *Index) CatchUp(ctx context.Context, feed store.Feed) error {
	select {
	case x.feeding <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-x.stopped.Done():
		return errClosed
	}
	defer func() { <-x.feeding }()
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(x.stopped, cancel)()
	for {
		err := x.prepare(within, feed)
		if err == nil {
			err = x.take(within, feed)
		}
		switch {
		case err == nil:
			return nil
		case x.stopped.Err() != nil:
			return errClosed
		case ctx.Err() != nil:
			return ctx.Err()
		case !x.isDamaged():
			return fmt.Errorf("feeding the text index: %w", err)
		}
	}
}

// Follow is CatchUp again and again, until the context ends, the feed fails or the index is closed. It returns why.
func (x *Index) Follow(ctx context.Context, feed store.Feed) error {
	for {
		if err := x.CatchUp(ctx, feed); err != nil {
			return err
		}
		waiting, cancel := context.WithCancel(ctx)
		if x.wakeBy(cancel) {
			if err := feed.Wait(waiting, x.Applied()); err != nil && waiting.Err() == nil {
				cancel()
				return fmt.Errorf("feeding the text index: %w", err)
			}
		}
		cancel()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// wakeBy has cancel called where the index is damaged or closed. It reports whether there is something to wait for.
func (x *Index) wakeBy(cancel context.CancelFunc) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.wake = cancel
	return x.damaged == nil && !x.closed
}

func (x *Index) isDamaged() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.damaged != nil
}

// prepare begins anew where that is called for, and reads what feeding needs.
func (x *Index) prepare(ctx context.Context, feed store.Feed) error {
	x.write.Lock()
	defer x.write.Unlock()
	if x.isDamaged() {
		if err := x.begin(); err != nil {
			return err
		}
	}
	ours := x.applied == 0
	if !ours && x.mark != "" {
		var err error
		if ours, err = feed.Marked(ctx, x.mark); err != nil {
			return err
		}
	}
	if !ours {
		x.log.Warn("the text index is made again", "folder", x.dir, "why", "the store was replaced by another, or by an older copy")
		if err := x.begin(); err != nil {
			return err
		}
	}
	if x.roster == nil {
		if err := x.callRoster(); err != nil {
			x.damageIfCorrupt(err)
			return err
		}
	}
	return nil
}

func (x *Index) damageIfCorrupt(err error) {
	if errors.Is(err, workbench.ErrCorrupt) {
		x.damage(err)
	}
}

// callRoster reads which stories there are.
func (x *Index) callRoster() error {
	r := newRoster()
	for _, s := range x.segments {
		prints, err := s.readPrints()
		if err != nil {
			return err
		}
		for story, print := range prints {
			if o := s.ordinal(uint32(story)); x.owners.at(o) == s.number {
				r.setPrint(o, print)
			}
		}
		for part := range s.ids {
			ids, err := s.idPart(part)
			if err != nil {
				return err
			}
			for i, id := range ids {
				if o := s.directory.firstID + uint32(part*idsOfPart+i); x.owners.at(o) != 0 {
					r.add(id, o)
				}
			}
		}
	}
	x.roster = r
	return nil
}
