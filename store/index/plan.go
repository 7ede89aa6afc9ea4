package index

import (
	"context"
	"math/bits"
	"slices"
	"strings"

	"workbench"
	"workbench/store"
)

// plan is a query made ready for one version.
type plan struct {
	t     *table
	q     store.Query
	order []store.Sort

	tenants []bool             // by code; nil = the scope sees all
	small   [len(small)][]bool // values that pass, by code; nil = all
	large   [len(large)]*choice
	time    *span
	base    []uint64     // what text and filters without facets leave, over all slots; nil = everything
	inside  store.Change // what was searched of what stands inside stories

	conditions [conditions]*condition // what large, tenants, time and base come to; nil = not asked for
	cells      passed
}

// choice is a filter on a large field: a story passes with at least one value of any, where any counts, and none of not.
type choice struct {
	any, not []uint32
	needsAny bool
}

// unmoved is how stories are filtered that nobody asked about by the field moved: those whose alerts have all left are left out.
var unmoved = store.Filter{Any: []string{"false"}}

func (x *Index) plan(ctx context.Context, t *table, scope workbench.Scope, q store.Query) (*plan, error) {
	p := &plan{t: t, q: q, order: orderOf(q)}
	for _, v := range t.values[tenant] {
		if !scope.Sees(workbench.TenantID(v.count)) {
			p.tenants = make([]bool, len(t.values[tenant]))
			for code, v := range t.values[tenant] {
				p.tenants[code] = scope.Sees(workbench.TenantID(v.count))
			}
			break
		}
	}
	for k, field := range small {
		f, ok := q.Filters[store.FacetFields[field]]
		if !ok && field == moved {
			f, ok = unmoved, true
		}
		if ok && asks(f) {
			p.small[k] = passing(t.values[field], f)
		}
	}
	for k, field := range large {
		if f, ok := q.Filters[store.FacetFields[field]]; ok && asks(f) {
			p.large[k] = chosen(t.values[field], f)
		}
	}
	if !q.From.IsZero() || !q.To.IsZero() {
		p.time = &span{q.TimeField, absentTime + 1, 1<<63 - 1}
		if !q.From.IsZero() {
			p.time.from = max(ticks(q.From), absentTime+1)
		}
		if !q.To.IsZero() {
			p.time.to = ticks(q.To)
		}
	}
	for field := fields; field < len(store.FilterFields); field++ {
		if f, ok := q.Filters[store.FilterFields[field]]; ok && asks(f) {
			p.also(p.stated(store.FilterFields[field], f))
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	words := telling(store.Words(fold(q.Text)))
	if len(words) > 0 && x.config.Texts != nil {
		p.inside = x.config.Texts.Applied()
	}
	room := maxWalked
	for _, word := range words {
		found, err := x.withWord(ctx, t, word, p.base, &room)
		if err != nil {
			return nil, err
		}
		p.also(found)
		if !slices.ContainsFunc(p.base, func(w uint64) bool { return w != 0 }) {
			break // no further word finds anything
		}
	}
	p.cells = p.passed()
	p.ready()
	return p, nil
}

func asks(f store.Filter) bool { return len(f.Any)+len(f.Not)+len(f.Ranges) > 0 }

func wordsOf(values []string) map[string]bool {
	words := map[string]bool{}
	for _, v := range values {
		words[shorten(fold(v))] = true
	}
	return words
}

// passing says of each value whether a story that has it alone passes. The value of a story that has none has an empty word, which no
// filter names.
func passing(values []value, f store.Filter) []bool {
	some, not := wordsOf(f.Any), wordsOf(f.Not)
	out := make([]bool, len(values))
	for code := range values {
		v := &values[code]
		out[code] = !v.among(not) && (len(f.Any)+len(f.Ranges) == 0 || v.among(some) ||
			slices.ContainsFunc(f.Ranges, func(r store.Range) bool { return int64(r.From) <= v.number && v.number <= int64(r.To) }))
	}
	return out
}

func chosen(values []value, f store.Filter) *choice {
	some, not := wordsOf(f.Any), wordsOf(f.Not)
	c := &choice{needsAny: len(f.Any) > 0}
	for code := range values {
		if values[code].among(not) {
			c.not = append(c.not, uint32(code))
		} else if values[code].among(some) {
			c.any = append(c.any, uint32(code))
		}
	}
	return c
}

// also leaves only what is in a mask, too.
func (p *plan) also(mask []uint64) {
	if p.base == nil {
		p.base = mask
		return
	}
	for i := range p.base {
		p.base[i] &= mask[i]
	}
}

// newMask is an empty mask over all slots.
func (t *table) newMask() []uint64 { return make([]uint64, len(t.blocks)*blockWords) }

func setOf(mask []uint64, block int) *set {
	return (*set)(mask[block*blockWords : (block+1)*blockWords])
}

// telling returns the words that are contained in no other, the longest first: whatever contains a word contains its parts as well.
func telling(words []string) []string {
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	var out []string
	for _, w := range words {
		if !slices.ContainsFunc(out, func(longer string) bool { return strings.Contains(longer, w) }) {
			out = append(out, w)
		}
	}
	return out
}

// smallOf leaves of a set what passes the filters of small fields.
func (p *plan) smallOf(block int, out *set) {
	b := p.t.blocks[block]
	switch n := out.len(); {
	case n == 0:
		return
	case n < fewOfBlock:
		p.smallOfFew(b, out)
		return
	}
	for k, pass := range p.small {
		if pass != nil {
			limit(&b.sets[small[k]], pass, out)
		}
	}
}

// fewOfBlock is how many stories are looked at one by one in the time that sets of a block are joined.
const fewOfBlock = 64

func (p *plan) smallOfFew(b *block, out *set) {
	for at, word := range out {
		for rest := word; rest != 0; rest &= rest - 1 {
			cell := &p.t.cells[get(b.cell, at*64+bits.TrailingZeros64(rest))]
			for k, pass := range p.small {
				if pass != nil && !pass[cell[k]] {
					out[at] &^= rest & -rest
					break
				}
			}
		}
	}
}

// limit leaves the slots of values that pass. Every story has exactly one value.
func limit(s *sets, pass []bool, out *set) {
	n := 0
	for _, code := range s.codes {
		if pass[code] {
			n++
		}
	}
	if 2*n > len(s.codes) {
		for k, code := range s.codes {
			if !pass[code] {
				s.in[k].takenFrom(out)
			}
		}
		return
	}
	if n == 1 {
		for k, code := range s.codes {
			if pass[code] && s.in[k].dense != nil {
				out.and(s.in[k].dense)
				return
			}
		}
	}
	var some set
	for k, code := range s.codes {
		if pass[code] {
			s.in[k].or(&some)
		}
	}
	out.and(&some)
}
