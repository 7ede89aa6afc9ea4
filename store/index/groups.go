package index

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"time"

	"workbench"
	"workbench/store"
)

// groupPlace is where a group stands among the others, as cursors carry it.
type groupPlace struct {
	By                store.Field
	High, Medium, Low int
	Value             string
}

// pile counts the stories of one value.
type pile struct {
	high, medium, low uint32
	updated           int64
}

func (h *pile) add(criticality, updated int64) {
	switch {
	case criticality >= 7:
		h.high++
	case criticality >= 4:
		h.medium++
	default:
		h.low++
	}
	h.updated = max(h.updated, updated)
}

func (h *pile) addAll(o *pile) {
	h.high, h.medium, h.low, h.updated = h.high+o.high, h.medium+o.medium, h.low+o.low, max(h.updated, o.updated)
}

func (h *pile) total() int { return int(h.high) + int(h.medium) + int(h.low) }

// Groups implements store.Queries.
func (x *Index) Groups(ctx context.Context, scope workbench.Scope, q store.Query, by store.Field) (store.Groups, error) {
	if err := check(ctx, q); err != nil {
		return store.Groups{}, err
	}
	if !slices.Contains(store.GroupFields, by) {
		return store.Groups{}, (*workbench.Invalid)(nil).Set("group", "is not something that stories can be grouped by")
	}
	var after *groupPlace
	if q.After != "" {
		after = new(groupPlace)
		if readCursor(q, after) != nil || after.By != by {
			return store.Groups{}, workbench.ErrBadCursor
		}
	}
	t := x.table.Load()
	p, err := x.plan(ctx, t, scope, q)
	if err != nil {
		return store.Groups{}, err
	}
	a, err := p.which(ctx)
	if err != nil {
		return store.Groups{}, err
	}
	g, err := x.group(ctx, t, a, by)
	if err != nil {
		return store.Groups{}, err
	}
	out := store.Groups{AsOf: t.asOf, Total: a.total}
	limit := cmp.Or(q.Limit, store.DefaultLimit)
	var best []uint32
	bounded := false // best[limit] is behind the page
	for i := range g.piles {
		if g.piles[i].total() == 0 {
			continue
		}
		out.Count++
		if after != nil && g.compareTo(uint32(i), after) <= 0 {
			continue
		}
		if bounded && g.compare(uint32(i), best[limit]) > 0 {
			continue
		}
		if best = append(best, uint32(i)); len(best) >= 4*limit+64 {
			slices.SortFunc(best, g.compare)
			best, bounded = best[:limit+1], true
		}
	}
	slices.SortFunc(best, g.compare)
	for _, i := range best[:min(limit, len(best))] {
		h := &g.piles[i]
		out.Groups = append(out.Groups, store.Group{Count: store.Count{Value: g.value(i), Label: g.label(i), Count: h.total()},
			High: int(h.high), Medium: int(h.medium), Low: int(h.low), UpdatedAt: timeOfTicks(h.updated)})
	}
	if len(best) > limit {
		g := out.Groups[limit-1]
		out.Next, err = makeCursor(q, groupPlace{by, g.High, g.Medium, g.Low, g.Value})
	}
	return out, err
}

// grouping is the stories found, by value.
type grouping struct {
	piles []pile
	value func(i uint32) string
	label func(i uint32) workbench.Untrusted
	ties  func(a, b uint32) int // orders values; nil = as texts
}

func (g *grouping) compare(a, b uint32) int {
	x, y := &g.piles[a], &g.piles[b]
	if c := cmp.Or(cmp.Compare(y.high, x.high), cmp.Compare(y.medium, x.medium), cmp.Compare(y.low, x.low)); c != 0 {
		return c
	}
	if g.ties != nil {
		return g.ties(a, b)
	}
	return cmp.Compare(g.value(a), g.value(b))
}

func (g *grouping) compareTo(a uint32, p *groupPlace) int {
	x := &g.piles[a]
	if c := cmp.Or(cmp.Compare(p.High, int(x.high)), cmp.Compare(p.Medium, int(x.medium)), cmp.Compare(p.Low, int(x.low))); c != 0 {
		return c
	}
	return cmp.Compare(g.value(a), p.Value)
}

// pilesOf adds every story found to the pile that code names.
func pilesOf(ctx context.Context, t *table, a *answer, n int, code func(b *block, i int) uint32) ([]pile, error) {
	piles := make([]pile, n)
	for i := range piles {
		piles[i].updated = absentTime
	}
	scores := make([]int64, len(t.cells))
	for code, c := range t.cells {
		scores[code] = t.values[criticality][c[smallAt(criticality)]].number
	}
	for at, b := range t.blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for k, word := range setOf(a.mask, at) {
			for ; word != 0; word &= word - 1 {
				i := k*64 + bits.TrailingZeros64(word)
				piles[code(b, i)].add(scores[get(b.cell, i)], get(b.updated, i))
			}
		}
	}
	return piles, nil
}

func (x *Index) group(ctx context.Context, t *table, a *answer, by store.Field) (grouping, error) {
	switch by {
	case store.Incident:
		return t.byIncidents(ctx, a)
	case store.Source, store.SourceIP, store.Indication:
		piles, err := pilesOf(ctx, t, a, len(t.spellings), func(b *block, i int) uint32 { return get(spellingColumn(by, b), i) })
		if err != nil {
			return grouping{}, err
		}
		shown := gather(piles, func(code uint32) (uint32, string) { return t.spellings[code].group, t.spellings[code].raw })
		value := func(i uint32) string { return t.spellings[i].word }
		label := func(i uint32) workbench.Untrusted { return workbench.Text(t.spellings[shown[i]].raw) }
		return grouping{piles, value, label, nil}, nil
	}
	field := slices.Index(store.FacetFields, by)
	code := func(b *block, i int) uint32 { return t.cells[get(b.cell, i)][smallAt(field)] }
	if field == tenant {
		code = func(b *block, i int) uint32 { return get(b.tenant, i) }
	}
	values := t.values[field]
	piles, err := pilesOf(ctx, t, a, len(values), code)
	if err != nil {
		return grouping{}, err
	}
	shown := gather(piles, func(code uint32) (uint32, string) { return values[code].group, values[code].label.Raw() })
	names := x.naming(t)
	return grouping{piles, func(i uint32) string { return values[i].count }, func(i uint32) workbench.Untrusted {
		if field == tenant {
			return names(i).Or(values[i].label)
		}
		return values[shown[i]].label
	}, nil}, nil
}

// gather puts the piles of spellings that are one value together, and returns for each group the code whose label comes first.
func gather(piles []pile, of func(code uint32) (group uint32, label string)) map[uint32]uint32 {
	shown := map[uint32]uint32{}
	for code := range piles {
		if piles[code].total() == 0 {
			continue
		}
		group, label := of(uint32(code))
		if first, ok := shown[group]; ok {
			if _, known := of(first); label < known {
				shown[group] = uint32(code)
			}
		} else {
			shown[group] = uint32(code)
		}
		if group != uint32(code) {
			piles[group].addAll(&piles[code])
			piles[code] = pile{updated: absentTime}
		}
	}
	return shown
}

// timeOfTicks turns ticks back; nanoseconds below 100 are lost.
func timeOfTicks(v int64) workbench.Time {
	if v == absentTime {
		return workbench.Time{}
	}
	seconds, rest := v/10_000_000, v%10_000_000
	return workbench.At(time.Unix(seconds, rest*100))
}
