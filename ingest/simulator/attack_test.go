package simulator_test

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/sample"
)

func TestAttacksUnfoldByTheClock(t *testing.T) {
	for _, script := range sample.Attacks() {
		g := newGraph(t)
		_, err := g.world.Start(script.Name, 4)
		try(t, err)
		last, moved := map[string]string{}, 0
		for range 16 {
			g.clock.move(29 * time.Second)
			items, _ := g.all(t, "incidents?$expand=alerts")
			alerts, _ := g.all(t, "alerts_v2?$top=1000")
			for _, raw := range append(items, alerts...) {
				h := mustHead(t, raw)
				if mustTime(t, h.Updated).After(g.clock.read()) {
					t.Errorf("%s: %s was updated at %s, which has not come", script.Name, h.ID, h.Updated)
				}
				before, seen := last[h.ID]
				switch {
				case !seen || before == string(raw):
				case mustTime(t, h.Updated).After(mustTime(t, mustHead(t, []byte(before)).Updated)):
					if was := mustHead(t, []byte(before)); was.Incident != h.Incident {
						moved++
					}
				case len(h.Alerts) == 0 && h.Incident != "" || withoutAlerts(t, before) != withoutAlerts(t, string(raw)):
					t.Errorf("%s: %s changed without a later time", script.Name, h.ID)
				}
				last[h.ID] = string(raw)
			}
		}
		running := g.world.Attacks()
		if len(running) != 1 || running[0].Done != len(running[0].Steps) || running[0].Problem != "" {
			t.Errorf("%s: %d of %d steps done %s", script.Name, running[0].Done, len(running[0].Steps), running[0].Problem)
		}
		want := map[string]int{"merge": 1, "move": 2}[script.Name]
		if got := len(g.world.Incidents()); got != script.Incidents || moved != want {
			t.Errorf("%s: got %d incidents and %d moved alerts, want %d and %d", script.Name, got, moved, script.Incidents, want)
		}
	}
}

// withoutAlerts is the incident up to its alerts.
func withoutAlerts(t *testing.T, raw string) string {
	t.Helper()
	alone, _, _ := strings.Cut(raw, `"alerts":[`)
	return alone
}

func TestPhishingGrows(t *testing.T) {
	g := newGraph(t)
	_, err := g.world.Start("phishing", 1)
	try(t, err)
	if len(g.world.Incidents()) != 0 {
		t.Fatal("the incident is there before its time")
	}
	var names, severities []string
	evidence := 0
	late := false
	for range 60 {
		g.clock.move(30 * time.Second)
		for _, id := range g.world.Incidents() {
			h := g.look(t, id)
			if n := len(names); n == 0 || names[n-1] != h.Name {
				names = append(names, h.Name)
			}
			if n := len(severities); n == 0 || severities[n-1] != h.Severity {
				severities = append(severities, h.Severity)
			}
			count := 0
			for _, a := range h.Alerts {
				count += len(a.Evidence)
				late = late || mustTime(t, a.Updated).After(mustTime(t, h.Updated))
			}
			if count < evidence {
				t.Errorf("evidence shrinks from %d to %d", evidence, count)
			}
			evidence = count
		}
	}
	if len(names) < 4 || strings.Join(severities, " ") != "low medium high" || evidence < 40 || !late {
		t.Errorf("got names %q, severities %q, %d pieces of evidence, late evidence %t", names, severities, evidence, late)
	}
}

func TestBackground(t *testing.T) {
	g := newGraph(t)
	try(t, g.world.Background(6))
	g.clock.move(61 * time.Minute)
	if got := len(g.world.Incidents()); got != 6 {
		t.Errorf("got %d incidents in an hour, want 6", got)
	}
	for i, id := range g.world.Incidents() {
		if got, want := mustTime(t, g.look(t, id).Updated), g.clock.read().Add(-time.Minute-time.Duration(5-i)*10*time.Minute); !got.Equal(want) {
			t.Errorf("incident %d came at %s, want %s", i, got, want)
		}
	}
	g.clock.move(24 * 365 * time.Hour)
	if got := len(g.world.Incidents()); got > 6+201 {
		t.Errorf("after a year, %d incidents come at once", got)
	}
	try(t, g.world.Background(0))
	before := len(g.world.Incidents())
	g.clock.move(24 * time.Hour)
	if got := len(g.world.Incidents()); got != before || g.world.BackgroundRate() != 0 {
		t.Errorf("%d incidents came after the end", got-before)
	}
	var invalid *workbench.Invalid
	for _, rate := range []float64{-1, math.NaN(), math.Inf(1), 1e9} {
		if err := g.world.Background(rate); !errors.As(err, &invalid) {
			t.Errorf("a rate of %g: got %v", rate, err)
		}
	}
	for _, speed := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := g.world.Start("wave", speed); !errors.As(err, &invalid) {
			t.Errorf("a speed of %g: got %v", speed, err)
		}
	}
	if _, err := g.world.Start("none", 1); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("an attack that is not there: got %v", err)
	}
}

func TestPortalPlaysAttacks(t *testing.T) {
	g := newGraph(t)
	page := g.s.Base().String() + "/portal/" + graphTenant + "/attacks"
	post := func(path string, form url.Values, want int) {
		t.Helper()
		res, err := g.client.PostForm(page+path, form)
		try(t, err)
		if res.Body.Close(); res.StatusCode != want {
			t.Errorf("POST %s %v: got %d, want %d", path, form, res.StatusCode, want)
		}
	}
	post("/start", url.Values{"attack": {"merge"}, "speed": {"5"}}, http.StatusSeeOther)
	post("/start", url.Values{"attack": {"merge"}, "speed": {"fast"}}, http.StatusUnprocessableEntity)
	post("/start", url.Values{"attack": {"<b>"}, "speed": {"1"}}, http.StatusUnprocessableEntity)
	post("/background", url.Values{"rate": {"12"}}, http.StatusSeeOther)
	post("/nothing", nil, http.StatusNotFound)
	g.clock.move(10 * time.Second)
	if _, body := g.get(t, page); !strings.Contains(body, "1 of 3 steps done") || !strings.Contains(body, "The second incident is merged into the first.") || !strings.Contains(body, `value="12"`) {
		t.Errorf("the page does not show the attack: %s", body)
	}
	post("/stop", url.Values{"id": {"1"}}, http.StatusSeeOther)
	g.clock.move(time.Hour)
	if len(g.world.Attacks()) != 0 {
		t.Error("a stopped attack goes on")
	}
}
