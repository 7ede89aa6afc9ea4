package connectors_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"workbench"
	"workbench/views/connectors"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) workbench.Time { return workbench.At(now.Add(-d)) }

const day = 24 * time.Hour

func input(sources ...connectors.Source) connectors.Input {
	return connectors.Input{Layout: layout.Props{Display: ui.Display{Now: now}}, From: link.FromConnectors, CanEdit: true, Sources: sources}
}

func endpoint(health workbench.Health, progress workbench.Progress) connectors.Source {
	return connectors.Source{Connector: workbench.Connector{ID: "c", Parent: "p", Kind: workbench.DefenderEndpoint, Name: "c", BackfillDays: 30}, Health: health, Progress: progress}
}

func tenant(health workbench.Health, credentials ...workbench.Credential) connectors.Source {
	return connectors.Source{Connector: workbench.Connector{ID: "p", Kind: workbench.Microsoft365, Name: "p", Entered: "contoso.example", Tenant: "3ac1"}, Health: health,
		Registration: workbench.Registration{Credentials: credentials}}
}

var connected = workbench.Health{Status: workbench.StatusConnected, GoodAt: ago(12 * time.Second)}

func TestBadges(t *testing.T) {
	failed, pending := workbench.Health{Status: workbench.StatusError}, workbench.Health{Status: workbench.StatusPending}
	for want, s := range map[string]connectors.Source{
		"Connected": endpoint(connected, workbench.Progress{}), "Error": endpoint(failed, workbench.Progress{}), "Pending user consent": endpoint(pending, workbench.Progress{}),
		"Connected · catching up": {Connector: workbench.Connector{Kind: workbench.DefenderEndpoint}, Health: connected, CatchingUp: true},
		"Switched off":            {Connector: workbench.Connector{Disabled: true}, Health: failed},
	} {
		if got := connectors.Panels(input(s))[0].Rows[0].Badge.Label; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := connectors.Panels(input(tenant(connected), endpoint(failed, workbench.Progress{})))[0].Badge.Label; got != "Error" {
		t.Errorf("a tenant with a child in error is called %q", got)
	}
}

// Children that wait for the same consent are named by one explanation; a fault of its own is told of each.
func TestExplanationsAreToldOnce(t *testing.T) {
	family := func(status workbench.ConnectorStatus, r workbench.Reason) []connectors.Why {
		a, b := endpoint(workbench.Health{Status: status, Reason: r}, workbench.Progress{}), endpoint(workbench.Health{Status: status, Reason: r}, workbench.Progress{})
		b.ID, b.Name = "d", "d"
		return connectors.Panels(input(tenant(connected), a, b))[0].Whys
	}
	if got := family(workbench.StatusPending, workbench.ReasonRolesMissing); len(got) != 1 || strings.Join(got[0].About, " ") != "c d" {
		t.Errorf("got %+v, want one explanation that names both", got)
	}
	if got := family(workbench.StatusError, workbench.ReasonUnreadable); len(got) != 2 {
		t.Errorf("got %d explanations of two faults", len(got))
	}
}

func TestFamiliesShareAPanel(t *testing.T) {
	other := tenant(connected)
	other.ID, other.Name = "q", "q"
	panels := connectors.Panels(input(tenant(connected), endpoint(connected, workbench.Progress{}), other))
	if len(panels) != 2 || len(panels[0].Rows) != 2 || len(panels[1].Rows) != 1 {
		t.Fatalf("got %d panels, want one of two rows and one of one", len(panels))
	}
	if panels[0].Connectors != "p c" {
		t.Errorf("got connectors %q, want p and c", panels[0].Connectors)
	}
}

func TestCoverage(t *testing.T) {
	span := func(from, to time.Duration) workbench.Span { return workbench.Span{From: ago(from), To: ago(to)} }
	for name, c := range map[string]struct {
		covered []workbench.Span
		share   float64
		label   string
		gaps    int
	}{
		"whole":      {[]workbench.Span{span(30*day, time.Minute)}, 1, "complete since 23 Oct 2026", 0},
		"nothing":    {nil, 0, "nothing read yet since 23 Oct 2026", 1},
		"one gap":    {[]workbench.Span{span(30*day, 20*day), span(10*day, 0)}, 0.6667, "66 % of the time since 23 Oct 2026, 1 gap", 1},
		"nearly all": {[]workbench.Span{span(30*day, 2*day), span(2*day-time.Hour, 0)}, 0.9986, "99 % of the time since 23 Oct 2026, 1 gap", 1},
		"hardly any": {[]workbench.Span{span(30*day, 30*day-time.Minute)}, 0.0001, "1 % of the time since 23 Oct 2026, 1 gap", 1},
	} {
		s := endpoint(connected, workbench.Progress{From: ago(30 * day), Covered: c.covered})
		s.Share = c.share
		got := connectors.Panels(input(s))[0].Rows[0].Coverage
		if got.Label != c.label || len(got.Gaps) != c.gaps || len(got.Covered) != len(c.covered) {
			t.Errorf("%s: got %q with %d ranges and %d gaps, want %q with %d and %d", name, got.Label, len(got.Covered), len(got.Gaps), c.label, len(c.covered), c.gaps)
		}
	}
}

// However the time is covered, no part of the bar leaves it, and a gap is always seen.
func TestCoverageBarStaysInItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p workbench.Progress
		p.From = ago(time.Duration(rapid.Int64Range(1, int64(200*day)).Draw(t, "from")))
		for range rapid.IntRange(0, 20).Draw(t, "spans") {
			from := rapid.Int64Range(-int64(day), int64(200*day)).Draw(t, "start")
			p.Covered = workbench.Cover(p.Covered, workbench.Span{From: ago(time.Duration(from)), To: ago(time.Duration(from - rapid.Int64Range(0, int64(50*day)).Draw(t, "length")))})
		}
		for _, s := range connectors.Panels(input(endpoint(connected, p)))[0].Rows[0].Coverage.Segments {
			x, err := strconv.ParseFloat(s.X, 64)
			if err != nil {
				t.Fatal(err)
			}
			width, err := strconv.ParseFloat(s.Width, 64)
			if err != nil || x < 0 || x > 998 || width < 2 || width > 1000 {
				t.Fatalf("got a segment from %s of %s", s.X, s.Width)
			}
		}
	})
}

func TestCredentialLine(t *testing.T) {
	certificate := func(left time.Duration, made bool) workbench.Credential {
		return workbench.Credential{Kind: workbench.CertificateCredential, State: workbench.CredentialActive, Made: made, NotAfter: ago(-left)}
	}
	for name, c := range map[string]struct {
		credential workbench.Credential
		want, tone string
	}{
		"good":          {certificate(81*day, true), "certificate 81 days · renews 4 Feb 2027", ""},
		"being renewed": {certificate(5*day, true), "certificate 5 days · being renewed", "medium"},
		"expired":       {certificate(-50*time.Hour, true), "certificate expired 2 days ago", "high"},
		"brought":       {certificate(200*day, false), "certificate 200 days · does not renew itself", ""},
		"brought, ends": {certificate(20*day, false), "certificate 20 days · does not renew itself", "medium"},
		"endless":       {workbench.Credential{Kind: workbench.SecretCredential, State: workbench.CredentialActive}, "client secret, its end is not known", ""},
		"waits":         {workbench.Credential{Kind: workbench.CertificateCredential, State: workbench.CredentialOffered}, "certificate waits to be uploaded", "medium"},
		"none":          {workbench.Credential{State: workbench.CredentialFormer}, "nothing to sign in with", "high"},
	} {
		if got := connectors.Panels(input(tenant(connected, c.credential)))[0].Credential; got.Words != c.want || got.Tone != c.tone {
			t.Errorf("%s: got %q %q, want %q %q", name, got.Words, got.Tone, c.want, c.tone)
		}
	}
}

func TestAFailedRenewalIsSaidWhileAllIsWell(t *testing.T) {
	s := tenant(connected, workbench.Credential{Kind: workbench.CertificateCredential, State: workbench.CredentialActive, Made: true, NotAfter: ago(-3 * day)})
	s.Registration.Renewal = workbench.Renewal{TriedAt: ago(time.Hour), Failures: 4, Reason: workbench.ReasonRenewalRefused}
	p := connectors.Panels(input(s))[0]
	if len(p.Whys) != 1 || !strings.Contains(p.Whys[0].What, "could not be renewed") || !strings.Contains(p.Whys[0].Missing, "25 Nov 2026") {
		t.Errorf("got %+v, want to be told that renewal fails and until when it works", p.Whys)
	}
	if !strings.Contains(p.Credential.Words, "renewal failed 4 times") {
		t.Errorf("got %q, want the failures", p.Credential.Words)
	}
}

func TestReadingWords(t *testing.T) {
	s := endpoint(connected, workbench.Progress{})
	s.Lag, s.Throttled, s.Health.NextAt = 41*time.Second, true, ago(-48*time.Second)
	r := connectors.Panels(input(s))[0].Rows[0]
	if r.Read.Words != "polled 12 s ago" || strings.Join(r.Next, " · ") != "lag 41 s · throttled by Microsoft · next try in 48 s" {
		t.Errorf("got %q and %q", r.Read.Words, r.Next)
	}
	s.Health.Empty = true
	if got := connectors.Panels(input(s))[0].Rows[0].About; len(got) != 1 || got[0] != "Microsoft answered: no incidents in 30 days" {
		t.Errorf("got %q for a tenant without incidents", got)
	}
}

func TestStoriesOfAChild(t *testing.T) {
	for _, c := range []struct {
		stories int
		words   string
	}{{4812, "4,812 stories"}, {1, "1 story"}, {-1, "Stories"}} {
		s := endpoint(connected, workbench.Progress{Alerts: 1})
		s.Tenant, s.Stories = "3ac1", c.stories
		got := connectors.Panels(input(s))[0].Rows[0]
		if want := "/stories?producer=endpoint&tenant=3ac1"; got.Stories != want || got.HowMany != c.words || len(got.About) != 0 {
			t.Errorf("got %q at %q and %q, want %q at %q", got.HowMany, got.Stories, got.About, c.words, want)
		}
	}
	none := endpoint(connected, workbench.Progress{Alerts: 1})
	none.Tenant = "3ac1"
	if got := connectors.Panels(input(none))[0].Rows[0]; got.Stories != "" || strings.Join(got.About, "") != "no stories yet" {
		t.Errorf("got %q and a link to %q where there is no story", got.About, got.Stories)
	}
}
