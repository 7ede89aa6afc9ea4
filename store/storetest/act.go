package storetest

import (
	"errors"
	"testing"

	"workbench"
	"workbench/store"
)

func testAct(t *testing.T, open opener) {
	id := workbench.IncidentStory(TenantA, "endpoint", "7")
	begin := func(t *testing.T) store.Store {
		s := open.fresh(t)
		mustAppend(t, s, Alert(TenantA, "endpoint", "a", "7", 1, "a"))
		return s
	}
	t.Run("changes state and not content", func(t *testing.T) {
		s := begin(t)
		head := mustStory(t, s, id).Head
		stored, change, err := s.Act(ctx, everyone, ActionOn(id, "1", 10, " seen ", "verdict", "malicious", "analystSeverity", "high"))
		if err != nil || change == 0 {
			t.Fatalf("Act: got change %d, %v", change, err)
		}
		story := mustStory(t, s, id)
		if story.Verdict != workbench.VerdictMalicious || story.AnalystSeverity != workbench.SeverityHigh || story.LastComment.Raw() != "seen" {
			t.Errorf("story: got %q %q %q", story.Verdict, story.AnalystSeverity, story.LastComment)
		}
		same(t, "head", story.Head, head)
		same(t, "actions", story.State.Actions, []workbench.Action{stored})
		entry := mustChanges(t, s, change-1, 10)
		if len(entry) != 1 || entry[0].Number != change {
			t.Fatalf("feed: got %+v, want the story at %d", entry, change)
		}
		same(t, "state in the feed", entry[0].State, listed(story.State))
		mustVerify(t, s)
	})
	t.Run("undoing gives back what was", func(t *testing.T) {
		s := begin(t)
		mustAct(t, s, ActionOn(id, "1", 10, "first", "status", "monitoring", "labels", "b, a"))
		before := mustStory(t, s, id)
		second := mustAct(t, s, ActionOn(id, "2", 11, "second", "status", "closed", "verdict", "benign", "labels", ""))
		inverse := second.Inverse()
		inverse.ID, inverse.At = "3", Minute(12)
		mustAct(t, s, inverse)
		after := mustStory(t, s, id)
		same(t, "comments", after.State.Comments, before.State.Comments)
		before.State, after.State = workbench.State{}, workbench.State{}
		before.UpdatedAt, before.WaitingSince, before.Timeline = after.UpdatedAt, after.WaitingSince, after.Timeline
		same(t, "story", after, before)
		mustVerify(t, s)
	})
	t.Run("an undone comment is withdrawn", func(t *testing.T) {
		s := begin(t)
		comment := mustAct(t, s, ActionOn(id, "1", 10, "wrong window"))
		inverse := comment.Inverse()
		inverse.ID, inverse.At = "2", Minute(11)
		if _, change, err := s.Act(ctx, everyone, inverse); err != nil || change == 0 {
			t.Errorf("Act: got change %d, %v, want the comment withdrawn", change, err)
		}
		if got := mustStory(t, s, id).LastComment; !got.IsZero() {
			t.Errorf("last comment: got %q, want none", got)
		}
	})
	t.Run("without effect nothing is stored", func(t *testing.T) {
		s := begin(t)
		mustAct(t, s, ActionOn(id, "1", 10, "", "owner", "kim"))
		trail := len(mustTrail(t, s))
		stored, change, err := s.Act(ctx, everyone, ActionOn(id, "2", 11, "", "owner", "kim"))
		if err != nil || change != 0 || len(stored.Changes) != 0 || len(mustTrail(t, s)) != trail || len(mustStory(t, s, id).State.Actions) != 1 {
			t.Errorf("got %+v, change %d, %v, want nothing stored", stored, change, err)
		}
	})
	t.Run("refuses", func(t *testing.T) {
		s := begin(t)
		mustAct(t, s, ActionOn(id, "1", 10, "here first"))
		late := ActionOn(id, "2", 11, "", "owner", "kim")
		late.Expect = 0
		var invalid *workbench.Invalid
		refusals := []struct {
			name   string
			action workbench.Action
			want   error
		}{
			{"an analyst who has not seen the last action", late, workbench.ErrConflict},
			{"an id that was used", ActionOn(id, "1", 11, "again"), workbench.ErrExists},
			{"a story that is not there", ActionOn("nowhere", "2", 11, "hello"), workbench.ErrNotFound},
			{"a story without id", ActionOn("", "2", 11, "hello"), workbench.ErrNotFound},
		}
		for _, r := range refusals {
			if _, change, err := s.Act(ctx, everyone, r.action); !errors.Is(err, r.want) || change != 0 {
				t.Errorf("%s: got change %d, %v, want %v", r.name, change, err, r.want)
			}
		}
		if _, _, err := s.Act(ctx, everyone, ActionOn(id, "2", 11, "", "status", "asleep")); !errors.As(err, &invalid) || invalid.Fields["status"] == "" {
			t.Errorf("a status that nobody knows: got %v, want *Invalid naming it", err)
		}
		if _, _, err := s.Act(ctx, everyone, ActionOn(id, "", 11, "without id")); !errors.As(err, &invalid) {
			t.Errorf("an action without id: got %v, want *Invalid", err)
		}
		if got := len(mustStory(t, s, id).State.Actions); got != 1 {
			t.Errorf("actions: got %d, want 1", got)
		}
	})
}
