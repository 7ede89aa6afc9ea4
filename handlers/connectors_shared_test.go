package handlers_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/simulator"
)

// A shared app is listed, changed, given another certificate, and deleted once nothing uses it.
func TestSharedAppPages(t *testing.T) {
	p := newProvider(t)
	list := p.mustGet("/connectors/apps")
	for _, want := range []string{"SOC app", "custom", "Contoso <b>", "1 connector", "Accepted by Microsoft"} {
		if got := words(mustParse(t, list)); !strings.Contains(got, want) && want != "Contoso <b>" {
			t.Errorf("the list lacks %q: %s", want, got)
		}
	}
	page := p.mustGet(leads(t, list, "SOC app"))
	action, _, form := presses(t, page, "Save")
	form.Set("name", "SOC app of Contoso")
	for _, field := range []string{"clientId", "objectId"} {
		form.Set(field, fieldOf(t, page, field))
	}
	if to := p.mustSend(action, form); !strings.Contains(p.mustGet(to), "SOC app of Contoso") {
		t.Error("another name is not kept")
	}
	if w := p.do(http.MethodPost, action, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Somebody else saved first") {
		t.Errorf("saving over somebody else's answers %d", w.Code)
	}
	form.Set("clientId", "nonsense")
	form.Set("revision", fieldOf(t, p.mustGet(p.shared), "revision"))
	if w := p.do(http.MethodPost, action, form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="nonsense"`) || !strings.Contains(w.Body.String(), "Copy the application (client) id") {
		t.Errorf("a wrong id answers %d", w.Code)
	}
	action, _, form = presses(t, page, "Test")
	if to := p.mustSend(action, form); !strings.Contains(p.mustGet(to), "Microsoft was asked just now") {
		t.Error("nobody says that Microsoft was asked")
	}
	action, _, form = presses(t, page, "Make new certificate")
	p.mustSend(action, form)
	page = p.mustGet(p.shared)
	if got := words(mustParse(t, page)); !strings.Contains(got, "Microsoft does not know the certificate") || !strings.Contains(got, "Waits for Microsoft to accept it") {
		t.Errorf("after a new certificate the page says %s", got)
	}
	app := p.sim.Tenants()[0].Apps()[1]
	if _, err := app.UploadCertificate([]byte(p.mustGet(leads(t, page, "Download certificate")))); err != nil {
		t.Fatal(err)
	}
	p.later(time.Minute)
	p.mustSend(p.shared+"/test", url.Values{})
	if got := words(mustParse(t, p.mustGet(p.shared))); strings.Contains(got, "Waits for Microsoft to accept it") || strings.Contains(got, "Certificate to upload") {
		t.Errorf("once the certificate is uploaded the page says %s", got)
	}
	if w := p.do(http.MethodPost, p.shared+"/credential", url.Values{"credential": {"secret"}, "secret": {""}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Enter the value of the client secret.") {
		t.Errorf("an empty secret answers %d", w.Code)
	}
	if w := p.do(http.MethodPost, p.shared+"/delete", url.Values{}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "used by 1 connector") {
		t.Errorf("deleting what is used answers %d", w.Code)
	}
	remove := p.mustGet(p.parent + "/delete")
	if got := words(mustParse(t, remove)); !strings.Contains(got, "The enterprise application of the shared app") || !strings.Contains(got, "az ad sp delete --id "+app.ClientID()) || strings.Contains(got, "az ad app delete") || !strings.Contains(got, "Connected again, the same incidents belong to the same stories") {
		t.Errorf("before deleting, the page says %s", got)
	}
	p.mustSend(p.parent+"/delete", url.Values{})
	if got := words(mustParse(t, p.mustGet(p.mustSend(p.shared+"/delete", url.Values{})))); !strings.Contains(got, "No shared app yet") {
		t.Errorf("after deleting the list says %s", got)
	}
}

// fieldOf is what stands in a field of a page.
func fieldOf(t *testing.T, page, name string) string {
	t.Helper()
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "input" && attribute(n, "name") == name }) {
		return attribute(n, "value")
	}
	t.Fatalf("no field is called %s", name)
	return ""
}

// Shared apps serve tenants that an account of one tenant may not know of.
func TestSharedAppsAreForWhoSeesEveryTenant(t *testing.T) {
	p := newProvider(t)
	b := p.browser()
	if w := b.accept(b.follow(p.link()), customerAdmin); w.Code != http.StatusOK {
		t.Fatalf("consent answers %d", w.Code)
	}
	p.mustSend(p.parent+"/confirm", url.Values{})
	p.sim.Tenants()[0].Apps()[1].SetSecret("another~value", time.Time{})
	p.mustSend(p.parent+"/test", url.Values{})
	if page := p.mustGet(p.parent); !strings.Contains(page, `href="`+p.shared+`#credential"`) || !strings.Contains(page, "Enter another secret") {
		t.Errorf("who sees every tenant is not led to the shared app: %s", words(mustParse(t, page)))
	}
	id := workbench.TenantID(p.tenant.ID())
	p.signedIn(workbench.Account{ID: "one", Name: "one", Role: workbench.AdministratorRole, Grants: []workbench.TenantID{id}})
	for _, path := range []string{"/connectors/apps", "/connectors/apps/new"} {
		if w := p.get(path); w.Code != http.StatusForbidden {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	for _, path := range []string{p.shared, p.shared + "/certificate.cer", p.shared + "/delete", "/connectors/apps/none"} {
		if w := p.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	for _, what := range []string{"", "/certificate", "/credential", "/test", "/delete"} {
		if w := p.do(http.MethodPost, p.shared+what, url.Values{}); w.Code != http.StatusNotFound {
			t.Errorf("POST %s answers %d", what, w.Code)
		}
	}
	page := p.mustGet(p.parent)
	if got := words(mustParse(t, page)); !strings.Contains(got, "Its certificate is looked after with the app: SOC app") || strings.Contains(page, `href="`+p.shared) {
		t.Errorf("the page of the customer's connector says %s", got)
	}
}

// The form for a tenant offers what there is, names what there is not, and comes back with what was chosen.
func TestNewConnectorChoosesATopology(t *testing.T) {
	p := newProvider(t)
	page := p.mustGet("/connectors/new?application=microsoft365")
	got := words(mustParse(t, page))
	for _, want := range []string{"The tenant's own app", "Shared app One app in your own tenant", "may create and manage applications of its own in the tenant, and no others", "For a shared app", "For the tenant's own app and managed apps",
		"Microsoft 365 operated by 21Vianet (China) – not available", "there is nothing to connect to", "SOC app · custom", "Application.ReadWrite.OwnedBy"} {
		if !strings.Contains(got, want) {
			t.Errorf("the form lacks %q: %s", want, got)
		}
	}
	form := url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {"x"}, "tenant": {"contoso.example"}, "topology": {"shared"}, "cloud": {"custom"}}
	w := p.do(http.MethodPost, "/connectors", form)
	chosen := elements(mustParse(t, w.Body.String()), func(n *html.Node) bool {
		return attribute(n, "name") == "topology" && attribute(n, "value") == "shared"
	})
	if got := words(mustParse(t, w.Body.String())); w.Code != http.StatusUnprocessableEntity || !strings.Contains(got, "Choose the app that this tenant shares") || strings.Contains(got, "Copy the application (client) id from") || len(chosen) != 1 || !carries(chosen[0], "checked") {
		t.Errorf("without a shared app the form answers %d: %s", w.Code, got)
	}
	form.Set("topology", "nonsense")
	form.Set("cloud", "china")
	w = p.do(http.MethodPost, "/connectors", form)
	if got := words(mustParse(t, w.Body.String())); w.Code != http.StatusUnprocessableEntity || !strings.Contains(got, "Choose whose app registration reads the tenant") || !strings.Contains(got, "Choose one of the clouds") {
		t.Errorf("nonsense answers %d: %s", w.Code, got)
	}
}

func carries(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// A parent with managed apps consents to creating applications, makes one for what is put under it, and replaces its certificate.
func TestManagedAppsPages(t *testing.T) {
	m := newSimulated(t)
	app := m.sim.Tenants()[0].AddApp(simulator.AppOptions{Name: "Parent", RedirectURIs: []string{"http://localhost:8080/connectors/callback"}, Permissions: []string{"Application.ReadWrite.OwnedBy"}})
	const secret = "c.Secret~value-of-the-parent"
	app.SetSecret(secret, time.Time{})
	form := m.form("connectors")
	for name, value := range map[string]string{"topology": "managed", "cloud": "custom", "clientId": app.ClientID(), "objectId": app.ObjectID(), "credential": "secret", "secret": secret} {
		form.Set(name, value)
	}
	between := m.mustSend("/connectors", form)
	if got := words(mustParse(t, m.mustGet(between))); !strings.Contains(got, "Manage apps that this app creates or owns") || strings.Contains(got, "Read all security incidents") {
		t.Errorf("before the jump the page says %s", got)
	}
	w := m.get(m.atMicrosoft(between, globalAdministrator, "accept"))
	if next := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(next, "https://microsoft.example/") {
		t.Fatalf("after consent the browser gets %d to %q", w.Code, next)
	}
	back := m.mustGet(m.throughMicrosoft(w.Header().Get("Location"), globalAdministrator, "accept"))
	if got := words(mustParse(t, back)); !strings.Contains(got, "Permissions were applied") || !strings.Contains(got, globalAdministrator) {
		t.Fatalf("after the sign-in the tab says %s", got)
	}
	parent, _, _ := strings.Cut(between, "/authorize")
	if got := words(mustParse(t, m.mustGet(parent))); !strings.Contains(got, "This connector may create and manage applications of its own in the tenant, and no others") || !strings.Contains(got, "Cloud custom") {
		t.Errorf("the parent's page says %s", got)
	}
	child := url.Values{"application": {"defenderForEndpoint"}, "parent": {parent[strings.LastIndexByte(parent, '/')+1:]}, "name": {"contoso-mde"}}
	page := m.mustGet(m.mustSend("/connectors", child))
	action, _, hidden := presses(t, page[strings.Index(page, `id="drawer"`):], "Authorize")
	m.later(time.Minute)
	m.mustGet(m.atMicrosoft(m.mustSend(action, hidden), globalAdministrator, "accept"))
	address, _, _ := strings.Cut(action, "/authorize")
	page = m.mustGet(address)
	if got := words(mustParse(t, page)); !strings.Contains(got, "has an application of its own in the tenant") || !strings.Contains(got, "made by the workbench") || !strings.Contains(got, "Connected") {
		t.Errorf("the child's page says %s", got)
	}
	own := m.sim.Tenants()[0].Apps()[2]
	before := own.Certificates()
	action, _, hidden = presses(t, page, "Replace the certificate by the parent")
	if to := m.mustSend(action, hidden); !strings.HasSuffix(to, "done=replaced") {
		t.Errorf("replacing leads to %s: %s", to, words(mustParse(t, m.mustGet(to))))
	}
	after := own.Certificates()
	if kept := slices.ContainsFunc(after, func(c simulator.Certificate) bool { return c.KeyID == before[0].KeyID }); len(before) != 1 || len(after) != 2 || !kept {
		t.Errorf("Microsoft has %v, and had %v; want the new one beside the one that works", after, before)
	}
	app.Revoke("Application.ReadWrite.OwnedBy")
	m.later(2 * time.Hour) // until tokens that have it are over
	if to := m.mustSend(action, hidden); !strings.HasSuffix(to, "done=kept") || !strings.Contains(m.mustGet(to), "Application.ReadWrite.OwnedBy") {
		t.Errorf("replacing what the parent may not leads to %s: %s", to, words(mustParse(t, m.mustGet(to))))
	}
	app.Consent()
	if got := words(mustParse(t, m.mustGet(address+"/delete"))); !strings.Contains(got, "The workbench deletes the application") || !strings.Contains(got, "az ad app delete --id "+own.ClientID()) {
		t.Errorf("before deleting, the page says %s", got)
	}
	if got := m.mustGet(address + ".json"); !strings.Contains(got, own.ClientID()) || strings.Contains(strings.ToLower(got), "sealed") {
		t.Errorf("the child as data lacks its application: %s", got)
	}
	m.mustSend(address+"/delete", url.Values{})
	if left := len(m.sim.Tenants()[0].Apps()); left != 2 {
		t.Errorf("%d applications are left at Microsoft, want 2", left)
	}
}

// The cookie of a browser that follows a link is for this workbench alone, and where it is reached by https for nothing else.
func TestConsentCookie(t *testing.T) {
	for address, name := range map[string]string{"http://localhost:8080": "workbench-consent", "https://workbench.example": "__Host-workbench-consent"} {
		s, f := withConnectors(t, workbench.Viewer)
		base, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		f.followed = true
		if s.server, err = handlers.New(t.Context(), handlers.Config{Store: s.store, Queries: s.index, Connect: f, BaseURL: base, Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatal(err)
		}
		w := s.do(http.MethodPost, "/consent", url.Values{"token": {"the-secret"}})
		cookies := w.Result().Cookies()
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/consent/depart?flow=flow" || len(cookies) != 1 {
			t.Fatalf("following answers %d to %s with %v", w.Code, w.Header().Get("Location"), cookies)
		}
		c := cookies[0]
		if c.Name != name || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 900 || c.Secure != (base.Scheme == "https") || len(c.Value) < 40 {
			t.Errorf("%s: the cookie is %v", address, c)
		}
	}
}
