package index

import (
	"strings"

	"workbench"
	"workbench/store"
)

// matcher decides which rows a query asks for.
type matcher struct {
	scope   workbench.Scope
	words   []string
	q       store.Query
	filters []*filter // by the order of store.FilterFields; nil = everything passes
}

type filter struct {
	any, not map[string]bool
	ranges   []store.Range
}

// unmoved is how stories are filtered that nobody asked about by the field moved: those whose alerts have all left are left out.
var unmoved = store.Filter{Any: []string{"false"}}

func newMatcher(scope workbench.Scope, q store.Query) *matcher {
	m := &matcher{scope: scope, q: q, words: split(fold(q.Text)), filters: make([]*filter, len(store.FilterFields))}
	for i, field := range store.FilterFields {
		f, ok := q.Filters[field]
		if !ok && field == store.Moved {
			f, ok = unmoved, true
		}
		if ok && len(f.Any)+len(f.Not)+len(f.Ranges) > 0 {
			m.filters[i] = &filter{any: set(f.Any), not: set(f.Not), ranges: f.Ranges}
		}
	}
	return m
}

func set(values []string) map[string]bool {
	s := map[string]bool{}
	for _, v := range values {
		s[fold(v)] = true
	}
	return s
}

// split cuts a text into words and, between quotes, phrases. A quote that nobody closed reaches to the end.
func split(text string) []string {
	var out []string
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// base decides everything but filters.
func (m *matcher) base(r *row) bool {
	if !m.scope.Sees(r.story.Tenant.ID) {
		return false
	}
	if !m.q.From.IsZero() || !m.q.To.IsZero() {
		at := timeOf(m.q.TimeField, &r.story)
		if at.IsZero() || !m.q.From.IsZero() && at.Before(m.q.From) || !m.q.To.IsZero() && !at.Before(m.q.To) {
			return false
		}
	}
	for _, w := range m.words {
		if !strings.Contains(r.text, w) {
			return false
		}
	}
	return true
}

func timeOf(field string, s *workbench.Row) workbench.Time {
	switch field {
	case "created":
		return s.CreatedAt
	case "firstSignal":
		return s.FirstSignalAt
	case "lastSignal":
		return s.LastSignalAt
	}
	return s.UpdatedAt
}

// failing counts the filters that the row fails, up to 2, and names the first.
func (m *matcher) failing(r *row) (count, first int) {
	for i, f := range m.filters {
		if f == nil || f.passes(r.values[i], r.story.Criticality) {
			continue
		}
		if count++; count == 2 {
			return count, first
		}
		first = i
	}
	return count, first
}

func (f *filter) passes(values []value, criticality int) bool {
	wanted := len(f.any)+len(f.ranges) == 0
	for _, v := range values {
		if f.not[v.word] || v.other != "" && f.not[v.other] {
			return false
		}
		wanted = wanted || f.any[v.word] || v.other != "" && f.any[v.other]
	}
	for _, r := range f.ranges {
		wanted = wanted || r.From <= criticality && criticality <= r.To
	}
	return wanted
}
