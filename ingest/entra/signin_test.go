package entra_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

const redirect = "https://workbench.example/connectors/callback"

func signIn() entra.SignIn {
	return entra.SignIn{Tenant: tenantA, ClientID: clientID, RedirectURI: redirect, State: "state-canary", Nonce: "nonce-canary", Verifier: strings.Repeat("v", 43)}
}

func TestSignInURL(t *testing.T) {
	f := newFake(t)
	u, err := url.Parse(f.client().SignInURL(signIn()))
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	if got, want := u.Scheme+"://"+u.Host+u.Path, f.URL+"/"+string(tenantA)+"/oauth2/v2.0/authorize"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	sum := sha256.Sum256([]byte(signIn().Verifier))
	want := url.Values{"client_id": {clientID}, "response_type": {"code"}, "redirect_uri": {redirect}, "response_mode": {"query"}, "scope": {"openid profile " + f.URL + "/User.Read"}, "state": {"state-canary"},
		"nonce": {"nonce-canary"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}, "prompt": {"select_account"}}
	if got := u.Query().Encode(); got != want.Encode() {
		t.Errorf("got %s, want %s", got, want.Encode())
	}
	for _, change := range []func(*entra.SignIn){func(s *entra.SignIn) { s.Tenant = "x/../y" }, func(s *entra.SignIn) { s.State = "" }, func(s *entra.SignIn) { s.Nonce = "" }, func(s *entra.SignIn) { s.Verifier = "" }} {
		s := signIn()
		change(&s)
		if got := f.client().SignInURL(s); got != "" {
			t.Errorf("got %s for a sign-in that lacks something", got)
		}
	}
}

func TestConsentURL(t *testing.T) {
	c, err := entra.ParseCloud("usgov")
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	client := entra.NewClient(c, http.DefaultTransport, now)
	want := "https://login.microsoftonline.us/" + string(tenantA) + "/v2.0/adminconsent?client_id=" + clientID + "&redirect_uri=https%3A%2F%2Fworkbench.example%2Fconnectors%2Fcallback&scope=https%3A%2F%2Fgraph.microsoft.us%2F.default&state=s%26x"
	if got := client.ConsentURL(tenantA, clientID, redirect, "s&x"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if client.ConsentURL("common", clientID, redirect, "s") != "" || client.ConsentURL(tenantA, clientID, redirect, "") != "" {
		t.Error("got an address without tenant or state")
	}
}

func TestNewSecret(t *testing.T) {
	a, b := entra.NewSecret(), entra.NewSecret()
	if len(a) != 43 || a == b {
		t.Errorf("got %d characters, the same twice: %t", len(a), a == b)
	}
}

// good are header and claims of an ID token that is accepted.
func (f *fake) good() (header, claims map[string]any) {
	at := clock.Unix()
	return map[string]any{"alg": "RS256", "typ": "JWT", "kid": "k1"}, map[string]any{"iss": f.URL + "/" + string(tenantA) + "/v2.0", "aud": clientID, "exp": at + 3600, "nbf": at - 10, "iat": at - 10, "sub": "pairwise",
		"tid": tenantA, "oid": personID, "nonce": "nonce-canary", "preferred_username": "dana@contoso.com", "name": "Dana\u202e Admin"}
}

// redeem has the fake answer with an ID token, and redeems a code.
func (f *fake) redeem(t *testing.T, idToken any) (entra.Identity, error) {
	f.tokens(200, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": "person-canary", "id_token": idToken})
	got, err := f.client().Redeem(t.Context(), signIn(), "code-canary", ourKey())
	if err != nil && strings.Contains(err.Error(), "canary") {
		t.Errorf("the error holds a secret: %v", err)
	}
	return got, err
}

func TestRedeem(t *testing.T) {
	f := newFake(t)
	header, claims := f.good()
	got, err := f.redeem(t, signed(signers()[0], header, claims))
	want := entra.Identity{Tenant: tenantA, Object: personID, UserName: workbench.Text("dana@contoso.com"), Name: workbench.Text("Dana\u202e Admin"), TenantName: workbench.Text("Contoso\u202e")}
	if err != nil || got != want {
		t.Fatalf("got %+v, %v, want %+v", got, err, want)
	}
	form := f.forms[1]
	if form.Get("grant_type") != "authorization_code" || form.Get("code") != "code-canary" || form.Get("code_verifier") != signIn().Verifier || form.Get("redirect_uri") != redirect || form.Get("client_id") != clientID || form.Has("client_secret") {
		t.Errorf("got form %v", form)
	}
	_, proof := decoded(t, form.Get("client_assertion"))
	if proof["aud"] != f.URL+"/"+string(tenantA)+"/oauth2/v2.0/token" {
		t.Errorf("got an assertion for %v", proof["aud"])
	}
	if last := f.requests[len(f.requests)-1]; last.URL.Path != "/v1.0/organization" || last.Header.Get("Authorization") != "Bearer person-canary" {
		t.Errorf("got %s as last request", last.URL)
	}
	for name, h := range map[string]http.HandlerFunc{
		"refused": func(w http.ResponseWriter, r *http.Request) { reply(w, 403, "{}") },
		"another tenant": func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, `{"value":[{"id":"`+string(tenantB)+`","displayName":"Evil"}]}`)
		},
		"rubbish": func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `<html>`) },
	} {
		f.handle["/organization"] = h
		if got, err := f.redeem(t, signed(signers()[0], header, claims)); err != nil || !got.TenantName.IsZero() || got.Object != personID {
			t.Errorf("organisation %s: got %+v, %v", name, got, err)
		}
	}
}

func TestRedeemBelievesOnlyTheRightToken(t *testing.T) {
	at := func(d time.Duration) int64 { return clock.Add(d).Unix() }
	set := func(name string, value any) func(h, c map[string]any) {
		return func(_, c map[string]any) { c[name] = value }
	}
	drop := func(name string) func(h, c map[string]any) { return func(_, c map[string]any) { delete(c, name) } }
	for name, test := range map[string]struct {
		change func(header, claims map[string]any)
		want   workbench.Reason
	}{
		"as it must be":            {func(h, c map[string]any) {}, ""},
		"changed user name":        {set("preferred_username", "root@evil.example"), ""},
		"audience as list":         {set("aud", []string{clientID}), ""},
		"expired four minutes ago": {set("exp", at(-4*time.Minute)), ""},
		"expired five minutes ago": {set("exp", at(-5*time.Minute)), workbench.ReasonClock},
		"expired an hour ago":      {set("exp", at(-time.Hour)), workbench.ReasonClock},
		"no end":                   {drop("exp"), workbench.ReasonUnreadable},
		"begins in four minutes":   {set("nbf", at(4*time.Minute)), ""},
		"begins in six minutes":    {set("nbf", at(6*time.Minute)), workbench.ReasonClock},
		"issued in six minutes":    {set("iat", at(6*time.Minute)), workbench.ReasonClock},
		"nonce of another sign-in": {set("nonce", "another"), workbench.ReasonSignInExpired},
		"empty nonce":              {set("nonce", ""), workbench.ReasonSignInExpired},
		"no nonce":                 {drop("nonce"), workbench.ReasonSignInExpired},
		"another audience":         {set("aud", objectID), workbench.ReasonUnreadable},
		"two audiences":            {set("aud", []string{clientID, objectID}), workbench.ReasonUnreadable},
		"no audience":              {drop("aud"), workbench.ReasonUnreadable},
		"another tenant": {func(_, c map[string]any) {
			c["tid"], c["iss"] = tenantB, strings.Replace(c["iss"].(string), "aaaaaaaa", "bbbbbbbb", 1)
		}, workbench.ReasonWrongTenant},
		"another tid alone":            {set("tid", tenantB), workbench.ReasonWrongTenant},
		"another issuer alone":         {func(_, c map[string]any) { c["iss"] = strings.Replace(c["iss"].(string), "aaaaaaaa", "bbbbbbbb", 1) }, workbench.ReasonUnreadable},
		"issuer of the older protocol": {set("iss", "https://sts.windows.net/"+string(tenantA)+"/"), workbench.ReasonUnreadable},
		"issuer that looks alike":      {func(_, c map[string]any) { c["iss"] = c["iss"].(string) + "/" }, workbench.ReasonUnreadable},
		"no issuer":                    {drop("iss"), workbench.ReasonUnreadable},
		"no tid":                       {drop("tid"), workbench.ReasonUnreadable},
		"tid is a list":                {set("tid", []any{tenantA}), workbench.ReasonUnreadable},
		"no oid":                       {drop("oid"), workbench.ReasonUnreadable},
		"oid is a name":                {set("oid", "dana"), workbench.ReasonUnreadable},
		"unknown kid":                  {func(h, _ map[string]any) { h["kid"] = "k2" }, workbench.ReasonUnreadable},
		"no kid":                       {func(h, _ map[string]any) { delete(h, "kid") }, workbench.ReasonUnreadable},
		"says alg none":                {func(h, _ map[string]any) { h["alg"] = "none" }, workbench.ReasonUnreadable},
		"says HS256":                   {func(h, _ map[string]any) { h["alg"] = "HS256" }, workbench.ReasonUnreadable},
		"says PS256":                   {func(h, _ map[string]any) { h["alg"] = "PS256" }, workbench.ReasonUnreadable},
		"brings its own key":           {func(h, _ map[string]any) { h["kid"], h["jwk"] = "own", jwk("own", &signers()[0].PublicKey) }, workbench.ReasonUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			header, claims := f.good()
			test.change(header, claims)
			got, err := f.redeem(t, signed(signers()[0], header, claims))
			if reasonOf(err) != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if (got != entra.Identity{}) != (test.want == "") {
				t.Errorf("got identity %+v", got)
			}
			if err != nil && f.count("/organization") != 0 {
				t.Error("the person's token was used all the same")
			}
		})
	}
}

func TestRedeemBelievesOnlySignatures(t *testing.T) {
	f := newFake(t)
	header, claims := f.good()
	genuine := signed(signers()[0], header, claims)
	parts := strings.Split(genuine, ".")
	foreign := maps.Clone(claims)
	foreign["tid"], foreign["oid"] = tenantB, personID
	pss := unsigned(map[string]any{"alg": "PS256", "kid": "k1"}, claims)
	sum := sha256.Sum256([]byte(pss))
	signature, err := rsa.SignPSS(rand.Reader, signers()[0], crypto.SHA256, sum[:], nil)
	if err != nil {
		t.Fatalf("signing: %v", err)
	}
	hmacked := unsigned(map[string]any{"alg": "HS256", "kid": "k1"}, claims)
	mac := hmac.New(sha256.New, x509.MarshalPKCS1PublicKey(&signers()[0].PublicKey))
	mac.Write([]byte(hmacked))
	none := unsigned(map[string]any{"alg": "none", "kid": "k1"}, claims) + "."
	for name, token := range map[string]any{
		"PS256": pss + "." + base64.RawURLEncoding.EncodeToString(signature), "HS256 with the public key": hmacked + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"another key": signed(signers()[1], header, claims), "another key, another tenant": signed(signers()[1], header, foreign), "none": none, "no signature": parts[0] + "." + parts[1] + ".",
		"changed claims": parts[0] + "." + strings.Split(unsigned(header, foreign), ".")[1] + "." + parts[2], "twice": genuine + "." + parts[2], "text": "x", "empty": "", "number": 5, "list": []string{genuine}, "missing": nil,
		"JSON form": `{"payload":"` + parts[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"},{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}]}`,
	} {
		if got, err := f.redeem(t, token); reasonOf(err) != workbench.ReasonUnreadable || got != (entra.Identity{}) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	f.handle["/keys"] = func(w http.ResponseWriter, r *http.Request) { reply(w, 500, "{}") }
	if _, err := f.redeem(t, genuine); reasonOf(err) != workbench.ReasonUnavailable {
		t.Errorf("without keys: got %v", err)
	}
	f.handle["/keys"] = func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `{"keys":{}}`) }
	if _, err := f.redeem(t, genuine); reasonOf(err) != workbench.ReasonUnreadable {
		t.Errorf("with rubbish for keys: got %v", err)
	}
}

func TestRedeemTellsRefusals(t *testing.T) {
	f := newFake(t)
	for number, want := range map[int]workbench.Reason{54005: workbench.ReasonSignInExpired, 70008: workbench.ReasonSignInExpired, 501481: workbench.ReasonSignInExpired, 700005: workbench.ReasonWrongTenant} {
		f.tokens(400, refusal("invalid_grant", number, "The code code-canary, "+signIn().Verifier))
		_, err := f.client().Redeem(t.Context(), signIn(), "code-canary", ourKey())
		if reasonOf(err) != want || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "vvvv") {
			t.Errorf("%d: got %v, want %s", number, err, want)
		}
	}
	for _, change := range []func(*entra.SignIn){func(s *entra.SignIn) { s.Tenant = "common" }, func(s *entra.SignIn) { s.Verifier = "" }, func(s *entra.SignIn) { s.Nonce = "" }} {
		s, before := signIn(), f.count("")
		change(&s)
		if _, err := f.client().Redeem(t.Context(), s, "code", ourKey()); reasonOf(err) != workbench.ReasonInternal || f.count("") != before {
			t.Errorf("a sign-in that lacks something: got %v", err)
		}
	}
}
