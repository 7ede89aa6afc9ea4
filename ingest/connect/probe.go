package connect

import (
	"context"
	"errors"
	"time"

	"workbench"
)

// asking is how Microsoft is asked.
type asking struct {
	fresh bool      // with a token that is asked for now
	eager bool      // a credential on offer is tried although another works
	next  time.Time // when upkeep will ask again; zero where a person has it asked
}

// ask gets a token, where Microsoft gives one reads with it for some children, and sets the health of all. Nobody else asks for the tenant
// meanwhile. Where the context ends before it is its turn nothing is found out; where it ends later, what took too long is a finding.
func (s *Service) ask(ctx context.Context, t *tenancy, children []workbench.ConnectorID, a asking) outcome {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return outcome{signIn: faultOf(ctx.Err())}
	}
	if a.fresh {
		t.tokens.Flush()
	}
	o := outcome{signIn: s.signIn(ctx, t, a.eager), glance: !a.next.IsZero()}
	if o.signIn == nil && len(children) > 0 {
		found, err := t.client.Probe(ctx)
		o.asked, o.empty, o.read = true, found.Empty, nil
		if err != nil {
			o.read = faultOf(err)
			if f := s.signInRefusal(t, o.read); f != nil {
				o = outcome{signIn: f}
			}
		}
	}
	s.mu.Lock()
	t.probedAt = s.Now()
	s.mu.Unlock()
	if errors.Is(ctx.Err(), context.Canceled) {
		return o // the workbench stops, which says nothing of Microsoft
	}
	s.settle(context.WithoutCancel(ctx), t, o, children, a.next)
	return o
}

// signInRefusal is the fault of a read where in truth there was no token, or nil.
func (s *Service) signInRefusal(t *tenancy, fault *workbench.Fault) *workbench.Fault {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if ofSignIn(fault.Reason) || t.refusal != nil && t.refusal.Reason == fault.Reason {
		return fault
	}
	return nil
}

// unconnected lists the children that a tenancy reads for and that are to be asked for: enabled ones that are not connected, where the parent
// is confirmed.
func (s *Service) unconnected(t *tenancy) []workbench.ConnectorID {
	return s.readable(t, func(k *known) bool { return k.health.Status != workbench.StatusConnected })
}

// toProbe is unconnected, and a child that has an application of its own in any case: the poller may read by another's.
func (s *Service) toProbe(t *tenancy) []workbench.ConnectorID {
	return s.readable(t, func(k *known) bool { return t.child || k.health.Status != workbench.StatusConnected })
}

func (s *Service) readable(t *tenancy, which func(*known) bool) []workbench.ConnectorID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.off(t) || !s.connectors[parentOf(s.connectors[t.id].connector)].connector.Confirmed() {
		return nil
	}
	var out []workbench.ConnectorID
	for _, k := range s.readBy(t) {
		if !k.connector.Disabled && which(k) {
			out = append(out, k.connector.ID)
		}
	}
	return out
}

// Test asks Microsoft now, with a fresh token, and returns the state that it led to.
func (s *Service) Test(ctx context.Context, by By, id workbench.ConnectorID) (State, error) {
	c, err := s.editable(by, id)
	if err != nil {
		return State{}, err
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return State{}, err
	}
	children := s.unconnected(t)
	if c.Kind.Child() {
		children = append(children, id)
	}
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	s.ask(asked, t, unique(children), asking{fresh: true, eager: true})
	return s.State(ctx, by.Account.Scope(), id)
}

func unique(ids []workbench.ConnectorID) []workbench.ConnectorID {
	seen, out := map[workbench.ConnectorID]bool{}, ids[:0:0]
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
