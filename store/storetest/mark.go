package storetest

import (
	"testing"

	"workbench"
	"workbench/store"
)

func testMarks(t *testing.T, open opener) {
	marked := func(t *testing.T, s store.Store, what, mark string, want bool) {
		t.Helper()
		if got, err := s.Marked(ctx, mark); got != want || err != nil {
			t.Errorf("%s: got %t, %v, want %t", what, got, err, want)
		}
	}
	marks := func(t *testing.T, s store.Store) string {
		t.Helper()
		mark, err := s.Mark(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return mark
	}
	t.Run("stay for as long as the history goes on", func(t *testing.T) {
		s := open.fresh(t)
		list := []string{marks(t, s)}
		story := workbench.IncidentStory(TenantA, "p", "1")
		mustAppend(t, s, Alert(TenantA, "p", "a", "1", 1, "a"))
		list = append(list, marks(t, s))
		mustAct(t, s, ActionOn(story, "1", 5, "hello"))
		list = append(list, marks(t, s))
		if list[1] == list[2] || list[0] == list[1] {
			t.Errorf("changes leave no mark: %q", list)
		}
		for i, m := range list {
			marked(t, s, "mark "+string(rune('0'+i)), m, true)
		}
		marked(t, s, "no mark", "", false)
		marked(t, s, "another text", "7 7 7", false)
	})
	t.Run("are not those of another history", func(t *testing.T) {
		one, other := open.fresh(t), open.fresh(t)
		mustAppend(t, one, Alert(TenantA, "p", "a", "1", 1, "a"))
		before := marks(t, one)
		mustAppend(t, one, Alert(TenantA, "p", "b", "2", 1, "a"))
		mustAppend(t, other, Alert(TenantA, "p", "a", "1", 1, "b"), Alert(TenantA, "p", "a3", "3", 1, "b"))
		marked(t, one, "its own", before, true)
		marked(t, other, "that of another", before, false)
		marked(t, other, "a later one of another", marks(t, one), false)
	})
	t.Run("outlive the process", func(t *testing.T) {
		s := open.fresh(t)
		r, ok := s.(Reopener)
		if !ok {
			t.Skip("this store does not outlive its process")
		}
		mustAppend(t, s, Alert(TenantA, "p", "a", "1", 1, "a"))
		mark := marks(t, s)
		again, err := r.Reopen(Deriver{Name: "one"})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		marked(t, again, "after it was opened again", mark, true)
	})
}
