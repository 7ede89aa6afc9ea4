package simulator_test

import (
	"strings"
	"testing"
	"time"

	"workbench/ingest/simulator"
)

func TestFilter(t *testing.T) {
	at := func(text string) time.Time { return mustTime(t, text) }
	passes := func(status, severity, owner, created, updated string) [5]string {
		return [5]string{status, severity, owner, created, updated}
	}
	noon, one := "2026-03-11T12:00:00Z", "2026-03-11T13:00:00.1234567Z"
	for _, c := range []struct {
		filter string
		row    [5]string
		want   bool
	}{
		{"status eq 'active'", passes("active", "low", "", noon, one), true},
		{"status eq 'active'", passes("resolved", "low", "", noon, one), false},
		{"severity eq 'high' or severity eq 'low'", passes("active", "low", "", noon, one), true},
		{"severity eq 'high' or severity eq 'low' and status eq 'resolved'", passes("active", "high", "", noon, one), true},
		{"(severity eq 'high' or severity eq 'low') and status eq 'resolved'", passes("active", "high", "", noon, one), false},
		{"assignedTo eq 'o''neil@contoso.example'", passes("active", "low", "o'neil@contoso.example", noon, one), true},
		{"lastUpdateDateTime ge 2026-03-11T13:00:00.1234567Z", passes("active", "low", "", noon, one), true},
		{"lastUpdateDateTime gt 2026-03-11T13:00:00.1234567Z", passes("active", "low", "", noon, one), false},
		{"lastUpdateDateTime le 2026-03-11T13:00:00.1234567Z", passes("active", "low", "", noon, one), true},
		{"lastUpdateDateTime lt 2026-03-11T13:00:00.1234567Z", passes("active", "low", "", noon, one), false},
		{"lastUpdateDateTime eq 2026-03-11T14:00:00.1234567+01:00", passes("active", "low", "", noon, one), true},
		{"createdDateTime ge 2026-03-11T00:00:00Z and createdDateTime lt 2026-03-12T00:00:00Z", passes("active", "low", "", noon, one), true},
		{"  ( ( status   eq 'active' ) ) ", passes("active", "low", "", noon, one), true},
		{"status eq 'active' and(severity eq 'low')", passes("active", "low", "", noon, one), true},
	} {
		_, f, err := simulator.FilterOfIncidents(c.filter)
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		if got := f(c.row[0], c.row[1], c.row[2], at(c.row[3]), at(c.row[4])); got != c.want {
			t.Errorf("%s over %v: got %t", c.filter, c.row, got)
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	for _, filter := range []string{
		"", " ", "status", "status eq", "status eq active", "status eq 'active", "status eq 'activ'", "status eq 'Active'", "status ne 'active'", "status gt 'active'",
		"not status eq 'active'", "status in ('active')", "startswith(assignedTo,'a')", "displayName eq 'x'", "serviceSource eq 'microsoftSentinel'",
		"lastUpdateDateTime ge '2026-03-11T12:00:00Z'", "lastUpdateDateTime ge 2026-03-11", "lastUpdateDateTime ge 2026-03-11T12:00:00",
		"lastUpdateDateTime ge 2026-13-11T12:00:00Z", "createdDateTime ne 2026-03-11T12:00:00Z", "(status eq 'active'", "status eq 'active')", "()",
		"status eq 'active' status eq 'active'", "status eq 'active' and", "or status eq 'active'", "status eq 'active' AND severity eq 'low'",
		"assignedTo eq null", strings.Repeat("(", 65) + "status eq 'active'" + strings.Repeat(")", 65),
		"assignedTo eq '" + strings.Repeat("x", 9000) + "'",
	} {
		if again, _, err := simulator.FilterOfIncidents(filter); err == nil {
			t.Errorf("%q is read as %s", filter, again)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"status eq 'active'", "(severity eq 'high' or lastUpdateDateTime ge 2026-03-11T12:00:00.5Z) and assignedTo eq 'a''b'", "((", "eq eq 'eq'",
		"createdDateTime lt 2026-03-11T12:00:00+05:30 and lastUpdateDateTime eq 2026-03-11T12:00:00Z", "status eq 'active' or", "'"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		again, passes, err := simulator.FilterOfIncidents(text)
		if err != nil {
			return
		}
		twice, passesAgain, err := simulator.FilterOfIncidents(again)
		if err != nil && len(again) < 8000 && strings.Count(again, "(") < 60 {
			t.Fatalf("%q is written as %q, which can't be read: %v", text, again, err)
		}
		if err != nil {
			return
		}
		if twice != again {
			t.Errorf("%q is written as %q and then as %q", text, again, twice)
		}
		for _, d := range []time.Duration{-time.Hour, 0, 100, time.Hour} {
			for _, severity := range []string{"low", "high"} {
				if passes("active", severity, "a'b", now, now.Add(d)) != passesAgain("active", severity, "a'b", now, now.Add(d)) {
					t.Errorf("%q and %q differ", text, again)
				}
			}
		}
	})
}
