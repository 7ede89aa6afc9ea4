package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench/ingest/sample"
	"workbench/ingest/simulator"
)

// simulatedTenant is a simulated Microsoft in the test's process, with one tenant whose app has a client secret.
type simulatedTenant struct {
	directory
	t      *testing.T
	server *httptest.Server
	sim    *simulator.Simulator
	world  *simulator.World
	app    *simulator.App

	mu     sync.Mutex
	asked  int // requests for incidents and alerts
	at     int // when to tell
	toTell chan struct{}
}

// clientSecret is what the app signs in with. It must be seen nowhere.
const clientSecret = "Zq8~canary-of-a-client-secret.7Hx"

// newSimulatedTenant starts a simulated Microsoft on this machine; tell it first how it is reached, where that is not its own address.
func newSimulatedTenant(t *testing.T, history int) *simulatedTenant {
	t.Helper()
	m := &simulatedTenant{t: t}
	m.server = httptest.NewServer(m)
	t.Cleanup(m.server.Close)
	m.settle(m.server.URL, history)
	return m
}

// settle makes the tenant, with a history, at an address.
func (m *simulatedTenant) settle(address string, history int) {
	m.t.Helper()
	base, err := url.Parse(address)
	if err != nil {
		m.t.Fatal(err)
	}
	m.sim = simulator.New(simulator.Options{Base: base})
	tenant := m.sim.AddTenant(simulator.TenantOptions{Name: "Tailspin Toys", Domains: []string{"tailspin.example"}, Licensed: true, Users: []simulator.User{
		{Name: "Dana", UserName: "dana@tailspin.example", Role: simulator.GlobalAdministrator}}})
	m.world, m.app = tenant.World(), tenant.AddApp(simulator.AppOptions{Name: "Stories"})
	m.app.SetSecret(clientSecret, time.Time{})
	if err := m.world.Seed(sample.Tenants()[0].ID, history); err != nil {
		m.t.Fatal(err)
	}
	m.directory = directory{tenant: tenant.ID(), client: m.app.ClientID(), object: m.app.ObjectID(), admin: "dana@tailspin.example", app: address + "/portal/" + tenant.ID() + "/apps/" + m.app.ClientID()}
}

// ServeHTTP answers, and counts what is read.
func (m *simulatedTenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1.0/security/") {
		m.mu.Lock()
		if m.asked++; m.toTell != nil && m.asked >= m.at {
			close(m.toTell)
			m.toTell = nil
		}
		m.mu.Unlock()
	}
	m.sim.ServeHTTP(w, r)
}

// after is told as soon as n further requests have begun.
func (m *simulatedTenant) after(n int) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.toTell, m.at = make(chan struct{}), m.asked+n
	return m.toTell
}

func (m *simulatedTenant) cloud() string { return m.sim.Base().String() + "," + m.sim.Base().String() }

// all is every incident of so many days with its alerts, as Graph gives them to whoever asks, one page a line.
func (m *simulatedTenant) all(days int) []byte {
	m.t.Helper()
	ask := func(r *http.Request, into any) []byte {
		m.t.Helper()
		w := httptest.NewRecorder()
		m.sim.ServeHTTP(w, r)
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != http.StatusOK {
			m.t.Fatalf("%s answers %d, %v", r.URL, w.Code, err)
		}
		return w.Body.Bytes()
	}
	base := m.sim.Base().String()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {m.client}, "client_secret": {clientSecret}, "scope": {base + "/.default"}}
	r := httptest.NewRequest(http.MethodPost, base+"/"+m.tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Text string `json:"access_token"`
	}
	ask(r, &token)
	var pages []byte
	since := url.QueryEscape("lastUpdateDateTime ge " + time.Now().AddDate(0, 0, -days).UTC().Format(time.RFC3339))
	for next := base + "/v1.0/security/incidents?$expand=alerts&$top=50&$filter=" + since; next != ""; {
		var page struct {
			Next string `json:"@odata.nextLink"`
		}
		r := httptest.NewRequest(http.MethodGet, next, nil)
		r.Header.Set("Authorization", "Bearer "+token.Text)
		pages = append(append(pages, ask(r, &page)...), '\n')
		next = page.Next
	}
	return pages
}

// register lets browsers come back to a workbench.
func (m *simulatedTenant) register(base string) {
	m.t.Helper()
	if err := m.app.AddRedirectURI(base + "/connectors/callback"); err != nil {
		m.t.Fatal(err)
	}
}

// secret is what to type for the app's secret.
func (m *simulatedTenant) secret() url.Values {
	return url.Values{"credential": {"secret"}, "secret": {clientSecret}}
}
