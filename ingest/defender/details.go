package defender

import (
	"slices"

	"workbench"
)

// details is what Microsoft says of the incident, with what its alerts say together.
func (g *group) details(s *source) workbench.Details {
	d := workbench.Details{}
	if g.incident != nil {
		d = g.incident.details
	}
	for _, f := range s.alerts {
		d.ServiceSource = d.ServiceSource.Or(f.alert.ServiceSource)
		if !f.alert.DetectionSource.IsZero() {
			d.DetectionSources = append(d.DetectionSources, f.alert.DetectionSource)
		}
		if !f.products.IsZero() {
			d.ProductNames = append(d.ProductNames, f.products)
		}
	}
	d.DetectionSources, d.ProductNames = held(distinct(d.DetectionSources)), held(distinct(d.ProductNames))
	d.Tags, d.SystemTags, d.Other = held(d.Tags), held(d.SystemTags), held(d.Other)
	d.RedirectedTo = g.redirectedTo(s.draft, d)
	return d
}

// redirectedTo is where alerts went, and for a merged incident the story of the same product in the incident that it was merged into.
func (g *group) redirectedTo(draft *draft, d workbench.Details) []workbench.StoryID {
	to := []workbench.StoryID{}
	for _, c := range draft.left {
		to = append(to, c.to)
	}
	if target := d.RedirectIncidentID.Raw(); target != "" && target != g.Incident && len(draft.present)+len(draft.left) > 0 {
		to = append(to, workbench.IncidentStory(g.Tenant, draft.product, target))
	}
	slices.Sort(to)
	return slices.DeleteFunc(slices.Compact(to), func(id workbench.StoryID) bool { return id == draft.id })
}

// product is the story's product, with the name that its alerts give it.
func (s *source) product() workbench.Product {
	for _, f := range s.alerts {
		if p := workbench.ProductOf(f.alert.ServiceSource); !f.alert.ServiceSource.IsZero() && p.Key == s.draft.product {
			return p
		}
	}
	switch s.draft.product {
	case workbench.ProductEndpoint: // alerts of the endpoint interface name no product
		return workbench.ProductOf(workbench.Text("microsoftDefenderForEndpoint"))
	case workbench.ProductXDR:
		return workbench.ProductOf(workbench.Text("microsoft365Defender"))
	}
	p := workbench.ProductOf(workbench.Text(s.draft.product))
	p.Key = s.draft.product
	return p
}
