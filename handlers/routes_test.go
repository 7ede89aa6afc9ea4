package handlers_test

import (
	"flag"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"workbench"
)

var update = flag.Bool("update", false, "write golden files")

func TestSiteMap(t *testing.T) {
	got := strings.Join(newStack(t).server.Routes(), "\n") + "\n"
	if *update {
		if err := os.WriteFile("testdata/routes.golden", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/routes.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the site map changed; look at it, then run the test with -update:\n%s", got)
	}
}

// route is a line of the site map.
type route struct{ method, path, permission string }

func (s *stack) routes() []route {
	var all []route
	for _, line := range s.server.Routes() {
		f := strings.Fields(line)
		all = append(all, route{f[0], f[1], f[2]})
	}
	return all
}

// fill puts values into the parameters of a path.
func fill(path, id string) string {
	return strings.NewReplacer(":id", id, ":hash", strings.Repeat("0", 64), "*", "app.css").Replace(path)
}

func TestEveryRouteAsksForSignIn(t *testing.T) {
	s := newStack(t).withSamples()
	id := string(s.rows()[0].ID)
	for _, r := range s.routes() {
		if r.permission == string(workbench.Public) {
			continue
		}
		w := s.do(r.method, fill(r.path, id), url.Values{})
		if w.Code != http.StatusSeeOther && w.Code != http.StatusUnauthorized {
			t.Errorf("%s %s answers %d to nobody, want to be sent to the sign-in page", r.method, r.path, w.Code)
		}
		if strings.Contains(w.Body.String(), id) && w.Code != http.StatusSeeOther {
			t.Errorf("%s %s tells nobody of a story", r.method, r.path)
		}
	}
}

func TestEveryRouteHidesOtherTenants(t *testing.T) {
	s := newStack(t).withSamples()
	row := s.rows()[0]
	s.signedIn(workbench.Account{ID: "stranger", Name: "stranger", Role: workbench.AdministratorRole, Grants: []workbench.TenantID{"00000000-0000-0000-0000-00000000ffff"}})
	absent := strings.Repeat("a", 26)
	for _, r := range s.routes() {
		if !strings.Contains(r.path, ":id") {
			continue
		}
		hidden, unknown := s.do(r.method, fill(r.path, string(row.ID)), url.Values{}), s.do(r.method, fill(r.path, absent), url.Values{})
		if hidden.Code != http.StatusNotFound || hidden.Code != unknown.Code {
			t.Errorf("%s %s answers %d for another tenant's story and %d for none, want 404 for both", r.method, r.path, hidden.Code, unknown.Code)
		}
		if strings.Contains(hidden.Body.String(), row.Indication.Raw()) {
			t.Errorf("%s %s tells of another tenant's story", r.method, r.path)
		}
	}
	for _, form := range []string{"", ".json", ".csv", ".ndjson"} {
		if body := s.mustGet("/stories" + form); strings.Contains(body, string(row.ID)) || strings.Contains(body, string(row.Tenant.ID)) {
			t.Errorf("/stories%s tells of another tenant's story", form)
		}
	}
}

func TestUnsafeRequestsOfOtherSitesAreRefused(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	row := s.rows()[0]
	for _, r := range s.routes() {
		if r.method != http.MethodPost {
			continue
		}
		for _, site := range []string{"cross-site", "same-site"} {
			w := s.do(r.method, fill(r.path, string(row.ID)), url.Values{"comment": {"forged"}}, "Sec-Fetch-Site", site)
			if w.Code != http.StatusForbidden {
				t.Errorf("%s %s answers %d to a %s page, want 403", r.method, r.path, w.Code, site)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	row := s.rows()[0]
	for _, path := range []string{"/stories", "/stories/" + string(row.ID), "/stories/" + string(row.ID) + "/raw", "/stories.json", "/sign-in", "/nowhere", "/gallery"} {
		h := s.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy %q misses %s", path, csp, part)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy %q allows something unsafe", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		cache := "no-store"
		if strings.HasPrefix(path, "/stories") && !strings.Contains(path, "/stories/") {
			cache = "private, no-cache"
		}
		if got := h.Get("Cache-Control"); got != cache {
			t.Errorf("%s: Cache-Control is %q, want %q", path, got, cache)
		}
	}
}

func TestOtherHostNamesAreNotAnswered(t *testing.T) {
	s := newStack(t)
	for host, want := range map[string]int{"localhost:8080": 200, "127.0.0.1:9": 200, "[::1]:9": 200, "evil.example": 421, "localhost.evil.example": 421, "192.0.2.1": 421} {
		if w := s.do(http.MethodGet, "/sign-in", nil, "X-Forwarded-Host", "localhost"); w.Code != http.StatusOK {
			t.Fatalf("the sign-in page answers %d", w.Code)
		}
		w := s.doHost(host, "/sign-in")
		if w.Code != want {
			t.Errorf("host %s: got %d, want %d", host, w.Code, want)
		}
	}
}
