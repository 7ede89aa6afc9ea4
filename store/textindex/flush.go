package textindex

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
)

// fingerprint tells whether a story's texts are others than before. It is made with a secret, so that nobody can write two that agree.
func (x *Index) fingerprint(texts []string, room *[]byte) uint64 {
	b := append((*room)[:0], x.manifest.Secret...)
	for _, t := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	*room = b
	sum := sha256.Sum256(b)
	return binary.LittleEndian.Uint64(sum[:])
}

// isFrom reports whether it has reached a size.
func (r *recent) isFrom(size int) bool {
	return len(r.text) >= size || len(r.texts) >= size/4 || len(r.ordinals)+len(r.ids)+len(r.gone) >= size/256
}

// flushFrom writes what is recent where it has reached a size.
func (x *Index) flushFrom(size int) error {
	if !x.recent.isFrom(size) {
		return nil
	}
	if err := x.flush(); err != nil {
		return err
	}
	x.publish()
	return nil
}

// flush writes what is recent as a segment, and remembers what was applied. The caller holds write, and publishes.
func (x *Index) flush() error {
	r := x.recent
	empty := len(r.ordinals)+len(r.ids)+len(r.gone) == 0
	if empty && x.applied == x.manifest.Applied {
		return nil
	}
	m := x.manifest
	m.Applied, m.Mark, m.Next = x.applied, x.mark, x.next
	var s *segment
	if !empty {
		path := filepath.Join(x.dir, segmentName(r.number))
		if err := r.write(path, x.packer, x.owners, x.limits); err != nil {
			return fmt.Errorf("writing segment %s: %w", path, err)
		}
		var err error
		if s, err = openFile(path, r.number, x.packer); err != nil {
			return err
		}
		m.Segments = append(slices.Clone(m.Segments), file{s.number, s.size})
	}
	if err := m.save(x.dir, x.limits.lazy); err != nil {
		if s != nil {
			_ = s.file.Close()
		}
		return err
	}
	x.manifest = m
	if s == nil {
		return nil
	}
	x.segments = append(x.segments, s)
	x.recent = newRecent(x.number(), x.ordinals)
	x.startMerge()
	return nil
}

// number gives out the number of a segment.
func (x *Index) number() uint32 {
	x.next++
	return x.next - 1
}
