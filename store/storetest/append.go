package storetest

import (
	"errors"
	"testing"

	"workbench"
	"workbench/store"
)

func testAppend(t *testing.T, open opener) {
	endpoint := workbench.IncidentStory(TenantA, "endpoint", "7")
	mail := workbench.IncidentStory(TenantA, "mail", "7")
	first := []workbench.Document{Incident(TenantA, "7", 1, "seven"), Alert(TenantA, "endpoint", "a", "7", 2, "a two"), Alert(TenantA, "mail", "m", "7", 3, "m three")}

	t.Run("derives every story of the groups it touches", func(t *testing.T) {
		s := open.fresh(t)
		done := mustAppend(t, s, first...)
		same(t, "effects", done.Stories, effects(endpoint, store.New, mail, store.New))
		if got, want := mustStory(t, s, mail).Indication.Raw(), "m three"; got != want {
			t.Errorf("indication: got %q, want %q", got, want)
		}
		mustVerify(t, s)
	})
	t.Run("changes nothing the second time", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, first...)
		before, trail := exported(t, s), len(mustTrail(t, s))
		done := mustAppend(t, s, first...)
		same(t, "effects", done, store.Appended{Stories: effects(endpoint, store.Unchanged, mail, store.Unchanged)})
		if exported(t, s) != before || len(mustTrail(t, s)) != trail {
			t.Error("the same documents from the same source changed stories or the audit trail")
		}
		other := BatchOf(first...)
		other.Source = "connector"
		done, err := s.Append(ctx, everyone, other)
		if err != nil || done.Change != 0 || exported(t, s) != before {
			t.Errorf("documents from a new source: got change %d, %v, want receipts alone", done.Change, err)
		}
		mustVerify(t, s)
	})
	t.Run("takes white space for the same document", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, first...)
		spaced := first[1]
		spaced.JSON = append([]byte(" \n"), spaced.JSON...)
		if done := mustAppend(t, s, spaced); done.Change != 0 {
			t.Errorf("got change %d, want none", done.Change)
		}
	})
	t.Run("tells changed stories from untouched ones", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, first...)
		done := mustAppend(t, s, Alert(TenantA, "mail", "m", "7", 9, "m nine"))
		same(t, "effects", done.Stories, effects(endpoint, store.Unchanged, mail, store.Changed))
		done = mustAppend(t, s, Alert(TenantA, "mail", "m", "7", 4, "m four"))
		if got := mustStory(t, s, mail).Indication.Raw(); got != "m nine" {
			t.Errorf("a late older version: got %q, want the newest to stay", got)
		}
		same(t, "effects of an older version", done.Stories, effects(endpoint, store.Unchanged, mail, store.Changed)) // it has one more document
	})
	t.Run("derives both incidents of a moved alert", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, first...)
		home := workbench.IncidentStory(TenantA, "mail", "8")
		done := mustAppend(t, s, Alert(TenantA, "mail", "m", "8", 5, "m moved"))
		same(t, "effects", done.Stories, effects(endpoint, store.Unchanged, mail, store.Changed, home, store.New))
		same(t, "where it went", mustStory(t, s, mail).MovedTo, []workbench.StoryID{home})
		// The former incident's alert count follows even where the batch names the new incident only.
		mustAppend(t, s, Alert(TenantA, "mail", "m", "9", 6, "m moved on"))
		same(t, "where it went on to", mustStory(t, s, mail).MovedTo, []workbench.StoryID{workbench.IncidentStory(TenantA, "mail", "9")})
		mustVerify(t, s)
	})
	t.Run("alert without incident gets one", func(t *testing.T) {
		s := open.fresh(t)
		alone := workbench.AlertStory(TenantA, "endpoint", "a")
		same(t, "effects", mustAppend(t, s, Alert(TenantA, "endpoint", "a", "", 1, "a alone")).Stories, effects(alone, store.New))
		same(t, "effects", mustAppend(t, s, Alert(TenantA, "endpoint", "a", "7", 2, "a in seven")).Stories, effects(alone, store.Changed, endpoint, store.New))
	})
	t.Run("the same alert received in two incidents is two documents", func(t *testing.T) {
		s := open.fresh(t)
		in7 := Alert(TenantA, "endpoint", "a", "7", 1, "a")
		in7.Own = false
		in8 := in7
		in8.Incident = "8"
		mustAppend(t, s, in7, in8, in7)
		if got := len(documentsOf(t, s)); got != 2 {
			t.Errorf("documents: got %d, want 2", got)
		}
		mustVerify(t, s)
	})
	t.Run("a placeholder goes when alerts come", func(t *testing.T) {
		s := open.fresh(t)
		placeholder := workbench.PlaceholderStory(TenantA, "7")
		same(t, "effects", mustAppend(t, s, first[0]).Stories, effects(placeholder, store.New))
		same(t, "effects", mustAppend(t, s, first[1]).Stories, effects(placeholder, store.Gone, endpoint, store.New))
		if _, err := s.Story(ctx, everyone, placeholder); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("reading it: got %v, want ErrNotFound", err)
		}
		mustVerify(t, s)
	})
	t.Run("a placeholder that was acted on stays", func(t *testing.T) {
		s := open.fresh(t)
		placeholder := workbench.PlaceholderStory(TenantA, "7")
		mustAppend(t, s, first[0])
		mustAct(t, s, ActionOn(placeholder, "act", 10, "waiting for alerts"))
		mustAppend(t, s, first[1])
		same(t, "where it went", mustStory(t, s, placeholder).MovedTo, []workbench.StoryID{endpoint})
		mustVerify(t, s)
	})
	t.Run("one bad document leaves nothing of its batch", func(t *testing.T) {
		for name, spoil := range map[string]func(*workbench.Document){
			"tenant": func(d *workbench.Document) { d.Tenant = "" }, "kind": func(d *workbench.Document) { d.Kind = "" },
			"object": func(d *workbench.Document) { d.Object = "" }, "json": func(d *workbench.Document) { d.JSON = nil },
		} {
			s := open.fresh(t)
			bad := first[1]
			spoil(&bad)
			_, err := s.Append(ctx, everyone, BatchOf(first[0], bad, first[2]))
			var invalid *workbench.Invalid
			if !errors.As(err, &invalid) || len(documentsOf(t, s)) != 0 || len(mustChanges(t, s, 0, 10)) != 0 || len(mustTrail(t, s)) != 0 {
				t.Errorf("document without %s: got %v and a trace of the batch, want *Invalid and none", name, err)
			}
		}
	})
	t.Run("an empty batch is nothing", func(t *testing.T) {
		s := open.fresh(t)
		same(t, "done", mustAppend(t, s), store.Appended{})
	})
}

func documentsOf(t testing.TB, s store.Store) []workbench.Observed {
	t.Helper()
	var list []workbench.Observed
	err := s.ExportDocuments(ctx, everyone, func(d workbench.Observed) error {
		list = append(list, d)
		return nil
	})
	if err != nil {
		t.Fatalf("ExportDocuments: %v", err)
	}
	return list
}

func mustTrail(t testing.TB, s store.Store) []store.AuditEntry {
	t.Helper()
	trail, err := s.AuditTrail(ctx, 0, 1_000)
	if err != nil {
		t.Fatalf("AuditTrail: %v", err)
	}
	return trail
}
