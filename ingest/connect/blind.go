package connect

import (
	"fmt"
	"time"

	"workbench"
)

// Blind names a connector whose data is missing in lists.
type Blind struct {
	Connector  workbench.ConnectorID `json:"connector"`
	Name       string                `json:"name"`
	Tenant     workbench.TenantID    `json:"tenant"`
	TenantName workbench.Untrusted   `json:"tenantName"`
	Product    string                `json:"product"`  // what its kind is called
	Sentence   string                `json:"sentence"` // what is missing and since when, in plain words, times in UTC
	Gaps       []workbench.Span      `json:"gaps"`
	CatchingUp bool                  `json:"catchingUp"` // nothing is wrong: older data is being read
}

// pollInterval is how often a tenant is polled where the poller did not say yet; silence is three of them.
const (
	pollInterval = time.Minute
	silences     = 3
)

// slack is how much of the newest time may be missing without anything being wrong.
func (k *known) slack() time.Duration { return silences * max(k.interval, pollInterval) }

// Blindness lists the connectors of a scope whose data is missing: switched off, in error, waiting for consent, silent for more than three
// intervals, or with a gap. It is quick enough for every page.
func (s *Service) Blindness(scope workbench.Scope) []Blind {
	now := s.now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Blind
	for _, id := range s.order {
		k := s.connectors[id]
		if !k.connector.Kind.Child() || !sees(scope, k.connector) {
			continue
		}
		sentence := s.blindness(k, now)
		if sentence == "" {
			continue
		}
		b := Blind{Connector: id, Name: k.connector.Name, Tenant: k.connector.Tenant, TenantName: s.names[k.connector.Tenant], CatchingUp: s.catchingUp(k, now), Product: k.connector.Kind.Label(), Sentence: sentence}
		if !k.progress.From.IsZero() {
			b.Gaps = k.progress.Gaps(now, k.slack())
		}
		out = append(out, b)
	}
	return out
}

// catchingUp reports whether a child whose data is missing is well, and only not done. The caller holds mu.
func (s *Service) catchingUp(k *known, now workbench.Time) bool {
	parent := s.connectors[k.connector.Parent]
	return !k.connector.Disabled && (parent == nil || !parent.connector.Disabled) && k.health.Status == workbench.StatusConnected && !k.silent(now)
}

// blindness is the sentence about a child, "" where nothing is missing. The caller holds mu.
func (s *Service) blindness(k *known, now workbench.Time) string {
	h, c := k.health, k.connector
	parent := s.connectors[c.Parent]
	gap := gapped(k.progress, now, k.slack())
	switch {
	case c.Disabled:
		return fmt.Sprintf("%s is switched off since %s.%s", c.Name, moment(h.Since), k.lacks(now, gap))
	case parent != nil && parent.connector.Disabled:
		return fmt.Sprintf("%s is switched off since %s, with %s.%s", c.Name, moment(parent.health.Since), parent.connector.Name, k.lacks(now, gap))
	case h.Status == workbench.StatusError:
		return fmt.Sprintf("%s brings nothing since %s. %s%s", c.Name, moment(lastGood(h)), s.why(h, parent), k.lacks(now, gap))
	case h.Status == workbench.StatusPending:
		return fmt.Sprintf("%s waits for consent since %s. %s", c.Name, moment(h.Since), s.why(h, parent))
	case k.silent(now):
		return fmt.Sprintf("%s has not been read since %s.%s", c.Name, moment(h.GoodAt), k.lacks(now, gap))
	case gap && k.progress.From.IsZero():
		return fmt.Sprintf("%s is connected, and nothing has been read yet.", c.Name)
	case gap:
		return fmt.Sprintf("%s is still being read: %d %% of the time since %s is here.%s", c.Name, int(100*k.progress.Share(now)), moment(k.progress.From), k.lacks(now, gap))
	}
	return ""
}

// lastGood is when Microsoft last gave something, or since when it does not where it never did.
func lastGood(h workbench.Health) workbench.Time {
	if h.GoodAt.IsZero() {
		return h.Since
	}
	return h.GoodAt
}

// why is the reason; of a child that fails with its parent, the parent's.
func (s *Service) why(h workbench.Health, parent *known) string {
	what, _ := h.Reason.Explain()
	if h.Reason == workbench.ReasonParent && parent != nil && parent.health.Reason != "" {
		what, _ = parent.health.Reason.Explain()
	}
	return what
}

// silent reports whether a connected child was not read for longer than is usual.
func (k *known) silent(now workbench.Time) bool {
	return !k.health.GoodAt.IsZero() && now.Sub(k.health.GoodAt.Time) > k.slack()
}

// gapped reports whether time that is wanted is not covered. It is what Progress.Gaps says, without making a list.
func gapped(p workbench.Progress, now workbench.Time, slack time.Duration) bool {
	until := workbench.At(now.Add(-slack))
	if p.From.IsZero() {
		return true
	}
	if !p.From.Before(until) {
		return false
	}
	for _, c := range p.Covered {
		if !p.From.Before(c.From) && !c.To.Before(until) {
			return false
		}
	}
	return true
}

// lacks says which times are missing, where that is known.
func (k *known) lacks(now workbench.Time, gap bool) string {
	if !gap || k.progress.From.IsZero() {
		return ""
	}
	gaps := k.progress.Gaps(now, k.slack())
	if len(gaps) == 0 {
		return ""
	}
	last := gaps[len(gaps)-1]
	text := fmt.Sprintf(" Missing: %s to %s", moment(last.From), moment(last.To))
	if n := len(gaps) - 1; n > 0 {
		text += fmt.Sprintf(", and %d earlier", n)
		if n == 1 {
			text += " time"
		} else {
			text += " times"
		}
	}
	return text + "."
}
