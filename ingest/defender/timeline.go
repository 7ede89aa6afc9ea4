package defender

import (
	"cmp"
	"slices"

	"workbench"
)

// The origins of timeline items.
const (
	byMicrosoft = "microsoft"
	byWorkbench = "workbench"
)

// timeline collects the items of a story; an item with the same time, kind and content as another is the same item.
type timeline struct {
	items []workbench.TimelineItem
	seen  map[string]bool
}

func (t *timeline) add(i workbench.TimelineItem) {
	i.Changes = held(i.Changes)
	parts := []string{"timeline/1", i.At.Format("2006-01-02T15:04:05.999999999"), string(i.Kind), i.Origin, i.By.Raw(), i.Title.Raw(), i.Text.Raw()}
	for _, c := range i.Changes {
		parts = append(parts, c.Field, c.Before.Raw(), c.After.Raw())
	}
	i.ID = workbench.NewID(parts...)
	if !t.seen[i.ID] {
		t.seen[i.ID] = true
		t.items = append(t.items, i)
	}
}

// note adds something that happened.
func (t *timeline) note(at workbench.Time, origin, title string, about workbench.Untrusted) {
	text := title
	if !about.IsZero() {
		text += ": " + about.Raw()
	}
	t.add(workbench.TimelineItem{At: at, Kind: workbench.ActionItem, Origin: origin, Title: workbench.Text(text)})
}

func (t *timeline) comments(list []comment) {
	for _, c := range list {
		t.add(workbench.TimelineItem{At: c.at, Kind: workbench.CommentItem, By: c.by, Origin: byMicrosoft, Title: workbench.Text("commented"), Text: c.text})
	}
}

func (t *timeline) diff(at workbench.Time, title string, about workbench.Untrusted, changes []workbench.TimelineChange) {
	if len(changes) == 0 {
		return
	}
	if !about.IsZero() {
		title += ": " + about.Raw()
	}
	t.add(workbench.TimelineItem{At: at, Kind: workbench.DiffItem, Origin: byMicrosoft, Title: workbench.Text(title), Changes: changes})
}

// timeline tells what Microsoft did to the incident and its alerts, from what their versions say, and when the story began here.
func (g *group) timeline(c *workbench.Content, s *source) []workbench.TimelineItem {
	t := &timeline{items: []workbench.TimelineItem{}, seen: map[string]bool{}}
	t.note(c.CreatedAt, byWorkbench, "Story created", workbench.Untrusted{})
	g.incidentItems(t)
	for _, f := range s.alerts {
		t.note(f.alert.CreatedAt, byMicrosoft, "Alert created", f.alert.Name)
		t.comments(f.comments)
	}
	for _, one := range slices.Concat(s.draft.present, s.draft.left) {
		g.alertItems(t, one)
	}
	for _, f := range s.alerts {
		if at := f.alert.ResolvedAt; !at.IsZero() {
			t.note(at, byMicrosoft, "Alert resolved", f.alert.Name)
		}
	}
	slices.SortFunc(t.items, func(a, b workbench.TimelineItem) int { return cmp.Or(a.At.Compare(b.At.Time), cmp.Compare(a.ID, b.ID)) })
	return t.items
}

// incidentItems are the beginning, the comments and the changes of the incident.
func (g *group) incidentItems(t *timeline) {
	if g.incident == nil {
		return
	}
	t.note(g.incident.details.CreatedAt, byMicrosoft, "Incident created", workbench.Untrusted{})
	redirected := false
	for i, f := range g.incidents {
		t.comments(f.comments)
		if i == 0 || g.incidents[i-1].version.doc.Form != f.version.doc.Form {
			continue
		}
		changes := incidentChanges(g.incidents[i-1].details, f.details)
		t.diff(f.version.at, "Incident changed", workbench.Untrusted{}, changes)
		redirected = redirected || slices.ContainsFunc(changes, func(c workbench.TimelineChange) bool { return c.Field == "redirectIncidentId" })
	}
	if to := g.incident.details.RedirectIncidentID; !to.IsZero() && !redirected {
		t.diff(g.incident.version.at, "Incident merged into another", workbench.Untrusted{}, []workbench.TimelineChange{{Field: "redirectIncidentId", After: to}})
	}
}

func incidentChanges(a, b workbench.Details) []workbench.TimelineChange {
	var changes changes
	changes.text("incidentName", a.IncidentName, b.IncidentName)
	changes.text("status", a.Status, b.Status)
	changes.text("severity", a.Severity, b.Severity)
	changes.text("assignedTo", a.AssignedTo, b.AssignedTo)
	changes.text("classification", a.Classification, b.Classification)
	changes.text("determination", a.Determination, b.Determination)
	changes.text("redirectIncidentId", a.RedirectIncidentID, b.RedirectIncidentID)
	return changes
}

// changes are the fields in which two versions differ.
type changes []workbench.TimelineChange

func (c *changes) text(field string, before, after workbench.Untrusted) {
	if before != after {
		*c = append(*c, workbench.TimelineChange{Field: field, Before: before, After: after})
	}
}
