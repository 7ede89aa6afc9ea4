package simulator_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"workbench/ingest/simulator"
)

func TestDiscovery(t *testing.T) {
	e := newEntra(t)
	id := e.contoso.ID()
	tests := []struct {
		segment, issuer, token string
	}{
		{id, "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{strings.ToUpper(id), "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{"Contoso.example", "/" + id + "/v2.0", "/" + id + "/oauth2/v2.0/token"},
		{"organizations", "/{tenantid}/v2.0", "/organizations/oauth2/v2.0/token"},
		{"common", "/{tenantid}/v2.0", "/common/oauth2/v2.0/token"},
	}
	for _, tt := range tests {
		t.Run(tt.segment, func(t *testing.T) {
			status, _, body := e.get(t, e.address("/"+tt.segment+"/v2.0/.well-known/openid-configuration"))
			var got struct {
				Issuer string `json:"issuer"`
				Token  string `json:"token_endpoint"`
				Graph  string `json:"msgraph_host"`
			}
			if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
				t.Fatalf("got %d %v: %s", status, err, body)
			}
			base := e.s.Base().String()
			if got.Issuer != base+tt.issuer || got.Token != base+tt.token || got.Graph != "login.simulated.example" {
				t.Errorf("got %+v", got)
			}
		})
	}
	for segment, code := range map[string]int{"11111111-2222-3333-4444-555555555555": 90002, "nowhere.example": 90002, "nonsense": 900023} {
		t.Run("unknown "+segment, func(t *testing.T) {
			status, _, body := e.get(t, e.address("/"+segment+"/v2.0/.well-known/openid-configuration"))
			if want := fmt.Sprintf(`"error_codes":[%d]`, code); status != http.StatusBadRequest || !strings.Contains(body, want) || !strings.Contains(body, `"error":"invalid_request"`) {
				t.Errorf("got %d %s, want 400 with %s", status, body, want)
			}
		})
	}
}

func TestInstanceDiscovery(t *testing.T) {
	e := newEntra(t)
	status, _, body := e.get(t, e.address("/common/discovery/instance?api-version=1.1&authorization_endpoint="+url.QueryEscape(e.address("/{t}/oauth2/v2.0/authorize"))))
	if want := `"tenant_discovery_endpoint":"` + e.address("/{t}/v2.0/.well-known/openid-configuration") + `"`; status != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
	status, _, body = e.get(t, e.address("/common/discovery/instance?api-version=1.1&authorization_endpoint=https://elsewhere.example/common"))
	if status != http.StatusBadRequest || !strings.Contains(body, "invalid_instance") {
		t.Errorf("of another host: got %d %s, want invalid_instance", status, body)
	}
}

// keyIDs are the ids of the published keys.
func (e *entra) keySet(t *testing.T) jose.JSONWebKeySet {
	t.Helper()
	_, _, body := e.get(t, e.address("/{t}/discovery/v2.0/keys"))
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(body), &set); err != nil {
		t.Fatalf("reading the keys: %v\n%s", err, body)
	}
	return set
}

func TestSigningKeysRotate(t *testing.T) {
	e := newEntra(t)
	before := e.keySet(t)
	token := e.mustToken(t)
	if err := e.s.RotateSigningKeys(); err != nil {
		t.Fatal(err)
	}
	after := e.keySet(t)
	if len(before.Keys) != 2 || len(after.Keys) != 2 || after.Keys[1].KeyID != before.Keys[0].KeyID || after.Keys[0].KeyID == before.Keys[0].KeyID {
		t.Fatalf("got %d keys, then %d: want two each time, the old one second", len(before.Keys), len(after.Keys))
	}
	if status, code, _, _ := e.graph(t, "GET", "/v1.0/me", token, ""); status != http.StatusBadRequest {
		t.Errorf("a token of the key before: got %d %s, want it still believed", status, code)
	}
	if err := e.s.RotateSigningKeys(); err != nil {
		t.Fatal(err)
	}
	if status, _, _, _ := e.graph(t, "GET", "/v1.0/me", token, ""); status != http.StatusUnauthorized {
		t.Errorf("a token of a key that is gone: got %d, want 401", status)
	}
}

func TestAppTokenByCertificate(t *testing.T) {
	for _, alg := range []jose.SignatureAlgorithm{jose.RS256, jose.PS256} {
		for header, hash := range map[string]crypto.Hash{"x5t": crypto.SHA1, "x5t#S256": crypto.SHA256} {
			for name, alphabet := range map[string]*base64.Encoding{"raw url": base64.RawURLEncoding, "url": base64.URLEncoding, "standard": base64.StdEncoding} {
				t.Run(fmt.Sprint(alg, " ", header, " ", name), func(t *testing.T) {
					e := newEntra(t)
					e.app.Consent()
					form := e.appForm(t)
					form.Set("client_assertion", sign(t, alg, e.key, map[string]any{header: thumbprint(hash, alphabet, e.key.der)}, e.claims()))
					k := e.post(t, e.tokenAddress(), form)
					if k.status != http.StatusOK || k.Type != "Bearer" || k.ExpiresIn != 4499 || k.Refresh != "" || k.ID != "" {
						t.Fatalf("got %d %s", k.status, k.raw)
					}
					got := claimsOf(t, k.Access)
					want := map[string]any{"aud": e.s.Base().String(), "iss": "https://sts.windows.net/" + e.contoso.ID() + "/", "appid": e.app.ClientID(), "appidacr": "2", "idtyp": "app",
						"tid": e.contoso.ID(), "ver": "1.0", "roles": []any{"SecurityIncident.Read.All", "SecurityAlert.Read.All"}, "exp": float64(start.Add(75 * time.Minute).Unix())}
					for name, value := range want {
						if diff := cmp.Diff(value, got[name]); diff != "" {
							t.Errorf("claim %s (-want +got):\n%s", name, diff)
						}
					}
					if got["sub"] != got["oid"] || got["sub"] == e.app.ObjectID() {
						t.Errorf("got sub %v, oid %v, want both the service principal's", got["sub"], got["oid"])
					}
				})
			}
		}
	}
}

func TestAccessTokensCannotBeVerifiedByClients(t *testing.T) {
	e := newEntra(t)
	parsed, err := jose.ParseSignedCompact(e.mustToken(t), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Signatures[0].Header.Nonce == "" {
		t.Error("the header has no nonce")
	}
	for _, key := range e.keySet(t).Keys {
		if _, err := parsed.Verify(key.Key); err == nil {
			t.Error("a published key verifies the token of Graph, as it would not with Microsoft's")
		}
	}
}

func TestAppTokenIgnoresTheScopesOfSignIn(t *testing.T) {
	e := newEntra(t)
	form := e.appForm(t)
	form.Set("scope", e.address("/.default")+" openid offline_access profile") // as Microsoft's library for Go sends it
	if k := e.post(t, e.tokenAddress(), form); k.status != http.StatusOK || k.Refresh != "" || k.ID != "" {
		t.Errorf("got %s, want an access token alone", k.raw)
	}
}

func TestTokenWithoutConsentHasNoRoles(t *testing.T) {
	e := newEntra(t)
	if roles, ok := claimsOf(t, e.mustToken(t))["roles"]; ok {
		t.Errorf("got roles %v, want no such claim", roles)
	}
}

func TestAssertionRefusals(t *testing.T) {
	const invalid = "invalid_client"
	expired := mustCertificate(t, secondKey(), start.AddDate(0, 0, -20), start.AddDate(0, 0, 1))
	foreign := mustCertificate(t, secondKey(), start, start.AddDate(0, 1, 0))
	tests := []struct {
		name string
		make func(e *entra) string
		code int
		text string
	}{
		{"other certificate", func(e *entra) string { return sign(t, jose.PS256, foreign, x5t2(foreign.der), e.claims()) }, 700027, "The key was not found., Thumbprint of key used by client: '" +
			strings.ToUpper(fmt.Sprintf("%x", must(base64.RawURLEncoding.DecodeString(x5t2(foreign.der)["x5t#S256"].(string))))) + "'"},
		{"signature of another key", func(e *entra) string { return sign(t, jose.PS256, foreign, x5t2(e.key.der), e.claims()) }, 700027, "invalid signature"},
		{"SHA-1 under x5t#S256", func(e *entra) string {
			return sign(t, jose.PS256, e.key, map[string]any{"x5t#S256": thumbprint(crypto.SHA1, base64.RawURLEncoding, e.key.der)}, e.claims())
		}, 700027, "not found"},
		{"SHA-256 under x5t", func(e *entra) string {
			return sign(t, jose.PS256, e.key, map[string]any{"x5t": thumbprint(crypto.SHA256, base64.RawURLEncoding, e.key.der)}, e.claims())
		}, 700027, "not found"},
		{"no thumbprint", func(e *entra) string { return sign(t, jose.PS256, e.key, nil, e.claims()) }, 700027, "not found"},
		{"expired certificate", func(e *entra) string {
			if _, err := e.app.UploadCertificate(expired.der); err != nil {
				t.Fatal(err)
			}
			e.now = start.AddDate(0, 0, 2)
			return sign(t, jose.PS256, expired, x5t2(expired.der), e.claims())
		}, 700027, "The key used is expired."},
		{"RS512", func(e *entra) string { return sign(t, jose.RS512, e.key, x5t2(e.key.der), e.claims()) }, 50013, "RS512"},
		{"alg none", func(e *entra) string {
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "."
		}, 50013, "none"},
		{"not a token", func(e *entra) string { return "hello" }, 50013, "malformed"},
		{"padded header", func(e *entra) string {
			head, rest, _ := strings.Cut(sign(t, jose.PS256, e.key, x5t2(e.key.der), e.claims()), ".")
			return head + "=." + rest
		}, 50013, "malformed"},
		{"expired", func(e *entra) string { return signed(t, e, "exp", start.Add(-5*time.Minute-time.Second).Unix()) }, 700024, "Current time: 2026-03-11T08:19:44.0000000Z"},
		{"not yet", func(e *entra) string { return signed(t, e, "nbf", start.Add(5*time.Minute+time.Second).Unix()) }, 700024, "assertion valid from 2026-03-11T08:24:45.0000000Z"},
		{"no nbf", func(e *entra) string { return signed(t, e, "nbf", nil) }, 700024, "1970-01-01"},
		{"audience of another tenant", func(e *entra) string {
			return signed(t, e, "aud", e.address("/"+e.fabrikam.ID()+"/oauth2/v2.0/token"))
		}, 50012, "audience"},
		{"audience is the issuer", func(e *entra) string { return signed(t, e, "aud", e.address("/{t}/v2.0")) }, 50012, "audience"},
		{"other issuer", func(e *entra) string { return signed(t, e, "iss", e.app.ObjectID()) }, 50012, "client_id"},
		{"other subject", func(e *entra) string { return signed(t, e, "sub", e.app.ObjectID()) }, 50012, "client_id"},
		{"no jti", func(e *entra) string { return signed(t, e, "jti", "") }, 50013, "jti"},
		{"used before", func(e *entra) string {
			form := e.appForm(t)
			if k := e.post(t, e.tokenAddress(), form); k.status != http.StatusOK {
				t.Fatalf("the first use: %s", k.raw)
			}
			return form.Get("client_assertion")
		}, 50012, "used before"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			form := e.appForm(t)
			form.Set("client_assertion", tt.make(e))
			k := e.post(t, e.tokenAddress(), form)
			if k.status != http.StatusUnauthorized || k.Error != invalid || k.code() != tt.code || !strings.Contains(k.Description, tt.text) {
				t.Errorf("got %d %s %d: %s\nwant 401 %s %d with %q", k.status, k.Error, k.code(), k.Description, invalid, tt.code, tt.text)
			}
		})
	}
}

// signed is a good assertion but for one claim.
func signed(t *testing.T, e *entra, claim string, value any) string {
	t.Helper()
	claims := e.claims()
	claims[claim] = value
	if value == nil {
		delete(claims, claim)
	}
	return sign(t, jose.PS256, e.key, x5t2(e.key.der), claims)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAssertionMayBeFiveMinutesOff(t *testing.T) {
	for _, off := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		e := newEntra(t)
		claims := e.claims()
		if off > 0 {
			claims["nbf"] = start.Add(off).Unix()
		} else {
			claims["exp"] = start.Add(off).Unix()
		}
		form := e.appForm(t)
		form.Set("client_assertion", sign(t, jose.PS256, e.key, x5t2(e.key.der), claims))
		if k := e.post(t, e.tokenAddress(), form); k.status != http.StatusOK {
			t.Errorf("%s off: got %s", off, k.raw)
		}
	}
}

func TestClientSecret(t *testing.T) {
	base := func(e *entra) url.Values {
		return url.Values{"client_id": {e.app.ClientID()}, "grant_type": {"client_credentials"}, "scope": {e.address("/.default")}, "client_secret": {"s3cret~+/&"}}
	}
	tests := []struct {
		name   string
		form   func(e *entra) url.Values
		header func(e *entra, r *http.Request)
		code   int
	}{
		{"in the body", base, nil, 0},
		{"basic", func(e *entra) url.Values { f := base(e); f.Del("client_secret"); f.Del("client_id"); return f },
			func(e *entra, r *http.Request) { r.SetBasicAuth(e.app.ClientID(), url.QueryEscape("s3cret~+/&")) }, 0},
		{"basic and body", base, func(e *entra, r *http.Request) { r.SetBasicAuth(e.app.ClientID(), url.QueryEscape("s3cret~+/&")) }, 9002313},
		{"wrong", func(e *entra) url.Values { f := base(e); f.Set("client_secret", "other"); return f }, nil, 7000215},
		{"expired", func(e *entra) url.Values { e.now = start.AddDate(0, 1, 0); return base(e) }, nil, 7000222},
		{"none", func(e *entra) url.Values { f := base(e); f.Del("client_secret"); return f }, nil, 7000218},
		{"with an assertion", func(e *entra) url.Values { f := e.appForm(t); f.Set("client_secret", "s3cret~+/&"); return f }, nil, 9002313},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			e.app.SetSecret("s3cret~+/&", start.AddDate(0, 1, 0))
			form := tt.form(e)
			k := e.post(t, e.tokenAddress(), form, func(r *http.Request) {
				if tt.header != nil {
					tt.header(e, r)
				}
			})
			if k.code() != tt.code {
				t.Fatalf("got %d %s, want code %d", k.status, k.raw, tt.code)
			}
			if want := map[int]int{0: 200, 9002313: 400}[tt.code]; k.status != want && (want != 0 || k.status != 401) {
				t.Errorf("got status %d", k.status)
			}
			if tt.code == 0 && claimsOf(t, k.Access)["appidacr"] != "1" {
				t.Error("the token does not say that a secret was used")
			}
		})
	}
}

func TestTokenRefusals(t *testing.T) {
	set := func(name, value string) func(*entra, url.Values) {
		return func(_ *entra, f url.Values) { f.Set(name, value) }
	}
	drop := func(name string) func(*entra, url.Values) { return func(_ *entra, f url.Values) { f.Del(name) } }
	tests := []struct {
		name   string
		change func(*entra, url.Values)
		at     func(*entra) string
		status int
		oauth  string
		code   int
	}{
		{"no grant type", drop("grant_type"), nil, 400, "invalid_request", 900144},
		{"password grant", set("grant_type", "password"), nil, 400, "unsupported_grant_type", 70003},
		{"no client", drop("client_id"), nil, 400, "invalid_request", 900144},
		{"unknown client", set("client_id", "11111111-2222-3333-4444-555555555555"), nil, 400, "unauthorized_client", 700016},
		{"other tenant", nil, func(e *entra) string { return e.address("/fabrikam.example/oauth2/v2.0/token") }, 400, "unauthorized_client", 700016},
		{"organizations", nil, func(e *entra) string { return e.address("/organizations/oauth2/v2.0/token") }, 400, "unauthorized_client", 700016},
		{"unknown tenant", nil, func(e *entra) string { return e.address("/nowhere.example/oauth2/v2.0/token") }, 400, "invalid_request", 90002},
		{"malformed tenant", nil, func(e *entra) string { return e.address("/nowhere/oauth2/v2.0/token") }, 400, "invalid_request", 900023},
		{"enterprise application deleted", func(e *entra, _ url.Values) { e.app.DeleteServicePrincipal() }, nil, 400, "unauthorized_client", 700016},
		{"enterprise application disabled", func(e *entra, _ url.Values) { e.app.SetEnabled(false) }, nil, 400, "unauthorized_client", 7000112},
		{"no scope", drop("scope"), nil, 400, "invalid_request", 900144},
		{"a single permission", func(e *entra, f url.Values) { f.Set("scope", e.address("/SecurityIncident.Read.All")) }, nil, 400, "invalid_scope", 1002012},
		{"nonsense as scope", set("scope", "nonsense"), nil, 400, "invalid_scope", 1002012},
		{"another resource", set("scope", "https://elsewhere.example/.default"), nil, 400, "invalid_resource", 500011},
		{"repeated", func(_ *entra, f url.Values) { f.Add("scope", "x") }, nil, 400, "invalid_request", 9002313},
		{"assertion of another type", set("client_assertion_type", "saml"), nil, 400, "invalid_request", 900144},
		{"no code", set("grant_type", "authorization_code"), nil, 400, "invalid_request", 900144},
		{"no refresh token", set("grant_type", "refresh_token"), nil, 400, "invalid_request", 900144},
		{"unknown refresh token", func(_ *entra, f url.Values) { f.Set("grant_type", "refresh_token"); f.Set("refresh_token", "x") }, nil, 400, "invalid_grant", 9002313},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			form, at := e.appForm(t), e.tokenAddress()
			if tt.change != nil {
				tt.change(e, form)
			}
			if tt.at != nil {
				at = tt.at(e)
			}
			k := e.post(t, at, form)
			if k.status != tt.status || k.Error != tt.oauth || k.code() != tt.code {
				t.Errorf("got %d %s %d, want %d %s %d\n%s", k.status, k.Error, k.code(), tt.status, tt.oauth, tt.code, k.Description)
			}
		})
	}
}

func TestErrorForm(t *testing.T) {
	e := newEntra(t)
	e.app.SetSecret("right", time.Time{})
	form := e.appForm(t)
	form.Del("client_assertion")
	form.Set("client_secret", "wrong")
	const request = "0f8fad5b-d9cb-469f-a165-70867728950e"
	k := e.post(t, e.tokenAddress(), form, func(r *http.Request) { r.Header.Set("client-request-id", request) })
	guid := `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`
	want := regexp.MustCompile(`^\{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided\. [^"]*\\r\\nTrace ID: (` + guid + `)\\r\\nCorrelation ID: (` + guid +
		`)\\r\\nTimestamp: 2026-03-11 08:19:44Z","error_codes":\[7000215\],"timestamp":"2026-03-11 08:19:44Z","trace_id":"(` + guid + `)","correlation_id":"(` + guid +
		`)","error_uri":"https://login\.simulated\.example/error\?code=7000215"\}$`)
	m := want.FindStringSubmatch(k.raw)
	if m == nil {
		t.Fatalf("got %s", k.raw)
	}
	if m[1] != m[3] || m[2] != request || m[4] != request {
		t.Errorf("got trace %s and %s, correlation %s and %s, want the request's id as the latter", m[1], m[3], m[2], m[4])
	}
	again := e.post(t, e.tokenAddress(), form)
	if again.Trace == k.Trace || again.Correlation == request {
		t.Error("the identifiers of a second error are those of the first")
	}
	if k.header.Get("Cache-Control") != "no-store, no-cache" {
		t.Errorf("got Cache-Control %q", k.header.Get("Cache-Control"))
	}
}

func TestConsentTakesTimeToShow(t *testing.T) {
	e := newEntra(t)
	e.s.Set(simulator.Settings{PropagationDelay: time.Minute})
	e.app.Consent()
	roles := func() any { return claimsOf(t, e.mustToken(t))["roles"] }
	if got := roles(); got != nil {
		t.Errorf("at once: got roles %v, want none yet", got)
	}
	e.now = start.Add(time.Minute)
	if got := roles(); got == nil {
		t.Error("after the delay: got no roles")
	}
	e.app.DeleteServicePrincipal()
	e.app.Consent()
	if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 700016 {
		t.Errorf("of a new enterprise application at once: got %s, want 700016", k.raw)
	}
	e.now = start.Add(2 * time.Minute)
	if got := roles(); got == nil {
		t.Error("of a new enterprise application after the delay: got no roles")
	}
}

func TestRevokingShowsInTheNextToken(t *testing.T) {
	e := newEntra(t)
	e.app.Consent()
	before := e.mustToken(t)
	e.app.Revoke("SecurityAlert.Read.All")
	if got := claimsOf(t, e.mustToken(t))["roles"]; !cmp.Equal(got, []any{"SecurityIncident.Read.All"}) {
		t.Errorf("got roles %v, want the other one alone", got)
	}
	e.app.DeleteServicePrincipal()
	if status, code, _, _ := e.graph(t, "GET", "/v1.0/me", before, ""); status != http.StatusBadRequest || code != "BadRequest" {
		t.Errorf("a token from before: got %d %s, want it believed until it expires", status, code)
	}
	e.now = start.Add(75 * time.Minute)
	status, code, message, _ := e.graph(t, "GET", "/v1.0/me", before, "")
	if status != http.StatusUnauthorized || code != "InvalidAuthenticationToken" || message != "Lifetime validation failed, the token is expired." {
		t.Errorf("expired: got %d %s %s", status, code, message)
	}
}

func TestTokensThatAreNotOurs(t *testing.T) {
	e := newEntra(t)
	other := newEntra(t)
	token := e.mustToken(t)
	head, rest, _ := strings.Cut(token, ".")
	body, signature, _ := strings.Cut(rest, ".")
	claims := claimsOf(t, token)
	claims["roles"] = []string{"SecurityIncident.Read.All"}
	forged, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"none": "", "nonsense": "abc", "of another cloud": other.mustToken(t), "claims changed": head + "." + base64.RawURLEncoding.EncodeToString(forged) + "." + signature,
		"signature gone": head + "." + body + ".", "an assertion": sign(t, jose.RS256, e.key, x5t2(e.key.der), claims),
	} {
		status, code, _, _ := e.graph(t, "GET", "/v1.0/me", text, "")
		if status != http.StatusUnauthorized || code != "InvalidAuthenticationToken" {
			t.Errorf("%s: got %d %s, want 401 InvalidAuthenticationToken", name, status, code)
		}
	}
}

func TestOrganization(t *testing.T) {
	e := newEntra(t)
	status, code, _, _ := e.graph(t, "GET", "/v1.0/organization", e.mustToken(t), "")
	if status != http.StatusForbidden || code != "Authorization_RequestDenied" {
		t.Errorf("without permission: got %d %s", status, code)
	}
	e.app.SetPermissions([]string{"Organization.Read.All"}, nil)
	e.app.Consent()
	status, _, _, body := e.graph(t, "GET", "/v1.0/organization", e.mustToken(t), "")
	var got struct {
		Value []struct {
			ID      string
			Name    string `json:"displayName"`
			Domains []struct {
				Name    string
				Default bool `json:"isDefault"`
			} `json:"verifiedDomains"`
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK || len(got.Value) != 1 {
		t.Fatalf("got %d %v %s", status, err, body)
	}
	if o := got.Value[0]; o.ID != e.contoso.ID() || o.Name != "Contoso" || !slices.ContainsFunc(o.Domains, func(d struct {
		Name    string
		Default bool `json:"isDefault"`
	}) bool {
		return d.Name == "contoso.example" && d.Default
	}) {
		t.Errorf("got %+v", o)
	}
}
