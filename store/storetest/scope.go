package storetest

import (
	"errors"
	"testing"

	"workbench"
	"workbench/store"
)

// testScope holds that what is outside a scope does not exist: for every call the answer is that of a store that never had it.
func testScope(t *testing.T, open opener) {
	s := open.fresh(t)
	ofA, ofB := workbench.ScopeOf(TenantA), workbench.ScopeOf(TenantB)
	id := workbench.IncidentStory(TenantA, "endpoint", "7")
	batch := BatchOf(Alert(TenantA, "endpoint", "a", "7", 1, "a"))
	batch.Quarantined = []workbench.Quarantined{quarantined(TenantA, "bad record")}
	if _, err := s.Append(ctx, ofA, batch); err != nil {
		t.Fatalf("Append inside the scope: %v", err)
	}
	recordID := batch.Quarantined[0].ID
	for name, scope := range map[string]workbench.Scope{"another tenant": ofB, "nobody": {}} {
		t.Run(name, func(t *testing.T) {
			absent := map[string]error{}
			_, absent["Story"] = s.Story(ctx, scope, id)
			_, absent["StoryOfAlert"] = s.StoryOfAlert(ctx, scope, "a")
			_, absent["Documents"] = s.Documents(ctx, scope, id)
			_, _, absent["Act"] = s.Act(ctx, scope, ActionOn(id, "x", 5, "hello"))
			_, absent["QuarantinedRecord"] = s.QuarantinedRecord(ctx, scope, recordID)
			absent["Discard"] = s.Discard(ctx, scope, recordID, workbench.Administrator, Minute(9))
			for call, err := range absent {
				if !errors.Is(err, workbench.ErrNotFound) {
					t.Errorf("%s: got %v, want ErrNotFound", call, err)
				}
			}
			_, err := s.Append(ctx, scope, BatchOf(Alert(TenantA, "endpoint", "b", "7", 1, "b")))
			if !errors.Is(err, workbench.ErrForbidden) {
				t.Errorf("Append: got %v, want ErrForbidden", err)
			}
			_, err = s.Append(ctx, scope, store.Batch{Quarantined: batch.Quarantined, Source: "import"})
			if !errors.Is(err, workbench.ErrForbidden) {
				t.Errorf("Append of a quarantined record: got %v, want ErrForbidden", err)
			}
			if err := s.Export(ctx, scope, func(workbench.Story) error { return errors.New("a story") }); err != nil {
				t.Errorf("Export: got %v, want nothing", err)
			}
			if err := s.ExportDocuments(ctx, scope, func(workbench.Observed) error { return errors.New("a document") }); err != nil {
				t.Errorf("ExportDocuments: got %v, want nothing", err)
			}
			records, err := s.QuarantinedRecords(ctx, scope)
			tenants, err2 := s.TenantList(ctx, scope)
			if err := errors.Join(err, err2); err != nil || len(records) != 0 || len(tenants) != 0 {
				t.Errorf("lists: got %v, %v, %v, want nothing", records, tenants, err)
			}
		})
	}
	t.Run("two tenants with the same ids stay apart", func(t *testing.T) {
		mustAppend(t, s, Alert(TenantB, "endpoint", "a", "7", 1, "a of the other"))
		if got := mustStory(t, s, id).AlertCount; got != 1 {
			t.Errorf("alerts: got %d, want 1", got)
		}
		got, err := s.StoryOfAlert(ctx, ofB, "a")
		if want := workbench.IncidentStory(TenantB, "endpoint", "7"); err != nil || got != want {
			t.Errorf("StoryOfAlert: got %s, %v, want %s", got, err, want)
		}
		got, err = s.StoryOfAlert(ctx, everyone, "a")
		if err != nil || got != id {
			t.Errorf("StoryOfAlert over both: got %s, %v, want that of the first tenant, %s", got, err, id)
		}
		mustVerify(t, s)
	})
}
