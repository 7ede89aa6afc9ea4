package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench/ingest/simulator"
)

// consentAddress is where a browser goes for admin consent.
func (e *entra) consentAddress(change ...string) string {
	q := url.Values{"client_id": {e.app.ClientID()}, "scope": {e.address("/.default")}, "redirect_uri": {redirectURI}, "state": {"st/ate"}}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Set(change[i], change[i+1]); change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return e.address("/{t}/v2.0/adminconsent?" + q.Encode())
}

const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // of RFC 7636
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// signInAddress is where a browser goes to sign in.
func (e *entra) signInAddress(change ...string) string {
	q := url.Values{"client_id": {e.app.ClientID()}, "response_type": {"code"}, "redirect_uri": {redirectURI}, "state": {"st/ate"}, "nonce": {"n-1"},
		"scope": {"openid profile " + e.address("/User.Read")}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}, "prompt": {"select_account"}}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Set(change[i], change[i+1]); change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return e.address("/{t}/oauth2/v2.0/authorize?" + q.Encode())
}

// The kinds of answers that a browser can get.
const (
	thePicker   = "Pick an account"
	theConsent  = "Permissions requested"
	theApproval = "Need admin approval"
	theCallback = "callback"
	theError    = "Troubleshooting details"
)

// kind says what an answer is.
func kind(t *testing.T, status int, header http.Header, body string) string {
	t.Helper()
	if status == http.StatusFound {
		if !strings.HasPrefix(header.Get("Location"), redirectURI+"&") {
			t.Errorf("got a redirect to %s", header.Get("Location"))
		}
		return theCallback
	}
	if header.Get("Location") != "" {
		t.Errorf("a page (%d) redirects to %s", status, header.Get("Location"))
	}
	wantPage(t, header, body)
	for _, title := range []string{thePicker, theConsent, theApproval, theError} {
		if strings.Contains(body, title) {
			return title
		}
	}
	return body
}

func TestConsentMatrix(t *testing.T) {
	tests := []struct {
		person                       string
		consent, signIn, securityAsk string // admin consent; sign-in with User.Read; sign-in with a permission that needs an administrator
		delegated                    string // admin consent of an app that asks for delegated permissions alone
		noUserConsent                string // sign-in with User.Read where users may not consent
	}{
		{"Dana", theConsent, theConsent, theConsent, theConsent, theConsent},
		{"Pia", theConsent, theConsent, theConsent, theConsent, theConsent},
		{"Alex", theApproval, theConsent, theConsent, theConsent, theConsent},
		{"Clara", theApproval, theConsent, theConsent, theConsent, theConsent},
		{"Uma", theApproval, theConsent, theApproval, theApproval, theApproval},
		{"Frank", theCallback, theCallback, theCallback, theCallback, theCallback},
		{"sam@elsewhere.example", theCallback, theCallback, theCallback, theCallback, theCallback},
	}
	for _, tt := range tests {
		t.Run(tt.person, func(t *testing.T) {
			e := newEntra(t)
			id := tt.person
			if !strings.Contains(id, "@") {
				id = e.person(t, id).ID
			}
			check := func(name, address, want string) {
				t.Helper()
				status, header, body := e.get(t, address)
				if got := kind(t, status, header, body); got != thePicker {
					t.Fatalf("%s: got %s first, want the picker", name, got)
				}
				status, header, body = e.press(t, address, url.Values{"user": {id}})
				if got := kind(t, status, header, body); got != want {
					t.Errorf("%s: got %s, want %s", name, got, want)
				}
				if want == theCallback && !strings.Contains(header.Get("Location"), "error=access_denied&error_description=AADSTS50020") {
					t.Errorf("%s: got %s, want AADSTS50020", name, header.Get("Location"))
				}
				if want == theApproval {
					if status, header, body = e.press(t, address, url.Values{"user": {id}, "decision": {"accept"}}); kind(t, status, header, body) != theApproval {
						t.Errorf("%s: who may not consent could press Accept all the same", name)
					}
				}
			}
			check("admin consent", e.consentAddress(), tt.consent)
			check("sign-in", e.signInAddress(), tt.signIn)
			check("sign-in for security data", e.signInAddress("scope", "openid "+e.address("/SecurityIncident.Read.All")), tt.securityAsk)
			e.contoso.SetPolicy(simulator.Policy{NoUserConsent: true})
			check("sign-in without user consent", e.signInAddress(), tt.noUserConsent)
			e.app.SetPermissions(nil, []string{"User.Read"})
			check("delegated permissions", e.consentAddress(), tt.delegated)
		})
	}
}

func TestConsentPageNamesThePermissions(t *testing.T) {
	e := newEntra(t)
	_, _, body := e.press(t, e.consentAddress(), url.Values{"user": {e.person(t, "Dana").ID}})
	for _, want := range []string{"Read all security incidents", "Read all security alerts", "Sign in and read user profile", "Stories Workbench", "Accept", "Cancel", "dana@contoso.example"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q:\n%s", want, body)
		}
	}
}

func TestConsentAccepted(t *testing.T) {
	e := newEntra(t)
	status, header, _ := e.press(t, e.consentAddress(), url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"accept"}})
	base := url.QueryEscape(e.s.Base().String() + "/")
	want := redirectURI + "&admin_consent=True&tenant=" + e.contoso.ID() + "&state=st%2Fate&scope=" + base + "SecurityIncident.Read.All+" + base + "SecurityAlert.Read.All+" + base + "User.Read"
	if diff := cmp.Diff(want, header.Get("Location")); status != http.StatusFound || diff != "" {
		t.Errorf("got %d (-want +got):\n%s", status, diff)
	}
	if roles := claimsOf(t, e.mustToken(t))["roles"]; !cmp.Equal(roles, []any{"SecurityIncident.Read.All", "SecurityAlert.Read.All"}) {
		t.Errorf("got roles %v", roles)
	}
	status, header, _ = e.press(t, e.signInAddress(), url.Values{"user": {e.person(t, "Uma").ID}})
	if status != http.StatusFound || !strings.Contains(header.Get("Location"), "code=") {
		t.Errorf("a user after the consent for all: got %d, want a code without a question", status)
	}
}

func TestConsentByAnyPath(t *testing.T) {
	for _, segment := range []string{"contoso.example", "organizations"} {
		e := newEntra(t)
		address := strings.Replace(e.consentAddress(), "/"+e.contoso.ID()+"/", "/"+segment+"/", 1)
		_, header, _ := e.press(t, address, url.Values{"user": {"other"}, "name": {"Dana@contoso.example"}, "decision": {"accept"}})
		if !strings.Contains(header.Get("Location"), "admin_consent=True&tenant="+e.contoso.ID()) {
			t.Errorf("%s: got %q", segment, header.Get("Location"))
		}
	}
}

func TestConsentDeclined(t *testing.T) {
	e := newEntra(t)
	_, header, _ := e.press(t, e.consentAddress(), url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"cancel"}})
	guid := `[0-9a-f-]{36}`
	want := regexp.MustCompile(`^` + regexp.QuoteMeta(redirectURI) + `&error=access_denied&error_description=AADSTS65004%3A\+User\+declined\+to\+consent\+to\+access\+the\+app\.%0D%0ATrace\+ID%3A\+` + guid +
		`%0D%0ACorrelation\+ID%3A\+` + guid + `%0D%0ATimestamp%3A\+2026-03-11\+08%3A19%3A44Z&error_uri=https%3A%2F%2Flogin\.simulated\.example%2Ferror%3Fcode%3D65004&admin_consent=True&state=st%2Fate$`)
	if !want.MatchString(header.Get("Location")) {
		t.Errorf("got %s", header.Get("Location"))
	}
	if roles := claimsOf(t, e.mustToken(t))["roles"]; roles != nil {
		t.Errorf("got roles %v after Cancel", roles)
	}
}

func TestPagesThatNeverRedirect(t *testing.T) {
	tests := []struct {
		name    string
		address func(e *entra) string
		code    string
	}{
		{"consent: other redirect", func(e *entra) string { return e.consentAddress("redirect_uri", redirectURI+"/") }, "50011"},
		{"consent: redirect in capitals", func(e *entra) string { return e.consentAddress("redirect_uri", strings.ToUpper(redirectURI)) }, "50011"},
		{"consent: no redirect", func(e *entra) string { return e.consentAddress("redirect_uri", "") }, "900144"},
		{"consent: unknown client", func(e *entra) string { return e.consentAddress("client_id", "11111111-2222-3333-4444-555555555555") }, "700016"},
		{"consent: no client", func(e *entra) string { return e.consentAddress("client_id", "") }, "900144"},
		{"consent: no scope", func(e *entra) string { return e.consentAddress("scope", "") }, "900144"},
		{"consent: common", func(e *entra) string { return strings.Replace(e.consentAddress(), e.contoso.ID(), "common", 1) }, "900144"},
		{"consent: other tenant", func(e *entra) string { return strings.Replace(e.consentAddress(), e.contoso.ID(), e.fabrikam.ID(), 1) }, "50194"},
		{"consent: unknown tenant", func(e *entra) string {
			return strings.Replace(e.consentAddress(), e.contoso.ID(), "nowhere.example", 1)
		}, "90002"},
		{"consent: redirect twice", func(e *entra) string { return e.consentAddress() + "&redirect_uri=https://evil.example" }, "9002313"},
		{"consent: disabled", func(e *entra) string { e.app.SetEnabled(false); return e.consentAddress() }, "7000112"},
		{"sign-in: other redirect", func(e *entra) string { return e.signInAddress("redirect_uri", "https://evil.example") }, "50011"},
		{"sign-in: unknown client", func(e *entra) string { return e.signInAddress("client_id", "x") }, "700016"},
		{"sign-in: organizations", func(e *entra) string { return strings.Replace(e.signInAddress(), e.contoso.ID(), "organizations", 1) }, "50194"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			address := tt.address(e)
			for _, answer := range []func() (int, http.Header, string){
				func() (int, http.Header, string) { return e.get(t, address) },
				func() (int, http.Header, string) {
					return e.press(t, address, url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"accept"}})
				},
			} {
				status, header, body := answer()
				if got := kind(t, status, header, body); got != theError || status != http.StatusBadRequest || !strings.Contains(body, "AADSTS"+tt.code+":") {
					t.Errorf("got %d %s, want a page with AADSTS%s\n%s", status, got, tt.code, body)
				}
			}
		})
	}
}

func TestRefusalsThatGoBackToTheApp(t *testing.T) {
	tests := []struct {
		name    string
		address func(e *entra) string
		oauth   string
		code    string
	}{
		{"consent for nonsense", func(e *entra) string { return e.consentAddress("scope", "nonsense") }, "invalid_scope", "70011"},
		{"consent for another resource", func(e *entra) string { return e.consentAddress("scope", "https://elsewhere.example/.default") }, "invalid_resource", "500011"},
		{"no PKCE", func(e *entra) string { return e.signInAddress("code_challenge", "", "code_challenge_method", "") }, "invalid_request", "50147"},
		{"PKCE plain", func(e *entra) string { return e.signInAddress("code_challenge_method", "plain") }, "invalid_request", "50147"},
		{"PKCE without method", func(e *entra) string { return e.signInAddress("code_challenge_method", "") }, "invalid_request", "50147"},
		{"PKCE too short", func(e *entra) string { return e.signInAddress("code_challenge", challenge[:42]) }, "invalid_request", "50147"},
		{"implicit", func(e *entra) string { return e.signInAddress("response_type", "token") }, "unsupported_response_type", "700051"},
		{"no response type", func(e *entra) string { return e.signInAddress("response_type", "") }, "invalid_request", "900144"},
		{"no scope", func(e *entra) string { return e.signInAddress("scope", "") }, "invalid_request", "900144"},
		{"unknown scope", func(e *entra) string { return e.signInAddress("scope", "openid nonsense") }, "invalid_scope", "70011"},
		{"silent", func(e *entra) string { return e.signInAddress("prompt", "none") }, "login_required", "50058"},
		{"unknown response mode", func(e *entra) string { return e.signInAddress("response_mode", "web_message") }, "invalid_request", "90023"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			address := tt.address(e)
			status, header, _ := e.get(t, address)
			location, err := url.Parse(header.Get("Location"))
			if err != nil || status != http.StatusFound {
				t.Fatalf("got %d %q %v", status, header.Get("Location"), err)
			}
			q := location.Query()
			if q.Get("error") != tt.oauth || !strings.HasPrefix(q.Get("error_description"), "AADSTS"+tt.code+":") || q.Get("state") != "st/ate" || q.Has("code") {
				t.Errorf("got %v", q)
			}
			if consent := strings.Contains(address, "adminconsent"); q.Has("admin_consent") != consent || q.Has("tenant") {
				t.Errorf("got %v, want admin_consent if and only if that was asked for, and never a tenant", q)
			}
		})
	}
}

func TestUseAnotherAccount(t *testing.T) {
	e := newEntra(t)
	_, header, body := e.get(t, e.consentAddress())
	wantPage(t, header, body)
	for _, want := range []string{"dana@contoso.example", "uma@contoso.example", "frank@fabrikam.example", "Use another account"} {
		if !strings.Contains(body, want) {
			t.Errorf("the picker lacks %q", want)
		}
	}
	if policy := header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "form-action 'self' https://workbench.example") {
		t.Errorf("got policy %q: a browser would block the way back", policy)
	}
	_, header, body = e.press(t, e.consentAddress(), url.Values{"user": {"other"}})
	if wantPage(t, header, body); !strings.Contains(body, `name="name"`) || !strings.Contains(body, "Sign in") {
		t.Errorf("got %s, want a page to type a name", body)
	}
	status, _, body := e.press(t, e.consentAddress(), url.Values{"user": {"other"}, "name": {"<b>nobody"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "may be incorrect") || strings.Contains(body, "<b>nobody") {
		t.Errorf("of nobody: got %d %s", status, body)
	}
}

func TestPagesTakeNoFormsFromOtherSites(t *testing.T) {
	e := newEntra(t)
	for _, address := range []string{e.consentAddress(), e.signInAddress(), e.address("/portal/{t}/apps/" + e.app.ClientID() + "/consent")} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"accept"}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if status, _, _ := e.do(t, r); status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", r.URL.Path, status)
		}
	}
	if roles := claimsOf(t, e.mustToken(t))["roles"]; roles != nil {
		t.Errorf("got roles %v", roles)
	}
}

// mustCode signs a person in and returns the code.
func (e *entra) mustCode(t *testing.T, name string, change ...string) string {
	t.Helper()
	_, header, body := e.press(t, e.signInAddress(change...), url.Values{"user": {e.person(t, name).ID}, "decision": {"accept"}})
	location, err := url.Parse(header.Get("Location"))
	if err != nil || location.Query().Get("code") == "" {
		t.Fatalf("no code: %q %v\n%s", header.Get("Location"), err, body)
	}
	if location.Query().Get("state") != "st/ate" {
		t.Errorf("got state %q", location.Query().Get("state"))
	}
	return location.Query().Get("code")
}

// codeForm is a good request to redeem a code.
func (e *entra) codeForm(t *testing.T, code string) url.Values {
	t.Helper()
	form := e.appForm(t)
	form.Set("grant_type", "authorization_code")
	form.Set("code", code)
	form.Set("redirect_uri", redirectURI)
	form.Set("code_verifier", verifier)
	form.Del("scope")
	return form
}

func TestSignIn(t *testing.T) {
	e := newEntra(t)
	code := e.mustCode(t, "Uma", "scope", "openid profile offline_access "+e.address("/User.Read"))
	k := e.post(t, e.tokenAddress(), e.codeForm(t, code))
	if k.status != http.StatusOK || k.Scope != "User.Read openid profile" || k.Refresh == "" {
		t.Fatalf("got %s", k.raw)
	}
	uma := e.person(t, "Uma")
	var got map[string]any
	if err := json.Unmarshal(verifyID(t, e, k.ID), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"iss": e.address("/{t}/v2.0"), "aud": e.app.ClientID(), "tid": e.contoso.ID(), "oid": uma.ID, "preferred_username": uma.UserName, "name": uma.Name,
		"nonce": "n-1", "ver": "2.0", "exp": float64(start.Unix() + 3600), "nbf": float64(start.Unix())} {
		if got[name] != want {
			t.Errorf("ID token: got %s %v, want %v", name, got[name], want)
		}
	}
	if got["sub"] == "" || got["sub"] == uma.ID {
		t.Errorf("got sub %v, want one for this app alone", got["sub"])
	}
	if access := claimsOf(t, k.Access); access["scp"] != "User.Read openid profile" || access["idtyp"] != "user" || access["oid"] != uma.ID || access["upn"] != uma.UserName || access["roles"] != nil {
		t.Errorf("got access token %v", access)
	}
	status, _, _, body := e.graph(t, "GET", "/v1.0/me", k.Access, "")
	if status != http.StatusOK || !strings.Contains(body, `"userPrincipalName":"uma@contoso.example"`) || !strings.Contains(body, `"givenName":"Uma"`) {
		t.Errorf("me: got %d %s", status, body)
	}
	if status, _, _, body := e.graph(t, "GET", "/v1.0/organization", k.Access, ""); status != http.StatusOK || !strings.Contains(body, "Contoso") {
		t.Errorf("organization: got %d %s", status, body)
	}

	form := e.codeForm(t, "")
	form.Set("grant_type", "refresh_token")
	form.Set("refresh_token", k.Refresh)
	if again := e.post(t, e.tokenAddress(), form); again.status != http.StatusOK || again.Refresh == "" || again.Refresh == k.Refresh || again.Access == k.Access {
		t.Errorf("refresh: got %s", again.raw)
	}
	e.app.Revoke("User.Read")
	form.Set("client_assertion", e.appForm(t).Get("client_assertion"))
	if again := e.post(t, e.tokenAddress(), form); again.code() != 65001 || again.Error != "invalid_grant" {
		t.Errorf("refresh after the consent was revoked: got %s", again.raw)
	}
	e.now = start.AddDate(0, 0, 90)
	form.Set("client_assertion", e.appForm(t).Get("client_assertion"))
	if again := e.post(t, e.tokenAddress(), form); again.code() != 700082 {
		t.Errorf("refresh after 90 days: got %s", again.raw)
	}
}

func TestSignInWays(t *testing.T) {
	e := newEntra(t)
	form := url.Values{"user": {e.person(t, "Dana").ID}, "decision": {"accept"}}
	if _, header, _ := e.press(t, e.signInAddress("response_mode", "fragment"), form); !strings.HasPrefix(header.Get("Location"), redirectURI+"#code=") {
		t.Errorf("fragment: got %q", header.Get("Location"))
	}
	_, header, body := e.press(t, e.signInAddress("response_mode", "form_post"), form)
	if wantPage(t, header, body); !strings.Contains(body, `action="`+redirectURI+`"`) || !strings.Contains(body, `name="code"`) || !strings.Contains(body, `name="state" value="st/ate"`) {
		t.Errorf("form_post: got %s", body)
	}
	cancel := url.Values{"user": {e.person(t, "Uma").ID}, "decision": {"cancel"}}
	if _, header, _ := e.press(t, e.signInAddress(), cancel); !strings.Contains(header.Get("Location"), "error=access_denied&error_description=AADSTS65004") {
		t.Errorf("cancel: got %q", header.Get("Location"))
	}
}

func TestConsentForTheOrganisationAtSignIn(t *testing.T) {
	e := newEntra(t)
	press := func(name string, form url.Values) string {
		form.Set("user", e.person(t, name).ID)
		status, header, body := e.press(t, e.signInAddress(), form)
		return kind(t, status, header, body)
	}
	if got := press("Uma", url.Values{"decision": {"accept"}, "organization": {"yes"}}); got != theCallback {
		t.Fatalf("got %s", got)
	}
	if got := press("Pia", url.Values{}); got != theConsent {
		t.Errorf("a user decided for all: the next person saw %s", got)
	}
	press("Dana", url.Values{"decision": {"accept"}, "organization": {"yes"}})
	if got := press("Pia", url.Values{}); got != theCallback {
		t.Errorf("after the administrator's consent for all: got %s", got)
	}
}

func TestCodeRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(e *entra, form url.Values)
		code   int
		oauth  string
	}{
		{"another verifier", func(_ *entra, f url.Values) { f.Set("code_verifier", strings.Repeat("a", 43)) }, 501481, "invalid_grant"},
		{"no verifier", func(_ *entra, f url.Values) { f.Del("code_verifier") }, 900144, "invalid_request"},
		{"the challenge as verifier", func(_ *entra, f url.Values) { f.Set("code_verifier", challenge) }, 501481, "invalid_grant"},
		{"another redirect", func(_ *entra, f url.Values) { f.Set("redirect_uri", "http://localhost:8080/callback") }, 500112, "invalid_client"},
		{"no redirect", func(_ *entra, f url.Values) { f.Del("redirect_uri") }, 900144, "invalid_request"},
		{"unknown code", func(_ *entra, f url.Values) { f.Set("code", "x") }, 70000, "invalid_grant"},
		{"after ten minutes", func(e *entra, f url.Values) {
			e.now = start.Add(10 * time.Minute)
			f.Set("client_assertion", e.appForm(t).Get("client_assertion"))
		}, 70008, "invalid_grant"},
		{"a scope that nobody consented to", func(e *entra, f url.Values) { f.Set("scope", e.address("/SecurityIncident.Read.All")) }, 65001, "invalid_grant"},
		{"another client", func(e *entra, f url.Values) {
			other := e.contoso.AddApp(simulator.AppOptions{Name: "Other"})
			other.SetSecret("other", start.AddDate(1, 0, 0))
			f.Del("client_assertion")
			f.Set("client_id", other.ClientID())
			f.Set("client_secret", "other")
		}, 70000, "invalid_grant"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			form := e.codeForm(t, e.mustCode(t, "Dana"))
			tt.change(e, form)
			if k := e.post(t, e.tokenAddress(), form); k.code() != tt.code || k.Error != tt.oauth {
				t.Errorf("got %s, want %s %d", k.raw, tt.oauth, tt.code)
			}
		})
	}
	t.Run("another tenant", func(t *testing.T) {
		e := newEntra(t)
		form := e.codeForm(t, e.mustCode(t, "Dana"))
		other := e.fabrikam.AddApp(simulator.AppOptions{Name: "Other"})
		other.SetSecret("other", start.AddDate(1, 0, 0))
		form.Del("client_assertion")
		form.Set("client_id", other.ClientID())
		form.Set("client_secret", "other")
		if k := e.post(t, e.address("/fabrikam.example/oauth2/v2.0/token"), form); k.code() != 700005 {
			t.Errorf("got %s, want 700005", k.raw)
		}
	})
	for name, spoil := range map[string]bool{"twice": false, "after a wrong verifier": true} {
		t.Run(name, func(t *testing.T) {
			e := newEntra(t)
			form := e.codeForm(t, e.mustCode(t, "Dana"))
			if spoil {
				form.Set("code_verifier", strings.Repeat("a", 43))
			}
			e.post(t, e.tokenAddress(), form)
			form.Set("code_verifier", verifier)
			form.Set("client_assertion", e.appForm(t).Get("client_assertion"))
			if k := e.post(t, e.tokenAddress(), form); k.code() != 54005 || k.Error != "invalid_grant" {
				t.Errorf("got %s, want 54005", k.raw)
			}
		})
	}
}
