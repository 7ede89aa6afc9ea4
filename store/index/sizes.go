package index

// Sizes is the memory that an index takes, in bytes, by part.
type Sizes struct {
	Stories  int
	Facets   int // columns and sets of faceted fields, and the values themselves
	Cubes    int // counts by combinations of values
	Times    int
	Orders   int
	IDs      int // ids, places in the store and numbers of changes
	Spelled  int // sources, addresses, indications and incidents: columns and texts
	Names    int // the dictionary of texts
	Postings int // which stories have which text
	Others   int // counts of alerts and their like
}

// Total is all of it.
func (s Sizes) Total() int {
	return s.Facets + s.Cubes + s.Times + s.Orders + s.IDs + s.Spelled + s.Names + s.Postings + s.Others
}

// mapEntry is about what an entry of a map takes besides what it points to: two texts, a code, and room to grow.
const mapEntry = 48

// Sizes measures the present version with what the writer keeps beside it.
func (x *Index) Sizes() Sizes {
	x.mu.Lock()
	defer x.mu.Unlock()
	t := x.table.Load()
	s := Sizes{Stories: t.live}
	for _, b := range t.blocks {
		s.Facets += 4*(cap(b.cell)+cap(b.tenant)+cap(b.owner)+cap(b.labels)+cap(b.techniques)) + blockWords*8
		for field := range b.sets {
			s.Facets += 4*cap(b.sets[field].codes) + 32*cap(b.sets[field].in)
			for _, in := range b.sets[field].in {
				s.Facets += in.bytes()
			}
		}
		if b.pairs != nil {
			s.Cubes += b.pairs.bytes()
		}
		s.Times += 8 * (cap(b.created) + cap(b.updated) + cap(b.firstSignal) + cap(b.lastSignal) + cap(b.waiting))
		s.IDs += 16*cap(b.id) + 8*(cap(b.number)+cap(b.place)+cap(b.first)) + 4*cap(b.home)
		s.Spelled += 4*(cap(b.source)+cap(b.sourceIP)+cap(b.indication)) + 8*cap(b.incident)
		s.Others += 4 * (cap(b.counts) + cap(b.words))
	}
	for field := range t.values {
		for i := range t.values[field] {
			v := &t.values[field][i]
			s.Facets += 128 + 2*mapEntry + len(v.word) + len(v.other) + len(v.count) + len(v.label.Raw())
		}
	}
	for _, c := range []*codeSets{x.writer.labelSets, x.writer.techniqueSets} {
		s.Facets += c.in.bytes() + 4*(cap(c.list.flat)+cap(c.list.ends))
	}
	s.Cubes += t.cube.bytes() + t.pairs.bytes() + len(t.cells)*32 + x.writer.cells.in.bytes()
	for _, c := range t.crosses {
		if c != nil {
			s.Cubes += 64 + 4*(cap(c.keys)+cap(c.n))
		}
	}
	for which := range t.orders {
		o := &t.orders[which]
		s.Orders += 4 * (cap(o.list) + cap(o.moved))
		for _, stale := range o.stale {
			if stale != nil {
				s.Orders += blockWords * 8
			}
		}
	}
	s.IDs += 4*len(*t.ids.table.Load()) + 24*len(t.odd)
	s.Spelled += x.writer.spellings.in.bytes() + x.writer.spellings.groups.bytes() + 4*cap(x.writer.spellings.names)
	for i := range t.spellings {
		s.Spelled += 40 + len(t.spellings[i].raw)
		if v := &t.spellings[i]; v.raw != v.word {
			s.Spelled += len(v.word)
		}
	}
	s.Others += len(t.counts)*(32+mapEntry) + len(t.words)*(48+mapEntry)
	s.Names = sizeOf(t.names)
	s.Postings = t.has.bytes()
	return s
}

func sizeOf(n names) int {
	size := 0
	for _, b := range append(n.full[:len(n.full):len(n.full)], n.tail) {
		size += cap(b.data) + 4*cap(b.ends)
	}
	for i := range n.table.parts {
		size += 4 * cap(n.table.parts[i].Load().cells)
	}
	for _, s := range n.segments {
		size += cap(s.lists) + 4*(cap(s.keys)+cap(s.ends)+len(s.heads))
	}
	return size
}
