package textindex

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// A run is as many letters and digits as stand together in a text. Runs that very many texts have, such as powershell, would make a search
// for them compare nearly everything. So a segment knows of its common runs in which blocks they are, and which stories have them, and
// leaves what is inside them out of its grams. A word of letters and digits alone is inside one run wherever it stands: the stories that
// have it are those of the common runs that contain it, and those that are found in the blocks that have its grams elsewhere.

const (
	maxCommon    = 256 // common runs of a segment
	minRun       = gramLength
	maxRun       = 32  // bytes of a common run
	commonSample = 8   // one of so many texts is looked at to find them
	commonShare  = 256 // one of so many texts has a run that is common
)

// isRun reports whether a byte is part of a run: letters, digits, and everything beyond ASCII.
func isRun(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80 }

// endOfRun returns where the run that begins at a place ends; the place itself where none begins there.
func endOfRun(text []byte, from int) int {
	for from < len(text) && isRun(text[from]) {
		from++
	}
	return from
}

// common is a common run.
type common struct {
	run                 string
	texts               int // how many texts have it, about
	inBlocks, ofStories part
	// what follows is there while a segment is written
	blocks  []byte // differences
	last    uint32 // block
	stories bitset
}

// tally counts runs.
type tally map[string]*struct{ count, last int }

// add counts the runs of a text, each once.
func (t tally) add(text []byte, number int) {
	for i := 0; i < len(text); {
		end := endOfRun(text, i)
		if n := end - i; minRun <= n && n <= maxRun {
			c := t[string(text[i:end])]
			if c == nil {
				c = new(struct{ count, last int })
				t[string(text[i:end])] = c
			}
			if c.last != number+1 {
				c.count, c.last = c.count+1, number+1
			}
		}
		i = max(end, i+1)
	}
}

// commonest returns the runs that are common among so many texts.
func (t tally) commonest(texts int) []*common {
	var list []*common
	for run, c := range t {
		if c.count*commonShare >= texts {
			list = append(list, &common{run: run, texts: c.count})
		}
	}
	return shorten(list)
}

// shorten keeps the most common.
func shorten(list []*common) []*common {
	slices.SortFunc(list, func(a, b *common) int { return cmp.Or(b.texts-a.texts, cmp.Compare(a.run, b.run)) })
	return list[:min(maxCommon, len(list))]
}

// mergeCommon returns what is common in several segments together.
func mergeCommon(segments []*segment) []*common {
	all := map[string]*common{}
	var list []*common
	for _, s := range segments {
		for _, c := range s.common {
			if all[c.run] == nil {
				all[c.run] = &common{run: c.run}
				list = append(list, all[c.run])
			}
			all[c.run].texts += c.texts
		}
	}
	return shorten(list)
}

// addGrams takes in a text of the present block. stories adds its stories to a set.
func (w *writer) addGrams(text []byte, stories func(bitset)) {
	g := w.grams
	for i := 0; i < len(text); {
		from, end := i, endOfRun(text, i)
		if n := end - i; minRun <= n && n <= maxRun && len(w.common) > 0 {
			if c := w.byRun[string(text[i:end])]; c != nil {
				if block := uint32(len(w.blocks)); len(c.blocks) == 0 || c.last != block {
					c.blocks = binary.AppendUvarint(c.blocks, uint64(block-c.last))
					c.last = block
				}
				stories(c.stories)
				from = end - gramLength + 1
			}
		}
		i = max(end, i+1)
		for ; from < i && from+gramLength <= len(text); from++ {
			g.put(bucket(text[from], text[from+1], text[from+2], g.width))
		}
	}
	numbers(text, g.width, g.put)
}

// endCommon writes the lists of the common runs.
func (w *writer) endCommon() error {
	for _, c := range w.common {
		var differences []byte
		last := uint32(0)
		for s := range c.stories.each {
			differences = binary.AppendUvarint(differences, uint64(s-last))
			last = s
		}
		var err error
		if c.inBlocks, err = w.writeList(c.blocks, len(w.blocks)); err != nil {
			return err
		}
		if c.ofStories, err = w.writeList(differences, w.stories); err != nil {
			return err
		}
		c.blocks, c.stories = nil, nil
	}
	return nil
}

// writeList writes a list as a part: a byte, 1 where it is bits, and the list.
func (w *writer) writeList(differences []byte, n int) (part, error) {
	packed, asBits := packList(differences, n)
	kind := byte(0)
	if asBits {
		kind = 1
	}
	w.buffer = append(append(w.buffer[:0], kind), packed...)
	return w.write(w.buffer)
}

// addBlocks adds the blocks that have a common run containing a piece.
func (s *segment) addBlocks(blocks bitset, piece []byte, c *scratch) error {
	return s.addLists(blocks, len(s.blocks), piece, c, func(c *common) part { return c.inBlocks })
}

// addStories adds the stories that have a common run containing a piece.
func (s *segment) addStories(stories bitset, piece []byte, c *scratch) error {
	return s.addLists(stories, s.stories, piece, c, func(c *common) part { return c.ofStories })
}

func (s *segment) addLists(to bitset, n int, piece []byte, c *scratch, of func(*common) part) error {
	text := string(piece)
	for _, run := range s.common {
		if !strings.Contains(run.run, text) {
			continue
		}
		list, err := s.read(of(run), c.list)
		if err != nil {
			return err
		}
		if c.list = list; len(list) == 0 || list[0] > 1 || !to.unpackList(list[1:], list[0] == 1, n) {
			return damage("a list of a common run is not readable")
		}
	}
	return nil
}
