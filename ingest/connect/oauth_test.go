package connect_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
)

// gone fails where a callback is not refused as one that nobody knows.
func (w *world) gone(what string, by connect.By, q url.Values) {
	w.t.Helper()
	if a, err := w.service.Arrive(w.t.Context(), by, q); !errors.Is(err, workbench.ErrNotFound) {
		w.t.Errorf("%s: got %+v, %v; want ErrNotFound", what, a.State.Health, err)
	}
}

func TestStateIsUsedOnceByWhoBeganIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.connected()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		q := w.browse(w.depart(child.ID).URL, globalAdministrator, "accept")
		with := func(name string, values ...string) url.Values {
			out := url.Values{}
			for k, v := range q {
				out[k] = v
			}
			delete(out, name)
			if values != nil {
				out[name] = values
			}
			return out
		}
		w.gone("no state", w.by, with("state"))
		w.gone("empty state", w.by, with("state", ""))
		w.gone("truncated state", w.by, with("state", q.Get("state")[:42]))
		w.gone("unknown state", w.by, with("state", strings.Repeat("A", 43)))
		w.gone("huge state", w.by, with("state", strings.Repeat("A", 64<<10)))
		w.gone("two states", w.by, with("state", q.Get("state"), q.Get("state")))
		w.gone("another session", connect.By{Account: w.by.Account, Session: "other"}, q)
		w.gone("no session", connect.By{Account: w.by.Account}, q)
		other := w.by
		other.Account.ID = "bob"
		w.gone("another account", other, q)
		lesser := w.by
		lesser.Account.Role = workbench.Analyst
		w.gone("permission lost", lesser, q)
		blind := w.by
		blind.Account.AllGrants = false
		w.gone("tenant not seen any more", blind, q)

		var accepted, refused atomic.Int32
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				switch _, err := w.service.Arrive(t.Context(), w.by, q); {
				case err == nil:
					accepted.Add(1)
				case errors.Is(err, workbench.ErrNotFound):
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if accepted.Load() != 1 || refused.Load() != 99 {
			t.Errorf("100 at once: %d accepted, %d refused; want 1 and 99", accepted.Load(), refused.Load())
		}
		w.want(child.ID, workbench.StatusConnected, "")
		w.gone("used", w.by, q)

		late := w.browse(w.depart(child.ID).URL, globalAdministrator, "accept")
		pass(10*time.Minute + time.Second)
		w.gone("expired", w.by, late)
	})
}

func TestClaimedTenantIsOnlyCompared(t *testing.T) {
	for name, c := range map[string]struct {
		claim  func(w *world) []string
		reason workbench.Reason // "" = consent is believed to be on its way, and asked for
	}{
		"altered":     {func(w *world) []string { return []string{w.other.ID()} }, workbench.ReasonWrongTenant},
		"domain":      {func(*world) []string { return []string{"contoso.com"} }, workbench.ReasonWrongTenant},
		"array":       {func(w *world) []string { return []string{w.tenant.ID(), w.other.ID()} }, workbench.ReasonUnreadable},
		"upper case":  {func(w *world) []string { return []string{strings.ToUpper(w.tenant.ID())} }, ""},
		"missing":     {func(*world) []string { return nil }, ""},
		"hostile":     {func(*world) []string { return []string{"<script>\x00\u202e"} }, workbench.ReasonWrongTenant},
		"its own one": {func(w *world) []string { return []string{w.tenant.ID()} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				p := w.connected()
				child := w.addChild(p.ID, workbench.DefenderEndpoint)
				d := w.depart(child.ID)
				q := url.Values{"admin_consent": {"True"}, "state": {mustURL(t, d.URL).Query().Get("state")}, "tenant": c.claim(w)}
				if q["tenant"] == nil {
					q.Del("tenant")
				}
				a, err := w.service.Arrive(t.Context(), w.by, q)
				if err != nil {
					t.Fatal(err)
				}
				if a.State.Health.Status == workbench.StatusConnected {
					t.Fatal("connected, and nobody consented")
				}
				if a.State.Connector.Tenant != p.Tenant {
					t.Errorf("tenant became %q", a.State.Connector.Tenant)
				}
				switch {
				case c.reason == "" && a.Fault != nil:
					t.Errorf("got %v, want no fault", a.Fault)
				case c.reason != "" && (a.Fault == nil || a.Fault.Reason != c.reason):
					t.Errorf("got %v, want %s", a.Fault, c.reason)
				}
				if c.reason == workbench.ReasonWrongTenant {
					w.want(child.ID, workbench.StatusError, workbench.ReasonWrongTenant)
					if !strings.Contains(w.audit(), "answer named another tenant | connector "+string(child.ID)) {
						t.Errorf("audit does not say so:\n%s", w.audit())
					}
				}
				for _, place := range []string{w.audit(), w.log.String()} {
					if strings.Contains(place, w.other.ID()) {
						t.Error("the claimed tenant was kept")
					}
				}
			})
		})
	}
}

func TestAnswerOfAnotherIssuerIsNotRedeemed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.addParent()
		w.upload(p.ID)
		q := w.browse(w.depart(p.ID).URL, globalAdministrator, "accept")
		q.Set("iss", "https://microsoft.example/"+w.other.ID()+"/v2.0")
		before := len(w.tenant.World().Requests())
		a, err := w.service.Arrive(t.Context(), w.by, q)
		if err != nil || a.Fault == nil || a.Fault.Reason != workbench.ReasonWrongTenant || a.State.Confirmed() {
			t.Errorf("got %+v, %v; want it refused", a, err)
		}
		if asked := w.tenant.World().Requests()[before:]; len(asked) != 0 {
			t.Errorf("Microsoft was asked: %v", asked)
		}
	})
}

func TestPollutedAnswersFail(t *testing.T) {
	huge := strings.Repeat("A", 64<<10)
	for name, q := range map[string]url.Values{
		"both":           {"code": {"x"}, "error": {"access_denied"}},
		"code twice":     {"code": {"x", "y"}},
		"huge code":      {"code": {huge}},
		"huge error":     {"error": {"access_denied"}, "error_description": {huge}},
		"nothing":        {},
		"consent":        {"admin_consent": {"True"}},
		"hostile error":  {"error": {"<img src=x>"}, "error_description": {"<script>alert(1)</script>\u202e\x00"}},
		"many":           many(200),
		"not consenting": {"admin_consent": {"False"}},
		"wrong code":     {"code": {"x"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				p := w.connected()
				pass(time.Minute)
				q := clone(q)
				q.Set("state", mustURL(t, w.depart(p.ID).URL).Query().Get("state"))
				a, err := w.service.Arrive(t.Context(), w.by, q)
				if err != nil {
					t.Fatal(err)
				}
				if after := w.state(p.ID); a.Fault == nil || after.AuthorizedAt != p.AuthorizedAt || after.AuthorizedBy != p.AuthorizedBy {
					t.Errorf("got %+v, want a fault and nothing confirmed", a)
				}
				if n := len([]rune(a.State.Health.Detail.Raw())); n > 500 {
					t.Errorf("detail has %d characters", n)
				}
				w.gone("used", w.by, q)
			})
		})
	}
}

func clone(q url.Values) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	return out
}

func many(n int) url.Values {
	q := url.Values{}
	for i := range n {
		q.Set(fmt.Sprint("p", i), "x")
	}
	return q
}

func TestWhatPeopleDoAtMicrosoft(t *testing.T) {
	t.Run("cancel", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			p := w.connected()
			child := w.addChild(p.ID, workbench.DefenderEndpoint)
			defer w.run()()
			if a := w.authorise(child.ID, globalAdministrator, "cancel"); a.Fault == nil || a.Fault.Reason != workbench.ReasonDeclined {
				t.Errorf("got %v, want declined", a.Fault)
			}
			pass(time.Hour) // probes say only that nothing was granted
			w.want(child.ID, workbench.StatusPending, workbench.ReasonDeclined)
			if !strings.Contains(w.audit(), "consent refused") {
				t.Error("audit does not say so")
			}
			if a := w.authorise(child.ID, globalAdministrator, "accept"); a.Fault != nil {
				t.Errorf("second try: %v", a.Fault)
			}
			w.want(child.ID, workbench.StatusConnected, "")
		})
	})
	t.Run("cancel where it works already", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			p := w.connected()
			child := w.addChild(p.ID, workbench.DefenderEndpoint)
			w.authorise(child.ID, globalAdministrator, "accept")
			if a := w.authorise(child.ID, globalAdministrator, "cancel"); a.Fault == nil {
				t.Error("no fault")
			}
			w.want(child.ID, workbench.StatusConnected, "")
		})
	})
	t.Run("an account of another tenant", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, simulator.Options{})
			p := w.addParent()
			w.upload(p.ID)
			a := w.authorise(p.ID, stranger, "accept")
			if a.Fault == nil || a.Fault.Reason != workbench.ReasonWrongAccount || a.State.Confirmed() || a.State.Health.Status == workbench.StatusConnected {
				t.Errorf("got %+v", a)
			}
		})
	})
	t.Run("not an administrator, then approval in the portal", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, simulator.Options{PropagationDelay: 30 * time.Second})
			p := w.connected()
			child := w.addChild(p.ID, workbench.DefenderEndpoint)
			defer w.run()()
			if q := w.browse(w.depart(child.ID).URL, appAdministrator, "accept"); q != nil {
				t.Fatalf("got %v, want no way back", q)
			}
			pass(3 * time.Hour) // abandoned
			w.want(child.ID, workbench.StatusPending, workbench.ReasonRolesMissing)
			w.app.Consent()
			pass(30*time.Second + 5*time.Minute + 5*time.Second)
			w.want(child.ID, workbench.StatusConnected, "")
		})
	})
	t.Run("approval in the portal while somebody looks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, simulator.Options{PropagationDelay: 20 * time.Second})
			p := w.connected()
			child := w.addChild(p.ID, workbench.DefenderEndpoint)
			defer w.run()()
			pass(3 * time.Hour)
			w.app.Consent()
			w.service.Looked()
			pass(time.Minute)
			w.want(child.ID, workbench.StatusConnected, "")
		})
	})
	t.Run("consent is seen late", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, simulator.Options{PropagationDelay: 90 * time.Second})
			p := w.connected()
			child := w.addChild(p.ID, workbench.DefenderEndpoint)
			defer w.run()()
			began := time.Now()
			a := w.authorise(child.ID, globalAdministrator, "accept")
			if waited := time.Since(began); a.Fault != nil || waited > 6*time.Second {
				t.Errorf("got %v after %v, want no fault within some seconds", a.Fault, waited)
			}
			w.want(child.ID, workbench.StatusPending, workbench.ReasonRolesMissing)
			pass(90*time.Second + time.Minute)
			w.want(child.ID, workbench.StatusConnected, "")
		})
	})
}

// counting counts requests for tokens.
type counting struct {
	http.RoundTripper
	tokens atomic.Int32
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/token") {
		c.tokens.Add(1)
	}
	return c.RoundTripper.RoundTrip(r)
}

func TestPendingIsProbedQuicklyThenSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *counting
		w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper { c = &counting{RoundTripper: next}; return c })
		p := w.connected()
		w.addChild(p.ID, workbench.DefenderEndpoint)
		defer w.run()()
		synctest.Wait()
		during := func(d time.Duration) int32 {
			before := c.tokens.Load()
			pass(d)
			return c.tokens.Load() - before
		}
		if n := during(10 * time.Minute); n < 10 || n > 18 {
			t.Errorf("in the first 10 minutes: %d tokens, want about 14", n)
		}
		if n := during(time.Hour); n < 11 || n > 13 {
			t.Errorf("in the hour after: %d tokens, want about 12", n)
		}
		w.service.Looked()
		if n := during(10 * time.Second); n < 2 || n > 5 {
			t.Errorf("while somebody looks: %d tokens, want some", n)
		}
	})
}
