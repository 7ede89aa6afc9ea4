package stories

import (
	"slices"
	"strings"

	"workbench"
	"workbench/views/ui"
)

// Chip is one active filter, a sentence with links to change it.
type Chip struct {
	Name   string // of the field
	Sense  string // "is", "is not any of", "contains", "in the last" …
	Values []workbench.Untrusted
	More   string // "and 12 more", where there are more values than a chip shows
	Edit   string // address that opens it in the filter form; "" = another control changes it
	Turn   string // address of its opposite; "" where it has none
	Turned string // sense of the opposite
	Remove string // address without it
	Label  string // what the remove link says to a screen reader
}

// maxChipValues is how many values a chip shows.
const maxChipValues = 20

// chips lists the active filters in the order of the fields, text last.
func chips(a address, labels labeller) []Chip {
	var out []Chip
	for _, field := range fieldOrder {
		in, not := senses(a.query[field])
		if len(in) > 0 {
			out = append(out, newChip(a, labels, field, in, not, false))
		}
		if len(not) > 0 {
			out = append(out, newChip(a, labels, field, not, in, true))
		}
	}
	if q := a.query.Get(paramText); q != "" {
		out = append(out, Chip{Name: "Text", Sense: "contains", Values: []workbench.Untrusted{workbench.Text(q)}, Edit: a.editing(fieldText, senseAny), Remove: a.set(paramText).url(),
			Label: "Remove the filter on text"})
	}
	return out
}

// senses parts the values of a field, as addresses have them, into those asked for and those kept out; the latter keep their sign.
func senses(values []string) (in, not []string) {
	for _, v := range values {
		if strings.HasPrefix(v, "!") {
			not = append(not, v)
		} else {
			in = append(in, v)
		}
	}
	return in, not
}

// newChip makes the chip of one sense of a field; others are the field's values of the other sense.
func newChip(a address, labels labeller, field string, values, others []string, out bool) Chip {
	read := labels.all(field, values)
	c := Chip{Name: fieldNames[field], Sense: sense(out, len(read)), Turned: sense(!out, len(read)), Remove: a.set(field, others...).url()}
	c.Values, c.More = read, ""
	if len(read) > maxChipValues {
		c.Values, c.More = read[:maxChipValues], "and "+ui.Count(len(read)-maxChipValues)+" more"
	}
	turned := slices.Clone(others)
	for _, v := range values {
		v, _ = opposite(v)
		if !slices.ContainsFunc(turned, func(w string) bool { return strings.EqualFold(v, w) }) {
			turned = append(turned, v)
		}
	}
	c.Turn = a.set(field, turned...).url()
	c.Edit, c.Label = a.editing(field, map[bool]string{false: senseAny, true: senseNot}[out]), "Remove the filter "+c.Name+" "+c.Sense
	return c
}

// opposite returns a value with its sign turned, and whether it then keeps stories out.
func opposite(value string) (turned string, out bool) {
	if bare, not := strings.CutPrefix(value, "!"); not {
		return bare, false
	}
	return "!" + value, true
}

func sense(out bool, values int) string {
	switch {
	case out && values > 1:
		return "is not any of"
	case out:
		return "is not"
	case values > 1:
		return "is any of"
	}
	return "is"
}
