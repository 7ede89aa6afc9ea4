package entra_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

func TestAppTokenProvesItselfByCertificate(t *testing.T) {
	f := newFake(t)
	access := unsigned(map[string]any{"alg": "RS256"}, map[string]any{"tid": tenantA, "roles": []string{"SecurityIncident.Read.All", "bad\nrole"}}) + ".x"
	f.tokens(200, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": access})
	c := f.client()
	ids := map[any]bool{}
	for range 2 {
		got, err := c.AppToken(t.Context(), tenantA, clientID, ourKey())
		if err != nil {
			t.Fatalf("asking for a token: %v", err)
		}
		if want := clock.Add(3599 * time.Second); got.Access != access || !got.Expires.Equal(want) || got.Tenant != tenantA || !reflect.DeepEqual(got.Roles, []string{"SecurityIncident.Read.All"}) {
			t.Errorf("got token until %s of %s with %q", got.Expires, got.Tenant, got.Roles)
		}
		form, request := f.forms[len(f.forms)-1], f.requests[len(f.requests)-1]
		if got.Trace == "" || request.Header.Get("client-request-id") != got.Trace || request.Header.Get("Authorization") != "" {
			t.Errorf("got trace %q and headers %v", got.Trace, request.Header)
		}
		assertion := form.Get("client_assertion")
		form.Del("client_assertion")
		if text := form.Encode(); text != "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_id="+clientID+
			"&grant_type=client_credentials&scope="+strings.ReplaceAll(strings.ReplaceAll(f.URL, ":", "%3A"), "/", "%2F")+"%2F.default" {
			t.Errorf("got form %s", text)
		}
		header, claims := decoded(t, assertion)
		print := sha256.Sum256(ourKey().Certificate.Raw)
		if header["alg"] != "PS256" || header["typ"] != "JWT" || header["x5t#S256"] != base64.RawURLEncoding.EncodeToString(print[:]) || len(header) != 3 {
			t.Errorf("got header %v", header)
		}
		from, until := claims["nbf"].(float64), claims["exp"].(float64)
		at := float64(clock.Unix())
		if claims["aud"] != f.URL+"/"+string(tenantA)+"/oauth2/v2.0/token" || claims["iss"] != clientID || claims["sub"] != clientID || until-from > 600 || from > at || until <= at+300 || at-from > 300 {
			t.Errorf("got claims %v", claims)
		}
		if ids[claims["jti"]] || claims["jti"] == nil {
			t.Errorf("the id %v of an assertion is used twice", claims["jti"])
		}
		ids[claims["jti"]] = true
		cut := strings.LastIndex(assertion, ".")
		signature, err := base64.RawURLEncoding.DecodeString(assertion[cut+1:])
		if err != nil {
			t.Fatalf("reading the signature: %v", err)
		}
		sum := sha256.Sum256([]byte(assertion[:cut]))
		if err := rsa.VerifyPSS(ourKey().Signer.Public().(*rsa.PublicKey), crypto.SHA256, sum[:], signature, &rsa.PSSOptions{SaltLength: 32}); err != nil {
			t.Errorf("verifying the signature with a salt of 32 bytes: %v", err)
		}
	}
}

func TestAppTokenBySecret(t *testing.T) {
	f := newFake(t)
	f.tokens(200, `{"token_type":"Bearer","expires_in":"120","access_token":"opaque"}`)
	got, err := f.client().AppToken(t.Context(), tenantA, clientID, entra.Key{Secret: "s3cret/+ value"})
	if err != nil || got.Access != "opaque" || !got.Expires.Equal(clock.Add(2*time.Minute)) || got.Roles != nil {
		t.Errorf("got %q until %s, %v", got.Access, got.Expires, err)
	}
	if form := f.forms[0]; form.Get("client_secret") != "s3cret/+ value" || form.Has("client_assertion") {
		t.Errorf("got form with assertion %t", form.Has("client_assertion"))
	}
}

func TestAppTokenRefusesAnswers(t *testing.T) {
	good := strings.Repeat("a", 64)
	for _, test := range []struct {
		name, kind, body string
		status           int
		want             workbench.Reason
	}{
		{"html", "text/html", "<html>sign in to the proxy", 200, workbench.ReasonUnreadable},
		{"text", "text/plain", "hello", 200, workbench.ReasonUnreadable},
		{"empty", "application/json", "", 200, workbench.ReasonUnreadable},
		{"cut", "application/json", `{"token_type":"Bearer","expires_in":3599,"access_token":"` + good, 200, workbench.ReasonUnreadable},
		{"no token", "application/json", `{"token_type":"Bearer","expires_in":3599}`, 200, workbench.ReasonUnreadable},
		{"no end", "application/json", `{"token_type":"Bearer","access_token":"` + good + `"}`, 200, workbench.ReasonUnreadable},
		{"negative end", "application/json", `{"token_type":"Bearer","access_token":"` + good + `","expires_in":-5}`, 200, workbench.ReasonUnreadable},
		{"strange end", "application/json", `{"token_type":"Bearer","access_token":"` + good + `","expires_in":"soon"}`, 200, workbench.ReasonUnreadable},
		{"another kind of token", "application/json", `{"token_type":"mac","access_token":"` + good + `","expires_in":5}`, 200, workbench.ReasonUnreadable},
		{"header in a token", "application/json", `{"token_type":"Bearer","access_token":"a\r\nX: y","expires_in":5}`, 200, workbench.ReasonUnreadable},
		{"2 MiB", "application/json", `{"token_type":"Bearer","expires_in":3599,"access_token":"` + strings.Repeat("a", 2<<20) + `"}`, 200, workbench.ReasonUnreadable},
		{"redirect", "", "", 302, workbench.ReasonUnreadable},
		{"error with 200", "application/json", `{"error":"invalid_client","error_codes":[7000112]}`, 200, workbench.ReasonApplicationDisabled},
		{"bare 502", "text/html", "<h1>Bad gateway</h1>", 502, workbench.ReasonUnavailable},
		{"bare 429", "text/html", "", 429, workbench.ReasonThrottled},
		{"bare 400", "text/html", "", 400, workbench.ReasonUnreadable},
		{"unknown number", "application/json", `{"error":"invalid_client","error_codes":[123456]}`, 401, workbench.ReasonCertificateUnknown},
		{"grant", "application/json", `{"error":"invalid_grant"}`, 400, workbench.ReasonNotConsented},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.handle["/token"] = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", test.kind)
				w.Header().Set("Location", f.URL+"/elsewhere")
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.body)
			}
			_, err := f.client().AppToken(t.Context(), tenantA, clientID, ourKey())
			if got := reasonOf(err); got != test.want {
				t.Errorf("got %q (%v), want %q", got, err, test.want)
			}
			if workbench.FaultOf(err).Trace.IsZero() {
				t.Error("the fault has no trace")
			}
			if len(f.requests) != 1 {
				t.Errorf("got %d requests, want 1", len(f.requests))
			}
			if strings.Contains(err.Error(), good) {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
}

func TestAppTokenKnowsItsOwnKey(t *testing.T) {
	f := newFake(t)
	f.tokens(401, refusal("invalid_client", 700027, "The certificate …"))
	later := entra.NewClient(f.cloud(), f.Client().Transport, func() time.Time { return clock.AddDate(0, 4, 0) })
	if _, err := later.AppToken(t.Context(), tenantA, clientID, ourKey()); reasonOf(err) != workbench.ReasonCertificateExpired {
		t.Errorf("got %v, want that the certificate expired", err)
	}
	f.tokens(401, `{"error":"invalid_client"}`)
	if _, err := f.client().AppToken(t.Context(), tenantA, clientID, entra.Key{Secret: "s"}); reasonOf(err) != workbench.ReasonSecretWrong {
		t.Errorf("got %v, want that the secret is wrong", err)
	}
	for _, key := range []entra.Key{{}, {Certificate: ourKey().Certificate}, {Signer: ourKey().Signer}} {
		if _, err := f.client().AppToken(t.Context(), tenantA, clientID, key); reasonOf(err) != workbench.ReasonInternal {
			t.Errorf("half a key: got %v", err)
		}
	}
	if _, err := f.client().AppToken(t.Context(), "../x", clientID, ourKey()); reasonOf(err) != workbench.ReasonInternal || f.count("") != 2 {
		t.Errorf("a tenant that is no id: got %v and %d requests", err, f.count(""))
	}
}

func TestAppTokenEndsWithItsCaller(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.handle["/token"] = func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}
	_, err := f.client().AppToken(ctx, tenantA, clientID, ourKey())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	const secret = "eyJhbGciOi-secret-canary"
	token := entra.Token{Access: secret}
	key := entra.Key{Secret: secret}
	signIn := entra.SignIn{State: secret, Nonce: secret, Verifier: secret}
	back := entra.Answer{State: secret, Code: secret}
	for _, v := range []any{token, &token, key, &key, signIn, &signIn, back, []any{token, key}, struct {
		T entra.Token
		K *entra.Key
	}{token, &key}} {
		for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(form, v); strings.Contains(text, "canary") || strings.Contains(text, fmt.Sprintf("%x", "canary")) {
				t.Errorf("%s of %T: got %s", form, v, text)
			}
		}
		if text, err := json.Marshal(v); err == nil {
			t.Errorf("%T as JSON: got %s", v, text)
		}
	}
}
