package entra_test

import (
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/ingest/simulator"
)

// TestManagedAppsAgainstTheSimulator has a tenant's own app make one for a child, lose answers, and replace its certificate once it has expired.
func TestManagedAppsAgainstTheSimulator(t *testing.T) {
	at := clock
	base := &url.URL{Scheme: "https", Host: "microsoft.simulated.example"}
	s := simulator.New(simulator.Options{Base: base, Now: func() time.Time { return at }, ReplicationDelay: time.Minute})
	tenant := s.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.example"}, Licensed: true,
		Users: []simulator.User{{Name: "Dana Admin", UserName: "dana@contoso.example", Role: simulator.GlobalAdministrator}}})
	parent := tenant.AddApp(simulator.AppOptions{Name: "Parent", RedirectURIs: []string{redirect}, Permissions: []string{entra.OwnedBy}})
	stranger := tenant.AddApp(simulator.AppOptions{Name: "Somebody's"})
	cloud, err := entra.ParseCloud(base.String() + "," + base.String())
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	c := entra.NewClient(cloud, s.Transport(), func() time.Time { return at })
	id := workbench.TenantID(tenant.ID())
	if _, err := parent.UploadCertificate(ourKey().Certificate.Raw); err != nil {
		t.Fatalf("uploading: %v", err)
	}
	token := func(clientID string, key entra.Key) entra.Token {
		t.Helper()
		got, err := c.AppToken(t.Context(), id, clientID, key)
		if err != nil {
			t.Fatalf("asking for a token: %v", err)
		}
		return got
	}
	consent := func(clientID string) {
		t.Helper()
		body := url.Values{"user": {userID(tenant, "Dana")}, "decision": {"accept"}}.Encode()
		request, err := http.NewRequestWithContext(t.Context(), "POST", c.ConsentURL(id, clientID, redirect, "state"), strings.NewReader(body))
		if err != nil {
			t.Fatalf("making a request: %v", err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		response, err := s.Transport().RoundTrip(request)
		if err != nil {
			t.Fatalf("consenting: %v", err)
		}
		response.Body.Close()
		if response.StatusCode >= 400 {
			t.Fatalf("consenting: answer %d", response.StatusCode)
		}
	}
	own := func() entra.Key {
		t.Helper()
		der, private, err := entra.NewCertificate("Stories Workbench", at)
		if err != nil {
			t.Fatalf("making a certificate: %v", err)
		}
		key, err := entra.NewKey(der, private)
		if err != nil {
			t.Fatalf("reading it: %v", err)
		}
		return key
	}

	first := own()
	wanted := child()
	wanted.Certificate = first.Certificate.Raw
	if _, err := c.CreateApplication(t.Context(), token(parent.ClientID(), ourKey()), wanted); reasonOf(err) != workbench.ReasonOwnershipMissing {
		t.Errorf("before consent: got %v", err)
	}
	consent(parent.ClientID())
	owner := token(parent.ClientID(), ourKey())
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ourKey().Certificate.Raw}))
	for name, policy := range map[string]simulator.Policy{"lifetime": {MaxCertificateLifetime: 30 * 24 * time.Hour}, "authority": {TrustedAuthorities: authority}} {
		tenant.SetPolicy(policy)
		if _, err := c.CreateApplication(t.Context(), owner, wanted); reasonOf(err) != workbench.ReasonKeyPolicy || workbench.FaultOf(err).Detail.IsZero() {
			t.Errorf("against the policy of %s: got %v", name, err)
		}
	}
	tenant.SetPolicy(simulator.Policy{})
	made, err := c.CreateApplication(t.Context(), owner, wanted)
	if err != nil || made.KeyID == "" {
		t.Fatalf("creating: got %+v, %v", made, err)
	}
	if _, err := c.CreateServicePrincipal(t.Context(), owner, made.ClientID); reasonOf(err) != workbench.ReasonApplicationMissing {
		t.Errorf("right after creation: got %v", err)
	}
	at = at.Add(2 * time.Minute)
	again, err := c.CreateApplication(t.Context(), owner, wanted)
	if err != nil || again.ClientID != made.ClientID || again.ObjectID != made.ObjectID || len(tenant.Apps()) != 3 {
		t.Errorf("created again: got %+v, %v, and %d apps", again, err, len(tenant.Apps()))
	}
	principal, err := c.CreateServicePrincipal(t.Context(), owner, made.ClientID)
	if err != nil {
		t.Fatalf("creating a service principal: %v", err)
	}
	at = at.Add(2 * time.Minute)
	if got, err := c.CreateServicePrincipal(t.Context(), owner, made.ClientID); err != nil || got != principal {
		t.Errorf("a service principal again: got %q, %v, want %q", got, err, principal)
	}
	consent(made.ClientID)
	if got := token(made.ClientID, first).Roles; len(got) != 1 {
		t.Errorf("the child has the roles %q", got)
	}
	if _, err := c.ReplaceKeys(t.Context(), owner, stranger.ObjectID(), [][]byte{first.Certificate.Raw}); reasonOf(err) != workbench.ReasonNotOwner {
		t.Errorf("somebody's keys: got %v", err)
	}
	if err := c.DeleteApplication(t.Context(), owner, stranger.ObjectID()); reasonOf(err) != workbench.ReasonNotOwner {
		t.Errorf("deleting somebody's: got %v", err)
	}

	// The child's certificate expires; the parent has another of its own by then.
	at = first.Certificate.NotAfter.Add(time.Hour)
	if _, err := c.AppToken(t.Context(), id, made.ClientID, first); reasonOf(err) != workbench.ReasonCertificateExpired {
		t.Errorf("expired: got %v", err)
	}
	renewed := own()
	if _, err := parent.UploadCertificate(renewed.Certificate.Raw); err != nil {
		t.Fatalf("uploading: %v", err)
	}
	owner = token(parent.ClientID(), renewed)
	second, third := own(), own()
	ids, err := c.ReplaceKeys(t.Context(), owner, made.ObjectID, [][]byte{second.Certificate.Raw, third.Certificate.Raw})
	if err != nil || len(ids) != 2 || ids[0] == "" || ids[1] == "" || ids[0] == ids[1] {
		t.Fatalf("replacing: got %q, %v", ids, err)
	}
	token(made.ClientID, second)
	token(made.ClientID, third)
	keys, err := c.Keys(t.Context(), owner, made.ObjectID)
	if err != nil || len(keys) != 2 {
		t.Fatalf("got %v, %v", keys, err)
	}
	for _, k := range keys {
		for i, of := range []entra.Key{second, third} {
			if k.KeyID == ids[i] && (k.Thumbprint != thumbprintOf(of.Certificate.Raw) || !k.NotBefore.Equal(of.Certificate.NotBefore) || !k.NotAfter.Equal(of.Certificate.NotAfter)) {
				t.Errorf("got %+v for certificate %d", k, i)
			}
		}
	}
	if err := c.RemoveKey(t.Context(), token(made.ClientID, second), made.ObjectID, second, ids[1]); err != nil {
		t.Errorf("the child removes a key of its own: %v", err)
	}
	for range 2 {
		if err := c.DeleteApplication(t.Context(), owner, made.ObjectID); err != nil {
			t.Errorf("deleting: %v", err)
		}
	}
}
