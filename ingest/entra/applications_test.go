package entra_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/entra"
)

const (
	childUnique = "stories-workbench-abc234"
	incidents   = "45cc0394-e837-488b-a098-1918f48d186c"
	userRead    = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
)

func child() entra.Application {
	return entra.Application{Name: "Stories Workbench, mail", Unique: childUnique, RedirectURIs: []string{redirect}, Certificate: ourKey().Certificate.Raw, Notes: "Made by the workbench.",
		Permissions: []entra.Permission{{ID: strings.ToUpper(incidents)}, {ID: userRead, Delegated: true}}}
}

// thumbprintOf is what the portal shows of a certificate.
func thumbprintOf(der []byte) string { return workbench.Credential{Certificate: der}.SHA1() }

// TestCreateApplicationTwice loses the first answer: there is one application all the same.
func TestCreateApplicationTwice(t *testing.T) {
	f := newFake(t)
	made := 0
	f.handle["/applications(uniqueName='"+childUnique+"')"] = func(w http.ResponseWriter, r *http.Request) {
		object := map[string]any{"id": strings.ToUpper(objectID), "appId": strings.ToUpper(clientID), "displayName": "x",
			"keyCredentials": []any{map[string]any{"keyId": strings.ToUpper(keyID), "type": "AsymmetricX509Cert", "usage": "Verify", "key": nil, "customKeyIdentifier": thumbprintOf(ourKey().Certificate.Raw)}}}
		switch {
		case r.Method == "PATCH" && made == 0:
			made++
			reply(w, 201, object)
		case r.Method == "PATCH":
			w.WriteHeader(204)
		case r.Method == "GET" && r.URL.RawQuery == "$select=id,appId,keyCredentials":
			reply(w, 200, object)
		default:
			w.WriteHeader(500)
		}
	}
	want := entra.Created{ClientID: clientID, ObjectID: objectID, KeyID: keyID}
	for range 2 {
		if got, err := f.client().CreateApplication(t.Context(), access, child()); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	if made != 1 || len(f.requests) != 3 {
		t.Errorf("%d were made with %d requests", made, len(f.requests))
	}
	r := f.requests[0]
	if r.Method != "PATCH" || r.URL.Path != "/v1.0/applications(uniqueName='"+childUnique+"')" || r.Header.Get("Prefer") != "create-if-missing" || r.Header.Get("Authorization") != "Bearer access-canary" || r.Header.Get("client-request-id") == "" {
		t.Errorf("got %s %s with %v", r.Method, r.URL, r.Header)
	}
	certificate := ourKey().Certificate
	sent := map[string]any{"displayName": "Stories Workbench, mail", "signInAudience": "AzureADMyOrg", "notes": "Made by the workbench.", "web": map[string]any{"redirectUris": []any{redirect}},
		"requiredResourceAccess": []any{map[string]any{"resourceAppId": "00000003-0000-0000-c000-000000000000",
			"resourceAccess": []any{map[string]any{"id": incidents, "type": "Role"}, map[string]any{"id": userRead, "type": "Scope"}}}},
		"keyCredentials": []any{map[string]any{"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "CN=test", "key": base64.StdEncoding.EncodeToString(certificate.Raw),
			"startDateTime": certificate.NotBefore.UTC().Format(time.RFC3339), "endDateTime": certificate.NotAfter.UTC().Format(time.RFC3339)}}}
	if diff := cmp.Diff(sent, f.bodies[0]); diff != "" {
		t.Errorf("the request is another (-want +got):\n%s", diff)
	}
}

func TestCreateApplicationReadsAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   any
		want   entra.Created
		reason workbench.Reason
	}{
		"no keys":        {201, map[string]any{"id": objectID, "appId": clientID}, entra.Created{ClientID: clientID, ObjectID: objectID}, ""},
		"keys of others": {201, `{"id":"` + objectID + `","appId":"` + clientID + `","keyCredentials":[{"keyId":"` + keyID + `","type":"AsymmetricX509Cert","usage":"Verify"}]}`, entra.Created{ClientID: clientID, ObjectID: objectID}, ""},
		"odd keys":       {201, `{"id":"` + objectID + `","appId":"` + clientID + `","keyCredentials":7}`, entra.Created{ClientID: clientID, ObjectID: objectID}, ""},
		"no object id":   {201, map[string]any{"appId": clientID}, entra.Created{}, workbench.ReasonUnreadable},
		"no client id":   {201, map[string]any{"id": objectID, "appId": "../x"}, entra.Created{}, workbench.ReasonUnreadable},
		"numbers":        {201, `{"id":7,"appId":8}`, entra.Created{}, workbench.ReasonUnreadable},
		"HTML":           {200, "<html>", entra.Created{}, workbench.ReasonUnreadable},
		"cut":            {201, `{"id":"` + objectID, entra.Created{}, workbench.ReasonUnreadable},
		"2 MiB":          {201, `{"x":"` + strings.Repeat("x", 2<<20) + `"}`, entra.Created{}, workbench.ReasonUnreadable},
		"redirect":       {307, "{}", entra.Created{}, workbench.ReasonUnreadable},
	} {
		f := newFake(t)
		f.handle["')"] = func(w http.ResponseWriter, r *http.Request) { reply(w, test.status, test.body) }
		if got, err := f.client().CreateApplication(t.Context(), access, child()); got != test.want || reasonOf(err) != test.reason {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// calls are all that is asked about applications that another one manages.
func calls(c *entra.Client) map[string]func(context.Context, entra.Token) error {
	return map[string]func(context.Context, entra.Token) error{
		"create": func(ctx context.Context, t entra.Token) error {
			_, err := c.CreateApplication(ctx, t, child())
			return err
		},
		"principal": func(ctx context.Context, t entra.Token) error {
			_, err := c.CreateServicePrincipal(ctx, t, clientID)
			return err
		},
		"replace": func(ctx context.Context, t entra.Token) error {
			_, err := c.ReplaceKeys(ctx, t, objectID, [][]byte{ourKey().Certificate.Raw})
			return err
		},
		"keys":   func(ctx context.Context, t entra.Token) error { _, err := c.Keys(ctx, t, objectID); return err },
		"delete": func(ctx context.Context, t entra.Token) error { return c.DeleteApplication(ctx, t, objectID) },
	}
}

// TestApplicationRefusals has the errors of Graph as they were seen, at every call.
func TestApplicationRefusals(t *testing.T) {
	owner := entra.Token{Access: "access-canary", Roles: []string{"SecurityIncident.Read.All", entra.OwnedBy}}
	for _, test := range []struct {
		name    string
		token   entra.Token
		status  int
		error   map[string]any
		want    workbench.Reason
		replace workbench.Reason // of ReplaceKeys, where it is another
	}{
		{"role missing", access, 403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation."), workbench.ReasonOwnershipMissing, ""},
		{"not the owner", owner, 403, graphError("Authorization_RequestDenied", "Insufficient privileges to complete the operation."), workbench.ReasonNotOwner, ""},
		{"quota", owner, 403, graphError("Directory_QuotaExceeded", "The directory object quota limit for the Principal has been exceeded."), workbench.ReasonApplicationRefused, workbench.ReasonRenewalRefused},
		{"application not there yet", owner, 400, graphError("Request_BadRequest", "The appId 'x' of the service principal does not reference a valid application object."), workbench.ReasonApplicationMissing, ""},
		{"application not there yet, in details", owner, 400, map[string]any{"code": "Request_BadRequest", "message": "Bad.", "details": []any{map[string]any{"code": "NoBackingApplicationObject", "target": "appId"}}},
			workbench.ReasonApplicationMissing, ""},
		{"application not there yet, 403", owner, 403, graphError("Authorization_RequestDenied", "When using this permission, the backing application of the service principal being created must in the local tenant"),
			workbench.ReasonApplicationMissing, ""},
		{"unique name taken", owner, 400, graphError("Request_BadRequest", "Another object with the same value for property uniqueName already exists."), workbench.ReasonApplicationMissing, ""},
		{"lifetime", owner, 400, map[string]any{"code": "CredentialInvalidLifetimeAsPerAppPolicy", "message": "Credential lifetime exceeds the max value allowed as per assigned policy 'x'.",
			"details": []any{map[string]any{"code": "InvalidKeyEndDate", "message": "y", "target": "EndDate"}}}, workbench.ReasonKeyPolicy, ""},
		{"lifetime, in details alone", owner, 400, map[string]any{"code": "Request_BadRequest", "message": "", "details": []any{map[string]any{"code": "InvalidKeyEndDate", "message": "Credential lifetime."}}},
			workbench.ReasonKeyPolicy, ""},
		{"kind", owner, 400, graphError("CredentialTypeNotAllowedAsPerAppPolicy", "Credential type not allowed as per assigned policy 'x'."), workbench.ReasonKeyPolicy, ""},
		{"authority", owner, 400, graphError("Request_BadRequest", "The certificate is not issued by a trusted certificate authority."), workbench.ReasonKeyPolicy, ""},
		{"another policy", owner, 400, graphError("SignInAudienceNotAllowedAsPerAppPolicy", "'signInAudience' property value is not allowed."), workbench.ReasonApplicationRefused, workbench.ReasonRenewalRefused},
		{"end date", owner, 400, graphError("KeyCredentialsInvalidEndDate", "Key credential end date is invalid."), workbench.ReasonApplicationRefused, workbench.ReasonRenewalRefused},
		{"echo", owner, 400, graphError("Request_BadRequest access-canary", "Wrong: access-canary eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.x"), workbench.ReasonApplicationRefused, workbench.ReasonRenewalRefused},
		{"old token", owner, 401, graphError("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."), workbench.ReasonTokenRefused, ""},
		{"malformed token", owner, 401, graphError("Authentication_MissingOrMalformed", "Access Token missing or malformed."), workbench.ReasonTokenRefused, ""},
		{"throttled", owner, 429, graphError("TooManyRequests", ""), workbench.ReasonThrottled, ""},
		{"broken", owner, 503, graphError("ServiceUnavailable", "policy"), workbench.ReasonUnavailable, ""},
		{"nothing", owner, 400, nil, workbench.ReasonUnreadable, ""},
		{"a proxy's 404", owner, 404, nil, workbench.ReasonUnreadable, ""},
		{"a proxy's 403", owner, 403, nil, workbench.ReasonUnreadable, ""},
	} {
		f := newFake(t)
		f.handle[""] = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "17")
			reply(w, test.status, map[string]any{"error": test.error})
		}
		for name, call := range calls(f.client()) {
			if name == "delete" && test.want == workbench.ReasonApplicationMissing {
				continue // gone already
			}
			want := test.want
			if name == "replace" && test.replace != "" {
				want = test.replace
			}
			err := call(t.Context(), test.token)
			if got := reasonOf(err); got != want {
				t.Errorf("%s, %s: got %q (%v), want %q", test.name, name, got, err, want)
				continue
			}
			fault := workbench.FaultOf(err)
			if text := err.Error() + fault.Detail.Raw(); strings.Contains(text, "canary") || strings.Contains(text, "eyJ") || fault.Trace.IsZero() || fault.RetryAfter != 17*time.Second {
				t.Errorf("%s, %s: got error %s, to be tried again after %s", test.name, name, text, fault.RetryAfter)
			}
			if message, _ := test.error["message"].(string); message != "" && !strings.Contains(message, "canary") && fault.Detail.Raw() != message {
				t.Errorf("%s, %s: got detail %q, want Microsoft's words", test.name, name, fault.Detail.Raw())
			}
		}
	}
}

func graphError(code, message string) map[string]any {
	return map[string]any{"code": code, "message": message, "innerError": map[string]any{"date": "2026-05-04T03:02:01", "request-id": "x"}}
}

// TestApplicationsJustMade asks for what Microsoft does not know everywhere yet: that passes, but for deleting, which is done.
func TestApplicationsJustMade(t *testing.T) {
	f := newFake(t)
	f.handle[""] = func(w http.ResponseWriter, r *http.Request) {
		reply(w, 404, map[string]any{"error": graphError("Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.")})
	}
	for name, call := range calls(f.client()) {
		want := workbench.ReasonApplicationMissing
		if name == "delete" {
			want = ""
		}
		if got := reasonOf(call(t.Context(), access)); got != want || want != "" && !got.Passing() {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestApplicationsWithoutMicrosoft(t *testing.T) {
	f := newFake(t)
	c := f.client()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(c) {
		if err := call(cancelled, access); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: got %v", name, err)
		}
	}
	f.Close()
	for name, call := range calls(c) {
		if err := call(t.Context(), access); reasonOf(err) != workbench.ReasonUnreachable || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestDeleteApplication(t *testing.T) {
	f := newFake(t)
	f.handle["/"+objectID] = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }
	if err := f.client().DeleteApplication(t.Context(), access, strings.ToUpper(objectID)); err != nil {
		t.Fatalf("deleting: %v", err)
	}
	if r := f.requests[0]; r.Method != "DELETE" || r.URL.String() != "/v1.0/applications/"+objectID || r.Header.Get("Authorization") != "Bearer access-canary" {
		t.Errorf("got %s %s", r.Method, r.URL)
	}
}

func TestCreateServicePrincipal(t *testing.T) {
	for name, taken := range map[string]struct {
		status        int
		code, message string
	}{
		"new":    {},
		"409":    {409, "Request_MultipleObjectsWithSameKeyValue", "The service principal cannot be created, updated, or restored because the service principal name " + clientID + " is already in use."},
		"400":    {400, "Request_BadRequest", "Another object with the same value for property servicePrincipalNames already exists."},
		"plural": {409, "ObjectConflict", ""},
	} {
		f := newFake(t)
		f.handle["/servicePrincipals"] = func(w http.ResponseWriter, r *http.Request) {
			if taken.status != 0 {
				reply(w, taken.status, map[string]any{"error": graphError(taken.code, taken.message)})
				return
			}
			reply(w, 201, map[string]any{"id": strings.ToUpper(personID), "appId": strings.ToUpper(clientID)})
		}
		f.handle["/servicePrincipals(appId='"+clientID+"')"] = func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"id": personID, "appId": clientID})
		}
		got, err := f.client().CreateServicePrincipal(t.Context(), access, strings.ToUpper(clientID))
		if err != nil || got != personID {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, personID)
		}
		if r := f.requests[0]; r.Method != "POST" || f.bodies[0]["appId"] != clientID || len(f.bodies[0]) != 1 {
			t.Errorf("%s: got %s %v", name, r.Method, f.bodies[0])
		}
		if n := f.count(""); n != 1 && (n != 2 || taken.status == 0) {
			t.Errorf("%s: %d requests", name, n)
		}
	}
	for _, body := range []string{"{}", "[]", `{"id":"x","appId":"` + clientID + `"}`, `{"id":"` + personID + `","appId":"` + objectID + `"}`, `{"id":"` + personID + `"}`, "<html>"} {
		f := newFake(t)
		f.handle["/servicePrincipals"] = func(w http.ResponseWriter, r *http.Request) { reply(w, 201, body) }
		if got, err := f.client().CreateServicePrincipal(t.Context(), access, clientID); reasonOf(err) != workbench.ReasonUnreadable || got != "" {
			t.Errorf("%s: got %q, %v", body, got, err)
		}
	}
}

// TestApplicationsAreChecked holds that nothing is sent that could be another address, or lock an application out.
func TestApplicationsAreChecked(t *testing.T) {
	f := newFake(t)
	c := f.client()
	for name, change := range map[string]func(*entra.Application){
		"no name":                func(a *entra.Application) { a.Name = "" },
		"long name":              func(a *entra.Application) { a.Name = strings.Repeat("é", 257) },
		"no unique name":         func(a *entra.Application) { a.Unique = "" },
		"unique name of a quote": func(a *entra.Application) { a.Unique = "a')/owners" },
		"unique name of a path":  func(a *entra.Application) { a.Unique = "a/../b" },
		"unique name too long":   func(a *entra.Application) { a.Unique = strings.Repeat("a", 121) },
		"unique name escaped":    func(a *entra.Application) { a.Unique = "a%27b" },
		"no permission":          func(a *entra.Application) { a.Permissions = nil },
		"many permissions":       func(a *entra.Application) { a.Permissions = slices.Repeat(a.Permissions, 40) },
		"odd permission":         func(a *entra.Application) { a.Permissions = []entra.Permission{{ID: "User.Read"}} },
		"no certificate":         func(a *entra.Application) { a.Certificate = nil },
		"odd certificate":        func(a *entra.Application) { a.Certificate = []byte("secret-canary") },
	} {
		a := child()
		change(&a)
		if _, err := c.CreateApplication(t.Context(), access, a); reasonOf(err) != workbench.ReasonInternal || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, id := range []string{"", "../x", objectID + "/addKey", objectID + "?x", "me"} {
		_, principal := c.CreateServicePrincipal(t.Context(), access, id)
		_, replaced := c.ReplaceKeys(t.Context(), access, id, [][]byte{ourKey().Certificate.Raw})
		_, keys := c.Keys(t.Context(), access, id)
		for what, err := range map[string]error{"principal": principal, "replace": replaced, "keys": keys, "delete": c.DeleteApplication(t.Context(), access, id)} {
			if reasonOf(err) != workbench.ReasonInternal {
				t.Errorf("%s of %q: got %v", what, id, err)
			}
		}
	}
	for name, certificates := range map[string][][]byte{"none": nil, "odd": {ourKey().Certificate.Raw, []byte("secret-canary")}, "many": slices.Repeat([][]byte{ourKey().Certificate.Raw}, 300)} {
		if _, err := c.ReplaceKeys(t.Context(), access, objectID, certificates); reasonOf(err) != workbench.ReasonInternal || strings.Contains(err.Error(), "canary") {
			t.Errorf("replacing with %s: got %v", name, err)
		}
	}
	if n := f.count(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestLongNotesAreCut holds the limits of Microsoft for what is only shown.
func TestLongNotesAreCut(t *testing.T) {
	f := newFake(t)
	a := child()
	a.Notes, a.RedirectURIs = strings.Repeat("é", 5_000), nil
	f.handle["')"] = func(w http.ResponseWriter, r *http.Request) {
		reply(w, 201, map[string]any{"id": objectID, "appId": clientID})
	}
	if _, err := f.client().CreateApplication(t.Context(), access, a); err != nil {
		t.Fatalf("creating: %v", err)
	}
	notes, _ := f.bodies[0]["notes"].(string)
	addresses, _ := f.bodies[0]["web"].(map[string]any)["redirectUris"].([]any)
	if n := utf8.RuneCountInString(notes); n == 0 || n > 1_024 || addresses == nil {
		t.Errorf("got notes of %d characters, and redirect addresses %v", n, addresses)
	}
}

// onlyGraph is a client whose Graph answers everything so.
func onlyGraph(tb testing.TB, status int, body []byte) *entra.Client {
	tb.Helper()
	global, err := entra.ParseCloud("global")
	if err != nil {
		tb.Fatalf("parsing: %v", err)
	}
	return entra.NewClient(global, transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "graph.microsoft.com" || r.URL.Scheme != "https" {
			tb.Errorf("asked %s", r.URL)
		}
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	}), now)
}

func FuzzGraphRefusals(f *testing.F) {
	for _, said := range []map[string]any{graphError("Authorization_RequestDenied", "x"), graphError("", "policy access-canary"), {"details": []any{map[string]any{"code": "c"}}}} {
		text, err := json.Marshal(map[string]any{"error": said})
		if err != nil {
			f.Fatalf("writing: %v", err)
		}
		f.Add(403, text)
	}
	f.Add(404, []byte(`{"error":"x"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 400 || status > 599 {
			return
		}
		for name, call := range calls(onlyGraph(t, status, body)) {
			err := call(t.Context(), access)
			if err == nil {
				if name != "delete" || status != 404 {
					t.Errorf("%s, %d: no error", name, status)
				}
				continue
			}
			fault := workbench.FaultOf(err)
			what, _ := fault.Reason.Explain()
			if what == "" || utf8.RuneCountInString(fault.Detail.Raw()) > 500 || !utf8.ValidString(fault.Detail.Raw()) || strings.Contains(err.Error()+fault.Detail.Raw(), "access-canary") {
				t.Errorf("%s, %d: got %v with %q", name, status, err, fault.Detail.Raw())
			}
		}
	})
}

// TestApplicationAddresses holds that the addresses survive as Graph wants them.
func TestApplicationAddresses(t *testing.T) {
	var asked []string
	cloud, err := entra.ParseCloud("usgov")
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	c := entra.NewClient(cloud, transport(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.Method+" "+r.URL.String())
		return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}), now)
	if _, err := c.CreateApplication(t.Context(), access, child()); reasonOf(err) != workbench.ReasonUnreadable {
		t.Errorf("an answer without ids: got %v", err)
	}
	want := []string{"PATCH https://graph.microsoft.us/v1.0/applications(uniqueName='" + childUnique + "')",
		"GET https://graph.microsoft.us/v1.0/applications(uniqueName='" + childUnique + "')?$select=id,appId,keyCredentials"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("other addresses (-want +got):\n%s", diff)
	}
}
