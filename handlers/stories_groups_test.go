package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"workbench"
	"workbench/store"
	"workbench/views/stories"
)

// groupsAnswer is what /stories.json?group= gives.
type groupsAnswer struct {
	Groups []groupAnswer `json:"groups"`
	Count  int           `json:"count"`
	Total  int           `json:"total"`
	Next   *string       `json:"next"`
	AsOf   uint64        `json:"asOf"`
}

type groupAnswer struct {
	Value     string         `json:"value"`
	Label     string         `json:"label"`
	Count     int            `json:"count"`
	High      int            `json:"high"`
	Medium    int            `json:"medium"`
	Low       int            `json:"low"`
	UpdatedAt workbench.Time `json:"updatedAt"`
}

func (s *stack) grouped(query string) groupsAnswer {
	s.t.Helper()
	var a groupsAnswer
	if err := json.Unmarshal([]byte(s.mustGet("/stories.json"+query)), &a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

func TestGroupsCountTheWholeResult(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, by := range store.GroupFields {
		t.Run(string(by), func(t *testing.T) {
			answer := s.grouped("?limit=1000&status=!closed&group=" + string(by))
			total := 0
			for _, g := range answer.Groups {
				total += g.Count
				if g.Count != g.High+g.Medium+g.Low || g.Count == 0 || g.Label == "" || g.UpdatedAt.IsZero() {
					t.Errorf("got the group %+v", g)
				}
				found := s.list("?limit=1000&status=!closed&" + url.Values{string(by): {g.Value}}.Encode())
				high := 0
				for _, r := range found.Stories {
					if r.Criticality >= 7 {
						high++
					}
				}
				if by != store.Status && (found.Total != g.Count || high != g.High) {
					t.Errorf("the list filtered to %q has %d stories, %d high; the group says %d and %d", g.Value, found.Total, high, g.Count, g.High)
				}
			}
			if want := s.list("?status=!closed").Total; total != want || answer.Total != want || answer.Count != len(answer.Groups) {
				t.Errorf("the groups have %d stories, say %d, want %d; %d groups of %d", total, answer.Total, want, len(answer.Groups), answer.Count)
			}
		})
	}
}

func TestGroupsPageThroughEverythingOnce(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	all := s.grouped("?limit=1000&group=incident")
	var seen, pages []string
	query := "?limit=3&group=incident"
	for {
		answer := s.grouped(query)
		for _, g := range answer.Groups {
			seen = append(seen, g.Value)
		}
		pages = append(pages, query)
		if answer.Next == nil {
			break
		}
		query = "?limit=3&group=incident&after=" + url.QueryEscape(*answer.Next)
	}
	var want []string
	for _, g := range all.Groups {
		want = append(want, g.Value)
	}
	if !slices.Equal(seen, want) || len(pages) < 3 {
		t.Errorf("%d pages have the groups %v, want %v", len(pages), seen, want)
	}
	if w := s.get("/stories" + strings.Replace(pages[1], "incident", "source", 1)); w.Code != http.StatusBadRequest {
		t.Errorf("a cursor of another list answers %d", w.Code)
	}
	page := s.mustGet("/stories" + pages[1])
	if !strings.Contains(page, "3 of ") || !strings.Contains(page, "First page") {
		t.Error("the second page does not say what it is")
	}
}

func TestUnknownGroupIsSaid(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, by := range []string{"colour", "owner", "criticality", strings.Repeat("x", 3000), "<script>"} {
		w := s.get("/stories?" + url.Values{"group": {by}}.Encode())
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "grouped by") || strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("group %.20q answers %d", by, w.Code)
		}
		if w := s.get("/stories.json?" + url.Values{"group": {by}}.Encode()); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "group") {
			t.Errorf("group %.20q answers %d as JSON", by, w.Code)
		}
	}
	if w := s.get("/stories?group=source&group=status"); w.Code != http.StatusBadRequest {
		t.Errorf("two groups answer %d", w.Code)
	}
}

func TestGroupsAsRows(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	all := s.grouped("?limit=1000&group=producer")
	records, err := csv.NewReader(strings.NewReader(s.mustGet("/stories.csv?group=producer"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != all.Count+1 || strings.Join(records[0], ",") != "value,label,count,high,medium,low,updatedAt" || records[1][1] != all.Groups[0].Label {
		t.Errorf("got %d records, %v", len(records), records[:2])
	}
	lines := strings.Split(strings.TrimSpace(s.mustGet("/stories.ndjson?group=producer")), "\n")
	var first groupAnswer
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || len(lines) != all.Count || first != all.Groups[0] {
		t.Errorf("got %d lines, %s, %v", len(lines), lines[0], err)
	}
	if some := strings.Split(strings.TrimSpace(s.mustGet("/stories.csv?group=producer&limit=2")), "\r\n"); len(some) != 3 {
		t.Errorf("two groups are %d lines", len(some))
	}
}

func TestOpenGroupShowsItsStories(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	query := "?group=incident&status=!closed&sort=-criticality"
	answer := s.grouped(query)
	i := slices.IndexFunc(answer.Groups, func(g groupAnswer) bool { return g.Count > 1 })
	if i < 0 {
		t.Fatal("no incident of the samples has several stories")
	}
	g := answer.Groups[i]
	closed := mustParse(t, s.mustGet("/stories"+query))
	if rows := elements(closed, func(n *html.Node) bool { return n.Data == "tr" }); len(rows) != 0 {
		t.Errorf("closed groups have %d rows", len(rows))
	}
	toggles := elements(closed, func(n *html.Node) bool { return attribute(n, "id") == "group-"+stories.GroupID("incident", g.Value) })
	if len(toggles) != 1 || attribute(toggles[0], "aria-expanded") != "false" || attribute(toggles[0].Parent, "hx-boost") != "true" {
		t.Fatalf("the group has %d toggles", len(toggles))
	}
	for _, headers := range [][]string{nil, {"HX-Request", "true"}} {
		open := mustParse(t, s.mustGet(attribute(toggles[0], "href"), headers...))
		var got, want []string
		for _, n := range elements(open, func(n *html.Node) bool { return n.Data == "tr" && strings.HasPrefix(attribute(n, "id"), "story-") }) {
			got = append(got, strings.TrimPrefix(attribute(n, "id"), "story-"))
		}
		for _, r := range s.list("?status=!closed&sort=-criticality&incident=" + url.QueryEscape(g.Value)).Stories {
			want = append(want, string(r.ID))
		}
		if !slices.Equal(got, want) {
			t.Errorf("the open group shows %v, want %v", got, want)
		}
	}
	if page := s.mustGet("/stories" + query + "&in=nothing&in=" + url.QueryEscape("<script>")); strings.Contains(page, "<script>") || strings.Contains(page, `aria-expanded="true"`) && strings.Contains(page, "<tbody>") {
		t.Error("what is no group opens one")
	}
}

// The values of groups come from outside. They stay text, and where no address can say one its stories are shown all the same.
func TestHostileGroups(t *testing.T) {
	s := newStack(t)
	device := func(name string) string {
		text, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		return `{"@odata.type":"#microsoft.graph.security.deviceEvidence","mdeDeviceId":"d","deviceDnsName":` + string(text) + `}`
	}
	names := []string{"!except", `<script>alert(1)</script>`, "7..10", "None", "a&group=status", strings.Repeat("long ", 200)}
	for i, name := range names {
		id := string(rune('a' + i))
		s.load(id, []byte(`{"id":"`+id+`","incidentId":"`+id+`","title":"`+id+`","serviceSource":"microsoftDefenderForEndpoint","evidence":[`+device(name)+`]}`))
	}
	s.signedIn()
	answer := s.grouped("?group=source")
	if answer.Total != len(names) {
		t.Fatalf("got %+v", answer)
	}
	query := "?group=source"
	for _, g := range answer.Groups {
		query += "&in=" + stories.GroupID("source", g.Value)
	}
	root := mustParse(t, s.mustGet("/stories"+query))
	rows := elements(root, func(n *html.Node) bool { return n.Data == "tr" && strings.HasPrefix(attribute(n, "id"), "story-") })
	if len(rows) != len(names) {
		t.Errorf("the open groups show %d stories, want %d", len(rows), len(names))
	}
	if n := elements(root, func(n *html.Node) bool { return n.Data == "script" && attribute(n, "src") == "" }); len(n) != 0 {
		t.Error("a group's name became a script")
	}
	for _, n := range elements(root, func(n *html.Node) bool { return n.Data == "a" && attribute(n, "class") == "story-group-link" }) {
		if w := s.get(attribute(n, "href")); w.Code != http.StatusOK {
			t.Errorf("a group leads to %s, which answers %d", attribute(n, "href"), w.Code)
		}
	}
	for _, record := range strings.Split(s.mustGet("/stories.csv?group=source"), "\r\n") {
		if strings.HasPrefix(record, "=") || strings.HasPrefix(record, "@") {
			t.Errorf("got the record %q", record)
		}
	}
}

func TestGroupsOfOtherTenantsAreNotSeen(t *testing.T) {
	s := newStack(t).withSamples()
	there := s.rows()[0]
	s.signedIn(workbench.Account{ID: "stranger", Name: "stranger", Role: workbench.Viewer, Grants: []workbench.TenantID{"00000000-0000-0000-0000-00000000ffff"}})
	for _, by := range store.GroupFields {
		answer := s.grouped("?group=" + string(by))
		if answer.Count != 0 || len(answer.Groups) != 0 {
			t.Errorf("%s: got %+v", by, answer)
		}
		if page := s.mustGet("/stories?group=" + string(by)); strings.Contains(page, string(there.Tenant.ID)) {
			t.Errorf("%s: the page tells of another tenant", by)
		}
	}
}
