package ingest_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

// crowd counts how many tenants read slices at a time.
type crowd struct {
	mu        sync.Mutex
	now, most int
}

func (c *crowd) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.most = max(c.most, c.now)
}

// slow is a world whose slices take some time each; forever where it is 0.
type slow struct {
	*world
	crowd *crowd
	takes time.Duration
}

func (s slow) Alerts(ctx context.Context, w msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error) {
	if !w.To.IsZero() {
		s.crowd.add(1)
		defer s.crowd.add(-1)
		if s.takes == 0 {
			<-ctx.Done()
			return msgraph.Listed{}, ctx.Err()
		}
		<-time.After(s.takes)
	}
	return s.world.Alerts(ctx, w, yield)
}

// TestManyCatchUpByTurns has 40 tenants catch up at one moment: eight at a time, and every one is polled each minute meanwhile. With 10 more
// whose slices never end, all others still come to their end.
func TestManyCatchUpByTurns(t *testing.T) {
	for _, stuck := range []int{0, 10} {
		t.Run(fmt.Sprint(stuck, " stuck"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const tenants = 40
				s := newStage(t, 3, workbench.DefenderEndpoint)
				c := &crowd{}
				first := s.conns.targets[0]
				s.conns.targets = nil
				for i := range stuck + tenants {
					x := first
					x.Parent.ID, x.Graph = workbench.ConnectorID(fmt.Sprintf("parent%02d", i)), slow{s.world, c, 4 * time.Second}
					if i < stuck {
						x.Graph = slow{s.world, c, 0}
					}
					x.Reader, x.Children = x.Parent.ID, slices.Clone(first.Children)
					x.Children[0].ID, x.Children[0].Parent = workbench.ConnectorID(fmt.Sprintf("child%02d", i)), x.Parent.ID
					s.conns.targets = append(s.conns.targets, x)
				}
				s.poll(20 * time.Minute)
				last := map[workbench.ConnectorID]time.Time{}
				whole := map[workbench.ConnectorID]bool{}
				for _, p := range s.conns.polled {
					if p.parent < workbench.ConnectorID(fmt.Sprintf("parent%02d", stuck)) {
						continue
					}
					if before := last[p.parent]; !before.IsZero() && p.at.Sub(before) > 66*time.Second {
						t.Errorf("%s: told after %s", p.parent, p.at.Sub(before))
					}
					last[p.parent] = p.at
					if len(p.prog[0].Gaps(workbench.At(p.at), 2*time.Minute)) == 0 {
						whole[p.parent] = true
					}
				}
				if len(whole) != tenants {
					t.Errorf("%d of %d tenants caught up", len(whole), tenants)
				}
				if stuck == 0 && c.most != 8 {
					t.Errorf("%d read slices at a time, want 8", c.most)
				}
			})
		})
	}
}
