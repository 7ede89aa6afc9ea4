package defender

import (
	"cmp"
	"runtime"
	"slices"
	"strings"

	"workbench"
)

// derivation names what this package makes of documents. Raise it with every change that makes other stories of the same documents.
const derivation = "defender/2"

// Deriver makes stories from the documents of one incident. It keeps nothing of them between calls and may be used by several goroutines.
type Deriver struct {
	portals []string
	parsers chan *parser // free ones: the room in which documents are read is used again
}

var _ workbench.Deriver = (*Deriver)(nil)

// NewDeriver returns a deriver that lets stories link to the given hosts of Microsoft's portals, as DefaultPortals writes them. Without
// any it takes those.
func NewDeriver(portals []string) *Deriver {
	if len(portals) == 0 {
		portals = DefaultPortals()
	}
	return &Deriver{portals: slices.Clone(portals), parsers: make(chan *parser, runtime.GOMAXPROCS(0))}
}

// Version names the derivation and the portals, for both decide what a story says.
func (d *Deriver) Version() string {
	portals := slices.Sorted(slices.Values(d.portals))
	return derivation + "/" + workbench.NewID(portals...)[:8]
}

// Derive returns the stories of the group in the order of their ids.
//
// An alert belongs to the incident that its newest version names. A story is there for each product of which any version of any alert names
// the group's incident; where all those alerts have left, it shows their last versions here and says where they went. An incident without
// alerts makes a placeholder, unless it was merged into another one. Stories that were acted on are there whatever the documents say.
func (d *Deriver) Derive(g workbench.Group) []workbench.Content {
	p := d.borrow()
	defer d.giveBack(p)
	incidents, alerts := histories(g, p)
	group := &group{GroupKey: g.GroupKey, portals: d.portals, users: users{}, objects: &objects{names: map[string]workbench.Untrusted{}}, drafts: map[string]*draft{}}
	for _, h := range incidents {
		if g.Incident != "" && h.object == g.Incident {
			group.readIncidents(h)
		}
	}
	for _, h := range alerts {
		group.file(h)
	}
	var out []workbench.Content
	for _, draft := range group.drafts {
		out = append(out, group.story(draft))
	}
	for _, id := range group.placeholders(out, g.Acted) {
		out = append(out, group.placeholder(id, out))
	}
	slices.SortFunc(out, func(a, b workbench.Content) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// borrow returns a parser that nobody uses.
func (d *Deriver) borrow() *parser {
	select {
	case p := <-d.parsers:
		return p
	default:
		return new(parser)
	}
}

func (d *Deriver) giveBack(p *parser) {
	p.forget()
	select {
	case d.parsers <- p:
	default:
	}
}

// group is what is known of a group while its stories are made.
type group struct {
	workbench.GroupKey
	portals   []string
	users     users
	objects   *objects
	incidents []*incidentFacts // versions of the incident, oldest first
	incident  *incidentFacts   // the newest of them; nil = none is here
	drafts    map[string]*draft
}

// draft is a story to be made: the alerts of one product.
type draft struct {
	id      workbench.StoryID
	product string
	present []*chosen
	left    []*chosen
}

// chosen is an alert with the version of it that the story shows.
type chosen struct {
	*history
	shown *version
	to    workbench.StoryID // story that it left for; "" = it is here
}

func (g *group) readIncidents(h *history) {
	for _, v := range h.versions {
		g.incidents = append(g.incidents, g.readIncident(v))
	}
	g.incident = g.incidents[len(g.incidents)-1]
}

// here reports whether a version places its alert in this group.
func (g *group) here(v *version) bool {
	if g.Incident == "" {
		return v.doc.Incident == "" && v.doc.Object == g.Alert
	}
	return v.doc.Incident == g.Incident
}

// storyOf is the story that a version places its alert in.
func (g *group) storyOf(v *version) workbench.StoryID {
	if v.doc.Incident == "" {
		return workbench.AlertStory(g.Tenant, v.doc.Product, v.doc.Object)
	}
	return workbench.IncidentStory(g.Tenant, v.doc.Product, v.doc.Incident)
}

// file puts an alert into the drafts of every product under which it was ever here.
func (g *group) file(h *history) {
	newest, filed := h.newest(), map[string]bool{}
	for _, v := range h.versions {
		if !g.here(v) || filed[v.doc.Product] {
			continue
		}
		product := v.doc.Product
		filed[product] = true
		d := g.drafts[product]
		if d == nil {
			d = &draft{id: g.storyOf(v), product: product}
			g.drafts[product] = d
		}
		if g.here(newest) && newest.doc.Product == product {
			d.present = append(d.present, &chosen{history: h, shown: newest})
			continue
		}
		last := h.last(func(v *version) bool { return g.here(v) && v.doc.Product == product })
		d.left = append(d.left, &chosen{history: h, shown: last, to: g.storyOf(newest)})
	}
}

// placeholders are the stories that have no alerts but must be there.
func (g *group) placeholders(made []workbench.Content, acted []workbench.StoryID) []workbench.StoryID {
	there := map[workbench.StoryID]bool{}
	for _, c := range made {
		there[c.ID] = true
	}
	var ids []workbench.StoryID
	add := func(id workbench.StoryID) {
		if !there[id] {
			there[id] = true
			ids = append(ids, id)
		}
	}
	if g.incident != nil && len(made) == 0 && !g.incident.redirected() {
		add(workbench.PlaceholderStory(g.Tenant, g.Incident))
	}
	for _, id := range acted {
		add(id)
	}
	slices.SortFunc(ids, func(a, b workbench.StoryID) int { return strings.Compare(string(a), string(b)) })
	return ids
}

// placeholder is a story without alerts. Once alerts are here it says which stories have them.
func (g *group) placeholder(id workbench.StoryID, made []workbench.Content) workbench.Content {
	c := g.content(&draft{id: id, product: workbench.ProductXDR}, nil)
	c.Placeholder = true
	for _, m := range made {
		if !m.Placeholder && len(m.MovedTo) == 0 {
			c.MovedTo = append(c.MovedTo, m.ID)
		}
	}
	slices.Sort(c.MovedTo)
	c.Details.RedirectedTo = append(c.Details.RedirectedTo, c.MovedTo...)
	c.Summary = summary(c)
	return c
}
