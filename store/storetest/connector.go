package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"workbench"
	"workbench/store"
)

// parentOf makes a parent of a tenant, which may be "".
func parentOf(id, name string, tenant workbench.TenantID) workbench.Connector {
	return workbench.Connector{ID: workbench.ConnectorID(id), Kind: workbench.Microsoft365, Name: name, Description: "made by a test", Entered: "contoso.example",
		Tenant: tenant, Registration: "registration of " + workbench.RegistrationID(id), CreatedAt: Minute(1), CreatedBy: workbench.Administrator}
}

func childOf(parent workbench.Connector, id, name string, kind workbench.ConnectorKind) workbench.Connector {
	return workbench.Connector{ID: workbench.ConnectorID(id), Kind: kind, Name: name, Parent: parent.ID, Tenant: parent.Tenant, BackfillDays: 30, CreatedAt: Minute(2),
		CreatedBy: workbench.Administrator}
}

func mustConnect(t testing.TB, s store.Store, c workbench.Connector) workbench.Connector {
	t.Helper()
	saved, err := s.SaveConnector(ctx, c, "saved", workbench.Administrator, Minute(10))
	if err != nil {
		t.Fatalf("SaveConnector(%s): %v", c.ID, err)
	}
	return saved
}

// names are the names of the connectors that a scope sees, in the order of the list.
func names(t testing.TB, s store.Store, scope workbench.Scope) string {
	t.Helper()
	list, err := s.Connectors(ctx, scope)
	if err != nil {
		t.Fatalf("Connectors: %v", err)
	}
	var all []string
	for _, c := range list {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}

// newEntries returns what the audit trail got since it had n entries.
func newEntries(t testing.TB, s store.Store, n int) []string {
	t.Helper()
	var list []string
	for _, e := range mustTrail(t, s)[n:] {
		list = append(list, e.What+": "+e.About)
	}
	return list
}

func testConnectors(t *testing.T, open opener) {
	t.Run("save, read, replace", func(t *testing.T) {
		s := open.fresh(t)
		parent := mustConnect(t, s, parentOf("p", "Contoso", TenantA))
		want := parentOf("p", "Contoso", TenantA)
		want.Revision = 1
		same(t, "saved", parent, want)
		got, err := s.Connector(ctx, everyone, "p")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "read", got, want)
		changed := got
		changed.Name, changed.Disabled, changed.AuthorizedAt, changed.AuthorizedBy = "contoso", true, Minute(9), workbench.Text("admin@contoso.example")
		saved := mustConnect(t, s, changed) // its own name in another case is free
		if saved.Revision != 2 || !saved.Disabled || saved.AuthorizedBy != changed.AuthorizedBy {
			t.Errorf("replaced: got %+v", saved)
		}
		for _, revision := range []int{0, 1, 3} {
			lost := changed
			lost.Revision, lost.Name = revision, "lost"
			if _, err := s.SaveConnector(ctx, lost, "saved", "", Minute(11)); !errors.Is(err, workbench.ErrConflict) {
				t.Errorf("revision %d: got %v, want ErrConflict", revision, err)
			}
		}
		absent := parentOf("absent", "Absent", TenantB)
		absent.Revision = 1
		_, err = s.SaveConnector(ctx, absent, "saved", "", Minute(11))
		_, err2 := s.Connector(ctx, everyone, "absent")
		_, err3 := s.Connector(ctx, everyone, "")
		for _, err := range []error{err, err2, err3, s.DeleteConnector(ctx, "absent", "", Minute(11))} {
			if !errors.Is(err, workbench.ErrNotFound) {
				t.Errorf("a connector that is not there: got %v, want ErrNotFound", err)
			}
		}
		same(t, "what is kept", names(t, s, everyone), "contoso")
		mustVerify(t, s)
	})
	t.Run("refuses what does not fit", func(t *testing.T) { testConnectorsRefused(t, open.fresh(t)) })
	t.Run("audit", func(t *testing.T) {
		s := open.fresh(t)
		c := parentOf("p", "Contoso", "")
		for i, step := range []struct {
			what, want string
			change     func(*workbench.Connector)
		}{
			{"added", "added connector: connector p, named Contoso, of a tenant not known yet", func(*workbench.Connector) {}},
			{"authorised", "authorised connector: connector p, named Contoso, of tenant " + string(TenantA), func(c *workbench.Connector) { c.Tenant = TenantA }},
			{"", "changed connector: connector p, named Fabrikam, of tenant " + string(TenantA), func(c *workbench.Connector) { c.Name = "Fabrikam" }},
		} {
			step.change(&c)
			var err error
			if c, err = s.SaveConnector(ctx, c, step.what, "kim", Minute(20+i)); err != nil {
				t.Fatal(err)
			}
			trail := mustTrail(t, s)
			e := trail[len(trail)-1]
			if got := e.What + ": " + e.About; len(trail) != i+1 || got != step.want || e.By != "kim" || e.At != Minute(20+i) {
				t.Errorf("entry %d: got %q by %q at %s, want %q", i, got, e.By, e.At, step.want)
			}
		}
	})
	t.Run("order and scope", func(t *testing.T) {
		s := open.fresh(t)
		a := mustConnect(t, s, parentOf("1", "beta", TenantA))
		mustConnect(t, s, childOf(a, "2", "Alpha", workbench.DefenderEndpoint))
		mustConnect(t, s, parentOf("3", "Gamma", TenantB))
		mustConnect(t, s, parentOf("4", "aardvark", ""))
		for _, test := range []struct {
			scope workbench.Scope
			want  string
		}{
			{everyone, "aardvark, Alpha, beta, Gamma"}, {workbench.ScopeOf(TenantA), "Alpha, beta"}, {workbench.ScopeOf(TenantA, TenantB), "Alpha, beta, Gamma"},
			{workbench.ScopeOf(""), ""}, {workbench.ScopeOf(), ""}, {workbench.Scope{}, ""},
		} {
			same(t, "names", names(t, s, test.scope), test.want)
			for id, name := range map[workbench.ConnectorID]string{"1": "beta", "2": "Alpha", "3": "Gamma", "4": "aardvark"} {
				_, err := s.Connector(ctx, test.scope, id)
				if sees := slices.Contains(strings.Split(test.want, ", "), name); sees && err != nil || !sees && !errors.Is(err, workbench.ErrNotFound) {
					t.Errorf("%s where %q are seen: got %v", name, test.want, err)
				}
			}
		}
	})
	t.Run("a parent gives the tenant it gets to its children", func(t *testing.T) {
		s := open.fresh(t)
		parent := mustConnect(t, s, parentOf("p", "Contoso", ""))
		mustConnect(t, s, childOf(parent, "e", "Endpoint", workbench.DefenderEndpoint))
		parent.Tenant = TenantA
		parent = mustConnect(t, s, parent)
		child, err := s.Connector(ctx, workbench.ScopeOf(TenantA), "e")
		if err != nil || child.Tenant != TenantA || child.Revision != 2 {
			t.Errorf("child: got %+v, %v, want it in the tenant of its parent", child, err)
		}
		parent.Tenant = TenantB
		invalidField(t, s, parent, "tenant")
		mustVerify(t, s)
	})
	t.Run("delete", func(t *testing.T) { testConnectorsDeleted(t, open.fresh(t)) })
	t.Run("registrations", func(t *testing.T) { testRegistrations(t, open.fresh(t)) })
	t.Run("shared app", func(t *testing.T) { testSharedApp(t, open.fresh(t)) })
	t.Run("managed apps", func(t *testing.T) { testManagedApps(t, open.fresh(t)) })
	t.Run("names of registrations", func(t *testing.T) { testRegistrationNames(t, open.fresh(t)) })
	t.Run("delete registrations", func(t *testing.T) { testRegistrationsDeleted(t, open.fresh(t)) })
	t.Run("health", func(t *testing.T) { testHealth(t, open.fresh(t)) })
	t.Run("model", func(t *testing.T) { testConnectorModel(t, open) })
	t.Run("many at once", func(t *testing.T) {
		s := open.fresh(t)
		c := mustConnect(t, s, parentOf("p", "Contoso", TenantA))
		var group sync.WaitGroup
		won := make(chan string, 40)
		for i := range 20 {
			group.Go(func() { // one name, many ids
				if _, err := s.SaveConnector(ctx, parentOf(fmt.Sprint("new", i), []string{"Fabrikam", "FABRIKAM"}[i%2], ""), "added", "", Minute(1)); err == nil {
					won <- "name"
				}
				if _, err := s.SaveConnector(ctx, c, "saved", "", Minute(1)); err == nil {
					won <- "revision"
				}
			})
		}
		group.Wait()
		close(won)
		counts := map[string]int{}
		for w := range won {
			counts[w]++
		}
		same(t, "who won", counts, map[string]int{"name": 1, "revision": 1})
		mustVerify(t, s)
	})
}
