package index

// cellValues are the codes of the values that a cell stands for, in the order of small.
type cellValues [len(small)]uint32

// cells gives codes to the combinations of small values that stories have. It only grows.
type cells struct {
	list []cellValues
	last uint32 // the code that was asked for last: neighbours are often alike
	in   codeTable
}

func newCells() *cells { return &cells{in: newCodeTable()} }

func (c *cells) hashOf(code uint32) uint64 { return c.list[code].hash() }

// hash needs no secret: the codes of values are given by this program.
func (v *cellValues) hash() uint64 {
	var h uint64
	for _, code := range v {
		h = (h ^ uint64(code)) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h
}

func (c *cells) code(v cellValues) uint32 {
	if int(c.last) < len(c.list) && c.list[c.last] == v {
		return c.last
	}
	for c.in.used < len(c.list) { // those of a snapshot
		c.in.add(c.hashOf(uint32(c.in.used)), uint32(c.in.used), c.hashOf)
	}
	h := v.hash()
	code, ok := c.in.find(h, func(code uint32) bool { return c.list[code] == v })
	if !ok {
		code = uint32(len(c.list))
		c.list = append(c.list, v)
		c.in.add(h, code, c.hashOf)
	}
	c.last = code
	return code
}

// tally counts by code. It is shared by versions: a writer copies the pages that it changes.
type tally struct {
	pages []*tallyPage
}

const tallyRows = 1_024

type tallyPage struct {
	batch uint64 // of the writer that made it
	n     [tallyRows]uint32
}

func (t *tally) at(code uint32) uint32 {
	if p := int(code / tallyRows); p < len(t.pages) {
		return t.pages[p].n[code%tallyRows]
	}
	return 0
}

// add adds to a count, which may be -1. The list of pages belongs to the writer already.
func (t *tally) add(batch uint64, code uint32, by uint32) {
	p := int(code / tallyRows)
	for p >= len(t.pages) {
		t.pages = append(t.pages, &tallyPage{batch: batch})
	}
	if t.pages[p].batch != batch {
		page := *t.pages[p]
		page.batch = batch
		t.pages[p] = &page
	}
	t.pages[p].n[code%tallyRows] += by
}

func (t *tally) bytes() int { return len(t.pages) * tallyRows * 4 }
