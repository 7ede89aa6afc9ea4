package simulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whatever a body says, the answer is one of Graph's, and what is refused changes nothing.
func FuzzApplication(f *testing.F) {
	f.Add("applications", "POST", `{"displayName":"x"}`)
	f.Add("applications(uniqueName='w')", "PATCH", `{"displayName":"x","keyCredentials":[{"keyId":"","key":null}]}`)
	f.Add("applications(uniqueName='it''s')", "PATCH", `{"displayName":"x","web":{"redirectUris":null},"requiredResourceAccess":[{"resourceAccess":[{}]}]}`)
	f.Add("applications/11111111-2222-3333-4444-555555555555/addKey", "POST", `{"keyCredential":{"key":"AA=="},"proof":"a.b.c"}`)
	f.Add("servicePrincipals", "POST", `{"appId":{}}`)
	var once sync.Once // as keys take a while to make
	var e *entra
	var token string
	f.Fuzz(func(t *testing.T, path, method, body string) {
		once.Do(func() { e, token = newParent(t) })
		u := &url.URL{Path: "/v1.0/" + path}
		r, err := http.NewRequestWithContext(t.Context(), method, e.address("")+u.EscapedPath(), strings.NewReader(body))
		if err != nil {
			t.Skip("no request")
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Prefer", "create-if-missing")
		status, _, answer := e.do(t, r)
		made := len(e.contoso.Apps()) - 1
		for _, app := range e.contoso.Apps()[1:] {
			app.Delete()
		}
		switch {
		case status >= 500:
			t.Errorf("%s %s: got %d %s", method, path, status, answer)
		case answer != "" && !json.Valid([]byte(answer)):
			t.Errorf("%s %s: got no JSON: %s", method, path, answer)
		case made > 1 || (made == 1) != (status == http.StatusCreated && strings.Contains(answer, "#applications/")):
			t.Errorf("%s %s: got %d %s, and %d apps were made", method, path, status, answer, made)
		}
	})
}

// The certificates of an app are those of the last list that was taken, in its order, and keep their ids as long as they are in it.
func TestReplacedKeysAreThoseOfTheList(t *testing.T) {
	e, token := newParent(t)
	var certificates [][]byte
	for i := range 6 {
		certificates = append(certificates, mustCertificate(t, firstKey(), start.Add(-time.Duration(i)*time.Minute), start.AddDate(0, 3, 0)).der)
	}
	made := e.made(t, e.directory(t, token, "POST", "/v1.0/applications", child()))
	at := "/v1.0/applications/" + made.ObjectID()
	thumbprints := map[string]int{}
	for i, der := range certificates {
		id, err := made.UploadCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		thumbprints[made.Certificates()[0].SHA256] = i
		made.RemoveCertificate(id)
	}
	rapid.Check(t, func(rt *rapid.T) {
		ids := map[int]string{} // of those that are registered now
		var now []int
		read := func() {
			clear(ids)
			now = nil
			for _, c := range made.Certificates() {
				i := thumbprints[c.SHA256]
				now, ids[i] = append(now, i), c.KeyID
			}
		}
		for range rapid.IntRange(1, 6).Draw(rt, "lists") {
			read()
			before, had := slices.Clone(now), make(map[int]string)
			for i, id := range ids {
				had[i] = id
			}
			list := rapid.SliceOfN(rapid.IntRange(0, len(certificates)-1), 0, 5).Draw(rt, "list")
			keys := []any{}
			for _, i := range list {
				key := map[string]any{"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.StdEncoding.EncodeToString(certificates[i])}
				if id, ok := had[i]; ok && rapid.Bool().Draw(rt, "by id") {
					key["keyId"] = id
					if rapid.Bool().Draw(rt, "without key") {
						key["key"] = nil
					}
				}
				keys = append(keys, key)
			}
			a := e.directory(t, token, "PATCH", at, map[string]any{"keyCredentials": keys})
			read()
			sorted := slices.Sorted(slices.Values(list))
			if twice := len(slices.Compact(sorted)) < len(list); twice {
				if a.status != http.StatusBadRequest || !cmp.Equal(before, now) {
					rt.Fatalf("one twice in %v: got %d, %v became %v", list, a.status, before, now)
				}
				continue
			}
			if a.status != http.StatusNoContent || !slices.Equal(list, now) {
				rt.Fatalf("got %d %s and %v, want %v", a.status, a.raw, now, list)
			}
			for i, id := range ids {
				if old, ok := had[i]; ok && old != id {
					rt.Fatalf("certificate %d got another id", i)
				}
			}
		}
	})
}
