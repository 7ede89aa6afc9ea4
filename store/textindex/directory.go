package textindex

import (
	"encoding/binary"
)

// table is which ordinals the stories of a segment have.
type table struct {
	ordinals []uint32 // of each story; nil = firstID and the numbers that follow
	prints   []uint64 // a fingerprint of each story's texts
	firstID  uint32   // the first ordinal that was given out with this segment
	gone     []uint32 // ordinals whose stories are no more
}

func (t table) encode() []byte {
	var b []byte
	if t.ordinals == nil {
		b = append(b, 0)
	} else {
		b = append(b, 1)
		last := uint32(0)
		for _, o := range t.ordinals {
			b = binary.AppendVarint(b, int64(o)-int64(last))
			last = o
		}
	}
	b = binary.AppendUvarint(b, uint64(len(t.gone)))
	for _, o := range t.gone {
		b = binary.AppendUvarint(b, uint64(o))
	}
	for _, p := range t.prints {
		b = binary.LittleEndian.AppendUint64(b, p)
	}
	return b
}

// decodeTable reads the table of a segment with so many stories, whose ordinals end before end. Fingerprints are left out.
func decodeTable(b []byte, stories int, firstID, end uint32) (table, error) {
	t := table{firstID: firstID}
	bad := damage("the stories of a segment are not readable")
	if len(b) < 1+8*stories || b[0] > 1 {
		return table{}, bad
	}
	explicit := b[0] == 1
	b = b[1 : len(b)-8*stories]
	if explicit {
		t.ordinals = make([]uint32, 0, stories)
		last := int64(0)
		for range stories {
			d, used := binary.Varint(b)
			if last += d; used <= 0 || last < 0 || last >= int64(end) {
				return table{}, bad
			}
			b = b[used:]
			t.ordinals = append(t.ordinals, uint32(last))
		}
	} else if uint64(firstID)+uint64(stories) > uint64(end) {
		return table{}, bad
	}
	count, used := binary.Uvarint(b)
	if used <= 0 || count > uint64(len(b)) {
		return table{}, bad
	}
	b = b[used:]
	for range count {
		o, used := binary.Uvarint(b)
		if used <= 0 || o >= uint64(end) {
			return table{}, bad
		}
		b = b[used:]
		t.gone = append(t.gone, uint32(o))
	}
	if len(b) != 0 {
		return table{}, bad
	}
	return t, nil
}

// directory says where everything in a segment is.
type directory struct {
	width     int
	stories   int
	firstID   uint32
	idCount   int
	blocks    []blockPart
	groups    []part
	ids       []part
	common    []*common
	storyPart part
}

// encode leaves offsets out: blocks, groups, common runs, ids and stories follow each other.
func (d directory) encode() []byte {
	b := []byte{byte(d.width)}
	for _, n := range []int{d.stories, int(d.firstID), d.idCount, len(d.blocks), len(d.groups), len(d.ids)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	add := func(p part) { b = binary.LittleEndian.AppendUint32(binary.AppendUvarint(b, uint64(p.length)), p.sum) }
	for _, p := range d.blocks {
		add(p.texts)
		add(p.lists)
		b = binary.AppendUvarint(b, uint64(p.plain))
	}
	for _, p := range d.groups {
		add(p)
	}
	b = binary.AppendUvarint(b, uint64(len(d.common)))
	for _, c := range d.common {
		b = append(binary.AppendUvarint(b, uint64(len(c.run))), c.run...)
		b = binary.AppendUvarint(b, uint64(c.texts))
		add(c.inBlocks)
		add(c.ofStories)
	}
	for _, p := range d.ids {
		add(p)
	}
	add(d.storyPart)
	return b
}

// decodeDirectory reads the directory of a segment whose parts take size bytes after the first word.
func decodeDirectory(b []byte, size int64) (directory, error) {
	bad := damage("the directory of a segment is not readable")
	ok := true
	number := func(limit uint64) uint64 {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > limit {
			ok = false
			return 0
		}
		b = b[used:]
		return n
	}
	if len(b) == 0 || b[0] < minGramBits || b[0] > maxGramBits {
		return directory{}, bad
	}
	d := directory{width: int(b[0])}
	b = b[1:]
	total := uint64(len(b))
	d.stories, d.firstID, d.idCount = int(number(1<<31)), uint32(number(1<<32-1)), int(number(1<<31))
	blocks, groups, ids := number(total), number(total), number(total)
	if !ok || groups != 1<<d.width/groupSize || ids != (uint64(d.idCount)+idsOfPart-1)/idsOfPart || 11*blocks+5*(groups+ids) > total {
		return directory{}, bad
	}
	offset := int64(len(magic))
	next := func() part {
		p := part{offset: offset, length: uint32(number(1<<32 - 1))}
		if len(b) < 4 {
			ok = false
			return part{}
		}
		p.sum = binary.LittleEndian.Uint32(b)
		b = b[4:]
		offset += int64(p.length)
		return p
	}
	d.blocks = make([]blockPart, blocks)
	for i := range d.blocks {
		d.blocks[i] = blockPart{texts: next(), lists: next(), plain: uint32(number(1 << 30))}
	}
	d.groups, d.ids = make([]part, groups), make([]part, ids)
	for i := range d.groups {
		d.groups[i] = next()
	}
	for range number(maxCommon) {
		n := number(maxRun)
		if n > uint64(len(b)) {
			return directory{}, bad
		}
		c := &common{run: string(b[:n])}
		b = b[n:]
		c.texts = int(number(1 << 40))
		c.inBlocks, c.ofStories = next(), next()
		d.common = append(d.common, c)
	}
	for i := range d.ids {
		d.ids[i] = next()
	}
	d.storyPart = next()
	if !ok || len(b) != 0 || offset-int64(len(magic)) != size {
		return directory{}, bad
	}
	return d, nil
}

// compact leaves the ordinals out where they follow from firstID.
func (t table) compact() table {
	for i, o := range t.ordinals {
		if o != t.firstID+uint32(i) {
			return t
		}
	}
	t.ordinals = nil
	return t
}
