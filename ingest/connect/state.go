package connect

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"workbench"
)

// State is all that is known of a connector. It holds nothing secret: Sealed of credentials is nil.
type State struct {
	workbench.Connector
	Parent       *workbench.Connector // of a child
	TenantName   workbench.Untrusted
	Registration workbench.Registration // its own or its parent's
	Health       workbench.Health
	Progress     workbench.Progress // children
	CatchingUp   bool               // the first ingest, or a gap, is being read
	Share        float64            // of the wanted time that is covered, 0 to 1
	Lag          time.Duration      // between Microsoft's clock and the newest moment that is covered
	Quarantined  int                // records of this connector; parents
	Children     int
	NeedsConsent bool // a child: pressing Authorize would lead to something new
	Throttled    bool
	Testing      bool // somebody had Microsoft asked, which did not answer yet
}

// States lists what is known of the connectors of a scope: each parent followed by its children.
func (s *Service) States(ctx context.Context, scope workbench.Scope) ([]State, error) {
	counts, err := s.quarantineCounts(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []State{}
	for _, id := range s.order {
		if k := s.connectors[id]; sees(scope, k.connector) {
			out = append(out, s.state(k, counts))
		}
	}
	return out, nil
}

// State is what is known of one connector. ErrNotFound.
func (s *Service) State(ctx context.Context, scope workbench.Scope, id workbench.ConnectorID) (State, error) {
	counts, err := s.quarantineCounts(ctx)
	if err != nil {
		return State{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k := s.connectors[id]
	if k == nil || !sees(scope, k.connector) {
		return State{}, fmt.Errorf("connector %s: %w", workbench.Text(string(id)), workbench.ErrNotFound)
	}
	return s.state(k, counts), nil
}

// state puts together what is known. The caller holds mu.
func (s *Service) state(k *known, counts map[workbench.ConnectorID]int) State {
	now := s.now()
	st := State{Connector: k.connector, Health: k.health, TenantName: s.names[k.connector.Tenant], Quarantined: counts[k.connector.ID]}
	parent := k.connector.ID
	if k.connector.Kind.Child() {
		parent = k.connector.Parent
		if p := s.connectors[parent]; p != nil {
			c := p.connector
			st.Parent = &c
		}
		st.Progress = k.progress.Clone()
		if !k.progress.From.IsZero() {
			st.Share = k.progress.Share(now)
			st.CatchingUp = k.health.Status == workbench.StatusConnected && gapped(k.progress, now, k.slack())
		}
		if n := len(k.progress.Covered); n > 0 {
			st.Lag = max(now.Sub(k.progress.Covered[n-1].To.Time), 0)
		}
		st.NeedsConsent = k.health.Status != workbench.StatusConnected && consentMends(k.health.Reason) && !k.health.CheckedAt.IsZero()
	} else {
		st.Children = len(s.childrenOf(parent))
	}
	if t := s.tenancyAt(k.connector); t != nil {
		st.Registration = public(t.app.registration)
		st.Testing = s.testing.wanted[t.id]
		st.Throttled = k.health.Reason == workbench.ReasonThrottled || t.client.Usage().Until.After(now.Time)
		if st.Health.NextAt.IsZero() && !k.connector.Disabled {
			st.Health.NextAt = workbench.At(t.probeAt)
		}
	}
	return st
}

// consentMends reports whether somebody who goes to Microsoft's consent page finds something to accept there.
func consentMends(r workbench.Reason) bool {
	return r.Consent() && r != workbench.ReasonCertificateUnknown
}

// public is a registration without what is secret.
func public(r workbench.Registration) workbench.Registration {
	r.Credentials = slices.Clone(r.Credentials)
	for i := range r.Credentials {
		r.Credentials[i].Sealed = nil
		r.Credentials[i].Certificate = slices.Clone(r.Credentials[i].Certificate)
	}
	return r
}

// quarantined holds how many records of each connector are quarantined, for a short time. The names of tenants are read as often.
type quarantined struct {
	mu     sync.Mutex
	counts map[workbench.ConnectorID]int
	at     time.Time
}

// countFor is how long the counts are good for.
const countFor = 10 * time.Second

// quarantineCounts returns how many records of each connector are quarantined. The caller changes nothing in the map.
func (s *Service) quarantineCounts(ctx context.Context) (map[workbench.ConnectorID]int, error) {
	q := &s.quarantined
	q.mu.Lock()
	defer q.mu.Unlock()
	if age := s.Now().Sub(q.at); q.counts != nil && age >= 0 && age < countFor {
		return q.counts, nil
	}
	records, err := s.Store.QuarantinedRecords(ctx, workbench.EveryTenant())
	if err != nil {
		return nil, fmt.Errorf("counting quarantined records: %w", err)
	}
	counts := map[workbench.ConnectorID]int{} // never changed once it is here
	for _, r := range records {
		counts[workbench.ConnectorID(r.Source)]++
	}
	tenants, err := s.Store.TenantList(ctx, workbench.EveryTenant())
	if err != nil {
		return nil, fmt.Errorf("reading the names of tenants: %w", err)
	}
	s.mu.Lock()
	for _, t := range tenants {
		s.names[t.ID] = t.Name
	}
	s.mu.Unlock()
	q.counts, q.at = counts, s.Now()
	return counts, nil
}
