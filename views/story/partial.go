package story

import (
	"github.com/a-h/templ"

	"workbench/views/link"
)

// The ids of the regions that can be had alone.
const (
	SummaryRegion  = "summary"
	ActionsRegion  = "story-actions"
	PanelRegion    = "evidence-panel"
	TimelineRegion = "timeline"
	AlertsRegion   = "alerts"
	EvidenceRegion = "evidence"
	TabRegion      = "story-tab"
)

// Partial returns the region that a client asks for by the id of its element, an alert's row included. Any other id, and a region that the
// tab does not have, gives the whole tab.
func Partial(v View, target string) templ.Component {
	row, isRow := v.row(target)
	over := v.Tab == link.Overview
	switch {
	case target == SummaryRegion:
		return SummaryPartial(v.Summary)
	case target == ActionsRegion:
		return ActionsPartial(v.Actions)
	case target == PanelRegion && (over || v.Tab == link.Alerts || v.Tab == link.Evidence):
		return EvidencePanelPartial(v.Panel, v.Display())
	case target == AlertsRegion && (over || v.Tab == link.Alerts):
		return AlertsPartial(v.alerts(), v.Display())
	case isRow:
		return AlertRowPartial(row, v.Display())
	case target == EvidenceRegion && v.Tab == link.Evidence:
		return EvidencePartial(v.Evidence, v.Display())
	case target == EvidenceRegion && over:
		return EvidencePartial(v.Overview.Evidence, v.Display())
	case target == TimelineRegion && v.Tab == link.Timeline:
		return TimelinePartial(v.Timeline, v.Display())
	case target == TimelineRegion && over:
		return TimelinePartial(v.Overview.Timeline, v.Display())
	}
	return TabPartial(v)
}
