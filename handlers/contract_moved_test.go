package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"workbench"
)

// endpointAlert is an alert of Defender for Endpoint in an incident, as of a moment of the morning.
func endpointAlert(id, incident, updated string) string {
	return `{"id":"` + id + `","tenantId":"merging","incidentId":"` + incident + `","serviceSource":"microsoftDefenderForEndpoint","title":"Alert ` + id + `","severity":"medium","status":"new",` +
		`"createdDateTime":"2026-11-22T08:00:00Z","firstActivityDateTime":"2026-11-22T07:00:00Z","lastUpdateDateTime":"2026-11-22T` + updated + `Z","evidence":[]}`
}

func mergingIncident(id, updated, more string) string {
	return `{"id":"` + id + `","tenantId":"merging","displayName":"Incident ` + id + `","status":"active","createdDateTime":"2026-11-22T08:00:00Z","lastUpdateDateTime":"2026-11-22T` + updated + `Z"` + more + `}`
}

func merging(incident string) workbench.StoryID {
	return workbench.IncidentStory("merging", workbench.ProductEndpoint, incident)
}

// TestMergedIncident follows an incident that analysts worked on while Microsoft merges it into another, and that one into a third.
func TestMergedIncident(t *testing.T) {
	s := newStack(t).signedIn()
	s.load("first", []byte(mergingIncident("1", "08:01:00", "")+endpointAlert("a", "1", "08:02:00")+endpointAlert("b", "1", "08:02:00")))
	former := merging("1")
	s.do(http.MethodPost, "/stories/"+string(former)+"/manage", url.Values{"status": {"monitoring"}, "verdict": {"malicious"}, "owner": {"kim"}, "comment": {"Called the plant."}})

	s.load("half", []byte(endpointAlert("a", "2", "09:00:00")))
	if got := s.read(former); len(got.MovedTo) != 0 || got.AlertCount != 1 {
		t.Errorf("with one of two alerts gone the story moved to %v and has %d alerts, want it to stay with 1", got.MovedTo, got.AlertCount)
	}
	if got := s.read(merging("2")); len(comments(got)) != 0 {
		t.Errorf("a story that one alert came to has comments %v, while the former one is still there", comments(got))
	}

	s.load("merged", []byte(mergingIncident("1", "09:01:00", `,"redirectIncidentId":"2"`)+mergingIncident("2", "09:01:00", "")+endpointAlert("b", "2", "09:01:00")))
	next := merging("2")
	old, successor := s.read(former), s.read(next)
	if !slices.Equal(old.MovedTo, []workbench.StoryID{next}) || old.Status != "monitoring" || old.Verdict != "malicious" || old.Owner.Raw() != "kim" || old.LastComment.Raw() != "Called the plant." {
		t.Errorf("the former story is %+v", old.Row)
	}
	if successor.Status != "open" || successor.Verdict != "" || !successor.Owner.IsZero() || !successor.LastComment.IsZero() || len(successor.State.Actions) != 0 || successor.AlertCount != 2 {
		t.Errorf("the successor is %+v, want nothing carried over", successor.Row)
	}
	if got := comments(successor); !slices.Equal(got, []string{"Called the plant. from " + string(former)}) {
		t.Errorf("the successor shows comments %v", got)
	}
	page := s.mustGet("/stories/" + string(next) + "/timeline")
	if text := words(mustParse(t, page)); !strings.Contains(text, "Called the plant.") || !strings.Contains(page, `href="/stories/`+string(former)) {
		t.Error("the successor's page does not show the comment with where it came from")
	}
	if page := s.mustGet("/stories/" + string(former)); !strings.Contains(page, `href="/stories/`+string(next)) || !strings.Contains(words(mustParse(t, page)), "Called the plant.") {
		t.Error("the former story's page does not lead on, or lost its comment")
	}

	for query, want := range map[string][]workbench.StoryID{"": {next}, "?moved=false": {next}, "?moved=true": {former}, "?moved=true&moved=false&sort=incident": {former, next}, "?status=monitoring": {}, "?owner=kim": {}} {
		answer := s.list(query)
		got := []workbench.StoryID{}
		for _, r := range answer.Stories {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) || answer.Total != len(want) {
			t.Errorf("the list %q has %v of %d, want %v", query, got, answer.Total, want)
		}
	}
	for _, c := range s.list("").Facets["owner"] {
		if c.Value == "kim" {
			t.Error("a moved story is counted by a facet")
		}
	}
	for _, alert := range []string{"a", "b"} {
		if w := s.get("/alerts/" + alert); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/stories/"+string(next)) {
			t.Errorf("alert %s leads to %s with %d, want its present story", alert, w.Header().Get("Location"), w.Code)
		}
	}

	s.load("again", []byte(mergingIncident("3", "10:00:00", "")+endpointAlert("a", "3", "10:00:00")+endpointAlert("b", "3", "10:00:00")))
	if got := comments(s.read(merging("3"))); !slices.Equal(got, []string{"Called the plant. from " + string(former)}) {
		t.Errorf("after a second merge the present story shows comments %v", got)
	}
	if got := s.read(former).MovedTo; !slices.Equal(got, []workbench.StoryID{merging("3")}) {
		t.Errorf("after a second merge the first story points to %v", got)
	}

	s.load("back", []byte(endpointAlert("b", "1", "11:00:00")))
	if got := s.read(former); len(got.MovedTo) != 0 || got.Status != "monitoring" || got.AlertCount != 1 {
		t.Errorf("the story whose alert came back is %+v", got.Row)
	}
}

// comments are a story's comments in its timeline, each with the story that it came from.
func comments(st workbench.Story) []string {
	var out []string
	for _, i := range st.Timeline {
		if i.Kind == workbench.CommentItem {
			line := i.Text.Raw()
			if i.From != "" {
				line += " from " + string(i.From)
			}
			out = append(out, line)
		}
	}
	return out
}

// TestPlaceholder follows an incident that is imported before its alerts.
func TestPlaceholder(t *testing.T) {
	t.Run("gives way to the stories of its alerts", func(t *testing.T) {
		s := newStack(t).signedIn()
		s.load("incident", []byte(mergingIncident("1", "08:00:00", "")))
		id := workbench.PlaceholderStory("merging", "1")
		st := s.read(id)
		if !st.Placeholder || st.Producer.Raw() != "Microsoft Defender XDR" || st.ProducerType != workbench.GenericIncident || st.Status != "open" || !strings.Contains(st.Summary.Raw(), "alerts are not here") {
			t.Errorf("got %+v", st.Row)
		}
		s.load("alert", []byte(endpointAlert("a", "1", "09:00:00")))
		if w := s.get("/stories/" + string(id)); w.Code != http.StatusNotFound {
			t.Errorf("the placeholder answers %d once the alerts are here", w.Code)
		}
		if rows := s.rows(); len(rows) != 1 || rows[0].ID != merging("1") {
			t.Errorf("got %d stories", len(rows))
		}
	})
	t.Run("stays where somebody acted on it", func(t *testing.T) {
		s := newStack(t).signedIn()
		s.load("incident", []byte(mergingIncident("1", "08:00:00", "")))
		id := workbench.PlaceholderStory("merging", "1")
		s.do(http.MethodPost, "/stories/"+string(id)+"/comment", url.Values{"comment": {"Asked for the export."}})
		s.load("alert", []byte(endpointAlert("a", "1", "09:00:00")))
		if got := s.read(id); !slices.Equal(got.MovedTo, []workbench.StoryID{merging("1")}) || got.LastComment.Raw() != "Asked for the export." {
			t.Errorf("got %+v", got.Row)
		}
		if got := comments(s.read(merging("1"))); !slices.Equal(got, []string{"Asked for the export. from " + string(id)}) {
			t.Errorf("the story of its alerts shows comments %v", got)
		}
	})
	t.Run("is not made of a merged incident", func(t *testing.T) {
		s := newStack(t).signedIn()
		s.load("incident", []byte(mergingIncident("1", "08:00:00", `,"redirectIncidentId":"2"`)+endpointAlert("a", "2", "09:00:00")))
		if rows := s.rows(); len(rows) != 1 || rows[0].ID != merging("2") {
			t.Errorf("got %d stories, want that of the alert alone", len(rows))
		}
	})
}

// TestClosedByMicrosoft holds that resolved alerts close a story until an analyst says something else.
func TestClosedByMicrosoft(t *testing.T) {
	s := newStack(t).signedIn()
	resolved := strings.Replace(endpointAlert("a", "1", "09:00:00"), `"status":"new"`, `"status":"resolved"`, 1)
	s.load("resolved", []byte(resolved+endpointAlert("b", "1", "09:00:00")))
	if got := s.read(merging("1")).Status; got != "open" {
		t.Errorf("with one of two alerts resolved the story is %s", got)
	}
	s.load("both", []byte(strings.NewReplacer(`"id":"a"`, `"id":"b"`, "09:00:00", "09:30:00").Replace(resolved)))
	if got := s.read(merging("1")); got.Status != "closed" || !got.ClosedByVendor || !got.WaitingSince.IsZero() {
		t.Errorf("with all alerts resolved the story is %+v", got.Row)
	}
	s.do(http.MethodPost, "/stories/"+string(merging("1"))+"/manage", url.Values{"status": {"monitoring"}})
	if got := s.read(merging("1")); got.Status != "monitoring" || got.ClosedByVendor {
		t.Errorf("after an analyst's word the story is %+v", got.Row)
	}
}

// TestRawDataShowsThePresentVersion holds the Raw Data table against the newest version of an alert, in whatever order versions came.
func TestRawDataShowsThePresentVersion(t *testing.T) {
	older, newer := endpointAlert("a", "1", "09:00:00"), strings.NewReplacer("Alert a", "Renamed", `"evidence":[]`, `"evidence":[{"@odata.type":"#microsoft.graph.security.urlEvidence","url":"x.example"}]`).Replace(endpointAlert("a", "1", "10:00:00"))
	for name, text := range map[string]string{"older first": older + newer, "newer first": newer + older} {
		s := newStack(t).signedIn()
		s.load(name, []byte(text))
		path := "/stories/" + string(merging("1")) + "/raw"
		for _, form := range []string{"", ".json", ".csv"} {
			body := s.mustGet(path + form)
			if !strings.Contains(body, "Renamed") || strings.Contains(body, ">Alert a<") || form != "" && (strings.Contains(body, "Alert a") || !strings.Contains(body, "x.example")) {
				t.Errorf("%s: raw%s does not show the newest version of the alert alone", name, form)
			}
		}
	}
}
