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
	Progress []workbench.Progress // of the children, in their order; nothing but the id where nothing is kept
	Client   *msgraph.Client      // the same as long as the connector is
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
		k, t := s.connectors[id], s.tenancies[id]
		if t == nil || k.connector.Disabled || !k.connector.Confirmed() {
			continue
		}
		target := Target{Parent: k.connector, Client: t.client}
		for _, child := range s.childrenOf(id) {
			if child.connector.Disabled {
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

// Polled tells what became of a poll: nil where everything was read. progress is what was kept, with or without a fault; next is when the
// poller will ask again. It sets the health of parent and children. A parent that is gone is passed over.
func (s *Service) Polled(ctx context.Context, parent workbench.ConnectorID, fault *workbench.Fault, progress []workbench.Progress, empty bool, next time.Time) error {
	s.mu.Lock()
	t := s.tenancies[parent]
	if t == nil {
		s.mu.Unlock()
		return nil
	}
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
		if k.connector.Disabled {
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
	for _, id := range moved {
		s.listeners.tell(id)
	}
	if fault != nil {
		s.stir() // what is pending or in error now has upkeep's own pace
	}
	return ctx.Err()
}

// percent is how much of the wanted time is covered, as a page shows it.
func percent(p workbench.Progress, now workbench.Time) int {
	if p.From.IsZero() {
		return 0
	}
	return int(100 * p.Share(now))
}
