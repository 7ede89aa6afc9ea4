package defender_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
)

const tenant = workbench.TenantID("6f1d0c52-93b5-4b0e-8f0e-4f4a1d7c2b11")

// incidentJSON is an incident with more members.
func incidentJSON(id, updated, more string) string {
	return fmt.Sprintf(`{"id":%q,"tenantId":%q,"displayName":"Incident %s","status":"active","severity":"high","createdDateTime":"2026-05-04T08:00:00Z","lastUpdateDateTime":%q%s}`,
		id, tenant, id, updated, more)
}

// alertJSON is an alert of a product in an incident, with more members.
func alertJSON(id, incident, source, updated, more string) string {
	return fmt.Sprintf(`{"id":%q,"tenantId":%q,"incidentId":%q,"serviceSource":%q,"title":"Alert %s","severity":"medium","status":"new",`+
		`"createdDateTime":"2026-05-04T08:00:01Z","lastUpdateDateTime":%q%s}`, id, tenant, incident, source, id, updated, more)
}

const (
	endpoint = "microsoftDefenderForEndpoint"
	office   = "microsoftDefenderForOffice365"
)

// heads writes stories as short lines: product/incident, alerts, and where they moved.
func heads(stories map[workbench.StoryID]workbench.Content, names map[workbench.StoryID]string) []string {
	var out []string
	for _, c := range stories {
		line := c.Product + "/" + c.IncidentID.Raw()
		if c.Placeholder {
			line = "placeholder/" + c.IncidentID.Raw()
		}
		for _, a := range c.Alerts {
			line += " " + a.ID
		}
		for _, to := range c.MovedTo {
			line += " > " + names[to]
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func TestWhichStoriesExist(t *testing.T) {
	names := map[workbench.StoryID]string{
		workbench.IncidentStory(tenant, "endpoint", "2"): "endpoint/2", workbench.IncidentStory(tenant, "endpoint", "3"): "endpoint/3",
		workbench.AlertStory(tenant, "endpoint", "a"): "alone/a",
	}
	early, late := "2026-05-04T09:00:00Z", "2026-05-04T09:00:00.0000001Z"
	tests := map[string]struct {
		docs []string
		want []string
	}{
		"one incident, two products": {
			[]string{incidentJSON("1", early, ""), alertJSON("a", "1", endpoint, early, ""), alertJSON("b", "1", office, early, ""), alertJSON("c", "1", endpoint, early, "")},
			[]string{"endpoint/1 a c", "office365/1 b"}},
		"an alert that moved, told by a tenth of a microsecond, in either order": {
			[]string{alertJSON("a", "2", endpoint, late, ""), alertJSON("a", "1", endpoint, early, "")},
			[]string{"endpoint/1 a > endpoint/2", "endpoint/2 a"}},
		"an alert that moved twice": {
			[]string{alertJSON("a", "1", endpoint, early, ""), alertJSON("a", "2", endpoint, late, ""), alertJSON("a", "3", endpoint, "2026-05-04T10:00:00Z", "")},
			[]string{"endpoint/1 a > endpoint/3", "endpoint/2 a > endpoint/3", "endpoint/3 a"}},
		"one that stays keeps the story": {
			[]string{alertJSON("a", "1", endpoint, early, ""), alertJSON("b", "1", endpoint, early, ""), alertJSON("a", "2", endpoint, late, "")},
			[]string{"endpoint/1 b", "endpoint/2 a"}},
		"an alert that came back": {
			[]string{alertJSON("a", "1", endpoint, early, ""), alertJSON("a", "2", endpoint, late, ""), alertJSON("a", "1", endpoint, "2026-05-05T00:00:00Z", "")},
			[]string{"endpoint/1 a", "endpoint/2 a > "}},
		"an incident without alerts":           {[]string{incidentJSON("1", early, "")}, []string{"placeholder/1"}},
		"a merged incident without alerts":     {[]string{incidentJSON("1", early, `,"redirectIncidentId":"2"`)}, nil},
		"an alert without incident":            {[]string{alertJSON("a", "", endpoint, early, "")}, []string{"endpoint/ a"}},
		"an alert that left for no incident":   {[]string{alertJSON("a", "1", endpoint, early, ""), alertJSON("a", "", endpoint, late, "")}, []string{"endpoint/ a", "endpoint/1 a > alone/a"}},
		"an alert that found an incident":      {[]string{alertJSON("a", "", endpoint, early, ""), alertJSON("a", "2", endpoint, late, "")}, []string{"endpoint/ a > endpoint/2", "endpoint/2 a"}},
		"a time in the future is not believed": {[]string{alertJSON("a", "2", endpoint, "2031-01-01T00:00:00Z", ""), alertJSON("a", "1", endpoint, early, "")}, []string{"endpoint/1 a", "endpoint/2 a > "}},
		"a time of the year 1 is none":         {[]string{alertJSON("a", "2", endpoint, "0001-01-01T00:00:00Z", ""), alertJSON("a", "1", endpoint, early, "")}, []string{"endpoint/1 a", "endpoint/2 a > "}},
		"an older form never overrides": {
			[]string{alertJSON("a", "1", endpoint, early, ""), `{"incidentId":2,"incidentName":"x","lastUpdateTime":"2026-06-01T00:00:00Z","tenantId":"` + string(tenant) +
				`","alerts":[{"alertId":"a","incidentId":2,"serviceSource":"MicrosoftDefenderATP","lastUpdatedTime":"2026-06-01T00:00:00Z","title":"old","devices":[],"entities":[]}]}`},
			[]string{"endpoint/1 a", "endpoint/2 a > "}},
	}
	names[workbench.IncidentStory(tenant, "endpoint", "1")] = ""
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			for _, d := range test.docs {
				w.add(t, d)
			}
			if diff := cmp.Diff(test.want, heads(w.derive(), names)); diff != "" {
				t.Errorf("stories (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlaceholderActedOn(t *testing.T) {
	w := (&world{}).add(t, incidentJSON("1", "2026-05-04T09:00:00Z", "")).add(t, alertJSON("a", "1", endpoint, "2026-05-04T09:00:00Z", ""))
	id := workbench.PlaceholderStory(tenant, "1")
	for _, g := range w.groups() {
		g.Acted = []workbench.StoryID{id}
		var got *workbench.Content
		stories := deriver.Derive(g)
		for i := range stories {
			if stories[i].ID == id {
				got = &stories[i]
			}
		}
		if len(stories) != 2 || got == nil || !got.Placeholder || len(got.MovedTo) != 1 || got.MovedTo[0] != workbench.IncidentStory(tenant, "endpoint", "1") {
			t.Errorf("got %+v, want the placeholder that was acted on beside the story, and where its alerts are", got)
		}
		if !slices.IsSortedFunc(stories, func(a, b workbench.Content) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
			t.Error("stories are not in the order of their ids")
		}
	}
}

func TestMovedStory(t *testing.T) {
	w := (&world{}).add(t, incidentJSON("1", "2026-05-04T09:30:00Z", `,"redirectIncidentId":"2"`)).
		add(t, alertJSON("a", "1", endpoint, "2026-05-04T09:00:00Z", "")).
		add(t, alertJSON("a", "2", endpoint, "2026-05-04T09:20:00Z", `,"classification":"truePositive"`))
	c, next := w.story(t, tenant, "endpoint", "1"), workbench.IncidentStory(tenant, "endpoint", "2")
	if !slices.Equal(c.MovedTo, []workbench.StoryID{next}) || !slices.Equal(c.Details.RedirectedTo, c.MovedTo) {
		t.Errorf("got moved to %v, redirected to %v, want %s for both", c.MovedTo, c.Details.RedirectedTo, next)
	}
	if got := c.Alerts[0].Classification; !got.IsZero() {
		t.Errorf("got classification %s, want what the last version here said", got)
	}
	titles := ""
	for _, i := range c.Timeline {
		titles += i.Title.Raw() + "; "
	}
	for _, want := range []string{"Story created", "Alert left: Alert a", "Incident merged into another"} {
		if !strings.Contains(titles, want) {
			t.Errorf("got timeline %q, want %q in it", titles, want)
		}
	}
	if !strings.Contains(c.Summary.Raw(), "moved to another story") {
		t.Errorf("got summary %q", c.Summary)
	}
}
