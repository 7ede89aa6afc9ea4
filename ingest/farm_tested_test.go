package ingest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
)

// distant is a way to Microsoft on which every answer takes some time. It counts the tokens that are asked for.
type distant struct {
	next   http.RoundTripper
	away   time.Duration
	tokens atomic.Int64
}

func (d *distant) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/token") {
		d.tokens.Add(1)
	}
	<-time.After(d.away)
	return d.next.RoundTrip(r)
}

// TestTestingAllDelaysNoPoll has all of 500 tenants tested at once while they are polled each minute, and compares when each was polled with
// a run in which nobody tests: no poll comes later by more than a tenth of a minute.
func TestTestingAllDelaysNoPoll(t *testing.T) {
	const tenants = 500
	calm, none := pollsWhileTested(t, tenants, false)
	tested, asked := pollsWhileTested(t, tenants, true)
	if none != 0 || asked != tenants {
		t.Fatalf("%d tokens were asked for by tests of %d tenants, and %d by nobody's", asked, tenants, none)
	}
	var most time.Duration
	for i := range calm {
		if len(calm[i]) < 5 || len(tested[i]) < len(calm[i])-1 {
			t.Fatalf("tenant %d was polled after %v, where nobody tests after %v", i, tested[i], calm[i])
		}
		for k, at := range tested[i][:min(len(tested[i]), len(calm[i]))] {
			most = max(most, at-calm[i][k])
		}
	}
	t.Logf("of %d tenants the poll that was delayed most came %v later", tenants, most)
	if most > 6*time.Second {
		t.Errorf("a poll came %v later, want at most 6 s", most)
	}
}

// pollsWhileTested polls tenants for some minutes, in the middle of which all may be tested at once, and returns when each was polled and how
// many tokens were asked for since then: a test asks for a fresh one.
func pollsWhileTested(t *testing.T, tenants int, tested bool) (after [][]time.Duration, asked int64) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "microsoft.example"}})
		var apps []simulatedApp
		for i := range tenants {
			x := sim.AddTenant(simulator.TenantOptions{Name: fmt.Sprint("Tenant ", i), Licensed: true})
			a := x.AddApp(simulator.AppOptions{Name: "Stories Workbench"})
			a.SetSecret(appSecret, time.Time{})
			a.Consent()
			apps = append(apps, simulatedApp{x.ID(), a.ClientID(), a.ObjectID()})
		}
		way := &distant{next: sim.Transport(), away: 200 * time.Millisecond}
		f := newFarm(t, plot{base: sim.Base().String(), transport: way, apps: apps, kinds: []workbench.ConnectorKind{workbench.DefenderEndpoint},
			covered: true, limits: msgraph.Limits{}, interval: time.Minute, random: func() float64 { return 0.5 }})
		began := time.Now()
		f.run()
		<-time.After(2*time.Minute + 30*time.Second)
		before := way.tokens.Load()
		if tested {
			by := connect.By{Account: workbench.Account{ID: "a", Role: workbench.AdministratorRole, AllGrants: true}}
			if n, err := f.service.TestAll(t.Context(), by, f.parents); err != nil || n != tenants {
				t.Fatalf("TestAll: %d, %v", n, err)
			}
		}
		<-time.After(4 * time.Minute)
		states, err := f.service.States(t.Context(), workbench.EveryTenant())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			if st.Testing || st.Health.Status != workbench.StatusConnected {
				t.Errorf("%s: testing %t, %+v", st.Name, st.Testing, st.Health)
			}
		}
		asked = way.tokens.Load() - before
		f.stop()
		close(f.polls)
		after = make([][]time.Duration, tenants)
		for p := range f.polls {
			if p.fault != nil {
				t.Errorf("%s: %v", p.parent, p.fault)
			}
			i := slices.Index(f.parents, p.parent)
			after[i] = append(after[i], p.at.Sub(began))
		}
	})
	return after, asked
}
