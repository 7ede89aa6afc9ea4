package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func testConnectorsDeleted(t *testing.T, s store.Store) {
	a := mustConnect(t, s, parentOf("a", "Contoso", TenantA))
	b := parentOf("b", "Fabrikam", TenantB)
	b.Registration = a.Registration // one app for both
	b = mustConnect(t, s, b)
	child := mustConnect(t, s, childOf(a, "e", "Endpoint", workbench.DefenderEndpoint))
	r := mustRegister(t, s, workbench.Registration{ID: a.Registration, ClientID: "client", Credentials: []workbench.Credential{{ID: "1", Sealed: []byte("sealed key")}}})
	batch := BatchOf(Alert(TenantA, "endpoint", "x", "7", 1, "x"))
	batch.Progress = []workbench.Progress{{Connector: child.ID, Incidents: 1}, {Connector: a.ID, Incidents: 2}}
	if _, err := s.Append(ctx, everyone, batch); err != nil {
		t.Fatal(err)
	}
	for _, id := range []workbench.ConnectorID{a.ID, b.ID, child.ID} {
		if err := s.SaveHealth(ctx, workbench.NewHealth(id, Minute(3))); err != nil {
			t.Fatal(err)
		}
	}
	stories := exported(t, s)
	if err := s.DeleteConnector(ctx, a.ID, "kim", Minute(4)); !errors.Is(err, workbench.ErrConflict) {
		t.Errorf("a parent with a child: got %v, want ErrConflict", err)
	}
	remaining := func(connectors ...workbench.ConnectorID) {
		t.Helper()
		healths, err := s.Healths(ctx)
		progresses, err2 := s.Progresses(ctx)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		for _, id := range []workbench.ConnectorID{a.ID, b.ID, child.ID} {
			_, err := s.Connector(ctx, everyone, id)
			_, hasHealth := healths[id]
			_, hasProgress := progresses[id]
			there := slices.Contains(connectors, id)
			if there != (err == nil) || there != hasHealth || hasProgress && !there {
				t.Errorf("connector %s: got %v, health %v, progress %v, want it there: %v", id, err, hasHealth, hasProgress, there)
			}
		}
		if exported(t, s) != stories {
			t.Error("stories changed")
		}
		mustVerify(t, s)
	}
	remaining(a.ID, b.ID, child.ID)
	trail := len(mustTrail(t, s))
	for _, id := range []workbench.ConnectorID{child.ID, a.ID} {
		if err := s.DeleteConnector(ctx, id, "kim", Minute(4)); err != nil {
			t.Fatalf("DeleteConnector(%s): %v", id, err)
		}
	}
	remaining(b.ID)
	if got, err := s.Registration(ctx, r.ID); err != nil || len(got.Credentials) != 1 {
		t.Errorf("a registration that another connector names: got %+v, %v, want it to stay", got, err)
	}
	if err := s.DeleteConnector(ctx, b.ID, "kim", Minute(5)); err != nil {
		t.Fatal(err)
	}
	remaining()
	if _, err := s.Registration(ctx, r.ID); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("a registration that no connector names: got %v, want ErrNotFound", err)
	}
	entries := newEntries(t, s, trail)
	for i, want := range []string{"Endpoint", "Contoso", "Fabrikam", "app registration"} {
		if len(entries) != 4 || !strings.HasPrefix(entries[i], "deleted ") || !strings.Contains(entries[i], want) || strings.Contains(entries[i], "sealed") {
			t.Fatalf("audit trail: got %q, want an entry for each that went", entries)
		}
	}
	// What comes late for a connector that went is passed over.
	late := store.Batch{Progress: batch.Progress, Source: string(child.ID), At: Minute(9)}
	if _, err := s.Append(ctx, everyone, late); err != nil {
		t.Errorf("late progress: %v", err)
	}
	if err := s.SaveHealth(ctx, workbench.NewHealth(child.ID, Minute(9))); err != nil {
		t.Errorf("late health: %v", err)
	}
	if _, err := s.SaveRegistration(ctx, r, "", "", Minute(9)); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("late registration: got %v, want ErrNotFound", err)
	}
	remaining()
	// A connector that leaves a registration for another takes it with it, if it was the last.
	c := mustConnect(t, s, parentOf("c", "Northwind", TenantA))
	mustRegister(t, s, workbench.Registration{ID: c.Registration})
	c.Registration = "another"
	mustConnect(t, s, c)
	if list, err := s.Registrations(ctx); err != nil || len(list) != 0 {
		t.Errorf("registrations: got %v, %v, want none", list, err)
	}
}
