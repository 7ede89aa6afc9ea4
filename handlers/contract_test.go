package handlers_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"workbench"
)

// exports are the real exports beside the project, by name; the test is skipped where they are not there.
func exports(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../shared/data/defender/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("needs the real exports, which are not part of the project")
	}
	files := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(p)] = b
	}
	return files
}

// records are the incidents and alerts of an export, as its bytes.
func records(t *testing.T, text []byte) []json.RawMessage {
	t.Helper()
	var page struct{ Value []json.RawMessage }
	if json.Unmarshal(text, &page) == nil && page.Value != nil {
		return page.Value
	}
	var list []json.RawMessage
	if json.Unmarshal(text, &list) == nil {
		return list
	}
	return []json.RawMessage{text}
}

// TestNothingIsLost follows every alert of every real export to its story and holds the story's own documents against the file: the alert
// byte for byte, the incident with everything but its alerts.
func TestNothingIsLost(t *testing.T) {
	for name, text := range exports(t) {
		t.Run(name, func(t *testing.T) {
			s := newStack(t).signedIn()
			s.load(name, text)
			kept := map[string]bool{}     // documents by their bytes
			incidents := map[string]any{} // incidents without alerts
			for _, row := range s.list("?limit=1000").Stories {
				var story struct{ Raw []workbench.RawRef }
				if err := json.Unmarshal([]byte(s.mustGet("/stories/"+string(row.ID)+".json")), &story); err != nil {
					t.Fatal(err)
				}
				for _, ref := range story.Raw {
					body := s.mustGet("/stories/" + string(row.ID) + "/raw/" + ref.Hash.String())
					kept[string(row.ID)+body] = true
					if ref.Kind == workbench.IncidentDocument {
						incidents[row.IncidentID.Raw()] = parsed(t, []byte(body))
					}
				}
			}
			alerts := 0
			follow := func(raw json.RawMessage) {
				alerts++
				members := parsed(t, raw).(map[string]any)
				id, _ := members["id"].(string)
				if id == "" {
					id, _ = members["alertId"].(string)
				}
				w := s.get("/alerts/" + url.PathEscape(id))
				story, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Location"), "/stories/"), "#")
				if w.Code != http.StatusSeeOther {
					t.Errorf("alert %s answers %d", id, w.Code)
				}
				if !kept[story+string(raw)] {
					t.Errorf("alert %s is not in the documents of its story %s as the file has it", id, story)
				}
			}
			for _, record := range records(t, text) {
				members := parsed(t, record).(map[string]any)
				nested, _ := members["alerts"].([]any)
				if _, isIncident := members["redirectIncidentId"]; !isIncident && nested == nil && members["incidentName"] == nil && members["displayName"] == nil {
					follow(record)
					continue
				}
				var incident struct{ Alerts []json.RawMessage }
				if err := json.Unmarshal(record, &incident); err != nil {
					t.Fatal(err)
				}
				for _, a := range incident.Alerts {
					follow(a)
				}
				delete(members, "alerts")
				id := strings.Trim(fmt.Sprint(firstOf(members, "id", "incidentId")), `"`)
				if got := incidents[id]; !reflect.DeepEqual(got, any(members)) {
					t.Errorf("incident %s: got %v, want %v", id, got, members)
				}
			}
			t.Logf("%d alerts followed", alerts)
		})
	}
}

func firstOf(m map[string]any, names ...string) any {
	for _, n := range names {
		if m[n] != nil {
			return m[n]
		}
	}
	return nil
}

func parsed(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// withEverything has the samples and the real exports, where they are there.
func withEverything(t *testing.T) *stack {
	s := newStack(t).withSamples().signedIn()
	paths, _ := filepath.Glob("../../shared/data/defender/*.json")
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		s.load(p, b)
	}
	return s
}

// TestEveryStoryKeepsItsPromises looks at every story that there is: what its numbers are made of, that nothing stands twice, that edges
// say what they are.
func TestEveryStoryKeepsItsPromises(t *testing.T) {
	s := withEverything(t)
	for _, row := range s.rows() {
		st := s.read(row.ID)
		if got := sum(st.CriticalityFactors); got != st.Criticality {
			t.Errorf("story %s: criticality %d, its factors give %d", st.ID, st.Criticality, got)
		}
		for _, a := range st.Alerts {
			if got := sum(a.CriticalityFactors); got != a.Criticality {
				t.Errorf("alert %s: criticality %d, its factors give %d", a.ID, a.Criticality, got)
			}
		}
		for _, f := range st.CriticalityFactors {
			if f.Points == 0 || f.Reason == "" || f.Name == "" {
				t.Errorf("story %s: factor %+v explains nothing", st.ID, f)
			}
		}
		seen := map[string]bool{}
		for _, i := range st.Timeline {
			if i.ID == "" || seen[i.ID] {
				t.Errorf("story %s: timeline item %q (%s) has no id or stands twice", st.ID, i.ID, i.Title)
			}
			seen[i.ID] = true
		}
		for _, sibling := range st.Siblings {
			other := s.read(sibling.ID)
			if other.IncidentID != st.IncidentID || other.AlertCount != sibling.AlertCount || other.Status != sibling.Status || other.Producer != sibling.Producer {
				t.Errorf("story %s: its sibling %+v is not as %s says", st.ID, sibling, other.Indication)
			}
			if !slices.ContainsFunc(other.Siblings, func(back workbench.Sibling) bool { return back.ID == st.ID }) {
				t.Errorf("story %s is no sibling of its sibling %s", st.ID, sibling.ID)
			}
			if page := s.mustGet("/stories/" + string(st.ID)); !strings.Contains(page, `href="/stories/`+string(sibling.ID)) {
				t.Errorf("story %s does not lead to its sibling %s", st.ID, sibling.ID)
			}
		}
		for _, tree := range st.ProcessTrees {
			treePromises(t, tree)
		}
	}
}

func sum(factors []workbench.Factor) int {
	total := 0
	for _, f := range factors {
		total += f.Points
	}
	return min(max(total, 1), 10)
}

func treePromises(t *testing.T, tree workbench.ProcessTree) {
	t.Helper()
	place := map[string]workbench.TreeNode{}
	for _, n := range tree.Nodes {
		parent, hangs := place[n.ParentID]
		switch {
		case n.ParentID != "" && !hangs:
			t.Errorf("node %s stands before its parent %s", n.ID, n.ParentID)
		case n.Kind == workbench.GapNode && (n.Reason == "" || !n.Verdict.IsZero() || n.EvidenceID != ""):
			t.Errorf("gap %s says too little or too much: %+v", n.ID, n)
		case n.Kind != workbench.ProcessNode && n.Kind != workbench.GapNode && (!n.StartedAt.IsZero() || n.ProcessID != nil):
			t.Errorf("%s %s has a start or a process id", n.Kind, n.ID)
		case n.Kind != workbench.ProcessNode && n.Kind != workbench.GapNode && hangs && !n.Inferred:
			t.Errorf("%s %s hangs by an edge that is not marked as inferred", n.Kind, n.ID)
		case n.Kind == workbench.ProcessNode && hangs && !n.Inferred && !parent.StartedAt.IsZero() && parent.StartedAt.After(n.StartedAt.Add(time.Second)):
			t.Errorf("process %s began before its parent", n.ID)
		}
		if _, twice := place[n.ID]; twice {
			t.Errorf("node %s stands twice", n.ID)
		}
		place[n.ID] = n
	}
}

// TestJSONIsPlain holds every answer in JSON against what the contract says of times, absent values and escaping.
func TestJSONIsPlain(t *testing.T) {
	s := withEverything(t)
	hostile := `<b>&\u2028</b>`
	s.load("plain", []byte(`{"id":"plain","incidentId":"9001","serviceSource":"microsoftDefenderForEndpoint","title":"`+hostile+`","evidence":[]}`))
	id := s.list("?q=" + url.QueryEscape("<b>&")).Stories[0].ID
	for _, path := range []string{"/stories.json?limit=1000", "/stories.ndjson", "/stories/" + string(id) + ".json", "/stories/" + string(id) + "/alerts.json"} {
		if body := s.mustGet(path); strings.Contains(body, `\u003c`) || strings.Contains(body, `\u0026`) || !strings.Contains(body, "<b>&") {
			t.Errorf("%s escapes as HTML does", path)
		}
	}
	utc := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?Z$`)
	var walk func(path, name string, v any)
	walk = func(path, name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, child := range v {
				walk(path+"."+k, k, child)
			}
		case []any:
			for _, child := range v {
				walk(path+"[]", "", child)
			}
		case string:
			if v == "" {
				t.Errorf("%s is empty text, want null", path)
			}
			if (strings.HasSuffix(name, "At") || name == "waitingSince") && !utc.MatchString(v) {
				t.Errorf("%s: %q is no time in UTC", path, v)
			}
		}
	}
	walk("list", "", parsed(t, []byte(s.mustGet("/stories.json?limit=1000"))))
	for _, row := range s.rows() {
		walk("story", "", parsed(t, []byte(s.mustGet("/stories/"+string(row.ID)+".json"))))
	}
}

// TestEveryAnswerSaysHowLongItKeeps holds lists and everything else against the contract's caching rules, in every form.
func TestEveryAnswerSaysHowLongItKeeps(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := string(s.rows()[0].ID)
	for _, path := range []string{"/stories", "/stories.json", "/stories.csv", "/stories.ndjson"} {
		if got := s.get(path).Header().Get("Cache-Control"); got != "private, no-cache" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
	for _, path := range []string{"/stories", "/stories.json"} {
		tag := s.get(path).Header().Get("ETag")
		if tag == "" || s.get(path, "If-None-Match", tag).Code != http.StatusNotModified {
			t.Errorf("%s with tag %q is sent again", path, tag)
		}
		s.do(http.MethodPost, "/stories/"+id+"/comment", url.Values{"comment": {"makes " + path + " another"}})
		if w := s.get(path, "If-None-Match", tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
			t.Errorf("%s changed and answers %d", path, w.Code)
		}
	}
	for _, tab := range tabs {
		for _, form := range []string{"", ".json", ".csv"} {
			if tab == "" && form == ".csv" {
				continue
			}
			if h := s.get("/stories/" + id + tab + form).Header(); h.Get("Cache-Control") != "no-store" || !strings.Contains(strings.Join(h.Values("Vary"), ","), "Accept") {
				t.Errorf("%s%s: Cache-Control %q, Vary %q", tab, form, h.Get("Cache-Control"), h.Values("Vary"))
			}
		}
	}
}

// TestListsAgree holds the forms of a list against each other: the same rows in the same order.
func TestListsAgree(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, query := range []string{"", "?sort=-criticality,indication", "?status=!closed&sort=source", "?moved=true&moved=false&sort=createdAt"} {
		query = strings.Replace(query, "createdAt", "created", 1)
		var want, lines, cells []string
		whole := s.list(query + map[bool]string{true: "?limit=1000", false: "&limit=1000"}[query == ""])
		for _, r := range whole.Stories {
			want = append(want, string(r.ID))
		}
		for line := range strings.Lines(s.mustGet("/stories.ndjson" + query)) {
			lines = append(lines, parsed(t, []byte(line)).(map[string]any)["id"].(string))
		}
		separator := map[bool]string{true: "?", false: "&"}[query == ""]
		all, err := csv.NewReader(strings.NewReader(s.mustGet("/stories.csv" + query + separator + "columns=id,indication"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range all[1:] {
			cells = append(cells, record[0])
		}
		if !slices.Equal(lines, want) || !slices.Equal(cells, want) || len(want) != whole.Total {
			t.Errorf("%q: JSON has %d of %d, NDJSON %d, CSV %d, or in other orders", query, len(want), whole.Total, len(lines), len(cells))
		}
	}
}

// FuzzListAddress holds that no query string makes the list fail: it answers, or says that it does not understand.
func FuzzListAddress(f *testing.F) {
	s := newStack(f).withSamples().signedIn()
	for _, query := range []string{"", "q=%22a&sort=-criticality,,x", "criticality=7..10&criticality=!3", "time=..2026-11-22&timeField=created", "limit=-1&after=%00", "status=!", "%zz&;=", "tenant=%ff&moved=maybe"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/stories", "/stories.json", "/stories.csv"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host, r.URL.RawQuery = "localhost:8080", query
			r.AddCookie(s.cookie)
			w := httptest.NewRecorder()
			s.server.ServeHTTP(w, r)
			switch w.Code {
			case http.StatusOK, http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestURITooLong:
			default:
				t.Fatalf("%s?%s answers %d: %.200s", path, query, w.Code, w.Body)
			}
		}
	})
}
