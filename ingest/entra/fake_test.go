package entra_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

const (
	tenantA  = workbench.TenantID("aaaaaaaa-1111-2222-3333-444444444444")
	tenantB  = workbench.TenantID("bbbbbbbb-1111-2222-3333-444444444444")
	clientID = "cccccccc-1111-2222-3333-444444444444"
	objectID = "dddddddd-1111-2222-3333-444444444444"
	personID = "eeeeeeee-1111-2222-3333-444444444444"
	keyID    = "ffffffff-1111-2222-3333-444444444444"
)

var clock = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

func now() time.Time { return clock }

// ourKey is the application's, made once: making keys is slow.
var ourKey = sync.OnceValue(func() entra.Key {
	certificate, private, err := entra.NewCertificate("test", clock)
	if err != nil {
		panic(err)
	}
	key, err := entra.NewKey(certificate, private)
	if err != nil {
		panic(err)
	}
	return key
})

// signers are Entra's: the second one is not in its list of keys.
var signers = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var both [2]*rsa.PrivateKey
	for i := range both {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		both[i] = key
	}
	return both
})

// fake is a small Entra with Graph. Tests replace what it answers.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	forms    []url.Values
	bodies   []map[string]any
	handle   map[string]http.HandlerFunc // by end of path
}

func newFake(t *testing.T) *fake {
	f := &fake{handle: map[string]http.HandlerFunc{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	f.handle["/openid-configuration"] = func(w http.ResponseWriter, r *http.Request) {
		segment := strings.Split(r.URL.Path, "/")[1]
		if segment == "contoso.com" {
			segment = string(tenantA)
		}
		reply(w, 200, f.discovery(segment))
	}
	f.handle["/keys"] = func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "kid": "odd"}, jwk("k1", &signers()[0].PublicKey)}})
	}
	f.handle["/organization"] = func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"value": []any{map[string]any{"id": tenantA, "displayName": "Contoso\u202e"}}})
	}
	return f
}

func (f *fake) discovery(segment string) map[string]any {
	base := f.URL + "/" + segment
	return map[string]any{"issuer": base + "/v2.0", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "token_endpoint": base + "/oauth2/v2.0/token", "jwks_uri": base + "/discovery/v2.0/keys"}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body map[string]any
	if r.Header.Get("Content-Type") == "application/json" {
		json.NewDecoder(r.Body).Decode(&body)
	} else if err := r.ParseForm(); err != nil {
		w.WriteHeader(400)
		return
	}
	f.requests, f.forms, f.bodies = append(f.requests, r), append(f.forms, r.PostForm), append(f.bodies, body)
	for end, h := range f.handle {
		if strings.HasSuffix(r.URL.Path, end) {
			h(w, r)
			return
		}
	}
	w.WriteHeader(404)
}

// count is how many requests went to addresses that end so.
func (f *fake) count(end string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, r := range f.requests {
		if strings.HasSuffix(r.URL.Path, end) {
			n++
		}
	}
	return n
}

func (f *fake) cloud() entra.Cloud {
	c, err := entra.ParseCloud(f.URL + "," + f.URL)
	if err != nil {
		panic(err)
	}
	return c
}

func (f *fake) client() *entra.Client { return entra.NewClient(f.cloud(), f.Client().Transport, now) }

// tokens answers the token endpoint with this.
func (f *fake) tokens(status int, body any) {
	f.handle["/token"] = func(w http.ResponseWriter, r *http.Request) { reply(w, status, body) }
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if text, ok := body.(string); ok {
		fmt.Fprint(w, text)
		return
	}
	json.NewEncoder(w).Encode(body)
}

func refusal(word string, number int, text string) map[string]any {
	return map[string]any{"error": word, "error_description": fmt.Sprintf("AADSTS%d: %s\r\nTrace ID: 11111111-0000-0000-0000-000000000000\r\nCorrelation ID: 22222222-0000-0000-0000-000000000000\r\nTimestamp: 2026-03-11 08:19:44Z",
		number, text), "error_codes": []int{number}}
}

func jwk(kid string, key *rsa.PublicKey) map[string]any {
	return map[string]any{"kty": "RSA", "use": "sig", "kid": kid, "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}
}

func unsigned(header, claims map[string]any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(c)
}

func signed(key *rsa.PrivateKey, header, claims map[string]any) string {
	text := unsigned(header, claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// decoded reads header and claims of a signed token.
func decoded(t *testing.T, text string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("got %d parts of a token, want 3", len(parts))
	}
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	return header, claims
}

func reasonOf(err error) workbench.Reason {
	if err == nil {
		return ""
	}
	return workbench.FaultOf(err).Reason
}
