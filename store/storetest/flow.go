package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"workbench"
)

func testFlows(t *testing.T, open opener) {
	s := open.fresh(t)
	now := Minute(10).Time
	flow := func(minutes int) workbench.Flow {
		return workbench.Flow{Purpose: workbench.FlowSignIn, Connector: "p", Account: "kim", Session: workbench.Hash{1, 2}, Tenant: TenantA, Issuer: "https://login.example/x/v2.0",
			Sealed: []byte("verifier, sealed"), Expires: workbench.At(now.Add(time.Duration(minutes) * time.Minute))}
	}
	add := func(state string, f workbench.Flow) {
		t.Helper()
		if err := s.AddFlow(ctx, state, f); err != nil {
			t.Fatalf("AddFlow: %v", err)
		}
	}
	absent := func(state string, at time.Time) {
		t.Helper()
		_, err := s.Flow(ctx, state, at)
		_, err2 := s.UseFlow(ctx, state, at)
		if !errors.Is(err, workbench.ErrNotFound) || !errors.Is(err2, workbench.ErrNotFound) {
			t.Errorf("flow %q: got %v and %v, want ErrNotFound", state, err, err2)
		}
	}
	trail := len(mustTrail(t, s))
	add("one", flow(10))
	add("two", flow(10))
	for range 2 {
		got, err := s.Flow(ctx, "one", now)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "flow", got, flow(10))
		clear(got.Sealed)
	}
	absent("unknown", now)
	absent("", now)
	absent("one", now.Add(10*time.Minute))
	got, err := s.UseFlow(ctx, "one", now.Add(10*time.Minute-1))
	if err != nil {
		t.Fatalf("UseFlow: %v", err)
	}
	same(t, "used", got, flow(10))
	absent("one", now)
	if _, err := s.Flow(ctx, "two", now); err != nil {
		t.Errorf("the other flow: %v", err)
	}
	add("three", flow(20)) // begun at the moment that two ends: two is dropped, which shows before its end alone
	absent("two", now)
	if _, err := s.Flow(ctx, "three", now); err != nil {
		t.Errorf("the new flow: %v", err)
	}
	if err := s.AddFlow(ctx, "", flow(10)); err == nil {
		t.Error("a flow without state: got no error")
	}
	if entries := newEntries(t, s, trail); len(entries) != 0 {
		t.Errorf("audit trail: got %q, want nothing", entries)
	}

	const callers = 100
	var group sync.WaitGroup
	results := make([]error, callers)
	for i := range results {
		group.Go(func() { _, results[i] = s.UseFlow(ctx, "three", now) })
	}
	group.Wait()
	won := 0
	for i, err := range results {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, workbench.ErrNotFound):
			t.Errorf("caller %d: got %v, want ErrNotFound", i, err)
		}
	}
	if won != 1 {
		t.Errorf("%d callers used one flow, want 1", won)
	}
	for i := range 20 { // others' flows stay
		add(fmt.Sprint("many", i), flow(25))
	}
	for i := range 20 {
		if _, err := s.UseFlow(ctx, fmt.Sprint("many", i), now); err != nil {
			t.Errorf("flow %d: %v", i, err)
		}
	}
	mustVerify(t, s)
}
