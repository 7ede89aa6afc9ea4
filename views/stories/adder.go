package stories

import (
	"net/url"
	"slices"
	"strconv"

	"workbench"
	"workbench/views/link"
)

// AdderPart is the id of the part of the filter form that depends on the field: AdderPartial fills it.
const AdderPart = "filter-what"

// maxKnown is how many known values the filter form offers for a field, and maxTicks how many of them to tick.
const (
	maxKnown = 50
	maxTicks = 8
)

// Edit is what the filter form is open for.
type Edit struct {
	Field string // "" = it is closed
	Sense string
	Known []FacetValue // values of a field that has no facet, the most frequent first
}

// EditOf reads what the filter form is to be open for. A query that does not ask for it gives the zero Edit.
func EditOf(query url.Values) Edit {
	if query.Get(formEdit) == "" {
		return Edit{}
	}
	e := Edit{Field: query.Get(formField), Sense: query.Get(formSense)}
	if e.Field != fieldText && fieldNames[e.Field] == "" {
		return Edit{}
	}
	return e
}

// Uncounted reports whether a field's values stand in no facet, so that the filter form wants some of them.
func (e Edit) Uncounted() bool { return slices.Contains(uncounted, e.Field) }

// Adder is the form that adds a filter, or changes one.
type Adder struct {
	Action  string
	Open    bool
	Carried []Param
	Fields  []Option
	Form    FilterForm
}

// FilterForm is the part of it that depends on the field.
type FilterForm struct {
	Field     string
	Senses    []Option
	Ticks     []Choice // values to tick
	Inputs    int      // fields to type values into
	Text      string   // of the text search
	Known     []Option // that the inputs propose
	Low, High []Option // of a range
	Hint      string
}

func newAdder(a address, in Input, labels labeller) Adder {
	e := in.Edit
	d := Adder{Action: link.Stories(nil), Open: e.Field != "", Carried: a.hidden()}
	if e.Field == "" {
		e.Field = "status"
	}
	for _, field := range fieldOrder {
		if field != "tenant" || in.ManyTenants || e.Field == field {
			d.Fields = append(d.Fields, Option{field, fieldNames[field], e.Field == field})
		}
	}
	d.Fields = append(d.Fields, Option{fieldText, "Text", e.Field == fieldText})
	d.Form = filterForm(a, in, e, labels)
	return d
}

func filterForm(a address, in Input, e Edit, labels labeller) FilterForm {
	f := FilterForm{Field: e.Field}
	present, not := senses(a.query[e.Field])
	out := e.Sense == senseNot || e.Sense == "" && len(present) == 0 && len(not) > 0
	if out {
		present = not
	}
	switch e.Field {
	case fieldText:
		f.Senses, f.Text, f.Inputs = []Option{{senseAny, "contains", true}}, a.query.Get(paramText), 1
		f.Hint = "Finds every word anywhere in a story, command lines and hashes too. Quotes make a phrase."
		return f
	case "criticality":
		f.Senses = []Option{{senseAny, "is between", !out}, {senseNot, "is not between", out}}
		low, high := 7, 10
		if numbers := labels.all(e.Field, present); len(numbers) == 1 {
			low, high = bounds(present)
		}
		f.Low, f.High = scale(low), scale(high)
		return f
	}
	values := valuesOf(in.Facets, e.Field)
	if e.Uncounted() {
		values = e.Known
	}
	words, fixed := enumOf[e.Field]
	all := choices(e.Field, withWords(values, words), present, labels)
	if !fixed && len(all) > maxTicks {
		all = slices.DeleteFunc(all, func(c Choice) bool { return !c.Chosen })
	}
	if e.Uncounted() {
		all = choices(e.Field, nil, present, labels)
	}
	for i := range all {
		all[i].Value, _ = signless(all[i].Value)
		all[i].ID = "filter-" + workbench.NewID(e.Field, all[i].Value)
	}
	f.Ticks = all
	if f.Senses = []Option{{senseAny, "is any of", !out}, {senseNot, "is not any of", out}}; !fixed {
		f.Senses = []Option{{senseIs, "is", !out && len(present) < 2}, {senseAny, "is any of", !out && len(present) > 1}, {senseNot, "is not", out}}
		f.Inputs, f.Known = 3, proposals(e.Field, values, labels)
		f.Hint = "Values are whole, in capitals or not. “none” finds the stories that have none."
	}
	return f
}

// enumOf are the words of the fields that have only a few, as addresses have them.
var enumOf = map[string][]string{
	"status": words(workbench.Statuses), "verdict": append(words(workbench.Verdicts), "none"), "analystSeverity": append(words(workbench.AnalystSeverities), "none"),
	"producerType": {string(workbench.MicrosoftEndpointAlert), string(workbench.GenericIncident)}, "moved": {"true", "false"},
}

func words[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// withWords adds the words that no story has at present.
func withWords(values []FacetValue, words []string) []FacetValue {
	values = slices.Clone(values)
	for _, w := range words {
		if !slices.ContainsFunc(values, func(v FacetValue) bool { return v.Value == w }) {
			values = append(values, FacetValue{Value: w})
		}
	}
	return values
}

// proposals are the values that inputs propose. Such as no address can say are left out, those that do not look as they are, and long ones.
func proposals(field string, values []FacetValue, labels labeller) []Option {
	var out []Option
	for _, v := range values {
		if len(out) == maxKnown || v.Value == "" || v.Value[0] == '!' || len(v.Value) > 120 || workbench.Text(v.Value).String() != v.Value {
			continue
		}
		label := short(labels.one(field, v.Value))
		if label == v.Value {
			label = ""
		}
		out = append(out, Option{Value: v.Value, Label: label})
	}
	return out
}

func signless(value string) (bare string, out bool) {
	in, not := senses([]string{value})
	if len(not) > 0 {
		return value[1:], true
	}
	return in[0], false
}

// bounds are the ends of ranges that make one.
func bounds(values []string) (low, high int) {
	low, high = 10, 1
	for _, v := range values {
		v, _ = signless(v)
		if from, to, ok := span(v); ok {
			low, high = min(low, from), max(high, to)
		}
	}
	return low, high
}

func scale(chosen int) []Option {
	var out []Option
	for n := 1; n <= 10; n++ {
		out = append(out, Option{strconv.Itoa(n), strconv.Itoa(n), n == chosen})
	}
	return out
}

// knownID is the id of the values that the inputs propose.
const knownID = "filter-known"

func inputID(i int) string { return "filter-value-" + strconv.Itoa(i+1) }

func (f FilterForm) inputLabel() string {
	if len(f.Ticks) > 0 {
		return "Another"
	}
	return "Value"
}

func (f FilterForm) inputLength() string {
	if f.Field == fieldText {
		return "2048"
	}
	return strconv.Itoa(maxValue)
}
