package entra_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"workbench"
	"workbench/ingest/entra"
)

var access = entra.Token{Access: "access-canary"}

func TestAddKeyAndRemoveKey(t *testing.T) {
	f := newFake(t)
	f.handle["/addKey"] = func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"@odata.context": "x", "keyId": strings.ToUpper(keyID), "usage": "Verify", "key": nil})
	}
	f.handle["/removeKey"] = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }
	got, err := f.client().AddKey(t.Context(), access, strings.ToUpper(objectID), ourKey(), []byte("new certificate"))
	if err != nil || got != keyID {
		t.Fatalf("got %q, %v, want %q", got, err, keyID)
	}
	if err := f.client().RemoveKey(t.Context(), access, objectID, ourKey(), keyID); err != nil {
		t.Errorf("removing: %v", err)
	}
	for i, path := range []string{"addKey", "removeKey"} {
		r := f.requests[i]
		if r.URL.Path != "/v1.0/applications/"+objectID+"/"+path || r.Method != "POST" || r.Header.Get("Authorization") != "Bearer access-canary" || r.Header.Get("client-request-id") == "" {
			t.Errorf("got %s %s", r.Method, r.URL)
		}
		proof, _ := f.bodies[i]["proof"].(string)
		if strings.Contains(proof, "=") {
			t.Error("the proof is padded")
		}
		_, claims := decoded(t, proof)
		if claims["aud"] != "00000002-0000-0000-c000-000000000000" || claims["iss"] != objectID || claims["exp"].(float64) != claims["nbf"].(float64)+600 || claims["nbf"].(float64) > float64(clock.Unix()) {
			t.Errorf("got claims %v", claims)
		}
		cut := strings.LastIndex(proof, ".")
		signature, err := base64.RawURLEncoding.DecodeString(proof[cut+1:])
		if err != nil {
			t.Fatalf("reading the signature: %v", err)
		}
		sum := sha256.Sum256([]byte(proof[:cut]))
		if err := rsa.VerifyPKCS1v15(ourKey().Signer.Public().(*rsa.PublicKey), crypto.SHA256, sum[:], signature); err != nil {
			t.Errorf("verifying the proof: %v", err)
		}
	}
	added := f.bodies[0]
	credential, _ := added["keyCredential"].(map[string]any)
	if password, ok := added["passwordCredential"]; !ok || password != nil || fmt.Sprint(credential) != "map[key:"+base64.StdEncoding.EncodeToString([]byte("new certificate"))+" type:AsymmetricX509Cert usage:Verify]" {
		t.Errorf("got credential %v, password %v", credential, password)
	}
	if f.bodies[1]["keyId"] != keyID {
		t.Errorf("got key id %v", f.bodies[1]["keyId"])
	}
}

func TestAddKeyRefusals(t *testing.T) {
	for _, test := range []struct {
		status        int
		code, message string
		want          workbench.Reason
	}{
		{400, "CredentialInvalidLifetimeAsPerAppPolicy", "Credential lifetime exceeds the max value allowed as per assigned policy 'x'", workbench.ReasonKeyPolicy},
		{400, "KeyCredentialsNotAllowedAsPerAppPolicy", "", workbench.ReasonKeyPolicy},
		{400, "Request_BadRequest", "The application's management policies do not allow this issuer.", workbench.ReasonKeyPolicy},
		{403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", workbench.ReasonRenewalRefused},
		{401, "Authentication_MissingOrMalformed", "Access Token missing or malformed.", workbench.ReasonRenewalRefused},
		{401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", workbench.ReasonTokenRefused},
		{404, "Request_ResourceNotFound", "Resource 'x' does not exist.", workbench.ReasonRenewalRefused},
		{400, "Request_BadRequest", "The proof is wrong: eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.x access-canary", workbench.ReasonRenewalRefused},
		{429, "TooManyRequests", "", workbench.ReasonThrottled},
		{503, "ServiceUnavailable", "policy", workbench.ReasonUnavailable},
		{400, "", "", workbench.ReasonUnreadable},
		{200, "", "", workbench.ReasonUnreadable},
		{307, "", "", workbench.ReasonUnreadable},
	} {
		f := newFake(t)
		f.handle["Key"] = func(w http.ResponseWriter, r *http.Request) {
			reply(w, test.status, map[string]any{"error": map[string]any{"code": test.code, "message": test.message, "innerError": map[string]any{"request-id": "x"}}})
		}
		_, err := f.client().AddKey(t.Context(), access, objectID, ourKey(), []byte("c"))
		if got := reasonOf(err); got != test.want {
			t.Errorf("%d %s: got %q (%v), want %q", test.status, test.code, got, err, test.want)
		}
		if text := err.Error() + workbench.FaultOf(err).Detail.Raw(); strings.Contains(text, "canary") || strings.Contains(text, "eyJ") || workbench.FaultOf(err).Trace.IsZero() {
			t.Errorf("%d %s: got error %s", test.status, test.code, text)
		}
		if err := f.client().RemoveKey(t.Context(), access, objectID, ourKey(), keyID); (err == nil) != (test.status == 404 || test.status == 200) {
			t.Errorf("removing, %d: got %v", test.status, err)
		}
	}
}

func TestKeysAreOfRegistrations(t *testing.T) {
	f := newFake(t)
	for _, id := range []string{"", "../x", objectID + "/addKey?", "me"} {
		if _, err := f.client().AddKey(t.Context(), access, id, ourKey(), nil); reasonOf(err) != workbench.ReasonInternal {
			t.Errorf("adding to %q: got %v", id, err)
		}
		if err := f.client().RemoveKey(t.Context(), access, objectID, ourKey(), id); reasonOf(err) != workbench.ReasonInternal {
			t.Errorf("removing %q: got %v", id, err)
		}
	}
	if _, err := f.client().AddKey(t.Context(), access, objectID, entra.Key{Secret: "s"}, nil); reasonOf(err) != workbench.ReasonInternal {
		t.Errorf("a secret as proof: got %v", err)
	}
	if n := f.count(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
