package textindex

import (
	"slices"

	"workbench"
	"workbench/store"
)

// state is the index as answers look at it. It never changes.
type state struct {
	segments   []*segment // oldest first
	recent     recentState
	owners     owners
	ordinals   uint32
	applied    store.Change
	generation uint64
	holds      int // guarded by the index
}

// publish makes what was fed so far what answers look at. The caller holds write, or is alone.
func (x *Index) publish() {
	s := &state{segments: slices.Clone(x.segments), recent: x.recent.recentState, owners: x.owners.share(), ordinals: x.ordinals, applied: x.applied,
		generation: x.manifest.Generation, holds: 1}
	x.mu.Lock()
	last := x.state
	x.state = s
	for _, g := range s.segments {
		g.holds++
	}
	if !x.closed {
		close(x.changed)
		x.changed = make(chan struct{})
	}
	x.mu.Unlock()
	if last != nil {
		x.release(last)
	}
}

// acquire returns the present state, for release. It fails after Close and where the index is damaged.
func (x *Index) acquire() (*state, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil, errClosed
	}
	if x.damaged != nil {
		return nil, x.damaged
	}
	x.state.holds++
	return x.state, nil
}

// release gives a state back. Segments that no state has any more are closed.
func (x *Index) release(s *state) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if s.holds--; s.holds > 0 {
		return
	}
	for _, g := range s.segments {
		if g.holds--; g.holds == 0 {
			_ = g.file.Close() // it was only read
		}
	}
}

// damage makes the index begin anew the next time that it is fed.
func (x *Index) damage(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.damaged == nil && !x.closed {
		x.damaged = err
		x.log.Error("the text index is damaged", "folder", x.dir, "why", err)
		close(x.changed)
		x.changed = make(chan struct{})
		if x.wake != nil {
			x.wake()
		}
	}
}

// Stories implements store.Texts. Where a file is damaged, ids are missing, and Generation changes soon.
func (x *Index) Stories(from uint32) []workbench.StoryID {
	s, err := x.acquire()
	if err != nil {
		return nil
	}
	defer x.release(s)
	if from >= s.ordinals {
		return nil
	}
	list := make([]workbench.StoryID, s.ordinals-from)
	put := func(ordinal uint32, id workbench.StoryID) {
		if ordinal >= from && s.owners.at(ordinal) != 0 {
			list[ordinal-from] = id
		}
	}
	for _, g := range s.segments {
		if g.endID() <= from {
			continue
		}
		for part := max(from, g.directory.firstID) - g.directory.firstID; part < uint32(g.idCount); part += idsOfPart {
			part = part / idsOfPart * idsOfPart
			ids, err := g.idPart(int(part / idsOfPart))
			if err != nil {
				x.damage(err)
				return nil
			}
			for i, id := range ids {
				put(g.directory.firstID+part+uint32(i), id)
			}
		}
	}
	for i, id := range s.recent.ids {
		put(s.recent.firstID+uint32(i), id)
	}
	return list
}
