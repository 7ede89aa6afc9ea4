package storetest

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"workbench"
	"workbench/store"
)

// listed is what lists and the change feed know of a state.
func listed(s workbench.State) workbench.State {
	s.Actions = nil
	s.Comments = s.Comments[max(0, len(s.Comments)-1):]
	return s
}

// entriesOf asks for the present entries of the places that the feed named.
func entriesOf(t testing.TB, s store.Store, feed []store.Entry) []store.Entry {
	t.Helper()
	list, err := s.Entries(ctx, refsOf(feed))
	if err != nil {
		t.Fatalf("Entries: %v", err)
	}
	return list
}

func refsOf(feed []store.Entry) (refs []store.Ref) {
	for _, e := range feed {
		refs = append(refs, e.Ref)
	}
	return refs
}

func textsOf(t testing.TB, s store.Store, feed []store.Entry) [][]string {
	t.Helper()
	list, err := s.Texts(ctx, refsOf(feed))
	if err != nil {
		t.Fatalf("Texts: %v", err)
	}
	return list
}

// testEntries tests what is read by place.
func testEntries(t *testing.T, open opener) {
	a, b := workbench.IncidentStory(TenantA, "p", "1"), workbench.IncidentStory(TenantB, "p", "2")
	begin := func(t *testing.T) (store.Store, map[workbench.StoryID]store.Entry) {
		s := open.fresh(t)
		mustAppend(t, s, Alert(TenantA, "p", "a", "1", 1, "first alert"), Alert(TenantB, "p", "b", "2", 2, "second alert"), Incident(TenantA, "3", 3, "three"))
		feed := map[workbench.StoryID]store.Entry{}
		for _, e := range mustChanges(t, s, 0, 10) {
			feed[e.ID] = e
		}
		return s, feed
	}
	t.Run("in the order that was asked for, also twice", func(t *testing.T) {
		s, feed := begin(t)
		want := []store.Entry{feed[b], feed[a], feed[b]}
		same(t, "entries", entriesOf(t, s, want), want)
		same(t, "texts", textsOf(t, s, want), [][]string{{"derived by one", "2", "b", "second alert"}, {"derived by one", "1", "a", "first alert"}, {"derived by one", "2", "b", "second alert"}})
		for _, list := range [][]store.Ref{nil, {}} {
			entries, err := s.Entries(ctx, list)
			texts, err2 := s.Texts(ctx, list)
			if err != nil || err2 != nil || len(entries) != 0 || len(texts) != 0 {
				t.Errorf("no places: got %v, %v, %v, %v, want nothing", entries, texts, err, err2)
			}
		}
	})
	t.Run("places stay while stories change", func(t *testing.T) {
		s, feed := begin(t)
		mustAct(t, s, ActionOn(a, "1", 10, "older", "status", "monitoring", "labels", "b, a", "owner", "kim", "verdict", "malicious", "analystSeverity", "high"))
		mustAct(t, s, ActionOn(a, "2", 11, "newer", "threatType", "phish", "classification", "c", "additionalInfo", "line\nline"))
		mustAppend(t, s, Alert(TenantA, "p", "a2", "1", 12, "third alert"))
		e := entriesOf(t, s, []store.Entry{feed[a]})[0]
		story := mustStory(t, s, a)
		same(t, "head", e.Head, story.Head)
		same(t, "state", e.State, listed(story.State))
		if len(e.State.Comments) != 1 || e.State.Comments[0].Text.Raw() != "newer" || e.State.Actions != nil || e.Ref != feed[a].Ref || e.Number <= feed[a].Number {
			t.Errorf("entry: got %+v, want the newest comment alone, no actions, the same place and a later change", e)
		}
		row := workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
		same(t, "row", row, story.Row)
		inverse := mustStory(t, s, a).State.Actions[1].Inverse()
		inverse.ID, inverse.At = "3", Minute(13)
		mustAct(t, s, inverse)
		e = entriesOf(t, s, []store.Entry{feed[a]})[0]
		same(t, "state once the newest comment is withdrawn", e.State, listed(mustStory(t, s, a).State))
		if e.State.LastComment().Raw() != "older" {
			t.Errorf("newest comment: got %q, want the one before", e.State.LastComment())
		}
		same(t, "the same in the feed", mustChanges(t, s, e.Number-1, 10), []store.Entry{e})
		mustVerify(t, s)
	})
	t.Run("a story that is no more", func(t *testing.T) {
		s, feed := begin(t)
		placeholder := feed[workbench.PlaceholderStory(TenantA, "3")]
		if placeholder.ID == "" {
			t.Fatal("the incident without alerts has no story")
		}
		mustAppend(t, s, Alert(TenantA, "p", "c", "3", 4, "c"))
		e := entriesOf(t, s, []store.Entry{placeholder, feed[b]})
		same(t, "entry", e[0], store.Entry{ID: placeholder.ID, Ref: placeholder.Ref, Number: e[0].Number, Gone: true})
		same(t, "its neighbour", e[1], feed[b])
		if texts := textsOf(t, s, []store.Entry{placeholder, feed[b]}); texts[0] != nil || len(texts[1]) == 0 {
			t.Errorf("texts: got %q, want nil for the one that is no more", texts)
		}
	})
	t.Run("places where there never was a story", func(t *testing.T) {
		s, feed := begin(t)
		for _, bad := range []store.Ref{{}, {Tenant: "elsewhere", Place: 1}, {Tenant: TenantA, Place: 1 << 40}, {Tenant: TenantA}, {Tenant: TenantA, Place: ^uint64(0)}} {
			entries, err := s.Entries(ctx, []store.Ref{feed[a].Ref, bad})
			texts, err2 := s.Texts(ctx, []store.Ref{feed[a].Ref, bad})
			if !errors.Is(err, workbench.ErrNotFound) || !errors.Is(err2, workbench.ErrNotFound) || entries != nil || texts != nil {
				t.Errorf("%v: got %v, %v, %v, %v, want ErrNotFound alone", bad, entries, texts, err, err2)
			}
		}
	})
	t.Run("entries are those of the feed and of stories", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) {
			s := open(t, Deriver{Name: "one"})
			defer s.Close()
			var known []store.Entry
			for step := range rapid.IntRange(1, 6).Draw(r, "steps") {
				mustAppend(t, s, rapid.SliceOfN(rapid.Custom(drawDocument), 1, 6).Draw(r, "documents")...)
				feed := mustChanges(t, s, 0, 1_000)
				story := rapid.SampledFrom(feed).Draw(r, "story").ID
				if _, _, err := s.Act(ctx, everyone, drawAction(r, story, step)); err != nil && !errors.As(err, new(*workbench.Invalid)) && !errors.Is(err, workbench.ErrNotFound) {
					r.Fatalf("Act: %v", err)
				}
				known = mustChanges(t, s, 0, 1_000)
			}
			list := rapid.Permutation(known).Draw(r, "order")
			texts := textsOf(t, s, list)
			for i, e := range entriesOf(t, s, list) {
				same(t, fmt.Sprint("entry ", i), e, list[i])
				if e.Gone {
					continue
				}
				story := mustStory(t, s, e.ID)
				same(t, "head", e.Head, story.Head)
				same(t, "state", e.State, listed(story.State))
				if len(texts[i]) == 0 || texts[i][0] != story.Summary.Raw() {
					t.Errorf("texts of %s: got %q, want its summary first", e.ID, texts[i])
				}
			}
		})
	})
}
