package textindex

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// startMerge begins to merge the newest segments into one where they are many of like size. The caller holds write.
func (x *Index) startMerge() {
	if x.merging || x.stopped.Err() != nil {
		return
	}
	from, sum := len(x.segments), int64(0)
	for from > 0 && (sum == 0 || x.segments[from-1].size <= sum || len(x.segments)-from < x.limits.fan/2 && x.segments[from-1].size <= 4*sum) {
		from--
		sum += x.segments[from].size
	}
	if len(x.segments)-from < x.limits.fan {
		return
	}
	// What was applied since is not among the owners of the published state; a story that it replaced is merged, and does not count.
	o := owners{pages: slices.Clone(x.owners.pages), own: map[int]bool{}}
	clear(x.owners.own)
	inputs, number := slices.Clone(x.segments[from:]), x.number()
	x.mu.Lock()
	for _, s := range inputs {
		s.holds++
	}
	x.mu.Unlock()
	x.merging = true
	x.merges.Go(func() {
		x.merge(inputs, o, number)
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, s := range inputs {
			if s.holds--; s.holds == 0 {
				_ = s.file.Close()
			}
		}
	})
}

func (x *Index) merge(inputs []*segment, o owners, number uint32) {
	path := filepath.Join(x.dir, segmentName(number))
	err := x.writeMerged(path, inputs, o)
	x.write.Lock()
	defer x.write.Unlock()
	x.merging = false
	if err == nil {
		err = x.replace(path, inputs, number)
	}
	switch {
	case err == nil:
		x.startMerge()
	case x.stopped.Err() != nil || errors.Is(err, errReplaced):
	default:
		x.damageIfCorrupt(err)
		x.log.Error("segments of the text index were not merged", "folder", x.dir, "why", err)
	}
}

// errReplaced ends a merge of segments that the index has no more.
var errReplaced = errors.New("the index was made again meanwhile")

// replace puts a merged segment in the place of its inputs.
func (x *Index) replace(path string, inputs []*segment, number uint32) error {
	at := slices.Index(x.segments, inputs[0])
	if at < 0 {
		return errors.Join(errReplaced, os.Remove(path))
	}
	s, err := openFile(path, number, x.packer)
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	m := x.manifest
	m.Segments = slices.Replace(slices.Clone(m.Segments), at, at+len(inputs), file{s.number, s.size})
	m.Next = max(m.Next, x.next)
	if err := m.save(x.dir, x.limits.lazy); err != nil {
		return errors.Join(err, s.file.Close())
	}
	x.manifest = m
	x.segments = slices.Replace(slices.Clone(x.segments), at, at+len(inputs), s)
	was := map[uint32]bool{}
	for _, g := range inputs {
		was[g.number] = true
	}
	for story := range uint32(s.stories) {
		if g := s.ordinal(story); was[x.owners.at(g)] {
			x.owners.set(g, number)
		}
	}
	x.names = newNames()
	x.publish()
	for _, g := range inputs {
		if err := os.Remove(filepath.Join(x.dir, segmentName(g.number))); err != nil {
			x.log.Warn("an old file of the text index stays until the next start", "folder", x.dir, "why", err)
		}
	}
	return nil
}
