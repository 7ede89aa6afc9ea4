package story

import (
	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// View is the finished page. Only the part of the chosen tab is filled.
type View struct {
	Layout   layout.Props
	Tab      string
	Summary  Summary
	Actions  Actions
	Panel    Panel
	Overview Overview
	Alerts   Alerts
	Evidence Evidence
	Entities Entities
	Raw      Raw
	Timeline Timeline
}

// New makes a page. A tab that nobody knows is the overview.
func New(in Input) View {
	switch in.Tab {
	case link.Alerts, link.Evidence, link.Entities, link.Raw, link.Timeline:
	default:
		in.Tab = link.Overview
	}
	if in.Layout.Title == "" {
		in.Layout.Title = in.Story.Indication.Brief()
	}
	if in.Layout.Section == "" {
		in.Layout.Section = "stories"
	}
	v := View{Layout: in.Layout, Tab: in.Tab, Summary: NewSummary(in), Actions: NewActions(in), Panel: NewPanel(in)}
	switch in.Tab {
	case link.Alerts:
		v.Alerts = NewAlerts(in, 0)
	case link.Evidence:
		v.Evidence = NewEvidence(in, evidenceRows)
	case link.Entities:
		v.Entities = NewEntities(in.Story, 0)
	case link.Raw:
		v.Raw = NewRaw(in)
	case link.Timeline:
		v.Timeline = NewTimeline(in, 0)
	default:
		v.Overview = NewOverview(in)
	}
	return v
}

// Display is how the reader wants to see the page.
func (v View) Display() ui.Display { return v.Layout.Display }

// alerts is the table of alerts wherever it stands.
func (v View) alerts() Alerts {
	if v.Tab == link.Alerts {
		return v.Alerts
	}
	return v.Overview.Alerts
}

// row finds the alert whose element has the id.
func (v View) row(anchor string) (AlertRow, bool) {
	for _, r := range v.alerts().Rows {
		if r.Anchor == anchor {
			return r, true
		}
	}
	return AlertRow{}, false
}

// reference is the story's id, short enough for a line.
func reference(id workbench.StoryID) string {
	if len(id) > 8 {
		return string(id[:8])
	}
	return string(id)
}
