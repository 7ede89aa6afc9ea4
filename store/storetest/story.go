package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"workbench"
	"workbench/store"
)

func testStories(t *testing.T, open opener) {
	endpoint, mail := workbench.IncidentStory(TenantA, "endpoint", "7"), workbench.IncidentStory(TenantA, "mail", "7")
	documents := []workbench.Document{Incident(TenantA, "7", 1, "seven"), Alert(TenantA, "mail", "m", "7", 3, "m"), Alert(TenantA, "endpoint", "a", "7", 2, "a")}

	t.Run("story with siblings and the tenant's name", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, append(documents, Alert(TenantA, "identity", "i", "7", 2, "i"))...)
		if err := s.NameTenant(ctx, TenantA, workbench.Text("Contoso")); err != nil {
			t.Fatal(err)
		}
		mustAct(t, s, ActionOn(mail, "1", 10, "", "status", "closed"))
		story := mustStory(t, s, endpoint)
		same(t, "tenant", story.Tenant, workbench.Tenant{ID: TenantA, Name: workbench.Text("Contoso")})
		identity := workbench.IncidentStory(TenantA, "identity", "7")
		same(t, "siblings", story.Siblings, []workbench.Sibling{
			{ID: identity, Producer: workbench.Text("Product identity"), AlertCount: 1, Status: workbench.StatusOpen},
			{ID: mail, Producer: workbench.Text("Product mail"), AlertCount: 1, Status: workbench.StatusClosed},
		})
		alone := mustAppend(t, s, Alert(TenantA, "mail", "alone", "", 1, "alone")).Stories[0].ID
		if got := mustStory(t, s, alone).Siblings; got == nil || len(got) != 0 {
			t.Errorf("siblings of an alert without incident: got %v, want an empty list", got)
		}
	})
	t.Run("comments follow the alerts, status and verdict stay", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, documents...)
		comment := mustAct(t, s, ActionOn(mail, "1", 10, "watch this sender", "status", "closed", "verdict", "benign"))
		home := workbench.IncidentStory(TenantA, "mail", "8")
		mustAppend(t, s, Alert(TenantA, "mail", "m", "8", 20, "m moved"))
		story := mustStory(t, s, home)
		if story.Status != workbench.StatusOpen || story.Verdict != "" || !story.LastComment.IsZero() {
			t.Errorf("state: got %q %q %q, want none carried over", story.Status, story.Verdict, story.LastComment)
		}
		i := slices.IndexFunc(story.Timeline, func(i workbench.TimelineItem) bool { return i.From == mail })
		if i < 0 || story.Timeline[i].Text != comment.Comment || story.Timeline[i].Kind != workbench.CommentItem || !story.Timeline[i].At.Equal(comment.At.Time) {
			t.Fatalf("timeline: got %+v, want the comment from %s", story.Timeline, mail)
		}
		for story := range exportedStories(t, s) {
			if story.Siblings != nil || story.NotIngested != nil || slices.ContainsFunc(story.Timeline, func(i workbench.TimelineItem) bool { return i.From != "" }) || !story.Tenant.Name.IsZero() {
				t.Errorf("export of %s has what is added on reading", story.ID)
			}
		}
		mustAppend(t, s, Alert(TenantA, "mail", "m", "7", 30, "m back"))
		if got := mustStory(t, s, home).Timeline; slices.ContainsFunc(got, func(i workbench.TimelineItem) bool { return i.From == mail }) {
			t.Error("the comment is still inherited after the alert went back")
		}
		mustVerify(t, s)
	})
	t.Run("finds the present story of an alert", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, documents...)
		mustAppend(t, s, Alert(TenantA, "mail", "m", "8", 20, "m moved"))
		got, err := s.StoryOfAlert(ctx, everyone, "m")
		if want := workbench.IncidentStory(TenantA, "mail", "8"); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
		for _, id := range []string{"", "7", "unknown", string(make([]byte, 5_000))} {
			if _, err := s.StoryOfAlert(ctx, everyone, id); !errors.Is(err, workbench.ErrNotFound) {
				t.Errorf("alert %.10q: got %v, want ErrNotFound", id, err)
			}
		}
	})
	t.Run("keeps documents byte for byte", func(t *testing.T) {
		s := open.fresh(t)
		odd := Alert(TenantA, "mail", "odd", "7", 4, "odd")
		odd.JSON = []byte("{\"title\":\"\xff\\u0000<b>\",\t\"title\" : \"twice\"}\r\n")
		notJSON := Alert(TenantA, "mail", "none", "7", 4, "")
		notJSON.JSON = []byte("not JSON at all")
		large := Alert(TenantA, "mail", "large", "7", 4, "")
		large.JSON = bytes.Repeat([]byte(`{"n":1234567890}`), 200_000)
		all := append(slices.Clone(documents), odd, notJSON, large)
		mustAppend(t, s, all...)
		for i, d := range documentsOf(t, s) {
			if !bytes.Equal(d.JSON, all[i].JSON) || d.Hash != workbench.HashJSON(d.JSON) || d.Observation != uint64(i+1) || d.ReceivedAt != Minute(500) {
				t.Errorf("document %d (%s) came back changed", i, d.Object)
			}
			d.Document.JSON, all[i].JSON = nil, nil
			same(t, fmt.Sprintf("document %d", i), d.Document, all[i])
		}
		list, err := s.Documents(ctx, everyone, mail)
		if err != nil {
			t.Fatal(err)
		}
		var refs []workbench.RawRef
		for _, d := range list {
			refs = append(refs, workbench.RawRef{Hash: d.Hash, Kind: d.Kind})
		}
		same(t, "documents behind the story", refs, mustStory(t, s, mail).Raw)
	})
	t.Run("exports in order of ids and stops when told", func(t *testing.T) {
		s := open.fresh(t)
		mustAppend(t, s, append(documents, Alert(TenantB, "mail", "m", "1", 1, "m"), Alert(TenantB, "mail", "n", "2", 1, "n"))...)
		var ids []workbench.StoryID
		for story := range exportedStories(t, s) {
			ids = append(ids, story.ID)
		}
		if len(ids) != 4 || !slices.IsSorted(ids) {
			t.Errorf("got %v, want 4 ids in order", ids)
		}
		stop := errors.New("enough")
		count := 0
		err := s.Export(ctx, everyone, func(workbench.Story) error { count++; return stop })
		if !errors.Is(err, stop) || count != 1 {
			t.Errorf("got %v after %d stories, want the error of yield after 1", err, count)
		}
		if err := s.ExportDocuments(ctx, everyone, func(workbench.Observed) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("got %v, want the error of yield", err)
		}
	})
}

func exportedStories(t testing.TB, s store.Store) iter.Seq[workbench.Story] {
	return func(yield func(workbench.Story) bool) {
		stop := errors.New("enough")
		err := s.Export(ctx, everyone, func(story workbench.Story) error {
			if !yield(story) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			t.Errorf("Export: %v", err)
		}
	}
}
