package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/store"
	"workbench/views/stories"
)

func TestCompressedPagesAreKeptForTheirMinute(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	s.mustGet("/stories")
	for _, encoding := range []string{"gzip", "zstd"} {
		ask := func() (string, string) {
			w := s.get("/stories", "Accept-Encoding", encoding)
			length, packed := w.Header().Get("Content-Length"), w.Body.String()
			body, err := unpacked(t, w.Header().Get("Content-Encoding"), w.Body)
			if err != nil || w.Header().Get("Content-Encoding") != encoding || length == "" || w.Header().Get("ETag") == "" {
				t.Fatalf("%s: %v, %v", encoding, err, w.Header())
			}
			return packed, string(body)
		}
		packed, body := ask()
		if again, _ := ask(); again != packed || body != s.mustGet("/stories") {
			t.Errorf("%s: within a minute the page is another", encoding)
		}
		s.now = s.now.Add(time.Hour)
		if _, later := ask(); later == body || later != s.mustGet("/stories") {
			t.Errorf("%s: an hour later the page says old ages", encoding)
		}
		if w := s.do(http.MethodHead, "/stories", nil, "Accept-Encoding", encoding); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: HEAD says the length of what is compressed", encoding)
		}
	}
}

// TestOnlyRangesThatRollAreForgottenByTheMinute asks again a minute later.
func TestOnlyRangesThatRollAreForgottenByTheMinute(t *testing.T) {
	for query, rolls := range map[string]bool{
		"time=48h": true, "t%69me=48h": true, "time=all": false, "": false, "q=time": false, "timeField=created": false, "base=ti%6De": false,
		"time=2026-11-01..2026-11-22": false, "time=": false,
	} {
		s := newStack(t).withSamples().signedIn()
		q := s.counting()
		s.mustGet("/stories?" + query)
		asked := q.lists.Load()
		s.mustGet("/stories?" + query)
		if q.lists.Load() != asked {
			t.Errorf("%q: the page is not kept at all", query)
		}
		s.now = s.now.Add(time.Minute)
		s.mustGet("/stories?" + query)
		if got := q.lists.Load() != asked; got != rolls {
			t.Errorf("%q: found anew a minute later: %t", query, got)
		}
	}
}

// forgetful is a store that cannot read what accounts prefer.
type forgetful struct {
	store.Store
	fail bool
}

var errForgotten = errors.New("the preferences cannot be read")

func (f *forgetful) Preferences(ctx context.Context, id workbench.AccountID) (workbench.Preferences, error) {
	if f.fail {
		return workbench.Preferences{}, errForgotten
	}
	return f.Store.Preferences(ctx, id)
}

func TestColumnsThatCannotBeReadAreAnError(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	st := &forgetful{Store: s.store, fail: true}
	s.over(st, s.index)
	for _, target := range []string{"/stories?base=all", "/stories.csv", "/stories.csv?limit=3"} {
		if w := s.get(target); w.Code != http.StatusInternalServerError {
			t.Errorf("%s answers %d without knowing the columns", target, w.Code)
		}
	}
	st.fail = false
	s.mustGet("/stories?base=all")
}

func TestRowsOfOpenGroupsAreKept(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	q := s.counting()
	s.mustGet("/stories?limit=1000")
	rows, whole := q.rows.Load(), q.whole.Load()
	page := s.mustGet("/stories?group=status&in=" + stories.GroupID("status", string(workbench.StatusOpen)))
	shown := elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "tr" && strings.HasPrefix(attribute(n, "id"), "story-") })
	if len(shown) == 0 || q.rows.Load() != rows || q.whole.Load() != whole {
		t.Errorf("an open group with %d stories reads %d rows that were rendered before", len(shown), q.rows.Load()-rows+q.whole.Load()-whole)
	}
}

func TestRestOfAFacet(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	page := mustParse(t, s.mustGet("/stories?sort=-criticality"))
	boxes := func(n *html.Node) int {
		return len(elements(n, func(n *html.Node) bool { return attribute(n, "name") == "mitre" && n.Data == "input" }))
	}
	links := elements(page, func(n *html.Node) bool {
		return n.Data == "a" && attribute(n, "class") == "facet-more-name" && attribute(n, "hx-target") == "#facet-more-mitre"
	})
	if len(links) != 1 || boxes(page) != 8 {
		t.Fatalf("the page has %d links to the rest of the techniques, and %d of them", len(links), boxes(page))
	}
	to := attribute(links[0], "href")
	all := boxes(mustParse(t, s.mustGet(to)))
	if all <= 8 {
		t.Errorf("without a script, %s shows %d techniques", to, all)
	}
	w := s.get(to, "HX-Request", "true", "HX-Target", "facet-more-mitre")
	if part := w.Body.String(); boxes(mustParse(t, part)) != all-8 || strings.Contains(part, "story-row") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s answers %d techniques alone: %.200s", to, boxes(mustParse(t, part)), part)
	}
	for _, field := range []string{"nothing", "status", "<script>"} {
		if w := s.get(to, "HX-Request", "true", "HX-Target", "facet-more-"+field); w.Code != http.StatusNotFound {
			t.Errorf("the rest of %q, of which there is none, answers %d", field, w.Code)
		}
	}
	for _, n := range elements(mustParse(t, s.mustGet("/stories?facet=nothing&facet=mitre&facet=mitre")), func(n *html.Node) bool { return attribute(n, "class") == "histogram-band" }) {
		if to := attribute(n, "href"); strings.Count(to, "facet=") != 1 {
			t.Errorf("a link leads to %s", to)
		}
	}
}
