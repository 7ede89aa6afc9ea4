package index

import "math/bits"

// blockRows is how many slots a block has: as many as fit a set of 1 KB, which is what a change of one story copies.
const blockRows = 8_192

const blockWords = blockRows / 64

// set is a set of the slots of one block.
type set [blockWords]uint64

func (s *set) has(i int) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s *set) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s *set) drop(i int)     { s[i>>6] &^= 1 << (i & 63) }

func (s *set) and(o *set) {
	for i := range s {
		s[i] &= o[i]
	}
}

func (s *set) andNot(o *set) {
	for i := range s {
		s[i] &^= o[i]
	}
}

func (s *set) or(o *set) {
	for i := range s {
		s[i] |= o[i]
	}
}

// slots appends the slots, ascending.
func (s *set) slots(out []uint16) []uint16 {
	for at, word := range s {
		for ; word != 0; word &= word - 1 {
			out = append(out, uint16(at*64+bits.TrailingZeros64(word)))
		}
	}
	return out
}

func (s *set) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// container is a set of the slots of one block that never changes: a list where there are few, bits where there are many.
type container struct {
	list  []uint16 // ascending; used where dense is nil
	dense *set
}

// maxList is how many slots take as much memory as bits do.
const maxList = blockRows / 16

func (c container) or(s *set) {
	if c.dense != nil {
		s.or(c.dense)
		return
	}
	for _, i := range c.list {
		s.add(int(i))
	}
}

func (c container) takenFrom(s *set) {
	if c.dense != nil {
		s.andNot(c.dense)
		return
	}
	for _, i := range c.list {
		s.drop(int(i))
	}
}

func (c container) len() int {
	if c.dense != nil {
		return c.dense.len()
	}
	return len(c.list)
}

// with returns a container that has the slot, too.
func (c container) with(slot int) container {
	if c.dense == nil && len(c.list) < maxList {
		at := 0
		for at < len(c.list) && int(c.list[at]) < slot {
			at++
		}
		list := make([]uint16, 0, len(c.list)+1)
		list = append(append(append(list, c.list[:at]...), uint16(slot)), c.list[at:]...)
		return container{list: list}
	}
	dense := new(set)
	c.or(dense)
	dense.add(slot)
	return container{dense: dense}
}

// without returns a container that does not have the slot.
func (c container) without(slot int) container {
	if c.dense != nil {
		dense := *c.dense
		dense.drop(slot)
		return container{dense: &dense}
	}
	list := make([]uint16, 0, len(c.list))
	for _, i := range c.list {
		if int(i) != slot {
			list = append(list, i)
		}
	}
	return container{list: list}
}

func (c container) empty() bool {
	if c.dense == nil {
		return len(c.list) == 0
	}
	return *c.dense == set{}
}

// bytes is the memory that it takes besides itself.
func (c container) bytes() int {
	if c.dense != nil {
		return blockWords * 8
	}
	return 2 * cap(c.list)
}
