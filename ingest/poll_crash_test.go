package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/store"
)

// death is the end of a process at its nth step: that step and every later one fails.
type death struct {
	mu    sync.Mutex
	steps int
	at    int // 0 = never
}

var errDead = errors.New("the process is dead")

func (d *death) step() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.steps++
	if d.at > 0 && d.steps >= d.at {
		return errDead
	}
	return nil
}

// mortal is a store as a process sees it that dies: before a write, or after it and before it hears of it.
type mortal struct {
	ingest.PollStore
	*death
}

func (m *mortal) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (store.Appended, error) {
	if err := m.step(); err != nil {
		return store.Appended{}, err
	}
	done, err := m.PollStore.Append(ctx, scope, b)
	if dead := m.step(); dead != nil {
		return store.Appended{}, dead
	}
	return done, err
}

func (m *mortal) KeptAlerts(ctx context.Context, tenant workbench.TenantID, incidents []string) (map[string]bool, error) {
	if err := m.step(); err != nil {
		return nil, err
	}
	return m.PollStore.KeptAlerts(ctx, tenant, incidents)
}

// eventful is some minutes in the life of a tenant, which began with days of back-fill.
func eventful(s *stage) {
	w := s.world
	w.incident("new", time.Now())
	w.alert("n1", "new", endpoint, time.Now())
	w.alert("n2", "new", identity, time.Now())
	<-time.After(80 * time.Second)
	w.incident("new", time.Now())
	w.incident("1001", time.Now())
	w.alert("n1", "1001", endpoint, time.Now())
	<-time.After(80 * time.Second)
	w.merge("1002", "1003", time.Now())
	w.incident("1003", time.Now())
	w.alert("a2", "1003", endpoint, time.Now())
	w.raw("bad", "", `{"id":{}}`, time.Now())
	for i := range 3 {
		w.alert("a5", "1005", endpoint, time.Now(), fmt.Sprintf(`,"description":"%d"`, i))
		<-time.After(50 * time.Second)
	}
}

func TestACrashAtAnyStepLosesNothing(t *testing.T) {
	steps := 0
	life := func(t *testing.T, at int) {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, 4, workbench.DefenderEndpoint)
			s.world.pageSize = 7
			for i := range 20 {
				s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*4*time.Hour))
				s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*5*time.Hour))
			}
			since := ago(4 * day)
			d := &death{at: at}
			s.world.setTrouble(func(string, string, int) error { return d.step() })
			stop := s.start(&mortal{s.store, d})
			<-time.After(70 * time.Second)
			eventful(s)
			stop()
			steps = d.steps
			if at > 0 {
				s.reopen()
				s.world.setTrouble(nil)
				s.poll(3 * time.Minute)
			}
			s.world.forget("bad")
			s.complete(since, endpoint)
			if gaps := s.conns.last().prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute); len(gaps) > 0 {
				t.Errorf("gaps: %v", gaps)
			}
			versions := map[string]bool{}
			for _, o := range s.documents() {
				key := string(o.Kind) + " " + o.Object + " " + o.Updated
				if versions[key] && o.Kind == workbench.IncidentDocument {
					t.Errorf("%s is kept in two forms", key)
				}
				versions[key] = true
			}
			if list, err := s.store.QuarantinedRecords(t.Context(), workbench.EveryTenant()); err != nil || len(list) != 1 {
				t.Errorf("got %d quarantined records (%v), want 1", len(list), err)
			}
			s.sameElsewhere()
		})
	}
	life(t, 0)
	if steps < 40 {
		t.Fatalf("got %d steps: too few to tell anything", steps)
	}
	every := 1
	if testing.Short() {
		every = 7
	}
	for at := 1; at <= steps; at += every {
		t.Run(fmt.Sprint("step ", at), func(t *testing.T) { all := steps; life(t, at); steps = all })
	}
}
