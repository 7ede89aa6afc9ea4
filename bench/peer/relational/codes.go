package relational

import (
	"workbench/bench/peer"
	"workbench/store"
)

// Codes are the numbers of the values of facets, in the order in which they were met. For moved 0 is false, which partial indexes name; for
// criticality the number is the criticality, so that ranges and orders are those of the numbers.
type Codes struct {
	values map[store.Field][]string
	codes  map[store.Field]map[string]int
}

// NewCodes knows no values but those that are fixed.
func NewCodes() *Codes {
	c := &Codes{values: map[store.Field][]string{}, codes: map[store.Field]map[string]int{}}
	for _, f := range store.FacetFields {
		c.codes[f] = map[string]int{}
	}
	for _, v := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"} {
		c.Of(store.Criticality, v)
	}
	c.Of(store.Moved, "false")
	c.Of(store.Moved, "true")
	c.Of(store.Severity, "")
	return c
}

// Of is the code of a value, a new one where it was never met.
func (c *Codes) Of(f store.Field, value string) int {
	n, ok := c.codes[f][value]
	if !ok {
		n = len(c.values[f])
		c.codes[f][value] = n
		c.values[f] = append(c.values[f], value)
	}
	return n
}

// Find is the code of a value, -1 where no story has it.
func (c *Codes) Find(f store.Field, value string) int {
	if n, ok := c.codes[f][value]; ok {
		return n
	}
	return -1
}

// Count makes facet counts of pairs of code and count.
func (c *Codes) Count(f store.Field, code, n int) store.Count {
	return store.Count{Value: c.values[f][code], Count: n}
}

// Values are all arguments of the insert into stories, in the order of the table's columns.
func (c *Codes) Values(r peer.Record) []any {
	args := []any{r.N, string(r.Row.ID)}
	for _, f := range Columns {
		v := ""
		if list := r.Values[f]; len(list) > 0 {
			v = list[0]
		}
		args = append(args, c.Of(f, v))
	}
	for _, t := range store.TimeFields {
		args = append(args, r.Times[t])
	}
	for _, f := range []store.Field{store.Source, store.SourceIP, store.Indication, store.Incident} {
		args = append(args, r.Keys[f])
	}
	return append(args, peer.AppendRow(nil, r.Row))
}
