package workbench

import (
	"slices"
	"time"
)

// Span is a range of time, From included, To not.
type Span struct {
	From Time `json:"from"`
	To   Time `json:"to"`
}

// Progress is how far a connector has come. It is stored in the transaction of the documents that it vouches for: a time is covered once
// everything that Microsoft changed in it, as far as Microsoft said so then, is kept. Times are Microsoft's, of last updates.
type Progress struct {
	Connector ConnectorID `json:"connector"`
	From      Time        `json:"from"`      // since when data is wanted
	Covered   []Span      `json:"covered"`   // ascending, disjoint, not touching
	LatestAt  Time        `json:"latestAt"`  // newest last update of a document that it took in
	PolledAt  Time        `json:"polledAt"`  // when the newest covered moment was asked for, by Microsoft's clock
	RescanAt  Time        `json:"rescanAt"`  // when the last days were last read again as a whole
	Incidents uint64      `json:"incidents"` // documents that it kept, versions counted
	Alerts    uint64      `json:"alerts"`
}

// Cover adds a span to ascending disjoint spans and returns them so, in a slice of their own unless there is nothing to add: an empty span
// adds nothing. A From that is zero begins with time itself.
func Cover(spans []Span, s Span) []Span {
	if !s.From.Before(s.To) {
		return spans
	}
	out := make([]Span, 0, len(spans)+1)
	for _, o := range spans {
		switch {
		case o.To.Before(s.From):
			out = append(out, o)
		case s.To.Before(o.From):
			out = append(out, s)
			s = o
		default:
			s.To = Latest(s.To, o.To)
			if o.From.Before(s.From) {
				s.From = o.From
			}
		}
	}
	return append(out, s)
}

// Missing returns the parts of a span that are not covered, ascending.
func Missing(covered []Span, s Span) []Span {
	var out []Span
	for _, c := range covered {
		if !s.From.Before(s.To) {
			return out
		}
		if s.From.Before(c.From) {
			out = append(out, Span{s.From, Earliest(c.From, s.To)})
		}
		if s.From.Before(c.To) {
			s.From = c.To
		}
	}
	if s.From.Before(s.To) {
		out = append(out, s)
	}
	return out
}

// Gaps returns what is missing between From and the moment, leaving out what is newer than slack: that is only not asked for yet. While
// From is zero nothing is wanted, and nothing missing.
func (p Progress) Gaps(now Time, slack time.Duration) []Span {
	if p.From.IsZero() {
		return nil
	}
	return Missing(p.Covered, Span{p.From, At(now.Add(-slack))})
}

// Share is how much of the time from From to the moment is covered, from 0 to 1. While From is zero it is 0.
func (p Progress) Share(now Time) float64 {
	if p.From.IsZero() {
		return 0
	}
	whole := now.Sub(p.From.Time)
	if whole <= 0 {
		return 1
	}
	var missing time.Duration
	for _, g := range Missing(p.Covered, Span{p.From, now}) {
		missing += g.To.Sub(g.From.Time)
	}
	return 1 - float64(missing)/float64(whole)
}

// Clone returns a copy that shares nothing.
func (p Progress) Clone() Progress {
	p.Covered = slices.Clone(p.Covered)
	return p
}

// Foreign is an alert that Microsoft has and no connector takes in: the fact that there is one, and nothing of what it says.
type Foreign struct {
	Tenant   TenantID
	Incident string
	Alert    string
	Product  string    // key
	Name     Untrusted // of the product
}

// NotIngested says how many alerts of an incident come from a product that no connector takes in.
type NotIngested struct {
	Product string    `json:"product"` // key
	Name    Untrusted `json:"name"`
	Alerts  int       `json:"alerts"`
}
