package store

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"workbench"
)

// maxCursor is the longest cursor, in bytes, that is looked at.
const maxCursor = 16_384

// TimeFields are the names of the times that a query can be limited by.
var TimeFields = []string{"created", "updated", "firstSignal", "lastSignal"}

// Validate returns nil, or *workbench.Invalid that names fields as addresses do: a filter's field, q, time, timeField, sort, limit, after.
func (q Query) Validate() error {
	var bad *workbench.Invalid
	count := 0
	for field, f := range q.Filters {
		count += len(f.Any) + len(f.Not) + len(f.Ranges)
		if !slices.Contains(FilterFields, field) {
			bad = bad.Set(workbench.Text(string(field)).String(), "is not a field that stories can be filtered by")
			continue
		}
		if sentence := f.problem(field); sentence != "" {
			bad = bad.Set(string(field), sentence)
		}
	}
	if count > MaxValues {
		bad = bad.Set("filters", fmt.Sprintf("have %d values; use at most %d", count, MaxValues))
	}
	if len(q.Text) > MaxTextLength {
		bad = bad.Set("q", fmt.Sprintf("is longer than %d bytes; search for fewer words", MaxTextLength))
	}
	if n := len(Words(q.Text)); n > MaxWords {
		bad = bad.Set("q", fmt.Sprintf("has %d words; search for at most %d, or put quotes around those that stand together", n, MaxWords))
	}
	if q.TimeField != "" && !slices.Contains(TimeFields, q.TimeField) {
		bad = bad.Set("timeField", "is not one of "+strings.Join(TimeFields, ", "))
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		bad = bad.Set("time", "ends before it begins")
	}
	if sentence := sortProblem(q.Sort); sentence != "" {
		bad = bad.Set("sort", sentence)
	}
	if q.Limit < 0 || q.Limit > MaxLimit {
		bad = bad.Set("limit", fmt.Sprintf("is not between 1 and %d", MaxLimit))
	}
	if len(q.After) > maxCursor {
		bad = bad.Set("after", "is too long; begin again at the first page")
	}
	if bad != nil {
		return bad
	}
	return nil
}

// Words cuts a text into words and, between quotes, phrases: what a search looks for, each by itself. A quote that nobody closed reaches to
// the end.
func Words(text string) []string {
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

// problem is a sentence about what is wrong with a filter, or "".
func (f Filter) problem(field Field) string {
	words := wordsOf(field)
	for _, v := range slices.Concat(f.Any, f.Not) {
		switch {
		case v == "":
			return "has an empty value"
		case len(v) > MaxValueLength:
			return fmt.Sprintf("has a value longer than %d bytes", MaxValueLength)
		case field == Criticality && !isCriticality(v):
			return "is not a number from 1 to 10, or a range such as 7..10"
		case words != nil && !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, v) }):
			return "is not one of " + strings.Join(words, ", ")
		}
	}
	for _, r := range f.Ranges {
		switch {
		case field != Criticality:
			return "has no ranges; only criticality has"
		case r.From > r.To || r.From < 1 || r.To > 10:
			return "is not a range within 1..10"
		}
	}
	return ""
}

func isCriticality(v string) bool {
	n, err := strconv.Atoi(v)
	return err == nil && n >= 1 && n <= 10
}

// wordsOf lists the values of a field that has only a few; nil = any text.
func wordsOf(field Field) []string {
	var words []string
	switch field {
	case ProducerType:
		words = []string{string(workbench.MicrosoftEndpointAlert), string(workbench.GenericIncident)}
	case Status:
		for _, s := range workbench.Statuses {
			words = append(words, string(s))
		}
	case Verdict:
		for _, v := range workbench.Verdicts {
			words = append(words, string(v))
		}
		words = append(words, None)
	case AnalystSeverity:
		for _, s := range workbench.AnalystSeverities {
			words = append(words, string(s))
		}
		words = append(words, None)
	case Moved:
		words = []string{"true", "false"}
	}
	return words
}

func sortProblem(keys []Sort) string {
	seen := map[string]bool{}
	for _, k := range keys {
		name := workbench.Text(cmp.Or(k.By, `""`)).String()
		switch {
		case !slices.Contains(SortFields, k.By):
			return name + " is not something that stories can be sorted by"
		case seen[k.By]:
			return name + " comes twice"
		}
		seen[k.By] = true
	}
	return ""
}
