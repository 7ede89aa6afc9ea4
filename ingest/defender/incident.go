package defender

import "workbench"

// incidentFacts is one version of an incident, read.
type incidentFacts struct {
	version  *version
	details  workbench.Details
	url      string
	comments []comment
}

// readIncident reads an incident of any form.
func (g *group) readIncident(v *version) *incidentFacts {
	mark := g.objects.used
	o := g.objects.of(v.body)
	f := &incidentFacts{version: v, comments: g.objects.comments(v.body.get("comments"))}
	o.drop("id", "incidentId", "tenantId", "alerts", "comments", "@odata.type", "@odata.context")
	f.details = workbench.Details{
		IncidentName: o.text("displayName", "incidentName"), Description: o.text("description"), IncidentSummary: o.text("summary"),
		Status: word(o.text("status")), Severity: severity(o.text("severity")), Classification: word(o.text("classification")),
		Determination: determination(o.text("determination")), AssignedTo: o.text("assignedTo"), PriorityScore: o.int("priorityScore"),
		Tags: distinct(append(o.texts("customTags"), o.texts("tags")...)), SystemTags: o.texts("systemTags"),
		CreatedAt: o.time("createdDateTime", "createdTime"), UpdatedAt: o.time("lastUpdateDateTime", "lastUpdateTime"),
		LastModifiedBy: o.text("lastModifiedBy"), ResolvingComment: o.text("resolvingComment"), RedirectIncidentID: o.text("redirectIncidentId"),
	}
	if f.url = portalURL(o.body.get("incidentWebUrl").untrusted(), g.portals); f.url != "" {
		o.drop("incidentWebUrl")
	}
	f.details.Other = o.rest()
	g.objects.used = mark
	return f
}

// redirected reports whether the incident was merged into another one.
func (f *incidentFacts) redirected() bool {
	return f != nil && (!f.details.RedirectIncidentID.IsZero() || f.details.Status.Is("redirected"))
}
