package boltstore

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
	"workbench/store/storetest"
)

// imported opens a store with stories of one tenant that came in batches, and returns their ids.
func imported(t testing.TB, stories int) (*Store, []workbench.StoryID) {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "store.db"), storetest.Deriver{Name: "one"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var ids []workbench.StoryID
	for len(ids) < stories {
		var batch store.Batch
		for range 500 {
			incident := fmt.Sprint(len(ids))
			ids = append(ids, workbench.IncidentStory(storetest.TenantA, "mail", incident))
			batch.Documents = append(batch.Documents, storetest.Alert(storetest.TenantA, "mail", "alert"+incident, incident, 1, "An alert with a title as long as they are"))
		}
		if _, err := s.Append(context.Background(), workbench.EveryTenant(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return s, ids
}

// TestPagesOfClicks counts the pages that clicks write, alone and together. Each is written on its own, and the disk is waited for: this is
// what a click costs.
func TestPagesOfClicks(t *testing.T) {
	s, ids := imported(t, 4_000)
	n := 0
	act := func() workbench.Action {
		n++
		return storetest.ActionOn(ids[n*7919%len(ids)], fmt.Sprint("click", n), 9, "", "owner", fmt.Sprint("owner ", n))
	}
	pages := func(clicks int, do func()) float64 {
		before := s.db.Stats().TxStats
		do()
		after := s.db.Stats().TxStats
		return float64(after.GetWrite()-before.GetWrite()) / float64(clicks)
	}
	alone := func() {
		for range 200 {
			if _, _, err := s.Act(context.Background(), workbench.EveryTenant(), act()); err != nil {
				t.Fatal(err)
			}
		}
	}
	alone() // until what clicks write has trees of its own
	if got := pages(200, alone); got > 18 {
		t.Errorf("a click alone: %.1f pages, want at most 18", got)
	}
	if got := pages(25, func() {
		var list []*click
		for range 25 {
			a := acting{s: s, scope: workbench.EveryTenant(), action: act()}
			list = append(list, &click{check: a.check, write: a.write})
		}
		s.together(list)
		for i, c := range list {
			if c.err != nil {
				t.Errorf("click %d: %v", i, c.err)
			}
		}
	}); got > 4 {
		t.Errorf("25 clicks together: %.1f pages each, want at most 4", got)
	}
}

// TestClickKnowsItsTenant holds that who acts on a story that was written or read lately asks no tenant before its turn.
func TestClickKnowsItsTenant(t *testing.T) {
	s, ids := imported(t, 500)
	reading := func(action string) int {
		before := s.db.Stats().TxN
		if _, _, err := s.Act(context.Background(), workbench.EveryTenant(), storetest.ActionOn(ids[7], action, 9, action)); err != nil {
			t.Fatal(err)
		}
		return s.db.Stats().TxN - before
	}
	if got := reading("one"); got != 0 {
		t.Errorf("a story that was written: %d reading transactions, want none", got)
	}
	s.whereabouts = newWhereabouts()
	if got := reading("two"); got != 1 {
		t.Errorf("a story that nobody knows: %d reading transactions, want one to find it", got)
	}
	if got := reading("three"); got != 0 {
		t.Errorf("a story that was found: %d reading transactions, want none", got)
	}
}

// TestPagesAreFull holds that buckets which grow at their end have full pages, not halves.
func TestPagesAreFull(t *testing.T) {
	s, _ := imported(t, 4_000)
	for n := range 300 {
		if err := s.Record(context.Background(), store.AuditEntry{What: "counted", About: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.view(context.Background(), func(tx *bbolt.Tx) error {
		tenant := tx.Bucket(bucketTenants).Bucket([]byte(storetest.TenantA))
		for name, b := range map[string]*bbolt.Bucket{"changes": tx.Bucket(bucketChanges), "audit": tx.Bucket(bucketAudit), "documents": tenant.Bucket([]byte("documents")),
			"receipts": tenant.Bucket([]byte("receipts")), "stories": tenant.Bucket([]byte("stories")), "contents": tenant.Bucket([]byte("contents"))} {
			stats := b.Stats()
			if fill := float64(stats.LeafInuse) / float64(stats.LeafAlloc); fill < 0.75 || stats.LeafPageN < 5 {
				t.Errorf("%s: %d pages are %.0f%% full, want at least 75%%", name, stats.LeafPageN, 100*fill)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
