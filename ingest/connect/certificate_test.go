package connect_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
)

// poll does what a poller does, as far as health is concerned.
func (w *world) poll() {
	w.t.Helper()
	targets, err := w.service.Targets(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, target := range targets {
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
		found, err := target.Client.Probe(ctx)
		cancel()
		if err := w.service.Polled(w.t.Context(), target.Parent.ID, workbench.FaultOf(err), nil, found.Empty, time.Now().Add(time.Minute)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// working is a world with a parent and a child that are connected.
func (w *world) working(p workbench.Connector) (parent, child workbench.ConnectorID) {
	w.t.Helper()
	c := w.addChild(p.ID, workbench.DefenderEndpoint)
	if a := w.authorise(c.ID, globalAdministrator, "accept"); a.State.Health.Status != workbench.StatusConnected {
		w.t.Fatalf("child: got %+v", a.State.Health)
	}
	return p.ID, c.ID
}

// live lets days pass with two polls each.
func (w *world) live(days int) {
	for range days * 2 {
		pass(12 * time.Hour)
		w.poll()
	}
}

func TestCertificateRenewsItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{KeyDelay: 5 * time.Minute})
		p := w.addParent()
		first, _ := w.state(p.ID).Registration.Offered()
		if life := first.NotAfter.Sub(first.NotBefore.Time); first.SHA1() == "" || !first.Made || life < 89*24*time.Hour || life > 93*24*time.Hour {
			t.Fatalf("first certificate: got %+v", first)
		}
		w.upload(p.ID)
		pass(6 * time.Minute)
		if a := w.authorise(p.ID, globalAdministrator, "accept"); a.Fault != nil {
			t.Fatal(a.Fault)
		}
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		w.authorise(child.ID, globalAdministrator, "accept")

		stop := w.run()
		seen := map[string]bool{}
		for day := range 200 {
			w.live(1)
			if day%10 == 0 { // the workbench is started again now and then
				stop()
				w.open()
				stop = w.run()
			}
			active, ok := w.state(p.ID).Registration.Active()
			if !ok || time.Until(active.NotAfter.Time) < 6*24*time.Hour {
				t.Fatalf("day %d: the active certificate is %+v", day, active)
			}
			seen[active.ID] = true
			if h := w.state(child.ID).Health; h.Status != workbench.StatusConnected || h.Reason != "" {
				t.Fatalf("day %d: the child is %s because of %s", day, h.Status, h.Reason)
			}
		}
		stop()
		if len(seen) != 3 {
			t.Errorf("in 200 days: %d certificates, want 3", len(seen))
		}
		if at := w.app.Certificates(); len(at) != 2 || at[0].SHA1 != first.SHA1() {
			t.Errorf("at Microsoft: got %v, want the one that was uploaded and the newest", at)
		}
		if kept := w.state(p.ID).Registration.Credentials; len(kept) != 1 {
			t.Errorf("kept: %d credentials, want 1", len(kept))
		}
		if strings.Contains(w.log.String(), "ends soon") {
			t.Error("somebody was warned for nothing")
		}
	})
}

func TestCertificateThatCanNotBeRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.certified())
		w.tenant.SetPolicy(simulator.Policy{MaxCertificateLifetime: 24 * time.Hour})
		stop := w.run()
		defer func() { stop() }()
		active, _ := w.state(p).Registration.Active()
		until := func(before time.Duration) {
			pass(time.Until(active.NotAfter.Add(-before)))
			w.poll()
		}
		until(8 * 24 * time.Hour)
		w.want(p, workbench.StatusConnected, "")
		until(7*24*time.Hour - 2*time.Hour)
		w.want(p, workbench.StatusConnected, workbench.ReasonKeyPolicy)
		since := w.state(p).Health.Since
		for _, days := range []int{6, 3, 1} {
			until(time.Duration(days)*24*time.Hour - time.Hour)
			w.want(p, workbench.StatusConnected, workbench.ReasonKeyPolicy)
			if h := w.state(p).Health; h.Since != since || !strings.Contains(h.Detail.Raw(), "ends on") {
				t.Errorf("%d days before: got %q since %v, want it since %v", days, h.Detail, h.Since, since)
			}
			if said := fmt.Sprintf(`"msg":"credential ends soon","connector":"%s","credential":"%s","days":%d`, p, active.ID, days); strings.Count(w.log.String(), said) != 1 {
				t.Errorf("%d days before: not warned once", days)
			}
		}
		until(-time.Hour)
		w.want(p, workbench.StatusError, workbench.ReasonCertificateExpired)
		w.want(child, workbench.StatusError, workbench.ReasonParent)
		d, err := w.service.Authorize(t.Context(), w.by, p)
		if err != nil || d.URL != "" || d.Waiting == nil || d.Waiting.Reason != workbench.ReasonCertificateExpired || len(d.Offered.Certificate) == 0 {
			t.Fatalf("expired: got %q, waiting for %v, offered %v, %v", d.URL, d.Waiting, d.Offered.ID, err)
		}
		stop()
		w.open() // what is on offer survives
		stop = w.run()
		w.tenant.SetPolicy(simulator.Policy{})
		if _, err := w.app.UploadCertificate(d.Offered.Certificate); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute + 5*time.Second)
		w.want(p, workbench.StatusConnected, "")
		w.want(child, workbench.StatusConnected, "")
	})
}

func TestCredentialsOfTheOperator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.certified())
		ends := workbench.At(time.Now().Add(40 * 24 * time.Hour))
		choice := connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "a.Secret~value", SecretEnds: ends}
		if err := w.service.SetCredential(t.Context(), w.by, p, choice); err != nil {
			t.Fatal(err)
		}
		if active, _ := w.state(p).Registration.Active(); active.Kind != workbench.CertificateCredential {
			t.Error("a secret that Microsoft does not know took the place of a certificate that works")
		}
		w.want(p, workbench.StatusConnected, "")
		w.app.SetSecret("a.Secret~value", ends.Time)
		pass(5 * time.Second)
		w.service.Test(t.Context(), w.by, p)
		if active, _ := w.state(p).Registration.Active(); active.Kind != workbench.SecretCredential {
			t.Errorf("active: got %s, want the secret", active.Kind)
		}
		stop := w.run()
		defer stop()
		pass(38 * 24 * time.Hour)
		w.poll()
		if h := w.state(p).Health; h.Status != workbench.StatusConnected || !strings.Contains(h.Detail.Raw(), "The client secret ends on") {
			t.Errorf("before its end: got %+v", h)
		}
		pass(3 * 24 * time.Hour)
		w.poll()
		w.want(p, workbench.StatusError, workbench.ReasonSecretExpired)
		w.want(child, workbench.StatusError, workbench.ReasonParent)
		if err := w.service.OfferCertificate(t.Context(), w.by, p); err != nil {
			t.Fatal(err)
		}
		w.upload(p)
		pass(5*time.Minute + 5*time.Second)
		w.want(p, workbench.StatusConnected, "")
		w.want(child, workbench.StatusConnected, "")
	})
}
