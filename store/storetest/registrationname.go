package storetest

import (
	"errors"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func testRegistrationNames(t *testing.T, s store.Store) {
	first := mustRegister(t, s, sharedBy("1", "Straße", ""))
	mustRegister(t, s, workbench.Registration{ID: "2"})
	mustRegister(t, s, workbench.Registration{ID: "3"}) // several may be without name
	for _, name := range []string{"Straße", "STRAßE", "straẞe"} {
		invalidRegistration(t, s, sharedBy("new", name, "global"), "name")
	}
	for _, name := range []string{" x", "a\u202eb", strings.Repeat("x", 65)} {
		invalidRegistration(t, s, sharedBy("new", name, ""), "name")
	}
	bad := sharedBy("new", "New", "")
	bad.Tenant = "Not A Tenant"
	invalidRegistration(t, s, bad, "tenant")
	invalidRegistration(t, s, sharedBy("new", "New", "No Cloud"), "cloud")
	bad = sharedBy("new", "New", "")
	bad.Manager = workbench.RegistrationID(strings.Repeat("x", 257))
	invalidRegistration(t, s, bad, "manager")
	first.Name = "STRAßE" // its own name in another case is free
	first = mustRegister(t, s, first)
	first.Name = "Other"
	mustRegister(t, s, first)
	mustRegister(t, s, sharedBy("4", "straße", "")) // what was given up is free again
	mustVerify(t, s)
}

func testRegistrationsDeleted(t *testing.T, s store.Store) {
	r := mustRegister(t, s, sharedBy("s", "Operator", ""))
	a, b := mustConnect(t, s, shares(parentOf("a", "Contoso", TenantA), r)), mustConnect(t, s, shares(parentOf("b", "Fabrikam", TenantB), r))
	trail := len(mustTrail(t, s))
	refused := func(id workbench.RegistrationID, want error) {
		t.Helper()
		if err := s.DeleteRegistration(ctx, id, "kim", Minute(4)); !errors.Is(err, want) {
			t.Errorf("deleting registration %s: got %v, want %v", id, err, want)
		}
	}
	refused("s", workbench.ErrConflict)
	refused("absent", workbench.ErrNotFound)
	refused("", workbench.ErrNotFound)
	if err := s.DeleteConnector(ctx, a.ID, "kim", Minute(4)); err != nil {
		t.Fatal(err)
	}
	refused("s", workbench.ErrConflict)
	b.Topology, b.Registration = workbench.OwnApp, "registration of b" // the last leaves it for one of its own
	mustConnect(t, s, b)
	if got, err := s.Registration(ctx, "s"); err != nil || string(got.Credentials[0].Sealed) != "sealed key" {
		t.Errorf("a registration with a name that no connector names: got %+v, %v, want it to stay", got, err)
	}
	if err := s.DeleteRegistration(ctx, "s", "kim", Minute(5)); err != nil {
		t.Fatalf("DeleteRegistration: %v", err)
	}
	refused("s", workbench.ErrNotFound)
	if list, err := s.Registrations(ctx); err != nil || len(list) != 0 {
		t.Errorf("registrations: got %v, %v, want none", list, err)
	}
	entries := newEntries(t, s, trail)
	if last := entries[len(entries)-1]; len(entries) != 3 || last != "deleted app registration: app registration s of application client of s, named Operator" {
		t.Errorf("audit trail: got %q, want that of a deleted registration at the end", entries)
	}
	r.Revision = 0
	r = mustRegister(t, s, r) // its name is free
	for i := range 8 {
		mustConnect(t, s, shares(parentOf(strings.Repeat("x", i+1), strings.Repeat("X", i+1), ""), r))
	}
	trail = len(mustTrail(t, s))
	mustRegister(t, s, r)
	if entries := newEntries(t, s, trail); len(entries) != 1 || strings.Count(entries[0], "used by") != 5 || !strings.HasSuffix(entries[0], ", and by 3 more") {
		t.Errorf("audit trail: got %q, want it short", entries)
	}
	mustVerify(t, s)
}
