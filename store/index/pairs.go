package index

// pairs counts, for every two small values, the stories that have both: how many there are, and how many have each value of the other small
// fields and of the large ones. Stories that have moved are left out, as in most lists, and only counted themselves. Where at most two small
// fields have a filter these counts are the whole answer, whatever the number of stories.
//
// It is right while there are few enough values; then known is false and nothing is counted.
type pairs struct {
	known   bool
	small   [len(small) - 1][]uint8  // number of each small value as one of two, from 1 on; moved has none
	next    uint8                    // the last of these numbers
	entries [len(small) - 1][]uint32 // place of each small value in a vector
	large   [len(large)][]uint32     // place of each large value in a vector
	total   uint32                   // places that are taken
	vectors []*vector                // by the numbers of both values, the lower one first; 0 = any
	often   often
}

// vector counts the stories that have two small values.
type vector struct {
	batch uint64 // of the writer that made it
	n     []uint32
}

// The first places of a vector.
const (
	entryAll   = iota // stories that have not moved
	entryMoved        // those that have
	entryFirst
)

const (
	maxSmall   = 64
	maxEntries = 4_096
)

// numbers are those of a story's small values, by field; the first stands for any.
type numbers [len(small)]uint8

// learn gives numbers and places to values that are new. The lists only grow.
func (p *pairs) learn(t *table) {
	p.total = max(p.total, entryFirst)
	for k := range p.small {
		for len(p.small[k]) < len(t.values[small[k]]) {
			if p.next++; p.next >= maxSmall {
				*p = pairs{}
				return
			}
			p.small[k] = append(p.small[k], p.next)
			p.entries[k] = append(p.entries[k], p.total)
			p.total++
		}
	}
	for k, field := range large {
		for len(p.large[k]) < len(t.values[field]) {
			if p.total == maxEntries {
				*p = pairs{}
				return
			}
			p.large[k] = append(p.large[k], p.total)
			p.total++
		}
	}
}

func (p *pairs) numbersOf(c *cellValues) numbers {
	var out numbers
	for k := range p.small {
		out[k+1] = p.small[k][c[k]]
	}
	return out
}

// smallOf appends the places that a cell counts at: all of them, but for large values.
func (p *pairs) smallOf(t *table, c *cellValues, out []uint32) []uint32 {
	if hasMoved(t, c) {
		return append(out, entryMoved)
	}
	out = append(out, entryAll)
	for k := range p.entries {
		out = append(out, p.entries[k][c[k]])
	}
	return out
}

func hasMoved(t *table, c *cellValues) bool {
	return t.values[moved][c[smallAt(moved)]].count == "true"
}

func pairOf(a, b uint8) int { return int(min(a, b))*maxSmall + int(max(a, b)) }

// of is how many stories have both small values and count at a place.
func (p *pairs) of(a, b uint8, place uint32) uint32 {
	if v := p.vectors[pairOf(a, b)]; v != nil {
		return get(v.n, int(place))
	}
	return 0
}

// own returns a vector that the writer of a batch may change. The list of vectors belongs to it already.
func (p *pairs) own(batch uint64, a, b uint8) []uint32 {
	at := pairOf(a, b)
	v := p.vectors[at]
	if v == nil || v.batch != batch || len(v.n) < int(p.total) {
		own := &vector{batch: batch, n: make([]uint32, p.total)}
		if v != nil {
			copy(own.n, v.n)
		}
		v = own
		p.vectors[at] = v
	}
	return v.n
}

// add counts stories with these small values in at some places, or out where by is -1.
func (p *pairs) add(batch uint64, n *numbers, places []uint32, by uint32) {
	for a := range n {
		for b := a; b < len(n); b++ {
			if a == b && a > 0 {
				continue
			}
			counts := p.own(batch, n[a], n[b])
			for _, place := range places {
				counts[place] += by
			}
		}
	}
}

// sumTo adds what stories count at each place that have a value of either list, so many times.
func (p *pairs) sumTo(sums []uint32, some, others []uint8, by uint32) {
	for _, a := range some {
		for _, b := range others {
			if v := p.vectors[pairOf(a, b)]; v != nil {
				v.addTo(sums, by)
			}
		}
	}
}

// addTo adds the counts to sums, so many times.
func (v *vector) addTo(sums []uint32, by uint32) {
	counts := v.n
	sums = sums[:len(counts)]
	for i, n := range counts {
		sums[i] += by * n
	}
}

// filtered are the small fields that have a filter, but for moved, and the numbers among pairs of the values that pass. It reports false
// where they are more than two, or where the filter of moved is not that of most lists.
func (p *plan) filtered() (fields []int, passing [2][]uint8, ok bool) {
	t, last := p.t, len(small)-1
	if !t.pairs.known || p.small[last] == nil {
		return nil, passing, false
	}
	for code, v := range t.values[moved] {
		if p.small[last][code] != (v.count == "false") {
			return nil, passing, false
		}
	}
	passing = [2][]uint8{{0}, {0}}
	for k, pass := range p.small[:last] {
		if pass == nil {
			continue
		}
		if len(fields) == 2 {
			return nil, passing, false
		}
		numbers := make([]uint8, 0, len(pass))
		for code, ok := range pass {
			if ok {
				numbers = append(numbers, t.pairs.small[k][code])
			}
		}
		passing[len(fields)] = numbers
		fields = append(fields, k)
	}
	return fields, passing, true
}

func (p *pairs) bytes() int {
	n := len(p.vectors) * 8
	for _, v := range p.vectors {
		if v != nil {
			n += 4*cap(v.n) + 32
		}
	}
	return n + p.often.bytes()
}
