package storetest

import (
	"fmt"
	"sync"
	"testing"

	"workbench"
	"workbench/store"
)

// testAliasing holds that nothing passed in or out is shared with the store.
func testAliasing(t *testing.T, open opener) {
	s := open.fresh(t)
	d := Alert(TenantA, "p", "a", "7", 1, "a")
	batch := BatchOf(d)
	id := workbench.IncidentStory(TenantA, "p", "7")
	if _, err := s.Append(ctx, everyone, batch); err != nil {
		t.Fatal(err)
	}
	action := ActionOn(id, "1", 5, "hello", "labels", "b, a", "verdict", "malicious")
	stored := mustAct(t, s, action)
	want := exported(t, s)
	clear(batch.Documents[0].JSON)
	action.Changes[0].After = workbench.Text("changed by the caller")
	stored.Changes[0].After = workbench.Text("changed by the caller")
	for range 2 {
		story := mustStory(t, s, id)
		story.Alerts[0].Name = workbench.Text("changed")
		story.State.Actions[0].Changes[0].After = workbench.Text("changed")
		story.Raw[0].Hash[0]++
		entries := mustChanges(t, s, 0, 10)
		entries[0].State.Labels[0] = workbench.Text("changed")
		entries[0].Head.Names[0] = workbench.Text("changed")
		entries = entriesOf(t, s, entries)
		entries[0].State.Labels[0] = workbench.Text("changed")
		entries[0].Head.Names[0] = workbench.Text("changed")
		documents, err := s.Documents(ctx, everyone, id)
		if err != nil {
			t.Fatal(err)
		}
		clear(documents[0].JSON)
		clear(documentsOf(t, s)[0].JSON)
	}
	if got := exported(t, s); got != want {
		t.Errorf("stories changed with what callers hold: got\n%s\nwant\n%s", got, want)
	}
	key, err := s.Setting(ctx, "key", func() []byte { return []byte("key") })
	if err != nil {
		t.Fatal(err)
	}
	clear(key)
	if key, err = s.Setting(ctx, "key", func() []byte { return nil }); err != nil || string(key) != "key" {
		t.Errorf("setting: got %q, %v", key, err)
	}
	mustVerify(t, s)
}

// testParallel holds that writers at once leave a whole store and a feed without gaps.
func testParallel(t *testing.T, open opener) {
	s := open.fresh(t)
	const writers, each = 6, 5
	ids := map[workbench.StoryID]bool{}
	for w := range writers {
		ids[workbench.IncidentStory(TenantA, "p", fmt.Sprint(w))] = true
	}
	numbers := make(chan store.Change, writers*each*2)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			id := workbench.IncidentStory(TenantA, "p", fmt.Sprint(w))
			for i := range each {
				done, err := s.Append(ctx, everyone, BatchOf(Alert(TenantA, "p", fmt.Sprint("alert", w, "-", i), fmt.Sprint(w), i, "title")))
				_, change, err2 := s.Act(ctx, everyone, ActionOn(id, fmt.Sprint("action", w, "-", i), i, "hello"))
				if err != nil || err2 != nil {
					t.Errorf("writer %d: %v, %v", w, err, err2)
				}
				numbers <- done.Change
				numbers <- change
				if _, err := s.Story(ctx, everyone, id); err != nil {
					t.Errorf("reading meanwhile: %v", err)
				}
			}
		})
	}
	group.Wait()
	close(numbers)
	seen := map[store.Change]bool{}
	for n := range numbers {
		seen[n] = true
	}
	for n := store.Change(1); n <= writers*each*2; n++ {
		if !seen[n] {
			t.Errorf("change %d is missing: numbers have gaps", n)
		}
	}
	for _, e := range mustChanges(t, s, 0, 100) {
		if n := len(mustStory(t, s, e.ID).State.Actions); !ids[e.ID] || n != each || e.Head.AlertCount != each {
			t.Errorf("story %s: got %d actions and %d alerts, want %d of each", e.ID, n, e.Head.AlertCount, each)
		}
	}
	mustVerify(t, s)
}

func testReopen(t *testing.T, open opener) {
	s := open(t, Deriver{Name: "one"})
	reopener, ok := s.(Reopener)
	if !ok {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		t.Skip("the store does not outlive its process")
	}
	id := mustAppend(t, s, Alert(TenantA, "p", "a", "7", 1, "a")).Stories[0].ID
	mustAct(t, s, ActionOn(id, "1", 5, "hello", "status", "monitoring"))
	want, feed := exported(t, s), mustChanges(t, s, 0, 10)
	s, err := reopener.Reopen(Deriver{Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := exported(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	same(t, "feed", mustChanges(t, s, 0, 10), feed)
	if err := s.Wait(ctx, feed[0].Number-1); err != nil {
		t.Errorf("Wait for what happened before: %v", err)
	}
	_, change, err := s.Act(ctx, everyone, ActionOn(id, "2", 6, "again"))
	if err != nil || change != feed[0].Number+1 {
		t.Errorf("Act: got change %d, %v, want the next number, %d", change, err, feed[0].Number+1)
	}
	mustVerify(t, s)
}
