package naive

import (
	"slices"
	"strings"

	"workbench"
	"workbench/store"
)

// matcher decides which rows a query asks for.
type matcher struct {
	scope   workbench.Scope
	words   []string
	q       store.Query
	texts   func(workbench.StoryID) []string // nil = nothing
	filters []*filter                        // by the order of store.FilterFields; nil = everything passes
}

type filter struct {
	any, not map[string]bool
	ranges   []store.Range
}

// unmoved is how stories are filtered that nobody asked about by the field moved: those whose alerts have all left are left out.
var unmoved = store.Filter{Any: []string{"false"}}

func (x *Index) newMatcher(scope workbench.Scope, q store.Query) *matcher {
	m := &matcher{scope: scope, q: q, texts: x.Texts, words: store.Words(fold(q.Text)), filters: make([]*filter, len(store.FilterFields))}
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
		s[shorten(fold(v))] = true
	}
	return s
}

// base decides everything but filters.
func (m *matcher) base(r *row) bool {
	if !m.scope.Sees(r.story.Tenant.ID) {
		return false
	}
	if !m.q.From.IsZero() || !m.q.To.IsZero() {
		at := timeOf(m.q.TimeField, &r.story)
		if at.IsZero() || !m.q.From.IsZero() && ticks(at) < ticks(m.q.From) || !m.q.To.IsZero() && ticks(at) >= ticks(m.q.To) {
			return false
		}
	}
	for _, w := range m.words {
		if (strings.Contains(w, "\x00") || !strings.Contains(r.text, w)) && !m.inside(r, w) { // NUL parts the fields of r.text
			return false
		}
	}
	return true
}

// inside reports whether a word is contained in one of the texts that no list shows.
func (m *matcher) inside(r *row, w string) bool {
	return m.texts != nil && len(w) >= store.MinInside && slices.ContainsFunc(m.texts(r.story.ID), func(t string) bool { return strings.Contains(fold(t), w) })
}

// ticks is a time in units of 100 ns, as exact as Microsoft's times are.
func ticks(t workbench.Time) int64 { return t.Unix()*10_000_000 + int64(t.Nanosecond()/100) }

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
