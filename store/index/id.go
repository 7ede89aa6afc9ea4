package index

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"sync/atomic"

	"workbench"
)

// id is a story's id as a number of 128 bits, high half first. Numbers are in the order of the texts that they stand for. An id that is
// not the base32 of 16 bytes is odd: its number is a hash of it, and its text is kept besides.
type id [2]uint64

const (
	idLength = 26
	digits32 = "234567abcdefghijklmnopqrstuvwxyz" // in the order of bytes, not in that of base32
	lastOf32 = "4aeimquy"                         // the last character holds 3 bits
)

// digitOf is the place of a character among digits32, or 32.
func digitOf(c byte) uint64 {
	switch {
	case c >= 'a' && c <= 'z':
		return uint64(c-'a') + 6
	case c >= '2' && c <= '7':
		return uint64(c - '2')
	}
	return 32
}

// lastDigit is the place of a character among lastOf32, or 8.
func lastDigit(c byte) uint64 {
	if c == '4' {
		return 0
	}
	if c >= 'a' && c <= 'y' && (c-'a')%4 == 0 {
		return uint64(c-'a')/4 + 1
	}
	return 8
}

// parseID reports false for an odd id.
func parseID(text workbench.StoryID) (id, bool) {
	if len(text) != idLength {
		return id{}, false
	}
	var high, low uint64
	for i := range idLength - 1 {
		d := digitOf(text[i])
		if d == 32 {
			return id{}, false
		}
		high, low = high<<5|low>>59, low<<5|d
	}
	d := lastDigit(text[idLength-1])
	return id{high<<3 | low>>61, low<<3 | d}, d < 8
}

func (n id) text() workbench.StoryID {
	var out [idLength]byte
	high, low := n[0], n[1]
	out[idLength-1] = lastOf32[low&7]
	low, high = low>>3|high<<61, high>>3
	for i := idLength - 2; i >= 0; i-- {
		out[i] = digits32[low&31]
		low, high = low>>5|high<<59, high>>5
	}
	return workbench.StoryID(out[:])
}

func (n id) compare(o id) int { return cmp.Or(cmp.Compare(n[0], o[0]), cmp.Compare(n[1], o[1])) }

func hashOf(text workbench.StoryID) id {
	h := fnv.New128a()
	h.Write([]byte(text))
	sum := h.Sum(nil)
	return id{binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])}
}

// oddID is an id that is not the base32 of 16 bytes.
type oddID struct {
	slot uint32
	text workbench.StoryID
}

func compareOdd(o oddID, slot uint32) int { return cmp.Compare(o.slot, slot) }

// idOf is the id of the story in a slot.
func (t *table) idOf(slot uint32) workbench.StoryID {
	if len(t.odd) > 0 {
		if at, ok := slices.BinarySearchFunc(t.odd, slot, compareOdd); ok {
			return t.odd[at].text
		}
	}
	return t.blocks[slot/blockRows].id[slot%blockRows].text()
}

// compareIDs orders two slots by the ids of their stories.
func (t *table) compareIDs(a, b uint32) int {
	if len(t.odd) > 0 {
		return cmp.Compare(t.idOf(a), t.idOf(b))
	}
	return t.blocks[a/blockRows].id[a%blockRows].compare(t.blocks[b/blockRows].id[b%blockRows])
}

// slots finds the slot of an id: a table of open addresses, at most half full. A slot belongs to one story for as long as the index
// lives, so that entries are only added. One writer adds while others read; who reads compares the id with that of his version.
type slots struct {
	table atomic.Pointer[[]atomic.Uint32] // slot+1; 0 = free; as many as a power of two
	count int
}

func newSlots() *slots {
	s := &slots{}
	s.grow(64)
	return s
}

func (s *slots) grow(n int) { t := make([]atomic.Uint32, n); s.table.Store(&t) }

func startOf(n id, mask uint64) uint64 {
	return ((n[0] ^ n[1]) * 0x9E3779B97F4A7C15 >> 20) & mask
}

// find calls is with the slots that may be those of an id until it says yes.
func (s *slots) find(n id, is func(slot uint32) bool) (uint32, bool) {
	table := *s.table.Load()
	mask := uint64(len(table) - 1)
	for at := startOf(n, mask); ; at = (at + 1) & mask {
		v := table[at].Load()
		if v == 0 {
			return 0, false
		}
		if is(v - 1) {
			return v - 1, true
		}
	}
}

// add enters a slot, the next one. Where the table is half full, ids gives the ids of all slots so far.
func (s *slots) add(n id, slot uint32, ids func(slot uint32) id) {
	if table := *s.table.Load(); 2*(s.count+1) > len(table) {
		larger := make([]atomic.Uint32, 2*len(table))
		for slot := range uint32(s.count) {
			enter(larger, ids(slot), slot+1)
		}
		s.table.Store(&larger)
	}
	enter(*s.table.Load(), n, slot+1)
	s.count++
}

func enter(table []atomic.Uint32, n id, v uint32) {
	mask := uint64(len(table) - 1)
	at := startOf(n, mask)
	for table[at].Load() != 0 {
		at = (at + 1) & mask
	}
	table[at].Store(v)
}

// everSlotOf is the slot of a story that is or was there in this version.
func (t *table) everSlotOf(text workbench.StoryID) (uint32, bool) {
	n, plain := parseID(text)
	if !plain {
		n = hashOf(text)
	}
	return t.ids.find(n, func(slot uint32) bool {
		return int(slot) < t.rows && t.blocks[slot/blockRows].id[slot%blockRows] == n && t.idOf(slot) == text
	})
}

// slotOf is the slot of a story that is there in this version.
func (t *table) slotOf(text workbench.StoryID) (uint32, bool) {
	slot, ok := t.everSlotOf(text)
	return slot, ok && t.blocks[slot/blockRows].live.has(int(slot%blockRows))
}
