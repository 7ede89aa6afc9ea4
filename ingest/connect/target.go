package connect

import (
	"context"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

// Target is a tenant to poll: an enabled, confirmed parent with its enabled children.
type Target struct {
	Parent   workbench.Connector
	Children []workbench.Connector
	Progress []workbench.Progress  // of the children, in their order; nothing but the id where nothing is kept
	Reader   workbench.ConnectorID // whose application reads, for Polled: the parent, or a child that has one of its own
	Client   *msgraph.Client       // the same as long as the reader is
}

// Targets lists all tenants to poll, in the order of lists. A parent without enabled children is none.
func (s *Service) Targets(ctx context.Context) ([]Target, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Target
	for _, id := range s.order {
		k := s.connectors[id]
		if k.connector.Disabled || !k.connector.Confirmed() {
			continue
		}
		t := s.reader(k.connector)
		if t == nil {
			continue
		}
		target := Target{Parent: k.connector, Reader: t.id, Client: t.client}
		for _, child := range s.childrenOf(id) {
			if child.connector.Disabled || !s.polls(t, child) {
				continue
			}
			p := child.progress.Clone()
			p.Connector = child.connector.ID
			target.Children, target.Progress = append(target.Children, child.connector), append(target.Progress, p)
		}
		if len(target.Children) > 0 {
			out = append(out, target)
		}
	}
	return out, nil
}

// reader is the tenancy by which a parent's tenant is polled: the parent's own, or, where each child has an application, that of the first
// child whose application works. nil where there is none. The caller holds mu.
func (s *Service) reader(parent workbench.Connector) *tenancy {
	if parent.Topology != workbench.ManagedApps {
		return s.tenancies[parent.ID]
	}
	for _, k := range s.childrenOf(parent.ID) {
		if !k.connector.Disabled && k.health.Status == workbench.StatusConnected {
			return s.tenancies[k.connector.ID]
		}
	}
	return nil
}

// polls reports whether a child takes part in the polls of a reader: one with an application of its own does while that works. The caller
// holds mu.
func (s *Service) polls(t *tenancy, child *known) bool {
	return !t.child || child.health.Status == workbench.StatusConnected
}

// Polled tells what became of a poll by a reader: nil where everything was read. progress is what was kept, with or without a fault; next is
// when the poller will ask again. It sets the health of parent and children. A reader that is gone is passed over.
func (s *Service) Polled(ctx context.Context, reader workbench.ConnectorID, fault *workbench.Fault, progress []workbench.Progress, empty bool, next time.Time) error {
	s.mu.Lock()
	t := s.tenancies[reader]
	if t == nil {
		s.mu.Unlock()
		return nil
	}
	parent := parentOf(s.connectors[reader].connector)
	now := workbench.At(s.Now())
	var moved []workbench.ConnectorID
	for _, p := range progress {
		k := s.connectors[p.Connector]
		if k == nil || k.connector.Parent != parent {
			continue
		}
		if percent(k.progress, now) != percent(p, now) || gapped(k.progress, now, k.slack()) != gapped(p, now, k.slack()) {
			moved = append(moved, p.Connector)
		}
		k.progress = p.Clone()
	}
	var children []workbench.ConnectorID
	for _, k := range s.childrenOf(parent) {
		if k.connector.Disabled || !s.polls(t, k) {
			continue
		}
		children = append(children, k.connector.ID)
		k.failedAt = time.Time{}
		switch {
		case fault == nil:
			k.interval = next.Sub(now.Time)
		case fault.Reason.Passing():
			k.failedAt = now.Time
		}
	}
	s.mu.Unlock()

	o := outcome{asked: true, read: fault, empty: empty}
	if fault != nil {
		if f := s.signInRefusal(t, fault); f != nil {
			o = outcome{signIn: f}
		}
	}
	s.settle(context.WithoutCancel(ctx), t, o, children, next)
	if t.child && fault == nil {
		s.settleOthers(context.WithoutCancel(ctx), t, empty, children, next)
	}
	for _, id := range moved {
		s.listeners.tell(id)
	}
	if fault != nil {
		s.stir() // what is pending or in error now has upkeep's own pace
	}
	return ctx.Err()
}

// settleOthers notes that Microsoft gave what children take in whose own applications did not ask this time, and work as far as is known.
func (s *Service) settleOthers(ctx context.Context, reader *tenancy, empty bool, children []workbench.ConnectorID, next time.Time) {
	at := s.now()
	for _, id := range children {
		if id == reader.id {
			continue
		}
		s.setHealth(ctx, id, false, func(_ workbench.Connector, h workbench.Health) workbench.Health {
			h.GoodAt, h.Empty, h.NextAt = at, empty, workbench.At(next)
			return h
		})
	}
}

// percent is how much of the wanted time is covered, as a page shows it.
func percent(p workbench.Progress, now workbench.Time) int {
	if p.From.IsZero() {
		return 0
	}
	return int(100 * p.Share(now))
}
