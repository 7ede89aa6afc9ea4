package entra_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"workbench"
	"workbench/ingest/entra"
)

func TestClouds(t *testing.T) {
	for text, want := range map[string]string{
		"global":                              "global https://login.microsoftonline.com https://graph.microsoft.com Microsoft 365 Global and GCC",
		"usgov;global":                        "usgov https://login.microsoftonline.us https://graph.microsoft.us GCC High;global https://login.microsoftonline.com https://graph.microsoft.com Microsoft 365 Global and GCC",
		" USGov-DoD ;global":                  "usgov-dod https://login.microsoftonline.us https://dod-graph.microsoft.us DoD;global https://login.microsoftonline.com https://graph.microsoft.com Microsoft 365 Global and GCC",
		"https://a.example,https://b.example": "custom https://a.example https://b.example custom",
		"custom=https://a.example,https://b.example":              "custom https://a.example https://b.example custom",
		" Lab-1 = https://a.example , https://b.example ;usgov":   "lab-1 https://a.example https://b.example lab-1;usgov https://login.microsoftonline.us https://graph.microsoft.us GCC High",
		"usgov=http://127.0.0.1:7000,http://127.0.0.1:7001":       "usgov http://127.0.0.1:7000 http://127.0.0.1:7001 GCC High",
		"one=https://a.example,https://a.example;two=https://b,c": "",
		"":                                    "",
		"global;global":                       "",
		"global;GLOBAL":                       "",
		"global;global=https://a.b,https://c": "",
		"https://a.b,https://c;custom=https://a.b,https://d": "",
		"china":                       "",
		"21Vianet":                    "",
		"global;China":                "",
		"china=https://a.b,https://c": "",
		"moon":                        "",
		"custom":                      "",
		"usgov=":                      "",
		"usgov=global":                "",
		"=https://a.b,https://c":      "",
		"a b=https://a.b,https://c":   "",
		"-a=https://a.b,https://c":    "",
		"a/b=https://a.b,https://c":   "",
		"a=b=https://a.b,https://c":   "",
		strings.Repeat("a", 33) + "=https://a.b,https://c": "",
		"x=https://a.b/path,https://c":                     "",
		"x=http://a.b,https://c":                           "",
		strings.Repeat("global;", 40) + "global":           "",
	} {
		got, err := entra.Clouds(strings.Split(text, ";"))
		var all []string
		for _, c := range got {
			all = append(all, fmt.Sprint(c.Name, " ", c.Authority, " ", c.Graph, " ", c.Label()))
		}
		if strings.Join(all, ";") != want {
			t.Errorf("%.60q: got %q, %v, want %q", text, all, err, want)
		}
		var bad *workbench.Invalid
		if want == "" && (!errors.As(err, &bad) || bad.Fields["cloud"] == "" || got != nil) {
			t.Errorf("%.60q: got %v, %v, want a sentence about the cloud", text, got, err)
		}
	}
	if _, err := entra.Clouds(nil); err == nil {
		t.Error("no cloud at all is taken")
	}
}

func TestUnavailableCloudsSayWhy(t *testing.T) {
	all := entra.Unavailable()
	if len(all) == 0 {
		t.Fatal("there is none")
	}
	for _, c := range all {
		_, err := entra.ParseCloud(c.Name)
		var bad *workbench.Invalid
		if !errors.As(err, &bad) || bad.Fields["cloud"] != c.Why || !strings.HasSuffix(c.Why, ".") || c.Label == "" {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	all[0].Name = "global"
	if _, err := entra.ParseCloud("global"); err != nil || entra.Unavailable()[0].Name == "global" {
		t.Errorf("a caller changed the list: %v", err)
	}
}

func FuzzClouds(f *testing.F) {
	for _, s := range []string{"global", "usgov\nusgov-dod", "lab=https://a.example,https://b.example\nglobal", "https://a,https://b", "=,", "china"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names := strings.Split(text, "\n")
		got, err := entra.Clouds(names)
		if err != nil {
			var bad *workbench.Invalid
			if !errors.As(err, &bad) || got != nil {
				t.Errorf("%q: got %v with %v", text, got, err)
			}
			return
		}
		seen := map[string]bool{}
		for _, c := range got {
			again, err := entra.ParseCloud(c.Name + "=" + c.Authority.String() + "," + c.Graph.String())
			if err != nil || again.Name != c.Name || again.Authority.String() != c.Authority.String() || again.Graph.String() != c.Graph.String() {
				t.Errorf("%q: %v is not read again: %v, %v", text, c, again, err)
			}
			if seen[c.Name] || c.Label() == "" || url.PathEscape(c.Name) != c.Name {
				t.Errorf("%q: got the name %q", text, c.Name)
			}
			seen[c.Name] = true
			for _, u := range []*url.URL{c.Authority, c.Graph} {
				if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
					t.Errorf("%q: got %s", text, u)
				}
			}
		}
		if len(got) != len(names) {
			t.Errorf("%q: got %d clouds of %d", text, len(got), len(names))
		}
	})
}

// TestTenantsOfOtherClouds reads discovery documents as they are answered for tenants of another cloud.
func TestTenantsOfOtherClouds(t *testing.T) {
	for name, test := range map[string]struct {
		cloud, authority, part string
		says                   string // "" = the tenant is found
	}{
		"global":                        {"global", "https://login.microsoftonline.com", "", ""},
		"GCC":                           {"global", "https://login.microsoftonline.com", "GCC", ""},
		"GCC High":                      {"usgov", "https://login.microsoftonline.us", "DODCON", ""},
		"DoD":                           {"usgov-dod", "https://login.microsoftonline.us", "DOD", ""},
		"government, nothing said":      {"usgov-dod", "https://login.microsoftonline.us", "", ""},
		"government, something new":     {"usgov", "https://login.microsoftonline.us", "NEW", ""},
		"own addresses":                 {"lab=https://login.example,https://graph.example", "https://login.example", "DOD", ""},
		"GCC High asked as DoD":         {"usgov-dod", "https://login.microsoftonline.us", "DODCON", "The tenant is in the cloud GCC High."},
		"DoD asked as GCC High":         {"usgov", "https://login.microsoftonline.us", "DOD", "The tenant is in the cloud DoD."},
		"GCC High asked as global":      {"global", "https://login.microsoftonline.us", "DODCON", "The tenant is in the cloud GCC High."},
		"government asked as global":    {"global", "https://login.microsoftonline.us", "", "The tenant is in the cloud DoD or GCC High."},
		"global asked as GCC High":      {"usgov", "https://login.microsoftonline.com", "", "The tenant is in the cloud Microsoft 365 Global and GCC."},
		"China asked as global":         {"global", "https://login.partner.microsoftonline.cn", "", "has no incidents and alerts"},
		"China at its older address":    {"global", "https://login.chinacloudapi.cn", "", "has no incidents and alerts"},
		"global asked at own addresses": {"lab=https://login.example,https://graph.example", "https://login.microsoftonline.com", "", "The tenant is in the cloud Microsoft 365 Global and GCC."},
	} {
		cloud, err := entra.ParseCloud(test.cloud)
		if err != nil {
			t.Fatalf("parsing: %v", err)
		}
		base := test.authority + "/" + string(tenantA)
		said := fmt.Sprintf(`{"issuer":"%[1]s/v2.0","authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token","jwks_uri":"%[1]s/discovery/v2.0/keys","tenant_region_sub_scope":%[2]q}`, base, test.part)
		c := entra.NewClient(cloud, transport(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(said)), Request: r}, nil
		}), now)
		got, err := c.Resolve(t.Context(), string(tenantA))
		if test.says == "" {
			if err != nil || got != tenantA {
				t.Errorf("%s: got %q, %v", name, got, err)
			}
			continue
		}
		if fault := workbench.FaultOf(err); fault.Reason != workbench.ReasonWrongCloud || !strings.Contains(fault.Detail.Raw(), test.says) || got != "" {
			t.Errorf("%s: got %q, %v with %q", name, got, err, fault.Detail.Raw())
		}
	}
}

// TestErrorsThatNameTheApp has the numbers that say that cloud or app are not the tenant's, wherever they come.
func TestErrorsThatNameTheApp(t *testing.T) {
	for _, row := range []struct {
		number int
		word   string
		want   workbench.Reason
	}{
		{90038, "invalid_request", workbench.ReasonWrongCloud},
		{900382, "invalid_request", workbench.ReasonWrongCloud},
		{900432, "invalid_request", workbench.ReasonWrongCloud},
		{900439, "invalid_request", workbench.ReasonWrongCloud},
		{50194, "unauthorized_client", workbench.ReasonSingleTenant},
		{50194, "invalid_request", workbench.ReasonSingleTenant},
		{50020, "access_denied", workbench.ReasonWrongAccount},
		{90072, "access_denied", workbench.ReasonWrongAccount},
		{90093, "access_denied", workbench.ReasonNotAdministrator},
		{90094, "access_denied", workbench.ReasonNotAdministrator},
		{90095, "consent_required", workbench.ReasonNotAdministrator},
		{900941, "access_denied", workbench.ReasonNotAdministrator},
		{65001, "invalid_grant", workbench.ReasonNotConsented},
		{65001, "consent_required", workbench.ReasonNotConsented},
		{700016, "unauthorized_client", workbench.ReasonApplicationUnknown},
	} {
		said := refusal(row.word, row.number, "Words of Microsoft.")
		f := newFake(t)
		f.tokens(400, said)
		_, token := f.client().AppToken(t.Context(), tenantA, clientID, ourKey())
		_, redeemed := f.client().Redeem(t.Context(), signIn(), "code", ourKey())
		f.handle["/openid-configuration"] = func(w http.ResponseWriter, r *http.Request) { reply(w, 400, said) }
		_, found := f.client().Resolve(t.Context(), "contoso.com")
		a, err := entra.ParseAnswer(url.Values{"state": {"s"}, "error": {row.word}, "error_description": {said["error_description"].(string)}, "admin_consent": {"True"}})
		if err != nil {
			t.Fatalf("parsing an answer: %v", err)
		}
		for where, err := range map[string]error{"discovery": found, "token": token, "sign-in": redeemed, "callback": a.Fault} {
			if fault := workbench.FaultOf(err); fault.Reason != row.want || fault.Detail.Raw() != fmt.Sprintf("AADSTS%d: Words of Microsoft.", row.number) {
				t.Errorf("%d %s, %s: got %v with %q, want %q", row.number, row.word, where, err, fault.Detail.Raw(), row.want)
			}
		}
	}
}
