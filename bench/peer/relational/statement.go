package relational

import (
	"fmt"
	"strconv"
	"strings"

	"workbench/bench/peer"
	"workbench/store"
)

// Dialect is what the peers write differently.
type Dialect struct {
	Argument func(n int) string // how the n-th argument is written, from 1
	// Text is a condition that every word is contained in the texts of a story; argument adds an argument and says how it is written.
	Text func(words []string, argument func(any) string) string
}

// Statement is SQL with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// Writer writes the statements of one question.
type Writer struct {
	Dialect Dialect
	Codes   *Codes
}

type statement struct {
	w    Writer
	args []any
}

func (s *statement) argument(v any) string {
	s.args = append(s.args, v)
	return s.w.Dialect.Argument(len(s.args))
}

func (s *statement) done(sql string) Statement { return Statement{sql, s.args} }

// where is the conditions of a query without the filter of one field; "" = all filters. Moved is written as a number, because partial
// indexes are chosen by it.
func (s *statement) where(ask peer.Ask, except store.Field) string {
	var all []string
	for _, f := range store.FacetFields {
		filter, ok := ask.Query.Filters[f]
		switch {
		case f == except:
		case !ok && f == store.Moved:
			all = append(all, "moved = 0")
		case !ok:
		case f == store.Label || f == store.Mitre:
			all = append(all, s.list(f, filter)...)
		default:
			all = append(all, s.column(f, filter)...)
		}
	}
	times := timeColumn(ask.Query.TimeField)
	if !ask.Query.From.IsZero() {
		all = append(all, times+" >= "+s.argument(peer.Ticks(ask.Query.From)))
	}
	if !ask.Query.To.IsZero() {
		all = append(all, times+" < "+s.argument(peer.Ticks(ask.Query.To)))
	}
	if words := strings.Fields(ask.Query.Text); len(words) > 0 {
		all = append(all, s.w.Dialect.Text(words, s.argument))
	}
	if ask.After != nil {
		last, earlier := s.argument(ask.After.Updated), s.argument(ask.After.Updated) // in the order in which they are written
		all = append(all, fmt.Sprintf("updated <= %s AND (updated < %s OR id > %s)", last, earlier, s.argument(ask.After.ID)))
	}
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(all, " AND ")
}

func (s *statement) codes(f store.Field, values []string) string {
	var list []string
	for _, v := range values {
		list = append(list, s.argument(s.w.Codes.Find(f, v)))
	}
	return strings.Join(list, ", ")
}

func (s *statement) column(f store.Field, filter store.Filter) []string {
	var some, all []string
	if len(filter.Any) > 0 {
		some = append(some, Column(f)+" IN ("+s.codes(f, filter.Any)+")")
	}
	for _, r := range filter.Ranges {
		some = append(some, Column(f)+" BETWEEN "+s.argument(r.From)+" AND "+s.argument(r.To))
	}
	if len(some) > 0 {
		all = append(all, "("+strings.Join(some, " OR ")+")")
	}
	if len(filter.Not) > 0 {
		all = append(all, Column(f)+" NOT IN ("+s.codes(f, filter.Not)+")")
	}
	return all
}

func (s *statement) list(f store.Field, filter store.Filter) []string {
	var all []string
	c := Column(f)
	if len(filter.Any) > 0 {
		all = append(all, "n IN (SELECT story FROM "+c+"s WHERE "+c+" IN ("+s.codes(f, filter.Any)+"))")
	}
	if len(filter.Not) > 0 {
		all = append(all, "n NOT IN (SELECT story FROM "+c+"s WHERE "+c+" IN ("+s.codes(f, filter.Not)+"))")
	}
	return all
}

// Rows asks for the rows of a page.
func (w Writer) Rows(ask peer.Ask) Statement {
	s := &statement{w: w}
	var order []string
	for _, key := range ask.Query.Sort {
		direction := ""
		if key.Descending {
			direction = " DESC"
		}
		order = append(order, key.By+direction)
	}
	if len(order) == 0 {
		order = []string{"updated DESC"}
	}
	return s.done("SELECT row FROM stories" + s.where(ask, "") + " ORDER BY " + strings.Join(order, ", ") + ", id LIMIT " + strconv.Itoa(ask.Query.Limit))
}

// Total asks for the number of stories on all pages.
func (w Writer) Total(ask peer.Ask) Statement {
	s := &statement{w: w}
	return s.done("SELECT count(*) FROM stories" + s.where(ask, ""))
}

// Facet asks for the codes and counts of one field.
func (w Writer) Facet(ask peer.Ask, f store.Field) Statement {
	s := &statement{w: w}
	if c := Column(f); f == store.Label || f == store.Mitre {
		return s.done("SELECT " + c + ", count(*) FROM stories JOIN " + c + "s ON story = n" + s.where(ask, f) + " GROUP BY 1")
	}
	return s.done("SELECT " + Column(f) + ", count(*) FROM stories" + s.where(ask, f) + " GROUP BY 1")
}

// Unfiltered are the fields with one value a story that the question does not filter by: all their counts are of the same stories.
func Unfiltered(ask peer.Ask) []store.Field {
	var out []store.Field
	for _, f := range Columns {
		if _, ok := ask.Query.Filters[f]; !ok && f != store.Moved {
			out = append(out, f)
		}
	}
	return out
}

// Sets asks for the codes and counts of several fields, and for the total, in one pass: the number of the field in the list, its code, and
// the count. The total has the number of fields as its number.
func (w Writer) Sets(ask peer.Ask, fields []store.Field) Statement {
	s := &statement{w: w}
	var sets, which, codes []string
	for i, f := range fields {
		sets = append(sets, "("+Column(f)+")")
		which = append(which, fmt.Sprintf("WHEN grouping(%s) = 0 THEN %d", Column(f), i))
		codes = append(codes, Column(f))
	}
	return s.done(fmt.Sprintf("SELECT CASE %s ELSE %d END, coalesce(%s, 0), count(*) FROM stories%s GROUP BY GROUPING SETS (%s, ())", strings.Join(which, " "), len(fields), strings.Join(codes, ", "),
		s.where(ask, ""), strings.Join(sets, ", ")))
}

// Pivot asks for the counts of every code of some fields, and for the total, as one row: one pass without any sorting.
func (w Writer) Pivot(ask peer.Ask, fields []store.Field) Statement {
	s := &statement{w: w}
	sums := []string{"count(*)"}
	for _, f := range fields {
		for code := range w.Codes.values[f] {
			sums = append(sums, fmt.Sprintf("count(*) FILTER (WHERE %s = %d)", Column(f), code))
		}
	}
	return s.done("SELECT " + strings.Join(sums, ", ") + " FROM stories" + s.where(ask, ""))
}

// Pivoted turns the row of Pivot into facets and the total.
func (c *Codes) Pivoted(fields []store.Field, row []int, into map[store.Field][]store.Count) (total int) {
	at := 1
	for _, f := range fields {
		var list []store.Count
		for code, v := range c.values[f] {
			if row[at] > 0 && v != "" {
				list = append(list, c.Count(f, code, row[at]))
			}
			at++
		}
		into[f] = peer.SortCounts(list)
	}
	return row[0]
}

// PivotWidth is how many columns Pivot answers.
func (c *Codes) PivotWidth(fields []store.Field) int {
	n := 1
	for _, f := range fields {
		n += len(c.values[f])
	}
	return n
}

// GroupRows asks for the groups of a field: value or code, count, high, medium, low, newest update. Codes have no order of their own, so
// that all groups of those fields are asked for.
func (w Writer) GroupRows(ask peer.Ask) Statement {
	s := &statement{w: w}
	end := ""
	if !Coded(ask.Group) {
		end = " ORDER BY 3 DESC, 4 DESC, 5 DESC, 1 LIMIT " + strconv.Itoa(ask.Query.Limit)
	}
	return s.done("SELECT " + Column(ask.Group) + ", count(*), count(*) FILTER (WHERE criticality >= 7), count(*) FILTER (WHERE criticality BETWEEN 4 AND 6), count(*) FILTER (WHERE criticality < 4), max(updated) FROM stories" +
		s.where(ask, "") + " GROUP BY 1" + end)
}

// GroupTotals asks for how many groups and stories there are.
func (w Writer) GroupTotals(ask peer.Ask) Statement {
	s := &statement{w: w}
	return s.done("SELECT count(DISTINCT " + Column(ask.Group) + "), count(*) FROM stories" + s.where(ask, ""))
}

// Coded reports whether the values of a field are kept as codes.
func Coded(f store.Field) bool {
	for _, c := range Columns {
		if c == f {
			return true
		}
	}
	return false
}

// Value is the value of a code.
func (c *Codes) Value(f store.Field, code int) string { return c.values[f][code] }
