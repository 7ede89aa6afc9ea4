package simulator_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"workbench/ingest/simulator"
)

// start is when the tests' clock begins.
var start = time.Date(2026, 3, 11, 8, 19, 44, 0, time.UTC)

const redirectURI = "https://workbench.example/connectors/callback?kept=1"

// keyPair is a private key with its certificate.
type keyPair struct {
	private *rsa.PrivateKey
	der     []byte
}

// Two keys are made once, as that is slow; certificates are cheap.
var (
	firstKey  = sync.OnceValue(newPrivate)
	secondKey = sync.OnceValue(newPrivate)
)

func newPrivate() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

func mustCertificate(t *testing.T, private *rsa.PrivateKey, from, to time.Time) keyPair {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(from.Unix()), Subject: pkix.Name{CommonName: "workbench"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	return keyPair{private, der}
}

// entra is a cloud of two tenants with an app in the first.
type entra struct {
	s        *simulator.Simulator
	now      time.Time
	contoso  *simulator.Tenant
	fabrikam *simulator.Tenant
	app      *simulator.App
	key      keyPair
	keyID    string
	client   *http.Client
	jti      int
}

// person finds a user by the first word of the name.
func (e *entra) person(t *testing.T, name string) simulator.User {
	t.Helper()
	for _, tenant := range e.s.Tenants() {
		for _, u := range tenant.Users() {
			if strings.HasPrefix(u.Name, name) {
				return u
			}
		}
	}
	t.Fatalf("nobody is called %s", name)
	return simulator.User{}
}

func newEntra(t *testing.T) *entra {
	t.Helper()
	e := &entra{now: start}
	e.s = simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "login.simulated.example"}, Now: func() time.Time { return e.now }})
	e.contoso = e.s.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.example", "contoso.onmicrosoft.example"}, Licensed: true, Users: []simulator.User{
		{Name: "Dana Admin", UserName: "dana@contoso.example", Role: simulator.GlobalAdministrator},
		{Name: "Pia Privileged", UserName: "pia@contoso.example", Role: simulator.PrivilegedRoleAdministrator},
		{Name: "Alex Apps", UserName: "alex@contoso.example", Role: simulator.ApplicationAdministrator},
		{Name: "Clara Clouds", UserName: "clara@contoso.example", Role: simulator.CloudApplicationAdministrator},
		{Name: "Uma User", UserName: "uma@contoso.example"},
	}})
	e.fabrikam = e.s.AddTenant(simulator.TenantOptions{Name: "Fabrikam", Domains: []string{"fabrikam.example"}, Users: []simulator.User{
		{Name: "Frank Far", UserName: "frank@fabrikam.example", Role: simulator.GlobalAdministrator},
	}})
	e.app = e.contoso.AddApp(simulator.AppOptions{Name: "Stories Workbench", RedirectURIs: []string{redirectURI, "http://localhost:8080/callback"}})
	e.key = mustCertificate(t, firstKey(), start.Add(-10*time.Minute), start.AddDate(0, 3, 0))
	var err error
	if e.keyID, err = e.app.UploadCertificate(e.key.der); err != nil {
		t.Fatalf("uploading: %v", err)
	}
	e.client = &http.Client{Transport: e.s.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return e
}

// address is a path of the simulator in full; {t} is Contoso's id.
func (e *entra) address(path string) string {
	return e.s.Base().String() + strings.ReplaceAll(path, "{t}", e.contoso.ID())
}

func (e *entra) tokenAddress() string { return e.address("/{t}/oauth2/v2.0/token") }

// sign makes a token with go-jose, which knows nothing of how the simulator verifies it.
func sign(t *testing.T, alg jose.SignatureAlgorithm, key keyPair, header map[string]any, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, value := range header {
		options = options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key.private}, options)
	if err != nil {
		t.Fatalf("making a signer: %v", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatalf("writing claims: %v", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		t.Fatalf("signing: %v", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatalf("writing a token: %v", err)
	}
	return text
}

// x5t2 is the header that names a certificate by SHA-256.
func x5t2(der []byte) map[string]any {
	sum := sha256.Sum256(der)
	return map[string]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}
}

// thumbprint is a digest of a certificate in an alphabet.
func thumbprint(hash crypto.Hash, alphabet *base64.Encoding, der []byte) string {
	if hash == crypto.SHA1 {
		sum := sha1.Sum(der)
		return alphabet.EncodeToString(sum[:])
	}
	sum := sha256.Sum256(der)
	return alphabet.EncodeToString(sum[:])
}

// claims are those of a good assertion.
func (e *entra) claims() map[string]any {
	e.jti++
	return map[string]any{"aud": e.tokenAddress(), "iss": e.app.ClientID(), "sub": e.app.ClientID(), "jti": "id-" + string(rune('a'+e.jti%26)) + e.now.Format(time.RFC3339Nano) + t36(e.jti),
		"nbf": e.now.Unix(), "iat": e.now.Unix(), "exp": e.now.Add(5 * time.Minute).Unix()}
}

func t36(n int) string { return big.NewInt(int64(n)).Text(36) }

// appForm is a good request for a token of the application itself.
func (e *entra) appForm(t *testing.T) url.Values {
	t.Helper()
	return url.Values{"client_id": {e.app.ClientID()}, "grant_type": {"client_credentials"}, "scope": {e.address("/.default")},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {sign(t, jose.PS256, e.key, x5t2(e.key.der), e.claims())}}
}

// tokens is what the token endpoint answers, in either case.
type tokens struct {
	Type        string `json:"token_type"`
	Scope       string `json:"scope"`
	ExpiresIn   int    `json:"expires_in"`
	Access      string `json:"access_token"`
	Refresh     string `json:"refresh_token"`
	ID          string `json:"id_token"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	URI         string `json:"error_uri"`

	status int
	header http.Header
	raw    string
}

// code is the number of the error, or 0.
func (k tokens) code() int {
	if len(k.Codes) != 1 {
		return 0
	}
	return k.Codes[0]
}

func (e *entra) post(t *testing.T, address string, form url.Values, set ...func(*http.Request)) tokens {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatalf("making a request: %v", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, f := range set {
		f(r)
	}
	status, header, body := e.do(t, r)
	k := tokens{status: status, header: header, raw: body}
	if err := json.Unmarshal([]byte(body), &k); err != nil {
		t.Fatalf("reading the answer: %v\n%s", err, body)
	}
	return k
}

func (e *entra) do(t *testing.T, r *http.Request) (int, http.Header, string) {
	t.Helper()
	response, err := e.client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("reading the answer to %s %s: %v", r.Method, r.URL, err)
	}
	return response.StatusCode, response.Header, string(body)
}

func (e *entra) get(t *testing.T, address string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatalf("making a request: %v", err)
	}
	return e.do(t, r)
}

// press posts a form of a page, as a browser without scripts and cookies does.
func (e *entra) press(t *testing.T, address string, form url.Values) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatalf("making a request: %v", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return e.do(t, r)
}

// graph asks Graph with a token and returns the status and the error's code and message.
func (e *entra) graph(t *testing.T, method, path, token, body string) (status int, code, message, raw string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, e.address(path), strings.NewReader(body))
	if err != nil {
		t.Fatalf("making a request: %v", err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	status, _, raw = e.do(t, r)
	var answer struct {
		Error struct{ Code, Message string }
	}
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &answer); err != nil {
			t.Fatalf("reading the answer of Graph: %v\n%s", err, raw)
		}
	}
	return status, answer.Error.Code, answer.Error.Message, raw
}

// claimsOf decodes a token without believing it.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a token: %q", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatalf("reading claims: %v", err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatalf("reading claims: %v", err)
	}
	return claims
}

// mustToken gets a token of the application itself.
func (e *entra) mustToken(t *testing.T) string {
	t.Helper()
	k := e.post(t, e.tokenAddress(), e.appForm(t))
	if k.status != http.StatusOK {
		t.Fatalf("no token: %s", k.raw)
	}
	return k.Access
}

// wantPage checks that an answer is a page of ours that nobody takes for Microsoft's.
func wantPage(t *testing.T, header http.Header, body string) {
	t.Helper()
	if !strings.Contains(body, "Simulated Microsoft: nothing here is real") {
		t.Errorf("the page does not say that it is simulated:\n%s", body)
	}
	policy := header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self';") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("got policy %q, want a strict one", policy)
	}
	if inline := regexp.MustCompile(`<script|\sstyle=|\son[a-z]+=`).FindString(body); inline != "" {
		t.Errorf("the page has %q", inline)
	}
}
