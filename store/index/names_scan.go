package index

import (
	"bytes"
	"slices"
	"sort"
)

const (
	maxKeys  = 16 // trigrams of a word that are looked at
	maxLists = 6  // of which so many lists are read, shortest first
)

// containing returns the codes, ascending, of the texts that contain a folded word. A word of less than three bytes, and one all of whose
// trigrams are everywhere, costs a walk over all texts: room is how many bytes may be walked, and is less by those that were. Where it does
// not suffice, it is negative afterwards and the codes are not all.
func (n names) containing(word string, room *int) []uint32 {
	var out []uint32
	if word == "" {
		for c := range uint32(n.len()) {
			out = append(out, c)
		}
		return out
	}
	w := []byte(word)
	var next uint32
	if keys := keysOf(word); len(keys) > 0 {
		var groups [256]uint32
		for _, s := range n.segments {
			out = n.among(out, s, s.candidates(groups[:0], keys), w, room)
			next = s.to
		}
	}
	return n.scan(out, w, next, uint32(n.len()), room)
}

// keysOf are some of a word's trigrams, spread over it.
func keysOf(word string) []uint32 {
	last := len(word) - 3
	if last < 0 {
		return nil
	}
	keys := make([]uint32, 0, maxKeys)
	step := max(1, (last+maxKeys-1)/(maxKeys-1))
	for i := 0; i <= last; i += step {
		if k := keyAt(word, i); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// among appends the codes of the texts in groups of a segment that contain a word. Neighbouring groups are walked as one.
func (n names) among(out []uint32, s *segment, groups []uint32, word []byte, room *int) []uint32 {
	for i := 0; i < len(groups); {
		first := groups[i]
		for i++; i < len(groups) && groups[i] == groups[i-1]+1; i++ {
		}
		out = n.scan(out, word, s.from+first*textsPerGroup, s.from+(groups[i-1]+1)*textsPerGroup, room)
	}
	return out
}

// scan appends the codes of the texts in [from, to) that contain a word that is not empty, as far as there is room for walking them.
func (n names) scan(out []uint32, word []byte, from, to uint32, room *int) []uint32 {
	for from < to {
		number := from / textsPerBlock
		base := number * textsPerBlock
		end := min(to, base+textsPerBlock)
		b := n.block(int(number))
		if *room -= int(b.ends[end-base-1] - b.start(from-base)); *room < 0 {
			return out
		}
		out = b.scan(out, word, from-base, end-base, base)
		from = end
	}
	return out
}

// scan appends base plus the numbers of the texts in [i, to) that contain a word.
func (b textBlock) scan(out []uint32, word []byte, i, to, base uint32) []uint32 {
	for pos, end := b.start(i), b.ends[to-1]; ; {
		found := bytes.Index(b.data[pos:end], word)
		if found < 0 {
			return out
		}
		pos += uint32(found)
		i = b.holds(pos, i, to)
		// A match that leaves its text is none; nor is any that begins later in it.
		if pos+uint32(len(word)) <= b.ends[i] {
			out = append(out, base+i)
		}
		pos = b.ends[i]
		i++
	}
}

// holds returns the number in [i, to) of the text that has the byte at a position. Near texts are tried first.
func (b textBlock) holds(pos, i, to uint32) uint32 {
	for range 8 {
		if b.ends[i] > pos {
			return i
		}
		i++
	}
	return i + uint32(sort.Search(int(to-i), func(k int) bool { return b.ends[i+uint32(k)] > pos }))
}
