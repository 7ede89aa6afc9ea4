package index

import (
	"math/rand/v2"
	"unsafe"
)

const (
	textsPerBlock = 4_096
	maxText       = 1<<20 - 1 // bytes of one text, so that a block's offsets fit 32 bits
)

// dictionary gives each distinct text a code: 0, 1, 2 … in order of first use. It only grows. One goroutine at a time writes; any number
// read views of it meanwhile.
type dictionary struct {
	names
	later bool // segments are made by cover, not by code: many texts are to come
}

// names is a dictionary as it was at one moment. It costs nothing to make, never changes and may be used by many at once. The zero value has
// no texts.
type names struct {
	full     []textBlock // of textsPerBlock texts each; never changed, only appended to
	tail     textBlock
	table    *textTable // shared with the dictionary; it may know later codes, too
	segments []*segment // ascending, without gaps from code 0 on; replaced, never changed
}

// textBlock is a run of texts, one after the other.
type textBlock struct {
	data []byte
	ends []uint32 // text i is data[ends[i-1]:ends[i]]
}

func newDictionary() *dictionary {
	return &dictionary{names: names{table: newTextTable(rand.Uint64(), rand.Uint64())}}
}

// code returns a text's code, which is new where the text is. It keeps no hold of the text. A text of more than maxText bytes is an error
// of the caller's, as are more than 2^32-2 texts.
func (d *dictionary) code(folded string) uint32 {
	h := d.table.hash(folded)
	if c, ok := d.lookup(h, folded); ok {
		return c
	}
	if len(folded) > maxText {
		panic("index: text too long for the dictionary")
	}
	c := uint32(d.len())
	d.tail.data = append(d.tail.data, folded...)
	d.tail.ends = append(d.tail.ends, uint32(len(d.tail.data)))
	if len(d.tail.ends) == textsPerBlock {
		exact := append(make([]byte, 0, len(d.tail.data)), d.tail.data...)
		d.full = append(d.full, textBlock{exact, d.tail.ends})
		d.tail = textBlock{}
	}
	d.table.add(h, c)
	if d.len()%leafTexts == 0 && !d.later {
		d.cover()
	}
	return c
}

// view returns the dictionary as it is now.
func (d *dictionary) view() names { return d.names }

// len returns the number of texts; their codes are the numbers below it.
func (n names) len() int { return len(n.full)*textsPerBlock + len(n.tail.ends) }

// size is how many bytes all texts together have.
func (n names) size() int {
	size := len(n.tail.data)
	for _, b := range n.full {
		size += len(b.data)
	}
	return size
}

// text returns the text of a code below len.
func (n names) text(code uint32) string {
	if i := int(code / textsPerBlock); i < len(n.full) {
		return n.full[i].text(code % textsPerBlock)
	}
	return n.tail.text(code % textsPerBlock)
}

// find returns the code of a text, or false where no code was given to it.
func (n names) find(folded string) (code uint32, ok bool) {
	if n.table == nil {
		return 0, false
	}
	return n.lookup(n.table.hash(folded), folded)
}

func (n names) lookup(h uint64, folded string) (uint32, bool) {
	count := uint32(n.len())
	for p := n.table.probe(h); ; {
		code, ok := p.next()
		if !ok {
			return 0, false
		}
		if code < count && n.text(code) == folded {
			return code, true
		}
	}
}

// block returns the block of a number.
func (n names) block(i int) textBlock {
	if i < len(n.full) {
		return n.full[i]
	}
	return n.tail
}

func (b textBlock) start(i uint32) uint32 {
	if i == 0 {
		return 0
	}
	return b.ends[i-1]
}

// text points into the block, whose bytes never change once they are written.
func (b textBlock) text(i uint32) string {
	t := b.data[b.start(i):b.ends[i]]
	return unsafe.String(unsafe.SliceData(t), len(t))
}
