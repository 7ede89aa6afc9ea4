package simulator_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"workbench"
	entraclient "workbench/ingest/entra"
	"workbench/ingest/simulator"
)

// TestClientManagesApplications lets the workbench's own client create an app, replace its certificates and delete it.
func TestClientManagesApplications(t *testing.T) {
	at := time.Now()
	base := &url.URL{Scheme: "https", Host: "microsoft.simulated.example"}
	s := simulator.New(simulator.Options{Base: base, Now: func() time.Time { return at }, ReplicationDelay: 30 * time.Second, KeyDelay: time.Minute})
	tenant := s.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.example"}})
	parent := tenant.AddApp(simulator.AppOptions{Name: "Parent", Permissions: []string{entraclient.OwnedBy}})
	parent.SetSecret("parent", time.Time{})
	parent.Consent()
	cloud, err := entraclient.ParseCloud(base.String() + "," + base.String())
	if err != nil {
		t.Fatal(err)
	}
	c, id := entraclient.NewClient(cloud, s.Transport(), func() time.Time { return at }), workbench.TenantID(tenant.ID())
	token, err := c.AppToken(t.Context(), id, parent.ClientID(), entraclient.Key{Secret: "parent"})
	if err != nil {
		t.Fatalf("the parent's token: %v", err)
	}
	newKey := func() entraclient.Key {
		t.Helper()
		der, private, err := entraclient.NewCertificate("workbench", at)
		if err != nil {
			t.Fatal(err)
		}
		key, err := entraclient.NewKey(der, private)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	reason := func(err error) workbench.Reason {
		var f *workbench.Fault
		if errors.As(err, &f) {
			return f.Reason
		}
		return ""
	}
	first := newKey()
	want := entraclient.Application{Name: "Child", Unique: "workbench-child-1", RedirectURIs: []string{redirectURI}, Certificate: first.Certificate.Raw, Notes: "Made by the workbench.",
		Permissions: []entraclient.Permission{{ID: "45cc0394-e837-488b-a098-1918f48d186c"}, {ID: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", Delegated: true}}}
	if _, err := tenant.World().AddFault(simulator.Fault{Match: "application", Method: "PATCH", Do: simulator.Lost, Times: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateApplication(t.Context(), token, want); reason(err) != workbench.ReasonUnreachable {
		t.Errorf("a lost answer: got %v", err)
	}
	if _, err := c.CreateApplication(t.Context(), token, want); reason(err) != workbench.ReasonApplicationMissing {
		t.Errorf("once more, at once: got %v", err)
	}
	at = at.Add(30 * time.Second)
	made, err := c.CreateApplication(t.Context(), token, want)
	if err != nil || len(tenant.Apps()) != 2 {
		t.Fatalf("got %+v, %v, and %d apps", made, err, len(tenant.Apps()))
	}
	app := tenant.Apps()[1]
	if app.ClientID() != made.ClientID || app.ObjectID() != made.ObjectID || len(app.Certificates()) != 1 || app.Certificates()[0].KeyID != made.KeyID {
		t.Errorf("got %+v", made)
	}
	for range 2 {
		if _, err := c.CreateServicePrincipal(t.Context(), token, made.ClientID); err != nil && reason(err) != workbench.ReasonApplicationMissing {
			t.Errorf("its enterprise application: got %v", err)
		}
		at = at.Add(30 * time.Second)
	}
	if _, err := c.CreateServicePrincipal(t.Context(), token, made.ClientID); err != nil {
		t.Errorf("that it has: got %v", err)
	}
	if _, err := c.AppToken(t.Context(), id, made.ClientID, first); err != nil {
		t.Errorf("signing in as the child: got %v", err)
	}
	second := newKey()
	ids, err := c.ReplaceKeys(t.Context(), token, made.ObjectID, [][]byte{second.Certificate.Raw})
	if err != nil || len(ids) != 1 || len(app.Certificates()) != 1 || app.Certificates()[0].KeyID != ids[0] {
		t.Errorf("replacing: got %v, %v", ids, err)
	}
	if keys, err := c.Keys(t.Context(), token, made.ObjectID); err != nil || len(keys) != 1 || keys[0].Thumbprint != app.Certificates()[0].SHA1 {
		t.Errorf("reading: got %+v, %v", keys, err)
	}
	at = at.Add(time.Minute)
	if _, err := c.AppToken(t.Context(), id, made.ClientID, second); err != nil {
		t.Errorf("with the new certificate: got %v", err)
	}
	if _, err := c.AppToken(t.Context(), id, made.ClientID, first); reason(err) != workbench.ReasonCertificateUnknown {
		t.Errorf("with the old one: got %v", err)
	}
	tenant.SetPolicy(simulator.Policy{MaxCertificateLifetime: 24 * time.Hour})
	if _, err := c.ReplaceKeys(t.Context(), token, made.ObjectID, [][]byte{newKey().Certificate.Raw}); reason(err) != workbench.ReasonKeyPolicy {
		t.Errorf("against the policy of lives: got %v", err)
	}
	other := tenant.AddApp(simulator.AppOptions{Name: "Other"})
	if err := c.DeleteApplication(t.Context(), token, other.ObjectID()); reason(err) != workbench.ReasonNotOwner {
		t.Errorf("deleting another's: got %v", err)
	}
	for range 2 {
		if err := c.DeleteApplication(t.Context(), token, made.ObjectID); err != nil {
			t.Errorf("deleting: got %v", err)
		}
	}
	if gone := tenant.DeletedApps(); len(gone) != 1 || gone[0] != app {
		t.Errorf("got %v", gone)
	}
	if _, err := c.CreateApplication(t.Context(), token, want); err == nil {
		t.Error("the name of one that was deleted was to be had")
	}
}

// TestClientKnowsTheWrongCloud lets the client ask a cloud for a tenant of another.
func TestClientKnowsTheWrongCloud(t *testing.T) {
	at := time.Now()
	now := func() time.Time { return at }
	home, gov := simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "home.example"}, Now: now}), simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "gov.example"}, Now: now})
	simulator.Neighbours(home, gov)
	agency := gov.AddTenant(simulator.TenantOptions{Name: "Agency", Domains: []string{"agency.example"}})
	cloud, err := entraclient.ParseCloud("https://home.example,https://home.example")
	if err != nil {
		t.Fatal(err)
	}
	c := entraclient.NewClient(cloud, home.Transport(), now)
	var f *workbench.Fault
	if _, err := c.AppToken(t.Context(), workbench.TenantID(agency.ID()), agency.ID(), entraclient.Key{Secret: "x"}); !errors.As(err, &f) || f.Reason != workbench.ReasonWrongCloud {
		t.Errorf("a token: got %v", err)
	}
	if _, err := c.Resolve(t.Context(), "agency.example"); err == nil {
		t.Error("a domain of another cloud was found in this one")
	}
}
