package entra_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/ingest/simulator"
)

// TestAgainstTheSimulator goes the way of a tenant from its first certificate to the next, with people who press buttons.
func TestAgainstTheSimulator(t *testing.T) {
	at := clock
	base := &url.URL{Scheme: "https", Host: "microsoft.simulated.example"}
	s := simulator.New(simulator.Options{Base: base, Now: func() time.Time { return at }, KeyDelay: 3 * time.Minute})
	tenant := s.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.example"}, Licensed: true, Users: []simulator.User{
		{Name: "Dana Admin", UserName: "dana@contoso.example", Role: simulator.GlobalAdministrator}, {Name: "Uma User", UserName: "uma@contoso.example"}}})
	app := tenant.AddApp(simulator.AppOptions{Name: "Stories Workbench", RedirectURIs: []string{redirect}})
	cloud, err := entra.ParseCloud(base.String() + "," + base.String())
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	c := entra.NewClient(cloud, s.Transport(), func() time.Time { return at })
	id, err := c.Resolve(t.Context(), "contoso.example")
	if err != nil || string(id) != tenant.ID() {
		t.Fatalf("resolving: got %q, %v, want %q", id, err, tenant.ID())
	}
	if _, err := c.Resolve(t.Context(), "fabrikam.example"); reasonOf(err) != workbench.ReasonTenantUnknown {
		t.Errorf("an unknown domain: got %v", err)
	}
	refusedFor := func(key entra.Key, want workbench.Reason) {
		t.Helper()
		if _, err := c.AppToken(t.Context(), id, app.ClientID(), key); reasonOf(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	token := func(key entra.Key) entra.Token {
		t.Helper()
		got, err := c.AppToken(t.Context(), id, app.ClientID(), key)
		if err != nil {
			t.Fatalf("asking for a token: %v", err)
		}
		return got
	}

	first := ourKey()
	refusedFor(first, workbench.ReasonCertificateUnknown)
	if _, err := app.UploadCertificate(first.Certificate.Raw); err != nil {
		t.Fatalf("uploading: %v", err)
	}
	refusedFor(first, workbench.ReasonCertificateUnknown)
	at = at.Add(3 * time.Minute)
	if got := token(first); len(got.Roles) != 0 || got.Tenant != id {
		t.Errorf("before consent: got roles %q of %s", got.Roles, got.Tenant)
	}

	// A browser signs in, and then consents.
	way := entra.SignIn{Tenant: id, ClientID: app.ClientID(), RedirectURI: redirect, State: entra.NewSecret(), Nonce: entra.NewSecret(), Verifier: entra.NewSecret()}
	press := func(address, person, decision string) entra.Answer {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), "POST", address, strings.NewReader(url.Values{"user": {userID(tenant, person)}, "decision": {decision}}.Encode()))
		if err != nil {
			t.Fatalf("making a request: %v", err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		response, err := s.Transport().RoundTrip(request)
		if err != nil {
			t.Fatalf("pressing: %v", err)
		}
		defer response.Body.Close()
		back, err := response.Location()
		if err != nil {
			t.Fatalf("%s pressed %s: %d without a way back", person, decision, response.StatusCode)
		}
		got, err := entra.ParseAnswer(back.Query())
		if err != nil {
			t.Fatalf("%s pressed %s: %v", person, decision, err)
		}
		return got
	}
	if got := press(c.SignInURL(way), "Dana", "cancel"); got.Fault == nil || got.Fault.Reason != workbench.ReasonDeclined || got.State != way.State {
		t.Errorf("cancelled: got %v", got.Fault)
	}
	answer := press(c.SignInURL(way), "Dana", "accept")
	who, err := c.Redeem(t.Context(), way, answer.Code, first)
	if err != nil || who.Tenant != id || who.Object != userID(tenant, "Dana") || who.UserName.Raw() != "dana@contoso.example" || who.TenantName.Raw() != "Contoso" {
		t.Errorf("got %+v, %v", who, err)
	}
	if _, err := c.Redeem(t.Context(), way, answer.Code, first); reasonOf(err) != workbench.ReasonSignInExpired {
		t.Errorf("the code once more: got %v", err)
	}
	stolen := press(c.SignInURL(way), "Dana", "accept").Code
	for name, change := range map[string]func(*entra.SignIn){"verifier": func(s *entra.SignIn) { s.Verifier = entra.NewSecret() }} {
		other := way
		change(&other)
		if got, err := c.Redeem(t.Context(), other, stolen, first); err == nil {
			t.Errorf("a code with another %s: got %+v", name, got)
		}
	}
	replayed := way
	replayed.Nonce = entra.NewSecret()
	if _, err := c.Redeem(t.Context(), replayed, press(c.SignInURL(way), "Dana", "accept").Code, first); reasonOf(err) != workbench.ReasonSignInExpired {
		t.Errorf("a token with another nonce: got %v", err)
	}
	if got := press(c.ConsentURL(id, app.ClientID(), redirect, way.State), "Dana", "accept"); !got.Consented || got.Tenant.Raw() != string(id) {
		t.Errorf("consent: got %t, %v", got.Consented, got.Fault)
	}
	if got := token(first).Roles; !slices.Contains(got, "SecurityIncident.Read.All") || !slices.Contains(got, "SecurityAlert.Read.All") {
		t.Errorf("after consent: got roles %q", got)
	}

	// The certificate is renewed.
	at = first.Certificate.NotAfter.Add(-workbench.RenewBefore)
	der, private, err := entra.NewCertificate("Stories Workbench", at)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	second, err := entra.NewKey(der, private)
	if err != nil {
		t.Fatalf("reading it: %v", err)
	}
	if _, err := c.AddKey(t.Context(), token(first), app.ObjectID(), second, der); reasonOf(err) != workbench.ReasonRenewalRefused {
		t.Errorf("proven by itself: got %v", err)
	}
	if _, err := c.AddKey(t.Context(), token(first), app.ClientID(), first, der); reasonOf(err) != workbench.ReasonRenewalRefused {
		t.Errorf("to another registration: got %v", err)
	}
	tenant.SetPolicy(simulator.Policy{MaxCertificateLifetime: 30 * 24 * time.Hour})
	if _, err := c.AddKey(t.Context(), token(first), app.ObjectID(), first, der); reasonOf(err) != workbench.ReasonKeyPolicy {
		t.Errorf("against the policy: got %v", err)
	}
	tenant.SetPolicy(simulator.Policy{})
	added, err := c.AddKey(t.Context(), token(first), app.ObjectID(), first, der)
	if err != nil {
		t.Fatalf("adding: %v", err)
	}
	refusedFor(second, workbench.ReasonCertificateUnknown)
	at = at.Add(3 * time.Minute)
	token(second)
	old := app.Certificates()[0].KeyID
	if err := c.RemoveKey(t.Context(), token(second), app.ObjectID(), second, old); err != nil {
		t.Errorf("removing: %v", err)
	}
	if left := app.Certificates(); len(left) != 1 || left[0].KeyID != added {
		t.Errorf("got %v left, want %s", left, added)
	}
	refusedFor(first, workbench.ReasonCertificateUnknown)
	at = second.Certificate.NotAfter.Add(time.Minute)
	refusedFor(second, workbench.ReasonCertificateExpired)
	app.SetSecret("p&ss=word", at.AddDate(0, 1, 0))
	token(entra.Key{Secret: "p&ss=word"})
	refusedFor(entra.Key{Secret: "other"}, workbench.ReasonSecretWrong)
	app.SetEnabled(false)
	refusedFor(entra.Key{Secret: "p&ss=word"}, workbench.ReasonApplicationDisabled)
}

func userID(t *simulator.Tenant, name string) string {
	for _, u := range t.Users() {
		if strings.HasPrefix(u.Name, name) {
			return u.ID
		}
	}
	return ""
}
