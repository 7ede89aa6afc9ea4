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

func saveSets(s *snapshotParts, list [][]uint32) {
	var ends, flat []uint32
	for _, set := range list {
		flat = append(flat, set...)
		ends = append(ends, uint32(len(flat)))
	}
	put32(s, ends)
	put32(s, flat)
}

func loadSets(f *snapshotFile) *codeSets {
	out := newCodeSets()
	ends, flat := take32[uint32](f), take32[uint32](f)
	from := uint32(0)
	for _, end := range ends {
		out.code(append([]uint32{}, flat[from:end]...)) // sorts what it is given, which may be the file
		from = end
	}
	return out
}

// saveSpellings leaves out the first, which is the same everywhere.
func (t *table) saveSpellings(s *snapshotParts) {
	var raws, words []string
	var groups []uint32
	for _, v := range t.spellings[1:] {
		raws, groups = append(raws, v.raw), append(groups, v.group)
		if v.word == v.raw {
			v.word = ""
		}
		words = append(words, v.word)
	}
	s.texts(raws)
	s.texts(words)
	put32(s, groups)
}

// loadSpellings leaves the maps, which only a writer needs, to the first batch.
func loadSpellings(f *snapshotFile) *spellings {
	s := newSpellings()
	raws, words, groups := f.texts(), f.texts(), take32[uint32](f)
	list := make([]spelling, 0, len(raws)+1)
	list = append(list, s.list...)
	for i, raw := range raws {
		word := words[i]
		if word == "" {
			word = raw
		}
		list = append(list, spelling{raw, word, groups[i]})
	}
	s.list, s.later = list, true
	return s
}

// learn fills the maps of spellings that come from a snapshot.
func (s *spellings) learn() {
	if !s.later {
		return
	}
	s.later = false
	for code, v := range s.list[1:] {
		s.codes[v.raw] = uint32(code + 1)
		if v.group == uint32(code+1) {
			s.groups[v.word] = v.group
		}
	}
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
