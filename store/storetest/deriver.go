package storetest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"workbench"
)

// Deriver is a small deriver for tests: pure, without knowledge of Microsoft. It makes one story for each product of a group, from the
// titles of the documents that Incident and Alert make. Its field says which version of a derivation it stands for and is part of content.
type Deriver struct{ Name string }

// Version implements workbench.Deriver.
func (d Deriver) Version() string { return "storetest/" + d.Name }

// Derive implements workbench.Deriver.
func (d Deriver) Derive(g workbench.Group) []workbench.Content {
	newest := map[string]workbench.Observed{} // of each alert
	var incidents []workbench.Observed
	products := map[string][]workbench.Observed{} // versions that name this group
	for _, doc := range g.Documents {
		if doc.Kind == workbench.IncidentDocument {
			incidents = append(incidents, doc)
			continue
		}
		if former, ok := newest[doc.Object]; !ok || compareVersions(former, doc) < 0 {
			newest[doc.Object] = doc
		}
		if doc.Groups() == g.GroupKey {
			products[doc.Product] = append(products[doc.Product], doc)
		}
	}
	var contents []workbench.Content
	for product, versions := range products {
		contents = append(contents, d.story(g, product, versions, newest, incidents))
	}
	if id := workbench.PlaceholderStory(g.Tenant, g.Incident); g.Incident != "" && (len(contents) == 0 || slices.Contains(g.Acted, id)) {
		c := d.content(g, id, "placeholder", incidents)
		c.Placeholder = true
		for _, other := range contents {
			c.MovedTo = append(c.MovedTo, other.ID)
		}
		slices.Sort(c.MovedTo)
		contents = append(contents, c)
	}
	slices.SortFunc(contents, func(a, b workbench.Content) int { return cmp.Compare(a.ID, b.ID) })
	return contents
}

func (d Deriver) story(g workbench.Group, product string, versions []workbench.Observed, newest map[string]workbench.Observed,
	incidents []workbench.Observed) workbench.Content {
	c := d.content(g, storyOf(g.GroupKey, product), product, slices.Concat(incidents, versions))
	left := map[workbench.StoryID]bool{}
	seen := map[string]bool{}
	for _, v := range versions {
		if seen[v.Object] {
			continue
		}
		seen[v.Object] = true
		now := newest[v.Object]
		if home := storyOf(now.Groups(), now.Product); home != c.ID {
			left[home] = true
			continue
		}
		title, at := read(now)
		c.Alerts = append(c.Alerts, workbench.Alert{ID: v.Object, Name: title, UpdatedAt: at})
		c.Names = append(c.Names, title)
		c.NewestAlertAt = workbench.Latest(c.NewestAlertAt, at)
	}
	slices.SortFunc(c.Alerts, func(a, b workbench.Alert) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Names, func(a, b workbench.Untrusted) int { return cmp.Compare(a.Raw(), b.Raw()) })
	if c.AlertCount = len(c.Alerts); c.AlertCount == 0 {
		c.MovedTo = slices.Sorted(maps.Keys(left))
	} else {
		c.Indication = c.Alerts[0].Name
	}
	c.Criticality = 1 + c.AlertCount%10
	return c
}

// content is what all stories of a group share. Everything in it is in an order that does not depend on that of observations.
func (d Deriver) content(g workbench.Group, id workbench.StoryID, product string, documents []workbench.Observed) workbench.Content {
	c := workbench.Content{
		Head: workbench.Head{ID: id, Tenant: g.Tenant, ProducerType: workbench.GenericIncident, Product: product, Producer: workbench.Text("Product " + product),
			IncidentID: workbench.Text(g.Incident), Criticality: 1, MitreTechniques: []workbench.Untrusted{}, MovedTo: []workbench.StoryID{}, Names: []workbench.Untrusted{}},
		CriticalityFactors: []workbench.Factor{}, Timeline: []workbench.TimelineItem{}, Entities: []workbench.Entity{}, Alerts: []workbench.Alert{},
		ProcessTrees: []workbench.ProcessTree{}, Raw: []workbench.RawRef{},
	}
	c.Summary = workbench.Text("derived by " + d.Name)
	var newest workbench.Observed
	for _, doc := range documents {
		c.Raw = append(c.Raw, workbench.RawRef{Hash: doc.Hash, Kind: doc.Kind})
		_, at := read(doc)
		c.CreatedAt, c.UpdatedAt = workbench.Earliest(c.CreatedAt, at), workbench.Latest(c.UpdatedAt, at)
		if doc.Kind == workbench.IncidentDocument && (newest.Object == "" || compareVersions(newest, doc) < 0) {
			newest = doc
			c.Details.IncidentName, _ = read(doc)
			c.Indication = c.Details.IncidentName
		}
	}
	slices.SortFunc(c.Raw, func(a, b workbench.RawRef) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), slices.Compare(a.Hash[:], b.Hash[:]))
	})
	return c
}

func storyOf(g workbench.GroupKey, product string) workbench.StoryID {
	if g.Incident == "" {
		return workbench.AlertStory(g.Tenant, product, g.Alert)
	}
	return workbench.IncidentStory(g.Tenant, product, g.Incident)
}

func compareVersions(a, b workbench.Observed) int {
	return cmp.Or(cmp.Compare(a.Updated, b.Updated), cmp.Compare(a.Observation, b.Observation))
}

// read returns the title of a document and when it was updated; absent where the document is not of this package.
func read(d workbench.Observed) (workbench.Untrusted, workbench.Time) {
	var v struct {
		Title workbench.Untrusted `json:"title"`
	}
	if json.Unmarshal(d.JSON, &v) != nil {
		v.Title = workbench.Text(string(d.JSON))
	}
	at, _ := workbench.ParseTime(d.Updated)
	return v.Title, at
}
