package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/connect"
)

// connections stands in for package connect: it keeps connectors in memory, and Microsoft does what the test says.
type connections struct {
	states   []connect.State
	calls    []string
	failed   error // what the next change fails with
	waiting  *workbench.Fault
	arrival  connect.Arrival
	answers  url.Values
	sessions map[string]string // flow to the session that began it
	looked   int
	blind    []connect.Blind
	followed bool // strangers may follow the link whose secret is "the-secret"
}

func (f *connections) RedirectURI() string { return "http://localhost:8080/connectors/callback" }

func (f *connections) did(by connect.By, what string, about any) error {
	f.calls = append(f.calls, fmt.Sprintf("%s %s %v", by.Account.ID, what, about))
	err := f.failed
	f.failed = nil
	return err
}

func (f *connections) add(c workbench.Connector, status workbench.ConnectorStatus, reason workbench.Reason) connect.State {
	c.ID = workbench.ConnectorID(fmt.Sprintf("connector%d", len(f.states)+1))
	c.Revision = 1
	st := connect.State{Connector: c, Health: workbench.Health{Connector: c.ID, Status: status, Reason: reason}, NeedsConsent: c.Kind.Child() && reason == workbench.ReasonNotConsented}
	if c.Kind.Child() {
		for i := range f.states {
			if f.states[i].ID == c.Parent {
				st.Parent, st.Tenant, st.Connector.Tenant = &f.states[i].Connector, f.states[i].Tenant, f.states[i].Tenant
				f.states[i].Children++
			}
		}
	} else {
		st.Registration = workbench.Registration{ClientID: "6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f", Credentials: []workbench.Credential{{ID: "1", Kind: workbench.CertificateCredential, State: workbench.CredentialOffered, Made: true, Certificate: []byte("certificate")}}}
	}
	f.states = append(f.states, st)
	return st
}

func (f *connections) AddParent(_ context.Context, by connect.By, p connect.Parent) (workbench.Connector, error) {
	if err := f.did(by, "add", p.Name+" "+p.Tenant+" "+p.ClientID+" "+p.ObjectID+" "+p.Credential.Kind); err != nil {
		return workbench.Connector{}, err
	}
	return f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: p.Name, Entered: p.Tenant, Tenant: "3ac1f0d0-0000-4000-8000-000000003b4c"}, workbench.StatusPending, workbench.ReasonNotConsented).Connector, nil
}

func (f *connections) AddChild(_ context.Context, by connect.By, c connect.Child) (connect.State, error) {
	if err := f.did(by, "add", string(c.Kind)+" "+c.Name+" under "+string(c.Parent)); err != nil {
		return connect.State{}, err
	}
	if c.Name == "" {
		c.Name = "made up"
	}
	return f.add(workbench.Connector{Kind: c.Kind, Name: c.Name, Parent: c.Parent, BackfillDays: max(c.BackfillDays, 30)}, workbench.StatusPending, workbench.ReasonNotConsented), nil
}

func (f *connections) Edit(_ context.Context, by connect.By, id workbench.ConnectorID, e connect.Edit) error {
	return f.did(by, "edit", fmt.Sprint(id, " ", e.Name, " ", e.Revision))
}

func (f *connections) SetDisabled(_ context.Context, by connect.By, id workbench.ConnectorID, disabled bool) error {
	for i := range f.states {
		if f.states[i].ID == id {
			f.states[i].Disabled = disabled
		}
	}
	return f.did(by, "disable", disabled)
}

func (f *connections) Delete(_ context.Context, by connect.By, id workbench.ConnectorID) error {
	return f.did(by, "delete", id)
}

func (f *connections) Test(_ context.Context, by connect.By, id workbench.ConnectorID) (connect.State, error) {
	return connect.State{}, f.did(by, "test", id)
}

func (f *connections) Authorize(_ context.Context, by connect.By, id workbench.ConnectorID) (connect.Departure, error) {
	if err := f.did(by, "authorize", id); err != nil {
		return connect.Departure{}, err
	}
	flow := "flow-" + string(id)
	f.sessions[flow] = by.Session
	return connect.Departure{Flow: flow}, nil
}

func (f *connections) Departing(_ context.Context, by connect.By, flow string) (connect.Departure, error) {
	id, ok := strings.CutPrefix(flow, "flow-")
	if session := f.sessions[flow]; !ok || session == "" || session != by.Session {
		return connect.Departure{}, workbench.ErrNotFound
	}
	st, err := f.State(context.Background(), workbench.EveryTenant(), workbench.ConnectorID(id))
	if err != nil {
		return connect.Departure{}, err
	}
	d := connect.Departure{Flow: flow, Connector: st.Connector, Expires: workbench.At(noon.Add(10 * time.Minute))}
	if d.Waiting = f.waiting; d.Waiting != nil {
		d.Offered, _ = st.Registration.Offered()
		return d, nil
	}
	d.URL = "https://login.microsoft.example/authorize?client_id=1&state=" + flow
	return d, nil
}

func (f *connections) Arrive(_ context.Context, by connect.By, query url.Values) (connect.Arrival, error) {
	f.answers = query
	session := f.sessions[query.Get("state")]
	if session == "" || session != by.Session {
		return connect.Arrival{}, workbench.ErrNotFound
	}
	delete(f.sessions, query.Get("state"))
	return f.arrival, f.did(by, "arrive", len(query))
}

func (f *connections) OfferCertificate(_ context.Context, by connect.By, id workbench.ConnectorID) error {
	return f.did(by, "certificate", id)
}

func (f *connections) SetCredential(_ context.Context, by connect.By, id workbench.ConnectorID, c connect.CredentialChoice) error {
	return f.did(by, "credential", c.Kind+" "+c.SecretEnds.Format(time.DateOnly))
}

func (f *connections) States(_ context.Context, scope workbench.Scope) ([]connect.State, error) {
	var list []connect.State
	for _, st := range f.states {
		if scope.Sees(st.Tenant) {
			list = append(list, st)
		}
	}
	return list, nil
}

func (f *connections) State(_ context.Context, scope workbench.Scope, id workbench.ConnectorID) (connect.State, error) {
	for _, st := range f.states {
		if st.ID == id && scope.Sees(st.Tenant) {
			return st, nil
		}
	}
	return connect.State{}, workbench.ErrNotFound
}

func (f *connections) Blindness(workbench.Scope) []connect.Blind { return f.blind }
func (f *connections) Looked()                                   { f.looked++ }

// set changes what is known of a connector.
func (f *connections) set(id workbench.ConnectorID, status workbench.ConnectorStatus, reason workbench.Reason) {
	for i := range f.states {
		if f.states[i].ID == id {
			f.states[i].Health.Status, f.states[i].Health.Reason, f.states[i].NeedsConsent = status, reason, reason == workbench.ReasonNotConsented
		}
	}
}

// withConnectors gives the stack connectors, and signs in as one of a role.
func withConnectors(t *testing.T, role workbench.Role) (*stack, *connections) {
	t.Helper()
	s, f := newStack(t), &connections{sessions: map[string]string{}}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = handlers.New(t.Context(), handlers.Config{Store: s.store, Queries: s.index, Connect: f, BaseURL: base, Now: func() time.Time { return s.now }, Gallery: true, Log: slog.New(slog.NewTextHandler(s.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s.signedIn(workbench.Account{ID: workbench.AccountID("as-" + string(role)), Name: "as " + string(role), Role: role, AllGrants: true, Grants: []workbench.TenantID{}}), f
}

// parentForm is what New Connector sends for a tenant.
func parentForm() url.Values {
	return url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {" contoso-m365 "}, "tenant": {"contoso.example"}, "clientId": {"6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f"},
		"objectId": {"d2b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50"}, "credential": {"made"}}
}

// mustSend posts a form and returns where it leads.
func (s *stack) mustSend(target string, form url.Values) string {
	s.t.Helper()
	w := s.do(http.MethodPost, target, form)
	if w.Code != http.StatusSeeOther {
		s.t.Fatalf("POST %s answers %d: %.600s", target, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// presses finds the form on a page whose button says label.
func presses(t *testing.T, page, label string) (action, target string, fields url.Values) {
	t.Helper()
	for _, form := range elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "form" && attribute(n, "method") == "post" }) {
		for _, b := range elements(form, func(n *html.Node) bool { return n.Data == "button" }) {
			if !strings.HasPrefix(words(b), label) {
				continue
			}
			fields = url.Values{}
			for _, f := range elements(form, func(n *html.Node) bool { return n.Data == "input" && attribute(n, "type") == "hidden" }) {
				fields.Set(attribute(f, "name"), attribute(f, "value"))
			}
			return attribute(form, "action"), attribute(form, "target"), fields
		}
	}
	t.Fatalf("no form has a button %q", label)
	return "", "", nil
}

// leads finds the address of the link that says label.
func leads(t *testing.T, page, label string) string {
	t.Helper()
	for _, a := range elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "a" && words(n) == label }) {
		return attribute(a, "href")
	}
	t.Fatalf("no link says %q", label)
	return ""
}

// The path of the document about endpoint alerts, by the page's own links and forms.
func TestEndpointConnectorStepByStep(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	page := s.mustGet(leads(t, s.mustGet("/stories"), "Connectors"))
	page = s.mustGet(leads(t, page, "Connectors Settings 0"))
	page = s.mustGet(leads(t, page, "New"))
	if !strings.Contains(page, "New Connector") || !strings.Contains(page, "SaaS Application") {
		t.Fatal("New does not open the New Connector panel")
	}
	page = s.mustGet("/connectors/new?from=connectors&application=microsoft365")
	action, target, hidden := presses(t, page, "Authorize and Save")
	if target != "_blank" {
		t.Error("Authorize and Save opens no new tab")
	}
	form := parentForm()
	for name := range hidden {
		form.Set(name, hidden.Get(name))
	}
	between := s.mustSend(action, form)
	if got, want := f.calls[0], "as-integrationsEditor add contoso-m365 contoso.example 6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f d2b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50 made"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	f.waiting = &workbench.Fault{Reason: workbench.ReasonCertificateUnknown, Detail: workbench.Text("AADSTS700027")}
	w := s.get(between)
	if w.Code != http.StatusOK || w.Header().Get("Refresh") != "5" {
		t.Errorf("while the certificate is unknown, got %d and Refresh %q, want to ask again in 5 s", w.Code, w.Header().Get("Refresh"))
	}
	for _, want := range []string{"Upload certificate", "App registrations", "Certificates &amp; secrets", f.states[0].Registration.Credentials[0].SHA1(), f.states[0].Registration.Credentials[0].SHA256(), "AADSTS700027"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page between lacks %s", want)
		}
	}
	file := s.get(leads(t, w.Body.String(), "Download certificate"))
	if file.Body.String() != "certificate" || !strings.HasPrefix(file.Header().Get("Content-Disposition"), `attachment; filename="workbench-contoso-m365-`) {
		t.Errorf("got the file %q as %q", file.Body, file.Header().Get("Content-Disposition"))
	}
	f.waiting = nil
	w = s.get(between)
	if got, want := w.Header().Get("Refresh"), "1; url=https://login.microsoft.example/authorize?client_id=1&state=flow-connector1"; got != want || !strings.Contains(w.Body.String(), "Continuing to Microsoft") {
		t.Errorf("got Refresh %q, want %q, on a page that says so", got, want)
	}

	f.set("connector1", workbench.StatusConnected, "")
	f.arrival = connect.Arrival{Connector: f.states[0].Connector, Purpose: workbench.FlowSignIn, State: f.states[0]}
	back := s.mustGet("/connectors/callback?code=abc&state=flow-connector1")
	for _, want := range []string{"Permissions were applied", "You can close this tab"} {
		if !strings.Contains(back, want) {
			t.Errorf("after consent, the tab lacks %q", want)
		}
	}
	if page = s.mustGet("/connectors"); !strings.Contains(page, "Microsoft 365") || !strings.Contains(page, "Connected") {
		t.Error("the connector is not on Connectors Settings")
	}

	page = s.mustGet("/connectors/new?from=connectors&application=defenderForEndpoint")
	if !strings.Contains(page, "Connector Tenant") || !strings.Contains(page, "contoso-m365") {
		t.Error("the tenant can't be chosen")
	}
	action, target, form = presses(t, page, "Save")
	if target != "" {
		t.Error("Save of a child leaves its tab")
	}
	form.Set("parent", "connector1")
	form.Set("name", "contoso-mde")
	form.Set("backfillDays", "30")
	page = s.mustGet(s.mustSend(action, form))
	if !strings.Contains(page, "The connector was created.") || !strings.Contains(page, "Pending user consent") {
		t.Error("after Save, nobody says what Microsoft answered")
	}
	action, target, form = presses(t, page[strings.Index(page, `id="drawer"`):], "Authorize")
	if target != "_blank" || action != "/connectors/connector2/authorize" {
		t.Errorf("Authorize goes to %s in %q, want a new tab", action, target)
	}
	between = s.mustSend(action, form)
	s.mustGet(between)
	f.set("connector2", workbench.StatusConnected, "")
	f.arrival = connect.Arrival{Connector: f.states[1].Connector, Purpose: workbench.FlowConsent, State: f.states[1]}
	if back := s.mustGet("/connectors/callback?admin_consent=True&state=flow-connector2"); !strings.Contains(back, "Permissions were applied") {
		t.Error("consent is not confirmed")
	}
	if got := words(mustParse(t, s.mustGet("/connectors"))); !strings.Contains(got, "Microsoft Defender for Endpoint contoso-mde") || strings.Contains(got, "Pending user consent") {
		t.Errorf("got %q, want the child Connected", got)
	}
	if f.looked < 8 {
		t.Errorf("pages told of %d looks, want one of each page", f.looked)
	}
}

// The path of the document about e-mail security.
func TestMailIntegrationStepByStep(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	page := s.mustGet(leads(t, s.mustGet("/stories"), "Integrations"))
	page = s.mustGet(leads(t, page, "Integrated Apps 0"))
	page = s.mustGet(leads(t, page, "New"))
	if got := words(mustParse(t, page)); !strings.Contains(got, "New Connector") || !strings.Contains(got, "MS Tenant (Configure a new MS Tenant)") {
		t.Error("Integrated Apps offers no MS Tenant")
	}
	form := parentForm()
	form.Set("from", "integrations")
	s.mustGet(s.mustSend("/connectors", form))
	f.set("connector1", workbench.StatusConnected, "")

	page = s.mustGet(leads(t, s.mustGet("/integrations"), "Configured Integrations 0"))
	page = s.mustGet(leads(t, page, "New"))
	if !strings.Contains(page, "New Integration") {
		t.Error("Configured Integrations opens no New Integration")
	}
	page = s.mustGet("/connectors/new?from=configured&application=defenderForOffice365")
	got := words(mustParse(t, page[strings.Index(page, `id="drawer"`):]))
	for _, want := range []string{"Microsoft Defender for Office 365", "Auth", "Description (optional)", "Save"} {
		if !strings.Contains(got, want) {
			t.Errorf("New Integration lacks %q", want)
		}
	}
	action, _, form := presses(t, page, "Save")
	form.Set("parent", "connector1")
	page = s.mustGet(s.mustSend(action, form))
	action, _, form = presses(t, page[strings.Index(page, `id="drawer"`):], "Authorize")
	s.mustGet(s.mustSend(action, form))
	f.set("connector2", workbench.StatusConnected, "")
	for _, path := range []string{"/integrations", "/integrations/configured"} {
		if got := words(mustParse(t, s.mustGet(path))); !strings.Contains(got, "Microsoft Defender for Office 365") || !strings.Contains(got, "Connected") {
			t.Errorf("%s does not show the integration Connected", path)
		}
	}
}

func TestWhoMaySeeAndWhoMayChangeConnectors(t *testing.T) {
	for _, role := range workbench.Roles {
		s, f := withConnectors(t, role)
		f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusError, workbench.ReasonCertificateExpired)
		account := workbench.Account{ID: "x", Role: role}
		for _, r := range s.routes() {
			if !strings.Contains(r.path, "connectors") && !strings.Contains(r.path, "integrations") {
				continue
			}
			if r.path == "/connectors/callback" { // without a consent link
				r.permission = string(workbench.EditIntegration)
			}
			w := s.do(r.method, strings.ReplaceAll(r.path, ":id", "connector1"), url.Values{})
			if may := account.May(workbench.Permission(r.permission)); may == (w.Code == http.StatusForbidden) {
				t.Errorf("%s: %s %s answers %d, and the account holds %s: %t", role, r.method, r.path, w.Code, r.permission, may)
			}
		}
		if changes := account.May(workbench.EditIntegration); !changes && len(f.calls) > 0 {
			t.Errorf("%s did %v", role, f.calls)
		}
	}
}

func TestConnectorsWithoutService(t *testing.T) {
	s := newStack(t).signedIn(workbench.Account{ID: "as-admin", Name: "admin", Role: workbench.AdministratorRole, AllGrants: true, Grants: []workbench.TenantID{}})
	for _, path := range []string{"/connectors", "/connectors.json", "/integrations", "/connectors/new", "/connectors/setup", "/connectors/callback?state=x", "/connectors/a"} {
		if w := s.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, w.Code)
		}
	}
	if strings.Contains(s.mustGet("/stories"), `href="/connectors"`) {
		t.Error("the rail leads to connectors that there are not")
	}
}

func TestConnectorsOfOtherTenantsAreHidden(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	s.signedIn(workbench.Account{ID: "elsewhere", Name: "elsewhere", Role: workbench.AdministratorRole, Grants: []workbench.TenantID{"other"}})
	for _, path := range []string{"/connectors/connector1", "/connectors/connector1.json", "/connectors/connector1/delete", "/connectors/connector1/authorize", "/connectors/connector1/certificate.cer", "/connectors/new?connector=connector1"} {
		hidden, absent := s.get(path), s.get(strings.ReplaceAll(path, "connector1", "connector9"))
		if hidden.Code != http.StatusNotFound || absent.Code != http.StatusNotFound {
			t.Errorf("%s answers %d, and %d where there is none, want 404 for both", path, hidden.Code, absent.Code)
		}
	}
	for _, path := range []string{"/connectors", "/connectors.json", "/integrations"} {
		if strings.Contains(s.mustGet(path), "contoso") {
			t.Errorf("%s tells of another tenant", path)
		}
	}
}

func TestOtherMethodsAndSites(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	for _, what := range []string{"test", "disable", "enable", "certificate", "credential"} {
		if w := s.get("/connectors/connector1/" + what); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET …/%s answers %d, want 405", what, w.Code)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if w := s.do(method, "/connectors/connector1", nil); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s answers %d, want 405", method, w.Code)
		}
	}
	for _, r := range s.routes() {
		if r.method == http.MethodPost && strings.Contains(r.path, "connectors") {
			if w := s.do(r.method, strings.ReplaceAll(r.path, ":id", "connector1"), parentForm(), "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
				t.Errorf("%s answers %d to another site, want 403", r.path, w.Code)
			}
		}
	}
	if len(f.calls) > 0 {
		t.Errorf("got %v done", f.calls)
	}
}

func TestRefusedConnectorsKeepWhatWasTyped(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	for name, failed := range map[string]error{
		"invalid": &workbench.Invalid{Fields: map[string]string{"name": "Another connector has this name."}},
		"fault":   fmt.Errorf("resolving: %w", &workbench.Fault{Reason: workbench.ReasonTenantUnknown}),
	} {
		f.failed = failed
		form := parentForm()
		form.Set("credential", "secret")
		form.Set("secret", "hunter2hunter2")
		form.Set("description", `"><script>alert(1)</script>`)
		w := s.do(http.MethodPost, "/connectors", form)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d, want 422", name, w.Code)
		}
		for _, want := range []string{`value="contoso-m365"`, `value="contoso.example"`, form.Get("clientId"), form.Get("objectId"), `aria-invalid="true"`, "Authorize and Save"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the panel lost %s", name, want)
			}
		}
		if strings.Contains(body, "hunter2") || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: the panel sends back the secret, or a script", name)
		}
	}
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	for _, days := range []string{"0", "181", "-1", "x", "9999999999999999999", "1e2"} {
		w := s.do(http.MethodPost, "/connectors", url.Values{"application": {"defenderForEndpoint"}, "parent": {"connector1"}, "name": {"mde"}, "backfillDays": {days}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="`+days+`"`) {
			t.Errorf("%s days: got %d, want the panel back with them", days, w.Code)
		}
	}
	if len(f.calls) != 2 {
		t.Errorf("got %v", f.calls)
	}
}

func TestOnlyWhoSeesEveryTenantConnectsAnother(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	f.failed = fmt.Errorf("adding a tenant: %w", workbench.ErrForbidden)
	if w := s.do(http.MethodPost, "/connectors", parentForm()); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "Only an account that sees every tenant") {
		t.Errorf("got %d, want 403 and who may", w.Code)
	}
}

func TestEditingAConnector(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	form := url.Values{"name": {"renamed"}, "clientId": {"a"}, "objectId": {"b"}, "revision": {"1"}}
	page := s.mustGet(s.mustSend("/connectors/connector1", form))
	if !strings.Contains(page, "Saved.") || f.calls[0] != "as-administrator edit connector1 renamed 1" {
		t.Errorf("got %v, want it saved and said", f.calls)
	}
	f.failed = workbench.ErrConflict
	if w := s.do(http.MethodPost, "/connectors/connector1", form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `value="renamed"`) || !strings.Contains(w.Body.String(), "Somebody else saved first") {
		t.Errorf("a conflict answers %d, want the form back", w.Code)
	}
	f.failed = &workbench.Invalid{Fields: map[string]string{"clientId": "This is no application id."}}
	if w := s.do(http.MethodPost, "/connectors/connector1", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "This is no application id.") {
		t.Errorf("a wrong id answers %d, want 422 with the reason", w.Code)
	}
	f.failed = &workbench.Fault{Reason: workbench.ReasonSecretWrong}
	w := s.do(http.MethodPost, "/connectors/connector1/credential", url.Values{"credential": {"secret"}, "secret": {"hunter2hunter2"}, "secretEnds": {"2027-03-31"}})
	if what, _ := workbench.ReasonSecretWrong.Explain(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), what) || strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("a wrong secret answers %d, want 422, the reason and not the secret", w.Code)
	}
	if got, want := f.calls[len(f.calls)-1], "as-administrator credential secret 2027-03-31"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMendingInPlaceLeadsBack(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusError, workbench.ReasonUnreachable)
	action, _, fields := presses(t, s.mustGet("/connectors"), "Test")
	if to := s.mustSend(action, fields); to != "/connectors?done=tested" || !strings.Contains(s.mustGet(to), "Microsoft was asked just now") {
		t.Errorf("Test leads to %s", to)
	}
	for _, evil := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)"} {
		if to := s.mustSend("/connectors/connector1/test", url.Values{"return": {evil}}); strings.Contains(to, "evil") || strings.Contains(to, "javascript") {
			t.Errorf("Test leads to %s", to)
		}
	}
	if to := s.mustSend("/connectors/connector1/disable", url.Values{}); !strings.Contains(s.mustGet(to), "Switched off") {
		t.Errorf("switching off leads to %s, which does not say so", to)
	}
	if to := s.mustSend("/connectors/connector1/certificate", url.Values{}); !strings.HasSuffix(to, "#offered") {
		t.Errorf("making a certificate leads to %s", to)
	}
	if page := s.mustGet("/connectors/connector1/delete"); !strings.Contains(page, "Its stories stay, with their comments, actions") || !strings.Contains(page, "and its enterprise application stay in the tenant") || !strings.Contains(page, "az ad sp delete --id 6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f") {
		t.Error("nobody says what becomes of the stories")
	}
	f.add(workbench.Connector{Kind: workbench.DefenderEndpoint, Parent: "connector1", Name: "contoso-mde"}, workbench.StatusConnected, "")
	f.failed = workbench.ErrConflict
	if w := s.do(http.MethodPost, "/connectors/connector1/delete", url.Values{}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "contoso-mde") {
		t.Errorf("deleting a parent of others answers %d, want 409 and their names", w.Code)
	}
	if to := s.mustSend("/connectors/connector2/delete", url.Values{}); to != "/connectors?done=deleted" {
		t.Errorf("deleting leads to %s", to)
	}
}

func TestWaysToMicrosoftAreBoundToTheirSession(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "fabrikam", Tenant: "e34d"}, workbench.StatusConnected, "")
	between := s.mustSend("/connectors/connector1/authorize", url.Values{})
	s.mustGet(between)
	if f.sessions["flow-connector1"] == "" {
		t.Fatal("a flow is bound to no session")
	}
	for _, path := range []string{"/connectors/connector1/authorize", "/connectors/connector1/authorize?flow=other", "/connectors/connector2/authorize?flow=flow-connector1"} {
		w := s.get(path)
		if w.Code != http.StatusGone || w.Header().Get("Refresh") != "" || !strings.Contains(w.Body.String(), "Press Authorize again") {
			t.Errorf("%s answers %d with Refresh %q, want 410 and how to go on", path, w.Code, w.Header().Get("Refresh"))
		}
	}
	s.signedIn(workbench.Account{ID: "second", Name: "second", Role: workbench.AdministratorRole, AllGrants: true, Grants: []workbench.TenantID{}})
	if w := s.get(between); w.Code != http.StatusGone {
		t.Errorf("another session answers %d, want 410", w.Code)
	}
	if w := s.get("/connectors/callback?code=a&state=flow-connector1"); w.Code != http.StatusNotFound || f.sessions["flow-connector1"] == "" {
		t.Errorf("another session's answer gets %d, want 404, and the way stays", w.Code)
	}
	f.failed = &workbench.Fault{Reason: workbench.ReasonUnreachable}
	what, _ := workbench.ReasonUnreachable.Explain()
	if w := s.do(http.MethodPost, "/connectors/connector1/authorize", url.Values{}); w.Code != http.StatusBadGateway || !strings.Contains(words(mustParse(t, w.Body.String())), what) {
		t.Errorf("a way that can't begin answers %d, want the reason", w.Code)
	}
}

func TestHostileAnswers(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	st := f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusPending, workbench.ReasonNotConsented)
	evil := "<script>alert(1)</script>\u202E\r\nSet-Cookie: a=b"
	f.arrival = connect.Arrival{Connector: st.Connector, State: st, Fault: &workbench.Fault{Reason: workbench.ReasonDeclined, Detail: workbench.Text(evil)}}
	begin := func() { s.mustSend("/connectors/connector1/authorize", url.Values{}) }
	begin()
	for name, query := range map[string]string{
		"no state": "code=a", "nothing": "", "unknown": "state=x&error=access_denied&error_description=" + url.QueryEscape(evil), "arrays": "state[]=flow-connector1&state[0]=x", "not read": "state=%zz;%",
		"64 kB": "state=flow-connector1&error_description=" + strings.Repeat("A", 64<<10), "redirect": "state=x&redirect_uri=https://evil.example&return=//evil.example",
	} {
		w := s.get("/connectors/callback?" + query)
		if w.Code < 400 || w.Code >= 500 || w.Header().Get("Location") != "" || w.Header().Get("Refresh") != "" {
			t.Errorf("%s: got %d to %q", name, w.Code, w.Header().Get("Location"))
		}
		body := w.Body.String()
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "evil.example") || strings.Contains(body, strings.Repeat("A", 600)) {
			t.Errorf("%s: the page repeats the address", name)
		}
		if !strings.Contains(body, "Press Authorize again") {
			t.Errorf("%s: the page does not say what to do", name)
		}
	}
	for name, headers := range map[string][]string{"prefetch": {"Sec-Purpose", "prefetch"}} {
		if w := s.get("/connectors/callback?state=flow-connector1&code=a", headers...); w.Code != http.StatusNoContent || f.sessions["flow-connector1"] == "" {
			t.Errorf("%s: got %d, and the way was used up: %t", name, w.Code, f.sessions["flow-connector1"] == "")
		}
	}
	if w := s.do(http.MethodHead, "/connectors/callback?state=flow-connector1&code=a", nil); w.Code != http.StatusNoContent || f.sessions["flow-connector1"] == "" {
		t.Errorf("HEAD: got %d, and the way was used up", w.Code)
	}
	w := s.get("/connectors/callback?state=flow-connector1&error=access_denied&error_description=" + url.QueryEscape(evil))
	what, mend := workbench.ReasonDeclined.Explain()
	got := words(mustParse(t, w.Body.String()))
	for _, want := range []string{"Permissions were not applied", what, mend, "<script>alert(1)</script>", "U+202E", "Authorize again"} {
		if !strings.Contains(got, want) {
			t.Errorf("a declined consent does not say %q in %q", want, got)
		}
	}
	if strings.Contains(w.Body.String(), "<script>alert") || w.Header().Get("Set-Cookie") != "" && strings.Contains(w.Header().Get("Set-Cookie"), "a=b") {
		t.Error("the description became more than text")
	}
	if again := s.get("/connectors/callback?state=flow-connector1&code=a"); again.Code != http.StatusNotFound {
		t.Errorf("an answer used twice gets %d, want 404", again.Code)
	}
	s.cookie = nil
	out := s.get("/connectors/callback?state=flow-connector1&code=secretcode")
	if to := out.Header().Get("Location"); strings.Contains(to+out.Body.String(), "secretcode") || out.Code != http.StatusSeeOther && out.Code != http.StatusUnauthorized {
		t.Errorf("a browser that is signed out is sent to %s with %d", to, out.Code)
	}
}

func TestPanelsAndListsAsParts(t *testing.T) {
	s, f := withConnectors(t, workbench.AdministratorRole)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusConnected, "")
	f.add(workbench.Connector{Kind: workbench.DefenderEndpoint, Parent: "connector1", Name: "contoso-mde"}, workbench.StatusConnected, "")
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "fabrikam", Tenant: "e34d"}, workbench.StatusConnected, "")
	live := func(page string) []string {
		var list []string
		for _, n := range elements(mustParse(t, page), func(n *html.Node) bool {
			return attribute(n, "data-live") == "connector" && attribute(n, "id") != "blindness"
		}) {
			list = append(list, attribute(n, "data-address"))
		}
		return list
	}
	addresses := live(s.mustGet("/connectors"))
	if len(addresses) != 3 {
		t.Fatalf("got %v, want two panels and the watch for others", addresses)
	}
	panel := s.mustGet(addresses[0], "HX-Request", "true")
	if !strings.Contains(panel, "contoso-mde") || strings.Contains(panel, "fabrikam") || strings.Contains(panel, "<html") {
		t.Errorf("got %.200s, want the one panel", panel)
	}
	if w := s.get(addresses[2], "HX-Request", "true"); w.Code != http.StatusNoContent {
		t.Errorf("the same connectors answer %d, want 204", w.Code)
	}
	f.states = f.states[2:]
	if gone := s.mustGet(addresses[0], "HX-Request", "true"); gone != "" {
		t.Errorf("a deleted connector is shown: %.200s", gone)
	}
	w := s.get(addresses[2], "HX-Request", "true")
	if w.Header().Get("HX-Retarget") != "#connector-list" || !strings.Contains(w.Body.String(), `id="connector-list"`) || strings.Contains(w.Body.String(), "<html") {
		t.Errorf("other connectors answer %d to %q, want the list anew", w.Code, w.Header().Get("HX-Retarget"))
	}
	for _, path := range []string{"/integrations", "/integrations/configured", "/connectors/connector3", "/connectors/new?from=connectors&connector=connector3"} {
		for _, address := range live(s.mustGet(path)) {
			part := s.get(address, "HX-Request", "true")
			if part.Code != http.StatusOK && part.Code != http.StatusNoContent || strings.Contains(part.Body.String(), "<html") {
				t.Errorf("%s answers %d, or gives a whole page as a part", address, part.Code)
			}
		}
	}
}

func TestConnectorsAsData(t *testing.T) {
	s, f := withConnectors(t, workbench.Viewer)
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso", Tenant: "3ac1"}, workbench.StatusError, workbench.ReasonCertificateExpired)
	f.states[0].Registration.Credentials[0].Sealed = []byte("must not be shown")
	var answer struct {
		Connectors []struct {
			ID, Kind, Name, Status, What, Mend string
			Credentials                        []map[string]any
		}
	}
	body := s.mustGet("/connectors.json")
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	what, mend := workbench.ReasonCertificateExpired.Explain()
	if c := answer.Connectors; len(c) != 1 || c[0].Name != "contoso" || c[0].Status != "Error" || c[0].What != what || c[0].Mend != mend || len(c[0].Credentials) != 1 {
		t.Errorf("got %+v", answer)
	}
	for _, path := range []string{"/connectors.json", "/connectors/connector1.json"} {
		if body := s.mustGet(path); strings.Contains(strings.ToLower(body), "sealed") {
			t.Errorf("%s carries what is sealed", path)
		}
	}
}

func TestTheRailMarksWhatIsNotWell(t *testing.T) {
	s, f := withConnectors(t, workbench.Viewer)
	if strings.Contains(s.mustGet("/stories"), "not well") {
		t.Error("the rail warns of nothing")
	}
	f.blind = []connect.Blind{{Connector: "connector1", Name: "contoso", Tenant: "3ac1"}}
	if page := s.mustGet("/stories"); !strings.Contains(page, "1 connector is not well") {
		t.Error("the rail does not say that a connector is not well")
	}
}

func TestSetUpHasOurOwnValues(t *testing.T) {
	s, _ := withConnectors(t, workbench.IntegrationsEditor)
	page := s.mustGet("/connectors/setup")
	for _, want := range []string{`data-copy="http://localhost:8080/connectors/callback"`, `data-copy="SecurityIncident.Read.All"`, `data-copy="SecurityAlert.Read.All"`, `data-copy="User.Read"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
