package index

import (
	"errors"
	"fmt"
)

// sections is what a part of the index is on disk: runs of bytes and of words whose number and lengths a file must keep. What is handed out
// must not be changed; what is handed in belongs to whom it was handed to.
type sections struct {
	bytes [][]byte
	words [][]uint32
}

var errSections = errors.New("damaged")

// take returns the next sections and keeps the rest; false = there are too few.
func (s *sections) takeWords() ([]uint32, bool) {
	if len(s.words) == 0 {
		return nil, false
	}
	w := s.words[0]
	s.words = s.words[1:]
	return w[:len(w):len(w)], true
}

func (s *sections) takeBytes() ([]byte, bool) {
	if len(s.bytes) == 0 {
		return nil, false
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return b[:len(b):len(b)], true
}

// sections returns the names for loadDictionary. All but the table, which is copied, is shared with the names. First comes the head: number of
// texts and of segments, two seeds; then the blocks, the table's parts and the segments.
func (n names) sections() sections {
	head := []uint32{uint32(n.len()), uint32(len(n.segments))}
	for _, seed := range n.table.seed {
		head = append(head, uint32(seed), uint32(seed>>32))
	}
	s := sections{words: [][]uint32{head}}
	for i := 0; i < n.len(); i += textsPerBlock {
		b := n.block(i / textsPerBlock)
		s.bytes, s.words = append(s.bytes, b.data), append(s.words, b.ends)
	}
	for i := range n.table.parts {
		p := n.table.parts[i].Load()
		s.words = append(s.words, p.grown(len(p.cells)/2, uint32(n.len())).cells)
	}
	for _, g := range n.segments {
		s.bytes = append(s.bytes, g.lists)
		s.words = append(s.words, []uint32{g.from, g.to}, g.keys, g.ends)
	}
	return s
}

// loadDictionary makes a dictionary of what names.sections returned. It checks that no part refers to what is not there; that the bytes are
// those that were written is for the file to check.
func loadDictionary(s sections) (*dictionary, error) {
	head, ok := s.takeWords()
	if !ok || len(head) != 6 {
		return nil, fmt.Errorf("loading names: head: %w", errSections)
	}
	d := &dictionary{names: names{table: newTextTable(uint64(head[2])|uint64(head[3])<<32, uint64(head[4])|uint64(head[5])<<32)}}
	for left := int(head[0]); left > 0; left -= textsPerBlock {
		b, err := loadBlock(&s, min(left, textsPerBlock))
		if err != nil {
			return nil, fmt.Errorf("loading names: texts: %w", err)
		}
		if left < textsPerBlock {
			d.tail = b
		} else {
			d.full = append(d.full, b)
		}
	}
	for i := range d.table.parts {
		p, err := loadPart(&s, head[0])
		if err != nil {
			return nil, fmt.Errorf("loading names: table: %w", err)
		}
		d.table.parts[i].Store(p)
	}
	var covered uint32
	for range head[1] {
		g, err := loadSegment(&s, covered)
		if err != nil {
			return nil, fmt.Errorf("loading names: segments: %w", err)
		}
		d.segments, covered = append(d.segments, g), g.to
	}
	if covered != head[0]/leafTexts*leafTexts || len(s.words)+len(s.bytes) > 0 {
		return nil, fmt.Errorf("loading names: %w", errSections)
	}
	return d, nil
}

func loadBlock(s *sections, count int) (textBlock, error) {
	data, ok := s.takeBytes()
	ends, also := s.takeWords()
	if !ok || !also || len(ends) != count || uint64(ends[count-1]) != uint64(len(data)) {
		return textBlock{}, errSections
	}
	var last uint32
	for _, e := range ends {
		if e < last {
			return textBlock{}, errSections
		}
		last = e
	}
	return textBlock{data, ends}, nil
}

func loadPart(s *sections, texts uint32) (*tablePart, error) {
	cells, ok := s.takeWords()
	if !ok || len(cells) < 4 || len(cells)%2 != 0 {
		return nil, errSections
	}
	p := &tablePart{cells: cells}
	for i := 1; i < len(cells); i += 2 {
		if cells[i] > texts {
			return nil, errSections
		}
		if cells[i] != 0 {
			p.used++
		}
	}
	if p.used == len(cells)/2 {
		return nil, errSections
	}
	return p, nil
}

func loadSegment(s *sections, from uint32) (*segment, error) {
	lists, ok := s.takeBytes()
	bounds, also := s.takeWords()
	if !ok || !also || len(bounds) != 2 || bounds[0] != from || bounds[1] <= from || (bounds[1]-from)%leafTexts != 0 {
		return nil, errSections
	}
	g := &segment{from: from, to: bounds[1], lists: lists}
	g.keys, ok = s.takeWords()
	g.ends, also = s.takeWords()
	if !ok || !also || len(g.keys) != len(g.ends) {
		return nil, errSections
	}
	var end uint32
	for i, k := range g.keys {
		if k > everywhere || i > 0 && k <= g.keys[i-1] || g.ends[i] < end || g.ends[i]-end > uint32(g.bitmapSize()) {
			return nil, errSections
		}
		end = g.ends[i]
	}
	if int(end) != len(lists) {
		return nil, errSections
	}
	g.index()
	return g, nil
}
