package stories

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"workbench"
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
	paramFrom      = "from" // of the form for a range of one's own
	paramTo        = "to"
)

// address is the present query, from which every link of the page is made. Its methods return new addresses; none changes it.
type address struct{ query url.Values }

// newAddress keeps what the list understands and nothing that is empty.
func newAddress(query url.Values) address {
	known := append(slices.Collect(maps.Keys(fieldNames)), paramText, paramTime, paramTimeField, paramSort, paramLimit, paramAfter, paramColumns)
	kept := url.Values{}
	for _, name := range known {
		for _, v := range query[name] {
			if v != "" {
				kept.Add(name, v)
			}
		}
	}
	return address{kept}
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

// containing returns the address that also asks for a text, as phrases.
func (a address) containing(u workbench.Untrusted) address {
	return a.set(paramText, strings.TrimSpace(a.query.Get(paramText)+" "+phrases(u)))
}

// cleared returns the address without any filter; order, columns and page size stay.
func (a address) cleared() address {
	query := url.Values{}
	for _, name := range []string{paramSort, paramLimit, paramColumns} {
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

// phrases writes a text as the list's text search wants it. A quote or a control character cannot stand within a phrase and splits it;
// what is longer than a search may be is cut, which still finds the text.
func phrases(u workbench.Untrusted) string {
	text := []rune(u.Raw())
	if len(text) > 200 {
		text = text[:200]
	}
	var out []string
	for _, part := range strings.FieldsFunc(string(text), func(r rune) bool { return r == '"' || unicode.IsControl(r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, `"`+part+`"`)
		}
	}
	return strings.Join(out, " ")
}

// FormQuery turns what the forms of the page send into the parameters of the list's address: empty ones go, and the two ends of a range of
// one's own (from, to: local times of the zone, nil = UTC) become time=from..to in UTC. An end that is not a time is passed on as it is, so
// that the list's own check names it. A query without from and to comes back the same but for empty values.
func FormQuery(form url.Values, zone *time.Location) url.Values {
	query := url.Values{}
	for name, values := range form {
		for _, v := range values {
			if v != "" && name != paramFrom && name != paramTo {
				query.Add(name, v)
			}
		}
	}
	if from, to := form.Get(paramFrom), form.Get(paramTo); from != "" || to != "" {
		query.Set(paramTime, moment(from, zone)+".."+moment(to, zone))
	}
	return query
}

func moment(text string, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	}
	return text
}
