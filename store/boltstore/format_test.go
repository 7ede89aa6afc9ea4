package boltstore_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

// made2 are the buckets that format 1 did not have, made3 those that format 2 did not have, made4 those that format 3 did not have.
var (
	made2 = []string{"connectors", "connector keys", "registrations", "healths", "progress", "flows", "foreign", "foreign incidents"}
	made3 = []string{"views", "preferences"}
	made4 = []string{"consent links"}
)

// aged gives a closed store the records and buckets of format 2.
func aged(t testing.TB, path string) {
	t.Helper()
	edited(t, path, func(tx *bbolt.Tx) error {
		for _, name := range slices.Concat(made3, made4) {
			if err := tx.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		err := eachStory(tx, func(tenant workbench.TenantID, b *bbolt.Bucket, k, v []byte) error {
			old, err := boltstore.OldStory(tenant, bytes.Clone(v))
			return errors.Join(err, b.Put(k, old))
		})
		return errors.Join(err, tx.Bucket([]byte("meta")).Put([]byte("format"), binary.BigEndian.AppendUint64(nil, 2)))
	})
}

// eachStory visits the record of every story; it may be put anew.
func eachStory(tx *bbolt.Tx, visit func(tenant workbench.TenantID, b *bbolt.Bucket, k, v []byte) error) error {
	tenants := tx.Bucket([]byte("tenants"))
	return tenants.ForEachBucket(func(name []byte) error {
		b := tenants.Bucket(name).Bucket([]byte("stories"))
		for n := uint64(1); n <= b.Sequence(); n++ {
			k := binary.BigEndian.AppendUint64(nil, n)
			if err := visit(workbench.TenantID(name), b, k, b.Get(k)); err != nil {
				return err
			}
		}
		return nil
	})
}

// oldStories counts the records of a closed store that are in the form of formats 1 and 2.
func oldStories(t testing.TB, path string) (n int) {
	t.Helper()
	edited(t, path, func(tx *bbolt.Tx) error {
		return eachStory(tx, func(_ workbench.TenantID, _ *bbolt.Bucket, _, v []byte) error {
			if boltstore.IsOldStory(v) {
				n++
			}
			return nil
		})
	})
	return n
}

// format1 makes a store as the first version left it, with two accounts, and returns its path and the id of a story.
func format1(t testing.TB) (string, workbench.StoryID) {
	t.Helper()
	s, id := filled(t)
	mustClose(t, s)
	aged(t, s.path)
	edited(t, s.path, func(tx *bbolt.Tx) error {
		for _, name := range made2 {
			if err := tx.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		for id, name := range map[string]string{"administrator": "administrator", "kim": "Kim"} {
			value := fmt.Sprintf(`{"id":%q,"name":%q,"createdAt":"2026-03-04T05:00:00Z","grants":[],"allTenants":true}`, id, name)
			if err := errors.Join(tx.Bucket([]byte("accounts")).Put([]byte(id), []byte(value)), tx.Bucket([]byte("account names")).Put([]byte(name), []byte(id))); err != nil {
				return err
			}
		}
		return tx.Bucket([]byte("meta")).Put([]byte("format"), binary.BigEndian.AppendUint64(nil, 1))
	})
	if oldStories(t, s.path) == 0 {
		t.Fatal("a store of format 1 has no story of format 1")
	}
	return s.path, id
}

// formatOf reads the format of a closed store.
func formatOf(t testing.TB, path string) (n uint64) {
	t.Helper()
	edited(t, path, func(tx *bbolt.Tx) error {
		n = binary.BigEndian.Uint64(tx.Bucket([]byte("meta")).Get([]byte("format")))
		return nil
	})
	return n
}

func TestFormat1IsBroughtForward(t *testing.T) {
	path, id := format1(t)
	for range 2 { // the second time there is nothing to do
		s := mustOpen(t, path, deriver)
		if problems := verified(t, s.Store); len(problems) != 0 {
			t.Errorf("Verify says %q", problems)
		}
		if story, err := s.Story(ctx, everyone, id); err != nil || len(story.State.Actions) != 1 {
			t.Errorf("story: got %d actions, %v, want what was kept", len(story.State.Actions), err)
		}
		if entries, err := s.Changes(ctx, 0, 10); err != nil || len(entries) != 2 || entries[1].ID != id || entries[1].State.LastComment().Raw() != "hello" {
			t.Errorf("feed: got %+v, %v, want what was kept", entries, err)
		}
		accounts, err := s.AccountList(ctx)
		if err != nil || len(accounts) != 2 || accounts[0].Role != workbench.AdministratorRole || accounts[1].Role != workbench.AdministratorRole {
			t.Errorf("accounts: got %+v, %v, want two that may do everything, as before", accounts, err)
		}
		mustClose(t, s)
	}
	s := mustOpen(t, path, deriver)
	connect(t, s)
	kim, err := s.Account(ctx, "kim")
	if err != nil {
		t.Fatal(err)
	}
	kim.Role = "" // nothing more
	if err := s.SaveAccount(ctx, kim, "took the role of", workbench.Administrator, storetest.Minute(9)); err != nil {
		t.Fatal(err)
	}
	if kim, err = s.Account(ctx, "kim"); err != nil || kim.Role != "" || kim.May(workbench.ReadStory) {
		t.Errorf("an account whose role was taken: got %+v, %v, want one that may do nothing", kim, err)
	}
	if problems := verified(t, s.Store); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
	mustClose(t, s)
	if got := formatOf(t, path); got != 4 {
		t.Errorf("format: got %d, want 4, which earlier versions refuse", got)
	}
	if n := oldStories(t, path); n != 0 {
		t.Errorf("%d stories were not brought forward", n)
	}
}

func TestFormat1ReadOnly(t *testing.T) {
	path, id := format1(t)
	s, err := boltstore.Open(path, deriver, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	if story, err := s.Story(ctx, everyone, id); err != nil || story.NotIngested == nil || len(story.NotIngested) != 0 {
		t.Errorf("story: got %v, %v", story.NotIngested, err)
	}
	entries, err := s.Changes(ctx, 0, 10)
	if err != nil || len(entries) != 2 || entries[1].ID != id || entries[1].State.LastComment().Raw() != "hello" || entries[1].State.Actions != nil {
		t.Errorf("feed: got %+v, %v, want what was kept", entries, err)
	}
	if at, err := s.Entries(ctx, []store.Ref{entries[1].Ref}); err != nil || !reflect.DeepEqual(at, entries[1:]) {
		t.Errorf("entries: got %+v, %v, want those of the feed", at, err)
	}
	if views, err := s.Views(ctx, "kim"); err != nil || len(views) != 0 {
		t.Errorf("views: got %v, %v, want none", views, err)
	}
	if p, err := s.Preferences(ctx, "kim"); err != nil || p.DefaultView != "" || len(p.Columns) != 0 {
		t.Errorf("preferences: got %v, %v, want none", p, err)
	}
	connectors, err := s.Connectors(ctx, everyone)
	registrations, err2 := s.Registrations(ctx)
	healths, err3 := s.Healths(ctx)
	progresses, err4 := s.Progresses(ctx)
	links, err5 := s.ConsentLinks(ctx)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil || len(connectors)+len(registrations)+len(healths)+len(progresses)+len(links) != 0 {
		t.Errorf("got %v, %v, %v, %v, %v, %v, want nothing", connectors, registrations, healths, progresses, links, err)
	}
	_, err = s.Connector(ctx, everyone, "x")
	_, err2 = s.Registration(ctx, "x")
	_, err3 = s.Flow(ctx, "x", storetest.Minute(1).Time)
	_, err4 = s.ConsentLink(ctx, "x", storetest.Minute(1).Time)
	_, err5 = s.ConsentLinkNamed(ctx, "x", storetest.Minute(1).Time)
	for _, err := range []error{err, err2, err3, err4, err5} {
		if !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	}
	if kim, err := s.AccountNamed(ctx, "Kim"); err != nil || kim.Role != workbench.AdministratorRole {
		t.Errorf("account: got %+v, %v", kim, err)
	}
	if kept, err := s.KeptAlerts(ctx, storetest.TenantA, []string{"7", "8"}); err != nil || !kept["7"] || kept["8"] {
		t.Errorf("KeptAlerts: got %v, %v", kept, err)
	}
	if problems := verified(t, s); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
	_, err = s.SaveConnector(ctx, connector("p", "Contoso"), "added", "", storetest.Minute(1))
	_, err2 = s.Append(ctx, everyone, store.Batch{Foreign: []workbench.Foreign{{Tenant: storetest.TenantA, Incident: "7", Alert: "i", Product: "identity"}}})
	for _, err := range []error{err, err2, s.AddFlow(ctx, "x", workbench.Flow{}), s.SaveHealth(ctx, workbench.Health{Connector: "p"})} {
		if !errors.Is(err, workbench.ErrReadOnly) {
			t.Errorf("writing: got %v, want ErrReadOnly", err)
		}
	}
	mustClose(t, s)
	if got := formatOf(t, path); got != 1 {
		t.Errorf("format: got %d, want it to stay 1", got)
	}
}

func TestFormat1IsRestored(t *testing.T) {
	path, id := format1(t)
	backup, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(t.TempDir(), "restored.db")
	if err := boltstore.Restore(bytes.NewReader(backup), place); err != nil {
		t.Fatalf("Restore: %v", err)
	}
	s := mustOpen(t, place, deriver)
	defer s.Close()
	if _, err := s.Story(ctx, everyone, id); err != nil {
		t.Errorf("story: %v", err)
	}
	connect(t, s)
}
