package stories

import (
	"strings"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
)

// ViewsPage is the page on which views are kept in order.
type ViewsPage struct {
	Layout   layout.Props
	Problem  string // what went wrong, and what to do
	Again    *ViewForm
	Own      []ViewRow
	Others   []ViewRow
	BuiltIn  []ViewRow
	New      *NewView // the form of a new view that could not be saved
	Says     string   // "3 of 100"
	MayShare bool
}

// ViewRow is one view on the page.
type ViewRow struct {
	Anchor   string
	Name     string
	Typed    string // name in the form
	Error    string // what is wrong with it
	Owner    string
	URL      string
	Asks     []Chip // what it filters by
	Shared   bool
	Starred  bool
	Star     string
	Revision string

	Rename, Share, Unshare, Delete string // where the forms post to
}

// NewView is what a person typed for a new view.
type NewView struct {
	ViewForm
	Name, Error string
	Shared      bool
}

// ViewsProblem is a form that was refused.
type ViewsProblem struct {
	Sentence string // about the whole
	View     workbench.ViewID
	Name     string // as typed
	Error    string // about the name
	Query    string // that was to be saved
	Shared   bool
	Return   string
}

// NewViewsPage makes the page; p is a form that was refused, nil for none.
func NewViewsPage(frame layout.Props, in ViewsInput, p *ViewsProblem) ViewsPage {
	page := ViewsPage{Layout: frame, MayShare: in.MayShare}
	first := in.Default
	if first == "" {
		first = programView
	}
	labels := newLabeller(in.Facets)
	for _, v := range in.List {
		r := ViewRow{Anchor: link.ViewAnchor(v.ID), Name: v.Name, Typed: v.Name, URL: viewURL(v), Asks: asks(v, labels, frame), Shared: v.Shared, Starred: v.ID == first, Star: string(v.ID),
			Revision: number(uint64(v.Revision)), Rename: link.ActOnView(v.ID, link.RenameView), Share: link.ActOnView(v.ID, link.ShareView), Unshare: link.ActOnView(v.ID, link.UnshareView), Delete: link.ActOnView(v.ID, link.DeleteView)}
		if r.Starred {
			r.Star = ""
		}
		if p != nil && p.View == v.ID && p.Name != "" {
			r.Typed, r.Error = p.Name, p.Error
		}
		switch v.Owner {
		case "":
			page.BuiltIn = append(page.BuiltIn, r)
		case in.Account:
			page.Own = append(page.Own, r)
			if p != nil && p.View == v.ID && p.Query != "" {
				page.Again = &ViewForm{Action: link.ActOnView(v.ID, link.SaveView), Return: p.Return, Query: p.Query, Revision: r.Revision, Keep: true}
			}
		default:
			r.Owner = in.Owners[v.Owner]
			page.Others = append(page.Others, r)
		}
	}
	page.Says = counted(len(page.Own), "view", "views") + " of at most " + number(workbench.MaxViews)
	if p == nil {
		return page
	}
	page.Problem = p.Sentence
	if p.View == "" {
		page.New = &NewView{ViewForm: ViewForm{Action: link.Views(""), Return: p.Return, Query: p.Query, Keep: true, MayShare: in.MayShare}, Name: p.Name, Error: p.Error, Shared: p.Shared}
	}
	return page
}

// asks says what a view filters by, its range of time with it.
func asks(v workbench.View, labels labeller, frame layout.Props) []Chip {
	a := address{viewValues(v)}
	out := chips(a, labels)
	if c := newSpan(a, frame.Display).Chip; c != nil {
		out = append(out, *c)
	}
	if field := a.query.Get(paramGroup); field != "" {
		out = append(out, Chip{Name: "Grouped", Sense: "by", Values: []workbench.Untrusted{workbench.Text(groupFieldName(field))}})
	}
	if n := len(strings.Split(a.query.Get(paramColumns), ",")); a.query.Has(paramColumns) {
		out = append(out, Chip{Name: "Columns", Sense: "of its own:", Values: []workbench.Untrusted{workbench.Text(number(uint64(n)))}})
	}
	return out
}
