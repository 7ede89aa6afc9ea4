package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

// invalidField saves a connector that has something wrong with exactly the given fields.
func invalidField(t testing.TB, s store.Store, c workbench.Connector, fields ...string) {
	t.Helper()
	before, trail := names(t, s, everyone), len(mustTrail(t, s))
	_, err := s.SaveConnector(ctx, c, "saved", "", Minute(11))
	var invalid *workbench.Invalid
	if !errors.As(err, &invalid) {
		t.Errorf("saving %+v: got %v, want *Invalid", c, err)
		return
	}
	var got []string
	for f := range invalid.Fields {
		got = append(got, f)
	}
	slices.Sort(got)
	slices.Sort(fields)
	same(t, fmt.Sprintf("fields that are wrong with %s", c.ID), got, fields)
	if names(t, s, everyone) != before || len(mustTrail(t, s)) != trail {
		t.Errorf("saving %s left a trace", c.ID)
	}
}

func testConnectorsRefused(t *testing.T, s store.Store) {
	a := mustConnect(t, s, parentOf("a", "Contoso", TenantA))
	b := mustConnect(t, s, parentOf("b", "Straße", TenantB))
	endpoint := mustConnect(t, s, childOf(a, "e", "Endpoint", workbench.DefenderEndpoint))
	unknown := mustConnect(t, s, parentOf("u", "Unknown", ""))
	mustConnect(t, s, parentOf("u2", "Unknown too", "")) // several may be without tenant

	for _, name := range []string{"Contoso", "CONTOSO", "contoſo", "endpoint", "STRAßE", "straẞe"} {
		invalidField(t, s, parentOf("new", name, ""), "name")
	}
	invalidField(t, s, parentOf("new", "New", TenantA), "tenant")
	invalidField(t, s, parentOf("new", "contoso", TenantA), "name", "tenant")
	invalidField(t, s, parentOf("new", "New", "Not A Tenant"), "tenant")
	invalidField(t, s, parentOf("", "New", ""), "id")
	long := parentOf(strings.Repeat("x", 257), "New", "")
	invalidField(t, s, long, "id", "registration")
	invalidField(t, s, parentOf("new", " ", ""), "name")
	under := parentOf("new", "New", "")
	under.Parent = a.ID
	invalidField(t, s, under, "parent")

	other := workbench.DefenderOther
	invalidField(t, s, childOf(a, "new", "New", workbench.DefenderEndpoint), "kind")
	invalidField(t, s, childOf(endpoint, "new", "New", other), "parent")
	invalidField(t, s, childOf(workbench.Connector{ID: "absent", Tenant: TenantA}, "new", "New", other), "parent")
	invalidField(t, s, childOf(workbench.Connector{ID: a.ID, Tenant: TenantB}, "new", "New", other), "parent")
	invalidField(t, s, childOf(workbench.Connector{ID: a.ID}, "new", "New", other), "parent")
	invalidField(t, s, childOf(workbench.Connector{ID: unknown.ID, Tenant: TenantA}, "new", "New", other), "parent")
	invalidField(t, s, childOf(a, "new", "New", "defenderForToasters"), "kind")
	days := childOf(a, "new", "New", other)
	days.BackfillDays = 0
	invalidField(t, s, days, "backfillDays")

	kind := endpoint
	kind.Kind = other
	invalidField(t, s, kind, "kind")
	moved := endpoint
	moved.Parent = b.ID
	invalidField(t, s, moved, "parent")
	taken := unknown
	taken.Tenant = TenantB
	invalidField(t, s, taken, "tenant")

	// What was given up is free again, and what was taken is taken.
	a.Name = "Renamed"
	a = mustConnect(t, s, a)
	mustConnect(t, s, childOf(a, "o", "contoso", workbench.DefenderOffice365))
	invalidField(t, s, parentOf("new", "RENAMED", ""), "name")
	endpoint.Kind, endpoint.Parent = workbench.DefenderEndpoint, a.ID
	if err := s.DeleteConnector(ctx, endpoint.ID, "", Minute(12)); err != nil {
		t.Fatal(err)
	}
	endpoint.Revision = 0
	mustConnect(t, s, endpoint)
	mustVerify(t, s)
}
