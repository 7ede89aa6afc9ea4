package index

import "hash/maphash"

// codeTable finds codes by what they stand for, which a list beside it holds: open addresses, at most half full. It takes a few bytes a code,
// where a map would hold what stands in the list a second time. Only a writer has one.
type codeTable struct {
	seed  maphash.Seed
	cells []uint32 // 1 + code; 0 = free; as many as a power of two
	used  int
}

func newCodeTable() codeTable { return codeTable{seed: maphash.MakeSeed(), cells: make([]uint32, 16)} }

// find returns the code with a hash that is says yes to.
func (t *codeTable) find(hash uint64, is func(code uint32) bool) (uint32, bool) {
	mask := uint64(len(t.cells) - 1)
	for at := hash & mask; t.cells[at] != 0; at = (at + 1) & mask {
		if code := t.cells[at] - 1; is(code) {
			return code, true
		}
	}
	return 0, false
}

// add enters a code that is not there. Where the table must grow, hashOf gives the hashes of all codes so far.
func (t *codeTable) add(hash uint64, code uint32, hashOf func(code uint32) uint64) {
	if 2*(t.used+1) > len(t.cells) {
		was := t.cells
		t.cells = make([]uint32, 2*len(was))
		for _, cell := range was {
			if cell != 0 {
				t.enter(hashOf(cell-1), cell)
			}
		}
	}
	t.enter(hash, code+1)
	t.used++
}

func (t *codeTable) enter(hash uint64, cell uint32) {
	mask := uint64(len(t.cells) - 1)
	at := hash & mask
	for t.cells[at] != 0 {
		at = (at + 1) & mask
	}
	t.cells[at] = cell
}

// expect makes room for so many codes in a table that has none.
func (t *codeTable) expect(codes int) {
	for t.used == 0 && 2*codes > len(t.cells) {
		t.cells = make([]uint32, 2*len(t.cells))
	}
}

func (t *codeTable) bytes() int { return 4 * len(t.cells) }
