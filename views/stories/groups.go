package stories

import (
	"slices"
	"strings"
	"time"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// The parameters of the list's address that say how it is grouped, and what it began as.
const (
	paramGroup = "group"
	paramIn    = OpenGroups
	paramView  = link.ViewParameter
	paramBase  = link.BaseParameter
)

// OpenGroups is the parameter of the list's address that holds the ids of open groups.
const OpenGroups = "in"

// What a page of groups shows of its open ones.
const (
	GroupRows     = 10 // stories of each
	MaxOpenGroups = 10
)

// groupFields are the fields that a list can be grouped by, in the order of the menu, each with what the group of stories without a value
// is called.
var groupFields = []struct{ field, name, none string }{
	{"source", "Source", "No source"}, {"sourceIp", "Source IP", "No source IP"}, {"indication", "Indication", "No indication"}, {"status", "Status", "No status"},
	{"producer", "Producer", "No producer"}, {"producerType", "Producer type", "No producer type"}, {"tenant", "Tenant", "No tenant"}, {"incident", "Incident", "No incident"},
}

// GroupsInput is a page of groups, over the whole result.
type GroupsInput struct {
	Field  string
	Groups []GroupInput
	Count  int    // groups, on all pages
	Next   string // cursor of the next page; "" = this is the last
}

// GroupInput is the stories of one value.
type GroupInput struct {
	Value             string
	Label             workbench.Untrusted
	Count             int
	High, Medium, Low int
	UpdatedAt         workbench.Time
	Open              bool
	Rows              []workbench.Row // the first ones of an open group
	Fragments         []ui.Kept       // the same as Fragment made them, instead of Rows
}

// Grouped is the list in groups, ready to be drawn.
type Grouped struct {
	Label  string // what they are, for a screen reader
	Heads  []GroupHead
	Paging Paging
}

// GroupHead is one group with what is open of it.
type GroupHead struct {
	ID        string
	Label     workbench.Untrusted
	Sub       workbench.Untrusted // what tells it from another of the same label
	Code      bool                // the label is written as evidence is
	URL       string              // the list of its stories; "" where no address can say its value
	Toggle    string              // the page with the group open, or closed again
	Open      bool
	Count     string
	Bands     []GroupBand
	At        workbench.Time
	Rows      []Story
	Fragments []ui.Kept // after Rows; one of both is empty
	More      string    // "All 213 stories of this group"; "" where every one is shown
	Fallback  string    // says why the label leads nowhere
}

// GroupBand is how many stories of a group are of one band of criticality.
type GroupBand struct {
	Band, Shape, Word, Count string
}

// GroupMenu says what the list is grouped by.
type GroupMenu struct {
	Label string
	On    bool
	Ways  []Choose
}

// maxGroupID is more than the length of what GroupID makes.
const maxGroupID = 64

// GroupID names a group of a field in addresses and elements, whatever its value holds.
func GroupID(field, value string) string { return workbench.NewID("group", field, value) }

// GroupLabel is how a group of a field is called, on pages and in data alike.
func GroupLabel(field, value string, label workbench.Untrusted) workbench.Untrusted {
	if strings.EqualFold(value, "none") {
		for _, f := range groupFields {
			if f.field == field {
				return workbench.Text(f.none)
			}
		}
	}
	if name := ownLabel(field, value); name != "" {
		return workbench.Text(name)
	}
	return label
}

func groupFieldName(field string) string {
	for _, f := range groupFields {
		if f.field == field {
			return f.name
		}
	}
	return field
}

func groupMenu(a address) GroupMenu {
	now, none := a.query.Get(paramGroup), a.set(paramIn).set(paramGroup)
	m := GroupMenu{Label: "Group", Ways: []Choose{{Label: "No groups", URL: none.url(), Current: now == ""}}}
	for _, f := range groupFields {
		m.Ways = append(m.Ways, Choose{Label: f.name, URL: none.set(paramGroup, f.field).url(), Current: now == f.field})
		if now == f.field {
			m.Label, m.On = "By "+strings.ToLower(f.name[:1])+f.name[1:], true
		}
	}
	return m
}

// grouped makes the list in groups; nil where there are none.
func grouped(a address, in Input, labels labeller, shown []column) *Grouped {
	if in.Groups == nil || len(in.Groups.Groups) == 0 {
		return nil
	}
	field := in.Groups.Field
	g := &Grouped{Label: "Groups by " + groupFieldName(field), Paging: groupPaging(a, in)}
	for _, one := range in.Groups.Groups {
		id := GroupID(field, one.Value)
		h := GroupHead{ID: "group-" + id, Label: clipped(GroupLabel(field, one.Value, one.Label)), Code: field == "sourceIp" && one.Value != "none", Open: one.Open, Count: counted(one.Count, "story", "stories"),
			Bands: groupBands(one), At: one.UpdatedAt, Toggle: a.opening(id, !one.Open).url(), Fragments: one.Fragments}
		if to, ok := a.within(field, one.Value); ok {
			h.URL = to.url()
		} else {
			h.Fallback = "No address can say this value, so that the group opens here alone, with its first stories. Narrow the list by something else to see others."
		}
		if tenant, _, two := strings.Cut(one.Value, "/"); two && field == "incident" && in.ManyTenants {
			h.Sub = clipped(labels.one("tenant", tenant))
		}
		if one.Count > len(one.Rows)+len(one.Fragments) && one.Open {
			h.More = "All " + counted(one.Count, "story", "stories") + " of this group"
		}
		for _, r := range one.Rows {
			h.Rows = append(h.Rows, newStory(r, shown))
		}
		g.Heads = append(g.Heads, h)
	}
	return g
}

func groupBands(g GroupInput) []GroupBand {
	return []GroupBand{
		{"high", "bars-5", "high", ui.Count(g.High)},
		{"medium", "bars-3", "medium", ui.Count(g.Medium)},
		{"low", "bars-1", "low", ui.Count(g.Low)},
	}
}

// within is the address of the stories of one group, which all match what the present address asks for. It reports false for a value that
// an address reads as something else.
func (a address) within(field, value string) (address, bool) {
	if !sayable(value) && !strings.EqualFold(value, "none") {
		return a, false
	}
	return a.set(paramIn).set(paramGroup).set(field, value), true
}

// opening is the address of this very page with a group open or closed. Of too many open ones the first opened closes.
func (a address) opening(id string, open bool) address {
	ids := slices.DeleteFunc(slices.Clone(a.query[paramIn]), func(other string) bool { return other == id })
	if open {
		ids = append(ids, id)
		ids = ids[max(0, len(ids)-MaxOpenGroups):]
	}
	query := a.clone()
	delete(query, paramIn)
	if len(ids) > 0 {
		query[paramIn] = ids
	}
	return address{query}
}

func groupPaging(a address, in Input) Paging {
	p := Paging{Action: link.Stories(nil), Carried: a.hidden(paramLimit, paramIn)}
	shown, all := len(in.Groups.Groups), in.Groups.Count
	first := a.query.Get(paramAfter) == ""
	switch {
	case first && shown >= all:
		p.Says = "All " + counted(all, "group", "groups")
	case first:
		p.Says = "1–" + ui.Count(shown) + " of " + counted(all, "group", "groups")
	default:
		p.Says = ui.Count(shown) + " of " + counted(all, "group", "groups") + " on this page"
	}
	if !first {
		p.First = a.set(paramIn).url()
	}
	if in.Groups.Next != "" {
		p.Next = a.set(paramIn).set(paramAfter, in.Groups.Next).url()
	}
	return p
}

// pages leads through the pages of groups where the list has them, else through those of stories.
func (l List) pages() Paging {
	if l.Grouped != nil {
		return l.Grouped.Paging
	}
	return l.Paging
}

func groupExports(a address, shown []column) []Export {
	groups := a.set(paramIn).set(paramColumns).set(paramLimit)
	rows := groups.set(paramGroup)
	return []Export{
		{"CSV of the groups", "every group", link.StoriesAs(link.CSV, groups.query)},
		{"NDJSON of the groups", "every group, one on a line", link.StoriesAs(link.NDJSON, groups.query)},
		{"CSV of the stories", "every matching story, these columns", link.StoriesAs(link.CSV, rows.set(paramColumns, list(keysOf(shown))).query)},
		{"NDJSON of the stories", "every matching story, one on a line", link.StoriesAs(link.NDJSON, rows.query)},
	}
}

// TimeCell is a time as exports have it: RFC 3339 in the display's zone, empty where there is none.
func TimeCell(t workbench.Time, d ui.Display) string {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339Nano)
}
