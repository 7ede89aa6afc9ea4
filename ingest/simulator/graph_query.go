package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listing is a list of Graph: what it may be asked.
type listing struct {
	fields  []string // that can be filtered and ordered by
	enums   map[string][]string
	top     int // items of a page where nobody asks for a number
	most    int // items of a page
	clamps  bool
	expands bool
}

// The lists.
var (
	incidentListing = listing{fields: incidentFields, enums: incidentEnums, top: 50, most: 50, expands: true}
	alertListing    = listing{fields: alertFields, enums: alertEnums, top: 100, most: 1000, clamps: true}
)

// listQuery is what a request asks of a list.
type listQuery struct {
	filter   *filter
	top      int
	skip     int
	order    []orderKey
	count    bool
	expand   bool
	selected []string // members; nil = all
	after    *mark    // where the page before ended
	options  url.Values
}

// orderKey is one field that a list is ordered by.
type orderKey struct {
	field      string
	descending bool
}

// mark is where in a list a page begins. It travels in $skiptoken, opaque to clients.
type mark struct {
	Keys  []string `json:"k,omitempty"` // the fields of the order of the last item of the page before
	ID    string   `json:"i,omitempty"` // of that item; "" = from the beginning
	Skip  int      `json:"n,omitempty"` // items before, where there is no id
	Pause bool     `json:"p,omitempty"` // an empty page came before
	Step  int      `json:"s,omitempty"` // pages without an end so far
}

// badRequest is the refusal of what a request asks for.
func badRequest(code, format string, values ...any) *graphError {
	return &graphError{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, values...)}
}

// parseQuery reads the query of a request for a list.
func (l listing) parseQuery(raw string) (listQuery, *graphError) {
	q := listQuery{top: l.top, order: []orderKey{{"createdDateTime", true}}}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return q, badRequest("BadRequest", "The query specified in the URI is not valid. %s", err)
	}
	q.options = values
	for name, given := range values {
		if !strings.HasPrefix(name, "$") {
			continue
		}
		if len(given) > 1 {
			return q, badRequest("BadRequest", "Query option '%s' was specified more than once, but it must be specified at most once.", name)
		}
		if refused := l.option(&q, name, given[0]); refused != nil {
			return q, refused
		}
	}
	return q, nil
}

// option reads one option.
func (l listing) option(q *listQuery, name, value string) (refused *graphError) {
	var err error
	switch name {
	case "$filter":
		if q.filter, err = parseFilter(value, l.fields, l.enums); err != nil {
			return badRequest("BadRequest", "Invalid filter clause: %s.", err)
		}
	case "$top":
		if q.top, err = strconv.Atoi(value); err != nil || q.top < 0 {
			return badRequest("BadRequest", "Invalid value '%s' for $top query option found. The $top query option requires a non-negative integer value.", value)
		}
		if q.top > l.most && !l.clamps {
			return badRequest("", "The query specified in the URI is not valid. The limit of '%d' for Top query has been exceeded. "+
				"The value from the incoming request is '%d'.", l.most, q.top)
		}
		q.top = min(q.top, l.most)
	case "$skip":
		if q.skip, err = strconv.Atoi(value); err != nil || q.skip < 0 {
			return badRequest("BadRequest", "Invalid value '%s' for $skip query option found. The $skip query option requires a non-negative integer value.", value)
		}
	case "$orderby":
		q.order, refused = l.parseOrder(value)
	case "$count":
		if q.count = value == "true"; !q.count && value != "false" {
			return badRequest("BadRequest", "Invalid value '%s' for $count query option found. The valid values are 'true' and 'false'.", value)
		}
	case "$expand":
		if q.expand = l.expands && value == "alerts"; !q.expand {
			return badRequest("BadRequest", "Parsing OData Select and Expand failed: Could not find a property named '%s'.", value)
		}
	case "$select":
		q.selected = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	case "$skiptoken":
		raw, err := base64.RawURLEncoding.DecodeString(value)
		if q.after = new(mark); err != nil || json.Unmarshal(raw, q.after) != nil {
			return badRequest("BadRequest", "Skip token is invalid.")
		}
	default:
		return badRequest("BadRequest", "The query parameter '%s' is not supported.", name)
	}
	return refused
}

func (l listing) parseOrder(value string) ([]orderKey, *graphError) {
	var order []orderKey
	for part := range strings.SplitSeq(value, ",") {
		words := strings.Fields(part)
		if len(words) == 0 || len(words) > 2 || !slices.Contains(l.fields, words[0]) || len(words) == 2 && words[1] != "asc" && words[1] != "desc" {
			return nil, badRequest("BadRequest", "Invalid orderby clause '%s'.", value)
		}
		order = append(order, orderKey{words[0], len(words) == 2 && words[1] == "desc"})
	}
	return order, nil
}

// compare orders facts as the query asks, those alike by their ids.
func (q *listQuery) compare(a, b *facts) int {
	for _, key := range q.order {
		c := cmp.Compare(a.text(key.field), b.text(key.field))
		if isTime(key.field) {
			c = a.when(key.field).Compare(b.when(key.field))
		}
		if c != 0 {
			if key.descending {
				return -c
			}
			return c
		}
	}
	return cmp.Compare(a.id, b.id)
}

// markAfter is the mark of the page that follows an item.
func (q *listQuery) markAfter(f *facts) mark {
	m := mark{ID: f.id}
	for _, key := range q.order {
		if isTime(key.field) {
			m.Keys = append(m.Keys, f.when(key.field).UTC().Format(time.RFC3339Nano))
		} else {
			m.Keys = append(m.Keys, f.text(key.field))
		}
	}
	return m
}

// begin is how many of the ordered items lie before the page.
func (q *listQuery) begin(rows []place) int {
	if q.after.ID == "" {
		return min(max(q.after.Skip, 0), len(rows))
	}
	last := facts{id: q.after.ID}
	for i, key := range q.order {
		if i == len(q.after.Keys) {
			break
		}
		last.set(key.field, q.after.Keys[i])
	}
	n, found := slices.BinarySearchFunc(rows, &last, func(row place, last *facts) int { return q.compare(&row.facts, last) })
	if found {
		n++
	}
	return n
}

// set sets a field that lists are ordered by from its text.
func (f *facts) set(field, value string) {
	when, _ := time.Parse(time.RFC3339Nano, value)
	switch field {
	case "createdDateTime":
		f.created = when
	case "lastUpdateDateTime":
		f.updated = when
	case "status":
		f.status = value
	case "severity":
		f.severity = value
	case "classification":
		f.classification = value
	case "determination":
		f.determination = value
	case "assignedTo":
		f.assignedTo = value
	case "serviceSource":
		f.source = value
	}
}

// next is the address of another page of the same list: as asked, but from the mark, or after so many items.
func (q *listQuery) next(base *url.URL, path string, m *mark, skip int) string {
	var b strings.Builder
	b.WriteString(base.Scheme + "://" + base.Host + path)
	separator := byte('?')
	option := func(name, value string) {
		b.WriteByte(separator)
		b.WriteString(name + "=" + url.QueryEscape(value))
		separator = '&'
	}
	for _, name := range []string{"$filter", "$expand", "$select", "$orderby", "$count", "$top"} {
		if given := q.options[name]; len(given) > 0 {
			option(name, given[0])
		}
	}
	if m == nil {
		option("$skip", strconv.Itoa(skip))
		return b.String()
	}
	raw, _ := json.Marshal(m) // texts and numbers: it can't fail
	option("$skiptoken", base64.RawURLEncoding.EncodeToString(raw))
	return b.String()
}
