package connect

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"workbench"
	"workbench/ingest/entra"
)

// Customer is one line of a list of tenants that are to share an app.
type Customer struct {
	Line     int                       // counted from 1
	Name     string                    // of the connector to be
	Tenant   string                    // id, or a domain in lower case
	Products []workbench.ConnectorKind // nil = those chosen for the whole list
	Days     int                       // how far back to look; 0 = as chosen for the whole list
}

// Mistake is what is wrong with one line of a list.
type Mistake struct {
	Line     int // counted from 1
	Sentence string
}

// Mistakes are the lines of a list that can't be used, in their order.
type Mistakes []Mistake

// Error says how many there are, and the first of them.
func (m Mistakes) Error() string {
	if len(m) == 0 {
		return "no mistakes"
	}
	return fmt.Sprintf("%d lines can't be used, the first of them line %d: %s", len(m), m[0].Line, m[0].Sentence)
}

// The limits of a list.
const (
	MaxCustomers     = 5_000
	MaxCustomersSize = 1 << 20 // bytes
)

// customerColumns are the columns of a list that are read; others are passed over.
var customerColumns = []string{"name", "tenant", "products", "days"}

// productWords are how a list names products, besides their kinds.
var productWords = map[string]workbench.ConnectorKind{"endpoint": workbench.DefenderEndpoint, "office365": workbench.DefenderOffice365, "other": workbench.DefenderOther}

// ParseCustomers reads a list as CSV in UTF-8: a head with name and tenant, and products and days where they are wanted, in any order, then a
// customer a line. Columns are parted by commas, semicolons or tabs. Of the lines that can't be used it says why, as Mistakes, beside the
// customers of all others. A list that can't be read at all, or is too long, is a *workbench.Invalid with the field list.
func ParseCustomers(r io.Reader) ([]Customer, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxCustomersSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading a list of customers: %w", err)
	}
	if len(text) > MaxCustomersSize {
		return nil, badList("The list is longer than 1 MiB. Import it in parts.")
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, badList("The list is not in UTF-8. Save it as “CSV UTF-8”.")
	}
	whole := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(text), "\ufeff"))
	lines := strings.Split(whole, "\n")
	l := customerList{names: map[string]int{}, tenants: map[string]int{}}
	for i, line := range lines {
		switch {
		case strings.Trim(line, ",;\t ") == "":
		case l.comma == 0 && strings.HasPrefix(strings.ToLower(line), "sep="): // spreadsheets write it
		case l.comma == 0:
			if err := l.head(line); err != nil {
				return nil, err
			}
		default:
			l.line(i+1, line)
		}
		if len(l.customers)+len(l.mistakes) > MaxCustomers {
			return nil, badList("The list has more than 5,000 customers. Import it in parts.")
		}
	}
	if l.comma == 0 || len(l.customers)+len(l.mistakes) == 0 {
		return nil, badList("There is no customer in the list. Its first line names the columns, name and tenant; each further line is a customer.")
	}
	if len(l.mistakes) > 0 {
		return l.customers, l.mistakes
	}
	return l.customers, nil
}

func badList(sentence string) error {
	var bad *workbench.Invalid
	return bad.Set("list", sentence)
}

// customerList is a list that is being read.
type customerList struct {
	comma     rune
	at        []int          // in which column each of customerColumns stands; -1 = in none
	names     map[string]int // line by name in lower case
	tenants   map[string]int // line by tenant
	customers []Customer
	mistakes  Mistakes
}

// cells reads one line. A cell goes on over no line end, so that a quotation mark too many spoils its own line alone.
func (l *customerList) cells(line string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.TrimLeadingSpace = l.comma, true
	cells, err := r.Read()
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, err
}

func (l *customerList) head(line string) error {
	l.comma = slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int {
		return cmp.Compare(strings.Count(line, string(a)), strings.Count(line, string(b)))
	})
	cells, err := l.cells(line)
	if err != nil {
		return badList("The first line can't be read: a quotation mark stands where none belongs.")
	}
	for i := range cells {
		cells[i] = strings.ToLower(cells[i])
	}
	for _, name := range customerColumns {
		at := slices.Index(cells, name)
		switch {
		case at < 0 && (name == "name" || name == "tenant"):
			return badList(fmt.Sprintf("The first line names the columns, and %s is not among them. It has to name name and tenant; products and days may stand beside them.", name))
		case at >= 0 && slices.Contains(cells[at+1:], name):
			return badList(fmt.Sprintf("The first line names the column %s twice.", name))
		}
		l.at = append(l.at, at)
	}
	return nil
}

func (l *customerList) line(n int, line string) {
	c := Customer{Line: n}
	wrong := func(sentence string) { l.mistakes = append(l.mistakes, Mistake{n, sentence}) }
	if !utf8.ValidString(line) {
		wrong("It has characters that are not UTF-8. Save the list as “CSV UTF-8”.")
		return
	}
	cells, err := l.cells(line)
	if err != nil {
		wrong("A quotation mark stands where none belongs, or the one that ends a cell is missing.")
		return
	}
	cell := func(column int) string {
		if at := l.at[column]; at >= 0 && at < len(cells) {
			return cells[at]
		}
		return ""
	}
	c.Name = cell(0)
	var bad *workbench.Invalid
	if err := (workbench.Connector{Kind: workbench.Microsoft365, Name: c.Name}).Check(); errors.As(err, &bad) {
		wrong(bad.Fields["name"])
		return
	}
	if c.Tenant, err = entra.ParseTenant(cell(1)); err != nil {
		if !errors.As(err, &bad) || len(bad.Fields) == 0 {
			bad = bad.Set("tenant", "Give the tenant's id or one of its domains, as in contoso.com.")
		}
		wrong(strings.Join(sentences(bad), " "))
		return
	}
	if sentence := c.choices(cell(2), cell(3)); sentence != "" {
		wrong(sentence)
		return
	}
	name := strings.ToLower(c.Name)
	switch {
	case l.names[name] > 0:
		wrong(fmt.Sprintf("Its name is that of line %d.", l.names[name]))
	case l.tenants[c.Tenant] > 0:
		wrong(fmt.Sprintf("Its tenant is that of line %d.", l.tenants[c.Tenant]))
	default:
		l.names[name], l.tenants[c.Tenant] = n, n
		l.customers = append(l.customers, c)
	}
}

// choices reads the products and the days of a line, and says what is wrong with them.
func (c *Customer) choices(products, days string) string {
	words := strings.FieldsFunc(strings.ToLower(products), func(r rune) bool { return strings.ContainsRune(" ,;+|/", r) })
	for _, word := range words {
		kind, ok := productWords[word]
		for _, k := range workbench.ConnectorKinds {
			if k.Child() && strings.EqualFold(string(k), word) {
				kind, ok = k, true
			}
		}
		if !ok {
			return fmt.Sprintf("“%s” is no product: write endpoint, office365 or other, several of them with spaces between.", workbench.Text(word).Brief())
		}
		if !slices.Contains(c.Products, kind) {
			c.Products = append(c.Products, kind)
		}
	}
	if days == "" {
		return ""
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 || n > workbench.MaxBackfillDays {
		return "Its days are no number from 1 to 180: Microsoft keeps incidents for 180 days."
	}
	c.Days = n
	return ""
}
