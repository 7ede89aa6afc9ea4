package story

import (
	"workbench"
	"workbench/views/ui"
)

// Details is the widget of the incident: what it is, what Microsoft says of it, and what analysts say.
type Details struct {
	IncidentURL string
	Sections    []DetailSection
	Text        workbench.Untrusted // description of the incident
	Comment     workbench.Untrusted // resolving comment
	Other       []workbench.Field
	Display     ui.Display
}

// DetailSection is some facts under a heading; "" is the first, without one.
type DetailSection struct {
	Title string
	Facts []PanelFact
}

// NewDetails makes the widget. What nobody said is left out.
func NewDetails(in Input) Details {
	s, d := in.Story, in.Story.Details
	v := Details{IncidentURL: s.Head.IncidentURL, Text: d.Description.Or(d.IncidentSummary), Comment: d.ResolvingComment, Other: d.Other, Display: in.Layout.Display}
	beside := d.IncidentSummary
	if beside == v.Text { // it stands as the text already
		beside = workbench.Untrusted{}
	}
	v.section("", []PanelFact{
		{Label: "Incident ID", Cell: text(s.IncidentID), Copy: true}, {Label: "Incident name", Cell: text(d.IncidentName)}, {Label: "Tenant", Cell: text(s.Tenant.Label())},
		{Label: "Created", Cell: at(s.CreatedAt)}, {Label: "Updated", Cell: at(s.UpdatedAt)}, {Label: "Detection", Cell: text(words(d.DetectionSources))},
		{Label: "Products", Cell: text(joined(d.ProductNames))}, {Label: "Story ID", Cell: code(workbench.Text(string(s.ID))), Copy: true}})
	v.section("Microsoft says", []PanelFact{
		{Label: "Status", Cell: word(d.Status.Or(s.VendorStatus))}, {Label: "Severity", Cell: word(d.Severity.Or(s.Severity))}, {Label: "Classification", Cell: word(d.Classification)},
		{Label: "Determination", Cell: word(d.Determination)}, {Label: "Assigned to", Cell: text(d.AssignedTo)}, {Label: "Priority score", Cell: num(d.PriorityScore)},
		{Label: "Tags", Cell: text(joined(d.Tags))}, {Label: "System tags", Cell: text(joined(d.SystemTags))}, {Label: "Created", Cell: at(d.CreatedAt)}, {Label: "Updated", Cell: at(d.UpdatedAt)},
		{Label: "Last modified by", Cell: text(d.LastModifiedBy)}, {Label: "Summary", Cell: text(beside)}})
	v.section("Analysts say", []PanelFact{
		{Label: "Type", Cell: text(s.ThreatType)}, {Label: "Classification", Cell: text(s.Classification)}, {Label: "Labels", Cell: text(joined(s.Labels))},
		{Label: "Additional information", Cell: text(s.AdditionalInfo)}})
	return v
}

func (d *Details) section(title string, facts []PanelFact) {
	var known []PanelFact
	for _, f := range facts {
		if emptiness(f.Cell) == 0 {
			known = append(known, f)
		}
	}
	if len(known) > 0 {
		d.Sections = append(d.Sections, DetailSection{title, known})
	}
}
