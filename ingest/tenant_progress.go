package ingest

import (
	"slices"
	"time"

	"workbench"
)

// taken is what a reading brought for each child.
type taken map[workbench.ConnectorID]*brought

type brought struct {
	incidents, alerts uint64 // versions that were not there before, as far as can be told without asking the store
	latest            workbench.Time
}

// count counts what is about to be stored. A version is taken for new where its last update is of this range and was not covered yet, or
// where its object was seen before and looked otherwise. What comes along from another range is counted when that is read.
func (r *reading) count(pieces []piece) {
	of := map[string][]workbench.ConnectorID{}
	for _, d := range pieces {
		if d.Kind != workbench.AlertDocument {
			continue
		}
		for _, c := range r.t.target.Children {
			if c.Kind.Takes(d.Product) {
				r.countOne(c.ID, d)
				of[d.Incident] = append(of[d.Incident], c.ID)
			}
		}
	}
	for _, d := range pieces {
		if d.Kind != workbench.IncidentDocument {
			continue
		}
		for _, c := range r.t.target.Children {
			if len(of[d.Object]) == 0 || slices.Contains(of[d.Object], c.ID) {
				r.countOne(c.ID, d)
			}
		}
	}
}

func (r *reading) countOne(child workbench.ConnectorID, d piece) {
	b := r.tally[child]
	if b == nil {
		b = &brought{}
		r.tally[child] = b
	}
	updated, _ := workbench.ParseTime(d.Updated)
	if !updated.After(r.t.microsoft().Add(time.Hour)) {
		b.latest = workbench.Latest(b.latest, updated)
	}
	m := r.t.seen.mark(d.Document, r.t.Now())
	before, known := r.t.seen.before(m)
	inside := !updated.Before(r.window.From) && (r.polls() || updated.Before(r.window.To))
	if known && before.sum == m.sum || !known && (!inside || r.t.covered(child, updated)) {
		return
	}
	if d.Kind == workbench.IncidentDocument {
		b.incidents++
	} else {
		b.alerts++
	}
}

// covered reports whether a moment is covered for a child.
func (t *tenant) covered(child workbench.ConnectorID, at workbench.Time) bool {
	i := slices.IndexFunc(t.progress, func(p workbench.Progress) bool { return p.Connector == child })
	return i >= 0 && slices.ContainsFunc(t.progress[i].Covered, func(s workbench.Span) bool { return !at.Before(s.From) && at.Before(s.To) })
}

// progress is the tenant's progress with what this reading covers.
func (r *reading) progress() []workbench.Progress {
	out := make([]workbench.Progress, len(r.t.progress))
	for i, p := range r.t.progress {
		p = p.Clone()
		if slices.Contains(r.children, p.Connector) {
			p.Covered = workbench.Cover(p.Covered, workbench.Span{From: r.window.From, To: workbench.Earliest(r.window.To, r.at)})
			if r.polls() {
				p.PolledAt = r.at
			}
		}
		if b := r.tally[p.Connector]; b != nil {
			p.Incidents += b.incidents
			p.Alerts += b.alerts
			p.LatestAt = workbench.Latest(p.LatestAt, b.latest)
		}
		out[i] = p
	}
	return out
}
