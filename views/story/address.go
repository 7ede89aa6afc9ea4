package story

import (
	"net/url"
	"slices"

	"workbench"
	"workbench/views/link"
)

// place is the address of a page of the story with what is open on it. Its methods return changed copies, so that every link on the page
// keeps the rest of the page as it is.
type place struct {
	story workbench.StoryID
	tab   string
	open  []string // alerts
	show  string
	kind  string
	sort  string
	all   bool
}

func (in Input) place() place {
	return place{story: in.Story.ID, tab: in.Tab, open: in.OpenAlerts, show: in.Selected, kind: in.EvidenceKind, sort: in.Sort, all: in.All}
}

func (p place) showing(id string) place { p.show = id; return p }
func (p place) sorted(key string) place { p.sort = key; return p }
func (p place) unlimited() place        { p.all = true; return p }
func (p place) opening(alert string) place {
	if !slices.Contains(p.open, alert) {
		p.open = append(slices.Clone(p.open), alert)
	}
	return p
}
func (p place) closing(alert string) place {
	p.open = slices.DeleteFunc(slices.Clone(p.open), func(a string) bool { return a == alert })
	return p
}

// alone forgets the open alerts: a script adds those that are open at the moment of the click.
func (p place) alone() place { p.open = nil; return p }

// ofKind is the evidence tab at one kind.
func (p place) ofKind(kind string) place {
	return place{story: p.story, tab: link.Evidence, kind: kind}
}

// url writes the parameters in the order of their names, as url.Values would.
func (p place) url() string {
	b := []byte(link.Story(p.story, p.tab))
	lead := byte('?')
	add := func(name, value string) {
		if value != "" {
			b = append(append(append(append(b, lead), name...), '='), url.QueryEscape(value)...)
			lead = '&'
		}
	}
	for _, id := range p.open {
		add("alert", id)
	}
	if p.all {
		add("all", "1")
	}
	add("kind", p.kind)
	add("show", p.show)
	add("sort", p.sort)
	return string(b)
}

// at is the address with the id of an element that the browser scrolls to.
func (p place) at(anchor string) string { return p.url() + "#" + anchor }
