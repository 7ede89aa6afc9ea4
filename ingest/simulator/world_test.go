package simulator_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/sample"
)

// oddIncident has members that nobody knows, white space and escapes of its own.
const oddIncident = `{ "zebra": [1, 2.50, {"a":null}], "id": "29", "tenantId":"8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90",
  "displayName": "caf\u00e9 <b>\/</b>", "status" : "active","severity":"low", "systemTags":[], "redirectIncidentId": null,
  "createdDateTime":"2026-03-11T08:00:00Z","lastUpdateDateTime":"2026-03-11T08:00:00.5Z" , "alerts" : [ {"id":"da1","tenantId":"8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90","incidentId":"29",
  "status":"new","severity":"low","serviceSource":"microsoftDefenderForEndpoint","createdDateTime":"2026-03-11T08:00:00Z","lastUpdateDateTime":"2026-03-11T08:00:00.5Z", "evidence" : [ {"x": 1.0} ] , "odd":1e3} ] }`

func TestWhatIsNotChangedStaysByteForByte(t *testing.T) {
	g := newGraph(t)
	try(t, g.world.Put([]byte(oddIncident)))
	try(t, g.world.Update("29", map[string]any{"severity": "high", "displayName": "a <b> name", "new": []int{1}}))
	try(t, g.world.AddEvidence("da1", []byte(`{"y":2}`)))
	got, err := g.world.Incident("29")
	try(t, err)
	alert := `{"id":"da1","tenantId":"8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90","incidentId":"29",
  "status":"new","severity":"low","serviceSource":"microsoftDefenderForEndpoint","createdDateTime":"2026-03-11T08:00:00Z","lastUpdateDateTime":"2026-03-12T10:00:00Z", "evidence" : [{"x": 1.0},{"y":2}] , "odd":1e3}`
	want := `{ "zebra": [1, 2.50, {"a":null}], "id": "29", "tenantId":"8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90",
  "displayName": "a <b> name", "status" : "active","severity":"high", "systemTags":[], "redirectIncidentId": null,
  "createdDateTime":"2026-03-11T08:00:00Z","lastUpdateDateTime":"2026-03-12T10:00:00Z","new":[1],"alerts":[` + alert + `] }`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// look is an incident as the world holds it.
func (g *graph) look(t *testing.T, id string) head {
	t.Helper()
	body, err := g.world.Incident(id)
	try(t, err)
	return mustHead(t, body)
}

func TestChanges(t *testing.T) {
	g := newGraph(t)
	w := g.world
	at := g.clock.read().Add(-time.Hour)
	for _, id := range []int{5, 8, 11} {
		try(t, w.Put(plainIncident(id, "active", "low", at, at)))
	}
	g.clock.move(time.Minute)
	try(t, w.Touch("5"))
	first := g.look(t, "5").Updated
	try(t, w.Touch("5"))
	if again := g.look(t, "5").Updated; first != "2026-03-12T10:01:00Z" || again != "2026-03-12T10:01:00.0000001Z" {
		t.Errorf("touched at %s and %s", first, again)
	}
	try(t, w.Move("da5_0", "8"))
	if from, to := g.look(t, "5"), g.look(t, "8"); len(from.Alerts) != 1 || len(to.Alerts) != 3 || to.Alerts[2].Incident != "8" || to.Alerts[2].ID != "da5_0" {
		t.Errorf("moved: %+v %+v", from, to)
	}
	try(t, w.Merge("8", "11"))
	source, target := g.look(t, "8"), g.look(t, "11")
	if source.Status != "redirected" || source.Redirect != "11" || len(source.Alerts) != 0 || strings.Join(source.SystemTags, "") != "Redirected" || len(target.Alerts) != 5 {
		t.Errorf("merged: %+v %+v", source, target)
	}
	for _, a := range target.Alerts {
		if a.Incident != "11" {
			t.Errorf("alert %s names incident %s", a.ID, a.Incident)
		}
	}
	before := g.look(t, "11").Updated
	try(t, w.TouchAlert("da11_0"))
	if got := g.look(t, "11"); got.Updated != before || mustTime(t, got.Alerts[0].Updated).Before(mustTime(t, got.Updated)) {
		t.Errorf("an alert is not ahead of its incident: %+v", got)
	}
	try(t, w.Resolve("11"))
	for _, a := range append(g.look(t, "11").Alerts, g.look(t, "11")) {
		if a.Status != "resolved" {
			t.Errorf("%s is %s", a.ID, a.Status)
		}
	}
	try(t, w.AddAlert("5", []byte(`{"id":"fa9","status":"new","severity":"low"}`)))
	if got := g.look(t, "5").Alerts; len(got) != 2 || got[1].ID != "fa9" || got[1].Incident != "5" || got[1].Tenant != graphTenant {
		t.Errorf("an added alert: %+v", got)
	}
	try(t, w.Delete("5"))
	for name, c := range map[string]struct{ got, want error }{
		"a deleted incident": {w.Touch("5"), workbench.ErrNotFound}, "its alert": {w.TouchAlert("fa9"), workbench.ErrNotFound},
		"merging with itself": {w.Merge("8", "8"), workbench.ErrConflict}, "an alert twice": {w.AddAlert("8", []byte(`{"id":"da11_1"}`)), workbench.ErrExists},
		"another id": {w.Update("8", map[string]any{"id": "9"}), workbench.ErrConflict},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
	for _, bad := range []string{"", "[]", `{"id":"1"`, `{"id":5}`, `{"id":"1","alerts":{}}`, `{"id":"1","alerts":[{}]}`, `{"id":"1"} {}`} {
		if err := w.Put([]byte(bad)); err == nil {
			t.Errorf("%q is taken for an incident", bad)
		}
	}
}

func TestSamplesBecomeTheTenants(t *testing.T) {
	g := newGraph(t)
	now := g.clock.read()
	of := sample.Tenants()[0].ID
	all, err := g.world.PutPage(sample.Page(now), "")
	try(t, err)
	other := newGraph(t)
	try(t, other.world.Seed(of, 200))
	own, err := g.world.PutPage(sample.Later(now), string(of))
	try(t, err)
	if all < 20 || own == 0 || own >= all {
		t.Errorf("took %d incidents, and later %d of one tenant", all, own)
	}
	rows, _ := g.all(t, "incidents?$expand=alerts")
	redirected := 0
	for i, h := range mustHeads(t, rows) {
		if strings.Contains(string(rows[i]), string(of)) || h.Tenant != graphTenant {
			t.Errorf("incident %s still names another tenant", h.ID)
		}
		for _, a := range h.Alerts {
			if a.Incident != h.ID || a.Tenant != graphTenant {
				t.Errorf("alert %s is of incident %s and tenant %s", a.ID, a.Incident, a.Tenant)
			}
		}
		if h.Redirect != "" {
			redirected++
		}
	}
	if redirected != 1 {
		t.Errorf("%d incidents are redirected, want 1", redirected)
	}
	seeded := other.world.Incidents()
	if len(seeded) <= 205 || len(seeded) > 230 {
		t.Errorf("the seeded world has %d incidents", len(seeded))
	}
	resolved := 0
	for _, h := range mustHeads(t, func() []json.RawMessage { l, _ := other.all(t, "incidents"); return l }()) {
		if mustTime(t, h.Updated).After(now) {
			t.Errorf("incident %s was updated at %s, which has not come", h.ID, h.Updated)
		}
		if h.Status == "resolved" {
			resolved++
		}
	}
	if resolved < 170 || resolved > 200 {
		t.Errorf("%d incidents are resolved", resolved)
	}
	oldest := mustTime(t, other.look(t, seeded[0]).Updated)
	if age := now.Sub(oldest); age < 29*24*time.Hour || age > 30*24*time.Hour {
		t.Errorf("its history goes back %s", age)
	}
	for _, alert := range standalone(t, now) {
		try(t, g.world.PutAlert(alert))
		if h := mustHead(t, alert); g.mustList(t, "alerts_v2/"+h.ID).Context == "" {
			t.Errorf("alert %s is not there", h.ID)
		}
	}
}

func standalone(t *testing.T, now time.Time) []json.RawMessage {
	t.Helper()
	var l list
	try(t, json.Unmarshal(sample.StandaloneAlerts(now), &l))
	return l.Value
}
