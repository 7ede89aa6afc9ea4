package index

import "encoding/binary"

const (
	chunkBits  = 16
	chunkBytes = 1 << chunkBits
	bigList    = 512           // slots from which a list is kept by blocks
	denseBlock = blockRows / 8 // slots of a block from which they are bits
	inRecord   = 1 << 31       // in a code's word: the rest refers to a record, else it is the only slot plus one, or 0 for none
	blockSize  = 6             // bytes of a blockRef
	refBlocks  = 16            // blockRefs of one record
)

// records are bytes that never change once they are written. A reference is the number of a chunk and a place in it; 0 refers to nothing.
//
// A slot's record is the number of its codes and the codes as gaps. A code's record is the number of its slots and, below bigList, the slots as
// gaps; else references to records of refBlocks blockRefs each, so that a change writes few bytes anew.
type records [][]byte

// blockRef refers to the slots of one block: gaps from the block's start, or bits from denseBlock on.
type blockRef struct {
	ref   uint32
	count uint16
}

// recordArena writes records one after the other.
type recordArena struct {
	records
	at         int // in the last chunk
	size, dead int // bytes of records, and of those that nothing refers to
	room       []byte
}

func (r records) at(ref uint32) []byte {
	chunk, at := int(ref>>chunkBits), int(ref%chunkBytes)
	if ref == 0 || chunk >= len(r) || at > len(r[chunk]) {
		return nil
	}
	return r[chunk][at:]
}

// codes appends the codes of a record and returns the record's length.
func (r records) codes(to []uint32, ref, limit uint32) ([]uint32, int) {
	b := r.at(ref)
	count, n := readGap(b)
	to, rest := readSome(to, b[n:], int(count), 0, limit)
	return to, len(b) - len(rest)
}

// slots appends the slots below a limit that a code's word tells and returns the length of all its records.
func (r records) slots(to []uint32, word, limit uint32) ([]uint32, int) {
	if word&inRecord == 0 {
		if word != 0 && word <= limit {
			to = append(to, word-1)
		}
		return to, 0
	}
	b := r.at(word &^ inRecord)
	count, n := readGap(b)
	if count < bigList {
		to, rest := readSome(to, b[n:], int(count), 0, limit)
		return to, len(b) - len(rest)
	}
	pages, size := directory(b, limit)
	size += len(pages) / 4 * refBlocks * blockSize
	for number := range r.blocks(pages) {
		var s int
		to, s = r.block(to, r.refAt(pages, number), uint32(number), limit)
		size += s
	}
	return to, size
}

// directory returns the references of a big list's record and the record's length.
func directory(b []byte, limit uint32) ([]byte, int) {
	_, n := readGap(b)
	pages, m := readGap(b[n:])
	if m == 0 || uint64(pages)*4 > uint64(len(b)-n-m) || uint64(pages) > (uint64(limit)+refBlocks*blockRows-1)/(refBlocks*blockRows) {
		return nil, 0
	}
	end := n + m + int(pages)*4
	return b[n+m : end], end
}

func (r records) blocks(pages []byte) int { return len(pages) / 4 * refBlocks }

func (r records) refAt(pages []byte, number int) blockRef {
	b := r.at(binary.LittleEndian.Uint32(pages[number/refBlocks*4:]))
	if len(b) < refBlocks*blockSize {
		return blockRef{}
	}
	b = b[number%refBlocks*blockSize:]
	return blockRef{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:])}
}

// block appends the slots of a block and returns the length of its record.
func (r records) block(to []uint32, of blockRef, number, limit uint32) ([]uint32, int) {
	b := r.at(of.ref)
	base := number * blockRows
	if of.count < denseBlock {
		to, rest := readSome(to, b, int(of.count), base, min(limit, base+blockRows))
		return to, len(b) - len(rest)
	}
	if len(b) < blockRows/8 {
		return to, 0
	}
	for i, bits := range b[:blockRows/8] {
		for slot := base + uint32(i)*8; bits != 0; slot, bits = slot+1, bits>>1 {
			if bits&1 != 0 && slot < limit {
				to = append(to, slot)
			}
		}
	}
	return to, blockRows / 8
}

// add appends a record. One that is longer than a chunk gets a longer chunk.
func (a *recordArena) add(record []byte) uint32 {
	if len(a.records) == 0 || a.at+len(record) > len(a.records[len(a.records)-1]) || a.at >= chunkBytes {
		a.at = 0
		if len(a.records) == 0 {
			a.at = 1 // 0 refers to nothing
		}
		if len(a.records) == inRecord>>chunkBits {
			panic("index: postings are full")
		}
		a.records = append(a.records, make([]byte, max(chunkBytes, a.at+len(record))))
	}
	chunk := len(a.records) - 1
	ref := uint32(chunk)<<chunkBits | uint32(a.at)
	a.at += copy(a.records[chunk][a.at:], record)
	a.size += len(record)
	return ref
}

func (a *recordArena) addCodes(codes []uint32) uint32 {
	a.room = appendGaps(binary.AppendUvarint(a.room[:0], uint64(len(codes))), codes)
	return a.add(a.room)
}

// addSlots returns a code's word for its slots, which ascend.
func (a *recordArena) addSlots(slots []uint32) uint32 {
	switch {
	case len(slots) == 0:
		return 0
	case len(slots) == 1:
		return slots[0] + 1
	case len(slots) < bigList:
		return inRecord | a.addCodes(slots)
	}
	refs := make([]blockRef, (slots[len(slots)-1]/blockRows/refBlocks+1)*refBlocks)
	for from := 0; from < len(slots); {
		number, to := slots[from]/blockRows, from+1
		for to < len(slots) && slots[to]/blockRows == number {
			to++
		}
		refs[number] = a.addBlock(slots[from:to], number)
		from = to
	}
	return a.addDirectory(make([]uint32, len(refs)/refBlocks), refs, len(slots))
}

// addBlock adds slots of one block.
func (a *recordArena) addBlock(slots []uint32, number uint32) blockRef {
	if len(slots) == 0 {
		return blockRef{}
	}
	base := number * blockRows
	if len(slots) >= denseBlock {
		a.room = append(a.room[:0], make([]byte, blockRows/8)...)
		for _, s := range slots {
			a.room[(s-base)/8] |= 1 << (s % 8)
		}
	} else {
		a.room = binary.AppendUvarint(a.room[:0], uint64(slots[0]-base))
		for i, s := range slots[1:] {
			a.room = binary.AppendUvarint(a.room, uint64(s-slots[i]))
		}
	}
	return blockRef{a.add(a.room), uint16(len(slots))}
}

// addDirectory adds a big list's record, and records of blockRefs where the reference to them is 0.
func (a *recordArena) addDirectory(pages []uint32, refs []blockRef, count int) uint32 {
	for i := range pages {
		if pages[i] != 0 {
			continue
		}
		a.room = a.room[:0]
		for _, r := range refs[i*refBlocks : (i+1)*refBlocks] {
			a.room = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint32(a.room, r.ref), r.count)
		}
		pages[i] = a.add(a.room)
	}
	a.room = binary.AppendUvarint(binary.AppendUvarint(a.room[:0], uint64(count)), uint64(len(pages)))
	for _, ref := range pages {
		a.room = binary.LittleEndian.AppendUint32(a.room, ref)
	}
	return inRecord | a.add(a.room)
}
