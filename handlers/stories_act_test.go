package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/handlers"
	"workbench/store"
)

func (s *stack) read(id workbench.StoryID) workbench.Story {
	s.t.Helper()
	st, err := s.store.Story(s.t.Context(), workbench.EveryTenant(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

func TestStoryActions(t *testing.T) {
	for _, producer := range []workbench.ProducerType{workbench.MicrosoftEndpointAlert, workbench.GenericIncident} {
		t.Run(string(producer), func(t *testing.T) {
			s := newStack(t).withSamples().signedIn()
			id := s.storyWhere(func(r workbench.Row) bool {
				return r.ProducerType == producer && r.Status == "open" && len(r.MovedTo) == 0
			}).ID
			form := url.Values{"status": {"pendingAnalysis"}, "verdict": {"malicious"}, "analystSeverity": {"high"}, "threatType": {"Malware"}, "classification": {"Loader"},
				"additionalInfo": {"seen <b>before</b>"}, "owner": {"kim"}, "comment": {"=looking"}, "seen": {"0"}}
			w := s.do(http.MethodPost, "/stories/"+string(id)+"/manage", form)
			if w.Code != http.StatusSeeOther {
				t.Fatalf("saving answers %d: %.300s", w.Code, w.Body)
			}
			got := s.read(id)
			if got.Status != "pendingAnalysis" || got.Verdict != "malicious" || got.AnalystSeverity != "high" || got.ThreatType.Raw() != "Malware" || got.Classification.Raw() != "Loader" ||
				got.AdditionalInfo.Raw() != "seen <b>before</b>" || got.Owner.Raw() != "kim" || got.LastComment.Raw() != "=looking" {
				t.Errorf("got %+v", got.Row)
			}
			if rows := s.list("?owner=kim").Stories; len(rows) != 1 || rows[0].Status != "pendingAnalysis" {
				t.Errorf("the list does not know of it: %+v", rows)
			}
			page := words(mustParse(t, s.mustGet("/stories/"+string(id)+"/timeline")))
			for _, word := range []string{"administrator", "Malware", "=looking", "kim"} {
				if !strings.Contains(page, word) {
					t.Errorf("the timeline does not show %q", word)
				}
			}
			if before := s.read(id); true {
				if err := s.store.Rebuild(t.Context(), false, nil); err != nil {
					t.Fatal(err)
				}
				if after := s.read(id); after.Row.Status != before.Row.Status || len(after.Timeline) != len(before.Timeline) {
					t.Error("a rebuild loses what the analyst said")
				}
			}
		})
	}
}

func TestStoryActionsThatCannotBeSaved(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := s.storyWhere(func(r workbench.Row) bool { return r.Status == "open" }).ID
	path := "/stories/" + string(id) + "/manage"
	t.Run("come back with what was typed", func(t *testing.T) {
		w := s.do(http.MethodPost, path, url.Values{"verdict": {"benign"}, "analystSeverity": {"high"}, "comment": {"typed text"}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "typed text") || !strings.Contains(w.Body.String(), "aria-describedby") {
			t.Errorf("got %d", w.Code)
		}
		if len(s.read(id).State.Actions) != 0 {
			t.Error("something was saved")
		}
	})
	t.Run("say that somebody was first", func(t *testing.T) {
		if w := s.do(http.MethodPost, path, url.Values{"status": {"monitoring"}, "seen": {"0"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("got %d", w.Code)
		}
		w := s.do(http.MethodPost, path, url.Values{"status": {"closed"}, "seen": {"0"}, "comment": {"typed text"}})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "typed text") {
			t.Errorf("got %d", w.Code)
		}
		if got := s.read(id).Status; got != "monitoring" {
			t.Errorf("the second save won: %s", got)
		}
	})
	t.Run("are refused when too large", func(t *testing.T) {
		if w := s.do(http.MethodPost, path, url.Values{"comment": {strings.Repeat("x", 300<<10)}}); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("got %d", w.Code)
		}
		if w := s.do(http.MethodPost, path, url.Values{"comment": {strings.Repeat("x", workbench.MaxActionText+1)}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("change no other field", func(t *testing.T) {
		before := s.read(id)
		w := s.do(http.MethodPost, path, url.Values{"criticality": {"1"}, "id": {"x"}, "by": {"somebody"}, "createdAt": {"2020-01-01T00:00:00Z"}, "tenant": {"x"}, "owner": {"lee"}})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("got %d", w.Code)
		}
		after := s.read(id)
		if after.Criticality != before.Criticality || after.ID != before.ID || after.Tenant != before.Tenant || after.State.Actions[len(after.State.Actions)-1].By != workbench.Administrator || after.Owner.Raw() != "lee" {
			t.Errorf("got %+v", after.Row)
		}
	})
}

func TestStoryActionsOfAnUntouchedForm(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := s.storyWhere(func(r workbench.Row) bool { return r.Status == "open" }).ID
	path := "/stories/" + string(id) + "/manage"
	empty := url.Values{"status": {""}, "verdict": {""}, "analystSeverity": {""}, "threatType": {""}, "owner": {""}, "labels": {""}, "comment": {""}, "seen": {"0"}}
	if w := s.do(http.MethodPost, path, empty); w.Code != http.StatusSeeOther || len(s.read(id).State.Actions) != 0 {
		t.Errorf("saving nothing answers %d and keeps %d actions", w.Code, len(s.read(id).State.Actions))
	}
	s.do(http.MethodPost, path, url.Values{"verdict": {"malicious"}, "analystSeverity": {"high"}})
	if w := s.do(http.MethodPost, path, url.Values{"status": {""}, "verdict": {"benign"}, "analystSeverity": {"high"}}); w.Code != http.StatusSeeOther || s.read(id).AnalystSeverity != "" {
		t.Errorf("a severity left over from the former verdict answers %d and leaves %q", w.Code, s.read(id).AnalystSeverity)
	}
}

func TestUndo(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := s.storyWhere(func(r workbench.Row) bool { return r.Status == "open" }).ID
	manage, undo := "/stories/"+string(id)+"/manage", "/stories/"+string(id)+"/undo"
	s.do(http.MethodPost, manage, url.Values{"status": {"closed"}, "comment": {"done"}})
	s.now = s.now.Add(time.Minute)
	last := s.read(id).State.Actions[0].ID
	if w := s.do(http.MethodPost, undo, url.Values{"action": {last}}); w.Code != http.StatusSeeOther {
		t.Fatalf("got %d", w.Code)
	}
	got := s.read(id)
	if got.Status != "open" || !got.LastComment.IsZero() || len(got.State.Actions) != 2 {
		t.Errorf("got %s, comment %q, %d actions", got.Status, got.LastComment, len(got.State.Actions))
	}
	if w := s.do(http.MethodPost, undo, url.Values{"action": {last}}); w.Code != http.StatusConflict {
		t.Errorf("taking back an older action answers %d", w.Code)
	}
	t.Run("is for one's own", func(t *testing.T) {
		s.do(http.MethodPost, manage, url.Values{"status": {"closed"}})
		actions := s.read(id).State.Actions
		s.signedIn(workbench.Account{ID: "other", Name: "other", Grants: []workbench.TenantID{}, AllGrants: true})
		if w := s.do(http.MethodPost, undo, url.Values{"action": {actions[len(actions)-1].ID}}); w.Code != http.StatusForbidden {
			t.Errorf("got %d", w.Code)
		}
	})
}

// late is an index that does not learn of anything new.
type late struct{ store.Queries }

func (late) WaitApplied(ctx context.Context, _ store.Change) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestActionThatListsDoNotKnowYet(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := s.rows()[0].ID
	server, err := handlers.New(t.Context(), handlers.Config{Store: s.store, Queries: late{s.index}, BaseURL: s.server.BaseURL, Now: s.server.Now, Log: s.server.Log})
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
	w := s.do(http.MethodPost, "/stories/"+string(id)+"/comment", url.Values{"comment": {"noted"}})
	if w.Code != http.StatusSeeOther || s.read(id).LastComment.Raw() != "noted" {
		t.Fatalf("got %d", w.Code)
	}
	if page := words(mustParse(t, s.mustGet(w.Header().Get("Location")))); !strings.Contains(page, "Saved. Lists do not show it yet") {
		t.Error("the page does not say that lists are behind")
	}
}
