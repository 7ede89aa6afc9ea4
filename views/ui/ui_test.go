package ui_test

import (
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/views/ui"
)

func TestDisplayTimes(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	utc := ui.Display{Now: now}
	india := ui.Display{Now: now, Zone: time.FixedZone("IST", 19_800), ZoneName: "Asia/Kolkata"}
	ago := func(d time.Duration) workbench.Time { return workbench.At(now.Add(-d)) }
	for _, c := range []struct {
		name, got, want string
	}{
		{"unknown", utc.Format(workbench.Time{}), "–"},
		{"unknown age", utc.Age(workbench.Time{}), "–"},
		{"UTC", utc.Format(ago(7 * time.Minute)), "22 Nov 2026 09:23:00"},
		{"zone", india.Format(ago(7 * time.Minute)), "22 Nov 2026 14:53:00"},
		{"day in zone", india.Day(ago(-12 * time.Hour)), "23 Nov 2026"},
		{"clock", utc.Clock(ago(time.Second)), "09:29:59"},
		{"zone's name", india.ZoneLabel(), "Asia/Kolkata"},
		{"no zone", utc.ZoneLabel(), "UTC"},
		{"seconds", utc.Age(ago(59 * time.Second)), "now"},
		{"a minute", utc.Age(ago(time.Minute)), "1 m"},
		{"minutes", utc.Age(ago(59 * time.Minute)), "59 m"},
		{"hours", utc.Age(ago(47 * time.Hour)), "47 h"},
		{"days", utc.Age(ago(48 * time.Hour)), "2 d"},
		{"to come", utc.Age(ago(-90 * time.Minute)), "in 1 h"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestWordLabel(t *testing.T) {
	for word, want := range map[string]string{
		"":                             "",
		"inProgress":                   "In progress",
		"noThreatsFound":               "No threats found",
		"CredentialAccess":             "Credential access",
		"active":                       "Active",
		"microsoftDefenderForEndpoint": "Microsoft Defender for Endpoint",
		"MicrosoftDefenderForEndpoint": "Microsoft Defender for Endpoint",
		"dlpPolicy":                    "Dlp policy",
		"someIDThing":                  "Some ID thing",
		"TP":                           "TP",
		"two words":                    "two words",
		"T1059.001":                    "T1059.001",
		"naïve":                        "naïve",
		"odd\u202Eword":                "odd\u202Eword",
		strings.Repeat("a", 65):        strings.Repeat("a", 65),
	} {
		if got := ui.WordLabel(workbench.Text(word)); got != workbench.Text(want) {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestTechniqueNames(t *testing.T) {
	for id, want := range map[string]string{
		"T1059": "Command and Scripting Interpreter", "t1059.001": "Command and Scripting Interpreter: PowerShell", "T9999": "", "T1059.999": "", "": "", "x": "",
	} {
		if got := ui.TechniqueTitle(workbench.Text(id)); got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
	if got, want := ui.TechniqueName(workbench.Text("T1566.002")), "Spearphishing Link"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1284: "1,284", 1_000_000: "1,000,000", -1284: "-1,284", -128: "-128"} {
		if got := ui.Count(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestBand(t *testing.T) {
	for n, want := range map[int]string{1: "low", 3: "low", 4: "medium", 6: "medium", 7: "high", 10: "high"} {
		if got := ui.Band(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

// Every status and every verdict of an analyst is told by its shape as well as its colour.
func TestEachStateHasItsOwnShape(t *testing.T) {
	shapes := map[string]string{}
	for _, s := range append([]workbench.Status{""}, workbench.Statuses...) {
		html := rendered(t, ui.Status(s))
		_, shape, ok := strings.Cut(html, "#shape-")
		shape, _, _ = strings.Cut(shape, `"`)
		if !ok || shapes[shape] != "" {
			t.Errorf("status %q: got shape %q, which %q has too", s, shape, shapes[shape])
		}
		shapes[shape] = "status " + string(s)
	}
	for _, w := range []string{"malicious", "suspicious", "noThreatsFound", "unknown"} {
		if html := rendered(t, ui.Verdict(workbench.Text(strings.ToUpper(w)))); !strings.Contains(html, "#shape-") {
			t.Errorf("verdict %s: got %s, want a shape", w, html)
		}
	}
}
