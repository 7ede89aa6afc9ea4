package story

import (
	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// Overview is the first tab.
type Overview struct {
	Notices  []Notice
	Summary  workbench.Untrusted
	Mail     []Question // of mail stories, before everything else
	Details  Details
	Why      Why
	Entities Entities
	Alerts   Alerts
	Evidence Evidence
	Timeline Timeline
	Generic  bool // a Generic Incident story, which also shows its raw data
	RawCount int
	RawURL   string
	Order    string // "alerts" first, or "evidence" first
}

// Notice is a sentence of ours about the whole story.
type Notice struct {
	Icon  string
	Text  string
	Links []NoticeLink
}

// NoticeLink leads to another story.
type NoticeLink struct {
	Label workbench.Untrusted
	URL   string
}

// Question is one question that people ask of an e-mail story.
type Question struct {
	Title  string
	Known  bool
	Reason string // why it is not known
	Finds  []Find
	More   int
	Next   []NextStep // where an answer that is not known may be found
}

// NextStep leads to another story of the incident.
type NextStep struct{ Text, URL string }

// Find is one answer.
type Find struct {
	Name   workbench.Untrusted
	Detail workbench.Untrusted
	URL    string // opens what says so; "" where only an alert does
	Get    string
}

// Why tells the criticality.
type Why struct {
	Criticality int
	Factors     []Factor
}

// findsShown is how many answers a question lists; the rest stands in the tables.
const findsShown = 6

// NewOverview makes the tab.
func NewOverview(in Input) Overview {
	s := in.Story
	o := Overview{Notices: notices(s), Summary: s.Summary, Details: NewDetails(in), Why: Why{s.Criticality, factors(s.CriticalityFactors)},
		Entities: NewEntities(s, overviewEntities), Alerts: NewAlerts(in, overviewAlerts), Evidence: NewEvidence(in, overviewRows), Timeline: NewTimeline(in, overviewTimeline),
		Generic: s.ProducerType != workbench.MicrosoftEndpointAlert, RawCount: len(s.Raw), RawURL: link.Story(s.ID, link.Raw), Order: "alerts"}
	if mailStory(s) {
		o.Order = "evidence"
		m := s.MailAnswers()
		o.Mail = []Question{question(in, "Who got it", m.Recipients), question(in, "Who clicked", m.Clicked),
			question(in, "What happened on their devices", m.Devices)}
		if devices := &o.Mail[2]; !devices.Known {
			devices.Next = endpointSteps(s.Siblings)
		}
	}
	return o
}

// endpointSteps lead to what Defender for Endpoint says about the same incident. That is a lead and no answer: nothing in this story says
// that its alerts are about the same people.
func endpointSteps(siblings []workbench.Sibling) []NextStep {
	var out []NextStep
	for _, b := range siblings {
		if b.Producer == endpointProducer() && b.AlertCount > 0 && len(b.MovedTo) == 0 {
			out = append(out, NextStep{"Defender for Endpoint has " + many(b.AlertCount, "alert", "alerts") + " in the same incident", link.Story(b.ID, link.Overview)})
		}
	}
	return out
}

func endpointProducer() workbench.Untrusted {
	return workbench.ProductOf(workbench.Text("microsoftDefenderForEndpoint")).Name
}

func question(in Input, title string, a workbench.MailAnswer) Question {
	q := Question{Title: title, Known: a.Known, Reason: a.Reason}
	for _, f := range a.Finds {
		if len(q.Finds) == findsShown {
			q.More = len(a.Finds) - findsShown
			break
		}
		find := Find{Name: f.Name, Detail: f.Detail}
		shown := ""
		switch {
		case len(f.EvidenceIDs) > 0:
			shown = f.EvidenceIDs[0]
		case len(f.AlertIDs) > 0:
			shown = f.AlertIDs[0]
		}
		if shown != "" {
			find.URL, find.Get = in.place().showing(shown).at("evidence-panel"), in.place().alone().showing(shown).url()
		}
		q.Finds = append(q.Finds, find)
	}
	return q
}

// notices say what a reader must know before the rest: that the story has moved, stands for something absent, or was closed by Microsoft.
func notices(s workbench.Story) []Notice {
	var out []Notice
	if len(s.Head.MovedTo) > 0 {
		n := Notice{Icon: "link", Text: "Microsoft moved the alerts of this story to another incident. Comments and actions stay here; the investigation goes on in"}
		n.Links = storyLinks(s.Head.MovedTo)
		out = append(out, n)
	}
	if !s.Details.RedirectIncidentID.IsZero() {
		n := Notice{Icon: "link", Text: "Microsoft merged this incident into incident " + s.Details.RedirectIncidentID.Brief() + "."}
		if len(s.Head.MovedTo) == 0 {
			n.Links = storyLinks(s.Details.RedirectedTo)
		}
		out = append(out, n)
	}
	if s.Placeholder {
		out = append(out, Notice{Icon: "info", Text: "The alerts of this incident are not here: only the incident itself was imported. The story fills itself as soon as its alerts are imported."})
	}
	if s.ClosedByVendor {
		out = append(out, Notice{Icon: "check", Text: "Closed by Microsoft: all alerts of this story are resolved there. No analyst has set a status."})
	}
	if s.State.Status == workbench.StatusClosed && s.Status == workbench.StatusReopened {
		out = append(out, Notice{Icon: "warning", Text: "Reopened: a new alert came more than twelve hours after an analyst closed the story."})
	}
	return out
}

func storyLinks(ids []workbench.StoryID) []NoticeLink {
	var out []NoticeLink
	for _, id := range ids {
		out = append(out, NoticeLink{Label: workbench.Text(string(id)), URL: link.Story(id, link.Overview)})
	}
	return out
}

// words writes words of Microsoft's in readable form, on one line.
func words(list []workbench.Untrusted) workbench.Untrusted {
	var out []workbench.Untrusted
	for _, w := range list {
		out = append(out, ui.WordLabel(w))
	}
	return joined(out)
}
