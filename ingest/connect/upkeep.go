package connect

import (
	"context"
	"sync"
	"time"

	"workbench"
)

// The times of upkeep.
const (
	quickFor      = 10 * time.Minute // after somebody did something, pending connectors are probed quickly for
	quickLongest  = time.Minute      // and then at least so often
	slow          = 5 * time.Minute  // pending ones after that, and those in error
	certificate   = time.Minute      // while a certificate has to be uploaded
	idle          = 10 * time.Minute // a connected parent that nobody polls
	probeGap      = 2 * time.Second  // between two probes of a tenant at least
	lookAgain     = time.Hour        // at the plan of the credentials, whatever it says: the clock may have been set
	upkeepTimeout = 45 * time.Second
	atOnce        = 16 // tenants at a time
)

// Run looks after connectors until the context ends: pending ones are probed, certificates renewed, former ones removed. Certificates are
// renewed while a connector is switched off, too. It returns nil.
func (s *Service) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	slots := make(chan struct{}, atOnce)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-timer.C:
		}
		due, wait := s.due()
		for _, t := range due {
			working.Go(func() {
				defer s.rest(t)
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return
				}
				defer func() { <-slots }()
				s.upkeep(ctx, t)
			})
		}
		timer.Reset(wait)
	}
}

// due takes the tenancies that upkeep has to come by, and says how long it may sleep.
func (s *Service) due() (due []*tenancy, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	wait = lookAgain
	for _, t := range s.tenancies {
		if t.busy {
			continue
		}
		s.plan(t)
		next := t.stepAt
		if !t.probeAt.IsZero() && t.probeAt.Before(next) {
			next = t.probeAt
		}
		if next.After(now) {
			wait = min(wait, next.Sub(now))
			continue
		}
		t.busy = true
		due = append(due, t)
	}
	return due, wait
}

// rest ends upkeep's visit.
func (s *Service) rest(t *tenancy) {
	s.mu.Lock()
	t.busy = false
	s.mu.Unlock()
	s.stir()
}

// stir has Run look at its plan.
func (s *Service) stir() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// hurry has pending connectors of a tenant probed quickly from now on.
func (s *Service) hurry(t *tenancy) {
	s.mu.Lock()
	t.quickFrom, t.probes, t.stepAt = s.Now(), 0, time.Time{}
	s.mu.Unlock()
	s.stir()
}

// Looked tells that somebody looks at connectors: pending ones are probed now.
func (s *Service) Looked() {
	s.mu.Lock()
	now := s.Now()
	for _, t := range s.tenancies {
		if s.pending(t) {
			if now.Sub(t.quickFrom) >= quickFor {
				t.quickFrom, t.probes = now, 0
			}
			t.looked = true
		}
	}
	s.mu.Unlock()
	s.stir()
}

// upkeep is one visit: what the plan of the credentials says, and a probe where one is due.
func (s *Service) upkeep(ctx context.Context, t *tenancy) {
	visit, cancel := context.WithTimeout(ctx, upkeepTimeout)
	defer cancel()
	now := s.Now()
	s.mu.RLock()
	step, probe := !t.stepAt.After(now), !t.probeAt.IsZero() && !t.probeAt.After(now)
	s.mu.RUnlock()
	if step {
		s.followPlan(visit, t)
	}
	if !probe || ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	t.probes++
	t.probedAt, t.looked = s.Now(), false
	s.plan(t)
	next := t.probeAt
	s.mu.Unlock()
	s.ask(visit, t, s.unconnected(t), asking{fresh: true, next: next})
}

// plan sets when a tenancy is probed again. The caller holds mu.
func (s *Service) plan(t *tenancy) {
	t.probeAt = time.Time{}
	every := s.interval(t)
	if every == 0 {
		return
	}
	t.probeAt = t.probedAt.Add(every)
	if t.looked || t.probes == 0 && t.quickFrom.After(t.probedAt) {
		t.probeAt = t.probedAt.Add(probeGap)
	}
}

// interval is how often a tenancy is probed in its present state; 0 = not at all. The caller holds mu.
func (s *Service) interval(t *tenancy) time.Duration {
	p := s.connectors[t.id]
	if p == nil || p.connector.Disabled {
		return 0
	}
	if s.pending(t) {
		if s.Now().Sub(t.quickFrom) < quickFor {
			return min(probeGap<<min(max(t.probes-1, 0), 6), quickLongest)
		}
		if awaitsCertificate(p.health) {
			return certificate
		}
		return slow
	}
	children, failed := 0, p.health.Status == workbench.StatusError
	for _, k := range s.childrenOf(t.id) {
		if !k.connector.Disabled {
			children++
			failed = failed || k.health.Status == workbench.StatusError
		}
	}
	switch {
	case awaitsCertificate(p.health):
		return certificate
	case failed:
		return slow
	case children == 0:
		return idle
	}
	return 0
}

func awaitsCertificate(h workbench.Health) bool {
	return h.Status != workbench.StatusConnected && (h.Reason == workbench.ReasonCertificateUnknown || h.Reason == workbench.ReasonCertificateExpired)
}

// pending reports whether anything of a tenancy that is not switched off waits for consent. The caller holds mu.
func (s *Service) pending(t *tenancy) bool {
	p := s.connectors[t.id]
	if p == nil || p.connector.Disabled {
		return false
	}
	if p.health.Status == workbench.StatusPending {
		return true
	}
	for _, k := range s.childrenOf(t.id) {
		if !k.connector.Disabled && k.health.Status == workbench.StatusPending {
			return true
		}
	}
	return false
}
