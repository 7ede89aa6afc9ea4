package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// filter is a $filter: a comparison, or two filters joined. The operators and fields are those that Microsoft is known to accept:
//
//	filter     = conjunction { "or" conjunction }
//	conjunction = term { "and" term }
//	term       = "(" filter ")" | field operator literal
//	operator   = "eq" | "ge" | "gt" | "le" | "lt"; only "eq" for texts
//	literal    = 'text', with '' for a quote, or a time without quotes
type filter struct {
	join        string // "and", "or"; "" = a comparison
	left, right *filter
	field       string
	operator    string
	text        string
	when        time.Time
}

// The fields that incidents and alerts can be filtered by.
var (
	incidentFields = []string{"assignedTo", "classification", "createdDateTime", "determination", "lastUpdateDateTime", "severity", "status"}
	alertFields    = append(slices.Clone(incidentFields), "serviceSource")
)

// Limits of a filter.
const (
	longestFilter = 8192 // bytes
	deepestFilter = 64   // parentheses
)

// parseFilter reads a filter over the fields. Its errors are Microsoft's words for a person.
func parseFilter(text string, fields []string, enums map[string][]string) (*filter, error) {
	if len(text) > longestFilter {
		return nil, fmt.Errorf("the filter is longer than %d characters", longestFilter)
	}
	p := filterParser{rest: text, fields: fields, enums: enums}
	f, err := p.disjunction(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.rest != "" {
		return nil, fmt.Errorf("syntax error at position %d in '%s'", len(text)-len(p.rest), text)
	}
	return f, nil
}

type filterParser struct {
	rest   string
	fields []string
	enums  map[string][]string
}

func (p *filterParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t") }

// word takes the next run of letters, digits and what stands in times.
func (p *filterParser) word() string {
	p.skip()
	n := 0
	for n < len(p.rest) && !strings.ContainsRune(" \t()'", rune(p.rest[n])) {
		n++
	}
	taken := p.rest[:n]
	p.rest = p.rest[n:]
	return taken
}

// keyword takes a word if it comes next.
func (p *filterParser) keyword(want string) bool {
	before := p.rest
	if p.word() == want {
		return true
	}
	p.rest = before
	return false
}

func (p *filterParser) disjunction(depth int) (*filter, error) {
	return p.joined("or", func() (*filter, error) {
		return p.joined("and", func() (*filter, error) { return p.term(depth) })
	})
}

// joined reads operands with a keyword between them.
func (p *filterParser) joined(keyword string, operand func() (*filter, error)) (*filter, error) {
	f, err := operand()
	for err == nil && p.keyword(keyword) {
		var right *filter
		right, err = operand()
		f = &filter{join: keyword, left: f, right: right}
	}
	return f, err
}

func (p *filterParser) term(depth int) (*filter, error) {
	p.skip()
	if !strings.HasPrefix(p.rest, "(") {
		return p.comparison()
	}
	if depth == deepestFilter {
		return nil, fmt.Errorf("parentheses are nested deeper than %d", deepestFilter)
	}
	p.rest = p.rest[1:]
	f, err := p.disjunction(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.skip(); !strings.HasPrefix(p.rest, ")") {
		return nil, fmt.Errorf("')' or operator expected at '%s'", p.rest)
	}
	p.rest = p.rest[1:]
	return f, nil
}

func (p *filterParser) comparison() (*filter, error) {
	f := &filter{field: p.word()}
	if !slices.Contains(p.fields, f.field) {
		return nil, fmt.Errorf("property '%s' does not exist as a declared property or is not filterable", f.field)
	}
	switch f.operator = p.word(); {
	case !slices.Contains([]string{"eq", "ge", "gt", "le", "lt"}, f.operator):
		return nil, fmt.Errorf("operator '%s' is not supported", f.operator)
	case isTime(f.field):
		return f, p.time(f)
	case f.operator != "eq":
		return nil, fmt.Errorf("operator '%s' is not supported for property '%s'", f.operator, f.field)
	}
	return f, p.literal(f)
}

// time reads a time without quotes.
func (p *filterParser) time(f *filter) error {
	text := p.word()
	when, err := time.Parse(time.RFC3339Nano, text)
	if year := when.UTC().Year(); err != nil || year < 1 || year > 9999 || len(text) > len("2006-01-02T15:04:05.9999999+00:00") { // an offset can lead out of the years that are written
		return fmt.Errorf("a date and time without quotes expected for property '%s'", f.field)
	}
	f.when = when.UTC()
	return nil
}

// literal reads a text in quotes; of an enumeration, one of its members.
func (p *filterParser) literal(f *filter) error {
	p.skip()
	if !strings.HasPrefix(p.rest, "'") {
		return fmt.Errorf("a text in single quotes expected for property '%s'", f.field)
	}
	var b strings.Builder
	for rest := p.rest[1:]; ; {
		before, after, closed := strings.Cut(rest, "'")
		if !closed {
			return fmt.Errorf("unterminated string literal for property '%s'", f.field)
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, "'") {
			p.rest = after
			break
		}
		b.WriteByte('\'')
		rest = after[1:]
	}
	f.text = b.String()
	if enum := p.enums[f.field]; enum != nil && !slices.Contains(enum, f.text) {
		return fmt.Errorf("the string '%s' is not a valid enumeration value of property '%s'", f.text, f.field)
	}
	return nil
}

// matches reports whether facts pass the filter. A nil filter lets everything pass.
func (f *filter) matches(x *facts) bool {
	switch {
	case f == nil:
		return true
	case f.join == "and":
		return f.left.matches(x) && f.right.matches(x)
	case f.join == "or":
		return f.left.matches(x) || f.right.matches(x)
	case !isTime(f.field):
		return x.text(f.field) == f.text
	}
	order := x.when(f.field).Compare(f.when)
	switch f.operator {
	case "ge":
		return order >= 0
	case "gt":
		return order > 0
	case "le":
		return order <= 0
	case "lt":
		return order < 0
	}
	return order == 0
}

// updated is a span outside which nothing passes the filter.
func (f *filter) updated() span {
	switch {
	case f == nil:
		return span{}
	case f.join == "and":
		return f.left.updated().meet(f.right.updated())
	case f.join == "or":
		return f.left.updated().join(f.right.updated())
	case f.field != "lastUpdateDateTime":
		return span{}
	}
	switch f.operator {
	case "ge", "gt":
		return span{from: f.when}
	case "le", "lt":
		return span{to: f.when}
	}
	return span{from: f.when, to: f.when}
}

// String is the filter as it would be sent.
func (f *filter) String() string {
	switch {
	case f.join != "":
		return "(" + f.left.String() + " " + f.join + " " + f.right.String() + ")"
	case isTime(f.field):
		return f.field + " " + f.operator + " " + f.when.Format(time.RFC3339Nano)
	}
	return f.field + " eq '" + strings.ReplaceAll(f.text, "'", "''") + "'"
}
