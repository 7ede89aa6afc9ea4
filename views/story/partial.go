package story

import "github.com/a-h/templ"

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
	switch target {
	case SummaryRegion:
		return SummaryPartial(v.Summary)
	case ActionsRegion:
		return ActionsPartial(v.Actions)
	case PanelRegion:
		return EvidencePanelPartial(v.Panel, v.Display())
	}
	if isAlert(target) {
		if row, ok := v.row(target); ok {
			return AlertRowPartial(row, v.Display())
		}
	}
	return TabPartial(v)
}
