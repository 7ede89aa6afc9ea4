package connectors

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// The names of the fields of an import.
const (
	FieldProducts = "products"
	FieldList     = "list"
	FieldFile     = "file"
	FieldFresh    = "fresh"
	WhatImport    = "import" // FieldWhat; the list is only read without it
)

// CustomerRow is a line of a list, or what became of it.
type CustomerRow struct {
	Line      int
	Name      workbench.Untrusted
	Tenant    workbench.Untrusted
	Products  []workbench.ConnectorKind // that its line names
	Days      int                       // 0 = as for the whole list
	Connector workbench.ConnectorID     // "" = there is none
	New       bool
	Link      string // whole address; "" = none was made
	Expires   workbench.Time
	Note      string
	Problem   workbench.Untrusted
}

// CustomersInput is what the page of an import is made from.
type CustomersInput struct {
	Layout   layout.Props
	Shared   []SharedChoice
	Chosen   workbench.RegistrationID
	Products []workbench.ConnectorKind
	Days     string
	Fresh    bool
	List     string
	Errors   map[string]string
	Checked  bool // the list was read
	Found    []CustomerRow
	Mistakes []CustomerRow
}

// Customers is the page on which a list of tenants is imported.
type Customers struct {
	Layout   layout.Props
	Action   string
	Shared   []Option
	Products []Check
	Days     TextField
	Fresh    bool
	List     string
	Errors   map[string]string
	Checked  bool
	Said     string // how much of the list can be imported
	Rows     []CustomerRow
	More     int // customers that can be imported and are not shown
	Mistakes []CustomerRow
	Further  int    // mistakes that are not shown
	Import   string // what the button says; "" = there is nothing to import
}

// Check is a box to tick.
type Check struct {
	ID, Value, Label string
	Checked          bool
}

// The most lines of a list that are shown before it is imported.
const (
	shownCustomers = 20
	shownMistakes  = 200
)

// NewCustomers makes the page.
func NewCustomers(in CustomersInput) Customers {
	in.Layout.Title, in.Layout.Section = "Import customers", layout.SectionConnectors
	p := Customers{Layout: in.Layout, Action: link.Customers(), Fresh: in.Fresh, List: in.List, Errors: in.Errors, Checked: in.Checked,
		Days: TextField{Name: FieldBackfillDays, Label: "Look back, in days", Value: in.Days, Hint: "1 to 180; 30 where nothing is said. A line may name its own.", Error: in.Errors[FieldBackfillDays]}}
	for _, o := range in.Shared {
		p.Shared = append(p.Shared, Option{Value: string(o.ID), Label: o.Name + " · " + o.Cloud, Selected: o.ID == in.Chosen})
	}
	for _, k := range workbench.ConnectorKinds {
		if k.Child() {
			p.Products = append(p.Products, Check{"product-" + string(k), string(k), k.Label(), slices.Contains(in.Products, k)})
		}
	}
	p.Rows, p.Mistakes = in.Found[:min(len(in.Found), shownCustomers)], in.Mistakes[:min(len(in.Mistakes), shownMistakes)]
	p.More, p.Further = len(in.Found)-len(p.Rows), len(in.Mistakes)-len(p.Mistakes)
	if in.Checked {
		p.Said = many(len(in.Found), "customer", "customers") + " can be imported."
		if n := len(in.Mistakes); n > 0 {
			p.Said += " " + many(n, "line", "lines") + " can't; the others do not wait for them."
		}
		if len(in.Found) > 0 {
			p.Import = "Import " + many(len(in.Found), "customer", "customers")
		}
	}
	return p
}

// chosen says which products a line names, and how far back, where it does.
func (r CustomerRow) chosen() string {
	var parts []string
	for _, k := range r.Products {
		parts = append(parts, shortLabel(k))
	}
	said := strings.Join(parts, ", ")
	if r.Days > 0 {
		said = strings.TrimPrefix(said+" · "+many(r.Days, "day", "days"), " · ")
	}
	return said
}

// ImportedInput is what the page after an import is made from.
type ImportedInput struct {
	Layout layout.Props
	Rows   []CustomerRow
}

// Imported is the page after an import. Its links are shown this once.
type Imported struct {
	Layout layout.Props
	Said   string
	Rows   []ImportedRow
	More   int    // that are in the file alone
	Links  int    // that were made
	File   string // all of them as CSV, which the page posts to have it as a file
	URL    string // where it posts it
	Back   string
	Again  string
}

// ImportedRow is one customer.
type ImportedRow struct {
	Line  string
	Name  workbench.Untrusted
	About workbench.Untrusted
	Page  string // of its connector; "" = there is none
	Badge Badge
	Words workbench.Untrusted
	Link  string
	Field string // id of the field that shows the link
	Until string
}

func (r ImportedRow) copied() workbench.Untrusted { return workbench.Text(r.Link) }

// shownImported is how many customers the page after an import shows; all of them are in its file.
const shownImported = 250

// LinkColumns are the columns of the file of an import.
var LinkColumns = []string{"name", "tenant", "link", "expires", "problem"}

// NewImported makes the page.
func NewImported(in ImportedInput) Imported {
	in.Layout.Title, in.Layout.Section = "Customers imported", layout.SectionConnectors
	rows := slices.SortedStableFunc(slices.Values(in.Rows), func(a, b CustomerRow) int { return a.Line - b.Line })
	p := Imported{Layout: in.Layout, URL: link.CustomerLinks(), Back: link.Connectors(""), Again: link.Customers()}
	added, here, failed := 0, 0, 0
	for _, r := range rows {
		row := ImportedRow{Line: strconv.Itoa(r.Line), Name: r.Name, About: r.Tenant, Badge: Badge{"good", "shape-check", "Added"}, Link: r.Link, Field: "link-" + strconv.Itoa(r.Line)}
		if r.Connector != "" {
			row.Page = link.Connector(r.Connector, "")
		}
		if row.Words = workbench.Text(r.Note); r.Link != "" {
			p.Links++
			row.Until = "Works once, until " + minute(r.Expires, in.Layout.Display) + "."
		}
		switch {
		case !r.Problem.IsZero():
			failed++
			row.Badge, row.Words = Badge{"high", "shape-diamond", "Problem"}, r.Problem
		case r.New:
			added++
		default:
			here++
			row.Badge = Badge{"quiet", "shape-dash", "Was here"}
		}
		if len(p.Rows) < shownImported {
			p.Rows = append(p.Rows, row)
		}
	}
	p.More, p.File = len(rows)-len(p.Rows), linkFile(rows)
	p.Said = many(added, "customer was", "customers were") + " added, " + ui.Count(here) + " " + plural(here, "was", "were") + " here already, " + many(failed, "line has", "lines have") + " a problem."
	return p
}

func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// linkFile writes what became of each line, without its head.
func linkFile(rows []CustomerRow) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for _, r := range rows {
		expires := ""
		if r.Link != "" {
			expires = r.Expires.UTC().Format("2006-01-02T15:04:05Z")
		}
		problem := r.Problem.Raw()
		if problem != "" {
			problem = "line " + strconv.Itoa(r.Line) + ": " + problem
		}
		_ = w.Write([]string{r.Name.Raw(), r.Tenant.Raw(), r.Link, expires, problem}) // a builder never fails
	}
	w.Flush()
	return b.String()
}
