package textindex

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// input is a segment that is being merged.
type input struct {
	*segment
	become []uint32 // the number of each story in the new segment; dead where it does not count
	next   uint32   // block
	texts  texts
	at     int // text of the block
	packed []byte
	lists  []byte // those of the texts from at on
	room   []byte
}

const dead = ^uint32(0)

// advance goes to the next text; false where there is none.
func (in *input) advance() (bool, error) {
	if in.at++; in.at < len(in.texts.ends) {
		return true, nil
	}
	for int(in.next) < len(in.blocks) {
		if err := in.block(in.next, &in.texts, &in.packed); err != nil {
			return false, err
		}
		var err error
		if in.room, err = in.read(in.blocks[in.next].lists, in.room); err != nil {
			return false, err
		}
		in.lists, in.at = in.room, 0
		if in.next++; len(in.texts.ends) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// stories cuts off the list of the present text and appends what its stories become.
func (in *input) stories(to []uint32, set *bitset) ([]uint32, error) {
	packed, asBits, single, story, rest, err := nextList(in.lists)
	if err != nil {
		return nil, err
	}
	in.lists = rest
	if single {
		if int(story) >= len(in.become) {
			return nil, damage("a list of stories is not readable")
		}
		if in.become[story] != dead {
			to = append(to, in.become[story])
		}
		return to, nil
	}
	if asBits {
		if len(*set) < (in.segment.stories+63)/64 {
			*set = newBitset(in.segment.stories)
		}
		clear(*set)
		if !set.unpackList(packed, true, in.segment.stories) {
			return nil, damage("a list of stories is not readable")
		}
		for i, w := range *set {
			for ; w != 0; w &= w - 1 {
				if s := in.become[i<<6+bits.TrailingZeros64(w)]; s != dead {
					to = append(to, s)
				}
			}
		}
		return to, nil
	}
	last := uint64(0)
	for len(packed) > 0 {
		d, used := binary.Uvarint(packed)
		if last += d; used <= 0 || last >= uint64(len(in.become)) || d > uint64(len(in.become)) {
			return nil, damage("a list of stories is not readable")
		}
		packed = packed[used:]
		if s := in.become[last]; s != dead {
			to = append(to, s)
		}
	}
	return to, nil
}

// compare compares two texts in the order of segments: those that are nothing but digits come last.
func compare(a, b []byte, aDigits, bDigits bool) int {
	if aDigits != bDigits {
		if aDigits {
			return 1
		}
		return -1
	}
	return bytes.Compare(a, b)
}
