package index

// blockPairs counts what pairs count, but for the stories of one block and one small value each: where a window of time has a whole block,
// none of its stories need be looked at. They are kept where there are few enough places.
type blockPairs struct {
	batch uint64 // of the writer that made it
	rows  [maxSmall]*narrow
}

// narrow is a vector of counts of at most blockRows, by place.
type narrow struct {
	batch uint64
	n     []uint16
}

// maxNarrow is how many places there are at most: so many take about 12 bytes a story.
const maxNarrow = 1_024

// byBlock says that blocks have pairs.
func (p *pairs) byBlock() bool { return p.known && p.total <= maxNarrow }

// own returns a row that the writer of a batch may change.
func (p *blockPairs) own(batch uint64, number uint8, total uint32) []uint16 {
	row := p.rows[number]
	if row == nil || row.batch != batch || len(row.n) < int(total) {
		own := &narrow{batch: batch, n: make([]uint16, total)}
		if row != nil {
			copy(own.n, row.n)
		}
		row = own
		p.rows[number] = row
	}
	return row.n
}

// recountBlock counts a story of a block that belongs to the writer out as it was, and in as it is.
func (w *writer) recountBlock(b *block, was, now *before) {
	p := &w.t.pairs
	if !p.byBlock() {
		b.pairs = nil
		return
	}
	if b.pairs == nil || b.pairs.batch != w.batch {
		own := &blockPairs{}
		if b.pairs != nil {
			*own = *b.pairs
		}
		own.batch = w.batch
		b.pairs = own
	}
	add := func(s *before, by uint16) {
		if !s.live {
			return
		}
		n, counted, _ := w.t.placesOf(s, &w.codes)
		for _, number := range n {
			counts := b.pairs.own(w.batch, number, p.total)
			for _, place := range counted {
				counts[place] += by
			}
		}
	}
	add(was, ^uint16(0))
	add(now, 1)
}

// pairAll makes the pairs of large values that are often there, and those of blocks. Crosses are made already.
func (t *table) pairAll(batch uint64) {
	p := &t.pairs
	if !p.known {
		for _, b := range t.blocks {
			b.pairs = nil
		}
		return
	}
	counts := make([]uint32, p.total)
	for cell, c := range t.crosses {
		if c == nil || hasMoved(t, &t.cells[cell]) {
			continue
		}
		for i, key := range c.keys {
			counts[p.large[key>>fieldBits][key&(1<<fieldBits-1)]] += c.n[i]
		}
	}
	t.choose(batch, counts)
	var places []uint32
	for at, b := range t.blocks {
		b.pairs = nil
		if p.byBlock() {
			b.pairs = &blockPairs{batch: batch}
		}
		for i := range t.used(at) {
			if !b.live.has(i) {
				continue
			}
			n, counted, larges := t.placesOf(t.stateOf(b, i), &places)
			p.addOften(batch, &n, counted, larges, 1)
			if b.pairs == nil {
				continue
			}
			for _, number := range n {
				row := b.pairs.own(batch, number, p.total)
				for _, place := range counted {
					row[place]++
				}
			}
		}
	}
}

func (p *blockPairs) bytes() int {
	n := 8 * (maxSmall + 1)
	for _, row := range p.rows {
		if row != nil {
			n += 2*cap(row.n) + 32
		}
	}
	return n
}

// saveBlockPairs keeps also between which times the stories of blocks are.
func (t *table) saveBlockPairs(s *snapshotParts) {
	var reaches []uint64
	var lengths []uint32
	var counts []uint16
	for _, b := range t.blocks {
		for _, r := range b.reach {
			reaches = append(reaches, uint64(r.least), uint64(r.most))
		}
		for number := range maxSmall {
			var row *narrow
			if b.pairs != nil {
				row = b.pairs.rows[number]
			}
			if row == nil {
				lengths = append(lengths, 0)
				continue
			}
			lengths, counts = append(lengths, uint32(len(row.n))), append(counts, row.n...)
		}
	}
	put64(s, reaches)
	put32(s, lengths)
	put16(s, counts)
}

func (t *table) loadBlockPairs(f *snapshotFile) {
	reaches, lengths, counts := take64[uint64](f), take32[uint32](f), take16(f)
	all, rows := make([]blockPairs, len(t.blocks)), make([]narrow, len(lengths))
	for at, b := range t.blocks {
		for i := range b.reach {
			b.reach[i] = reach{true, int64(reaches[0]), int64(reaches[1])}
			reaches = reaches[2:]
		}
		if !t.pairs.byBlock() {
			continue
		}
		b.pairs = &all[at]
		for number := range maxSmall {
			i := at*maxSmall + number
			if n := lengths[i]; n > 0 {
				rows[i].n, counts = counts[:n:n], counts[n:]
				all[at].rows[number] = &rows[i]
			}
		}
	}
}
