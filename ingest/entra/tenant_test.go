package entra_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"workbench"
	"workbench/ingest/entra"
)

func TestResolve(t *testing.T) {
	f := newFake(t)
	for _, entered := range []string{"contoso.com", " Contoso.COM ", string(tenantA), strings.ToUpper(string(tenantA))} {
		if got, err := f.client().Resolve(t.Context(), entered); err != nil || got != tenantA {
			t.Errorf("%q: got %q, %v", entered, got, err)
		}
	}
	f.handle["/openid-configuration"] = func(w http.ResponseWriter, r *http.Request) {
		reply(w, 400, refusal("invalid_tenant", 90002, "Tenant 'x.example' not found."))
	}
	if _, err := f.client().Resolve(t.Context(), "x.example"); reasonOf(err) != workbench.ReasonTenantUnknown {
		t.Errorf("got %v, want that the tenant is unknown", err)
	}
}

func TestResolveAsksOnlyForTenants(t *testing.T) {
	f := newFake(t)
	for _, entered := range []string{"", " ", "common", "organizations", "consumers", "..", "../" + string(tenantA), "a.b/../c", "a.b?x=y", "a.b#c", "a.b%2fc", "a b.c", "-a.b", "a-.b", "a..b", ".a.b", "a.b.",
		"10.0.0.1", "[::1]", "a.b:80", "user@a.b", "пример.рф", strings.Repeat("a", 64) + ".b", strings.Repeat("a.", 130) + "b", string(tenantA) + "/x", string(tenantA)[1:], "{" + string(tenantA) + "}", "a\n.b", "a.b\x00"} {
		_, err := f.client().Resolve(t.Context(), entered)
		var bad *workbench.Invalid
		if !errors.As(err, &bad) || bad.Fields["tenant"] == "" {
			t.Errorf("%q: got %v, want a sentence about the tenant", entered, err)
		}
	}
	if n := f.count(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func FuzzParseTenant(f *testing.F) {
	for _, s := range []string{"contoso.com", string(tenantA), "../x", "a.b/c", "xn--e1afmkfd.example", "A.B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := entra.ParseTenant(text)
		if err == nil && (got == "" || strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || strings.Contains(got, "..") || len(got) > 253) {
			t.Errorf("%q: got %q, which must not stand in an address", text, got)
		}
	})
}

// TestMetadataMustMatch holds that no code, secret or assertion leaves where the discovery document is not exactly the tenant's.
func TestMetadataMustMatch(t *testing.T) {
	other := newFake(t)
	for name, test := range map[string]struct {
		change func(m map[string]any, f *fake)
		want   workbench.Reason
	}{
		"another tenant": {func(m map[string]any, f *fake) { m["issuer"] = f.URL + "/" + string(tenantB) + "/v2.0" }, workbench.ReasonUnreadable},
		"template":       {func(m map[string]any, f *fake) { m["issuer"] = f.URL + "/{tenantid}/v2.0" }, workbench.ReasonUnreadable},
		"no issuer":      {func(m map[string]any, f *fake) { delete(m, "issuer") }, workbench.ReasonUnreadable},
		"longer issuer":  {func(m map[string]any, f *fake) { m["issuer"] = f.URL + "/" + string(tenantA) + "/v2.0/" }, workbench.ReasonUnreadable},
		"older issuer":   {func(m map[string]any, f *fake) { m["issuer"] = f.URL + "/" + string(tenantA) + "/" }, workbench.ReasonUnreadable},
		"upper-case issuer": {func(m map[string]any, f *fake) {
			m["issuer"] = f.URL + "/" + strings.ToUpper(string(tenantA)) + "/v2.0"
		}, workbench.ReasonUnreadable},
		"issuer elsewhere":         {func(m map[string]any, f *fake) { m["issuer"] = other.URL + "/" + string(tenantA) + "/v2.0" }, workbench.ReasonUnreadable},
		"token endpoint elsewhere": {func(m map[string]any, f *fake) { m["token_endpoint"] = other.URL + "/token" }, workbench.ReasonUnreadable},
		"keys elsewhere":           {func(m map[string]any, f *fake) { m["jwks_uri"] = other.URL + "/keys" }, workbench.ReasonUnreadable},
		"keys with a user":         {func(m map[string]any, f *fake) { m["jwks_uri"] = strings.Replace(f.URL, "//", "//u@", 1) + "/keys" }, workbench.ReasonUnreadable},
		"no keys":                  {func(m map[string]any, f *fake) { delete(m, "jwks_uri") }, workbench.ReasonUnreadable},
		"authorize elsewhere":      {func(m map[string]any, f *fake) { m["authorization_endpoint"] = "javascript:alert(1)" }, workbench.ReasonUnreadable},
		"another cloud": {func(m map[string]any, f *fake) {
			m["token_endpoint"] = "https://login.microsoftonline.us/t/oauth2/v2.0/token"
		}, workbench.ReasonWrongCloud},
		"2 MiB":   {func(m map[string]any, f *fake) { m["padding"] = strings.Repeat("x", 2<<20) }, workbench.ReasonUnreadable},
		"numbers": {func(m map[string]any, f *fake) { m["issuer"] = 7 }, workbench.ReasonUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.handle["/openid-configuration"] = func(w http.ResponseWriter, r *http.Request) {
				m := f.discovery(string(tenantA))
				test.change(m, f)
				reply(w, 200, m)
			}
			f.tokens(200, "{}")
			if _, err := f.client().Redeem(t.Context(), signIn(), "code", ourKey()); reasonOf(err) != test.want {
				t.Errorf("redeeming: got %v, want %s", err, test.want)
			}
			if f.count("/token") != 0 || other.count("") != 0 {
				t.Errorf("got %d token requests, and %d requests elsewhere", f.count("/token"), other.count(""))
			}
			if _, err := f.client().Resolve(t.Context(), string(tenantA)); reasonOf(err) != test.want {
				t.Errorf("resolving: got %v, want %s", err, test.want)
			}
		})
	}
}
