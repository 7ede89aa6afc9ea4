package naive

import (
	"cmp"
	"slices"

	"workbench"
	"workbench/store"
)

// facets counts values by the order of store.FilterFields.
type facets []map[string]*store.Count

func newFacets() facets {
	f := make(facets, len(store.FacetFields))
	for i := range f {
		f[i] = map[string]*store.Count{}
	}
	return f
}

// all counts a row that passes every filter.
func (f facets) all(r *row) {
	for i := range f {
		f.one(i, r)
	}
}

// one counts a row that fails the filter of one field only: that field is counted without its own filter.
func (f facets) one(i int, r *row) {
	if i >= len(f) { // of a field that is not counted
		return
	}
	for _, v := range r.values[i] {
		if len(v.count) > store.MaxValueLength { // no filter could ask for it
			continue
		}
		c := f[i][v.count]
		if c == nil {
			c = &store.Count{Value: v.count, Label: v.label}
			f[i][v.count] = c
		}
		c.Count++
		if v.label.Raw() < c.Label.Raw() { // of spellings that differ in case, always the same one
			c.Label = v.label
		}
	}
}

func (f facets) lists(names func(workbench.TenantID) workbench.Untrusted) map[store.Field][]store.Count {
	out := map[store.Field][]store.Count{}
	for i, field := range store.FacetFields {
		list := make([]store.Count, 0, len(f[i]))
		for _, c := range f[i] {
			list = append(list, *c)
		}
		slices.SortFunc(list, func(a, b store.Count) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		if len(list) > maxFacetValues {
			list = list[:maxFacetValues:maxFacetValues]
		}
		if field == store.Tenant {
			for i := range list {
				list[i].Label = names(workbench.TenantID(list[i].Value)).Or(list[i].Label)
			}
		}
		out[field] = list
	}
	return out
}
