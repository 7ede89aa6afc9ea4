package connect_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
	"workbench/store/seal"
)

func TestTenantWithoutDefender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.tenant.SetLicensed(false)
		p := w.connected()
		w.app.Consent()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		w.want(child.ID, workbench.StatusError, workbench.ReasonNotProvisioned)
		w.want(p.ID, workbench.StatusConnected, "")
		if child.NeedsConsent {
			t.Error("asks for consent that was given")
		}
		defer w.run()()
		w.tenant.SetLicensed(true)
		pass(5*time.Minute + 5*time.Second)
		w.want(child.ID, workbench.StatusConnected, "")
	})
}

func TestTenantThatIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.tenant.World().Generate(0, 1, time.Hour)
		for _, id := range w.tenant.World().Incidents() {
			if err := w.tenant.World().Delete(id); err != nil {
				t.Fatal(err)
			}
		}
		p := w.connected()
		w.app.Consent()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		w.want(child.ID, workbench.StatusConnected, "")
		if !child.Health.Empty {
			t.Errorf("got %+v, want it empty", child.Health)
		}
	})
}

func TestWhatMicrosoftTakesAway(t *testing.T) {
	for name, c := range map[string]struct {
		take   func(w *world)
		parent workbench.ConnectorStatus
		why    workbench.Reason
		child  workbench.Reason
		give   func(w *world)
	}{
		"permissions": {func(w *world) { w.app.Revoke("") }, workbench.StatusConnected, "", workbench.ReasonRolesMissing, func(w *world) { w.app.Consent() }},
		"enterprise app": {func(w *world) { w.app.DeleteServicePrincipal() }, workbench.StatusError, workbench.ReasonApplicationUnknown, workbench.ReasonParent,
			func(w *world) { w.app.Consent() }},
		"application is off": {func(w *world) { w.app.SetEnabled(false) }, workbench.StatusError, workbench.ReasonApplicationDisabled, workbench.ReasonParent,
			func(w *world) { w.app.SetEnabled(true) }},
		"certificate": {func(w *world) { w.app.RemoveCertificate(w.app.Certificates()[0].KeyID) }, workbench.StatusError, workbench.ReasonCertificateUnknown, workbench.ReasonParent,
			func(w *world) {
				targets, _ := w.service.Targets(w.t.Context())
				active, _ := w.state(targets[0].Parent.ID).Registration.Active()
				w.app.UploadCertificate(active.Certificate)
			}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				p, child := w.working(w.certified())
				c.take(w)
				pass(2 * time.Hour) // no token lives so long
				w.poll()
				w.want(p, c.parent, c.why)
				w.want(child, workbench.StatusError, c.child)
				defer w.run()()
				c.give(w)
				pass(5*time.Minute + 5*time.Second)
				w.want(p, workbench.StatusConnected, "")
				w.want(child, workbench.StatusConnected, "")
			})
		})
	}
}

// dead answers nothing for some hosts or paths, and is cancelled with its request.
type dead struct {
	http.RoundTripper
	silent func(*http.Request) bool
}

func (d dead) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.silent(r) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return d.RoundTripper.RoundTrip(r)
}

func TestDeadTenantDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w *world
		var off atomic.Bool
		w = newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper {
			return dead{next, func(r *http.Request) bool { return off.Load() && strings.Contains(r.URL.Path, w.tenant.ID()) }}
		})
		_, child := w.working(w.connected())
		app := w.other.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{base + "/connectors/callback"}})
		off.Store(true)
		began := time.Now()
		st, err := w.service.AddChild(t.Context(), w.by, connect.Child{Kind: workbench.DefenderOther, Parent: w.state(child).Parent.ID})
		if waited := time.Since(began); err != nil || waited > 21*time.Second || st.Health.Status == workbench.StatusConnected {
			t.Errorf("a child of a dead tenant: got %+v, %v after %v; want a state within 20 s", st.Health, err, waited)
		}
		if st.Health.Reason != workbench.ReasonUnreachable {
			t.Errorf("got %s, want unreachable", st.Health.Reason)
		}
		defer w.run()()
		form := w.form()
		form.Name, form.Tenant, form.ClientID, form.ObjectID = "Fabrikam", w.other.ID(), app.ClientID(), app.ObjectID()
		p, err := w.service.AddParent(t.Context(), w.by, form)
		if err != nil {
			t.Fatal(err)
		}
		offered, _ := w.state(p.ID).Registration.Offered()
		if _, err := app.UploadCertificate(offered.Certificate); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Second)
		if _, ok := w.state(p.ID).Registration.Active(); !ok {
			t.Error("the certificate of a living tenant was not found to work")
		}
		off.Store(false)
		pass(time.Hour)
		w.want(st.ID, workbench.StatusConnected, "")
	})
}

func TestLostKeyFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.connected())
		var err error
		if w.config.Seal, err = seal.New(); err != nil {
			t.Fatal(err)
		}
		w.open()
		w.poll()
		w.want(p, workbench.StatusError, workbench.ReasonUnsealable)
		w.want(child, workbench.StatusError, workbench.ReasonParent)
		if _, err := w.service.Reseal(t.Context()); err == nil {
			t.Error("sealed anew what nothing opens")
		}
		if err := w.service.OfferCertificate(t.Context(), w.by, p); err != nil {
			t.Fatal(err)
		}
		w.upload(p)
		defer w.run()()
		pass(5*time.Minute + 5*time.Second)
		w.want(p, workbench.StatusConnected, "")
		w.want(child, workbench.StatusConnected, "")
	})
}

func TestPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.connected())
		changes, end := w.service.Subscribe()
		defer end()
		seen := func() map[workbench.ConnectorID]bool {
			out := map[workbench.ConnectorID]bool{}
			for {
				select {
				case id := <-changes:
					out[id] = true
				default:
					return out
				}
			}
		}
		from := workbench.At(time.Now().Add(-30 * 24 * time.Hour))
		progress := func(share float64) []workbench.Progress {
			to := workbench.At(from.Add(time.Duration(share * float64(time.Since(from.Time)))))
			return []workbench.Progress{{Connector: child, From: from, Covered: []workbench.Span{{From: from, To: to}}, Incidents: 7}}
		}
		next := time.Now().Add(time.Minute)
		if err := w.service.Polled(t.Context(), p, nil, progress(0.5), false, next); err != nil {
			t.Fatal(err)
		}
		st := w.state(child)
		if st.Health.Status != workbench.StatusConnected || !st.CatchingUp || st.Share < 0.49 || st.Share > 0.51 || st.Lag < 14*24*time.Hour || !st.Health.NextAt.Equal(next) {
			t.Errorf("half: got %+v", st)
		}
		if !seen()[child] {
			t.Error("nobody was told of the progress")
		}
		if b := w.service.Blindness(workbench.EveryTenant()); len(b) != 1 || !strings.Contains(b[0].Sentence, "still being read: 50 %") || len(b[0].Gaps) != 1 {
			t.Errorf("blind: got %+v", b)
		}
		w.service.Polled(t.Context(), p, nil, progress(1), false, next)
		if st := w.state(child); st.CatchingUp || st.Share < 0.999 || len(w.service.Blindness(workbench.EveryTenant())) != 0 {
			t.Errorf("whole: got %+v, %+v", st, w.service.Blindness(workbench.EveryTenant()))
		}
		if n := testing.AllocsPerRun(100, func() { w.service.Blindness(workbench.EveryTenant()) }); n > 0 {
			t.Errorf("Blindness of what works allocates %v times", n)
		}
		pass(4 * time.Minute)
		if b := w.service.Blindness(workbench.EveryTenant()); len(b) != 1 || !strings.Contains(b[0].Sentence, "has not been read since") {
			t.Errorf("silent: got %+v", b)
		}
		if b := w.service.Blindness(workbench.ScopeOf("another")); len(b) != 0 {
			t.Errorf("outside the scope: got %+v", b)
		}
		w.service.Polled(t.Context(), p, nil, progress(1), true, time.Now().Add(time.Minute))
		if !w.state(child).Health.Empty {
			t.Error("not empty")
		}

		throttled := &workbench.Fault{Reason: workbench.ReasonThrottled, RetryAfter: time.Minute}
		w.service.Polled(t.Context(), p, throttled, nil, false, time.Now().Add(time.Minute))
		w.want(child, workbench.StatusConnected, workbench.ReasonThrottled)
		w.want(p, workbench.StatusConnected, "")
		if !w.state(child).Throttled {
			t.Error("not throttled")
		}
		down := &workbench.Fault{Reason: workbench.ReasonUnavailable, Detail: workbench.Text(strings.Repeat("x", 5_000))}
		for range 3 {
			w.service.Polled(t.Context(), p, down, nil, false, time.Now().Add(time.Minute))
		}
		w.want(child, workbench.StatusError, workbench.ReasonUnavailable)
		if n := len(w.state(child).Health.Detail.Raw()); n != 500 {
			t.Errorf("detail of %d characters", n)
		}
		if b := w.service.Blindness(workbench.EveryTenant()); len(b) != 1 || !strings.Contains(b[0].Sentence, "brings nothing since") {
			t.Errorf("in error: got %+v", b)
		}
		w.service.Polled(t.Context(), p, nil, progress(1), false, time.Now().Add(time.Minute))
		w.want(child, workbench.StatusConnected, "")

		if err := w.service.SetDisabled(t.Context(), w.by, child, true); err != nil {
			t.Fatal(err)
		}
		if b := w.service.Blindness(workbench.EveryTenant()); len(b) != 1 || !strings.Contains(b[0].Sentence, "is switched off since 1 January 2000") {
			t.Errorf("switched off: got %+v", b)
		}
		if targets, _ := w.service.Targets(t.Context()); len(targets) != 0 {
			t.Errorf("Targets: got %+v, want none", targets)
		}
		if err := w.service.SetDisabled(t.Context(), w.by, child, false); err != nil {
			t.Fatal(err)
		}
		targets, _ := w.service.Targets(t.Context())
		if err := errors.Join(w.service.Delete(t.Context(), w.by, child), w.service.Delete(t.Context(), w.by, p)); err != nil {
			t.Fatal(err)
		}
		if _, err := targets[0].Client.Probe(t.Context()); err == nil {
			t.Error("the client of a connector that was deleted still reads")
		}
		if err := w.service.Polled(t.Context(), "unknown", nil, nil, false, next); err != nil {
			t.Errorf("a parent that is gone: %v", err)
		}
	})
}

func TestHealthIsKeptSparingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.connected())
		kept := func() workbench.Time {
			all, err := w.store.Healths(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return all[child].CheckedAt
		}
		first := kept()
		for range 4 {
			pass(time.Minute)
			w.service.Polled(t.Context(), p, nil, nil, false, time.Now().Add(time.Minute))
		}
		if kept() != first {
			t.Error("kept although nothing changed")
		}
		if at := w.state(child).Health.CheckedAt; at == first {
			t.Error("the memory is stale")
		}
		pass(time.Minute)
		w.service.Polled(t.Context(), p, nil, nil, false, time.Now().Add(time.Minute))
		if kept() == first {
			t.Error("not kept after five minutes")
		}
		w.service.Polled(t.Context(), p, &workbench.Fault{Reason: workbench.ReasonRolesMissing}, nil, false, time.Now().Add(time.Minute))
		all, _ := w.store.Healths(t.Context())
		if all[child].Status != workbench.StatusError {
			t.Errorf("a change was not kept: %+v", all[child])
		}
	})
}

func TestSlowReadersLearnThatManyChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.connected()
		changes, end := w.service.Subscribe()
		for i := range 50 {
			if err := w.service.SetDisabled(t.Context(), w.by, p.ID, i%2 == 0); err != nil {
				t.Fatal(err)
			}
		}
		many := false
		for len(changes) > 0 {
			many = <-changes == "" || many
		}
		if !many {
			t.Error("a slow reader was not told that many changed")
		}
		end()
		end()
		if _, open := <-changes; open {
			t.Error("the channel is still open")
		}
		if !errors.Is(w.service.Delete(t.Context(), w.by, "unknown"), workbench.ErrNotFound) {
			t.Error("deleted what is not there")
		}
	})
}
