package simulator_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench/ingest/simulator"
)

// newParent is a cloud whose first app may create others, with a token of it.
func newParent(t *testing.T) (*entra, string) {
	t.Helper()
	e := newEntra(t)
	e.app.SetPermissions([]string{"Application.ReadWrite.OwnedBy"}, nil)
	e.app.Consent()
	return e, e.mustToken(t)
}

// given is a certificate as clients send it.
func given(der []byte) map[string]any {
	return map[string]any{"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "workbench", "key": base64.StdEncoding.EncodeToString(der)}
}

// child is the body that creates an app with a certificate.
func child(keys ...map[string]any) map[string]any {
	return map[string]any{"displayName": "Child", "signInAudience": "AzureADMyOrg", "web": map[string]any{"redirectUris": []string{redirectURI}}, "keyCredentials": keys,
		"requiredResourceAccess": []any{map[string]any{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": []any{
			map[string]any{"id": "45cc0394-e837-488b-a098-1918f48d186c", "type": "Role"}, map[string]any{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}}}}}
}

// application is one as Graph answers it.
type application struct {
	ID          string
	AppID       string
	DisplayName string
	UniqueName  *string
	Audience    string `json:"signInAudience"`
	Keys        []struct {
		KeyID               string
		Key                 *string
		CustomKeyIdentifier string
		EndDateTime         time.Time
	} `json:"keyCredentials"`
}

// answered is what Graph says to a request about applications.
type answered struct {
	status        int
	code, message string
	application
	Value []application
	raw   string
}

// directory asks Graph; create says that what is missing shall be made.
func (e *entra) directory(t *testing.T, token, method, path string, body any, create ...string) answered {
	t.Helper()
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(raw)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, e.address(path), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	for _, preference := range create {
		r.Header.Set("Prefer", preference)
	}
	status, _, raw := e.do(t, r)
	a := answered{status: status, raw: raw}
	var refusal struct {
		Error struct{ Code, Message string }
	}
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &a); err != nil {
			t.Fatalf("reading the answer: %v\n%s", err, raw)
		}
		if err := json.Unmarshal([]byte(raw), &refusal); err != nil {
			t.Fatalf("reading the answer: %v\n%s", err, raw)
		}
	}
	a.code, a.message = refusal.Error.Code, refusal.Error.Message
	return a
}

// made finds the app of an answer.
func (e *entra) made(t *testing.T, a answered) *simulator.App {
	t.Helper()
	for _, app := range e.contoso.Apps() {
		if app.ObjectID() == a.ID {
			return app
		}
	}
	t.Fatalf("no app was made: %d %s", a.status, a.raw)
	return nil
}

// A parent creates an app with its first certificate, people consent to it, and it signs in, renews itself, and goes.
func TestManagedApp(t *testing.T) {
	e, token := newParent(t)
	first := mustCertificate(t, firstKey(), start.Add(-time.Minute), start.AddDate(0, 3, 0))
	a := e.directory(t, token, "PATCH", "/v1.0/applications(uniqueName='workbench-1')", child(given(first.der)), "return=minimal, create-if-missing")
	if a.status != http.StatusCreated || a.AppID == "" || len(a.Keys) != 1 || a.Keys[0].Key != nil || *a.UniqueName != "workbench-1" || a.Audience != "AzureADMyOrg" {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	made := e.made(t, a)
	if again := e.directory(t, token, "PATCH", "/v1.0/applications(uniqueName='workbench-1')", child(given(first.der)), "create-if-missing"); again.status != http.StatusNoContent ||
		len(e.contoso.Apps()) != 2 || len(made.Certificates()) != 1 || made.Certificates()[0].KeyID != a.Keys[0].KeyID {
		t.Errorf("once more: got %d %s", again.status, again.raw)
	}
	parent := e.app
	e.app, e.key = made, first
	if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 700016 {
		t.Errorf("before there is an enterprise application: got %s", k.raw)
	}
	if p := e.directory(t, token, "POST", "/v1.0/servicePrincipals", map[string]string{"appId": a.AppID}); p.status != http.StatusCreated || p.AppID != a.AppID {
		t.Fatalf("got %d %s", p.status, p.raw)
	}
	if p := e.directory(t, token, "POST", "/v1.0/servicePrincipals", map[string]string{"appId": a.AppID}); p.status != http.StatusConflict || p.code != "Request_MultipleObjectsWithSameKeyValue" ||
		!strings.HasSuffix(p.message, "the service principal name "+a.AppID+" is already in use.") {
		t.Errorf("once more: got %d %s", p.status, p.raw)
	}
	for _, query := range []string{"/v1.0/servicePrincipals(appId='" + a.AppID + "')", "/v1.0/servicePrincipals?$filter=" + url.QueryEscape("appId eq '"+a.AppID+"'")} {
		if p := e.directory(t, token, "GET", query, nil); p.status != http.StatusOK || p.AppID != a.AppID && (len(p.Value) != 1 || p.Value[0].AppID != a.AppID) {
			t.Errorf("%s: got %d %s", query, p.status, p.raw)
		}
	}
	if got := claimsOf(t, e.mustToken(t))["roles"]; got != nil {
		t.Errorf("before consent: got roles %v", got)
	}
	_, header, _ := e.press(t, e.consentAddress(), url.Values{"user": {e.person(t, "Pia").ID}, "decision": {"accept"}})
	if !strings.Contains(header.Get("Location"), "admin_consent=True&tenant=") {
		t.Errorf("consent: got %s", header.Get("Location"))
	}
	own := e.mustToken(t)
	if got := claimsOf(t, own)["roles"]; !cmp.Equal(got, []any{"SecurityIncident.Read.All"}) {
		t.Errorf("got roles %v", got)
	}

	second := mustCertificate(t, secondKey(), start.Add(-time.Minute), start.AddDate(0, 3, 0))
	status, code, message, second1 := e.addKey(t, own, "/v1.0/applications/"+a.ID, second.der, e.proof(t, first, nil))
	if status != http.StatusOK || second1 == "" {
		t.Fatalf("its own new key: got %d %s %s", status, code, message)
	}
	if got := e.directory(t, token, "GET", "/v1.0/applications/"+a.ID+"?$select=keyCredentials", nil); len(got.Keys) != 2 || got.Keys[1].Key == nil ||
		*got.Keys[1].Key != base64.StdEncoding.EncodeToString(second.der) || got.AppID != "" {
		t.Errorf("got %d %s", got.status, got.raw)
	}
	third := mustCertificate(t, secondKey(), start, start.AddDate(0, 2, 0))
	if status, code, message, _ := e.addKey(t, token, "/v1.0/applications(appId='"+a.AppID+"')", third.der, e.proof(t, second, nil)); status != http.StatusOK {
		t.Errorf("a key by the parent, with a proof of the child's: got %d %s %s", status, code, message)
	}
	if got := e.directory(t, token, "PATCH", "/v1.0/applications/"+a.ID, map[string]any{"keyCredentials": []any{
		map[string]any{"keyId": second1, "type": "AsymmetricX509Cert", "usage": "Verify", "key": nil}, given(e.anew(t).der)}}); got.status != http.StatusNoContent || got.raw != "" {
		t.Errorf("replacing: got %d %s", got.status, got.raw)
	}
	if at := made.Certificates(); len(at) != 2 || at[0].KeyID != second1 {
		t.Errorf("got %v", at)
	}
	if k := e.post(t, e.tokenAddress(), e.appForm(t)); k.code() != 700027 {
		t.Errorf("with the key that is gone: got %s", k.raw)
	}

	if got := e.directory(t, token, "DELETE", "/v1.0/applications/"+a.ID, nil); got.status != http.StatusNoContent {
		t.Errorf("deleting: got %d %s", got.status, got.raw)
	}
	if got := e.directory(t, token, "GET", "/v1.0/applications/"+a.ID, nil); got.status != http.StatusNotFound || got.code != "Request_ResourceNotFound" ||
		got.message != "Resource '"+a.ID+"' does not exist or one of its queried reference-property objects are not present." {
		t.Errorf("then: got %d %s", got.status, got.raw)
	}
	if gone := e.contoso.DeletedApps(); len(gone) != 1 || gone[0] != made {
		t.Errorf("deleted: got %v", gone)
	}
	if got := e.directory(t, token, "PATCH", "/v1.0/applications(uniqueName='workbench-1')", child(), "create-if-missing"); got.status != http.StatusBadRequest || !strings.Contains(got.message, "uniqueName") {
		t.Errorf("the name of one that was deleted: got %d %s", got.status, got.raw)
	}
	e.now = e.now.AddDate(0, 0, 31)
	if gone := e.contoso.DeletedApps(); len(gone) != 0 {
		t.Errorf("31 days later: got %v", gone)
	}
	e.app = parent
}

// anew is another certificate of the first key, as a parent gives to a child whose own has expired.
func (e *entra) anew(t *testing.T) keyPair {
	t.Helper()
	return mustCertificate(t, firstKey(), e.now.Add(-2*time.Minute), e.now.AddDate(0, 3, 0))
}

// An app changes what it owns alone, and only with the permission.
func TestOnlyOwnApplications(t *testing.T) {
	e, token := newParent(t)
	foreign := e.contoso.AddApp(simulator.AppOptions{Name: "O'Hara", RedirectURIs: []string{redirectURI}, NoPrincipal: true})
	far := e.fabrikam.AddApp(simulator.AppOptions{Name: "Far", Audience: simulator.MultiTenant})
	at := "/v1.0/applications/" + foreign.ObjectID()
	denied := func(name string, a answered) {
		t.Helper()
		if a.status != http.StatusForbidden || a.code != "Authorization_RequestDenied" {
			t.Errorf("%s: got %d %s, want 403 Authorization_RequestDenied", name, a.status, a.raw)
		}
	}
	denied("changing", e.directory(t, token, "PATCH", at, map[string]any{"displayName": "x"}))
	denied("changing itself", e.directory(t, token, "PATCH", "/v1.0/applications/"+e.app.ObjectID(), map[string]any{"displayName": "x"}))
	denied("deleting", e.directory(t, token, "DELETE", at, nil))
	denied("an enterprise application", e.directory(t, token, "POST", "/v1.0/servicePrincipals", map[string]string{"appId": foreign.ClientID()}))
	local := e.directory(t, token, "POST", "/v1.0/servicePrincipals", map[string]string{"appId": far.ClientID()})
	if denied("one of another tenant's app", local); !strings.Contains(local.message, "must in the local tenant") {
		t.Errorf("got %s", local.raw)
	}
	if _, code, _, _ := e.addKey(t, token, at, e.key.der, e.proof(t, e.key, map[string]any{"iss": foreign.ObjectID()})); code != "Authorization_RequestDenied" {
		t.Errorf("a key: got %s", code)
	}
	if a := e.directory(t, token, "GET", at, nil); a.DisplayName != "O'Hara" {
		t.Errorf("reading: got %d %s", a.status, a.raw)
	}
	for filter, want := range map[string]int{"displayName eq 'O''Hara'": 1, "appId eq '" + foreign.ClientID() + "'": 1, "uniqueName eq 'none'": 0} {
		if a := e.directory(t, token, "GET", "/v1.0/applications?$select=id,displayName&$filter="+url.QueryEscape(filter), nil); a.status != http.StatusOK || len(a.Value) != want {
			t.Errorf("%s: got %d %s", filter, a.status, a.raw)
		}
	}
	if a := e.directory(t, token, "GET", "/v1.0/applications?$filter="+url.QueryEscape("startswith(displayName,'O')"), nil); a.code != "Request_UnsupportedQuery" {
		t.Errorf("another filter: got %d %s", a.status, a.raw)
	}
	mine := e.directory(t, token, "POST", "/v1.0/applications", child())
	if mine.status != http.StatusCreated {
		t.Fatalf("got %d %s", mine.status, mine.raw)
	}
	if a := e.directory(t, token, "PATCH", "/v1.0/applications/"+mine.ID, map[string]any{"displayName": "Renamed"}); a.status != http.StatusNoContent || e.made(t, mine).Name() != "Renamed" {
		t.Errorf("its own: got %d %s", a.status, a.raw)
	}

	e.app.Revoke("")
	without := e.mustToken(t)
	denied("without the permission", e.directory(t, without, "POST", "/v1.0/applications", child()))
	denied("reading without", e.directory(t, without, "GET", at, nil))
	e.app.DeleteServicePrincipal()
	e.app.Consent()
	anew := e.mustToken(t)
	denied("as another enterprise application than that which made it", e.directory(t, anew, "DELETE", "/v1.0/applications/"+mine.ID, nil))
}

func TestApplicationsThatAreRefused(t *testing.T) {
	e, token := newParent(t)
	with := func(name string, value any) map[string]any {
		body := child()
		if body[name] = value; value == nil {
			delete(body, name)
		}
		return body
	}
	expired := mustCertificate(t, firstKey(), start.AddDate(0, -3, 0), start.AddDate(0, 0, -1))
	late := given(e.key.der)
	late["endDateTime"] = start.AddDate(1, 0, 0)
	for name, body := range map[string]any{
		"no name":              with("displayName", nil),
		"a name too long":      with("displayName", strings.Repeat("x", 257)),
		"audience":             with("signInAudience", "Everybody"),
		"redirect":             with("web", map[string]any{"redirectUris": []string{"http://workbench.example/x"}}),
		"another resource":     with("requiredResourceAccess", []any{map[string]any{"resourceAppId": e.app.ClientID()}}),
		"an unknown role":      with("requiredResourceAccess", []any{map[string]any{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": []any{map[string]any{"id": e.app.ClientID(), "type": "Role"}}}}),
		"unique name":          with("uniqueName", "x"),
		"passwords":            with("passwordCredentials", []any{}),
		"a key that is none":   child(map[string]any{"type": "AsymmetricX509Cert", "usage": "Verify", "key": "AAAA"}),
		"an expired key":       child(given(expired.der)),
		"an end after the end": child(late),
		"the same key twice":   child(given(e.key.der), given(e.key.der)),
		"an id without key":    child(map[string]any{"keyId": e.keyID}),
		"no object":            []string{},
	} {
		if a := e.directory(t, token, "POST", "/v1.0/applications", body); a.status != http.StatusBadRequest || a.code != "Request_BadRequest" || a.message == "" {
			t.Errorf("%s: got %d %s", name, a.status, a.raw)
		}
	}
	if len(e.contoso.Apps()) != 1 {
		t.Errorf("a refused request made an app: %d", len(e.contoso.Apps()))
	}
	if a := e.directory(t, token, "PATCH", "/v1.0/applications(uniqueName='x')", child()); a.status != http.StatusNotFound {
		t.Errorf("missing, and not to be created: got %d %s", a.status, a.raw)
	}
	a := e.directory(t, token, "POST", "/v1.0/applications", child(given(e.key.der)))
	changed := given(e.anew(t).der)
	changed["keyId"] = a.Keys[0].KeyID
	if got := e.directory(t, token, "PATCH", "/v1.0/applications/"+a.ID, map[string]any{"displayName": "Half", "keyCredentials": []any{changed}}); got.status != http.StatusBadRequest ||
		got.message != "Update to existing credential with KeyId '"+a.Keys[0].KeyID+"' is not allowed." || e.made(t, a).Name() != "Child" || len(e.made(t, a).Certificates()) != 1 {
		t.Errorf("another key under the same id: got %d %s", got.status, got.raw)
	}
	for _, method := range []string{"PUT", "DELETE"} {
		if a := e.directory(t, token, method, "/v1.0/applications", child()); a.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: got %d", method, a.status)
		}
	}
	for range 248 {
		e.contoso.AddApp(simulator.AppOptions{Name: "more", NoPrincipal: true})
	}
	if a := e.directory(t, token, "POST", "/v1.0/applications", child()); a.status != http.StatusForbidden || a.code != "Directory_QuotaExceeded" {
		t.Errorf("too many: got %d %s", a.status, a.raw)
	}
}

// What was made is not found at once, nor is its key taken.
func TestReplication(t *testing.T) {
	e, token := newParent(t)
	e.s.Set(simulator.Settings{ReplicationDelay: 20 * time.Second, KeyDelay: time.Minute})
	const byName = "/v1.0/applications(uniqueName='w')"
	a := e.directory(t, token, "PATCH", byName, child(given(e.key.der)), "create-if-missing")
	object, principal := "/v1.0/applications/"+a.ID, map[string]string{"appId": a.AppID}
	for method, body := range map[string]any{"GET": nil, "PATCH": map[string]any{"displayName": "x"}, "DELETE": nil} {
		if got := e.directory(t, token, method, object, body); got.status != http.StatusNotFound {
			t.Errorf("%s at once: got %d %s", method, got.status, got.raw)
		}
	}
	if got := e.directory(t, token, "GET", "/v1.0/applications?$filter="+url.QueryEscape("uniqueName eq 'w'"), nil); len(got.Value) != 0 {
		t.Errorf("in the list at once: got %s", got.raw)
	}
	if got := e.directory(t, token, "POST", "/v1.0/servicePrincipals", principal); got.status != http.StatusBadRequest || !strings.Contains(got.message, "does not reference a valid application object") {
		t.Errorf("an enterprise application at once: got %d %s", got.status, got.raw)
	}
	if got := e.directory(t, token, "PATCH", byName, child(given(e.key.der)), "create-if-missing"); got.status != http.StatusNoContent || len(e.contoso.Apps()) != 2 {
		t.Errorf("by its name once more: got %d %s", got.status, got.raw)
	}
	e.app = e.made(t, a)
	if _, _, body := e.get(t, e.consentAddress()); !strings.Contains(body, "AADSTS700016") {
		t.Errorf("consent at once: got %s", body)
	}
	e.now = e.now.Add(20 * time.Second)
	if got := e.directory(t, token, "POST", "/v1.0/servicePrincipals", principal); got.status != http.StatusCreated {
		t.Fatalf("then: got %d %s", got.status, got.raw)
	}
	if got := e.directory(t, token, "GET", "/v1.0/servicePrincipals(appId='"+a.AppID+"')", nil); got.status != http.StatusNotFound {
		t.Errorf("reading it at once: got %d", got.status)
	}
	code := func() int { return e.post(t, e.tokenAddress(), e.appForm(t)).code() }
	if got := code(); got != 700016 {
		t.Errorf("a token at once: got %d", got)
	}
	e.now = e.now.Add(20 * time.Second)
	if got := code(); got != 700027 {
		t.Errorf("with a key that is not known yet: got %d", got)
	}
	e.now = e.now.Add(20 * time.Second)
	if got := code(); got != 0 {
		t.Errorf("in the end: got %d", got)
	}
}

// A tenant's policy refuses certificates by their life and by who issued them, wherever they come from.
func TestCertificatePolicies(t *testing.T) {
	e, token := newParent(t)
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Contoso CA"}, NotBefore: start.AddDate(-1, 0, 0), NotAfter: start.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &secondKey().PublicKey, secondKey())
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "workbench"}, NotBefore: start.Add(-10 * time.Minute), NotAfter: start.AddDate(0, 3, 0)}
	issued, err := x509.CreateCertificate(rand.Reader, leaf, authority, &firstKey().PublicKey, secondKey())
	if err != nil {
		t.Fatal(err)
	}
	owned := e.made(t, e.directory(t, token, "POST", "/v1.0/applications", child(given(e.key.der))))
	at := "/v1.0/applications/" + owned.ObjectID()
	self := e.anew(t).der
	check := func(policy string, der []byte, want string) {
		t.Helper()
		if a := e.directory(t, token, "POST", "/v1.0/applications", child(given(der))); a.code != want {
			t.Errorf("%s, creating: got %d %s, want %q", policy, a.status, a.raw, want)
		}
		status, code, message, keyID := e.addKey(t, token, at, der, e.proof(t, e.key, map[string]any{"iss": owned.ObjectID()}))
		if code != want || want != "" && !strings.Contains(message, "as per assigned policy '") {
			t.Errorf("%s, adding: got %d %s %s, want %q", policy, status, code, message, want)
		}
		owned.RemoveCertificate(keyID)
		kept := map[string]any{"keyId": owned.Certificates()[0].KeyID}
		if a := e.directory(t, token, "PATCH", at, map[string]any{"keyCredentials": []any{kept, given(der)}}); a.code != want {
			t.Errorf("%s, replacing: got %d %s, want %q", policy, a.status, a.raw, want)
		}
		if a := e.directory(t, token, "PATCH", at, map[string]any{"keyCredentials": []any{kept}}); a.status != http.StatusNoContent {
			t.Errorf("%s, keeping one: got %d %s", policy, a.status, a.raw)
		}
	}
	check("no policy", self, "")
	e.contoso.SetPolicy(simulator.Policy{MaxCertificateLifetime: 30 * 24 * time.Hour})
	check("30 days", self, "CredentialInvalidLifetimeAsPerAppPolicy")
	e.contoso.SetPolicy(simulator.Policy{TrustedAuthorities: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}))})
	check("an authority", self, "CredentialInvalidIssuerAsPerAppPolicy")
	check("an authority that issued it", issued, "")
	if _, err := owned.UploadCertificate(self); err != simulator.ErrAuthority {
		t.Errorf("in the portal: got %v", err)
	}
}

// Requests that change something obey the faults: those that are refused did nothing, those whose answer is lost took effect.
func TestFaultsOfApplications(t *testing.T) {
	e, token := newParent(t)
	world := e.contoso.World()
	fault := func(f simulator.Fault) {
		t.Helper()
		world.ClearFaults()
		if _, err := world.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	for trouble, want := range map[simulator.Trouble]int{simulator.Throttle: 429, simulator.Failing: 500, simulator.Unavailable: 503, simulator.GatewayTimeout: 504, simulator.Revoked: 403} {
		fault(simulator.Fault{Match: "applications", Method: "POST", Do: trouble, Times: 1})
		raw, err := json.Marshal(child())
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), "POST", e.address("/v1.0/applications"), strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if status, _, body := e.do(t, r); status != want {
			t.Errorf("%s: got %d %s", trouble, status, body)
		}
	}
	if got := len(e.contoso.Apps()); got != 1 {
		t.Errorf("refused requests made %d apps", got-1)
	}
	lost := func(kind, method, path string, body any, create bool) {
		t.Helper()
		fault(simulator.Fault{Match: kind, Method: method, Do: simulator.Lost, Times: 1})
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, e.address(path), strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if create {
			r.Header.Set("Prefer", "create-if-missing")
		}
		response, err := e.client.Do(r)
		if err == nil {
			response.Body.Close()
			t.Errorf("%s %s: got %d, want a connection that breaks", method, path, response.StatusCode)
		}
		if hit := world.Faults()[0].Hit; hit != 1 {
			t.Errorf("%s %s: hit %d", method, path, hit)
		}
	}
	lost("application", "PATCH", "/v1.0/applications(uniqueName='w')", child(given(e.key.der)), true)
	if got := e.contoso.Apps(); len(got) != 2 || got[1].UniqueName() != "w" {
		t.Fatalf("got %v, want the app that was made", got)
	}
	made := e.contoso.Apps()[1]
	at := "/v1.0/applications/" + made.ObjectID()
	lost("addKey", "POST", at+"/addKey", map[string]any{"keyCredential": given(e.anew(t).der), "passwordCredential": nil, "proof": e.proof(t, e.key, map[string]any{"iss": made.ObjectID()})}, false)
	if got := len(made.Certificates()); got != 2 {
		t.Errorf("after addKey: %d certificates, want 2", got)
	}
	lost("application", "PATCH", at, map[string]any{"keyCredentials": []any{}}, false)
	if got := len(made.Certificates()); got != 0 {
		t.Errorf("after PATCH: %d certificates, want none", got)
	}
	lost("servicePrincipals", "POST", "/v1.0/servicePrincipals", map[string]string{"appId": made.ClientID()}, false)
	if got := e.contoso.Enterprises(); len(got) != 2 || got[1].App != made {
		t.Errorf("after the enterprise application: got %v", got)
	}
	lost("application", "DELETE", at, nil, false)
	if got := len(e.contoso.Apps()); got != 1 {
		t.Errorf("after DELETE: %d apps, want 1", got)
	}
}
