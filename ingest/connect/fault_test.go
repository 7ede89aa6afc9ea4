package connect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
)

// size is how much a test does: so much in every run, or what WORKBENCH_FAULTS says in a longer one.
func size(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("WORKBENCH_FAULTS")
	if text == "" {
		if testing.Short() {
			return max(usual/5, 1)
		}
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("WORKBENCH_FAULTS is %q, want how many times as much", text)
	}
	return n * usual
}

// second is a parent of the other tenant that nobody authorised yet.
func (w *world) second() workbench.Connector {
	w.t.Helper()
	const secret = "another.Secret~value"
	app := w.other.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{base + "/connectors/callback"}})
	app.SetSecret(secret, time.Time{})
	form := w.form()
	form.Name, form.Tenant, form.ClientID, form.ObjectID = "Fabrikam", w.other.ID(), app.ClientID(), app.ObjectID()
	form.Credential = connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: secret}
	p, err := w.service.AddParent(w.t.Context(), w.by, form)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// Two tenants are two issuers. Answers that are swapped between them confirm neither; where the answer names its issuer, no code leaves.
func TestAnswersSwappedBetweenIssuers(t *testing.T) {
	issuer := func(x *simulator.Tenant) string { return "https://microsoft.example/" + x.ID() + "/v2.0" }
	for name, c := range map[string]struct {
		iss  func(w *world) []string // of the answer that comes back to the first one's flow
		sent bool                    // PKCE and the tenant's own endpoint alone stand between
	}{
		"none":       {func(*world) []string { return nil }, true},
		"the other":  {func(w *world) []string { return []string{issuer(w.other)} }, false},
		"both":       {func(w *world) []string { return []string{issuer(w.tenant), issuer(w.other)} }, false},
		"twice":      {func(w *world) []string { return []string{issuer(w.tenant), issuer(w.tenant)} }, false},
		"upper case": {func(w *world) []string { return []string{strings.ToUpper(issuer(w.tenant))} }, false},
		"a slash":    {func(w *world) []string { return []string{issuer(w.tenant) + "/"} }, false},
		"older":      {func(w *world) []string { return []string{"https://sts.windows.net/" + w.tenant.ID() + "/"} }, false},
		"a lie":      {func(w *world) []string { return []string{issuer(w.tenant)} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var heard *overheard
				w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper { heard = &overheard{RoundTripper: next}; return heard })
				w.app.SetSecret("a.Secret~value", time.Time{})
				form := w.form()
				form.Credential = connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "a.Secret~value"}
				first, err := w.service.AddParent(t.Context(), w.by, form)
				if err != nil {
					t.Fatal(err)
				}
				second := w.second()
				mine := w.browse(w.depart(first.ID).URL, globalAdministrator, "accept")
				theirs := w.browse(w.depart(second.ID).URL, stranger, "accept")
				if mine.Get("code") == "" || theirs.Get("code") == "" {
					t.Fatalf("got answers %v and %v", mine, theirs)
				}
				answer := url.Values{"state": mine["state"], "code": theirs["code"]}
				if iss := c.iss(w); iss != nil {
					answer["iss"] = iss
				}
				heard.secrets = nil
				a, err := w.service.Arrive(t.Context(), w.by, answer)
				if err != nil || a.Fault == nil || a.State.Confirmed() || a.State.Health.Status == workbench.StatusConnected {
					t.Errorf("got %+v, %v; want it refused", a, err)
				}
				if sent := slices.Contains(heard.secrets, theirs.Get("code")); sent != c.sent {
					t.Errorf("the code was sent: %t, want %t", sent, c.sent)
				}
				for _, r := range w.other.World().Requests() {
					if r.Kind == "token" && strings.Contains(r.Path, w.tenant.ID()) {
						t.Errorf("asked %s", r.Path)
					}
				}
				back, err := w.service.Arrive(t.Context(), w.by, theirs) // the flow that was not touched still ends well
				if wants := !c.sent; err != nil || (back.Fault == nil) != wants && wants {
					t.Errorf("the other flow: got %v, %v", back.Fault, err)
				}
				if st := w.state(first.ID); st.Confirmed() {
					t.Error("the first parent is confirmed in the end")
				}
			})
		})
	}
}

// witness sees with its own eyes what Microsoft gave: tokens of the application, and whole lists of incidents.
type witness struct {
	http.RoundTripper
	mu     sync.Mutex
	tokens []time.Time
	codes  []time.Time // tokens of people
	lists  []time.Time
	last   int // status of the last list
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	var form url.Values
	if strings.HasSuffix(r.URL.Path, "/token") && r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form, _ = url.ParseQuery(string(body))
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	list := strings.HasSuffix(r.URL.Path, "/security/incidents")
	if list {
		w.mu.Lock()
		w.last = answer.StatusCode
		w.mu.Unlock()
	}
	if answer.StatusCode == http.StatusOK && (form != nil || list) {
		answer.Body = &watchedBody{ReadCloser: answer.Body, whole: func(text []byte) { w.saw(form, text) }}
	}
	return answer, nil
}

func (w *witness) saw(form url.Values, text []byte) {
	var x struct {
		Token string `json:"access_token"`
		Value *[]json.RawMessage
	}
	if json.Unmarshal(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), &x) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case form.Get("grant_type") == "client_credentials" && x.Token != "":
		w.tokens = append(w.tokens, time.Now())
	case form != nil && x.Token != "":
		w.codes = append(w.codes, time.Now())
	case form == nil && x.Value != nil:
		w.lists = append(w.lists, time.Now())
	}
}

// watchedBody hands on what was read of a body that came to its end.
type watchedBody struct {
	io.ReadCloser
	text  []byte
	whole func([]byte)
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.text = append(b.text, p[:n]...)
	if err == io.EOF && b.whole != nil {
		b.whole(b.text)
		b.whole = nil
	}
	return n, err
}

// near reports whether one of the moments is at most a minute before another.
func near(all []time.Time, at workbench.Time) bool {
	return slices.ContainsFunc(all, func(x time.Time) bool { return !x.After(at.Time) && at.Sub(x) <= time.Minute })
}

// Whatever people do in browsers and portals, whatever Microsoft answers and however long it takes: a child is Connected only after a whole
// list was read, a parent only after a person signed in and the application got a token; a refusal shows with the poll that met it; and once
// all is granted and works, every status is right within a minute.
func TestNeverConnectedWithoutARead(t *testing.T) {
	for seed := range size(t, 40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { liveWith(t, rand.New(rand.NewPCG(uint64(seed), 8))) })
		})
	}
}

func liveWith(t *testing.T, r *rand.Rand) {
	var seen *witness
	w := newWorldWith(t, simulator.Options{PropagationDelay: time.Duration(r.IntN(40)) * time.Second, TokenLifetime: time.Duration(10+r.IntN(60)) * time.Minute},
		func(next http.RoundTripper) http.RoundTripper { seen = &witness{RoundTripper: next}; return seen })
	p := w.connected()
	children := []workbench.ConnectorID{w.addChild(p.ID, workbench.DefenderEndpoint).ID}
	if r.IntN(2) == 0 {
		children = append(children, w.addChild(p.ID, workbench.DefenderOffice365).ID)
	}
	stop := w.run()
	defer func() { stop() }()
	check := func(step string) {
		t.Helper()
		seen.mu.Lock()
		defer seen.mu.Unlock()
		for _, id := range append([]workbench.ConnectorID{p.ID}, children...) {
			st := w.state(id)
			if st.Health.Status != workbench.StatusConnected {
				continue
			}
			if id == p.ID && (len(seen.tokens) == 0 || len(seen.codes) == 0 || st.Health.GoodAt.IsZero()) {
				t.Errorf("after %s: the parent is connected without a token", step)
			}
			if id != p.ID && !near(seen.lists, st.Health.GoodAt) {
				t.Errorf("after %s: %s is connected, good at %s, and nobody read a list then: %v", step, id, st.Health.GoodAt, seen.lists)
			}
		}
	}
	var old []url.Values
	child := func() workbench.ConnectorID { return children[r.IntN(len(children))] }
	arrive := func(q url.Values) {
		if _, err := w.service.Arrive(t.Context(), w.by, q); err != nil && !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("Arrive: %v", err)
		}
	}
	begin := func(id workbench.ConnectorID) connect.Departure {
		d, err := w.service.Authorize(t.Context(), w.by, id)
		if err != nil {
			t.Errorf("Authorize: %v", err)
		}
		return d
	}
	faults := []simulator.Trouble{simulator.Throttle, simulator.Failing, simulator.Unavailable, simulator.EmptyCode, simulator.Unauthorized, simulator.Revoked, simulator.HTML, simulator.Redirect, simulator.Cut,
		simulator.EmptyValue, simulator.NoValue, simulator.Partial, simulator.ByteOrderMark, simulator.WrongLength}
	steps := []struct {
		name string
		do   func()
	}{
		{"going away", func() { begin(child()) }},
		{"consent", func() {
			if d := begin(child()); d.URL != "" {
				if q := w.browse(d.URL, []string{globalAdministrator, globalAdministrator, appAdministrator}[r.IntN(3)], []string{"accept", "accept", "cancel"}[r.IntN(3)]); q != nil {
					old = append(old, q)
					if r.IntN(3) == 0 {
						pass(time.Duration(r.IntN(15)) * time.Minute) // the tab stays open
					}
					arrive(q)
				}
			}
		}},
		{"an answer once more", func() {
			if len(old) > 0 {
				arrive(old[r.IntN(len(old))])
			}
		}},
		{"a forged yes", func() {
			if d := begin(child()); d.URL != "" {
				arrive(url.Values{"admin_consent": {"True"}, "state": {mustURL(t, d.URL).Query().Get("state")}, "tenant": {w.tenant.ID()}})
			}
		}},
		{"sign-in of the parent", func() {
			if d := begin(p.ID); d.URL != "" {
				if q := w.browse(d.URL, []string{globalAdministrator, stranger}[r.IntN(2)], "accept"); q != nil {
					arrive(q)
				}
			}
		}},
		{"approval in the portal", w.app.Consent},
		{"consent taken back", func() { w.app.Revoke("") }},
		{"a licence", func() { w.tenant.SetLicensed(r.IntN(2) == 0) }},
		{"the application switched", func() { w.app.SetEnabled(r.IntN(2) == 0) }},
		{"trouble", func() {
			_, err := w.tenant.World().AddFault(simulator.Fault{Match: []string{"token", "incidents"}[r.IntN(2)], Do: faults[r.IntN(len(faults))], Times: r.IntN(4)})
			if err != nil {
				t.Error(err)
			}
		}},
		{"peace", w.tenant.World().ClearFaults},
		{"a look", w.service.Looked},
		{"a test", func() {
			if _, err := w.service.Test(t.Context(), w.by, child()); err != nil {
				t.Errorf("Test: %v", err)
			}
		}},
		{"a switch", func() {
			if err := w.service.SetDisabled(t.Context(), w.by, child(), r.IntN(3) == 0); err != nil {
				t.Errorf("SetDisabled: %v", err)
			}
		}},
		{"a poll", func() {
			seen.mu.Lock()
			seen.last = 0
			seen.mu.Unlock()
			w.poll()
			seen.mu.Lock()
			refused := seen.last == http.StatusForbidden
			seen.mu.Unlock()
			for _, id := range children {
				if st := w.state(id); refused && !st.Disabled && st.Health.Status == workbench.StatusConnected {
					t.Errorf("%s is connected right after a poll that was refused", id)
				}
			}
		}},
		{"a restart", func() { stop(); w.open(); stop = w.run() }},
		{"a while", func() { pass(time.Duration(r.IntN(90)) * time.Minute) }},
	}
	for range 40 {
		s := steps[r.IntN(len(steps))]
		s.do()
		pass(time.Duration(r.IntN(20)) * time.Second)
		check(s.name)
	}
	w.tenant.World().ClearFaults()
	w.tenant.SetLicensed(true)
	w.app.SetEnabled(true)
	w.app.Consent()
	pass(time.Hour) // what Microsoft asked to wait for
	for _, id := range children {
		if err := w.service.SetDisabled(t.Context(), w.by, id, false); err != nil {
			t.Fatal(err)
		}
	}
	w.service.Looked()
	pass(time.Minute)
	w.poll()
	for _, id := range append(children, p.ID) {
		w.want(id, workbench.StatusConnected, "")
	}
	w.app.Revoke("")
	pass(75 * time.Minute)
	w.poll()
	for _, id := range children {
		w.want(id, workbench.StatusError, workbench.ReasonRolesMissing)
	}
}

func TestOneTokenForTwoHundredReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *counting
		w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper { c = &counting{RoundTripper: next}; return c })
		w.tenant.World().SetLimit(100_000) // of requests a minute
		p, child := w.working(w.connected())
		targets, err := w.service.Targets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		readers := func() (failed []error) {
			var mu sync.Mutex
			var all sync.WaitGroup
			for range 200 {
				all.Go(func() {
					if _, err := targets[0].Client.Probe(t.Context()); err != nil {
						mu.Lock()
						defer mu.Unlock()
						failed = append(failed, err)
					}
				})
			}
			all.Wait()
			return failed
		}
		for round := range 3 {
			pass(80 * time.Minute) // past the end of every token
			before := c.tokens.Load()
			if failed := readers(); len(failed) > 0 {
				t.Fatalf("%d of 200 failed: %v", len(failed), failed[0])
			}
			if n := c.tokens.Load() - before; n != 1 {
				t.Errorf("round %d: %d tokens were asked for, want 1", round, n)
			}
		}
		w.app.Revoke("")
		pass(80 * time.Minute)
		before := c.tokens.Load()
		if failed := readers(); len(failed) != 200 {
			t.Errorf("without consent %d of 200 failed", len(failed))
		}
		if n := c.tokens.Load() - before; n != 1 {
			t.Errorf("without consent %d tokens were asked for, want 1", n)
		}
		w.poll()
		w.want(child, workbench.StatusError, workbench.ReasonRolesMissing)
		w.app.Consent()
		pass(80 * time.Minute)
		w.poll()
		w.want(child, workbench.StatusConnected, "")
		w.want(p, workbench.StatusConnected, "")
	})
}

// A clock of ours that is behind Microsoft's does no harm: what it signs is valid already, and long enough. One that is ahead is refused.
func TestClocksApart(t *testing.T) {
	for skew, want := range map[time.Duration][4]string{
		10 * time.Minute:  {"connected", "", "connected", ""},
		-10 * time.Minute: {"error", string(workbench.ReasonClock), "error", string(workbench.ReasonParent)},
	} {
		t.Run(skew.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				p, child := w.working(w.certified())
				w.sim.Set(simulator.Settings{ClockSkew: skew})
				pass(2 * time.Hour)
				w.poll()
				w.want(p, workbench.ConnectorStatus(want[0]), workbench.Reason(want[1]))
				w.want(child, workbench.ConnectorStatus(want[2]), workbench.Reason(want[3]))
				w.sim.Set(simulator.Settings{})
				w.poll()
				w.want(p, workbench.StatusConnected, "")
				w.want(child, workbench.StatusConnected, "")
			})
		})
	}
}

// What is sealed for one connector is of no use in the record of another: nothing opens, nothing is asked with it, and the audit trail says so.
func TestSealedCredentialsThatWereMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *counting
		w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper { c = &counting{RoundTripper: next}; return c })
		first, child := w.working(w.connected())
		second := w.second()
		if a := w.authorise(second.ID, stranger, "accept"); a.Fault != nil {
			t.Fatal(a.Fault)
		}
		load := func(id workbench.ConnectorID) workbench.Registration {
			r, err := w.store.Registration(context.Background(), w.state(id).Registration.ID)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		a, b := load(first), load(second.ID)
		a.Credentials[0].Sealed, b.Credentials[0].Sealed = b.Credentials[0].Sealed, a.Credentials[0].Sealed
		for _, r := range []workbench.Registration{a, b} {
			if _, err := w.store.SaveRegistration(t.Context(), r, "changed", "", workbench.At(time.Now())); err != nil {
				t.Fatal(err)
			}
		}
		w.open()
		before := c.tokens.Load()
		for range 3 {
			w.poll()
			for _, id := range []workbench.ConnectorID{first, second.ID} {
				if _, err := w.service.Test(t.Context(), w.by, id); err != nil {
					t.Fatal(err)
				}
				w.want(id, workbench.StatusError, workbench.ReasonUnsealable)
			}
			pass(time.Minute)
		}
		w.want(child, workbench.StatusError, workbench.ReasonParent)
		if n := c.tokens.Load() - before; n != 0 {
			t.Errorf("%d tokens were asked for with what was moved", n)
		}
		for _, id := range []workbench.ConnectorID{first, second.ID} {
			if n := strings.Count(w.audit(), "secret could not be opened | connector "+string(id)); n != 1 {
				t.Errorf("the audit trail says %d times that the secret of %s could not be opened, want once:\n%s", n, id, w.audit())
			}
		}
	})
}
