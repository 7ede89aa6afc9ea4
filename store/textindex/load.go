package textindex

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io/fs"
	"path/filepath"
)

// load reads what the folder holds, or begins anew.
func (x *Index) load() error {
	m, err := loadManifest(x.dir)
	if err == nil {
		for _, f := range m.Segments {
			var s *segment
			if s, err = openFile(filepath.Join(x.dir, segmentName(f.Number)), f.Number, x.packer); err != nil {
				break
			}
			x.segments = append(x.segments, s)
			if s.size != f.Size || s.directory.firstID != x.ordinals {
				err = damage("segment %d is not the one that the manifest names", f.Number)
				break
			}
			x.ordinals = s.endID()
		}
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) || len(m.Segments) > 0 {
			x.log.Warn("the text index is made again", "folder", x.dir, "why", err)
		}
		for _, s := range x.segments {
			_ = s.file.Close()
		}
		return x.begin()
	}
	x.manifest, x.applied, x.mark = m, m.Applied, m.Mark
	x.owners = ownersOf(x.segments, x.ordinals)
	x.next = m.Next
	x.recent = newRecent(x.number(), x.ordinals)
	if err := m.sweep(x.dir); err != nil {
		return err
	}
	x.publish()
	return nil
}

// ownersOf says which segment counts for each ordinal: the newest that has it.
func ownersOf(segments []*segment, ordinals uint32) owners {
	o := owners{own: map[int]bool{}}
	if ordinals > 0 {
		for i := range ordinals/ownersOfPage + 1 {
			o.set(i*ownersOfPage, 0)
		}
	}
	said := newBitset(int(ordinals))
	for i := len(segments) - 1; i >= 0; i-- {
		s := segments[i]
		for _, g := range s.gone {
			said.set(g)
		}
		for story := range uint32(s.stories) {
			if g := s.ordinal(story); !said.has(g) {
				said.set(g)
				o.set(g, s.number)
			}
		}
	}
	return o
}

// begin throws everything away. The caller holds write, or is alone.
func (x *Index) begin() error {
	var random [24]byte
	_, _ = rand.Read(random[:]) // never fails
	x.manifest = manifest{Format: format, Generation: binary.LittleEndian.Uint64(random[:]), Secret: random[8:]}
	x.segments, x.ordinals, x.applied, x.mark, x.roster, x.names = nil, 0, 0, "", nil, newNames()
	x.owners, x.next = owners{own: map[int]bool{}}, max(1, x.next) // a merge of what was thrown away may have a number
	x.manifest.Next = x.next
	x.recent = newRecent(x.number(), 0)
	if err := x.manifest.save(x.dir, x.limits.lazy); err != nil {
		return err
	}
	if err := x.manifest.sweep(x.dir); err != nil {
		x.log.Warn("old files of the text index stay", "folder", x.dir, "why", err)
	}
	x.mu.Lock()
	x.damaged = nil
	x.mu.Unlock()
	x.publish()
	return nil
}
