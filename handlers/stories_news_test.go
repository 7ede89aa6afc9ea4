package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"workbench"
	"workbench/store"
)

// news is what /stories/news.json gives.
func (s *stack) news(query string) store.News {
	s.t.Helper()
	var n store.News
	decoder := json.NewDecoder(strings.NewReader(s.mustGet("/stories/news.json" + query)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func since(n uint64) string { return strconv.FormatUint(n, 10) }

func TestNewsRespectsFiltersAndScope(t *testing.T) {
	s := newStack(t).signedIn()
	empty := s.list("").AsOf
	s.withSamples()
	all := s.list("?limit=1000")
	high, total := s.list("?limit=1000&severity=high").Total, all.Total
	if high == 0 || high == total {
		t.Fatalf("%d of %d sample stories are of high severity", high, total)
	}
	for query, want := range map[string]int{"": total, "&severity=high": high, "&severity=!high": total - high, "&q=no+story+has+these+words": 0,
		"&limit=1": total, "&columns=criticality": total, "&sort=created": total} {
		if got := s.news("?since=" + since(empty) + query); got.New != want || got.Changed != 0 || uint64(got.AsOf) != all.AsOf {
			t.Errorf("since the empty list, with %q: got %+v, want %d new as of %d", query, got, want, all.AsOf)
		}
	}
	if got := s.news("?since=" + since(all.AsOf)); got.New+got.Changed != 0 {
		t.Errorf("since now: got %+v", got)
	}

	acted := all.Stories[0]
	s.act(acted.ID, url.Values{"owner": {"Kim"}})
	if got := s.news("?since=" + since(all.AsOf)); got.New != 0 || got.Changed != 1 {
		t.Errorf("after somebody acted on a story: got %+v, want 1 changed", got)
	}
	if got := s.news("?owner=none&since=" + since(all.AsOf)); got.New+got.Changed != 0 {
		t.Errorf("in a list that it left: got %+v, want nothing", got)
	}

	tenant := acted.Tenant.ID
	seen := s.list("?limit=1000&tenant=" + url.QueryEscape(string(tenant))).Total
	s.signedIn(viewer("narrow", tenant))
	if got := s.news("?since=" + since(empty)); got.New+got.Changed != seen || seen == total {
		t.Errorf("an account of one tenant: got %+v, want its %d of %d", got, seen, total)
	}
	s.signedIn(viewer("nobody"))
	if got := s.news("?since=" + since(empty)); got.New+got.Changed != 0 {
		t.Errorf("an account of no tenant: got %+v", got)
	}
}

// act manages a story as its form does, and waits until lists show it.
func (s *stack) act(id workbench.StoryID, form url.Values) {
	s.t.Helper()
	before := s.index.Applied()
	if w := s.do(http.MethodPost, "/stories/"+string(id)+"/manage", form); w.Code >= 400 {
		s.t.Fatalf("managing a story answers %d: %.300s", w.Code, w.Body)
	}
	if err := s.index.WaitApplied(s.t.Context(), before+1); err != nil {
		s.t.Fatal(err)
	}
}

func TestNewsLine(t *testing.T) {
	s := newStack(t).signedIn()
	address := func(page string) string {
		lines := elements(mustParse(t, page), func(n *html.Node) bool { return attribute(n, "data-live") == "stories" })
		if len(lines) != 1 {
			t.Fatalf("got %d lines of news, want one", len(lines))
		}
		return attribute(lines[0], "data-address")
	}
	own := address(s.mustGet("/stories?severity=high&sort=created"))
	if line := s.mustGet(own, "HX-Request", "true"); address(line) != own || words(mustParse(t, line)) != "" {
		t.Errorf("with nothing new, %s gives %s", own, line)
	}
	s.withSamples()
	line := s.mustGet(own, "HX-Request", "true")
	want := s.list("?limit=1000&severity=high").Total
	if got := words(mustParse(t, line)); got != strconv.Itoa(want)+" new: load" || strings.Contains(line, "<html") {
		t.Errorf("got %q, want %d new, and no whole page", got, want)
	}
	if address(line) != own {
		t.Errorf("the line asks again at %q, want %q", address(line), own)
	}
	for _, a := range elements(mustParse(t, line), func(n *html.Node) bool { return n.Data == "a" }) {
		load := attribute(a, "href")
		if load != attribute(a, "hx-get") || strings.Contains(load, "since") {
			t.Errorf("it loads %q, or %q with script", load, attribute(a, "hx-get"))
		}
		if page := s.mustGet(load); words(mustParse(t, s.mustGet(address(page), "HX-Request", "true"))) != "" {
			t.Error("after it was loaded, the list still has news")
		}
	}
}

func TestBadNews(t *testing.T) {
	s := newStack(t).withSamples()
	if w := s.get("/stories/news.json?since=0"); w.Code != http.StatusSeeOther {
		t.Errorf("signed out: got %d, want the way to the sign-in page", w.Code)
	}
	s.signedIn()
	hostile := []string{"", "-1", "+1", "1.5", "0x10", "1e3", " 1", "１", "NaN", "18446744073709551616", strings.Repeat("9", 4000), "<script>", "' or 1=1", "\x00", "\xff"}
	for _, h := range hostile {
		for _, path := range []string{"/stories/news", "/stories/news.json"} {
			w := s.get(path + "?since=" + url.QueryEscape(h))
			if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "<script>") {
				t.Errorf("%s with since %.20q: got %d, want 422: %.200s", path, h, w.Code, w.Body)
			}
		}
	}
	for query, want := range map[string]int{
		"": 422, "since=0&nonsense=1": 422, "since=0&time=yesterday": 422, "since=0&limit=0": 422, "since=0&sort=nothing": 422, "since=0&criticality=99..1": 422,
		"since=0&q=a&q=b": 422, "since=0&q=" + strings.Repeat("a", 9<<10): 414, "since=18446744073709551615": 200, "since=0": 200,
	} {
		if w := s.get("/stories/news.json?" + query); w.Code != want {
			t.Errorf("%.60q: got %d, want %d: %.200s", query, w.Code, want, w.Body)
		}
	}
}
