package index

import (
	"math/bits"
	"sync/atomic"
)

const tableParts = 256

// textTable finds codes by the hashes of their texts. One goroutine adds, any number look up meanwhile without a lock. It is made of parts
// that grow one by one, so that no single text pays for the growth of all.
type textTable struct {
	seed  [2]uint64 // secret: whoever names devices cannot choose texts that collide
	parts [tableParts]atomic.Pointer[tablePart]
}

// tablePart is an open-addressing table with linear probing. A cell is a pair: 32 bits of the hash, and the code plus one, 0 = free. Cells are
// filled, never emptied. Words are stored and loaded atomically, the hash before the code.
type tablePart struct {
	cells []uint32
	used  int // the writer's
}

func newTextTable(a, b uint64) *textTable {
	t := &textTable{seed: [2]uint64{a, b | 1}}
	for i := range t.parts {
		t.parts[i].Store(&tablePart{cells: make([]uint32, 2*8)})
	}
	return t
}

// hash folds multiplications by a secret number over the text, eight bytes at a time.
func (t *textTable) hash(s string) uint64 {
	h := t.seed[0] ^ uint64(len(s))
	for ; len(s) >= 8; s = s[8:] {
		word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h = mixed(h^word, t.seed[1])
	}
	var rest uint64
	for i := range len(s) {
		rest |= uint64(s[i]) << (8 * i)
	}
	return mixed(mixed(h^rest, t.seed[1]), t.seed[0]|1)
}

func mixed(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// add notes a code that the table does not have.
func (t *textTable) add(h uint64, code uint32) {
	at := &t.parts[h>>56]
	p := at.Load()
	if cells := len(p.cells) / 2; p.used*5 >= cells*4 {
		p = p.grown(cells+cells/2, ^uint32(0))
		at.Store(p)
	}
	p.add(uint32(h), code)
}

// grown returns a copy with so many cells, or more, of the codes below a limit.
func (p *tablePart) grown(cells int, limit uint32) *tablePart {
	bigger := &tablePart{cells: make([]uint32, 2*cells)}
	for i := 0; i < len(p.cells); i += 2 {
		if c := atomic.LoadUint32(&p.cells[i+1]); c != 0 && c-1 < limit {
			bigger.add(atomic.LoadUint32(&p.cells[i]), c-1)
		}
	}
	return bigger
}

func (p *tablePart) add(h, code uint32) {
	i := p.first(h)
	for p.cells[i+1] != 0 {
		i = p.after(i)
	}
	atomic.StoreUint32(&p.cells[i], h)
	atomic.StoreUint32(&p.cells[i+1], code+1)
	p.used++
}

func (p *tablePart) first(h uint32) int { return int(uint64(h)*uint64(len(p.cells)/2)>>32) * 2 }

func (p *tablePart) after(i int) int {
	if i += 2; i < len(p.cells) {
		return i
	}
	return 0
}

// probe is a walk over the codes whose texts have a hash.
type probe struct {
	part *tablePart
	hash uint32
	at   int
	left int // cells not yet seen
}

func (t *textTable) probe(h uint64) probe {
	p := t.parts[h>>56].Load()
	return probe{p, uint32(h), p.first(uint32(h)), len(p.cells) / 2}
}

// next returns the next code, or false where there is none.
func (p *probe) next() (uint32, bool) {
	for ; p.left > 0; p.left-- {
		c := atomic.LoadUint32(&p.part.cells[p.at+1])
		if c == 0 {
			break
		}
		h := atomic.LoadUint32(&p.part.cells[p.at])
		p.at = p.part.after(p.at)
		if h == p.hash {
			p.left--
			return c - 1, true
		}
	}
	return 0, false
}
