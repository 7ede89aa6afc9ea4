package textindex

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"

	"workbench"
)

// recent is what is newer than the newest segment. What readers were given of it (share) is only appended to.
type recent struct {
	recentState
	seed  maphash.Seed
	slots []uint32          // texts by hash, plus one; its length is a power of two
	story map[uint32]uint32 // by ordinal
	print []uint64          // of each story
	gone  []uint32          // ordinals given out with older segments whose stories are no more
}

// recentState is recent as readers look at it.
type recentState struct {
	number    uint32 // of the segment that it will become
	text      []byte // distinct texts, folded
	ends      []uint32
	texts     []uint32 // of each story
	storyEnds []uint32 // where the texts of each story end
	ordinals  []uint32 // of each story
	replaced  []uint32 // stories that came again later
	firstID   uint32
	ids       []workbench.StoryID // of the ordinals from firstID on
}

func newRecent(number, firstID uint32) *recent {
	return &recent{recentState: recentState{number: number, firstID: firstID}, seed: maphash.MakeSeed(), slots: make([]uint32, 1024), story: map[uint32]uint32{}}
}

// fold makes texts compare without case; queries fold words in the same way. It appends what strings.ToLower says.
func fold(to []byte, s string) []byte {
	n := len(to)
	to = append(to, s...)
	for i, c := range to[n:] {
		if c >= 0x80 {
			return append(to[:n], strings.ToLower(s)...)
		}
		if 'A' <= c && c <= 'Z' {
			to[n+i] = c + ('a' - 'A')
		}
	}
	return to
}

// add takes in a story that has an ordinal.
func (r *recent) add(ordinal uint32, texts []string, print uint64) {
	if old, ok := r.story[ordinal]; ok {
		r.replaced = append(r.replaced, old)
	}
	r.story[ordinal] = uint32(len(r.ordinals))
	r.ordinals, r.print = append(r.ordinals, ordinal), append(r.print, print)
	for _, s := range texts {
		if s != "" {
			r.texts = append(r.texts, r.intern(s))
		}
	}
	r.storyEnds = append(r.storyEnds, uint32(len(r.texts)))
}

// intern returns the number of a text.
func (r *recent) intern(s string) uint32 {
	if 2*len(r.ends) >= len(r.slots) {
		r.grow()
	}
	from := len(r.text)
	r.text = fold(r.text, s)
	folded := r.text[from:]
	mask := uint64(len(r.slots) - 1)
	at := maphash.Bytes(r.seed, folded) & mask
	for ; r.slots[at] != 0; at = (at + 1) & mask {
		if i := r.slots[at] - 1; bytes.Equal(r.at(i), folded) {
			r.text = r.text[:from]
			return i
		}
	}
	r.ends = append(r.ends, uint32(len(r.text)))
	r.slots[at] = uint32(len(r.ends))
	return uint32(len(r.ends) - 1)
}

func (r *recent) grow() {
	r.slots = make([]uint32, 2*len(r.slots))
	mask := uint64(len(r.slots) - 1)
	for i := range r.ends {
		at := maphash.Bytes(r.seed, r.at(uint32(i))) & mask
		for r.slots[at] != 0 {
			at = (at + 1) & mask
		}
		r.slots[at] = uint32(i + 1)
	}
}

// at returns a text.
func (r *recentState) at(i uint32) []byte {
	from := uint32(0)
	if i > 0 {
		from = r.ends[i-1]
	}
	return r.text[from:r.ends[i]]
}

// each calls yield with the stories that count, ascending, and their texts.
func (r *recentState) each(o owners, yield func(story uint32, texts []uint32)) {
	replaced := newBitset(len(r.ordinals))
	for _, s := range r.replaced {
		replaced.set(s)
	}
	from := uint32(0)
	for s, end := range r.storyEnds {
		if !replaced.has(uint32(s)) && o.at(r.ordinals[s]) == r.number {
			yield(uint32(s), r.texts[from:end])
		}
		from = end
	}
}

// write writes it as a segment.
func (r *recent) write(path string, p *packer, o owners, l limits) error {
	t := table{firstID: r.firstID, gone: r.gone, ordinals: []uint32{}}
	starts := make([]uint32, len(r.ends)+1) // where the stories of each text begin
	r.each(o, func(_ uint32, texts []uint32) {
		for _, i := range texts {
			starts[i+1]++
		}
	})
	for i := range r.ends {
		starts[i+1] += starts[i]
	}
	stories, next := make([]uint32, starts[len(r.ends)]), slices.Clone(starts)
	r.each(o, func(s uint32, texts []uint32) {
		for _, i := range texts {
			stories[next[i]] = uint32(len(t.ordinals))
			next[i]++
		}
		t.ordinals, t.prints = append(t.ordinals, r.ordinals[s]), append(t.prints, r.print[s])
	})
	w, err := newWriter(path, p, len(t.ordinals), int64(len(r.text)), r.common(l.common), l.lazy)
	if err != nil {
		return err
	}
	var list []byte
	for _, i := range r.order() {
		if starts[i] == starts[i+1] {
			continue
		}
		list = list[:0]
		of := slices.Compact(stories[starts[i]:starts[i+1]]) // a story's texts may differ in case alone
		last := uint32(0)
		for _, s := range of {
			list = binary.AppendUvarint(list, uint64(s-last))
			last = s
		}
		if err := w.add(r.at(i), list, len(of) == 1, of[0]); err != nil {
			return w.abandon(err)
		}
	}
	if err := w.endTexts(); err != nil {
		return w.abandon(err)
	}
	for i, id := range r.ids {
		if o.at(r.firstID+uint32(i)) == 0 {
			id = ""
		}
		if err := w.id(id); err != nil {
			return w.abandon(err)
		}
	}
	if err := w.finish(t.compact()); err != nil {
		return w.abandon(err)
	}
	return nil
}

// common returns the common runs, where there are so many bytes of text.
func (r *recent) common(from int) []*common {
	if len(r.text) < from {
		return nil
	}
	t := tally{}
	for i := 0; i < len(r.ends); i += commonSample {
		t.add(r.at(uint32(i)), i)
	}
	return t.commonest(len(r.ends) / commonSample)
}

// order is the texts in the order of segments.
func (r *recent) order() []uint32 {
	type key struct {
		digits bool
		first  uint64 // bytes, so that most comparisons need no more
		number uint32
	}
	keys := make([]key, len(r.ends))
	for i := range keys {
		text := r.at(uint32(i))
		var first [8]byte
		copy(first[:], text)
		keys[i] = key{isHex(text), binary.BigEndian.Uint64(first[:]), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.digits != b.digits {
			if a.digits {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.first, b.first), bytes.Compare(r.at(a.number), r.at(b.number)))
	})
	list := make([]uint32, len(keys))
	for i, k := range keys {
		list[i] = k.number
	}
	return list
}
