package ingest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"workbench"
)

const (
	defaultOverlap = 15 * time.Minute
	deepOverlap    = 3 * time.Hour // once an hour
	deepEvery      = time.Hour
	firstWindow    = time.Hour     // that is read first where nothing is covered
	oldCover       = 2 * time.Hour // what was covered before is left to slices
	maxRetryAfter  = 15 * time.Minute
	saveEvery      = 5 * time.Minute  // progress that came without documents
	tellEvery      = 10 * time.Second // of slices
	flushWithin    = 5 * time.Second  // at the end
)

// tenant is the polling of one tenant. But for wake, offer and stop it belongs to its own goroutine.
type tenant struct {
	*Poller
	id   workbench.ConnectorID // of the parent
	wake chan struct{}
	stop context.CancelFunc

	mu      sync.Mutex
	offered *Target // that is to be taken over
	shape   string  // of the newest target

	target   Target
	progress []workbench.Progress // of the target's children, in their order; ahead of the store while unsaved
	unsaved  bool
	savedAt  time.Time
	untold   bool // that progress was made since the connections were told
	toldAt   time.Time

	next   time.Time      // of the next poll
	skew   time.Duration  // Microsoft's clock less ours
	asked  bool           // its clock is known
	empty  bool           // Microsoft has no incident
	liveTo workbench.Time // until when everything is covered or a slice of catching up
	deepAt time.Time      // of the next long overlap

	seen    seen
	backlog backlog
	scan    *scan // the daily reading again, while it is under way
	owed    owed
	reason  workbench.Reason // of the last fault
}

func newTenant(p *Poller, target Target, stop context.CancelFunc) *tenant {
	now := p.Now()
	t := &tenant{Poller: p, id: target.Parent.ID, wake: make(chan struct{}, 1), stop: stop, seen: newSeen(), backlog: newBacklog()}
	t.deepAt, t.savedAt = now.Add(time.Duration(p.Random()*float64(deepEvery))), now
	t.offered, t.shape = &target, shapeOf(target)
	return t
}

// shapeOf names what of a target makes a poll at once worth it where it changes.
func shapeOf(t Target) string {
	text := fmt.Sprintf("%p %s", t.Graph, t.Parent.Tenant)
	for _, c := range t.Children {
		text += fmt.Sprintf(" %s %s %d", c.ID, c.Kind, c.BackfillDays)
	}
	return text
}

// offer hands a target over to the tenant, which is polled at once where that brings something new.
func (t *tenant) offer(target Target) {
	shape := shapeOf(target)
	t.mu.Lock()
	changed := shape != t.shape
	if changed {
		t.offered, t.shape = &target, shape
	}
	t.mu.Unlock()
	if changed {
		knock(t.wake)
	}
}

// adopt takes over the target that was offered last.
func (t *tenant) adopt() {
	t.mu.Lock()
	offered := t.offered
	t.offered = nil
	t.mu.Unlock()
	if offered == nil {
		return
	}
	before, progress := t.target, t.progress
	t.target, t.progress = *offered, make([]workbench.Progress, len(offered.Children))
	for i, c := range offered.Children {
		of := func(p workbench.Progress) bool { return p.Connector == c.ID }
		if k := slices.IndexFunc(offered.Progress, of); k >= 0 {
			t.progress[i] = offered.Progress[k].Clone()
		}
		if k := slices.IndexFunc(progress, of); k >= 0 {
			t.progress[i] = progress[k]
		}
		t.progress[i].Connector = c.ID
		t.progress[i].From = workbench.At(c.CreatedAt.AddDate(0, 0, -c.BackfillDays))
	}
	if before.Parent.Tenant != offered.Parent.Tenant || !slices.Equal(kinds(before), kinds(*offered)) {
		t.seen, t.backlog, t.scan = newSeen(), newBacklog(), nil // what was passed over may be wanted now
	}
}

func kinds(t Target) []workbench.ConnectorKind {
	var out []workbench.ConnectorKind
	for _, c := range t.Children {
		out = append(out, c.Kind)
	}
	return out
}

// takes reports whether a child takes in alerts of a product.
func (t *tenant) takes(product string) bool {
	return slices.ContainsFunc(t.target.Children, func(c workbench.Connector) bool { return c.Kind.Takes(product) })
}

// run polls until the context ends.
func (t *tenant) run(ctx context.Context, delay time.Duration) {
	defer t.flush(context.WithoutCancel(ctx))
	for {
		timer := time.NewTimer(delay)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-t.wake:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
		t.round(ctx)
		delay = max(0, t.next.Sub(t.Now()))
	}
}
