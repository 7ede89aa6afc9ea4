package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"workbench"
)

var tabs = []string{"", "/alerts", "/evidence", "/entities", "/timeline", "/raw"}

func TestEveryTabOfEveryStory(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, row := range s.rows() {
		for _, tab := range tabs {
			path := "/stories/" + string(row.ID) + tab
			page := s.mustGet(path)
			partial := s.mustGet(path, "HX-Request", "true")
			if !strings.Contains(page, partial) {
				t.Errorf("%s: the partial does not stand in the page", path)
			}
			if !json.Valid([]byte(s.mustGet(path + ".json"))) {
				t.Errorf("%s.json is not JSON", path)
			}
			if tab == "" {
				continue
			}
			if _, err := csv.NewReader(strings.NewReader(s.mustGet(path + ".csv"))).ReadAll(); err != nil {
				t.Errorf("%s.csv: %v", path, err)
			}
		}
	}
}

func TestNoPageLinksToWhatMicrosoftSent(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	paths := []string{"/stories?limit=1000", "/gallery"}
	for _, row := range s.rows() {
		for _, tab := range tabs {
			paths = append(paths, "/stories/"+string(row.ID)+tab)
		}
	}
	for _, path := range paths {
		for _, e := range elements(mustParse(t, s.mustGet(path)), func(*html.Node) bool { return true }) {
			for _, a := range e.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"), a.Key == "style":
					t.Errorf("%s: <%s> has %s", path, e.Data, a.Key)
				case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction" || strings.HasPrefix(a.Key, "hx-get") || strings.HasPrefix(a.Key, "hx-post"):
					if strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") || strings.HasPrefix(a.Val, "#") {
						continue
					}
					u, err := url.Parse(a.Val)
					if err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Host, ".microsoft.com") && !strings.HasSuffix(u.Host, ".microsoft.us") && u.Host != "portal.azure.com" {
						t.Errorf("%s: <%s> leads to %q", path, e.Data, a.Val)
						continue
					}
					if rel := attribute(e, "rel"); !strings.Contains(rel, "noreferrer") || !strings.Contains(rel, "noopener") {
						t.Errorf("%s: the link to %s has rel %q", path, a.Val, rel)
					}
				}
			}
			if e.Data == "script" && attribute(e, "src") == "" || e.Data == "style" {
				t.Errorf("%s has an inline <%s>", path, e.Data)
			}
		}
	}
}

func TestDocumentsAreByteForByte(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	row := s.storyWhere(func(r workbench.Row) bool { return r.AlertCount > 3 })
	documents, err := s.store.Documents(t.Context(), workbench.EveryTenant(), row.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range documents {
		path := "/stories/" + string(row.ID) + "/raw/" + d.Hash.String()
		w := s.get(path)
		if w.Body.String() != string(d.JSON) || w.Header().Get("Content-Type") != "application/json" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s is not the document", path)
		}
	}
	other := s.storyWhere(func(r workbench.Row) bool { return r.IncidentID != row.IncidentID })
	if w := s.get("/stories/" + string(other.ID) + "/raw/" + documents[len(documents)-1].Hash.String()); w.Code != http.StatusNotFound {
		t.Errorf("a document opens under another incident's story: %d", w.Code)
	}
	for _, hash := range []string{"x", strings.Repeat("z", 64), strings.Repeat("0", 64)} {
		if w := s.get("/stories/" + string(row.ID) + "/raw/" + hash); w.Code != http.StatusNotFound {
			t.Errorf("hash %s answers %d", hash, w.Code)
		}
	}
}

func TestAlertLeadsToItsStory(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	row := s.storyWhere(func(r workbench.Row) bool { return r.AlertCount > 0 })
	story, err := s.store.Story(t.Context(), workbench.EveryTenant(), row.ID)
	if err != nil {
		t.Fatal(err)
	}
	w := s.get("/alerts/" + url.PathEscape(story.Alerts[0].ID))
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/stories/"+string(row.ID)) {
		t.Errorf("got %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := s.get("/alerts/none"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown alert answers %d", w.Code)
	}
}

func TestWholeStoryInJSON(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, row := range s.rows() {
		var whole map[string]any
		if err := json.Unmarshal([]byte(s.mustGet("/stories/"+string(row.ID)+".json")), &whole); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"id", "tenant", "producerType", "producer", "vendor", "incidentId", "incidentUrl", "indication", "summary", "criticality", "severity", "status", "verdict",
			"analystSeverity", "threatType", "classification", "additionalInfo", "owner", "labels", "source", "sourceIp", "createdAt", "updatedAt", "firstSignalAt", "lastSignalAt", "waitingSince",
			"alertCount", "deviceCount", "userCount", "mailboxCount", "mitreTechniques", "vendorStatus", "movedTo", "lastComment", "details", "siblings", "criticalityFactors", "timeline", "entities",
			"alerts", "evidence", "processTrees", "raw"} {
			if _, ok := whole[key]; !ok {
				t.Errorf("story %s has no %s", row.ID, key)
			}
		}
		var nullList func(name string, v any)
		lists := map[string]bool{"labels": true, "mitreTechniques": true, "movedTo": true, "siblings": true, "timeline": true, "entities": true, "alerts": true, "processes": true, "files": true,
			"registry": true, "network": true, "messages": true, "mailboxes": true, "mailClusters": true, "other": true, "processTrees": true, "raw": true, "alertIds": true, "roles": true, "nodes": true,
			"users": true, "categories": true, "deviceNames": true, "dnsAnswers": true, "threats": true, "urls": true, "networkMessageIds": true, "detectionMethods": true, "changes": true}
		nullList = func(name string, v any) {
			switch v := v.(type) {
			case nil:
				if lists[name] {
					t.Errorf("story %s: the list %s is null", row.ID, name)
				}
			case map[string]any:
				for k, child := range v {
					nullList(k, child)
				}
			case []any:
				for _, child := range v {
					nullList("", child)
				}
			}
		}
		nullList("", whole)
	}
}
