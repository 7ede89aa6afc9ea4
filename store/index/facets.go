package index

import (
	"cmp"
	"slices"

	"workbench"
	"workbench/store"
)

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
