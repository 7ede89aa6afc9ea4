package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/msgraph"
	"workbench/store"
)

const day = 24 * time.Hour

// ago is a moment before the test's beginning.
func ago(d time.Duration) time.Time { return time.Now().Add(-d) }

func TestPollerTakesInWhatIsThereAndWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 30, workbench.DefenderEndpoint, workbench.DefenderOffice365)
		for i := range 60 {
			at := ago(time.Duration(i) * 11 * time.Hour)
			s.world.incident(fmt.Sprint(1000+i), at)
			s.world.alert(fmt.Sprint("e", i), fmt.Sprint(1000+i), endpoint, at)
			if i%3 == 0 {
				s.world.alert(fmt.Sprint("i", i), fmt.Sprint(1000+i), identity, at)
			}
		}
		s.world.incident("foreign", ago(time.Hour))
		s.world.alert("f1", "foreign", identity, ago(time.Hour))
		s.world.incident("late", ago(time.Minute)) // its alert is days older than itself
		s.world.alert("l1", "late", office, ago(5*day))
		s.world.alert("alone", "", endpoint, ago(2*day))
		since := ago(30 * day)
		stop := s.start(s.store)
		<-time.After(10 * time.Minute)
		s.complete(since, endpoint, office)

		s.world.incident("new", time.Now())
		s.world.alert("n1", "new", office, time.Now())
		s.world.alert("n2", "new", identity, time.Now())
		<-time.After(70 * time.Second)
		s.complete(since, endpoint, office)
		stop()

		p := s.conns.last()
		if p.fault != nil || p.empty {
			t.Errorf("got fault %v, empty %v", p.fault, p.empty)
		}
		for _, child := range p.prog {
			if gaps := child.Gaps(workbench.At(time.Now()), 2*time.Minute); len(gaps) > 0 || child.From != workbench.At(since) {
				t.Errorf("%s: gaps %v since %s", child.Connector, gaps, child.From)
			}
			kept, err := s.store.Progresses(t.Context())
			if err != nil || len(kept[child.Connector].Covered) != 1 || kept[child.Connector].Covered[0] != child.Covered[0] {
				t.Errorf("%s: told %v, kept %v (%v)", child.Connector, child.Covered, kept[child.Connector].Covered, err)
			}
		}
		if e, o := p.prog[0], p.prog[1]; e.Alerts != 61 || o.Alerts != 2 {
			t.Errorf("got %d and %d alerts counted, want 61 and 2", e.Alerts, o.Alerts)
		}
		story, err := s.store.Story(t.Context(), workbench.EveryTenant(), workbench.IncidentStory(aTenant, workbench.ProductOffice365, "new"))
		if err != nil || len(story.NotIngested) != 1 || story.NotIngested[0].Product != workbench.ProductIdentity || story.NotIngested[0].Alerts != 1 || story.NotIngested[0].Name.String() == "" {
			t.Errorf("got %+v (%v), want one alert of identity that is not taken in", story.NotIngested, err)
		}
		s.sameElsewhere()
	})
}

func TestPollerTellsOfASilentTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		s.poll(12 * time.Minute)
		if p := s.conns.last(); p.fault != nil || !p.empty || p.next.Sub(p.at) < 50*time.Second || p.next.Sub(p.at) > 70*time.Second {
			t.Errorf("got fault %v, empty %v, next after %s", p.fault, p.empty, p.next.Sub(p.at))
		}
		if got := s.world.called("alerts"); got < 12 || got > 17 {
			t.Errorf("got %d lists of alerts in 12 minutes", got)
		}
	})
}

func TestProgressOfQuietRoundsIsKeptSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 1, workbench.DefenderEndpoint)
		st := &watched{PollStore: s.store}
		stop := s.start(st)
		<-time.After(61 * time.Minute)
		before := st.appended()
		if before < 11 || before > 14 {
			t.Errorf("got %d writes in an hour, want one every 5 minutes", before)
		}
		<-time.After(3 * time.Minute)
		stop()
		kept, err := s.store.Progresses(t.Context())
		if err != nil || time.Since(kept[endpointID].PolledAt.Time) > 70*time.Second || st.appended() > before+2 {
			t.Errorf("the end is not kept: %v (%v)", kept[endpointID], err)
		}
	})
}

// watched counts, and fails as a test wants it.
type watched struct {
	ingest.PollStore
	mu      sync.Mutex
	appends int
	fails   func(b store.Batch) error
}

func (w *watched) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (store.Appended, error) {
	w.mu.Lock()
	w.appends++
	fails := w.fails
	w.mu.Unlock()
	if fails != nil {
		if err := fails(b); err != nil {
			return store.Appended{}, err
		}
	}
	return w.PollStore.Append(ctx, scope, b)
}

func (w *watched) appended() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.appends
}

func (w *watched) setFails(fails func(b store.Batch) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fails = fails
}

func TestAfterAFaultFreshChangesAreSeenWithinTwoIntervals(t *testing.T) {
	for _, r := range []workbench.Reason{workbench.ReasonThrottled, workbench.ReasonUnavailable, workbench.ReasonUnreachable, workbench.ReasonUnreadable,
		workbench.ReasonTokenRefused, workbench.ReasonNotConsented, workbench.ReasonRolesMissing, workbench.ReasonNotProvisioned, workbench.ReasonCertificateExpired, workbench.ReasonInternal} {
		for _, call := range []string{"alerts", "incidents", "incident", ""} {
			t.Run(string(r)+" "+call, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newStage(t, 2, workbench.DefenderEndpoint)
					s.world.incident("1", ago(time.Minute))
					s.world.alert("a", "1", endpoint, ago(time.Minute))
					stop := s.start(s.store)
					<-time.After(3 * time.Minute)
					s.world.setTrouble(func(c, _ string, _ int) error {
						if call == "" || c == call {
							return fault(r)
						}
						return nil
					})
					for i := range 5 {
						s.world.incident(fmt.Sprint(10+i), time.Now())
						s.world.alert(fmt.Sprint("b", i), fmt.Sprint(10+i), endpoint, time.Now())
						<-time.After(7 * time.Minute)
					}
					got := s.conns.last().fault
					if alone := call == "incident" && (r == workbench.ReasonUnavailable || r == workbench.ReasonUnreadable); !alone && call != "incident" && (got == nil || got.Reason != r) {
						t.Errorf("while it lasts: got fault %v", got)
					}
					s.world.setTrouble(nil)
					s.world.incident("fresh", time.Now())
					s.world.alert("fresh", "fresh", endpoint, time.Now())
					<-time.After(2 * time.Minute)
					stop()
					s.complete(ago(day), endpoint)
					if got := s.conns.last().fault; got != nil {
						t.Errorf("afterwards: got fault %v", got)
					}
				})
			})
		}
	}
}

func TestThousandsWithOneTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 3, workbench.DefenderEndpoint)
		burst, live := ago(30*time.Hour), ago(time.Minute)
		for i := range 1_500 {
			s.world.incident(fmt.Sprint(1000+i), burst)
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, burst)
			s.world.incident(fmt.Sprint("l", i), live)
			s.world.alert(fmt.Sprint("al", i), fmt.Sprint("l", i), endpoint, live)
		}
		for i := range 5_000 {
			s.world.alert(fmt.Sprint("x", i), "", endpoint, burst)
		}
		stop := s.start(s.store)
		<-time.After(20 * time.Minute)
		s.complete(ago(2*day), endpoint)
		for i := range 150 { // incidents alone
			s.world.incident(fmt.Sprint("l", i), time.Now())
		}
		<-time.After(2 * time.Minute)
		stop()
		s.complete(ago(2*day), endpoint)
		if n := s.world.called("incident"); n > 100 {
			t.Errorf("%d incidents were asked for one by one", n)
		}
		if gaps := s.conns.last().prog[0].Gaps(workbench.At(time.Now()), 3*time.Minute); len(gaps) > 0 {
			t.Errorf("gaps: %v", gaps)
		}
	})
}

func TestListsThatChangeWhileTheyAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 3, workbench.DefenderEndpoint)
		for i := range 400 {
			s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*6*time.Minute))
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*6*time.Minute))
		}
		n := 0
		s.world.turned = func() {
			if n++; n > 300 {
				return
			}
			for k := range 3 { // what was not listed yet gets a new time, and so do others that were
				i := (n*37 + k*131) % 400
				s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, time.Now())
				s.world.incident(fmt.Sprint(1000+i), time.Now())
			}
			<-time.After(time.Second)
		}
		s.poll(40 * time.Minute)
		s.complete(ago(4*day), endpoint)
		s.sameElsewhere()
	})
}

func TestLateArrivalsComeWithTheDailyReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 5, workbench.DefenderEndpoint)
		stop := s.start(s.store)
		<-time.After(time.Hour)
		for i := range 72 { // Microsoft says today that these were changed up to three days ago
			s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*time.Hour))
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*time.Hour))
		}
		s.world.alert("a little late", "", endpoint, ago(10*time.Minute))
		<-time.After(2 * time.Minute)
		if _, have := s.documents()[s.world.alerts["a little late"].json]; !have {
			t.Error("what came ten minutes late is not there after two minutes")
		}
		since := ago(4 * day)
		<-time.After(26 * time.Hour)
		stop()
		s.complete(since, endpoint)
		if p := s.conns.last().prog[0]; p.RescanAt.IsZero() {
			t.Error("when the days were read again is not told")
		}
	})
}

func TestASlowTenantDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 1, workbench.DefenderEndpoint)
		slow := newWorld(time.Now)
		slow.setTrouble(func(string, string, int) error { // as a client that waits for its limit
			<-time.After(5 * time.Minute)
			return &workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: 10 * time.Minute}
		})
		other := s.conns.targets[0]
		other.Parent.ID, other.Parent.Tenant, other.Graph, other.Children = "slow", "another", slow, slices.Clone(other.Children)
		other.Children[0].ID = "slow child"
		s.conns.targets = append(s.conns.targets, other)
		s.poll(31 * time.Minute)
		polls := 0
		for _, p := range s.conns.polled {
			switch {
			case p.parent == parentID:
				polls++
			case p.fault == nil || p.fault.Reason != workbench.ReasonThrottled || p.next.Sub(p.at) < 10*time.Minute:
				t.Errorf("the slow tenant: got %v, next after %s", p.fault, p.next.Sub(p.at))
			}
		}
		if polls < 30 || slow.called("probe") > 3 {
			t.Errorf("got %d polls in half an hour, and %d of the slow tenant", polls, slow.called("probe"))
		}
	})
}

func TestWhatChangesDuringALongListIsReadNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		stop := s.start(s.store)
		<-time.After(35 * time.Minute)
		s.world.setTrouble(func(call, _ string, _ int) error {
			if call == "incidents" {
				<-time.After(40 * time.Minute) // longer than windows overlap
			}
			return nil
		})
		<-time.After(2 * time.Minute)
		s.world.alert("meanwhile", "", endpoint, time.Now()) // after the list of alerts was read
		s.world.setTrouble(nil)
		<-time.After(45 * time.Minute)
		stop()
		s.complete(ago(day), endpoint)
	})
}

func TestCatchingUpDelaysNoPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		s.world.pageSize = 5
		for i := range 400 {
			s.world.incident(fmt.Sprint(1000+i), ago(26*time.Hour))
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(26*time.Hour))
		}
		s.world.setTrouble(func(_, _ string, page int) error {
			if page > 0 {
				<-time.After(10 * time.Second)
			}
			return nil
		})
		stop := s.start(s.store)
		for i := range 5 {
			id := fmt.Sprint("fresh", i)
			s.world.incident(id, time.Now())
			s.world.alert(id, id, endpoint, time.Now())
			<-time.After(2 * time.Minute)
			if _, have := s.documents()[s.world.alerts[id].json]; !have {
				t.Errorf("%s is not there after two minutes", id)
			}
		}
		if gaps := s.conns.last().prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute); len(gaps) == 0 {
			t.Error("nothing was being caught up with: the test tells nothing")
		}
		stop()
	})
}

func TestCutListsMoveNothing(t *testing.T) {
	for _, call := range []string{"alerts", "incidents"} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, 2, workbench.DefenderEndpoint)
				s.world.pageSize = 5
				for i := range 23 {
					s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*time.Minute))
					s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*time.Minute))
				}
				s.world.setTrouble(func(c, _ string, page int) error {
					if c == call && page == 2 {
						return fault(workbench.ReasonUnreadable)
					}
					return nil
				})
				s.poll(3 * time.Minute)
				kept, err := s.store.Progresses(t.Context())
				if err != nil || len(kept[endpointID].Covered) > 0 {
					t.Errorf("covered %v (%v), though no list was whole", kept[endpointID].Covered, err)
				}
				if len(s.documents()) == 0 {
					t.Error("what was understood is not kept")
				}
				s.world.setTrouble(nil)
				s.poll(5 * time.Minute)
				s.complete(ago(day), endpoint)
			})
		})
	}
}

func TestASliceThatFailsStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, workbench.DefenderEndpoint)
		for i := range 200 {
			s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*time.Hour))
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*time.Hour))
		}
		bad := ago(50 * time.Hour)
		g := &poisonTime{world: s.world, at: bad}
		s.conns.targets[0].Graph = g
		since := ago(10 * day)
		stop := s.start(s.store)
		<-time.After(30 * time.Minute)
		last := s.conns.last()
		gaps := last.prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute)
		if last.fault != nil || len(gaps) != 1 || gaps[0].To.Sub(gaps[0].From.Time) > 16*time.Minute || bad.Before(gaps[0].From.Time) || bad.After(gaps[0].To.Time) {
			t.Fatalf("got fault %v, gaps %v; want one small gap around %s", last.fault, gaps, bad)
		}
		if n := s.world.called("alerts"); n > 120 {
			t.Errorf("%d lists were read in half an hour", n)
		}
		g.mended.Store(true)
		<-time.After(70 * time.Minute)
		stop()
		s.complete(since, endpoint)
		if gaps := s.conns.last().prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute); len(gaps) > 0 {
			t.Errorf("gaps: %v", gaps)
		}
	})
}

// poisonTime fails every closed list that holds a moment.
type poisonTime struct {
	*world
	at     time.Time
	mended atomic.Bool
}

func (p *poisonTime) Alerts(ctx context.Context, w msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error) {
	if !p.mended.Load() && !w.To.IsZero() && !p.at.Before(w.From.Time) && p.at.Before(w.To.Time) {
		return msgraph.Listed{}, fault(workbench.ReasonUnavailable)
	}
	return p.world.Alerts(ctx, w, yield)
}

func TestAnIncidentThatCantBeHadAtOnce(t *testing.T) {
	for _, alertsToo := range []bool{false, true} {
		t.Run(fmt.Sprint("alerts fail too ", alertsToo), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, 2, workbench.DefenderEndpoint)
				s.world.setTrouble(func(call, id string, _ int) error {
					if call == "incident" && strings.HasPrefix(id, "big") || alertsToo && call == "incident alerts" {
						return fault(workbench.ReasonUnavailable)
					}
					return nil
				})
				stop := s.start(s.store)
				<-time.After(2 * time.Minute)
				for i := range 5 {
					s.world.incident(fmt.Sprint("big", i), time.Now())
					for k := range 150 {
						s.world.alert(fmt.Sprint("b", i, ".", k), fmt.Sprint("big", i), endpoint, time.Now())
					}
				}
				for i := range 20 {
					s.world.incident(fmt.Sprint(1000+i), time.Now())
					s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, time.Now())
				}
				<-time.After(2 * time.Minute)
				s.complete(ago(day), endpoint)
				if f := s.conns.last().fault; f != nil {
					t.Errorf("the tenant is told to fail: %v", f)
				}
				<-time.After(time.Hour)
				stop()
				if n := s.world.called("incident"); n > 20+5*12+60 {
					t.Errorf("incidents were asked for %d times", n)
				}
			})
		})
	}
}

func TestPoisonRecordsStopNoNeighbour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		texts := []string{`1`, `"x"`, `null`, `[]`, `{}`, `{"id":{}}`, `{"id":"p","evidence":7,"serviceSource":"microsoftDefenderForEndpoint"}`, `{"id":"p","incidentId":[],"serviceSource":"x","evidence":[]}`,
			`{"id":"p","tenantId":"a41c07e9-2b58-4d93-b6f0-8e7352d1490a","serviceSource":"x","evidence":[]}`, `{"id":"` + strings.Repeat("x", 300) + `","evidence":[]}`, strings.Repeat(`{"id":`, 200) + "1" + strings.Repeat("}", 200)}
		for i, text := range texts {
			s.world.raw(fmt.Sprint("p", i), "", text, ago(time.Duration(i)*7*time.Minute))
		}
		for i := range 100 {
			s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*time.Minute))
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*time.Minute))
		}
		s.poll(10 * time.Minute)
		for i := range texts {
			s.world.forget(fmt.Sprint("p", i))
		}
		s.complete(ago(day), endpoint)
		list, err := s.store.QuarantinedRecords(t.Context(), workbench.EveryTenant())
		if err != nil || len(list) != len(texts) {
			t.Errorf("got %d quarantined records (%v), want %d", len(list), err, len(texts))
		}
		for _, q := range list {
			if q.Source != string(parentID) || q.Tenant != aTenant || !strings.HasPrefix(q.Name, "/v1.0/security/alerts") {
				t.Errorf("got %+v", q)
			}
		}
	})
}

func TestRecordsThatMakeTheStoreFailAreQuarantined(t *testing.T) {
	for _, how := range []string{"panic", "too large", "invalid"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, 2, workbench.DefenderEndpoint)
				for i := range 100 {
					s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*time.Minute))
					s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*time.Minute))
				}
				s.world.alert("poison", "1007", endpoint, ago(5*time.Minute))
				s.world.alert("poison too", "1070", endpoint, ago(100*time.Minute))
				st := &watched{PollStore: s.store, fails: func(b store.Batch) error {
					for _, d := range b.Documents {
						if !strings.HasPrefix(d.Object, "poison") {
							continue
						}
						switch how {
						case "panic":
							panic("as the test wants it")
						case "too large":
							return fmt.Errorf("adding: %w", workbench.ErrTooLarge)
						}
						return (*workbench.Invalid)(nil).Set("documents", "is bad")
					}
					return nil
				}}
				s.pollWith(st, 10*time.Minute)
				list, err := s.store.QuarantinedRecords(t.Context(), workbench.EveryTenant())
				if err != nil || len(list) != 2 {
					t.Errorf("got %d quarantined records (%v), want 2", len(list), err)
				}
				s.world.forget("poison")
				s.world.forget("poison too")
				s.complete(ago(day), endpoint)
				if f := s.conns.last().fault; f != nil {
					t.Errorf("got fault %v", f)
				}
				if gaps := s.conns.last().prog[0].Gaps(workbench.At(time.Now()), 2*time.Minute); len(gaps) > 0 {
					t.Errorf("gaps: %v", gaps)
				}
			})
		})
	}
}

func TestAPanicStopsOneRoundOfOneTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		s.world.incident("1", ago(time.Minute))
		s.world.alert("a", "1", endpoint, ago(time.Minute))
		s.world.setTrouble(func(call, _ string, _ int) error {
			if call == "incidents" {
				panic("as the test wants it")
			}
			return nil
		})
		stop := s.start(s.store)
		<-time.After(90 * time.Second)
		if f := s.conns.last().fault; f == nil || f.Reason != workbench.ReasonInternal {
			t.Errorf("got fault %v", f)
		}
		s.world.setTrouble(nil)
		<-time.After(2 * time.Minute)
		stop()
		s.complete(ago(day), endpoint)
	})
}

func TestAFullDiskIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		s.world.incident("1", ago(time.Minute))
		s.world.alert("a", "1", endpoint, ago(time.Minute))
		var full atomic.Bool
		full.Store(true)
		st := &watched{PollStore: s.store, fails: func(store.Batch) error {
			if full.Load() {
				return fmt.Errorf("adding: %w", workbench.ErrReadOnly)
			}
			return nil
		}}
		stop := s.start(st)
		<-time.After(30 * time.Minute)
		if f := s.conns.last().fault; f == nil || !errors.Is(f, workbench.ErrReadOnly) || s.world.called("alerts") != 1 {
			t.Errorf("got fault %v after %d lists", f, s.world.called("alerts"))
		}
		full.Store(false)
		<-time.After(2 * time.Minute)
		stop()
		s.complete(ago(day), endpoint)
		if f := s.conns.last().fault; f != nil {
			t.Errorf("got fault %v", f)
		}
	})
}

func TestRunEndsWithTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 1, workbench.DefenderEndpoint)
		s.world.incident("1", ago(time.Minute))
		s.world.alert("a", "1", endpoint, ago(time.Minute))
		lost := errors.New("the outcome of a write is unknown")
		done := make(chan error, 1)
		go func() { done <- ingest.NewPoller(s.config(&broken{PollStore: s.store, err: lost})).Run(t.Context()) }()
		if err := <-done; !errors.Is(err, lost) {
			t.Errorf("got %v", err)
		}
	})
}

// broken is a store that has failed for good.
type broken struct {
	ingest.PollStore
	err error
}

func (b *broken) Append(context.Context, workbench.Scope, store.Batch) (store.Appended, error) {
	return store.Appended{}, b.err
}
func (b *broken) Err() error { return b.err }

func TestMovedAlertsAreOneChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		s.world.incident("from", ago(time.Hour))
		s.world.incident("to", ago(time.Hour))
		large := fmt.Sprintf(`,"description":%q`, strings.Repeat("x", 4_300_000)) // two of them are more than one batch should hold
		s.world.alert("stays", "from", endpoint, ago(time.Hour), large)
		s.world.alert("goes", "from", endpoint, ago(10*time.Minute))
		s.world.alert("there", "to", endpoint, ago(time.Hour), large)
		st := &watched{PollStore: s.store}
		stop := s.start(st)
		<-time.After(5 * time.Minute)
		now := time.Now()
		s.world.incident("from", now)
		s.world.incident("to", now)
		s.world.alert("goes", "to", endpoint, now)
		together := 0
		st.setFails(func(b store.Batch) error {
			n := 0
			for _, d := range b.Documents {
				if d.Kind == workbench.IncidentDocument || d.Object == "goes" {
					n++
				}
			}
			together = max(together, n)
			return nil
		})
		<-time.After(2 * time.Minute)
		stop()
		if together != 3 {
			t.Errorf("got %d documents of the move in one batch, want 3", together)
		}
		s.complete(ago(day), endpoint)
		s.sameElsewhere()
	})
}

func TestMerges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 40, workbench.DefenderEndpoint)
		link := func(i int) string { return fmt.Sprint("chain", i) }
		for i := range 8 {
			s.world.incident(link(i), ago(time.Hour))
			s.world.alert(fmt.Sprint("c", i), link(i), endpoint, ago(time.Hour))
		}
		s.world.incident("round1", ago(time.Hour))
		s.world.incident("round2", ago(time.Hour))
		s.world.alert("r1", "round1", endpoint, ago(time.Hour))
		s.world.alert("r2", "round2", endpoint, ago(time.Hour))
		s.world.incident("old", ago(50*day)) // the target, which nobody has seen
		stop := s.start(s.store)
		<-time.After(10 * time.Minute)
		for i := range 7 { // alerts follow without a new time
			s.world.merge(link(i), link(i+1), time.Now())
			s.world.alert(fmt.Sprint("c", i), link(7), endpoint, ago(time.Hour+10*time.Minute))
		}
		s.world.merge("round1", "round2", time.Now())
		s.world.merge("round2", "round1", time.Now())
		<-time.After(2 * time.Minute)
		s.complete(ago(day), endpoint)
		s.world.merge(link(7), "old", time.Now())
		for i := range 8 {
			s.world.alert(fmt.Sprint("c", i), "old", endpoint, ago(time.Hour+12*time.Minute))
		}
		<-time.After(2 * time.Minute)
		s.complete(ago(day), endpoint)
		target := workbench.IncidentStory(aTenant, workbench.ProductEndpoint, "old")
		for i := range 8 {
			story, err := s.store.Story(t.Context(), workbench.EveryTenant(), workbench.IncidentStory(aTenant, workbench.ProductEndpoint, link(i)))
			if err != nil || !slices.Equal(story.MovedTo, []workbench.StoryID{target}) {
				t.Errorf("%s moved to %v (%v), want %s", link(i), story.MovedTo, err, target)
			}
		}
		s.world.incident(link(0), time.Now()) // taken back
		s.world.alert("c0", link(0), endpoint, time.Now())
		<-time.After(2 * time.Minute)
		stop()
		s.complete(ago(day), endpoint)
		s.sameElsewhere()
	})
}

func TestSchemaDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 2, workbench.DefenderEndpoint)
		more := []string{`,"new":{"deep":[1]}`, `,"comments":null`, `,"mitreTechniques":"T1059"`, `,"severity":7`, `,"evidence":[{"@odata.type":"#microsoft.graph.security.novel","x":1},{},null]`, `,"title":["x"]`, `,"status":null`}
		for i, m := range more {
			s.world.incident(fmt.Sprint(1000+i), ago(time.Minute), m)
			s.world.alert(fmt.Sprint("a", i), fmt.Sprint(1000+i), endpoint, ago(time.Minute), m)
		}
		s.poll(2 * time.Minute)
		s.complete(ago(day), endpoint)
		if list, err := s.store.QuarantinedRecords(t.Context(), workbench.EveryTenant()); err != nil || len(list) > 0 {
			t.Errorf("got %v (%v) quarantined", list, err)
		}
		s.sameElsewhere()
	})
}

func TestWakePollsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 1, workbench.DefenderEndpoint)
		stop := s.start(s.store)
		<-time.After(5 * time.Minute)
		before := s.world.called("alerts")
		s.world.incident("1", time.Now())
		s.world.alert("a", "1", endpoint, time.Now())
		s.conns.poller.Wake(parentID)
		s.conns.poller.Wake(parentID)
		s.conns.poller.Wake("nobody")
		synctest.Wait()
		s.complete(ago(day), endpoint)
		if got := s.world.called("alerts"); got != before+1 && got != before+2 {
			t.Errorf("got %d polls more", got-before)
		}
		stop()
	})
}

func TestConnectorsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 3, workbench.DefenderEndpoint, workbench.DefenderOffice365)
		for i := range 50 {
			s.world.incident(fmt.Sprint(1000+i), ago(time.Duration(i)*time.Hour))
			s.world.alert(fmt.Sprint("e", i), fmt.Sprint(1000+i), endpoint, ago(time.Duration(i)*time.Hour))
			s.world.alert(fmt.Sprint("o", i), fmt.Sprint(1000+i), office, ago(time.Duration(i)*time.Hour))
		}
		all := s.conns.targets
		first := all[0]
		first.Children = first.Children[:1]
		change := func(targets ...ingest.Target) {
			s.conns.mu.Lock()
			s.conns.targets = targets
			s.conns.mu.Unlock()
			s.conns.changed <- parentID
		}
		s.conns.targets = nil
		stop := s.start(s.store)
		<-time.After(time.Minute)
		change(first)
		<-time.After(5 * time.Second)
		s.complete(ago(2*day), endpoint)
		change(all...)
		<-time.After(5 * time.Second)
		s.complete(ago(2*day), endpoint, office)
		change()
		<-time.After(5 * time.Second)
		calls := s.world.called("alerts")
		<-time.After(10 * time.Minute)
		if got := s.world.called("alerts"); got != calls {
			t.Errorf("a tenant without connectors is polled: %d lists more", got-calls)
		}
		s.world.incident("between", time.Now())
		s.world.alert("b", "between", office, time.Now())
		<-time.After(5 * time.Hour)
		change(all...)
		<-time.After(5 * time.Second)
		stop()
		s.complete(ago(2*day), endpoint, office)
		if gaps := s.conns.last().prog[1].Gaps(workbench.At(time.Now()), 2*time.Minute); len(gaps) > 0 {
			t.Errorf("gaps: %v", gaps)
		}
	})
}
