package index

import (
	"hash/maphash"
	"slices"
)

// codeLists are lists of codes, one after the other. Those up to any length never change.
type codeLists struct {
	flat []uint32
	ends []uint32 // list i is flat[ends[i-1]:ends[i]]
}

func (l codeLists) len() int { return len(l.ends) }

func (l codeLists) of(i uint32) []uint32 {
	var from uint32
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.flat[from:l.ends[i]]
}

// codeSets gives codes to sets of codes; 0 is the empty set. It only grows.
type codeSets struct {
	list codeLists
	in   codeTable // of those in the list; of a snapshot they are entered once a writer asks
}

func newCodeSets() *codeSets {
	return &codeSets{list: codeLists{ends: []uint32{0}}, in: newCodeTable()}
}

// code returns the code of a set, given in any order, after making it where it is new. It sorts the set.
func (c *codeSets) code(set []uint32) uint32 {
	if len(set) == 0 {
		return 0
	}
	c.learn()
	slices.Sort(set)
	h := maphash.Bytes(c.in.seed, bytesOf(set))
	code, ok := c.in.find(h, func(code uint32) bool { return slices.Equal(c.list.of(code), set) })
	if !ok {
		code = uint32(c.list.len())
		c.list.flat = append(c.list.flat, set...)
		c.list.ends = append(c.list.ends, uint32(len(c.list.flat)))
		c.in.add(h, code, c.hashOf)
	}
	return code
}

func (c *codeSets) hashOf(code uint32) uint64 {
	return maphash.Bytes(c.in.seed, bytesOf(c.list.of(code)))
}

// learn enters the sets that are in the list alone.
func (c *codeSets) learn() {
	if c.in.used == c.list.len() {
		return
	}
	c.in.expect(c.list.len())
	for c.in.used < c.list.len() {
		c.in.add(c.hashOf(uint32(c.in.used)), uint32(c.in.used), c.hashOf)
	}
}
