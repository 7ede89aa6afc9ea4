package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"workbench"
	"workbench/store"
)

func testFeed(t *testing.T, open opener) {
	t.Run("has each story once, at its last change", func(t *testing.T) {
		s := open.fresh(t)
		a, b := workbench.IncidentStory(TenantA, "p", "1"), workbench.IncidentStory(TenantB, "p", "2")
		first := mustAppend(t, s, Alert(TenantA, "p", "a", "1", 1, "a"))
		mustAppend(t, s, Alert(TenantB, "p", "b", "2", 1, "b"))
		mustAct(t, s, ActionOn(a, "1", 5, "hello"))
		got := mustChanges(t, s, 0, 10)
		if len(got) != 2 || got[0].ID != b || got[1].ID != a || got[0].Number >= got[1].Number {
			t.Fatalf("got %+v, want %s and then %s", got, b, a)
		}
		same(t, "head", got[1].Head, mustStory(t, s, a).Head)
		if got := mustChanges(t, s, first.Change, 10); len(got) != 2 {
			t.Errorf("after the first change: got %d entries, want 2", len(got))
		}
		if got := mustChanges(t, s, got[0].Number, 10); len(got) != 1 || got[0].ID != a {
			t.Errorf("after the second change: got %+v, want %s", got, a)
		}
		if got := mustChanges(t, s, got[1].Number, 10); len(got) != 0 {
			t.Errorf("after the last change: got %+v, want nothing", got)
		}
	})
	t.Run("says which stories are no more", func(t *testing.T) {
		s := open.fresh(t)
		placeholder := mustAppend(t, s, Incident(TenantA, "1", 1, "one"))
		done := mustAppend(t, s, Alert(TenantA, "p", "a", "1", 1, "a"))
		gone := map[workbench.StoryID]bool{}
		for _, e := range mustChanges(t, s, placeholder.Change, 10) {
			gone[e.ID] = e.Gone
			if e.Gone {
				same(t, "entry of a story that is gone", e, store.Entry{ID: e.ID, Ref: e.Ref, Number: e.Number, Gone: true})
			}
			if e.Number > done.Change {
				t.Errorf("number %d is behind the change that Append returned, %d", e.Number, done.Change)
			}
		}
		same(t, "gone", gone, map[workbench.StoryID]bool{placeholder.Stories[0].ID: true, workbench.IncidentStory(TenantA, "p", "1"): false})
		mustVerify(t, s)
	})
	t.Run("can be read in pages of any size", func(t *testing.T) {
		s := open.fresh(t)
		var documents []workbench.Document
		for i := range 23 {
			documents = append(documents, Alert(TenantA, "p", fmt.Sprint("alert", i), fmt.Sprint(i), 1, "a"))
		}
		last := mustAppend(t, s, documents...).Change
		if last != 23 {
			t.Errorf("change: got %d, want 23: each story takes the next number", last)
		}
		for limit := range 7 {
			seen := map[workbench.StoryID]bool{}
			after := store.Change(0)
			for limit > 0 {
				page := mustChanges(t, s, after, limit)
				if len(page) == 0 {
					break
				}
				if len(page) > limit {
					t.Errorf("got %d entries, limit %d", len(page), limit)
				}
				for _, e := range page {
					if seen[e.ID] || e.Number != after+1 {
						t.Errorf("limit %d: story %s comes twice or number %d does not follow %d", limit, e.ID, e.Number, after)
					}
					seen[e.ID], after = true, e.Number
				}
			}
			if limit > 0 && (len(seen) != 23 || after != last) {
				t.Errorf("limit %d: got %d stories up to %d, want 23 up to %d", limit, len(seen), after, last)
			}
		}
	})
	t.Run("wakes who waits", func(t *testing.T) {
		s := open.fresh(t)
		woken := make(chan error, 1)
		go func() { woken <- s.Wait(ctx, 0) }()
		mustAppend(t, s, Alert(TenantA, "p", "a", "1", 1, "a"))
		if err := <-woken; err != nil {
			t.Errorf("Wait: %v", err)
		}
		if err := s.Wait(ctx, 0); err != nil {
			t.Errorf("Wait for what has happened: %v", err)
		}
		ended, end := context.WithCancel(ctx)
		go func() { woken <- s.Wait(ended, 1) }()
		end()
		if err := <-woken; !errors.Is(err, context.Canceled) {
			t.Errorf("Wait: got %v, want the context's error", err)
		}
	})
}
