package stories

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The names of what the forms of the page send besides the parameters of the list's address.
const (
	formFrom  = "from" // the two ends of a time range of one's own
	formTo    = "to"
	formOnly  = "only"  // field=value: nothing else of the field
	formNot   = "not"   // field=value: all but this
	formField = "field" // of the filter form
	formSense = "sense"
	formValue = "value"
	formLow   = "low"
	formHigh  = "high"
	formEdit  = "edit" // not empty: the filter form is to be shown for a field, nothing is applied
	formBy    = "by"   // the keys of an order, and the way of each
	formWay   = "way"
)

var formNames = []string{formFrom, formTo, formOnly, formNot, formField, formSense, formValue, formLow, formHigh, formEdit, formBy, formWay}

// What formSense says. Its "is" and "any" mean the same: the stories that have one of the values.
const (
	senseIs  = "is"
	senseAny = "any"
	senseNot = "not"
)

// fieldText is the filter form's name for the text search.
const fieldText = "text"

// maxSortKeys is how many keys an order has at most when it is made on the page.
const maxSortKeys = 4

// Sent reports whether a query was sent by a form of the page and is to be turned into the list's own address. It is not for an address that
// shows the filter form.
func Sent(query url.Values) bool {
	return !query.Has(formEdit) && slices.ContainsFunc(formNames, query.Has)
}

// FormQuery turns what the forms of the page send into the parameters of the list's address: empty ones go, the two ends of a time range
// (local times of the zone, nil = UTC) become time=from..to in UTC, a filter is put among the others, keys become an order. An end that is
// not a time is passed on as it is, so that the list's own check names it. What an address cannot say is named in invalid, by parameter, as a
// plain sentence. A query that no form sent comes back the same but for empty values.
func FormQuery(form url.Values, zone *time.Location) (query url.Values, invalid map[string]string) {
	query, invalid = url.Values{}, map[string]string{}
	for name, values := range form {
		for _, v := range values {
			if v != "" && !slices.Contains(formNames, name) {
				query.Add(name, v)
			}
		}
	}
	for _, name := range formNames {
		if len(form[name]) > 1 && !slices.Contains([]string{formValue, formBy, formWay}, name) {
			invalid[name] = "stands more than once in the address; keep one"
		}
	}
	if from, to := form.Get(formFrom), form.Get(formTo); from != "" || to != "" {
		query.Set(paramTime, moment(from, zone)+".."+moment(to, zone))
	}
	one(query, invalid, formOnly, form.Get(formOnly))
	one(query, invalid, formNot, form.Get(formNot))
	if form.Has(formBy) || form.Has(formWay) {
		order(query, form[formBy], form[formWay])
	}
	switch field := form.Get(formField); {
	case field == "" && !form.Has(formEdit):
	case field != fieldText && fieldNames[field] == "":
		invalid[formField] = "names nothing that stories can be filtered by"
	case form.Get(formEdit) == "":
		apply(query, invalid, field, form)
	}
	return query, invalid
}

// one puts a value of a facet in the place of all others of its field, or keeps it out besides them.
func one(query url.Values, invalid map[string]string, name, text string) {
	if text == "" {
		return
	}
	field, value, ok := strings.Cut(text, "=")
	switch {
	case !ok || value == "" || fieldNames[field] == "":
		invalid[name] = "is not a field that stories can be filtered by, with a value"
	case name == formOnly:
		query[field] = []string{value}
	default:
		query[field] = address{query}.filtering(field, value, true).query[field]
	}
}

// apply puts what the filter form says among the filters: its values take the place of those that the field has in the same sense.
func apply(query url.Values, invalid map[string]string, field string, form url.Values) {
	var values []string
	for _, v := range form[formValue] {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if field == fieldText {
		query.Del(paramText)
		if len(values) > 0 {
			query.Set(paramText, strings.Join(values, " "))
		}
		return
	}
	if field == "criticality" {
		if values = nil; form.Get(formLow) != "" || form.Get(formHigh) != "" {
			values = []string{between(invalid, form.Get(formLow), form.Get(formHigh))}
		}
	}
	if i := slices.IndexFunc(values, func(v string) bool { return strings.HasPrefix(v, "!") }); i >= 0 {
		invalid[formValue] = "begins with “!”, which addresses keep for “is not”; search for it as text instead"
		return
	}
	in, not := senses(query[field])
	out := form.Get(formSense) == senseNot
	kept := not // of the other sense, but for what now has this one
	if out {
		kept = in
	}
	var all []string
	for _, v := range values {
		if out {
			v = "!" + v
		}
		other, _ := opposite(v)
		kept = slices.DeleteFunc(slices.Clone(kept), func(w string) bool { return strings.EqualFold(w, other) })
		all = append(all, v)
	}
	if query.Del(field); len(all)+len(kept) > 0 {
		query[field] = append(all, kept...)
	}
}

// between writes a range of criticality as addresses have it. An end left empty is open.
func between(invalid map[string]string, low, high string) string {
	if low == "" {
		low = "1"
	}
	if high == "" {
		high = "10"
	}
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	switch {
	case err1 != nil || err2 != nil || from < 1 || from > 10 || to < 1 || to > 10:
		invalid["criticality"] = "is between two numbers from 1 to 10"
	case from > to:
		invalid["criticality"] = fmt.Sprintf("ends before it begins; write %d to %d", to, from)
	case from == to:
		return low
	}
	return low + ".." + high
}

// order writes the keys that were chosen. A key that comes again says nothing new and is left out.
func order(query url.Values, by, ways []string) {
	var keys []sorting
	for i, key := range by {
		if key != "" && !slices.ContainsFunc(keys, func(k sorting) bool { return k.by == key }) {
			keys = append(keys, sorting{key, i < len(ways) && ways[i] == wayDown})
		}
	}
	if query.Del(paramSort); len(keys) > 0 {
		query.Set(paramSort, sortText(keys))
	}
}

const wayDown, wayUp = "down", "up"

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
