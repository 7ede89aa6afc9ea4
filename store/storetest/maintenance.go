package storetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

func testMaintenance(t *testing.T, open opener) {
	fill := func(t *testing.T, s store.Store) {
		mustAppend(t, s, Incident(TenantA, "7", 1, "seven"), Alert(TenantA, "endpoint", "a", "7", 2, "a"), Alert(TenantA, "mail", "m", "7", 2, "m"))
		mustAppend(t, s, Alert(TenantA, "mail", "m", "8", 3, "m moved"), Alert(TenantB, "mail", "x", "", 3, "x"))
		mustAct(t, s, ActionOn(workbench.IncidentStory(TenantA, "mail", "7"), "1", 5, "hello"))
	}
	t.Run("rebuilding changes nothing that is right", func(t *testing.T) {
		s := open.fresh(t)
		fill(t, s)
		before, feed := exported(t, s), mustChanges(t, s, 0, 100)
		for _, dry := range []bool{true, false} {
			err := s.Rebuild(ctx, dry, func(e store.StoryEffect) { t.Errorf("story %s differs", e.ID) })
			if err != nil {
				t.Fatalf("Rebuild: %v", err)
			}
		}
		same(t, "feed", mustChanges(t, s, 0, 100), feed)
		if exported(t, s) != before {
			t.Error("rebuilding changed stories")
		}
		stored, program, err := s.Derivation(ctx)
		if err != nil || stored != program || stored != "storetest/one" {
			t.Errorf("Derivation: got %q, %q, %v", stored, program, err)
		}
	})
	t.Run("a new derivation rebuilds what differs", func(t *testing.T) {
		s := open(t, Deriver{Name: "one"})
		fill(t, s)
		reopener, ok := s.(Reopener)
		if !ok {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			t.Skip("the store does not outlive its process")
		}
		s, err := reopener.Reopen(Deriver{Name: "two"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var problems []string
		if _, err := s.Verify(ctx, func(p string) { problems = append(problems, p) }); err != nil {
			t.Fatal(err)
		}
		if len(problems) != 1 || !strings.Contains(problems[0], "storetest/one") || !strings.Contains(problems[0], "storetest/two") {
			t.Errorf("Verify says %q, want both versions named", problems)
		}
		differing := func(dry bool) []store.StoryEffect {
			var list []store.StoryEffect
			if err := s.Rebuild(ctx, dry, func(e store.StoryEffect) { list = append(list, e) }); err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(list, func(a, b store.StoryEffect) int { return strings.Compare(string(a.ID), string(b.ID)) })
			return list
		}
		before, last := exported(t, s), mustChanges(t, s, 0, 100)[3].Number
		dry := differing(true)
		if exported(t, s) != before {
			t.Error("a dry run changed stories")
		}
		same(t, "what differs", differing(false), dry)
		if len(dry) != 4 || len(mustChanges(t, s, last, 100)) != 4 || exported(t, s) != strings.ReplaceAll(before, "derived by one", "derived by two") {
			t.Errorf("rebuilding: %d stories differ, want 4, each of them in the feed", len(dry))
		}
		if again := differing(false); len(again) != 0 {
			t.Errorf("a second time: got %v, want nothing", again)
		}
		mustVerify(t, s)
	})
	t.Run("a backup is whole, and stops with its reader", func(t *testing.T) {
		s := open.fresh(t)
		fill(t, s)
		var backup bytes.Buffer
		if err := s.Backup(ctx, &backup); err != nil || backup.Len() == 0 {
			t.Errorf("Backup: got %d bytes, %v", backup.Len(), err)
		}
		broken := errors.New("disk is gone")
		if err := s.Backup(ctx, failing{broken}); !errors.Is(err, broken) && (err == nil || !strings.Contains(err.Error(), broken.Error())) {
			t.Errorf("Backup to a failing writer: got %v, want its error", err)
		}
		mustVerify(t, s)
	})
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func testContexts(t *testing.T, open opener) {
	s := open.fresh(t)
	id := mustAppend(t, s, Alert(TenantA, "p", "a", "", 1, "a")).Stories[0].ID
	before := exported(t, s)
	ended, end := context.WithCancel(ctx)
	end()
	for call, do := range map[string]func() error{
		"Append": func() error {
			_, err := s.Append(ended, everyone, BatchOf(Alert(TenantA, "p", "b", "", 1, "b")))
			return err
		},
		"Act":          func() error { _, _, err := s.Act(ended, everyone, ActionOn(id, "1", 1, "hello")); return err },
		"Story":        func() error { _, err := s.Story(ended, everyone, id); return err },
		"Export":       func() error { return s.Export(ended, everyone, func(workbench.Story) error { return nil }) },
		"StoryOfAlert": func() error { _, err := s.StoryOfAlert(ended, everyone, "a"); return err },
		"Documents":    func() error { _, err := s.Documents(ended, everyone, id); return err },
		"ExportDocuments": func() error {
			return s.ExportDocuments(ended, everyone, func(workbench.Observed) error { return nil })
		},
		"Changes": func() error { _, err := s.Changes(ended, 0, 1); return err },
		"Wait":    func() error { return s.Wait(ended, 0) },
		"Entries": func() error { _, err := s.Entries(ended, nil); return err },
		"Texts":   func() error { _, err := s.Texts(ended, nil); return err },
		"Views":   func() error { _, err := s.Views(ended, "x"); return err },
		"SaveView": func() error {
			_, err := s.SaveView(ended, workbench.View{ID: "x", Owner: "x", Name: "x"}, Minute(1))
			return err
		},
		"DeleteView":         func() error { return s.DeleteView(ended, "x", "x", Minute(1)) },
		"Preferences":        func() error { _, err := s.Preferences(ended, "x"); return err },
		"SavePreferences":    func() error { return s.SavePreferences(ended, "x", workbench.Preferences{}) },
		"QuarantinedRecords": func() error { _, err := s.QuarantinedRecords(ended, everyone); return err },
		"QuarantinedRecord":  func() error { _, err := s.QuarantinedRecord(ended, everyone, "x"); return err },
		"Discard":            func() error { return s.Discard(ended, everyone, "x", "", Minute(1)) },
		"TenantList":         func() error { _, err := s.TenantList(ended, everyone); return err },
		"NameTenant":         func() error { return s.NameTenant(ended, TenantA, workbench.Text("x")) },
		"Account":            func() error { _, err := s.Account(ended, "x"); return err },
		"AccountNamed":       func() error { _, err := s.AccountNamed(ended, "x"); return err },
		"AddAccount":         func() error { return s.AddAccount(ended, workbench.Account{ID: "x", Name: "x"}) },
		"SaveAccount":        func() error { return s.SaveAccount(ended, workbench.Account{ID: "x"}, "", "", Minute(1)) },
		"AccountList":        func() error { _, err := s.AccountList(ended); return err },
		"Link":               func() error { _, err := s.Link(ended, "x", Minute(1).Time); return err },
		"Connectors":         func() error { _, err := s.Connectors(ended, everyone); return err },
		"Connector":          func() error { _, err := s.Connector(ended, everyone, "x"); return err },
		"SaveConnector": func() error {
			_, err := s.SaveConnector(ended, parentOf("x", "x", TenantA), "", "", Minute(1))
			return err
		},
		"DeleteConnector": func() error { return s.DeleteConnector(ended, "x", "", Minute(1)) },
		"Registration":    func() error { _, err := s.Registration(ended, "x"); return err },
		"Registrations":   func() error { _, err := s.Registrations(ended); return err },
		"SaveRegistration": func() error {
			_, err := s.SaveRegistration(ended, workbench.Registration{ID: "x"}, "", "", Minute(1))
			return err
		},
		"SaveHealth":         func() error { return s.SaveHealth(ended, workbench.Health{Connector: "x"}) },
		"Healths":            func() error { _, err := s.Healths(ended); return err },
		"Progresses":         func() error { _, err := s.Progresses(ended); return err },
		"AddFlow":            func() error { return s.AddFlow(ended, "x", workbench.Flow{}) },
		"Flow":               func() error { _, err := s.Flow(ended, "x", Minute(1).Time); return err },
		"UseFlow":            func() error { _, err := s.UseFlow(ended, "x", Minute(1).Time); return err },
		"DeleteRegistration": func() error { return s.DeleteRegistration(ended, "x", "", Minute(1)) },
		"AddConsentLink":     func() error { return s.AddConsentLink(ended, "x", workbench.ConsentLink{}) },
		"ConsentLink":        func() error { _, err := s.ConsentLink(ended, "x", Minute(1).Time); return err },
		"ConsentLinkNamed":   func() error { _, err := s.ConsentLinkNamed(ended, "x", Minute(1).Time); return err },
		"ConsentLinks":       func() error { _, err := s.ConsentLinks(ended); return err },
		"UseConsentLink": func() error {
			_, err := s.UseConsentLink(ended, "x", workbench.Untrusted{}, Minute(1).Time)
			return err
		},
		"WithdrawConsentLink": func() error { return s.WithdrawConsentLink(ended, "x", "", Minute(1).Time) },
		"KeptAlerts":          func() error { _, err := s.KeptAlerts(ended, TenantA, []string{"x"}); return err },
		"AddLink":             func() error { return s.AddLink(ended, "x", store.Link{}) },
		"UseLink":             func() error { _, err := s.UseLink(ended, "x", Minute(1).Time); return err },
		"Session":             func() error { _, err := s.Session(ended, "x", Minute(1).Time); return err },
		"SaveSession":         func() error { return s.SaveSession(ended, "x", nil, Minute(1).Time, Minute(2).Time) },
		"DeleteSession":       func() error { return s.DeleteSession(ended, "x") },
		"Setting":             func() error { _, err := s.Setting(ended, "x", func() []byte { return nil }); return err },
		"Record":              func() error { return s.Record(ended, store.AuditEntry{}) },
		"AuditTrail":          func() error { _, err := s.AuditTrail(ended, 0, 1); return err },
		"Rebuild":             func() error { return s.Rebuild(ended, false, nil) },
		"Verify":              func() error { _, err := s.Verify(ended, nil); return err },
		"Backup":              func() error { return s.Backup(ended, &bytes.Buffer{}) },
		"Derivation":          func() error { _, _, err := s.Derivation(ended); return err },
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want the context's error", call, err)
		}
	}
	if exported(t, s) != before || s.Err() != nil {
		t.Errorf("calls with an ended context changed the store, or it failed: %v", s.Err())
	}
}
