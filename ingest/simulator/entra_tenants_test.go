package simulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"workbench/ingest/simulator"
)

// at is an address of Contoso's, but of another tenant.
func (e *entra) at(t *simulator.Tenant, address string) string {
	return strings.Replace(address, e.contoso.ID(), t.ID(), 1)
}

// formAt is a good request for a token of the application itself in a tenant.
func (e *entra) formAt(t *testing.T, in *simulator.Tenant) url.Values {
	t.Helper()
	form, claims := e.appForm(t), e.claims()
	claims["aud"] = e.at(in, e.tokenAddress())
	form.Set("client_assertion", sign(t, jose.PS256, e.key, x5t2(e.key.der), claims))
	return form
}

// tokenAt asks for a token of the application itself in a tenant.
func (e *entra) tokenAt(t *testing.T, in *simulator.Tenant) tokens {
	t.Helper()
	return e.post(t, e.at(in, e.tokenAddress()), e.formAt(t, in))
}

// An app that is for any directory is consented to in another tenant, and what each tenant granted is its own.
func TestMultiTenantApp(t *testing.T) {
	e := newEntra(t)
	e.app.SetAudience(simulator.MultiTenant)
	e.app.Consent()
	if k := e.tokenAt(t, e.fabrikam); k.code() != 700016 || !strings.Contains(k.Description, "was not found in the directory 'Fabrikam'") {
		t.Fatalf("before consent: got %s", k.raw)
	}
	frank := e.person(t, "Frank")
	consent := e.at(e.fabrikam, e.consentAddress())
	if _, _, body := e.press(t, consent, url.Values{"user": {frank.ID}}); !strings.Contains(body, "Review for your organization, Fabrikam") || !strings.Contains(body, "registered in Contoso") {
		t.Errorf("the page names neither tenant:\n%s", body)
	}
	if _, header, _ := e.press(t, consent, url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"accept"}}); !strings.Contains(header.Get("Location"), "AADSTS50020") {
		t.Errorf("somebody of the app's home: got %s", header.Get("Location"))
	}
	_, header, _ := e.press(t, consent, url.Values{"user": {frank.ID}, "decision": {"accept"}})
	if location := header.Get("Location"); !strings.Contains(location, "&admin_consent=True&tenant="+e.fabrikam.ID()+"&") {
		t.Fatalf("consent: got %s", location)
	}
	k := e.tokenAt(t, e.fabrikam)
	if k.code() != 0 {
		t.Fatalf("after consent: got %s", k.raw)
	}
	here, there := claimsOf(t, e.mustToken(t)), claimsOf(t, k.Access)
	if there["tid"] != e.fabrikam.ID() || there["iss"] != "https://sts.windows.net/"+e.fabrikam.ID()+"/" || there["oid"] == here["oid"] || !cmp.Equal(there["roles"], here["roles"]) {
		t.Errorf("got claims %v", there)
	}
	if k := e.post(t, e.at(e.fabrikam, e.tokenAddress()), e.appForm(t)); k.code() != 50012 {
		t.Errorf("with an assertion for the home tenant: got %s", k.raw)
	}
	e.fabrikam.Revoke(e.app, "SecurityAlert.Read.All")
	if got := claimsOf(t, e.tokenAt(t, e.fabrikam).Access)["roles"]; !cmp.Equal(got, []any{"SecurityIncident.Read.All"}) {
		t.Errorf("one permission taken back: got %v", got)
	}
	if got := claimsOf(t, e.mustToken(t))["roles"]; !cmp.Equal(got, here["roles"]) {
		t.Errorf("at home then: got %v", got)
	}
	if status, code, _, _ := e.graph(t, "GET", "/v1.0/applications/"+e.app.ObjectID(), k.Access, ""); status != http.StatusForbidden || code != "Authorization_RequestDenied" {
		t.Errorf("reading applications: got %d %s", status, code)
	}
	if status, code, _, _ := e.addKey(t, k.Access, "/v1.0/applications/"+e.app.ObjectID(), e.key.der, e.proof(t, e.key, nil)); status != http.StatusNotFound || code != "Request_ResourceNotFound" {
		t.Errorf("a new key with a token of the other tenant: got %d %s", status, code)
	}
	e.fabrikam.SetEnabled(e.app, false)
	if k := e.tokenAt(t, e.fabrikam); k.code() != 7000112 {
		t.Errorf("disabled there: got %s", k.raw)
	}
	if _, _, body := e.get(t, consent); !strings.Contains(body, "AADSTS7000112") {
		t.Errorf("the page then: got %s", body)
	}
	e.fabrikam.DeleteServicePrincipal(e.app)
	if k := e.tokenAt(t, e.fabrikam); k.code() != 700016 {
		t.Errorf("consent removed: got %s", k.raw)
	}
	e.mustToken(t)
}

// A person signs in to an app of another tenant at home, by the tenant's own address and by that for all.
func TestSignInAtAnotherTenant(t *testing.T) {
	for _, segment := range []string{"", "organizations", "common"} {
		t.Run(segment, func(t *testing.T) {
			e := newEntra(t)
			e.app.SetAudience(simulator.MultiTenant)
			address := e.at(e.fabrikam, e.signInAddress())
			if segment != "" {
				address = strings.Replace(e.signInAddress(), e.contoso.ID(), segment, 1)
			}
			_, header, _ := e.press(t, address, url.Values{"user": {e.person(t, "Frank").ID}, "decision": {"accept"}})
			location, err := url.Parse(header.Get("Location"))
			if err != nil || location.Query().Get("code") == "" {
				t.Fatalf("got %q, %v, want a code", location, err)
			}
			redeem := func(in *simulator.Tenant) tokens {
				t.Helper()
				form := e.codeForm(t, location.Query().Get("code"))
				form.Set("client_assertion", e.formAt(t, in).Get("client_assertion"))
				return e.post(t, e.at(in, e.tokenAddress()), form)
			}
			if k := redeem(e.contoso); k.code() != 700005 {
				t.Errorf("at the home of the app: got %s", k.raw)
			}
			k := redeem(e.fabrikam)
			if k.code() != 0 {
				t.Fatalf("got %s", k.raw)
			}
			id := claimsOf(t, k.ID)
			if id["tid"] != e.fabrikam.ID() || id["iss"] != e.address("/"+e.fabrikam.ID()+"/v2.0") || id["preferred_username"] != "frank@fabrikam.example" {
				t.Errorf("got %v", id)
			}
		})
	}
}

func TestSingleTenantAppElsewhere(t *testing.T) {
	e := newEntra(t)
	for name, address := range map[string]string{"sign-in": e.signInAddress(), "consent": e.consentAddress()} {
		status, header, body := e.get(t, e.at(e.fabrikam, address))
		if got := kind(t, status, header, body); got != theError || !strings.Contains(body, "AADSTS50194") {
			t.Errorf("%s: got %s", name, got)
		}
	}
	e.fabrikam.Consent(e.app) // an app that once was for all
	if k := e.tokenAt(t, e.fabrikam); k.code() != 700016 || k.Error != "unauthorized_client" {
		t.Errorf("got %s", k.raw)
	}
	e.app.SetAudience(simulator.MultiTenant)
	if k := e.tokenAt(t, e.fabrikam); k.code() != 0 {
		t.Errorf("for all: got %s", k.raw)
	}
	e.app.Delete()
	if k := e.tokenAt(t, e.fabrikam); k.code() != 700016 {
		t.Errorf("after the registration is gone: got %s", k.raw)
	}
}

func TestAppWithoutPrincipal(t *testing.T) {
	e := newEntra(t)
	e.app = e.contoso.AddApp(simulator.AppOptions{Name: "Bare", RedirectURIs: []string{redirectURI}, NoPrincipal: true})
	if _, err := e.app.UploadCertificate(e.key.der); err != nil {
		t.Fatal(err)
	}
	if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 700016 {
		t.Errorf("without an enterprise application: got %s", k.raw)
	}
	e.press(t, e.consentAddress(), url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"accept"}})
	e.mustToken(t)
}

// Two clouds know of each other's tenants.
func TestTwoClouds(t *testing.T) {
	e := newEntra(t)
	gov := simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "login.government.example"}, Now: func() time.Time { return e.now }})
	agency := gov.AddTenant(simulator.TenantOptions{Name: "Agency", Domains: []string{"agency.example"}})
	unknown := "Tenant 'agency.example' not found."
	if _, _, body := e.get(t, e.address("/agency.example/v2.0/.well-known/openid-configuration")); !strings.Contains(body, unknown) {
		t.Errorf("clouds that do not know of each other: got %s", body)
	}
	simulator.Neighbours(e.s, gov)
	for _, name := range []string{agency.ID(), "agency.example"} {
		wrong, _, there := e.get(t, e.address("/"+name+"/v2.0/.well-known/openid-configuration"))
		_, _, right := e.get(t, gov.Base().String()+"/"+name+"/v2.0/.well-known/openid-configuration")
		if wrong != http.StatusOK || there != right || !strings.Contains(there, `"issuer":"https://login.government.example/`+agency.ID()+`/v2.0"`) ||
			!strings.Contains(there, `"msgraph_host":"login.government.example"`) {
			t.Errorf("discovery of %s: got %d %s", name, wrong, there)
		}
		k := e.post(t, e.address("/"+name+"/oauth2/v2.0/token"), e.appForm(t))
		if k.status != http.StatusBadRequest || k.code() != 90038 || k.Error != "invalid_request" || !strings.Contains(k.Description, "is being redirected to the National Cloud 'login.government.example'.") {
			t.Errorf("a token for %s: got %d %s", name, k.status, k.raw)
		}
	}
	for name, address := range map[string]string{"sign-in": e.signInAddress(), "consent": e.consentAddress()} {
		_, header, _ := e.get(t, e.at(agency, address))
		location := header.Get("Location")
		if !strings.HasPrefix(location, redirectURI+"&error=invalid_request&error_description=AADSTS900382") || !strings.Contains(location, "state=st%2Fate") {
			t.Errorf("%s: got %q", name, location)
		}
	}
	status, header, body := e.get(t, e.at(agency, e.consentAddress("redirect_uri", "https://evil.example")))
	if got := kind(t, status, header, body); got != theError || !strings.Contains(body, "AADSTS900382") {
		t.Errorf("with a redirect that nobody registered: got %s", got)
	}
	if status, _, body := e.get(t, gov.Base().String()+"/contoso.example/v2.0/.well-known/openid-configuration"); status != http.StatusOK || !strings.Contains(body, e.s.Base().String()+"/"+e.contoso.ID()) {
		t.Errorf("the other way round: got %d %s", status, body)
	}
	if _, _, body := e.get(t, e.address("/nowhere.example/v2.0/.well-known/openid-configuration")); !strings.Contains(body, "AADSTS90002") {
		t.Errorf("a tenant of no cloud: got %s", body)
	}
}
