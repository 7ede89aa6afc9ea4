package stories

import (
	"net/url"
	"slices"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// The names of the fields that the forms of views post.
const (
	FormName     = "name"
	FormFilters  = "query"
	FormRevision = "revision"
	FormShared   = "shared"
	FormReturn   = "return"
	FormView     = "view"
	FormShown    = "shown" // the columns on the page
	FormKeep     = "keep"  // not empty: the view keeps the columns on the page
)

// ViewsInput is what the menu and the page of views are made of. Nothing in it is changed.
type ViewsInput struct {
	List     []workbench.View // those that come with the program, then own ones and those of others
	Account  workbench.AccountID
	Owners   map[workbench.AccountID]string // names of the others
	Default  workbench.ViewID               // opens first; "" = the program's
	MayShare bool
	Unfit    map[string]string // parts of the view that the address began as which fit no longer
	Facets   []Facet           // how values are called; for the page alone
}

// ViewMenu is the menu of views.
type ViewMenu struct {
	Name     string // of the view that is looked at; "" = none
	Starred  bool   // it opens first
	Changed  bool   // the address asks for something else than it
	Sections []ViewSection
	Star     string // where the stars post to
	Return   string
	Save     *ViewSave // nil where the view is not the account's own, or not changed
	SaveAs   ViewForm
	Keep     string // address of the page where views are kept in order
	Unfit    []Problem
}

// ViewSection is the views of one kind.
type ViewSection struct {
	Name  string
	Views []ViewEntry
	More  string // "75 more": those that only the page of views has
}

// maxMenuViews is how many views of a section the menu has, besides the present and the starred one.
const maxMenuViews = 25

// ViewEntry is one view in the menu.
type ViewEntry struct {
	Name, Owner string // the owner only where it is somebody else
	URL         string
	Current     bool
	Shared      bool // it is the account's own, and others see it
	Starred     bool
	Star        string // what its star posts: its id, or "" to take the star away
	StarLabel   string
}

// ViewSave is the form that saves changes of a view.
type ViewSave struct {
	ViewForm
	Name string
}

// ViewForm is a form that saves a query as a view.
type ViewForm struct {
	Action, Return string
	Query, Columns string
	Revision       string
	Keep           bool // the view is to keep its columns
	MayShare       bool
}

const programView workbench.ViewID = "open"

// viewMenu makes the menu for an address, whose base is the view that it began as.
func viewMenu(a address, in ViewsInput, shown []column) ViewMenu {
	now := ViewQuery(a.query)
	current := currentView(in.List, workbench.ViewID(a.query.Get(paramBase)), now)
	here := a.set(paramIn).url()
	form := ViewForm{Action: link.Views(""), Return: here, Query: now.Encode(), Columns: list(keysOf(shown)), Keep: now.Has(paramColumns), MayShare: in.MayShare}
	m := ViewMenu{Star: link.StarView(), Return: here, SaveAs: form, Keep: link.Views("")}
	first := in.Default
	if first == "" {
		first = programView
	}
	var sections [3]ViewSection
	var left [3]int
	sections[0].Name, sections[1].Name, sections[2].Name = "Built in", "Yours", "Shared by others"
	for _, v := range in.List {
		e := ViewEntry{Name: v.Name, URL: viewURL(v), Current: current != nil && current.ID == v.ID, Starred: v.ID == first, Star: string(v.ID), StarLabel: "Open “" + v.Name + "” first"}
		if e.Starred {
			e.Star, e.StarLabel = "", "“"+v.Name+"” opens first; take its star away"
		}
		at := 0
		switch {
		case v.Owner != "" && v.Owner == in.Account:
			at, e.Shared = 1, v.Shared
		case v.Owner != "":
			at, e.Owner = 2, in.Owners[v.Owner]
		}
		if len(sections[at].Views) >= maxMenuViews && !e.Current && !e.Starred {
			left[at]++
			continue
		}
		sections[at].Views = append(sections[at].Views, e)
	}
	for i, s := range sections {
		if left[i] > 0 {
			s.More = ui.Count(left[i]) + " more"
		}
		if len(s.Views) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	if current == nil {
		return m
	}
	m.Name, m.Starred, m.Changed, m.Unfit = current.Name, current.ID == first, now.Encode() != viewValues(*current).Encode(), problems(in.Unfit)
	if current.Owner != "" && current.Owner == in.Account && (m.Changed || len(m.Unfit) > 0) {
		form.Action, form.Revision = link.ActOnView(current.ID, link.SaveView), number(uint64(current.Revision))
		m.Save = &ViewSave{form, current.Name}
	}
	return m
}

// currentView is the view that an address began as, else one that asks for the very same list.
func currentView(list []workbench.View, base workbench.ViewID, now url.Values) *workbench.View {
	for i := range list {
		if base != "" && list[i].ID == base {
			return &list[i]
		}
	}
	same := now.Encode()
	for i := range list {
		if viewValues(list[i]).Encode() == same {
			return &list[i]
		}
	}
	return nil
}

// Based returns a list's query with the view that its links are to name as the one they began as: that of the query where the account has
// it, else one that asks for the same list, else none. What can be no open group goes.
func Based(query url.Values, list []workbench.View) url.Values {
	out := address{query}.clone()
	out.Del(paramBase)
	if open := slices.DeleteFunc(out[paramIn], func(id string) bool { return len(id) > maxGroupID }); len(open) > 0 && out.Has(paramGroup) {
		out[paramIn] = open[max(0, len(open)-MaxOpenGroups):]
	} else {
		out.Del(paramIn)
	}
	if v := currentView(list, workbench.ViewID(query.Get(paramBase)), ViewQuery(query)); v != nil {
		out.Set(paramBase, string(v.ID))
	}
	return out
}
