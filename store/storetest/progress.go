package storetest

import (
	"context"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func mustProgress(t testing.TB, s store.Store) map[workbench.ConnectorID]workbench.Progress {
	t.Helper()
	all, err := s.Progresses(ctx)
	if err != nil {
		t.Fatalf("Progresses: %v", err)
	}
	return all
}

// testProgress holds that what connectors vouch for moves with the documents that it vouches for, and not without them.
func testProgress(t *testing.T, open opener) {
	progress := func(id workbench.ConnectorID, to int) workbench.Progress {
		return workbench.Progress{Connector: id, From: Minute(0), Covered: []workbench.Span{{From: Minute(0), To: Minute(to)}}, LatestAt: Minute(to), PolledAt: Minute(to),
			RescanAt: Minute(1), Incidents: uint64(to), Alerts: uint64(2 * to)}
	}
	fill := func(t *testing.T) store.Store {
		s := open.fresh(t)
		a := mustConnect(t, s, parentOf("a", "Contoso", TenantA))
		mustConnect(t, s, childOf(a, "e", "Endpoint", workbench.DefenderEndpoint))
		mustConnect(t, s, parentOf("b", "Fabrikam", TenantB))
		return s
	}
	t.Run("moves with and without documents", func(t *testing.T) {
		s := fill(t)
		trail := len(mustTrail(t, s))
		batch := BatchOf(Alert(TenantA, "endpoint", "a", "7", 1, "a"))
		batch.Progress = []workbench.Progress{progress("e", 5), progress("absent", 5), progress("", 5)}
		done, err := s.Append(ctx, everyone, batch)
		if err != nil || done.Change != 1 || len(mustTrail(t, s)) != trail+1 {
			t.Fatalf("Append: got %+v, %v", done, err)
		}
		same(t, "progress", mustProgress(t, s), map[workbench.ConnectorID]workbench.Progress{"e": progress("e", 5)})

		batch.Progress = []workbench.Progress{progress("b", 1), progress("e", 6), progress("b", 2)} // the documents are known
		done, err = s.Append(ctx, everyone, batch)
		if err != nil || done.Change != 0 || len(mustTrail(t, s)) != trail+1 || len(documentsOf(t, s)) != 1 {
			t.Errorf("progress with known documents: got %+v, %v and %d new audit entries, want progress alone", done, err, len(mustTrail(t, s))-trail)
		}
		alone := store.Batch{Progress: []workbench.Progress{progress("e", 7)}, Source: "e", At: Minute(600)}
		before, feed := exported(t, s), mustChanges(t, s, 0, 10)
		for range 2 {
			if done, err := s.Append(ctx, workbench.ScopeOf(TenantA), alone); err != nil || done.Change != 0 || len(done.Stories) != 0 {
				t.Errorf("progress alone: got %+v, %v", done, err)
			}
		}
		want := map[workbench.ConnectorID]workbench.Progress{"b": progress("b", 2), "e": progress("e", 7)}
		same(t, "progress", mustProgress(t, s), want)
		same(t, "feed", mustChanges(t, s, 0, 10), feed)
		if exported(t, s) != before || len(mustTrail(t, s)) != trail+1 {
			t.Error("progress alone changed stories or the audit trail")
		}
		alone.Progress[0].Covered[0].To = Minute(99)
		mustProgress(t, s)["e"].Covered[0] = workbench.Span{}
		same(t, "progress after callers changed what they hold", mustProgress(t, s), want)
		mustVerify(t, s)
		if reopener, ok := s.(Reopener); ok {
			again, err := reopener.Reopen(Deriver{Name: "one"})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "progress after opening again", mustProgress(t, again), want)
			if err := again.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("stays where a batch fails", func(t *testing.T) {
		s := fill(t)
		good := store.Batch{Progress: []workbench.Progress{progress("e", 1)}, Source: "e", At: Minute(1)}
		if _, err := s.Append(ctx, everyone, good); err != nil {
			t.Fatal(err)
		}
		trail := len(mustTrail(t, s))
		ended, end := context.WithCancel(ctx)
		end()
		next := func(change func(*store.Batch)) store.Batch {
			b := BatchOf(Alert(TenantA, "endpoint", "a", "7", 1, "a"), Alert(TenantA, "endpoint", "b", "7", 1, "b"))
			b.Progress = []workbench.Progress{progress("e", 9)}
			b.Foreign = []workbench.Foreign{foreign("i", "7", "identity")}
			change(&b)
			return b
		}
		for name, test := range map[string]struct {
			ctx   context.Context
			scope workbench.Scope
			batch store.Batch
		}{
			"a bad document":            {ctx, everyone, next(func(b *store.Batch) { b.Documents[1].JSON = nil })},
			"a bad quarantined record":  {ctx, everyone, next(func(b *store.Batch) { b.Quarantined = []workbench.Quarantined{{Tenant: TenantA}} })},
			"a bad foreign alert":       {ctx, everyone, next(func(b *store.Batch) { b.Foreign[0].Alert = "" })},
			"a foreign scope":           {ctx, workbench.ScopeOf(TenantB), next(func(*store.Batch) {})},
			"a document out of scope":   {ctx, workbench.ScopeOf(TenantA), next(func(b *store.Batch) { b.Documents[1].Tenant = TenantB })},
			"an alert out of scope":     {ctx, workbench.ScopeOf(TenantA), next(func(b *store.Batch) { b.Foreign[0].Tenant = TenantB })},
			"a connector out of scope":  {ctx, workbench.ScopeOf(TenantA), next(func(b *store.Batch) { b.Progress = append(b.Progress, progress("b", 9)) })},
			"a context that ended":      {ended, everyone, next(func(*store.Batch) {})},
			"a batch of progress alone": {ended, everyone, store.Batch{Progress: []workbench.Progress{progress("e", 9)}}},
		} {
			if _, err := s.Append(test.ctx, test.scope, test.batch); err == nil {
				t.Errorf("%s: got no error", name)
			}
			same(t, "progress after "+name, mustProgress(t, s), map[workbench.ConnectorID]workbench.Progress{"e": progress("e", 1)})
			if len(documentsOf(t, s)) != 0 || len(mustTrail(t, s)) != trail {
				t.Errorf("%s left a trace", name)
			}
		}
		mustVerify(t, s)
	})
	t.Run("alerts that are not taken in", func(t *testing.T) { testForeign(t, fill(t)) })
	t.Run("which incidents have alerts", func(t *testing.T) {
		s := fill(t)
		mustAppend(t, s, Incident(TenantA, "1", 1, "one"), Alert(TenantA, "endpoint", "a", "2", 1, "a"), Incident(TenantA, "2", 1, "two"), Alert(TenantA, "endpoint", "m", "3", 1, "m"),
			Alert(TenantB, "endpoint", "b", "1", 1, "b"))
		mustAppend(t, s, Alert(TenantA, "endpoint", "m", "4", 2, "m moved"))
		asked := []string{"1", "2", "3", "4", "5", "", strings.Repeat("x", 300)}
		for tenant, want := range map[workbench.TenantID]map[string]bool{TenantA: {"2": true, "3": true, "4": true}, TenantB: {"1": true}, "absent": {}, "": {}} {
			got, err := s.KeptAlerts(ctx, tenant, asked)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range asked {
				if got[id] != want[id] {
					t.Errorf("incident %q of tenant %q: got %v, want %v", id, tenant, got[id], want[id])
				}
			}
		}
	})
}
