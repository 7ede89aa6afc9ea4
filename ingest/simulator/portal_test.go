package simulator_test

import (
	"bytes"
	"encoding/pem"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench/ingest/simulator"
)

// visit asks for a page over a socket, as a browser without cookies does, and follows where forms lead.
func visit(t *testing.T, server *httptest.Server, method, path, kind string, body io.Reader) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(path, ".css") {
		wantPage(t, response.Header, string(text))
	}
	if cookies := response.Cookies(); len(cookies) > 0 {
		t.Errorf("%s %s sets cookies: %v", method, path, cookies)
	}
	return response.StatusCode, response.Header, string(text)
}

func submit(t *testing.T, server *httptest.Server, path string, form url.Values) (int, string) {
	t.Helper()
	status, _, body := visit(t, server, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	return status, body
}

// uploadFile sends a file as the page of an app does.
func uploadFile(t *testing.T, server *httptest.Server, path string, content []byte) (int, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("certificate", "workbench.cer")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	status, _, body := visit(t, server, http.MethodPost, path, w.FormDataContentType(), &b)
	return status, body
}

func TestPortalFromRegistrationToToken(t *testing.T) {
	e := newEntra(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	if _, _, body := visit(t, server, "GET", "/", "", nil); !strings.Contains(body, "Contoso") || !strings.Contains(body, "Fabrikam") {
		t.Errorf("the first page lacks a tenant:\n%s", body)
	}
	tenant := "/portal/" + e.contoso.ID()
	status, body := submit(t, server, tenant+"/apps", url.Values{"name": {"<Portal> app"}, "redirect": {redirectURI}})
	m := regexp.MustCompile(`id="client" type="text" readonly value="([0-9a-f-]{36})"`).FindStringSubmatch(body)
	if status != http.StatusOK || m == nil || !strings.Contains(body, "The app is registered.") || strings.Contains(body, "<Portal>") {
		t.Fatalf("registering: got %d %s", status, body)
	}
	var app *simulator.App
	for _, a := range e.contoso.Apps() {
		if a.ClientID() == m[1] {
			app = a
		}
	}
	if app == nil || !strings.Contains(body, app.ObjectID()) || !strings.Contains(body, e.contoso.ID()) {
		t.Fatalf("the page of app %s lacks ids:\n%s", m[1], body)
	}
	e.app = app
	page := tenant + "/apps/" + m[1]

	if status, body := uploadFile(t, server, page+"/certificates", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})); status != http.StatusUnprocessableEntity ||
		!strings.Contains(body, "holds a private key") {
		t.Errorf("a private key: got %d %s", status, body)
	}
	if status, body := uploadFile(t, server, page+"/certificates", []byte("nonsense")); status != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) {
		t.Errorf("nonsense: got %d %s", status, body)
	}
	status, body = uploadFile(t, server, page+"/certificates", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.key.der}))
	if status != http.StatusOK || !strings.Contains(body, app.Certificates()[0].SHA1) || !strings.Contains(body, app.Certificates()[0].SHA256) || !strings.Contains(body, "2026-06-11") {
		t.Fatalf("uploading PEM: got %d %s", status, body)
	}
	if status, body := uploadFile(t, server, page+"/certificates", mustCertificate(t, secondKey(), start, start.AddDate(0, 1, 0)).der); status != http.StatusOK || len(app.Certificates()) != 2 {
		t.Errorf("uploading DER: got %d %s", status, body)
	}
	if submit(t, server, page+"/remove-certificate", url.Values{"key": {app.Certificates()[1].KeyID}}); len(app.Certificates()) != 1 {
		t.Error("the certificate was not removed")
	}
	if status, _ := submit(t, server, page+"/remove-certificate", url.Values{"key": {"x"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("removing what is not there: got %d", status)
	}

	roles := func() any { return claimsOf(t, e.mustToken(t))["roles"] }
	submit(t, server, page+"/permissions", url.Values{"permission": {"role:SecurityIncident.Read.All", "role:SecurityAlert.Read.All", "scope:User.Read", "role:Everything.Write.All"}})
	if got := roles(); got != nil {
		t.Errorf("asked for, not granted: got roles %v", got)
	}
	if _, body := submit(t, server, page+"/consent", nil); !strings.Contains(body, "Granted for Contoso") {
		t.Errorf("consent: got %s", body)
	}
	if diff := cmp.Diff([]any{"SecurityIncident.Read.All", "SecurityAlert.Read.All"}, roles()); diff != "" {
		t.Errorf("after consent (-want +got):\n%s", diff)
	}
	submit(t, server, page+"/revoke", url.Values{"permission": {"SecurityAlert.Read.All"}})
	if diff := cmp.Diff([]any{"SecurityIncident.Read.All"}, roles()); diff != "" {
		t.Errorf("after revoking one (-want +got):\n%s", diff)
	}
	code := func() int { return e.post(t, e.tokenAddress(), e.appForm(t)).code() }
	if submit(t, server, page+"/disable", nil); code() != 7000112 {
		t.Errorf("disabled: got %d", code())
	}
	if submit(t, server, page+"/enable", nil); code() != 0 {
		t.Errorf("enabled: got %d", code())
	}
	if _, body := submit(t, server, page+"/delete", nil); code() != 700016 || !strings.Contains(body, "There is none: it was deleted") {
		t.Errorf("deleted: got %d %s", code(), body)
	}
	if submit(t, server, page+"/consent", nil); code() != 0 {
		t.Errorf("consent again: got %d", code())
	}
	_, body = submit(t, server, page+"/secrets", nil)
	secret := regexp.MustCompile(`<code id="secret">([^<]+)</code>`).FindStringSubmatch(body)
	if secret == nil {
		t.Fatalf("no secret: %s", body)
	}
	form := url.Values{"client_id": {m[1]}, "client_secret": {secret[1]}, "grant_type": {"client_credentials"}, "scope": {e.address("/.default")}}
	if k := e.post(t, e.tokenAddress(), form); k.status != http.StatusOK {
		t.Errorf("with the secret: got %s", k.raw)
	}
	if _, _, body := visit(t, server, "GET", page, "", nil); strings.Contains(body, secret[1]) {
		t.Error("the secret is shown a second time")
	}
	if status, body := submit(t, server, page+"/redirects", url.Values{"redirect": {"http://workbench.example/x"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "must start with https") {
		t.Errorf("a redirect without TLS: got %d", status)
	}
	if _, body := submit(t, server, page+"/redirects", url.Values{"redirect": {"http://localhost:9/x"}}); !strings.Contains(body, "http://localhost:9/x") {
		t.Errorf("a redirect to this machine: got %s", body)
	}
}

func TestPortalSettings(t *testing.T) {
	e := newEntra(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	form := url.Values{"skew": {"-600"}, "lifetime": {"60"}, "consent": {"30"}, "keys": {"40"}, "replicas": {"50"}}
	_, body := submit(t, server, "/portal/settings", form)
	want := simulator.Settings{TokenLifetime: time.Minute, PropagationDelay: 30 * time.Second, KeyDelay: 40 * time.Second, ReplicationDelay: 50 * time.Second, ClockSkew: -10 * time.Minute}
	if diff := cmp.Diff(want, e.s.Settings()); diff != "" || !strings.Contains(body, "2026-03-11 08:09:44 UTC") {
		t.Errorf("(-want +got):\n%s\n%s", diff, body)
	}
	if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 700024 {
		t.Errorf("with clocks ten minutes apart: got %s", k.raw)
	}
	if _, header, _ := e.get(t, e.address("/portal/")); header.Get("Date") != "Wed, 11 Mar 2026 08:09:44 GMT" {
		t.Errorf("got Date %q", header.Get("Date"))
	}
	for name, value := range map[string]string{"skew": "x", "lifetime": "0", "consent": "-1", "keys": "100000", "replicas": "-1"} {
		bad := url.Values{"skew": {"0"}, "lifetime": {"60"}, "consent": {"0"}, "keys": {"0"}, "replicas": {"0"}}
		bad.Set(name, value)
		if status, body := submit(t, server, "/portal/settings", bad); status != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s=%s: got %d", name, value, status)
		}
	}
	if diff := cmp.Diff(want, e.s.Settings()); diff != "" {
		t.Errorf("a refused form changed the settings (-want +got):\n%s", diff)
	}
	before := e.keySet(t).Keys[0].KeyID
	if submit(t, server, "/portal/keys", nil); e.keySet(t).Keys[0].KeyID == before {
		t.Error("the signing key is the same")
	}
}

func TestPortalTenant(t *testing.T) {
	e := newEntra(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	tenant := "/portal/" + e.contoso.ID()
	if _, _, body := visit(t, server, "GET", tenant+"/", "", nil); !strings.Contains(body, "Privileged Role Administrator") || !strings.Contains(body, "contoso.onmicrosoft.example") {
		t.Errorf("got %s", body)
	}
	submit(t, server, tenant+"/policy", url.Values{"days": {"90"}, "noconsent": {"yes"}})
	if got, want := e.contoso.Policy(), (simulator.Policy{MaxCertificateLifetime: 90 * 24 * time.Hour, NoUserConsent: true}); got != want || e.contoso.Licensed() {
		t.Errorf("got %+v, licensed %v", got, e.contoso.Licensed())
	}
	for _, form := range []url.Values{{"name": {""}}, {"name": {strings.Repeat("x", 121)}}, {"name": {"x"}, "redirect": {"javascript:alert(1)"}}, {"name": {"x"}, "redirect": {"https://a.example/#f"}}} {
		if status, body := submit(t, server, tenant+"/apps", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%v: got %d", form, status)
		}
	}
	if len(e.contoso.Apps()) != 1 {
		t.Error("a refused form registered an app")
	}
	if status, _ := submit(t, server, tenant+"/policy", url.Values{"days": {"x"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("days=x: got %d", status)
	}
}

func TestPortalPagesThatAreNotThere(t *testing.T) {
	e := newEntra(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	app := "/portal/" + e.contoso.ID() + "/apps/" + e.app.ClientID()
	for _, path := range []string{"/portal/nowhere/", "/portal/" + e.contoso.ID() + "/nothing", "/portal/" + e.fabrikam.ID() + "/apps/" + e.app.ClientID(), app + "/delete", "/portal/settings"} {
		if status, _, _ := visit(t, server, "GET", path, "", nil); status != http.StatusNotFound {
			t.Errorf("GET %s: got %d, want 404", path, status)
		}
	}
	if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 0 {
		t.Errorf("a GET changed something: %s", k.raw)
	}
	if status, _ := submit(t, server, app+"/nothing", nil); status != http.StatusNotFound {
		t.Errorf("an unknown form: got %d", status)
	}
	if status, header, body := visit(t, server, "GET", "/portal/simulator.css", "", nil); status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/css") || !strings.Contains(body, "prefers-color-scheme: dark") {
		t.Errorf("the stylesheet: got %d %s", status, header.Get("Content-Type"))
	}
}

// The page of an app leads to the workbench that its redirect URIs name, with the app's ids; an app of nobody's workbench leads nowhere.
func TestPortalLeadsToTheWorkbench(t *testing.T) {
	e := newEntra(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	page := "/portal/" + e.contoso.ID() + "/apps/" + e.app.ClientID()
	if err := e.app.AddRedirectURI("https://other.example/callback"); err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`<a href="([^"]*)">Connect it in the workbench</a>`)
	if err := e.app.AddRedirectURI("https://soc.example/desk/connectors/callback"); err != nil {
		t.Fatal(err)
	}
	_, _, body := visit(t, server, "GET", page, "", nil)
	m := link.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page leads to no workbench:\n%s", body)
	}
	to, err := url.Parse(html.UnescapeString(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {"Contoso"}, "tenant": {e.contoso.ID()}, "clientId": {e.app.ClientID()}, "objectId": {e.app.ObjectID()}}
	if diff := cmp.Diff(want, to.Query()); diff != "" || !strings.HasSuffix(to.Path, "/connectors/new") {
		t.Errorf("got %s (-want +got):\n%s", to, diff)
	}
	_, body = submit(t, server, "/portal/"+e.contoso.ID()+"/apps", url.Values{"name": {"another"}, "redirect": {"https://other.example/callback"}})
	if link.MatchString(body) {
		t.Error("an app that no workbench uses leads to one")
	}
}
