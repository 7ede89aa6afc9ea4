package entra_test

import (
	"net/http"
	"strings"
	"testing"

	"workbench"
	"workbench/ingest/entra"
)

// TestRedeemInTheTenantOfACustomer signs a person in to an application whose home is another tenant: address, assertion, issuer and tid are
// the customer's, and the application's home counts for nothing.
func TestRedeemInTheTenantOfACustomer(t *testing.T) {
	for name, test := range map[string]struct {
		signedBy, tid workbench.TenantID
		audience      string
		want          workbench.Reason
	}{
		"of the customer":           {tenantB, tenantB, clientID, ""},
		"of the home":               {tenantA, tenantA, clientID, workbench.ReasonWrongTenant},
		"of the home, by customer":  {tenantB, tenantA, clientID, workbench.ReasonWrongTenant},
		"of the customer, by home":  {tenantA, tenantB, clientID, workbench.ReasonUnreadable},
		"for the person's own apps": {tenantB, tenantB, objectID, workbench.ReasonUnreadable},
	} {
		f := newFake(t)
		f.handle["/organization"] = func(w http.ResponseWriter, r *http.Request) {
			reply(w, 200, map[string]any{"value": []any{map[string]any{"id": tenantA, "displayName": "Home"}, map[string]any{"id": tenantB, "displayName": "Customer"}}})
		}
		header, claims := f.good()
		claims["iss"], claims["tid"], claims["aud"] = f.URL+"/"+string(test.signedBy)+"/v2.0", test.tid, test.audience
		f.tokens(200, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": "person-canary", "id_token": signed(signers()[0], header, claims)})
		way := signIn()
		way.Tenant = tenantB
		got, err := f.client().Redeem(t.Context(), way, "code-canary", ourKey())
		if reasonOf(err) != test.want || err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		want := entra.Identity{}
		if test.want == "" {
			want = entra.Identity{Tenant: tenantB, Object: personID, UserName: workbench.Text("dana@contoso.com"), Name: workbench.Text("Dana\u202e Admin"), TenantName: workbench.Text("Customer")}
		}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		for i, r := range f.requests {
			if strings.Contains(r.URL.Path, string(tenantA)) {
				t.Errorf("%s: asked %s", name, r.URL)
			}
			if strings.HasSuffix(r.URL.Path, "/token") {
				_, proof := decoded(t, f.forms[i].Get("client_assertion"))
				if r.URL.Path != "/"+string(tenantB)+"/oauth2/v2.0/token" || proof["aud"] != f.URL+r.URL.Path || proof["iss"] != clientID {
					t.Errorf("%s: asked %s with an assertion for %v", name, r.URL, proof["aud"])
				}
			}
		}
	}
}
