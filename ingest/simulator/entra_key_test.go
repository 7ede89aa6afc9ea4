package simulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"workbench/ingest/simulator"
)

// verifyID checks an ID token against the published keys, as a client does.
func verifyID(t *testing.T, e *entra, token string) []byte {
	t.Helper()
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatalf("reading the ID token: %v", err)
	}
	set := e.keySet(t)
	keys := set.Key(parsed.Signatures[0].Header.KeyID)
	if len(keys) != 1 {
		t.Fatalf("the ID token is signed by %q, which is not published", parsed.Signatures[0].Header.KeyID)
	}
	payload, err := parsed.Verify(keys[0].Key)
	if err != nil {
		t.Fatalf("the ID token does not verify: %v", err)
	}
	return payload
}

// proof is a good proof of possession but for the claims given.
func (e *entra) proof(t *testing.T, key keyPair, change map[string]any) string {
	t.Helper()
	claims := map[string]any{"aud": "00000002-0000-0000-c000-000000000000", "iss": e.app.ObjectID(), "nbf": e.now.Unix(), "exp": e.now.Add(10 * time.Minute).Unix()}
	for name, value := range change {
		claims[name] = value
	}
	return sign(t, jose.PS256, key, x5t2(key.der), claims)
}

// addKey asks Graph to add a certificate.
func (e *entra) addKey(t *testing.T, token, path string, der []byte, proof string) (status int, code, message, keyID string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"keyCredential": map[string]any{"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.StdEncoding.EncodeToString(der)},
		"passwordCredential": nil, "proof": proof})
	if err != nil {
		t.Fatal(err)
	}
	status, code, message, raw := e.graph(t, "POST", path+"/addKey", token, string(body))
	var added struct{ KeyID string }
	if err := json.Unmarshal([]byte(raw), &added); err != nil {
		t.Fatal(err)
	}
	return status, code, message, added.KeyID
}

func TestKeysRoll(t *testing.T) {
	for _, path := range []func(e *entra) string{
		func(e *entra) string { return "/v1.0/applications/" + e.app.ObjectID() },
		func(e *entra) string { return "/v1.0/applications(appId='" + e.app.ClientID() + "')" },
	} {
		e := newEntra(t)
		e.s.Set(simulator.Settings{KeyDelay: time.Minute})
		next := mustCertificate(t, secondKey(), start.Add(-time.Minute), start.AddDate(0, 3, 0))
		status, code, message, keyID := e.addKey(t, e.mustToken(t), path(e), next.der, e.proof(t, e.key, nil))
		if status != http.StatusOK || keyID == "" {
			t.Fatalf("addKey: got %d %s %s", status, code, message)
		}
		ask := func() tokens {
			form := e.appForm(t)
			form.Set("client_assertion", sign(t, jose.PS256, next, x5t2(next.der), e.claims()))
			return e.post(t, e.tokenAddress(), form)
		}
		if k := ask(); k.code() != 700027 {
			t.Errorf("the new key at once: got %s, want 700027", k.raw)
		}
		e.now = start.Add(time.Minute)
		k := ask()
		if k.status != http.StatusOK {
			t.Fatalf("the new key after the delay: got %s", k.raw)
		}
		remove := func(id string, proof string) (int, string) {
			body, err := json.Marshal(map[string]string{"keyId": id, "proof": proof})
			if err != nil {
				t.Fatal(err)
			}
			status, _, _, raw := e.graph(t, "POST", path(e)+"/removeKey", k.Access, string(body))
			return status, raw
		}
		if status, raw := remove(e.keyID, e.proof(t, next, nil)); status != http.StatusNoContent || raw != "" {
			t.Errorf("removeKey: got %d %q, want 204 and nothing", status, raw)
		}
		if status, _ := remove(e.keyID, e.proof(t, next, nil)); status != http.StatusNotFound {
			t.Errorf("removeKey again: got %d, want 404", status)
		}
		if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 700027 {
			t.Errorf("the old key: got %s, want 700027", k.raw)
		}
		if got := e.app.Certificates(); len(got) != 1 || got[0].KeyID != keyID {
			t.Errorf("got certificates %v, want the new one alone", got)
		}
	}
}

func TestAddKeyRefusals(t *testing.T) {
	next := mustCertificate(t, secondKey(), start.Add(-time.Minute), start.AddDate(0, 3, 0))
	own := func(e *entra) string { return "/v1.0/applications/" + e.app.ObjectID() }
	tests := []struct {
		name   string
		path   func(e *entra) string
		der    []byte
		proof  func(e *entra) string
		before func(e *entra)
		status int
		code   string
	}{
		{"audience", own, next.der, func(e *entra) string { return e.proof(t, e.key, map[string]any{"aud": e.s.Base().String()}) }, nil, 403, "Authorization_RequestDenied"},
		{"client id as issuer", own, next.der, func(e *entra) string { return e.proof(t, e.key, map[string]any{"iss": e.app.ClientID()}) }, nil, 403, "Authorization_RequestDenied"},
		{"signed by the new key", own, next.der, func(e *entra) string { return e.proof(t, next, nil) }, nil, 403, "Authorization_RequestDenied"},
		{"valid for eleven minutes", own, next.der, func(e *entra) string {
			return e.proof(t, e.key, map[string]any{"exp": e.now.Add(11 * time.Minute).Unix()})
		}, nil, 403, "Authorization_RequestDenied"},
		{"expired", own, next.der, func(e *entra) string {
			return e.proof(t, e.key, map[string]any{"nbf": e.now.Add(-16 * time.Minute).Unix(), "exp": e.now.Add(-6 * time.Minute).Unix()})
		}, nil, 403, "Authorization_RequestDenied"},
		{"no proof", own, next.der, func(*entra) string { return "" }, nil, 401, "Authentication_MissingOrMalformed"},
		{"padded proof", own, next.der, func(e *entra) string { return strings.Replace(e.proof(t, e.key, nil), ".", "=.", 1) }, nil, 401, "Authentication_MissingOrMalformed"},
		{"not a certificate", own, []byte("hello"), func(e *entra) string { return e.proof(t, e.key, nil) }, nil, 400, "Request_BadRequest"},
		{"the policy", own, next.der, func(e *entra) string { return e.proof(t, e.key, nil) },
			func(e *entra) {
				e.contoso.SetPolicy(simulator.Policy{MaxCertificateLifetime: 60 * 24 * time.Hour})
			}, 400, "CredentialInvalidLifetimeAsPerAppPolicy"},
		{"another app", func(e *entra) string {
			return "/v1.0/applications/" + e.contoso.AddApp(simulator.AppOptions{Name: "Other"}).ObjectID()
		}, next.der, func(e *entra) string { return e.proof(t, e.key, nil) }, nil, 403, "Authorization_RequestDenied"},
		{"the client id in place of the object id", func(e *entra) string { return "/v1.0/applications/" + e.app.ClientID() }, next.der,
			func(e *entra) string { return e.proof(t, e.key, nil) }, nil, 403, "Authorization_RequestDenied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntra(t)
			if tt.before != nil {
				tt.before(e)
			}
			status, code, message, _ := e.addKey(t, e.mustToken(t), tt.path(e), tt.der, tt.proof(e))
			if status != tt.status || code != tt.code || message == "" {
				t.Errorf("got %d %s %q, want %d %s", status, code, message, tt.status, tt.code)
			}
			if len(e.app.Certificates()) != 1 {
				t.Error("the certificate was added all the same")
			}
		})
	}
}

func TestUploadRefusals(t *testing.T) {
	e := newEntra(t)
	e.contoso.SetPolicy(simulator.Policy{MaxCertificateLifetime: 90 * 24 * time.Hour})
	for name, der := range map[string][]byte{
		"nonsense": []byte("x"), "again": e.key.der,
		"expired":  mustCertificate(t, secondKey(), start.AddDate(0, -3, 0), start).der,
		"too long": mustCertificate(t, secondKey(), start, start.AddDate(0, 0, 91)).der,
	} {
		if _, err := e.app.UploadCertificate(der); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	if _, err := e.app.UploadCertificate(mustCertificate(t, secondKey(), start, start.AddDate(0, 0, 90)).der); err != nil {
		t.Errorf("as long as the policy allows: %v", err)
	}
}
