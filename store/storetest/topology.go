package storetest

import (
	"errors"
	"testing"

	"workbench"
	"workbench/store"
)

// sharedBy makes a registration that tenants share.
func sharedBy(id workbench.RegistrationID, name, cloud string) workbench.Registration {
	return workbench.Registration{ID: id, Name: name, Tenant: TenantB, Cloud: cloud, ClientID: "client of " + string(id),
		Credentials: []workbench.Credential{{ID: "1", Sealed: []byte("sealed key")}}}
}

// invalidRegistration saves a registration that has something wrong with exactly one field.
func invalidRegistration(t testing.TB, s store.Store, r workbench.Registration, field string) {
	t.Helper()
	trail := len(mustTrail(t, s))
	var invalid *workbench.Invalid
	if _, err := s.SaveRegistration(ctx, r, "saved", "", Minute(11)); !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[field] == "" {
		t.Errorf("saving registration %s: got %v, want *Invalid that names %s alone", r.ID, err, field)
	}
	if len(mustTrail(t, s)) != trail {
		t.Errorf("saving registration %s left a trace", r.ID)
	}
}

// shares makes a connector one of those that share a registration.
func shares(c workbench.Connector, r workbench.Registration) workbench.Connector {
	c.Topology, c.Registration, c.Cloud = workbench.SharedApp, r.ID, r.Cloud
	return c
}

func testSharedApp(t *testing.T, s store.Store) {
	r := mustRegister(t, s, sharedBy("s", "Operator", "usgov"))
	own := mustRegister(t, s, workbench.Registration{ID: "own", Cloud: "usgov"})
	want := sharedBy("s", "Operator", "usgov")
	want.Revision = 1
	same(t, "registration", r, want)
	for i, tenant := range []workbench.TenantID{TenantA, TenantB, ""} {
		c := shares(parentOf("p"+string(rune('0'+i)), "Customer "+string(rune('0'+i)), tenant), r)
		saved := mustConnect(t, s, c)
		c.Revision = 1
		same(t, "connector", saved, c)
	}
	endpoint := mustConnect(t, s, childOf(workbench.Connector{ID: "p0", Tenant: TenantA}, "e", "Endpoint", workbench.DefenderEndpoint))

	c := shares(parentOf("new", "New", ""), r)
	for name, test := range map[string]struct {
		change func(*workbench.Connector)
		field  string
	}{
		"registration that is not there": {func(c *workbench.Connector) { c.Registration = "absent" }, "registration"},
		"no registration":                {func(c *workbench.Connector) { c.Registration = "" }, "registration"},
		"registration without name":      {func(c *workbench.Connector) { c.Registration = own.ID }, "registration"},
		"another cloud":                  {func(c *workbench.Connector) { c.Cloud = "global" }, "cloud"},
		"no cloud":                       {func(c *workbench.Connector) { c.Cloud = "" }, "cloud"},
		"own app that others share":      {func(c *workbench.Connector) { c.Topology = workbench.OwnApp }, "registration"},
		"managed apps, by a shared one":  {func(c *workbench.Connector) { c.Topology = workbench.ManagedApps }, "registration"},
		"unknown topology":               {func(c *workbench.Connector) { c.Topology, c.Registration = "nobody's", own.ID }, "topology"},
		"cloud that is no name":          {func(c *workbench.Connector) { c.Topology, c.Registration, c.Cloud = "", own.ID, "US Gov" }, "cloud"},
	} {
		t.Run(name, func(t *testing.T) {
			c := c
			test.change(&c)
			invalidField(t, s, c, test.field)
		})
	}
	endpoint.Registration = own.ID
	invalidField(t, s, endpoint, "registration")

	// The registration stays what its connectors need.
	r.Name = ""
	invalidRegistration(t, s, r, "name")
	r.Name, r.Cloud = "Operator", "global"
	invalidRegistration(t, s, r, "cloud")
	r.Cloud, r.Tenant = "usgov", ""
	invalidRegistration(t, s, r, "tenant")
	r.Tenant, r.Name = TenantB, "OPERATOR, renamed"
	r = mustRegister(t, s, r)
	mustRegister(t, s, r) // as at each renewal: nothing of it changes
	mustConnect(t, s, parentOf("o", "Own", ""))
	invalidRegistration(t, s, sharedBy("registration of o", "Other", ""), "name")
	mustRegister(t, s, workbench.Registration{ID: "registration of o"})
	mustVerify(t, s)
}

func testManagedApps(t *testing.T, s store.Store) {
	p := parentOf("p", "Contoso", TenantA)
	p.Topology, p.Cloud, p.ConsentedAt, p.ConsentedBy = workbench.ManagedApps, "usgov-dod", Minute(4), workbench.Text("ada@contoso.example")
	p = mustConnect(t, s, p)
	o := mustConnect(t, s, parentOf("o", "Fabrikam", TenantB))
	mustRegister(t, s, workbench.Registration{ID: p.Registration, Tenant: TenantA, Cloud: "usgov-dod"})
	mustRegister(t, s, sharedBy("shared", "Operator", ""))
	app := mustRegister(t, s, workbench.Registration{ID: "app of e", Tenant: TenantA, Cloud: "usgov-dod", Manager: p.Registration})
	e := childOf(p, "e", "Endpoint", workbench.DefenderEndpoint)
	invalidField(t, s, e, "registration")
	e.Registration = "shared"
	invalidField(t, s, e, "registration")
	e.Registration = app.ID
	saved := mustConnect(t, s, e)
	got, err := s.Connector(ctx, everyone, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	e.Revision = 1
	same(t, "saved child", saved, e)
	same(t, "child", got, e)
	parent, err := s.Connector(ctx, everyone, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "parent", parent, p)

	under := childOf(o, "new", "New", workbench.DefenderOther)
	under.Registration = "app of new"
	invalidField(t, s, under, "registration")
	for _, change := range []func(*workbench.Connector){
		func(c *workbench.Connector) { c.Topology = workbench.ManagedApps },
		func(c *workbench.Connector) { c.Cloud = "global" },
		func(c *workbench.Connector) { c.ConsentedAt = Minute(3) },
		func(c *workbench.Connector) { c.ConsentedBy = workbench.Text("eve") },
	} {
		c := childOf(o, "new", "New", workbench.DefenderOther)
		change(&c)
		if _, err := s.SaveConnector(ctx, c, "saved", "", Minute(11)); err == nil {
			t.Errorf("a child that says what its parent alone may: saved %+v", c)
		}
	}
	parent.Topology = workbench.OwnApp
	invalidField(t, s, parent, "topology")
	o = mustConnect(t, s, o)
	mustConnect(t, s, childOf(o, "e2", "Endpoint 2", workbench.DefenderEndpoint))
	o.Topology = workbench.ManagedApps
	invalidField(t, s, o, "topology")

	// The child's registration goes with the child, and then the parent may change.
	if err := s.DeleteConnector(ctx, e.ID, "kim", Minute(12)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Registration(ctx, app.ID); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("registration of a child that went: got %v, want ErrNotFound", err)
	}
	if _, err := s.Registration(ctx, p.Registration); err != nil {
		t.Errorf("registration of the parent: %v", err)
	}
	mustConnect(t, s, parent)
	mustVerify(t, s)
}
