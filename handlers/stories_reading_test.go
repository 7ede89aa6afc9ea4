package handlers_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
)

// TestSearchesSayWhatIsStillBeingRead asks every form of the list for a text while what stands inside stories is not all read, and when it is.
func TestSearchesSayWhatIsStillBeingRead(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	q := s.counting()
	query := "?q=" + url.QueryEscape(strings.Fields(s.rows()[0].Indication.Raw())[0])
	q.farBehind = true
	if page := s.mustGet("/stories" + query); !strings.Contains(page, "still being read, 50 of 100 so far: stories are missing here") {
		t.Error("the page does not say how much is searched")
	}
	q.farBehind = false
	for _, behind := range []bool{true, false} {
		q.behind = behind
		for _, grouped := range []string{"", "&group=status"} {
			if page := s.mustGet("/stories" + query + grouped); strings.Contains(page, "is still being read") != behind {
				t.Errorf("behind %t, group %q: the page says otherwise", behind, grouped)
			}
			var answer struct{ AsOf, Inside *store.Change }
			if err := json.Unmarshal([]byte(s.mustGet("/stories.json"+query+grouped)), &answer); err != nil || answer.Inside == nil || (*answer.Inside < *answer.AsOf) != behind {
				t.Errorf("behind %t, group %q: JSON says %+v, %v", behind, grouped, answer, err)
			}
			for _, path := range []string{"/stories.csv", "/stories.ndjson"} {
				for _, page := range []string{"", "&limit=1"} {
					h := s.get(path + query + grouped + page).Header()
					if (h.Get("Workbench-Inside") != "") != behind || strings.Contains(h.Get("Content-Disposition"), "-still-reading") != behind {
						t.Errorf("behind %t, %s%s%s: the headers say %q and %q", behind, path, grouped, page, h.Get("Workbench-Inside"), h.Get("Content-Disposition"))
					}
				}
			}
		}
	}
	q.behind = true
	if page := s.mustGet("/stories"); strings.Contains(page, "is still being read") {
		t.Error("a list that searches nothing says that a search misses something")
	}
	if body := s.mustGet("/stories.json"); strings.Contains(body, `"inside"`) {
		t.Error("a list that searches nothing says how far a search went")
	}
}

// unsearchable are lists that refuse texts.
type unsearchable struct{ store.Queries }

func (q unsearchable) Stories(ctx context.Context, scope workbench.Scope, query store.Query) (store.Page, error) {
	if query.Text != "" {
		return store.Page{}, (*workbench.Invalid)(nil).Set("q", "has a word that nearly every story contains; search for a longer one")
	}
	return q.Queries.Stories(ctx, scope, query)
}

func TestTextsThatCannotBeSearchedAreExplained(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	s.over(s.store, unsearchable{s.index})
	for _, c := range []struct {
		target, says string
		code         int
		headers      []string
	}{
		{"/stories?q=com", "The search cannot be made like this.", 400, nil}, {"/stories?q=com", "The search cannot be made like this.", 400, []string{"HX-Request", "true"}},
		{"/stories?q=com&group=status", "The search cannot be made like this.", 400, nil}, {"/stories.json?q=com", `"q"`, 422, nil},
	} {
		w := s.get(c.target, c.headers...)
		if body := w.Body.String(); w.Code != c.code || !strings.Contains(body, "has a word that nearly every story contains") || !strings.Contains(body, c.says) {
			t.Errorf("%s answers %d: %.300s", c.target, w.Code, body)
		}
	}
}
