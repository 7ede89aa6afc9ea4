package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
	"workbench/store/seal"
)

// simulated is the whole stack over the real connectors and a simulated Microsoft, in one process and by one clock.
type simulated struct {
	*stack
	sim   *simulator.Simulator
	app   *simulator.App
	said  *journal     // what server and service wrote to the log
	ahead atomic.Int64 // by which the clock is ahead of noon
}

const (
	globalAdministrator      = "dana@contoso.example"
	applicationAdministrator = "alex@contoso.example"
)

func newSimulated(t *testing.T) *simulated {
	t.Helper()
	m := &simulated{stack: newStack(t), said: &journal{}}
	clock := func() time.Time { return noon.Add(time.Duration(m.ahead.Load())) }
	address := func(text string) *url.URL {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	microsoft, base := address("https://microsoft.example"), address("http://localhost:8080")
	m.sim = simulator.New(simulator.Options{Base: microsoft, Now: clock})
	tenant := m.sim.AddTenant(simulator.TenantOptions{Name: "Contoso <b>", Domains: []string{"contoso.example"}, Licensed: true, Users: []simulator.User{
		{Name: "Dana", UserName: globalAdministrator, Role: simulator.GlobalAdministrator}, {Name: "Alex", UserName: applicationAdministrator, Role: simulator.ApplicationAdministrator}}})
	m.app = tenant.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{"http://localhost:8080/connectors/callback"}})
	ring, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(m.said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	service, err := connect.New(t.Context(), connect.Config{Store: m.store, Seal: ring, Clouds: []entra.Cloud{{Name: "custom", Authority: microsoft, Graph: microsoft}}, Transport: m.sim.Transport(), BaseURL: base,
		Now: clock, Log: log, Limits: msgraph.Limits{PerMinute: 6_000, Burst: 100, Attempts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	m.server, err = handlers.New(t.Context(), handlers.Config{Store: m.store, Queries: m.index, Connect: service, BaseURL: base, Now: clock, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	m.signedIn(workbench.Account{ID: "editor", Name: "editor", Role: workbench.IntegrationsEditor, AllGrants: true, Grants: []workbench.TenantID{}})
	return m
}

// later lets time pass.
func (m *simulated) later(d time.Duration) { m.ahead.Add(int64(d)) }

// form is what an administrator types for the tenant.
func (m *simulated) form(from string) url.Values {
	return url.Values{"from": {from}, "application": {"microsoft365"}, "name": {"contoso-m365"}, "tenant": {"contoso.example"}, "clientId": {m.app.ClientID()}, "objectId": {m.app.ObjectID()}, "credential": {"made"}}
}

// atMicrosoft is a person who follows the page between to Microsoft, picks an account and decides. It returns the address, of ours, that
// the browser is sent back to; "" where Microsoft keeps it.
func (m *simulated) atMicrosoft(between, person, decision string) string {
	m.t.Helper()
	w := m.get(between)
	to, ok := strings.CutPrefix(w.Header().Get("Refresh"), "1; url=")
	if !ok {
		m.t.Fatalf("the page between does not lead to Microsoft: %d, %q: %s", w.Code, w.Header().Get("Refresh"), words(mustParse(m.t.(*testing.T), w.Body.String())))
	}
	return m.throughMicrosoft(to, person, decision)
}

// throughMicrosoft is the same from an address of Microsoft on.
func (m *simulated) throughMicrosoft(to, person, decision string) string {
	m.t.Helper()
	var form url.Values
	for range 6 {
		method, body := http.MethodGet, io.Reader(nil)
		if form != nil {
			method, body = http.MethodPost, strings.NewReader(form.Encode())
		}
		r, err := http.NewRequestWithContext(m.t.Context(), method, to, body)
		if err != nil {
			m.t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer, err := m.sim.Transport().RoundTrip(r)
		if err != nil {
			m.t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			m.t.Fatal(err)
		}
		if back := answer.Header.Get("Location"); back != "" {
			path, ok := strings.CutPrefix(back, "http://localhost:8080")
			if !ok {
				m.t.Fatalf("Microsoft sends the browser to %s", back)
			}
			return path
		}
		switch asked := string(page); {
		case strings.Contains(asked, "Pick an account"):
			form = url.Values{"user": {"other"}, "name": {person}}
		case !strings.Contains(asked, `name="decision"`):
			return ""
		default:
			form = url.Values{"decision": {decision}}
			for _, f := range elements(mustParse(m.t.(*testing.T), string(page)), func(n *html.Node) bool { return n.Data == "input" && attribute(n, "type") == "hidden" }) {
				form.Set(attribute(f, "name"), attribute(f, "value"))
			}
		}
	}
	m.t.Fatal("Microsoft's pages do not end")
	return ""
}

// rowOf is the text of the row that shows a connector.
func rowOf(t *testing.T, page, name string) string {
	t.Helper()
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool {
		return (n.Data == "li" || n.Data == "tr") && strings.HasPrefix(attribute(n, "id"), "connector-")
	}) {
		if text := words(n); strings.Contains(text, name) {
			return text
		}
	}
	t.Fatalf("no row shows %s", name)
	return ""
}

// Both documents' paths, with Microsoft answering: the tenant with a certificate uploaded by hand, Defender for Endpoint under it, and
// Defender for Office 365 from the other page, for which nothing new has to be granted.
func TestBothPathsAgainstMicrosoft(t *testing.T) {
	m := newSimulated(t)
	between := m.mustSend("/connectors", m.form("connectors"))
	waiting := m.get(between)
	if waiting.Header().Get("Refresh") != "5" || !strings.Contains(waiting.Body.String(), "Microsoft does not know the certificate yet") {
		t.Fatalf("before the upload, got Refresh %q: %.500s", waiting.Header().Get("Refresh"), words(mustParse(t, waiting.Body.String())))
	}
	if got := rowOf(t, m.mustGet("/connectors"), "contoso-m365"); !strings.Contains(got, "Pending user consent") {
		t.Errorf("before consent the row says %q", got)
	}
	if _, err := m.app.UploadCertificate([]byte(m.mustGet(leads(t, waiting.Body.String(), "Download certificate")))); err != nil {
		t.Fatal(err)
	}
	m.later(5 * time.Second)
	back := m.mustGet(m.atMicrosoft(between, globalAdministrator, "accept"))
	if got := words(mustParse(t, back)); !strings.Contains(got, "Permissions were applied") || !strings.Contains(got, globalAdministrator) || !strings.Contains(got, "Contoso <b>") || !strings.Contains(got, "You can close this tab") {
		t.Errorf("after the sign-in the tab says %q", got)
	}
	if got := rowOf(t, m.mustGet("/connectors"), "contoso-m365"); !strings.Contains(got, "Connected") {
		t.Errorf("after the sign-in the row says %q", got)
	}

	action, _, form := presses(t, m.mustGet("/connectors/new?from=connectors&application=defenderForEndpoint"), "Save")
	parent := elements(mustParse(t, m.mustGet("/connectors/new?from=connectors&application=defenderForEndpoint")), func(n *html.Node) bool { return n.Data == "option" && strings.Contains(words(n), "contoso-m365") })
	form.Set("parent", attribute(parent[0], "value"))
	form.Set("name", "contoso-mde")
	page := m.mustGet(m.mustSend(action, form))
	page = page[strings.Index(page, `id="drawer"`):]
	if got := words(mustParse(t, page)); !strings.Contains(got, "Pending user consent") {
		t.Errorf("after Save the panel says %q", got)
	}
	action, _, form = presses(t, page, "Authorize")
	declined := m.get(m.atMicrosoft(m.mustSend(action, form), globalAdministrator, "cancel"))
	if what, _ := workbench.ReasonDeclined.Explain(); declined.Code != http.StatusBadRequest || !strings.Contains(words(mustParse(t, declined.Body.String())), what) {
		t.Errorf("after Cancel, got %d: %q", declined.Code, words(mustParse(t, declined.Body.String())))
	}
	action, _, form = presses(t, declined.Body.String(), "Authorize again")
	callback := m.atMicrosoft(m.mustSend(action, form), globalAdministrator, "accept")
	if got := words(mustParse(t, m.mustGet(callback))); !strings.Contains(got, "Permissions were applied") || !strings.Contains(got, "Connected") {
		t.Errorf("after consent the tab says %q", got)
	}
	if w := m.get(callback); w.Code != http.StatusNotFound {
		t.Errorf("the same answer again gets %d, want 404", w.Code)
	}
	if got := rowOf(t, m.mustGet("/connectors"), "contoso-mde"); !strings.Contains(got, "Connected") {
		t.Errorf("after consent the row says %q", got)
	}

	action, _, form = presses(t, m.mustGet("/connectors/new?from=configured&application=defenderForOffice365"), "Save")
	form.Set("parent", attribute(parent[0], "value"))
	form.Set("description", "mail")
	page = m.mustGet(m.mustSend(action, form))
	if got := words(mustParse(t, page[strings.Index(page, `id="drawer"`):])); !strings.Contains(got, "nothing new is needed") || !strings.Contains(got, "Connected") || strings.Contains(got, "Authorize") {
		t.Errorf("where nothing new is needed, the panel says %q", got)
	}
	for _, path := range []string{"/integrations", "/integrations/configured"} {
		if got := rowOf(t, m.mustGet(path), "Microsoft Defender for Office 365"); !strings.Contains(got, "Connected") {
			t.Errorf("%s says %q", path, got)
		}
	}
	for _, path := range []string{"/connectors.json", "/connectors"} {
		if body := m.mustGet(path); strings.Contains(strings.ToLower(body), "sealed") || strings.Contains(body, "PRIVATE KEY") {
			t.Errorf("%s carries what is secret", path)
		}
	}
}

// What goes wrong at Microsoft is said in the tab and on the row, and the second connector of a tenant is refused beside its field.
func TestRefusalsAgainstMicrosoft(t *testing.T) {
	m := newSimulated(t)
	const secret = "a.Secret~value-of-the-app"
	m.app.SetSecret(secret, time.Time{})
	form := m.form("integrations")
	form.Set("credential", "secret")
	form.Set("secret", secret)
	form.Set("tenant", "nowhere.example")
	w := m.do(http.MethodPost, "/connectors", form)
	if what, _ := workbench.ReasonTenantUnknown.Explain(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), what) || strings.Contains(w.Body.String(), secret) {
		t.Fatalf("an unknown tenant answers %d: %s", w.Code, words(mustParse(t, w.Body.String())))
	}
	form.Set("tenant", "contoso.example")
	m.mustGet(m.atMicrosoft(m.mustSend("/connectors", form), globalAdministrator, "accept"))
	form.Set("name", "CONTOSO-M365")
	w = m.do(http.MethodPost, "/connectors", form)
	got := words(mustParse(t, w.Body.String()))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(got, "Another connector has this name") || !strings.Contains(got, "This tenant is connected already") {
		t.Errorf("the second of a tenant answers %d: %q", w.Code, got)
	}
	options := elements(mustParse(t, m.mustGet("/connectors/new?application=defenderForEndpoint")), func(n *html.Node) bool { return n.Data == "option" && strings.Contains(words(n), "contoso-m365") })
	child := url.Values{"application": {"defenderForEndpoint"}, "parent": {attribute(options[0], "value")}, "name": {"contoso-mde"}}
	page := m.mustGet(m.mustSend("/connectors", child))
	action, _, hidden := presses(t, page[strings.Index(page, `id="drawer"`):], "Authorize")
	if back := m.atMicrosoft(m.mustSend(action, hidden), applicationAdministrator, "accept"); back != "" {
		t.Errorf("an Application Administrator is sent back to %s, want to be kept by Microsoft", back)
	}
	if got := rowOf(t, m.mustGet("/connectors"), "contoso-mde"); !strings.Contains(got, "Pending user consent") {
		t.Errorf("the row says %q", got)
	}
	if strings.Contains(m.said.String(), secret) {
		t.Error("the log holds the secret")
	}
}
