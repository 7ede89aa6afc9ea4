package index

// cellValues are the codes of the values that a cell stands for, in the order of small.
type cellValues [len(small)]uint32

// cells gives codes to the combinations of small values that stories have. It only grows.
type cells struct {
	codes map[cellValues]uint32
	list  []cellValues
}

func newCells() *cells { return &cells{codes: map[cellValues]uint32{}} }

func (c *cells) code(v cellValues) uint32 {
	if code, ok := c.codes[v]; ok {
		return code
	}
	code := uint32(len(c.list))
	c.codes[v] = code
	c.list = append(c.list, v)
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
