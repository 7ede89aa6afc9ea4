package index

import "slices"

// often has pairs of a large value and a small one, for those large values that the most stories have: where no story need be looked at, it does
// not matter how many there are. It is part of pairs, has its places, and lasts as long as they do.
type often struct {
	at   []uint16 // by place of a value: 1 + its place in list; 0 = the value has no pairs
	list []*oftenValue
}

// oftenValue is the pairs of one large value, by the number of the small one.
type oftenValue struct {
	batch   uint64 // of the writer that made it
	place   uint32
	vectors [maxSmall]*vector
}

const (
	oftenStories = 2_048 // that have a value at least; fewer are looked at as quickly
	oftenBytes   = 8     // a story, that pairs of all these values may take
	maxOften     = 4_096
)

// oftenRule says of how many stories values get pairs, and two look at stories, where a test wants that of fewer than deserve it; 0 = of those.
type oftenRule struct{ stories int }

// room is how many values can have pairs, and of how many stories at least.
func (t *table) oftenRoom() (values, stories int) {
	if t.rule.stories > 0 {
		return maxOften, t.rule.stories
	}
	return min(maxOften, t.live*oftenBytes/(4*int(t.pairs.total)*(int(t.pairs.next)+1))), oftenStories
}

// of returns the pairs of a large value by its place, nil where there are none.
func (o *often) of(place uint32) *oftenValue {
	if at := get(o.at, int(place)); at > 0 {
		return o.list[at-1]
	}
	return nil
}

// own returns a vector that the writer of a batch may change. The list of values belongs to it already.
func (o *often) own(batch uint64, at uint16, number uint8, total uint32) []uint32 {
	v := o.list[at-1]
	if v.batch != batch {
		own := *v
		own.batch = batch
		v = &own
		o.list[at-1] = v
	}
	w := v.vectors[number]
	if w == nil || w.batch != batch || len(w.n) < int(total) {
		own := &vector{batch: batch, n: make([]uint32, total)}
		if w != nil {
			copy(own.n, w.n)
		}
		w = own
		v.vectors[number] = w
	}
	return w.n
}

// addOften counts stories with these small values in at some places, or out where by is -1, for each of their large values.
func (p *pairs) addOften(batch uint64, n *numbers, places, larges []uint32, by uint32) {
	for _, place := range larges {
		at := get(p.often.at, int(place))
		if at == 0 {
			continue
		}
		for _, number := range n {
			counts := p.often.own(batch, at, number, p.total)
			for _, place := range places {
				counts[place] += by
			}
		}
	}
}

// choose says which values get pairs where all are made anew, by how many stories have each place.
func (t *table) choose(batch uint64, counts []uint32) {
	p := &t.pairs
	room, least := t.oftenRoom()
	p.often = often{at: make([]uint16, p.total)}
	var most []uint32
	for k := range p.large {
		for _, place := range p.large[k] {
			if int(counts[place]) >= least {
				most = append(most, place)
			}
		}
	}
	slices.SortFunc(most, func(a, b uint32) int { return int(counts[b]) - int(counts[a]) })
	for _, place := range most[:min(len(most), room)] {
		p.often.list = append(p.often.list, &oftenValue{batch: batch, place: place})
		p.often.at[place] = uint16(len(p.often.list))
	}
}

// also gives a value pairs that came to have so many stories. They are counted from the columns, which takes as long as looking at them.
func (t *table) also(batch uint64, k int, code uint32) {
	p := &t.pairs
	place := p.large[k][code]
	if p.often.of(place) != nil {
		return
	}
	if room, least := t.oftenRoom(); int(p.of(0, 0, place)) < least || len(p.often.list) >= room {
		return
	}
	p.often.at = append(slices.Clone(p.often.at), make([]uint16, max(0, int(p.total)-len(p.often.at)))...)
	p.often.list = append(slices.Clip(p.often.list), &oftenValue{batch: batch, place: place})
	at := uint16(len(p.often.list))
	p.often.at[place] = at
	var places []uint32
	var slots []uint16
	for block, b := range t.blocks {
		in, ok := b.sets[large[k]].of(code)
		if !ok {
			continue
		}
		var having set
		in.or(&having)
		slots = having.slots(slots[:0])
		for _, i := range slots {
			n, counted, _ := t.placesOf(t.stateOf(t.blocks[block], int(i)), &places)
			for _, number := range n {
				counts := p.often.own(batch, at, number, p.total)
				for _, place := range counted {
					counts[place]++
				}
			}
		}
	}
}

// alsoOften gives pairs to values that stories of the batch brought to so many.
func (w *writer) alsoOften(touched []uint32) {
	t := w.t
	if !t.pairs.known {
		return
	}
	for _, slot := range touched {
		b, i := t.block(slot)
		if !b.live.has(i) {
			continue
		}
		for k, field := range large {
			w.codes = t.largeCodes(field, b, i, w.codes[:0])
			for _, code := range w.codes {
				t.also(w.batch, k, code)
			}
		}
	}
}

// placesOf returns the places that a story counts at, the numbers of its small values, and the places of its large ones, in room that is used again.
func (t *table) placesOf(s *before, room *[]uint32) (n numbers, counted, larges []uint32) {
	p, cell := &t.pairs, &t.cells[s.cell]
	counted = p.smallOf(t, cell, (*room)[:0])
	first := len(counted)
	for k, field := range large {
		from := len(counted)
		counted = t.codesOf(field, s, counted)
		for j := from; j < len(counted); j++ {
			counted[j] = p.large[k][counted[j]]
		}
	}
	*room, larges = counted, counted[first:]
	if hasMoved(t, cell) {
		counted = counted[:first]
	}
	return p.numbersOf(cell), counted, larges
}

// stateOf is what a story is that is there.
func (t *table) stateOf(b *block, i int) *before {
	return &before{true, get(b.cell, i), get(b.tenant, i), get(b.owner, i), get(b.labels, i), get(b.techniques, i), get(b.updated, i), get(b.created, i)}
}

func (o *often) bytes() int {
	n := 2 * cap(o.at)
	for _, v := range o.list {
		n += 8 * (maxSmall + 3)
		for _, w := range v.vectors {
			if w != nil {
				n += 4*cap(w.n) + 32
			}
		}
	}
	return n
}

func (o *often) save(s *snapshotParts) {
	var places, lengths, counts []uint32
	for _, v := range o.list {
		places = append(places, v.place)
		for _, w := range v.vectors {
			if w == nil {
				lengths = append(lengths, 0)
				continue
			}
			lengths, counts = append(lengths, uint32(len(w.n))), append(counts, w.n...)
		}
	}
	put32(s, places)
	put32(s, lengths)
	put32(s, counts)
}

func (o *often) load(f *snapshotFile, total uint32) {
	places, lengths, counts := take32[uint32](f), take32[uint32](f), take32[uint32](f)
	*o = often{at: make([]uint16, total)}
	values, vectors := make([]oftenValue, len(places)), make([]vector, len(lengths))
	for i, place := range places {
		o.at[place] = uint16(i + 1)
		values[i].place = place
		o.list = append(o.list, &values[i])
		for number := range maxSmall {
			at := i*maxSmall + number
			if n := lengths[at]; n > 0 {
				vectors[at].n, counts = counts[:n:n], counts[n:]
				values[i].vectors[number] = &vectors[at]
			}
		}
	}
}
