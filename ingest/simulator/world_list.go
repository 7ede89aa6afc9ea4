package simulator

import (
	"time"

	"workbench/ingest/sample"
)

// span is a range of last updates, both ends included; a zero end is open.
type span struct{ from, to time.Time }

// incidentPlaces are the rows of all incidents whose last update lies in the span, in no order. The caller holds mu.
func (w *World) incidentPlaces(s span) []place {
	var rows []place
	for _, in := range w.incidents {
		if s.holds(in.facts.updated) {
			rows = append(rows, place{facts: in.facts, incident: in})
		}
	}
	w.eachGenerated(s, func(i int) {
		if o := w.series.Head(i); s.holds(o.Updated) {
			rows = append(rows, place{series: i, facts: facts{id: o.ID, created: o.Created, updated: o.Updated, status: o.Status,
				severity: o.Severity, classification: "unknown", determination: "unknown"}})
		}
	})
	return rows
}

// alertPlaces are the rows of all alerts likewise.
func (w *World) alertPlaces(s span) []place {
	var rows []place
	for _, a := range w.alerts {
		if s.holds(a.facts.updated) {
			rows = append(rows, place{facts: a.facts, alert: a, incident: a.parent})
		}
	}
	wide := s
	if !wide.from.IsZero() {
		wide.from = wide.from.Add(-sample.Trail)
	}
	if !wide.to.IsZero() {
		wide.to = wide.to.Add(sample.Lead)
	}
	w.eachGenerated(wide, func(i int) {
		for k, a := range w.series.Outline(i).Alerts {
			if s.holds(a.Updated) {
				rows = append(rows, generatedAlert(i, k, a))
			}
		}
	})
	return rows
}

func generatedAlert(i, k int, a sample.AlertOutline) place {
	f := facts{id: a.ID, created: a.Created, updated: a.Updated, status: a.Status, severity: a.Severity, source: a.Source}
	if a.Status == "resolved" {
		f.assignedTo = "Automation"
	}
	return place{series: i, child: k, facts: f}
}

// eachGenerated calls f for the unchanged incidents of the series whose last update lies in the span.
func (w *World) eachGenerated(s span, f func(int)) {
	if w.series == nil {
		return
	}
	to := w.series.Incidents
	if !s.to.IsZero() {
		to = w.firstSince(s.to.Add(100))
	}
	for i := w.firstSince(s.from); i < to; i++ {
		if _, changed := w.changed[i]; !changed {
			f(i)
		}
	}
}

// firstSince is the place of the first incident of the series that was updated at a time or later.
func (w *World) firstSince(from time.Time) int {
	low, high := 0, w.series.Incidents
	for low < high && !from.IsZero() {
		if middle := (low + high) / 2; w.series.Updated(middle).Before(from) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func (s span) holds(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.to.IsZero() || !t.After(s.to))
}

// meet is the range that lies in both.
func (s span) meet(other span) span {
	if other.from.After(s.from) {
		s.from = other.from
	}
	if s.to.IsZero() || !other.to.IsZero() && other.to.Before(s.to) {
		s.to = other.to
	}
	return s
}

// join is a range that holds both.
func (s span) join(other span) span {
	if s.from.IsZero() || other.from.IsZero() {
		s.from = time.Time{}
	} else if other.from.Before(s.from) {
		s.from = other.from
	}
	if s.to.IsZero() || other.to.IsZero() {
		s.to = time.Time{}
	} else if other.to.After(s.to) {
		s.to = other.to
	}
	return s
}
