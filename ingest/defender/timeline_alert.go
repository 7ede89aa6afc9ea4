package defender

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
)

// alertItems are the comments and changes of one alert, from all its versions: also when it came from another incident, or left for one.
func (g *group) alertItems(t *timeline, one *chosen) {
	var before *alertFacts
	for i, v := range one.versions {
		f := g.readAlert(v)
		if g.here(v) {
			t.comments(f.comments)
		}
		if i == 0 {
			before = f
			continue
		}
		previous := one.versions[i-1]
		switch was, is := g.here(previous), g.here(v); {
		case was && !is:
			t.diff(v.at, "Alert left", f.alert.Name, moved(previous, v))
		case !was && is:
			t.diff(v.at, "Alert joined", f.alert.Name, moved(previous, v))
		case was && is && previous.doc.Form == v.doc.Form:
			t.diff(v.at, "Alert changed", f.alert.Name, alertChanges(before.alert, f.alert))
			for _, e := range verdictChanges(before, f) {
				t.diff(v.at, "Evidence changed", e.name, e.changes)
			}
		}
		before = f
	}
}

func moved(from, to *version) []workbench.TimelineChange {
	return []workbench.TimelineChange{{Field: "incidentId", Before: workbench.Text(from.doc.Incident), After: workbench.Text(to.doc.Incident)}}
}

func alertChanges(a, b workbench.Alert) []workbench.TimelineChange {
	var changes changes
	changes.text("title", a.Name, b.Name)
	changes.text("status", a.Status, b.Status)
	changes.text("severity", a.Severity, b.Severity)
	changes.text("assignedTo", a.AssignedTo, b.AssignedTo)
	changes.text("classification", a.Classification, b.Classification)
	changes.text("determination", a.Determination, b.Determination)
	changes.text("investigationState", a.InvestigationState, b.InvestigationState)
	return changes
}

// evidenceChange is one piece of evidence that Microsoft judged anew.
type evidenceChange struct {
	id      string
	name    workbench.Untrusted
	changes changes
}

// verdictChanges compares what two versions of an alert say of the evidence that both have.
func verdictChanges(a, b *alertFacts) []evidenceChange {
	if slices.EqualFunc(a.evidence, b.evidence, func(x, y typedValue) bool { return x.raw == y.raw }) {
		return nil
	}
	was, is := judgements(a, a, b), judgements(b, a, b)
	var out []evidenceChange
	for id, now := range is {
		then, ok := was[id]
		if !ok {
			continue
		}
		e := evidenceChange{id: id, name: now.name}
		e.changes.text("verdict", then.verdict, now.verdict)
		e.changes.text("remediationStatus", then.remediation, now.remediation)
		if len(e.changes) > 0 {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(x, y evidenceChange) int { return cmp.Compare(x.id, y.id) })
	return out
}

// judgement is what a version says of one piece of evidence.
type judgement struct{ name, verdict, remediation workbench.Untrusted }

// judgements reads the evidence of one version; the others tell who and what is the same.
func judgements(f *alertFacts, all ...*alertFacts) map[string]judgement {
	s := &source{alerts: all, shelf: &shelf{}, people: newPeople(), devices: newDevices()}
	s.meet()
	r := s.reading(f)
	for i := range f.evidence {
		e := &f.evidence[i]
		r.putAs(e.value, e.kind, e.device)
	}
	out := map[string]judgement{}
	note := func(b workbench.EvidenceBase, name workbench.Untrusted) {
		out[b.ID] = judgement{name, b.Verdict, b.RemediationStatus}
	}
	e := r.shelf.evidence()
	for _, x := range e.Processes {
		note(x.EvidenceBase, x.ProcessName)
	}
	for _, x := range e.Files {
		note(x.EvidenceBase, x.FileName)
	}
	for _, x := range e.Registry {
		note(x.EvidenceBase, x.Name.Or(x.Key))
	}
	for _, x := range e.Network {
		note(x.EvidenceBase, x.URL.Or(x.DNSName).Or(x.DestinationIP))
	}
	for _, x := range e.Messages {
		note(x.EvidenceBase, x.Subject)
	}
	for _, x := range e.Mailboxes {
		note(x.EvidenceBase, x.Address)
	}
	for _, x := range e.MailClusters {
		note(x.EvidenceBase, x.ClusterBy)
	}
	for _, x := range e.MailboxRules {
		note(x.EvidenceBase, x.DisplayName)
	}
	for _, x := range e.Other {
		note(x.EvidenceBase, workbench.Text(strings.TrimSpace(x.Type.Raw()+" "+x.Title.Raw())))
	}
	return out
}
