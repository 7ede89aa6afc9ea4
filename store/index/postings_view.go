package index

import "encoding/binary"

// rowsOf is postings as they were at one moment. It never changes and may be used by many at once. The zero value has nothing.
type rowsOf struct {
	codesOf, slotsOf wordPages
	said, found      records
	limit, top       uint32 // above all slots, and above all codes
	dead             [2]int // bytes of records that nothing refers to any more
}

// count returns how many slots have a code.
func (r rowsOf) count(code uint32) int {
	word := r.slotsOf.get(code)
	if word&inRecord == 0 {
		return int(min(word, 1))
	}
	n, _ := readGap(r.found.at(word &^ inRecord))
	return int(min(n, r.limit))
}

// codes returns the codes of a slot, ascending, in a list of the caller's own.
func (r rowsOf) codes(slot uint32) []uint32 {
	list, _ := r.said.codes(nil, r.codesOf.get(slot), r.top)
	return list
}

// each calls yield with the slots that have a code, ascending.
func (r rowsOf) each(code uint32, yield func(slot uint32)) {
	word := r.slotsOf.get(code)
	if word&inRecord == 0 {
		if word != 0 {
			yield(word - 1)
		}
		return
	}
	var room [denseBlock]uint32
	pages, big := r.blocksOf(word)
	if !big {
		list, _ := r.found.slots(room[:0], word, r.limit)
		for _, slot := range list {
			yield(slot)
		}
	}
	for number := range r.found.blocks(pages) {
		list, _ := r.found.block(room[:0], r.found.refAt(pages, number), uint32(number), r.limit)
		for _, slot := range list {
			yield(slot)
		}
	}
}

// fill adds the slots that have a code to the sets of their blocks. It asks for each block that has one, ascending; nil = the block is not
// wanted.
func (r rowsOf) fill(code uint32, block func(number uint32) *set) {
	word := r.slotsOf.get(code)
	if word&inRecord == 0 {
		if word == 0 {
			return
		}
		if to := block((word - 1) / blockRows); to != nil {
			to.add(int((word - 1) % blockRows))
		}
		return
	}
	var room [denseBlock]uint32
	pages, big := r.blocksOf(word)
	if !big {
		list, _ := r.found.slots(room[:0], word, r.limit)
		var to *set
		for i, slot := range list {
			if i == 0 || slot/blockRows != list[i-1]/blockRows {
				to = block(slot / blockRows)
			}
			if to != nil {
				to.add(int(slot % blockRows))
			}
		}
	}
	for number := range r.found.blocks(pages) {
		of := r.found.refAt(pages, number)
		if of.count == 0 || uint64(number)*blockRows >= uint64(r.limit) {
			continue
		}
		to := block(uint32(number))
		if to == nil {
			continue
		}
		if of.count >= denseBlock {
			if b := r.found.at(of.ref); len(b) >= blockRows/8 {
				for i := range to {
					to[i] |= binary.LittleEndian.Uint64(b[i*8:])
				}
			}
			continue
		}
		list, _ := r.found.block(room[:0], of, uint32(number), r.limit)
		for _, slot := range list {
			to.add(int(slot % blockRows))
		}
	}
}

// blocksOf returns the references to the blocks' references of a word's record, and whether it is a big list's.
func (r rowsOf) blocksOf(word uint32) ([]byte, bool) {
	b := r.found.at(word &^ inRecord)
	if n, _ := readGap(b); n < bigList {
		return nil, false
	}
	pages, _ := directory(b, r.limit)
	return pages, true
}

// bytes is the memory that the postings take.
func (r rowsOf) bytes() int {
	n := r.codesOf.bytes() + r.slotsOf.bytes()
	for _, list := range []records{r.said, r.found} {
		for _, chunk := range list {
			n += len(chunk)
		}
	}
	return n
}
