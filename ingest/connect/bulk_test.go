package connect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
)

// counted is a way to Microsoft on which every token takes a second, that says how many are asked for at once, and by whom in which order.
type counted struct {
	next http.RoundTripper

	mu       sync.Mutex
	slow     bool
	at, most int
	order    []string // tenants
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	if !c.slow || !strings.HasSuffix(r.URL.Path, "/token") {
		c.mu.Unlock()
		return c.next.RoundTrip(r)
	}
	c.at++
	c.most = max(c.most, c.at)
	c.order = append(c.order, strings.Split(r.URL.Path, "/")[1])
	c.mu.Unlock()
	pass(time.Second)
	c.mu.Lock()
	c.at--
	c.mu.Unlock()
	return c.next.RoundTrip(r)
}

// tenantsOfAnApp is a world with tenants that share an app, all of them connected, and a child under each.
func tenantsOfAnApp(t *testing.T, n int) (*world, *counted, []workbench.ConnectorID) {
	t.Helper()
	way := &counted{}
	w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper { way.next = next; return way })
	r := w.sharedApp()
	var parents []workbench.ConnectorID
	for i := range n {
		person := fmt.Sprintf("ann@customer%d.example", i)
		tenant := w.sim.AddTenant(simulator.TenantOptions{Name: fmt.Sprint("Customer ", i), Domains: []string{fmt.Sprintf("customer%d.example", i)}, Licensed: true,
			Users: []simulator.User{{Name: "Ann", UserName: person, Role: simulator.GlobalAdministrator}}})
		c := w.customer(r, fmt.Sprint("Customer ", i), tenant.ID())
		first := w.authorise(c.ID, person, "accept")
		if _, err := w.service.Arrive(t.Context(), w.by, w.browse(first.Next, person, "accept")); err != nil {
			t.Fatal(err)
		}
		w.want(c.ID, workbench.StatusConnected, "")
		w.addChild(c.ID, workbench.DefenderEndpoint)
		parents = append(parents, c.ID)
	}
	return w, way, parents
}

func (w *world) testAll(by connect.By, ids ...workbench.ConnectorID) int {
	w.t.Helper()
	n, err := w.service.TestAll(w.t.Context(), by, ids)
	if err != nil {
		w.t.Fatalf("TestAll: %v", err)
	}
	return n
}

func TestManyAreTestedAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, way, parents := tenantsOfAnApp(t, 12)
		stop := w.run()
		defer func() { stop() }()
		pass(time.Minute)
		way.slow = true
		before := w.state(parents[11]).Health.CheckedAt
		if n := w.testAll(w.by, append(parents, parents[0])...); n != 12 {
			t.Errorf("%d are tested, want 12", n)
		}
		if n := w.testAll(w.by, parents...); n != 0 {
			t.Errorf("%d are tested a second time at once", n)
		}
		if !w.state(parents[11]).Testing {
			t.Error("nobody sees that it is being tested")
		}
		pass(30 * time.Second)
		if way.most != 4 || len(way.order) != 12 {
			t.Errorf("%d tokens, %d at once; want 12, 4 at once", len(way.order), way.most)
		}
		for _, id := range parents {
			if st := w.state(id); st.Testing || !st.Health.CheckedAt.After(before.Time) || st.Health.Status != workbench.StatusConnected {
				t.Errorf("got %+v, testing %t", st.Health, st.Testing)
			}
		}
		if n := strings.Count(w.audit(), "had Microsoft asked about many connectors | 12 connectors: "); n != 2 {
			t.Errorf("the audit trail tells of %d tests", n)
		}
		if n := w.testAll(w.by, parents[0]); n != 1 {
			t.Error("it can't be tested again")
		}
		pass(30 * time.Second) // until Microsoft has answered
	})
}

// What a test finds out is shown of parent and children alike.
func TestTestsOfManyFindWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, parents := tenantsOfAnApp(t, 2)
		stop := w.run()
		defer func() { stop() }()
		for _, tenant := range w.sim.Tenants() {
			if tenant.Name() == "Customer 1" {
				tenant.Revoke(w.app, "SecurityIncident.Read.All")
				tenant.Revoke(w.app, "SecurityAlert.Read.All")
			}
		}
		w.testAll(w.by, parents...)
		pass(10 * time.Second)
		states, err := w.service.States(t.Context(), workbench.EveryTenant())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range states {
			if bad := st.Connector.Parent == parents[1]; bad != (st.Health.Status == workbench.StatusError) {
				t.Errorf("%s: got %+v", st.Name, st.Health)
			}
		}
	})
}

// Whoever tests one tenant does not wait for all of somebody else's.
func TestAccountsTakeTurnsAtTesting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, way, parents := tenantsOfAnApp(t, 12)
		stop := w.run()
		defer func() { stop() }()
		pass(time.Minute)
		way.slow = true
		w.testAll(w.by, parents[:11]...)
		other := administrator()
		other.Account.ID = "other"
		w.testAll(other, parents[11])
		pass(time.Minute)
		last := string(w.state(parents[11]).Tenant)
		at := -1
		for i, tenant := range way.order {
			if tenant == last {
				at = i
			}
		}
		if at < 0 || at > 7 { // four are tested at a time: it is among the next four at the latest, which begin in any order
			t.Errorf("the other account's was tested as number %d of %d", at+1, len(way.order))
		}
	})
}

func TestWhoMayTestMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, way, parents := tenantsOfAnApp(t, 2)
		by := connect.By{Account: workbench.Account{ID: "n", Name: "Nora", Role: workbench.IntegrationsEditor, Grants: []workbench.TenantID{w.state(parents[0]).Tenant}}}
		if n := w.testAll(by, parents[0], parents[1], "unknown"); n != 1 {
			t.Errorf("%d are tested, want the one that the account sees", n)
		}
		by.Account.Role = workbench.Viewer
		if _, err := w.service.TestAll(t.Context(), by, parents); !errors.Is(err, workbench.ErrForbidden) {
			t.Errorf("got %v, want forbidden", err)
		}
		if err := w.service.SetDisabled(t.Context(), w.by, parents[1], true); err != nil {
			t.Fatal(err)
		}
		if n := w.testAll(w.by, parents[1]); n != 0 {
			t.Error("one that is switched off is tested")
		}
		way.slow = true
		stop := w.run()
		pass(500 * time.Millisecond)
		stop()                // in the middle of it
		pass(2 * time.Second) // for Microsoft, which answers all the same
		if w.state(parents[0]).Testing {
			t.Error("it is tested although nothing runs")
		}
		w.want(parents[0], workbench.StatusConnected, "")
	})
}

// The apps that a parent made are tested with it.
func TestManagedAppsAreTestedWithTheirParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.managing()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		w.authorise(child.ID, globalAdministrator, "accept")
		before := w.state(child.ID).Health.CheckedAt
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		pass(time.Second)
		if n := w.testAll(w.by, child.ID); n != 1 || !w.state(child.ID).Testing {
			t.Errorf("%d are tested", n)
		}
		go func() { done <- w.service.Run(ctx) }()
		pass(time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if after := w.state(child.ID); after.Testing || !after.Health.CheckedAt.After(before.Time) {
			t.Errorf("got %+v", after.Health)
		}
	})
}
