package ingest

import (
	"context"
	"errors"
	"time"

	"workbench"
)

// clock learns Microsoft's clock from an answer. An answer that is far ahead of this machine is not believed: with a clock that wrong
// nobody could have signed in.
func (t *tenant) clock(at workbench.Time) workbench.Time {
	now := t.Now()
	at = workbench.Earliest(at, workbench.At(now.Add(10*time.Minute)))
	if !at.IsZero() {
		t.skew, t.asked = at.Sub(now), true
	}
	return at
}

// microsoft is the time by Microsoft's clock.
func (t *tenant) microsoft() workbench.Time { return workbench.At(t.Now().Add(t.skew)) }

// live reads the live window.
func (t *tenant) live(ctx context.Context) error {
	if !t.asked || len(t.target.Children) == 0 {
		p, err := t.target.Graph.Probe(ctx)
		if err != nil {
			return err
		}
		if t.clock(p.At); !t.asked {
			return errNoClock
		}
		t.empty = p.Empty
		if len(t.target.Children) == 0 {
			return nil
		}
	}
	now := t.microsoft()
	overlap, deep := t.Overlap, !t.Now().Before(t.deepAt)
	if deep {
		overlap = max(overlap, deepOverlap)
	}
	var from workbench.Time
	for _, p := range t.progress {
		begin := now.Add(-firstWindow)
		if n := len(p.Covered); n > 0 && now.Sub(p.Covered[n-1].To.Time) < oldCover {
			begin = p.Covered[n-1].To.Add(-overlap)
		}
		from = workbench.Earliest(from, workbench.At(begin))
	}
	r := t.reading(from, workbench.Time{})
	r.live = map[string]*changed{}
	if err := r.read(ctx); err != nil {
		return err
	}
	t.liveTo = r.at
	if deep {
		t.deepAt = t.Now().Add(deepEvery)
		t.seen.prune(r.at.Add(-deepOverlap - time.Hour))
	}
	return nil
}

var errNoClock = &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: errors.New("the answer has no date")}

// ofOne reports faults that may be of one request alone, while others are answered.
func ofOne(err error) bool {
	switch workbench.FaultOf(err).Reason {
	case workbench.ReasonUnavailable, workbench.ReasonUnreadable, workbench.ReasonRequestRefused:
		return true
	}
	return false
}
