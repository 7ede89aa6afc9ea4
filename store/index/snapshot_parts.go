package index

import (
	"workbench"
)

// spelled is what the value was made of.
func (v *value) spelled(field int) spelled {
	if alone := (spelled{v.count, ""}); newValue(field, alone).label == v.label {
		return alone
	}
	return spelled{v.count, v.label.Raw()}
}

// loadSets takes over sets, which need not be told apart before a writer asks.
func loadSets(f *snapshotFile) *codeSets {
	return &codeSets{list: codeLists{ends: take32[uint32](f), flat: take32[uint32](f)}, in: newCodeTable()}
}

// saveSpellings leaves out the first, which is the same everywhere.
func (t *table) saveSpellings(s *snapshotParts) {
	var raws, words []string
	var groups, codes []uint32
	for i, v := range t.spellings[1:] {
		raws, groups = append(raws, v.raw), append(groups, v.group)
		if v.word != v.raw {
			words, codes = append(words, v.word), append(codes, uint32(i+1))
		}
	}
	s.texts(raws)
	put32(s, groups)
	s.texts(words)
	put32(s, codes)
}

func loadSpellings(f *snapshotFile) *spellings {
	s := newSpellings()
	ends, all, groups := take64[uint64](f), f.take(), take32[uint32](f)
	list, from := make([]spelling, len(ends)+1), uint64(0)
	list[0] = s.list[0]
	for i, end := range ends {
		raw := textOf(all[from:end])
		list[i+1] = spelling{raw, raw, groups[i]}
		from = end
	}
	words, codes := f.texts(), take32[uint32](f)
	for i, code := range codes {
		list[code].word = words[i]
	}
	s.list = list
	return s
}

func (t *table) saveOdd(s *snapshotParts) {
	var slots []uint32
	var texts []string
	for _, o := range t.odd {
		if int(o.slot) < t.rows {
			slots, texts = append(slots, o.slot), append(texts, string(o.text))
		}
	}
	put32(s, slots)
	s.texts(texts)
}

func loadOdd(f *snapshotFile) []oddID {
	slots, texts := take32[uint32](f), f.texts()
	var out []oddID
	for i, slot := range slots {
		out = append(out, oddID{slot, workbench.StoryID(texts[i])})
	}
	return out
}

// saveCounts keeps the cube and the pairs.
func (t *table) saveCounts(s *snapshotParts) {
	var flat []uint32
	for _, p := range t.cube.pages {
		flat = append(flat, p.n[:]...)
	}
	put32(s, flat)
	p := &t.pairs
	head := []uint32{0, uint32(p.next), p.total}
	if p.known {
		head[0] = 1
	}
	put32(s, head)
	for k := range p.small {
		s.add(p.small[k])
		put32(s, p.entries[k])
	}
	for k := range p.large {
		put32(s, p.large[k])
	}
	var places, lengths, counts []uint32
	for at, v := range p.vectors {
		if v != nil {
			places, lengths, counts = append(places, uint32(at)), append(lengths, uint32(len(v.n))), append(counts, v.n...)
		}
	}
	put32(s, places)
	put32(s, lengths)
	put32(s, counts)
}

func (t *table) loadCounts(f *snapshotFile) {
	flat := take32[uint32](f)
	pages := make([]tallyPage, len(flat)/tallyRows)
	for i := range pages {
		pages[i].n = [tallyRows]uint32(flat[i*tallyRows:])
		t.cube.pages = append(t.cube.pages, &pages[i])
	}
	p := &t.pairs
	head := take32[uint32](f)
	p.known, p.next, p.total = head[0] == 1, uint8(head[1]), head[2]
	for k := range p.small {
		p.small[k], p.entries[k] = f.take(), take32[uint32](f)
	}
	for k := range p.large {
		p.large[k] = take32[uint32](f)
	}
	places, lengths, counts := take32[uint32](f), take32[uint32](f), take32[uint32](f)
	if p.known {
		p.vectors = make([]*vector, maxSmall*maxSmall)
	}
	vectors := make([]vector, len(places))
	for i, at := range places {
		n := int(lengths[i])
		vectors[i].n, counts = counts[:n:n], counts[n:]
		p.vectors[at] = &vectors[i]
	}
}

// idsOnly is a table of open addresses of the slots that a version has; the shared one may have later ones, too.
func (t *table) idsOnly() []uint32 {
	out := newSlots()
	idOf := func(slot uint32) id { return t.blocks[slot/blockRows].id[slot%blockRows] }
	for slot := range uint32(t.rows) {
		out.add(idOf(slot), slot, idOf)
	}
	table := *out.table.Load()
	flat := make([]uint32, len(table))
	for i := range table {
		flat[i] = table[i].Load()
	}
	return flat
}
