package story

import (
	"strconv"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// Summary is the bar at the top of every tab.
type Summary struct {
	ID              workbench.StoryID
	Indication      workbench.Untrusted
	Criticality     int
	Band            string
	WhyURL          string // the factors of the criticality
	ProducerType    string
	Producer        workbench.Untrusted
	Status          workbench.Status
	Verdict         workbench.Verdict
	AnalystSeverity string // "" = not set
	Severity        workbench.Untrusted
	VendorStatus    workbench.Untrusted
	Owner           workbench.Untrusted
	CreatedAt       workbench.Time
	AlertCount      int
	AlertsURL       string
	FirstSignalAt   workbench.Time
	LastSignalAt    workbench.Time
	Lasted          string
	Incident        []SiblingLink // this story and the others of its incident; empty where there is no other
	PreviousURL     string
	NextURL         string
	Exports         []Export
	DefenderURL     string // "" where Microsoft gave none that is safe to follow
	Tabs            []ui.Tab
	Display         ui.Display
}

// SiblingLink is a story of the same incident, or what Microsoft has there of a product that no connector takes in. URL is "" for the story
// itself and for what is absent.
type SiblingLink struct {
	Label  workbench.Untrusted
	Alerts string // "2 alerts"
	Status string
	URL    string
	Absent bool
}

// Export is one form in which the story can be had.
type Export struct{ Label, URL string }

// NewSummary makes the bar.
func NewSummary(in Input) Summary {
	s := in.Story
	v := Summary{ID: s.ID, Indication: s.Indication, Criticality: s.Criticality, Band: ui.Band(s.Criticality), WhyURL: link.Story(s.ID, link.Overview) + "#why",
		ProducerType: s.ProducerType.Label(), Producer: s.Producer, Status: s.Status, Verdict: s.Verdict, AnalystSeverity: s.AnalystSeverity.Label(), Severity: s.Severity,
		VendorStatus: s.VendorStatus, Owner: s.Owner, CreatedAt: s.CreatedAt, AlertCount: s.AlertCount, AlertsURL: link.Story(s.ID, link.Alerts), FirstSignalAt: s.FirstSignalAt,
		LastSignalAt: s.LastSignalAt, Lasted: lasted(s.FirstSignalAt, s.LastSignalAt), DefenderURL: s.Head.IncidentURL, Display: in.Layout.Display, Tabs: tabs(in)}
	if in.Previous != "" {
		v.PreviousURL = link.Story(in.Previous, link.Overview)
	}
	if in.Next != "" {
		v.NextURL = link.Story(in.Next, link.Overview)
	}
	if len(s.Siblings)+len(s.NotIngested) > 0 {
		v.Incident = append(v.Incident, SiblingLink{Label: shortProduct(s.Producer), Alerts: alertCount(s.AlertCount)})
		for _, b := range s.Siblings {
			v.Incident = append(v.Incident, SiblingLink{Label: shortProduct(b.Producer), Alerts: alertCount(b.AlertCount), Status: siblingStatus(b), URL: link.Story(b.ID, link.Overview)})
		}
		for _, n := range s.NotIngested {
			v.Incident = append(v.Incident, SiblingLink{Label: shortProduct(n.Name), Alerts: alertCount(n.Alerts), Status: "not ingested", Absent: true})
		}
	}
	v.Exports = []Export{{"Story (.json)", link.StoryAs(s.ID, link.Overview, link.JSON)}, {"Raw Data (.csv)", link.StoryAs(s.ID, link.Raw, link.CSV)},
		{"Raw Data (.json)", link.StoryAs(s.ID, link.Raw, link.JSON)}}
	return v
}

func alertCount(n int) string { return many(n, "alert", "alerts") }

func siblingStatus(b workbench.Sibling) string {
	if len(b.MovedTo) > 0 {
		return "moved"
	}
	return b.Status.Label()
}

// shortProduct leaves out what every product's name begins with.
func shortProduct(name workbench.Untrusted) workbench.Untrusted {
	const lead = "Microsoft Defender for "
	if raw := name.Raw(); len(raw) > len(lead) && raw[:len(lead)] == lead {
		return workbench.Text(raw[len(lead):])
	}
	return name
}

func tabs(in Input) []ui.Tab {
	s := in.Story
	all := []struct {
		tab, label string
		count      int
	}{{link.Overview, "Overview", -1}, {link.Alerts, "Alerts", len(s.Alerts)}, {link.Evidence, evidenceLabel(s), s.Evidence.Count()}, {link.Entities, "Entities", len(s.Entities)},
		{link.Raw, "Raw Data", len(s.Raw)}, {link.Timeline, "Timeline", len(s.Timeline)}}
	var out []ui.Tab
	for _, t := range all {
		out = append(out, ui.Tab{Label: t.label, URL: link.Story(s.ID, t.tab), Count: t.count, Current: in.Tab == t.tab})
	}
	return out
}

// Factor is one reason for a criticality.
type Factor struct {
	Name, Points, Reason string
	Value                workbench.Untrusted
}

func factors(list []workbench.Factor) []Factor {
	var out []Factor
	for _, f := range list {
		points := strconv.Itoa(f.Points)
		if f.Points > 0 {
			points = "+" + points
		}
		out = append(out, Factor{Name: f.Name, Points: points, Reason: f.Reason, Value: f.Value})
	}
	return out
}
