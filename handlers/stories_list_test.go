package handlers_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"workbench"
	"workbench/views/stories"
)

// listAnswer is what /stories.json gives.
type listAnswer struct {
	Stories []workbench.Row `json:"stories"`
	Total   int             `json:"total"`
	Facets  map[string][]struct {
		Value string `json:"value"`
		Count int    `json:"count"`
	} `json:"facets"`
	Next *string `json:"next"`
	AsOf uint64  `json:"asOf"`
}

func (s *stack) list(query string) listAnswer {
	s.t.Helper()
	var a listAnswer
	if err := json.Unmarshal([]byte(s.mustGet("/stories.json"+query)), &a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

func TestListFilters(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	all := s.list("?limit=1000").Stories
	if len(all) < 20 {
		t.Fatalf("there are %d sample stories", len(all))
	}
	word := strings.Fields(all[0].Indication.Raw())[0]
	for _, c := range []struct {
		name, query string
		keeps       func(workbench.Row) bool
	}{
		{"producer type", "producerType=microsoftEndpointAlert", func(r workbench.Row) bool { return r.ProducerType == workbench.MicrosoftEndpointAlert }},
		{"not a producer type", "producerType=!microsoftEndpointAlert", func(r workbench.Row) bool { return r.ProducerType != workbench.MicrosoftEndpointAlert }},
		{"one of two statuses", "status=closed&status=open", func(r workbench.Row) bool { return r.Status == "closed" || r.Status == "open" }},
		{"not closed", "status=!closed", func(r workbench.Row) bool { return r.Status != "closed" }},
		{"a range of criticality", "criticality=7..10", func(r workbench.Row) bool { return r.Criticality >= 7 }},
		{"a criticality", "criticality=3", func(r workbench.Row) bool { return r.Criticality == 3 }},
		{"severity", "severity=high", func(r workbench.Row) bool { return r.Severity.Is("high") }},
		{"no verdict", "verdict=none", func(r workbench.Row) bool { return r.Verdict == "" }},
		{"tenant", "tenant=" + url.QueryEscape(string(all[0].Tenant.ID)), func(r workbench.Row) bool { return r.Tenant.ID == all[0].Tenant.ID }},
		{"fields together", "severity=high&status=!closed&criticality=8..10", func(r workbench.Row) bool {
			return r.Severity.Is("high") && r.Status != "closed" && r.Criticality >= 8
		}},
		{"the last six hours", "time=6h", func(r workbench.Row) bool { return !r.UpdatedAt.Time.Before(noon.Add(-6 * 3600e9)) }},
		{"a day created", "time=2026-11-22..2026-11-22&timeField=created", func(r workbench.Row) bool { return r.CreatedAt.Format("2006-01-02") == "2026-11-22" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := []string{}
			for _, r := range all {
				if c.keeps(r) {
					want = append(want, string(r.ID))
				}
			}
			answer := s.list("?limit=1000&" + c.query)
			got := []string{}
			for _, r := range answer.Stories {
				got = append(got, string(r.ID))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) || answer.Total != len(want) {
				t.Errorf("got %d of total %d, want %d", len(got), answer.Total, len(want))
			}
		})
	}
	t.Run("text", func(t *testing.T) {
		answer := s.list("?q=" + url.QueryEscape(strings.ToUpper(word)))
		if !slices.ContainsFunc(answer.Stories, func(r workbench.Row) bool { return r.ID == all[0].ID }) || answer.Total == len(all) {
			t.Errorf("%q finds %d stories", word, answer.Total)
		}
		if got := s.list("?q=nothing-has-this-word").Total; got != 0 {
			t.Errorf("a word that stands nowhere finds %d", got)
		}
	})
	t.Run("facets count under all filters but their own", func(t *testing.T) {
		answer := s.list("?status=closed")
		total := 0
		for _, c := range answer.Facets["status"] {
			total += c.Count
		}
		if total != len(all) {
			t.Errorf("the statuses count %d stories, want all %d", total, len(all))
		}
		total = 0
		for _, c := range answer.Facets["producerType"] {
			total += c.Count
		}
		if total != answer.Total {
			t.Errorf("the producer types count %d stories, want the %d closed ones", total, answer.Total)
		}
	})
}

func TestListRefusesWhatItDoesNotUnderstand(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	many := strings.Repeat("owner=a&", 300)
	for _, c := range []struct{ query, names string }{
		{"colour=red", "colour"}, {"status=asleep", "status"}, {"criticality=0..99", "criticality"}, {"criticality=9..3", "criticality"}, {"time=soon", "time"},
		{"time=2026-11-22..2026-11-01", "time"}, {"timeField=never", "timeField"}, {"sort=beauty", "sort"}, {"limit=0", "limit"}, {"limit=1001", "limit"},
		{"q=a&q=b", "q"}, {many, ""}, {"q=" + strings.Repeat("x", 5000), ""}, {"owner=" + strings.Repeat("x", 2000), "owner"},
	} {
		w := s.get("/stories.json?" + c.query)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.names) {
			t.Errorf("%.40s: JSON answers %d: %.200s", c.query, w.Code, w.Body)
		}
		page := s.get("/stories?" + c.query)
		if page.Code != http.StatusBadRequest || strings.Contains(page.Body.String(), "panic") {
			t.Errorf("%.40s: the page answers %d", c.query, page.Code)
		}
	}
	if w := s.get("/stories.json?after=forged"); w.Code != http.StatusBadRequest {
		t.Errorf("a forged cursor answers %d", w.Code)
	}
	if w := s.get("/stories?q=" + strings.Repeat("x", 70_000)); w.Code != http.StatusRequestURITooLong {
		t.Errorf("a long address answers %d", w.Code)
	}
}

func TestListPagesThroughEverythingOnce(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	want := s.list("?limit=1000&sort=-severity,indication")
	seen := []string{}
	query := "?limit=7&sort=-severity,indication"
	for page := 0; ; page++ {
		answer := s.list(query)
		for _, r := range answer.Stories {
			seen = append(seen, string(r.ID))
		}
		if answer.Next == nil {
			break
		}
		if page > 100 {
			t.Fatal("the pages do not end")
		}
		query = "?limit=7&sort=-severity,indication&after=" + url.QueryEscape(*answer.Next)
	}
	all := []string{}
	for _, r := range want.Stories {
		all = append(all, string(r.ID))
	}
	if !slices.Equal(seen, all) {
		t.Errorf("the pages give %d stories, want the same %d in the same order", len(seen), len(all))
	}
	first := s.list("?limit=7")
	if w := s.get("/stories.json?limit=7&sort=criticality&after=" + url.QueryEscape(*first.Next)); w.Code != http.StatusBadRequest {
		t.Errorf("a cursor of another query answers %d", w.Code)
	}
}

func TestListInEveryForm(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	total := s.list("").Total
	records, err := csv.NewReader(strings.NewReader(s.mustGet("/stories.csv"))).ReadAll()
	if err != nil || len(records) != total+1 {
		t.Errorf("CSV has %d lines, want %d; %v", len(records), total+1, err)
	}
	if lines := bytes.Count([]byte(s.mustGet("/stories.ndjson")), []byte("\n")); lines != total {
		t.Errorf("NDJSON has %d lines, want %d", lines, total)
	}
	if w := s.get("/stories", "Accept", "application/json"); w.Header().Get("Content-Type") != "application/json" || !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept") {
		t.Errorf("the Accept header gives %q", w.Header().Get("Content-Type"))
	}
	page := mustParse(t, s.mustGet("/stories?limit=1000"))
	text := words(page)
	for _, r := range s.list("?limit=1000").Stories {
		if !strings.Contains(s.mustGet("/stories?limit=1000"), string(r.ID)) {
			t.Errorf("the page misses story %s", r.ID)
		}
	}
	if !strings.Contains(text, strconv.Itoa(total)) {
		t.Errorf("the page does not say that there are %d stories", total)
	}
	partial := s.mustGet("/stories?limit=1000", "HX-Request", "true")
	if whole := s.mustGet("/stories?limit=1000"); !strings.Contains(whole, partial) || strings.Contains(partial, "<html") {
		t.Error("the partial does not stand in the page")
	}
	w := s.get("/stories")
	if tag := w.Header().Get("ETag"); tag == "" || s.get("/stories", "If-None-Match", tag).Code != http.StatusNotModified {
		t.Errorf("an unchanged list with tag %q is sent again", tag)
	}
}

func TestDisplayIsChosenOnTheServer(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	w := s.do(http.MethodPost, "/settings/display", url.Values{"theme": {"dark"}, "zone": {"Europe/Rome"}, "density": {"compact"}, "return": {"/stories?q=x"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/stories?q=x" {
		t.Fatalf("got %d to %q", w.Code, w.Header().Get("Location"))
	}
	cookie := w.Result().Cookies()[0]
	page := s.mustGet("/sign-in?x=1", "Cookie", cookie.Name+"="+cookie.Value)
	if !strings.Contains(page, `data-theme="dark"`) || !strings.Contains(page, `data-density="compact"`) {
		t.Error("the sign-in page does not have the chosen theme and density")
	}
	for _, forged := range []url.Values{{"theme": {"<script>"}}, {"zone": {"../../etc/passwd"}}, {"density": {"x"}}, {"zone": {"Local"}}} {
		w := s.do(http.MethodPost, "/settings/display", forged)
		if w.Code != http.StatusSeeOther {
			t.Errorf("%v: answers %d", forged, w.Code)
		}
		cookie := w.Result().Cookies()[0]
		if page := s.get("/nowhere", "Cookie", cookie.Name+"="+cookie.Value); strings.Contains(page.Body.String(), "<script>") {
			t.Errorf("%v reaches the page", forged)
		}
	}
}

func TestEveryColumnSorts(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	page := mustParse(t, s.mustGet("/stories?columns="+strings.Join(stories.ColumnKeys(), ",")))
	sorted := 0
	for _, head := range elements(page, func(n *html.Node) bool { return n.Data == "th" && attribute(n, "data-column") != "" }) {
		links := elements(head, func(n *html.Node) bool { return n.Data == "a" })
		if slices.Contains([]string{"techniques", "additionalInfo", "labels", "lastComment", "summary"}, attribute(head, "data-column")) { // free text, or lists of it, has no order that helps anyone
			if len(links) != 0 {
				t.Errorf("the column %s sorts", attribute(head, "data-column"))
			}
			continue
		}
		if len(links) != 1 {
			t.Errorf("the column %s has %d links to sort by it", attribute(head, "data-column"), len(links))
			continue
		}
		if w := s.get(attribute(links[0], "href")); w.Code != http.StatusOK {
			t.Errorf("sorting by %s answers %d", attribute(head, "data-column"), w.Code)
		}
		sorted++
	}
	if sorted != len(stories.ColumnKeys())-5 {
		t.Errorf("%d of %d columns sort", sorted, len(stories.ColumnKeys()))
	}
}
