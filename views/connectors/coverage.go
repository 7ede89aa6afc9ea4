package connectors

import (
	"strconv"
	"time"

	"workbench"
	"workbench/views/ui"
)

// Coverage is which part of the wanted time is really here.
type Coverage struct {
	Known    bool
	Label    string // in words what the bar draws
	Segments []Segment
	Covered  []string // ranges, in the reader's zone
	Gaps     []string
	Rest     int // ranges and gaps that are not listed
}

// Segment is a part of the bar, in thousandths of it.
type Segment struct{ X, Width, Kind string }

// The kinds of segments.
const (
	segmentCovered = "covered"
	segmentWanted  = "wanted"  // being read
	segmentMissing = "missing" // nobody reads it at the moment
)

const (
	slack       = 10 * time.Minute // newer than that is only not asked for yet
	maxSegments = 200
	maxRanges   = 50
)

func coverageOf(s Source, d ui.Display) Coverage {
	p := s.Progress
	now := workbench.At(d.Now)
	if !s.Kind.Child() || p.From.IsZero() || !p.From.Before(now) {
		return Coverage{}
	}
	c := Coverage{Known: true}
	gaps := p.Gaps(now, slack)
	for _, span := range p.Covered {
		c.Covered = append(c.Covered, rangeOf(span, d))
	}
	for _, span := range gaps {
		c.Gaps = append(c.Gaps, rangeOf(span, d))
	}
	kind := segmentMissing
	if badgeOf(s) == badgeCatchingUp {
		kind = segmentWanted
	}
	whole := now.Sub(p.From.Time)
	for _, part := range []struct {
		spans []workbench.Span
		kind  string
	}{{p.Covered, segmentCovered}, {gaps, kind}} {
		for i, span := range part.spans {
			if i < maxSegments {
				c.Segments = append(c.Segments, segmentOf(span, p.From.Time, whole, part.kind))
			}
		}
	}
	switch {
	case len(gaps) == 0:
		c.Label = "complete since " + d.Day(p.From)
	case len(p.Covered) == 0:
		c.Label = "nothing read yet since " + d.Day(p.From)
	case kind == segmentWanted:
		c.Label = percent(s.Share) + " of the time since " + d.Day(p.From) + ", the rest is being read"
	default:
		c.Label = percent(s.Share) + " of the time since " + d.Day(p.From) + ", " + many(len(gaps), "gap", "gaps")
	}
	c.Rest = max(len(c.Covered)-maxRanges, 0) + max(len(c.Gaps)-maxRanges, 0)
	c.Covered, c.Gaps = c.Covered[:min(len(c.Covered), maxRanges)], c.Gaps[:min(len(c.Gaps), maxRanges)]
	return c
}

func rangeOf(s workbench.Span, d ui.Display) string {
	return minute(s.From, d) + " to " + minute(s.To, d) + " (" + lasting(s.To.Sub(s.From.Time)) + ")"
}

func segmentOf(s workbench.Span, from time.Time, whole time.Duration, kind string) Segment {
	at := func(t time.Time) float64 { return min(max(float64(t.Sub(from))/float64(whole), 0), 1) * 1000 }
	x := at(s.From.Time)
	width := max(at(s.To.Time)-x, 2) // a gap is always seen
	write := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
	return Segment{X: write(min(x, 998)), Width: write(width), Kind: kind}
}
