package textindex

import (
	"encoding/binary"
	"math/bits"
)

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i uint32)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) has(i uint32) bool { return b[i>>6]&(1<<(i&63)) != 0 }

func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

func (b bitset) and(other bitset) {
	for i := range b {
		b[i] &= other[i]
	}
}

func (b bitset) or(other bitset) {
	for i := range b {
		b[i] |= other[i]
	}
}

func (b bitset) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

// each calls yield with every number, ascending, until it returns false.
func (b bitset) each(yield func(uint32) bool) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			if !yield(uint32(i<<6 + bits.TrailingZeros64(w))) {
				return
			}
		}
	}
}

// fill sets the first n.
func (b bitset) fill(n int) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	if r := n & 63; r != 0 {
		b[len(b)-1] = 1<<r - 1
	}
}

// A list of ascending numbers is written as the differences to the number before (the first to 0), or, where that is shorter, as one bit a
// number of all there are.

// packList returns a list of differences as it is, or as bits, and whether it did so. n is how many numbers there are.
func packList(differences []byte, n int) (packed []byte, asBits bool) {
	if len(differences) <= (n+7)/8 {
		return differences, false
	}
	packed = make([]byte, (n+7)/8)
	at := uint64(0)
	for len(differences) > 0 {
		d, used := binary.Uvarint(differences)
		differences = differences[used:]
		at += d
		packed[at>>3] |= 1 << (at & 7)
	}
	return packed, true
}

// unpackList sets the numbers of a list in b, which has room for n. It reports whether the list is one that packList made.
func (b bitset) unpackList(packed []byte, asBits bool, n int) bool {
	if asBits {
		if len(packed) != (n+7)/8 || n&7 != 0 && packed[len(packed)-1]>>(n&7) != 0 {
			return false
		}
		for i := 0; len(packed) > 0; i++ {
			if len(packed) >= 8 {
				b[i] |= binary.LittleEndian.Uint64(packed)
				packed = packed[8:]
				continue
			}
			for j, c := range packed {
				b[i] |= uint64(c) << (8 * j)
			}
			break
		}
		return true
	}
	at := uint64(0)
	for i := 0; i < len(packed); {
		d := uint64(packed[i])
		if i++; d >= 0x80 {
			var used int
			if d, used = binary.Uvarint(packed[i-1:]); used <= 0 {
				return false
			}
			i += used - 1
		}
		if at += d; at >= uint64(n) || d > uint64(n) {
			return false
		}
		b[at>>6] |= 1 << (at & 63)
	}
	return true
}
