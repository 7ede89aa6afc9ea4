package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"workbench/ingest/sample"
)

// mergedIncident is the redirected incident of Microsoft's samples, as a single answer.
const mergedIncident = `{"@odata.context":"https://graph.simulated.example/v1.0/$metadata#security/incidents/$entity",` + mergedMembers + `}`

const mergedMembers = `"id": "4190", "tenantId": "8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90", "status": "redirected",
  "incidentWebUrl": "https://security.microsoft.com/incident2/4190/overview?tid=8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90", "redirectIncidentId": "4187", "displayName": "Persistence incident <on> one endpoint",
  "createdDateTime": "2026-03-11T08:31:05.9Z", "lastUpdateDateTime": "2026-03-11T08:40:17.2266667Z", "assignedTo": null, "classification": "unknown", "determination": "unknown", "severity": "high", "customTags": [],
  "systemTags": ["Redirected"], "description": null, "lastModifiedBy": "Microsoft Defender XDR - alert correlation", "resolvingComment": null, "summary": null, "priorityScore": null, "comments": []`

func TestEnvelopes(t *testing.T) {
	g := newGraph(t)
	try(t, g.world.Put([]byte(`{`+mergedMembers+`, "alerts": []}`)))
	alert := `{"id":"da1f0c7f5e-2b1d-4c92-9f54-6a2d5f9b7c10_1","incidentId":"4187","status":"new","severity":"medium","serviceSource":"microsoftDefenderForEndpoint","tenantId":"` + graphTenant +
		`","createdDateTime":"2026-03-11T08:19:44.2033333Z","lastUpdateDateTime":"2026-03-11T08:33:12.9Z","evidence":[]}`
	incident := `{"id":"4187","tenantId":"` + graphTenant + `","status":"active","incidentWebUrl":"https://security.microsoft.com/incident2/4187","createdDateTime":"2026-03-11T08:19:44.4833333Z","lastUpdateDateTime":"2026-03-11T08:31:06.0233333Z","severity":"high"`
	try(t, g.world.Put([]byte(incident+`,"alerts":[`+alert+`]}`)))
	base := "https://graph.simulated.example/v1.0/"
	for path, want := range map[string]string{
		"incidents/4190": mergedIncident,
		"incidents/4187": `{"@odata.context":"` + base + `$metadata#security/incidents/$entity",` + incident[1:] + `}`,
		"incidents/4187?$expand=alerts": `{"@odata.context":"` + base + `$metadata#security/incidents(alerts())/$entity",` + incident[1:] +
			`,"alerts":[` + alert + `]}`,
		"incidents?$filter=severity eq 'low'": `{"@odata.context":"` + base + `$metadata#security/incidents","value":[]}`,
		"incidents?$top=1&$expand=alerts&$count=true": `{"@odata.context":"` + base + `$metadata#security/incidents(alerts())","@odata.count":2,"value":[{` + mergedMembers +
			`,"alerts":[]}],"@odata.nextLink":"` + base + `security/incidents?$expand=alerts&$count=true&$top=1&$skiptoken=eyJrIjpbIjIwMjYtMDMtMTFUMDg6MzE6MDUuOVoiXSwiaSI6IjQxOTAifQ"}`,
		"incidents/4187/alerts":       `{"@odata.context":"` + base + `$metadata#security/incidents('4187')/alerts","value":[` + alert + `]}`,
		"alerts_v2":                   `{"@odata.context":"` + base + `$metadata#security/alerts_v2","value":[` + alert + `]}`,
		"alerts_v2?$select=id,status": `{"@odata.context":"` + base + `$metadata#security/alerts_v2(id,status)","value":[{"id":"da1f0c7f5e-2b1d-4c92-9f54-6a2d5f9b7c10_1","status":"new"}]}`,
		"alerts_v2/da1f0c7f5e-2b1d-4c92-9f54-6a2d5f9b7c10_1": `{"@odata.context":"` + base + `$metadata#security/alerts_v2/$entity",` + alert[1:],
	} {
		res, got := g.get(t, path)
		if got != want || res.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %d\n got %s\nwant %s", path, res.StatusCode, got, want)
		}
		if got := res.Header.Get("Content-Type"); got != "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8" {
			t.Errorf("GET %s: type %q", path, got)
		}
		if len(res.Header.Get("request-id")) != 36 || res.Header.Get("Date") != "Thu, 12 Mar 2026 10:00:00 GMT" {
			t.Errorf("GET %s: headers %v", path, res.Header)
		}
	}
}

func TestRefusals(t *testing.T) {
	g := newGraph(t)
	for _, c := range []struct {
		path, code, message string
		status              int
	}{
		{"incidents?$top=100", "", "The query specified in the URI is not valid. The limit of '50' for Top query has been exceeded. The value from the incoming request is '100'.", 400},
		{"incidents?$top=-1", "BadRequest", "$top", 400},
		{"incidents?$skip=x", "BadRequest", "$skip", 400},
		{"incidents?$filter=status ne 'active'", "BadRequest", "Invalid filter clause", 400},
		{"incidents?$orderby=displayName", "BadRequest", "orderby", 400},
		{"incidents?$expand=evidence", "BadRequest", "evidence", 400},
		{"incidents?$count=yes", "BadRequest", "$count", 400},
		{"incidents?$search=x", "BadRequest", "$search", 400},
		{"incidents?$skiptoken=!!", "BadRequest", "Skip token", 400},
		{"incidents?$top=1&$top=2", "BadRequest", "more than once", 400},
		{"alerts_v2?$expand=alerts", "BadRequest", "alerts", 400},
		{"incidents/77", "NotFound", "77", 404},
		{"incidents/77/alerts", "NotFound", "77", 404},
		{"alerts_v2/da%2F1", "NotFound", "da/1", 404},
		{"incidents/77?$filter=status eq 'active'", "BadRequest", "$filter", 400},
		{"nothing", "BadRequest", "nothing", 400},
	} {
		res, body := g.get(t, c.path)
		var answer struct {
			Error struct {
				Code, Message string
				Inner         struct {
					Date string
					ID   string `json:"request-id"`
				} `json:"innerError"`
			}
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("GET %s: %v in %s", c.path, err, body)
		}
		e := answer.Error
		if res.StatusCode != c.status || e.Code != c.code || !strings.Contains(e.Message, c.message) || e.Inner.Date != "2026-03-12T10:00:00" || e.Inner.ID == "" {
			t.Errorf("GET %s: got %d %s", c.path, res.StatusCode, body)
		}
	}
	post := g.request(t, "incidents")
	post.Method = http.MethodPost
	res, err := g.client.Do(post)
	try(t, err)
	if res.Body.Close(); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST incidents: got %d", res.StatusCode)
	}
}

func TestWhoMayRead(t *testing.T) {
	g := newGraph(t)
	if l := g.mustList(t, "incidents"); len(l.Value) != 0 || l.Value == nil {
		t.Errorf("a silent tenant answers %v", l)
	}
	g.tenant.SetLicensed(false)
	if res, body := g.get(t, "incidents"); res.StatusCode != http.StatusForbidden || strings.Contains(body, "Missing application roles") {
		t.Errorf("without a licence: got %d %s", res.StatusCode, body)
	}
	g.tenant.SetLicensed(true)
	g.app.Revoke("SecurityIncident.Read.All")
	g.token = g.mustToken(t)
	want := "Missing application roles. API required roles: SecurityIncident.Read.All,SecurityIncident.ReadWrite.All, application roles: SecurityAlert.Read.All."
	if res, body := g.get(t, "incidents"); res.StatusCode != http.StatusForbidden || !strings.Contains(body, want) {
		t.Errorf("without the role: got %d %s", res.StatusCode, body)
	}
	if res, _ := g.get(t, "alerts_v2"); res.StatusCode != http.StatusOK {
		t.Errorf("alerts with their own role: got %d", res.StatusCode)
	}
	g.token = ""
	res, body := g.get(t, "incidents")
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "InvalidAuthenticationToken") || res.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("without a token: got %d %s", res.StatusCode, body)
	}
}

func TestThrottling(t *testing.T) {
	g := newGraph(t)
	g.world.SetLimit(3)
	for i, want := range []int{200, 200, 200, 429, 429} {
		res, _ := g.get(t, "incidents")
		if res.StatusCode != want {
			t.Errorf("request %d: got %d, want %d", i, res.StatusCode, want)
		}
		if wait := res.Header.Get("Retry-After"); want == 429 && wait != "46" || want == 200 && wait != "" {
			t.Errorf("request %d: Retry-After %q", i, wait)
		}
		if i == 2 {
			g.clock.move(14500 * time.Millisecond)
		}
	}
	g.clock.move(46 * time.Second)
	if res, _ := g.get(t, "incidents"); res.StatusCode != http.StatusOK {
		t.Errorf("a minute later: got %d", res.StatusCode)
	}
	if got := newGraph(t); got.tenant.World().Limit() != 0 || g.s.AddTenant(simulatorTenant()).World().Limit() != 150 {
		t.Error("the limit is not Microsoft's unless it is set")
	}
}

func TestUnknownMembersOfEnumerationsNeedToBeAskedFor(t *testing.T) {
	g := newGraph(t)
	now := g.clock.read()
	if _, err := g.world.PutPage(sample.Page(now), ""); err != nil {
		t.Fatal(err)
	}
	plain := g.request(t, "alerts_v2?$top=1000")
	plain.Header.Del("Prefer")
	var bodies [2]string
	for i, r := range []*http.Request{g.request(t, "alerts_v2?$top=1000"), plain} {
		res, err := g.client.Do(r)
		try(t, err)
		var l list
		try(t, json.NewDecoder(res.Body).Decode(&l))
		res.Body.Close()
		for _, raw := range l.Value {
			bodies[i] += string(raw) + "\n"
		}
	}
	for _, word := range []string{`"remediationStatus":"active"`, `"remediationStatus":"pendingApproval"`, `"serviceSource":"microsoftSentinel"`, `"detectionSource":"scheduledAlerts"`} {
		if !strings.Contains(bodies[0], word) || strings.Contains(bodies[1], word) {
			t.Errorf("%s: with the header %t, without %t", word, strings.Contains(bodies[0], word), strings.Contains(bodies[1], word))
		}
	}
	for _, kept := range []string{`"remediationStatus":"remediated"`, `"serviceSource":"microsoftDefenderForEndpoint"`, `"healthStatus":"active"`, `"investigationState":"pendingApproval"`} {
		if strings.Count(bodies[0], kept) != strings.Count(bodies[1], kept) || !strings.Contains(bodies[1], kept) {
			t.Errorf("%s: changed", kept)
		}
	}
}

// plainIncident is a small incident.
func plainIncident(id int, status, severity string, created, updated time.Time) []byte {
	layout := "2006-01-02T15:04:05.9999999Z"
	var alerts []string
	for k := range id % 3 {
		alerts = append(alerts, fmt.Sprintf(`{"id":"da%d_%d","incidentId":"%d","status":"new","severity":%q,"serviceSource":"microsoftDefenderForEndpoint","createdDateTime":%q,"lastUpdateDateTime":%q,"evidence":[]}`,
			id, k, id, severity, created.Format(layout), updated.Add(time.Duration(k)*time.Second).Format(layout)))
	}
	return fmt.Appendf(nil, `{"id":"%d","status":%q,"severity":%q,"createdDateTime":%q,"lastUpdateDateTime":%q,"alerts":[%s]}`, id, status, severity,
		created.Format(layout), updated.Format(layout), strings.Join(alerts, ","))
}

func TestPagesAreTheWholeList(t *testing.T) {
	g := newGraph(t)
	rapid.Check(t, func(rt *rapid.T) {
		g.world.Generate(0, 0, 0)
		for _, id := range g.world.Incidents() {
			try(t, g.world.Delete(id))
		}
		at := g.clock.read().Add(-24 * time.Hour)
		type row struct {
			id               int
			status, severity string
			updated          time.Time
		}
		var rows []row
		for i := range rapid.IntRange(0, 25).Draw(rt, "incidents") {
			r := row{i + 1, rapid.SampledFrom([]string{"active", "resolved"}).Draw(rt, "status"), rapid.SampledFrom([]string{"low", "high"}).Draw(rt, "severity"),
				at.Add(time.Duration(rapid.IntRange(0, 8).Draw(rt, "hour")) * time.Hour)}
			rows = append(rows, r)
			try(t, g.world.Put(plainIncident(r.id, r.status, r.severity, at, r.updated)))
		}
		if rapid.Bool().Draw(rt, "generated") {
			g.world.Generate(6, 3, 9*time.Hour)
		}
		query := "$top=" + strconv.Itoa(rapid.SampledFrom([]int{1, 2, 3, 5, 11, 25, 50}).Draw(rt, "top")) + "&$count=true"
		order := rapid.SampledFrom([]string{"", "lastUpdateDateTime asc", "lastUpdateDateTime desc", "severity asc,lastUpdateDateTime desc", "createdDateTime"}).Draw(rt, "order")
		if order != "" {
			query += "&$orderby=" + order
		}
		filter := rapid.SampledFrom([]string{"", "severity eq 'high'", "lastUpdateDateTime ge " + at.Add(4*time.Hour).Format(time.RFC3339),
			"lastUpdateDateTime gt " + at.Add(2*time.Hour).Format(time.RFC3339) + " and lastUpdateDateTime lt " + at.Add(6*time.Hour).Format(time.RFC3339),
			"status eq 'resolved' or lastUpdateDateTime le " + at.Add(3*time.Hour).Format(time.RFC3339)}).Draw(rt, "filter")
		if filter != "" {
			query += "&$filter=" + filter
		}
		for _, path := range []string{"incidents?", "alerts_v2?"} {
			skip := rapid.IntRange(0, 5).Draw(rt, "skip")
			items, _ := g.all(t, path+query)
			skipped, _ := g.all(t, path+query+"&$skip="+strconv.Itoa(skip))
			once := g.mustList(t, path+query)
			if *once.Count != len(items) {
				rt.Errorf("%s%s: counted %d, listed %d", path, query, *once.Count, len(items))
			}
			if got, want := len(skipped), max(len(items)-skip, 0); got != want {
				rt.Errorf("%s%s: %d without the first %d of %d", path, query, got, skip, len(items))
			}
			seen := map[string]bool{}
			for i, h := range mustHeads(t, items) {
				if seen[h.ID] {
					rt.Errorf("%s%s: %s comes twice", path, query, h.ID)
				}
				seen[h.ID] = true
				if i > 0 && strings.HasPrefix(order, "lastUpdateDateTime") {
					before, now := mustTime(t, mustHead(t, items[i-1]).Updated), mustTime(t, h.Updated)
					if strings.HasSuffix(order, "asc") && now.Before(before) || strings.HasSuffix(order, "desc") && now.After(before) {
						rt.Errorf("%s%s: %s and %s are out of order", path, query, before, now)
					}
				}
			}
			if path != "incidents?" {
				continue
			}
			for _, r := range rows {
				want := map[string]bool{"": true, "s": r.severity == "high"}
				pass, known := want[filter[:min(1, len(filter))]]
				switch {
				case strings.HasPrefix(filter, "lastUpdateDateTime ge"):
					pass, known = !r.updated.Before(at.Add(4*time.Hour)), true
				case strings.HasPrefix(filter, "lastUpdateDateTime gt"):
					pass, known = r.updated.After(at.Add(2*time.Hour)) && r.updated.Before(at.Add(6*time.Hour)), true
				case strings.HasPrefix(filter, "status"):
					pass, known = r.status == "resolved" || !r.updated.After(at.Add(3*time.Hour)), true
				}
				if known && seen[strconv.Itoa(r.id)] != pass {
					rt.Errorf("%s: %v is listed: %t, want %t", query, r, !pass, pass)
				}
			}
		}
	})
}

func TestManyIncidentsOfOneMomentPageCompletely(t *testing.T) {
	g := newGraph(t)
	g.world.Generate(5000, 9, 0)
	for _, query := range []string{"incidents?$top=50&$orderby=lastUpdateDateTime asc&$filter=lastUpdateDateTime ge 2026-03-12T10:00:00Z", "incidents?$top=49"} {
		items, pages := g.all(t, query)
		ids := map[string]bool{}
		for _, h := range mustHeads(t, items) {
			ids[h.ID] = true
			if h.Updated != "2026-03-12T10:00:00Z" {
				t.Fatalf("%s was updated %s", h.ID, h.Updated)
			}
		}
		if len(items) != 5000 || len(ids) != 5000 || pages < 100 {
			t.Errorf("%s: got %d items, %d different, in %d pages", query, len(items), len(ids), pages)
		}
	}
}

// A world that is generated and one that holds the same incidents answer alike, whatever is asked.
func TestGeneratedWorldIsLikeAKeptOne(t *testing.T) {
	made, kept := newGraph(t), newGraph(t)
	made.world.Generate(45, 4, 30*24*time.Hour)
	for _, id := range made.world.Incidents() {
		body, err := made.world.Incident(id)
		try(t, err)
		try(t, kept.world.Put(body))
	}
	some, _ := made.all(t, "alerts_v2?$top=37&$filter=serviceSource eq 'microsoftDefenderForOffice365'")
	for _, path := range []string{
		"incidents?$expand=alerts&$top=7", "incidents", "incidents?$filter=status eq 'resolved' and severity eq 'medium'&$orderby=severity,lastUpdateDateTime desc&$top=3",
		"alerts_v2?$top=100&$orderby=lastUpdateDateTime asc", "alerts_v2?$filter=lastUpdateDateTime ge 2026-02-20T00:00:00Z and lastUpdateDateTime lt 2026-02-24T12:00:00Z",
		"alerts_v2?$filter=assignedTo eq 'Automation'&$select=id,lastUpdateDateTime", "incidents/1000017?$expand=alerts", "incidents/1000017/alerts?$top=1", "incidents/1000017",
		"alerts_v2/" + mustHead(t, some[0]).ID,
	} {
		for address := path; address != ""; {
			_, got := made.get(t, address)
			_, want := kept.get(t, address)
			if got != want {
				t.Fatalf("GET %s:\n got %.600s\nwant %.600s", address, got, want)
			}
			var l list
			try(t, json.Unmarshal([]byte(got), &l))
			address = l.Next
		}
	}
}

func TestGeneratedIncidentsCanChange(t *testing.T) {
	g := newGraph(t)
	g.world.Generate(40, 4, 24*time.Hour)
	before, err := g.world.Incident("1000011")
	try(t, err)
	alert := mustHead(t, before).Alerts[0].ID
	g.clock.move(time.Minute)
	try(t, g.world.UpdateAlert(alert, map[string]any{"severity": "high"}))
	try(t, g.world.Touch("1000011"))
	try(t, g.world.Delete("1000012"))
	items, _ := g.all(t, "incidents?$orderby=lastUpdateDateTime asc&$top=9")
	heads := mustHeads(t, items)
	if got := heads[len(heads)-1]; len(heads) != 39 || got.ID != "1000011" || got.Updated != "2026-03-12T10:01:00Z" {
		t.Errorf("got %d incidents, the last %+v", len(heads), got)
	}
	alerts, _ := g.all(t, "alerts_v2?$orderby=lastUpdateDateTime desc&$top=9")
	if got := mustHead(t, alerts[0]); got.ID != alert || got.Severity != "high" {
		t.Errorf("the latest alert is %+v", got)
	}
	if slices.Contains(g.world.Incidents(), "1000012") {
		t.Error("a deleted incident is listed")
	}
	if res, _ := g.get(t, "incidents/1000012"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a deleted incident: got %d", res.StatusCode)
	}
}
