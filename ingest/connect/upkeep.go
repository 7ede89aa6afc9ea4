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
	atOnce        = 16 // tenants and applications at a time
)

// Run looks after connectors until the context ends: pending ones are probed, certificates renewed, former ones removed. Certificates are
// renewed while a connector is switched off, too. It returns nil.
func (s *Service) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	working.Go(func() {
		s.completeProducts(ctx)
		s.runTests(ctx)
	})
	slots, completed := make(chan struct{}, atOnce), s.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-timer.C:
		}
		if now := s.Now(); now.Sub(completed) >= lookAgain || now.Before(completed) {
			completed = now
			working.Go(func() { s.completeProducts(ctx) })
		}
		due, wait := s.due()
		for _, visit := range due {
			working.Go(func() {
				defer s.rest(visit.busy)
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return
				}
				defer func() { <-slots }()
				visiting, cancel := context.WithTimeout(ctx, upkeepTimeout)
				defer cancel()
				visit.pay(visiting)
			})
		}
		timer.Reset(wait)
	}
}

// visit is one that upkeep pays: to an application, for its credentials, or to a tenancy, to probe it.
type visit struct {
	busy *bool // while it lasts; guarded by Service.mu
	pay  func(context.Context)
}

// due takes what upkeep has to come by, and says how long it may sleep.
func (s *Service) due() (due []visit, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	wait = lookAgain
	take := func(at time.Time, busy *bool, pay func(context.Context)) {
		if at.After(now) {
			wait = min(wait, at.Sub(now))
			return
		}
		*busy = true
		due = append(due, visit{busy, pay})
	}
	for _, a := range s.applications {
		if !a.busy {
			take(a.stepAt, &a.busy, func(ctx context.Context) { s.followPlan(ctx, a) })
		}
	}
	for _, t := range s.tenancies {
		if t.busy {
			continue
		}
		if s.plan(t); !t.probeAt.IsZero() {
			take(t.probeAt, &t.busy, func(ctx context.Context) { s.probe(ctx, t) })
		}
	}
	return due, wait
}

// rest ends upkeep's visit.
func (s *Service) rest(busy *bool) {
	s.mu.Lock()
	*busy = false
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
	t.quickFrom, t.probes, t.app.stepAt = s.Now(), 0, time.Time{}
	s.mu.Unlock()
	s.stir()
}

// Looked tells that somebody looks at connectors: pending ones are probed now.
func (s *Service) Looked() {
	s.mu.Lock()
	now := s.Now()
	for _, t := range s.tenancies {
		if s.pending(t) && !s.awaitsSomebody(t) {
			if now.Sub(t.quickFrom) >= quickFor {
				t.quickFrom, t.probes = now, 0
			}
			t.looked = true
		}
	}
	s.mu.Unlock()
	s.stir()
}

// probe asks Microsoft about a tenancy and plans when to ask again.
func (s *Service) probe(ctx context.Context, t *tenancy) {
	s.mu.Lock()
	t.probes++
	t.probedAt, t.looked = s.Now(), false
	s.plan(t)
	next := t.probeAt
	s.mu.Unlock()
	s.ask(ctx, t, s.toProbe(t), asking{fresh: true, next: next})
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
	if s.off(t) {
		return 0
	}
	p := s.connectors[t.id]
	if s.pending(t) {
		if s.awaitsSomebody(t) {
			return idle
		}
		if s.Now().Sub(t.quickFrom) < quickFor {
			return min(probeGap<<min(max(t.probes-1, 0), 6), quickLongest)
		}
		if awaitsCertificate(p.health) {
			return certificate
		}
		return slow
	}
	children, failed := 0, p.health.Status == workbench.StatusError
	for _, k := range s.readBy(t) {
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
	case children == 0 || t.child: // the poller may read by another child's application
		return idle
	}
	return 0
}

// awaitsSomebody reports whether a parent waits for somebody to sign in and say whose tenant it is, which asking does not hasten: hundreds may
// wait for the administrators of customers, for days. The caller holds mu.
func (s *Service) awaitsSomebody(t *tenancy) bool {
	c := s.connectors[t.id].connector
	return c.Topology == workbench.SharedApp && !c.Confirmed()
}

func awaitsCertificate(h workbench.Health) bool {
	return h.Status != workbench.StatusConnected && (h.Reason == workbench.ReasonCertificateUnknown || h.Reason == workbench.ReasonCertificateExpired)
}

// pending reports whether anything of a tenancy that is not switched off waits for consent. The caller holds mu.
func (s *Service) pending(t *tenancy) bool {
	if s.off(t) {
		return false
	}
	if s.connectors[t.id].health.Status == workbench.StatusPending {
		return true
	}
	for _, k := range s.readBy(t) {
		if !k.connector.Disabled && k.health.Status == workbench.StatusPending {
			return true
		}
	}
	return false
}
