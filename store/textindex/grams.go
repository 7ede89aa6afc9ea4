package textindex

import (
	"encoding/binary"
	"math/bits"
)

const (
	gramLength  = 3
	minGramBits = 8
	maxGramBits = 18 // so that hostile text cannot make a directory larger than 262,144 buckets
	groupSize   = 32 // buckets that are read together
	wordGrams   = 96 // how many sequences of a word are looked up, at most
	wordPieces  = 16 // how many of its runs of letters and digits
)

// gramBits is how many bits number the buckets of a segment with so many bytes of text.
func gramBits(bytes int64) int {
	return min(maxGramBits, max(minGramBits, bits.Len64(uint64(bytes))-6))
}

func bucket(a, b, c byte, width int) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 0x9E3779B1 >> (32 - width)
}

// grams collects which blocks the buckets occur in.
type grams struct {
	width   int
	lists   [][]byte // differences
	last    []uint32 // the last block in each list
	seen    bitset   // buckets of the present block
	touched []uint32
}

func newGrams(width int) *grams {
	return &grams{width: width, lists: make([][]byte, 1<<width), last: make([]uint32, 1<<width), seen: newBitset(1 << width)}
}

// put takes in a bucket of the present block.
func (g *grams) put(bucket uint32) {
	if !g.seen.has(bucket) {
		g.seen.set(bucket)
		g.touched = append(g.touched, bucket)
	}
}

// end ends the present block.
func (g *grams) end(block uint32) {
	for _, k := range g.touched {
		g.lists[k] = binary.AppendUvarint(g.lists[k], uint64(block-g.last[k]))
		g.last[k] = block
		g.seen[k>>6] = 0
	}
	g.touched = g.touched[:0]
}

// group appends one group: for each of its buckets twice the length, plus one where it is bits; then the lists.
func (g *grams) group(to []byte, number, blocks int) []byte {
	var body []byte
	for _, list := range g.lists[number*groupSize : (number+1)*groupSize] {
		packed, asBits := packList(list, blocks)
		head := uint64(len(packed)) << 1
		if asBits {
			head |= 1
		}
		to = binary.AppendUvarint(to, head)
		body = append(body, packed...)
	}
	return append(to, body...)
}

// listOf finds a bucket's list in its group.
func listOf(group []byte, number uint32) (packed []byte, asBits, ok bool) {
	from, length := uint64(0), uint64(0)
	for i := range uint32(groupSize) {
		head, used := binary.Uvarint(group)
		if used <= 0 || head>>1 > 1<<31 {
			return nil, false, false
		}
		group = group[used:]
		switch {
		case i < number:
			from += head >> 1
		case i == number:
			length, asBits = head>>1, head&1 == 1
		}
	}
	if from+length > uint64(len(group)) {
		return nil, false, false
	}
	return group[from : from+length], asBits, true
}
