package textindex

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"workbench/store"
)

// errClosed is what is said after Close.
var errClosed = errors.New("the text index is closed")

// limits are what tests make smaller.
type limits struct {
	full     int  // bytes of recent text, and recent pairs of story and text, from which a segment is written
	settled  int  // the same once everything was fed
	fan      int  // segments of like size that are merged
	compared int  // bytes of text that one answer may compare
	listed   int  // bytes of lists of stories that one answer may read
	batch    int  // stories that are fed together
	lazy     bool // nothing waits until files are safe
	common   int  // bytes of text from which a segment has common runs
}

var usual = limits{full: 32 << 20, settled: 4 << 20, fan: 6, compared: 48 << 20, listed: 16 << 20, batch: 256, common: 1 << 20}

// Index is the texts of a folder. It is safe for concurrent use. One process at a time holds a folder.
type Index struct {
	dir     string
	log     *slog.Logger
	limits  limits
	packer  *packer
	lock    *os.File
	feeding chan struct{} // holds one while somebody feeds
	scratch sync.Pool     // of *scratch
	merges  sync.WaitGroup
	stop    context.CancelFunc // ends merges
	stopped context.Context

	mu      sync.Mutex // guards what follows, and how many hold states and segments
	state   *state
	changed chan struct{} // closed when there is another state, at damage, and at Close
	damaged error         // why the index must begin anew
	closed  bool
	wake    context.CancelFunc // wakes whoever waits for the feed

	write    sync.Mutex // guards what follows, the manifest and the making of states
	manifest manifest
	segments []*segment // oldest first
	recent   *recent
	owners   owners
	ordinals uint32 // how many were given out
	applied  store.Change
	mark     string  // of the store, made after that was read
	roster   *roster // nil until feeding begins
	names    *names
	next     uint32 // number of the next segment
	merging  bool
}

var _ store.Texts = (*Index)(nil)

// Open opens the index in a folder, which it makes where it is absent. What is damaged or of another format is thrown away, which the log
// says, and filled again by CatchUp. ErrInUse where another process holds the folder. log may be nil.
func Open(dir string, log *slog.Logger) (*Index, error) { return open(dir, log, usual) }

func open(dir string, log *slog.Logger, l limits) (*Index, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the text index: %w", err)
	}
	lock, err := hold(filepath.Join(dir, "LOCK"))
	if err != nil {
		return nil, fmt.Errorf("opening the text index %s: %w", dir, err)
	}
	x := &Index{dir: dir, log: log, limits: l, lock: lock, feeding: make(chan struct{}, 1), changed: make(chan struct{}), names: newNames()}
	x.scratch.New = func() any { return new(scratch) }
	x.stopped, x.stop = context.WithCancel(context.Background())
	if x.packer, err = newPacker(); err == nil {
		err = x.load()
	}
	if err != nil {
		x.stop()
		return nil, errors.Join(fmt.Errorf("opening the text index %s: %w", dir, err), lock.Close())
	}
	return x, nil
}

// Generation implements store.Texts.
func (x *Index) Generation() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state.generation
}

// Applied implements store.Texts.
func (x *Index) Applied() store.Change {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state.applied
}

// WaitApplied returns once Applied has reached the number, or with the context's error, or that of the index where it was closed.
func (x *Index) WaitApplied(ctx context.Context, number store.Change) error {
	for {
		x.mu.Lock()
		applied, closed, changed := x.state.applied, x.closed, x.changed
		x.mu.Unlock()
		switch {
		case applied >= number:
			return nil
		case closed:
			return errClosed
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Size returns how many bytes the files take, and about how many the index takes in memory.
func (x *Index) Size() (files, memory int64) {
	x.write.Lock()
	defer x.write.Unlock()
	for _, s := range x.segments {
		files += s.size
		memory += int64(36*len(s.blocks) + 16*(len(s.groups)+len(s.ids)) + 4*(len(s.ordinals)+len(s.gone)))
	}
	r := x.recent
	memory += int64(cap(r.text) + 4*(cap(r.ends)+cap(r.texts)+len(r.slots)) + 80*len(r.ids) + 4*ownersOfPage*len(x.owners.pages))
	if x.roster != nil {
		memory += int64(20*len(x.roster.known) + 8*cap(x.roster.prints))
	}
	return files, memory
}

// Close ends the index. What was not written yet is written, so that it need not be fed again. Feeding must have ended; answers under way
// finish.
func (x *Index) Close() error {
	x.mu.Lock()
	if x.closed {
		x.mu.Unlock()
		return nil
	}
	x.closed = true
	close(x.changed)
	if x.wake != nil {
		x.wake()
	}
	x.mu.Unlock()
	x.stop()
	x.feeding <- struct{}{} // whoever feeds notices and ends
	x.merges.Wait()
	x.write.Lock()
	defer x.write.Unlock()
	var err error
	x.mu.Lock()
	last, damaged := x.state, x.damaged
	x.mu.Unlock()
	if damaged != nil {
		err = os.Remove(filepath.Join(x.dir, manifestName)) // the next Open begins anew
	} else {
		err = x.flush()
	}
	for _, s := range x.segments[min(len(last.segments), len(x.segments)):] {
		err = errors.Join(err, s.file.Close()) // what was written just now is in no state
	}
	x.release(last)
	x.packer.encoder.Close()
	if err = errors.Join(err, x.lock.Close()); err != nil {
		return fmt.Errorf("closing the text index: %w", err)
	}
	return nil
}
