package index

import (
	"encoding/binary"
	"slices"
)

// codeSets gives codes to sets of codes; 0 is the empty set. It only grows.
type codeSets struct {
	codes map[string]uint32
	list  [][]uint32
	key   []byte
}

func newCodeSets() *codeSets {
	return &codeSets{codes: map[string]uint32{"": 0}, list: [][]uint32{nil}}
}

// code returns the code of a set, given in any order, after making it where it is new.
func (c *codeSets) code(set []uint32) uint32 {
	if len(set) == 0 {
		return 0
	}
	slices.Sort(set)
	c.key = c.key[:0]
	for _, v := range set {
		c.key = binary.LittleEndian.AppendUint32(c.key, v)
	}
	if code, ok := c.codes[string(c.key)]; ok {
		return code
	}
	code := uint32(len(c.list))
	c.codes[string(c.key)] = code
	c.list = append(c.list, slices.Clone(set))
	return code
}
