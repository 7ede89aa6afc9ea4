package stories

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"workbench/views/link"
)

// The parameters of the list's address besides the fields that filter.
const (
	paramText      = "q"
	paramTime      = "time"
	paramTimeField = "timeField"
	paramSort      = "sort"
	paramLimit     = "limit"
	paramAfter     = "after"
	paramColumns   = "columns"
)

// address is the present query, from which every link of the page is made. Its methods return new addresses; none changes it.
type address struct{ query url.Values }

// newAddress keeps what the list understands and nothing that is empty.
func newAddress(query url.Values) address {
	known := append(slices.Collect(maps.Keys(fieldNames)), paramText, paramTime, paramTimeField, paramSort, paramLimit, paramAfter, paramColumns, paramGroup, paramIn, paramBase, paramFacet)
	kept := url.Values{}
	for _, name := range known {
		for _, v := range query[name] {
			if v != "" {
				kept.Add(name, v)
			}
		}
	}
	if slices.Sort(kept[paramFacet]); len(kept[paramFacet]) > 0 {
		kept[paramFacet] = slices.Compact(slices.DeleteFunc(kept[paramFacet], func(field string) bool { return fieldNames[field] == "" }))
	}
	return address{kept}
}

// without returns the address without the parameters that were not understood, filters apart: those stand above the list, to be taken away.
func (a address) without(invalid map[string]string) address {
	query := a.clone()
	for name := range invalid {
		if fieldNames[name] == "" {
			delete(query, name)
		}
	}
	return address{query}
}

func (a address) clone() url.Values {
	query := url.Values{}
	for name, values := range a.query {
		query[name] = slices.Clone(values)
	}
	return query
}

// set returns the first page of the query with one parameter changed; without values it is left out.
func (a address) set(name string, values ...string) address {
	query := a.clone()
	query.Del(paramAfter)
	delete(query, name)
	if len(values) > 0 {
		query[name] = values
	}
	return address{query}
}

func (a address) url() string { return link.Stories(a.query) }

// filtering returns the address that keeps only (or, with out, leaves out) the stories with a value. Other values of that field of the
// same sense stay; the value's opposite goes.
func (a address) filtering(field, value string, out bool) address {
	wanted, opposite := value, "!"+value
	if out {
		wanted, opposite = opposite, wanted
	}
	var values []string
	for _, v := range a.query[field] {
		if !strings.EqualFold(v, opposite) && !strings.EqualFold(v, wanted) {
			values = append(values, v)
		}
	}
	return a.set(field, append(values, wanted)...)
}

// editing returns the address of the same list that shows the filter form for a field, in a sense.
func (a address) editing(field, sense string) string {
	query := a.clone()
	query.Set(formEdit, "1")
	query.Set(formField, field)
	query.Set(formSense, sense)
	return link.Stories(query)
}

// cleared returns the address without any filter; order, columns and page size stay.
func (a address) cleared() address {
	query := url.Values{}
	for _, name := range []string{paramSort, paramLimit, paramColumns, paramGroup, paramBase} {
		if v := a.query[name]; len(v) > 0 {
			query[name] = v
		}
	}
	return address{query}
}

// hidden returns the parameters, except those left out, that a form has to carry along, in order of their names.
func (a address) hidden(except ...string) []Param {
	var params []Param
	for _, name := range slices.Sorted(maps.Keys(a.query)) {
		if name == paramAfter || slices.Contains(except, name) {
			continue
		}
		for _, v := range a.query[name] {
			params = append(params, Param{name, v})
		}
	}
	return params
}

// Param is one parameter of an address, carried by a form.
type Param struct{ Name, Value string }
