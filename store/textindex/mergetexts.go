package textindex

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// writeMerged writes segments that follow each other as one.
func (x *Index) writeMerged(path string, inputs []*segment, o owners) error {
	t := table{firstID: inputs[0].directory.firstID, ordinals: []uint32{}}
	var size int64
	list := make([]*input, len(inputs))
	for i, s := range inputs {
		in := &input{segment: s, become: make([]uint32, s.stories), at: -1}
		prints, err := s.readPrints()
		if err != nil {
			return err
		}
		for story := range in.become {
			in.become[story] = dead
			if g := s.ordinal(uint32(story)); o.at(g) == s.number {
				in.become[story] = uint32(len(t.ordinals))
				t.ordinals, t.prints = append(t.ordinals, g), append(t.prints, prints[story])
			}
		}
		for _, g := range s.gone {
			if g < t.firstID {
				t.gone = append(t.gone, g)
			}
		}
		for _, b := range s.blocks {
			size += int64(b.plain)
		}
		list[i] = in
	}
	w, err := newWriter(path, x.packer, len(t.ordinals), size, mergeCommon(inputs), x.limits.lazy)
	if err != nil {
		return err
	}
	if err := x.mergeTexts(w, list); err != nil {
		return w.abandon(err)
	}
	for _, s := range inputs {
		for part := range s.ids {
			ids, err := s.idPart(part)
			if err != nil {
				return w.abandon(err)
			}
			for i, id := range ids {
				if o.at(s.directory.firstID+uint32(part*idsOfPart+i)) == 0 {
					id = ""
				}
				if err := w.id(id); err != nil {
					return w.abandon(err)
				}
			}
		}
	}
	if err := w.finish(t.compact()); err != nil {
		return w.abandon(fmt.Errorf("writing segment %s: %w", path, err))
	}
	return nil
}

func (x *Index) mergeTexts(w *writer, inputs []*input) error {
	left := make([]*input, 0, len(inputs))
	for _, in := range inputs {
		more, err := in.advance()
		if err != nil {
			return err
		}
		if more {
			left = append(left, in)
		}
	}
	var set bitset
	var stories []uint32
	var text, differences []byte
	for n := 0; len(left) > 0; n++ {
		if n%1024 == 0 && x.stopped.Err() != nil {
			return errClosed
		}
		first := left[0]
		for _, in := range left[1:] {
			if compare(in.texts.at(in.at), first.texts.at(first.at), in.texts.digits, first.texts.digits) < 0 {
				first = in
			}
		}
		text = append(text[:0], first.texts.at(first.at)...)
		digits := first.texts.digits
		stories = stories[:0]
		kept := left[:0]
		for _, in := range left { // in the order of segments, so that stories ascend
			more := true
			if in.texts.digits == digits && bytes.Equal(in.texts.at(in.at), text) {
				var err error
				if stories, err = in.stories(stories, &set); err != nil {
					return err
				}
				if more, err = in.advance(); err != nil {
					return err
				}
			}
			if more {
				kept = append(kept, in)
			}
		}
		left = kept
		if len(stories) == 0 {
			continue
		}
		differences = differences[:0]
		last := uint32(0)
		for _, s := range stories {
			differences = binary.AppendUvarint(differences, uint64(s-last))
			last = s
		}
		if err := w.add(text, differences, len(stories) == 1, stories[0]); err != nil {
			return err
		}
	}
	return w.endTexts()
}
