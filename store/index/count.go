package index

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"workbench"
	"workbench/store"
)

// answer is what a plan finds: how many stories, which ones, and how many have each value of the faceted fields, by code, each field under
// all filters but its own.
type answer struct {
	total int
	mask  []uint64           // of the stories found; nil = not made: those whose cell passes
	small [len(small)][]bool // of the plan
	facet [fields][]uint32
}

// answer runs a plan. Where masked is false and filters on small fields are all there is, it leaves out the mask.
func (p *plan) answer(ctx context.Context, masked bool) (*answer, error) {
	t := p.t
	a := &answer{small: p.small}
	for field := range fields {
		a.facet[field] = make([]uint32, len(t.values[field]))
	}
	if p.plain {
		if !p.fromPairs(a) {
			p.fromCrosses(a)
		}
		if masked {
			a.mask = p.mask()
		}
		return a, nil
	}
	cells := make([]uint32, len(t.cells)) // stories by cell
	a.mask = t.newMask()
	s := scan{p: p, a: a, cells: cells, alone: p.largeFromPairs(a)}
	for k := range s.others {
		s.others[k] = make([]uint32, t.columnCodes(large[k]))
	}
	for at := range t.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.block(at)
	}
	s.spread()
	a.visit(p, cells)
	return a, nil
}

// which runs a plan without counting values.
func (p *plan) which(ctx context.Context) (*answer, error) {
	a := &answer{mask: p.t.newMask()}
	for at := range p.t.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.total += p.block(at, setOf(a.mask, at))
	}
	return a, nil
}

// block makes the set of the stories found in a block and returns how many they are.
func (p *plan) block(at int, out *set) int {
	p.baseOf(at, out)
	for k, c := range p.large {
		if c != nil {
			p.largeOf(at, k, out)
		}
	}
	p.smallOf(at, out)
	return out.len()
}

// visit counts by cells, given or those of the cube: the total and the values of small fields.
func (a *answer) visit(p *plan, counts []uint32) passed {
	t, through := p.t, p.passed()
	of := func(code int) uint32 {
		if counts != nil {
			return counts[code]
		}
		return t.cube.at(uint32(code))
	}
	eachCell(through.all, len(t.cells), func(code int) {
		n := of(code)
		a.total += int(n)
		for k, value := range t.cells[code] {
			a.facet[small[k]][value] += n
		}
	})
	for k, once := range through.once {
		eachCell(once, len(t.cells), func(code int) { a.facet[small[k]][t.cells[code][k]] += of(code) })
	}
	return through
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

// fromPairs answers a plan that has filters on small fields alone.
func (p *plan) fromPairs(a *answer) bool {
	filtered, passing, ok := p.filtered()
	if !ok {
		return false
	}
	t := p.t
	sums := t.pairs.sum(passing[0], passing[1])
	a.total = int(sums[entryAll])
	for code, v := range t.values[moved] {
		a.facet[moved][code] = sums[entryAll]
		if v.count == "true" {
			a.facet[moved][code] = sums[entryMoved]
		}
	}
	for k, field := range large {
		for code := range a.facet[field] {
			a.facet[field][code] = sums[t.pairs.large[k][code]]
		}
	}
	for k := range t.pairs.entries {
		of := sums
		for at, field := range filtered {
			if field == k { // without its own filter
				of = t.pairs.sum([]uint8{0}, passing[1-at])
			}
		}
		for code := range a.facet[small[k]] {
			a.facet[small[k]][code] = of[t.pairs.entries[k][code]]
		}
	}
	return true
}

// largeFromPairs counts the values of the only large field with a filter, where nothing but small fields has another; it returns the
// field's place, or -1.
func (p *plan) largeFromPairs(a *answer) int {
	only := -1
	for k, c := range p.large {
		if c != nil && only >= 0 {
			return -1
		}
		if c != nil {
			only = k
		}
	}
	if only < 0 || p.tenants != nil || p.time != nil || p.base != nil {
		return -1
	}
	_, passing, ok := p.filtered()
	if !ok {
		return -1
	}
	sums := p.t.pairs.sum(passing[0], passing[1])
	for code := range a.facet[large[only]] {
		a.facet[large[only]][code] = sums[p.t.pairs.large[only][code]]
	}
	return only
}

// scan looks at stories, block by block.
type scan struct {
	p      *plan
	a      *answer
	cells  []uint32 // stories that pass all but filters of small fields, by cell
	alone  int
	others [len(large)][]uint32 // by code, or set, of stories that fail a large field's filter at most
}

// columnCodes is how many codes the column of a large field has.
func (t *table) columnCodes(field int) int {
	switch field {
	case label:
		return len(t.labelSets)
	case technique:
		return len(t.techniqueSets)
	}
	return len(t.values[field])
}

func (s *scan) block(at int) {
	p, b := s.p, s.p.t.blocks[at]
	var base set
	if p.baseOf(at, &base); base == (set{}) {
		return
	}
	result := setOf(s.a.mask, at)
	*result = base
	for k, c := range p.large {
		if c != nil {
			p.largeOf(at, k, result)
		}
	}
	tallyColumn(result, b.cell, s.cells)
	p.smallOf(at, result)
	for k, field := range large {
		if p.large[k] == nil {
			tallyColumn(result, largeColumn(b, field), s.others[k])
			continue
		}
		if s.alone == k {
			continue
		}
		rest := base
		for other, c := range p.large {
			if c != nil && other != k {
				p.largeOf(at, other, &rest)
			}
		}
		p.smallOf(at, &rest)
		tallyColumn(&rest, largeColumn(b, field), s.others[k])
	}
}

// spread adds what was counted by column to the counts of values.
func (s *scan) spread() {
	t := s.p.t
	for k, field := range large {
		if s.alone == k {
			continue
		}
		counts := s.a.facet[field]
		for code, n := range s.others[k] {
			if n == 0 {
				continue
			}
			switch field {
			case label:
				for _, c := range t.labelSets[code] {
					counts[c] += n
				}
			case technique:
				for _, c := range t.techniqueSets[code] {
					counts[c] += n
				}
			default:
				counts[code] += n
			}
		}
	}
}

func largeColumn(b *block, field int) []uint32 {
	switch field {
	case tenant:
		return b.tenant
	case owner:
		return b.owner
	case label:
		return b.labels
	}
	return b.techniques
}

// tallyColumn counts the codes of a column in the slots of a set.
func tallyColumn(s *set, column, counts []uint32) {
	for at, word := range s {
		if word == 0 {
			continue
		}
		if at*64 >= len(column) {
			counts[0] += uint32(bits.OnesCount64(word))
			continue
		}
		rows := column[at*64:]
		if word == ^uint64(0) {
			for _, code := range rows[:64] {
				counts[code]++
			}
			continue
		}
		for ; word != 0; word &= word - 1 {
			counts[rows[bits.TrailingZeros64(word)]]++
		}
	}
}

// maxFacetValues is how many values of a field a page names.
const maxFacetValues = 100

// lists are the facets as a page has them.
func (a *answer) lists(t *table, names func(uint32) workbench.Untrusted) map[store.Field][]store.Count {
	out := make(map[store.Field][]store.Count, fields)
	most := 0
	for field := range fields {
		most = max(most, len(t.values[field]))
	}
	l := lister{shown: make([]uint32, most), groups: make([]uint32, 0, most)}
	for field := range fields {
		var label func(uint32) workbench.Untrusted
		if field == tenant {
			label = names
		}
		out[store.FacetFields[field]] = l.list(t.values[field], a.facet[field], label)
	}
	return out
}

// lister makes lists of counts, one after the other.
type lister struct {
	shown  []uint32 // by group: 1 + code of the spelling that is shown; all 0 between lists
	groups []uint32
}

// list makes the counts of one field those of its values, whatever their spelling; of spellings the first in byte order is shown, unless
// label knows better.
func (l *lister) list(values []value, counts []uint32, label func(code uint32) workbench.Untrusted) []store.Count {
	l.groups = l.groups[:0]
	for code, n := range counts {
		if n == 0 || !values[code].counted {
			continue
		}
		group := values[code].group
		if group != uint32(code) {
			counts[group] += n
		}
		if known := l.shown[group]; known == 0 {
			l.groups = append(l.groups, group)
			l.shown[group] = uint32(code) + 1
		} else if values[code].label.Raw() < values[known-1].label.Raw() {
			l.shown[group] = uint32(code) + 1
		}
	}
	slices.SortFunc(l.groups, func(a, b uint32) int {
		if c := cmp.Compare(counts[b], counts[a]); c != 0 {
			return c
		}
		return cmp.Compare(values[a].count, values[b].count)
	})
	out := make([]store.Count, 0, min(len(l.groups), maxFacetValues))
	for _, group := range l.groups {
		if len(out) < maxFacetValues {
			v := &values[l.shown[group]-1]
			c := store.Count{Value: v.count, Label: v.label, Count: int(counts[group])}
			if label != nil {
				c.Label = label(group).Or(c.Label)
			}
			out = append(out, c)
		}
		l.shown[group] = 0
	}
	return out
}
