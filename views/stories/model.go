// Package stories has the list of stories: what narrows it, its table, and its export.
package stories

import (
	"maps"
	"net/url"
	"slices"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// Region is the id of the element that TablePartial fills.
const Region = "stories"

// Input is what the list is made of. Nothing in it is changed.
type Input struct {
	Layout      layout.Props
	Rows        []workbench.Row // of this page
	Fragments   []ui.Kept       // the same as Fragment made them, instead of Rows
	Total       int             // stories that match, on all pages
	Facets      []Facet         // each counted under all filters but its own
	Query       url.Values      // the present query, checked; what is not known is dropped from links
	Next        string          // cursor of the next page; "" = this is the last
	Columns     []string        // chosen, in order; none = the default
	Everything  int             // stories that there are without any filter
	Invalid     map[string]string
	Groups      *GroupsInput // instead of rows; nil where the list is not grouped
	Views       ViewsInput
	ManyTenants bool // the account sees more than one
	AsOf        uint64
	Unread      int   // so many of 100 changes are not yet searched inside, so that stories may be missing; 0 = all are
	Wider       []Way // of Wider, counted
	Edit        Edit
}

// Facet is how many stories have each value of a field.
type Facet struct {
	Field  string
	Values []FacetValue
}

// shown is how many rows the page has.
func (in Input) shown() int { return len(in.Rows) + len(in.Fragments) }

// FacetValue is one value of a facet.
type FacetValue struct {
	Value string // as an address says it
	Label workbench.Untrusted
	Count int
}

// List is the page, ready to be drawn.
type List struct {
	Layout  layout.Props
	Display ui.Display
	Heading string // "1,284 stories"
	AsOf    string
	News    News

	Problems []Problem
	Unread   int
	Chips    []Chip
	Clear    string // address without filters; "" = nothing to clear
	Filters  Filters
	Bare     bool // there is nothing to filter
	Span     Span
	Adder    Adder
	Order    Order

	Columns   []Column
	Plain     bool // nobody chose the columns: some may give way on a narrow screen
	Rows      []Story
	Fragments []ui.Kept // after Rows; one of both is empty
	Grouped   *Grouped  // instead of rows; nil where there are no groups
	Nothing   *Nothing  // why there are no rows; nil where there are some

	Chooser   Chooser
	GroupMenu GroupMenu
	Views     ViewMenu
	Exports   []Export
	Paging    Paging
}

// Problem is a parameter that the list did not understand.
type Problem struct{ Parameter, Sentence string }

// Filters is the form at the side.
type Filters struct {
	Action  string
	Carried []Param // parameters that the form keeps
	Bars    []Bar
	Bands   []Band
	Groups  []Group
	Active  string // "3 active", or "" for none
}

// Column is the head of one column.
type Column struct {
	Key, Head, Explain string
	Kind               kind
	URL                string // sorts by it alone, or turns the order round; "" where it cannot be sorted by
	Also               string // the order with it added as its last key, or turned round there
	Sorted             string // value of aria-sort; "" where the list is not sorted by it first
	Way                string // ascending or descending, whichever key of the order it is; "" where it is none
	Number             string // which key of the order it is, where there are several
	Next               string // what the link does, for a screen reader
}

// Chooser is the form that chooses columns.
type Chooser struct {
	Action, Return string
	Shown          []Offer
	Others         []Offer
}

// Offer is one column in the chooser.
type Offer struct {
	Key, Head, Explain string
	Fixed              bool // always shown
	Up, Down           string
}

// Export is one form in which the list can be had.
type Export struct{ Label, Note, URL string }

// Paging leads through the pages.
type Paging struct {
	Says        string // "1–50 of 1,284"
	First, Next string // addresses; "" where there is none
	Action      string
	Carried     []Param
	Sizes       []Size // none where every story fits on one page
}

// Size is a number of rows that a page can have.
type Size struct {
	Rows    string
	Current bool
}

// New makes the page. It depends on nothing but its input.
func New(in Input) List {
	a, labels := newAddress(in.Query).without(in.Invalid), newLabeller(in.Facets)
	shown := known(in.Columns, in.ManyTenants)
	l := List{
		Layout: in.Layout, Display: in.Layout.Display, Heading: counted(in.Total, "story", "stories"), AsOf: number(in.AsOf), News: NewNews(a.query, in.AsOf, 0, 0), Unread: in.Unread,
		Problems: problems(in.Invalid), Chips: chips(a, labels), Span: newSpan(a, in.Layout.Display),
		Columns: heads(a, shown), Chooser: chooser(a, shown), Exports: exports(a, shown), Paging: paging(a, in),
	}
	l.Plain = slices.Equal(keysOf(shown), DefaultColumns(in.ManyTenants))
	if l.Span.Chip != nil {
		l.Chips = append(l.Chips, *l.Span.Chip)
	}
	if len(l.Chips) > 0 {
		l.Clear = a.cleared().url()
	}
	l.Filters = filters(a, in, labels, len(l.Chips))
	l.Adder, l.Order = newAdder(a, in, labels), newOrder(a)
	l.Bare = in.Everything == 0 && in.Total == 0 && len(l.Chips) == 0
	for _, r := range in.Rows {
		l.Rows = append(l.Rows, newStory(r, shown))
	}
	l.Fragments = in.Fragments
	l.Views, l.GroupMenu, l.Grouped = viewMenu(a, in.Views, shown), groupMenu(a), grouped(a, in, labels, shown)
	if a.query.Has(paramGroup) {
		l.Exports = groupExports(a, shown)
	}
	if in.shown() == 0 && l.Grouped == nil {
		l.Nothing = nothing(a, in, l)
	}
	return l
}

func filters(a address, in Input, labels labeller, active int) Filters {
	f := Filters{Action: link.Stories(nil), Bars: bars(a, in.Facets), Bands: bands(a), Groups: groups(a, in.Facets, labels, in.ManyTenants)}
	offered := []string{"criticality"}
	for _, g := range f.Groups {
		offered = append(offered, g.Field)
	}
	f.Carried = append(a.hidden(offered...), outs(a)...)
	if active > 0 {
		f.Active = ui.Count(active) + " active"
	}
	return f
}

// problemsTitle is what stands above problems.
func problemsTitle(list []Problem) string {
	if len(list) == 1 && list[0].Parameter == paramText {
		return "The search cannot be made like this."
	}
	return "The address asks for something that the list does not understand."
}

func problems(invalid map[string]string) []Problem {
	var out []Problem
	for _, name := range slices.Sorted(maps.Keys(invalid)) {
		out = append(out, Problem{workbench.Text(name).String(), workbench.Text(invalid[name]).String()})
	}
	return out
}
