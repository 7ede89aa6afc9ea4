package entra_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/entra"
)

func TestKeys(t *testing.T) {
	const print = "52ED9B5038A47B9E2E2190715CC238359D4F8F73"
	raw, err := hex.DecodeString(print)
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	key := func(more map[string]any) map[string]any {
		k := map[string]any{"keyId": strings.ToUpper(keyID), "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "CN=x", "key": nil, "startDateTime": "2026-05-04T03:02:01Z", "endDateTime": "2026-08-04T03:02:01.1234567Z"}
		for name, v := range more {
			k[name] = v
		}
		return k
	}
	full := entra.RegisteredKey{KeyID: keyID, Thumbprint: print, NotBefore: clock, NotAfter: time.Date(2026, 8, 4, 3, 2, 1, 123456700, time.UTC)}
	for name, test := range map[string]struct {
		key  map[string]any
		want []entra.RegisteredKey
	}{
		"hexadecimal":           {key(map[string]any{"customKeyIdentifier": strings.ToLower(print)}), []entra.RegisteredKey{full}},
		"base64":                {key(map[string]any{"customKeyIdentifier": base64.StdEncoding.EncodeToString(raw)}), []entra.RegisteredKey{full}},
		"base64 of hexadecimal": {key(map[string]any{"customKeyIdentifier": base64.StdEncoding.EncodeToString([]byte(print))}), []entra.RegisteredKey{full}},
		"no thumbprint":         {key(nil), []entra.RegisteredKey{{KeyID: keyID, NotBefore: full.NotBefore, NotAfter: full.NotAfter}}},
		"another identifier":    {key(map[string]any{"customKeyIdentifier": "dGVzdA=="}), []entra.RegisteredKey{{KeyID: keyID, NotBefore: full.NotBefore, NotAfter: full.NotAfter}}},
		"long identifier":       {key(map[string]any{"customKeyIdentifier": strings.Repeat("A", 4_000)}), []entra.RegisteredKey{{KeyID: keyID, NotBefore: full.NotBefore, NotAfter: full.NotAfter}}},
		"the certificate itself": {key(map[string]any{"customKeyIdentifier": print, "key": base64.StdEncoding.EncodeToString([]byte("certificate"))}),
			[]entra.RegisteredKey{{KeyID: keyID, Thumbprint: thumbprintOf([]byte("certificate")), NotBefore: full.NotBefore, NotAfter: full.NotAfter}}},
		"rubbish for a certificate": {key(map[string]any{"customKeyIdentifier": print, "key": "%%%"}), []entra.RegisteredKey{full}},
		"no times":                  {key(map[string]any{"customKeyIdentifier": print, "startDateTime": "", "endDateTime": nil}), []entra.RegisteredKey{{KeyID: keyID, Thumbprint: print}}},
		"odd times":                 {key(map[string]any{"customKeyIdentifier": print, "startDateTime": "soon", "endDateTime": strings.Repeat("2", 99)}), []entra.RegisteredKey{{KeyID: keyID, Thumbprint: print}}},
		"no id":                     {key(map[string]any{"keyId": "x"}), []entra.RegisteredKey{}},
		"for encryption":            {key(map[string]any{"usage": "Encrypt"}), []entra.RegisteredKey{}},
		"symmetric":                 {key(map[string]any{"type": "Symmetric"}), []entra.RegisteredKey{}},
	} {
		f := newFake(t)
		f.handle["/"+objectID] = func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"id": objectID, "keyCredentials": []any{test.key}})
		}
		got, err := f.client().Keys(t.Context(), access, strings.ToUpper(objectID))
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: got %v (-want +got):\n%s", name, err, diff)
		}
		if r := f.requests[0]; r.Method != "GET" || r.URL.String() != "/v1.0/applications/"+objectID+"?$select=keyCredentials" {
			t.Errorf("%s: got %s %s", name, r.Method, r.URL)
		}
	}
	for name, body := range map[string]string{"HTML": "<html>", "cut": `{"keyCredentials":[`, "no list": `{"keyCredentials":7}`, "number for an id": `{"keyCredentials":[{"keyId":7}]}`,
		"long": `{"x":"` + strings.Repeat("x", 2<<20) + `"}`, "300": `{"keyCredentials":[{}` + strings.Repeat(",{}", 299) + `]}`} {
		if got, err := onlyGraph(t, 200, []byte(body)).Keys(t.Context(), access, objectID); reasonOf(err) != workbench.ReasonUnreadable || got != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

// graphOfKeys is a Graph that keeps the certificates of one application.
type graphOfKeys struct {
	kept  []map[string]any
	blind bool // it does not list them
	made  int
}

func (g *graphOfKeys) serve(w http.ResponseWriter, r *http.Request, body map[string]any) {
	if r.Method == "PATCH" {
		g.kept = nil
		for _, k := range body["keyCredentials"].([]any) {
			g.made++
			key := k.(map[string]any)
			key["keyId"] = strings.Replace(keyID, "ffffffff", strings.Repeat(string('a'+rune(g.made)), 8), 1)
			g.kept = append([]map[string]any{key}, g.kept...) // in no order that means anything
		}
		w.WriteHeader(204)
		return
	}
	if g.blind {
		reply(w, 404, map[string]any{"error": graphError("Request_ResourceNotFound", "not yet")})
		return
	}
	reply(w, 200, map[string]any{"id": objectID, "keyCredentials": g.kept})
}

func TestReplaceKeys(t *testing.T) {
	f, g := newFake(t), &graphOfKeys{}
	f.handle["/"+objectID] = func(w http.ResponseWriter, r *http.Request) { g.serve(w, r, f.bodies[len(f.bodies)-1]) }
	old := ourKey().Certificate.Raw
	next, _, err := entra.NewCertificate("Stories Workbench", clock)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	ids, err := f.client().ReplaceKeys(t.Context(), access, strings.ToUpper(objectID), [][]byte{next, old})
	want := []string{strings.Replace(keyID, "ffffffff", "bbbbbbbb", 1), strings.Replace(keyID, "ffffffff", "cccccccc", 1)}
	if diff := cmp.Diff(want, ids); err != nil || diff != "" {
		t.Fatalf("got %v (-want +got):\n%s", err, diff)
	}
	if r := f.requests[0]; r.Method != "PATCH" || r.URL.String() != "/v1.0/applications/"+objectID || r.Header.Get("Prefer") != "" || len(f.bodies[0]) != 1 {
		t.Errorf("got %s %s %v", r.Method, r.URL, f.bodies[0])
	}
	for _, k := range g.kept {
		if k["type"] != "AsymmetricX509Cert" || k["usage"] != "Verify" || k["key"] == nil || k["startDateTime"] == "" || k["endDateTime"] == "" || len(k["displayName"].(string)) > 90 {
			t.Errorf("got %v, which is not whole", k)
		}
	}
	g.blind = true
	if ids, err := f.client().ReplaceKeys(t.Context(), access, objectID, [][]byte{next}); err != nil || cmp.Diff([]string{""}, ids) != "" || len(g.kept) != 1 {
		t.Errorf("where Microsoft does not list them: got %q, %v", ids, err)
	}
	g.blind = false
	if got, err := f.client().Keys(t.Context(), access, objectID); err != nil || len(got) != 1 || got[0].Thumbprint != thumbprintOf(next) {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte(`{"keyCredentials":[{"keyId":"` + keyID + `","type":"AsymmetricX509Cert","usage":"Verify","customKeyIdentifier":"52ED9B5038A47B9E2E2190715CC238359D4F8F73","endDateTime":"2026-08-04T03:02:01Z"}]}`))
	f.Add([]byte(`{"keyCredentials":[{"keyId":"` + keyID + `","type":"AsymmetricX509Cert","usage":"Verify","key":"MII=","customKeyIdentifier":"Uu2bUDike54uIZBxXMI4NZ1Pj3M="}]}`))
	f.Add([]byte(`{"keyCredentials":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := onlyGraph(t, 200, body).Keys(t.Context(), access, objectID)
		if err != nil {
			if reasonOf(err) != workbench.ReasonUnreadable || keys != nil {
				t.Errorf("got %v with %v", keys, err)
			}
			return
		}
		if !json.Valid(body) {
			t.Errorf("%q is no JSON and is read", body)
		}
		for _, k := range keys {
			if _, ok := entra.GUID(k.KeyID); !ok || len(k.Thumbprint) != 0 && len(k.Thumbprint) != 40 || strings.Trim(k.Thumbprint, "0123456789ABCDEF") != "" {
				t.Errorf("%q: got %+v", body, k)
			}
		}
	})
}
