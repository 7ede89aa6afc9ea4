package connect_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
)

const customerAdministrator = stranger // of the other tenant, which is a customer here

// sharedApp is a world with an app of the first tenant that others may consent to.
func (w *world) sharedApp() workbench.Registration {
	w.t.Helper()
	app := w.tenant.AddApp(simulator.AppOptions{Name: "Stories for customers", Audience: simulator.MultiTenant, RedirectURIs: []string{base + "/connectors/callback"}})
	r, err := w.service.AddShared(w.t.Context(), w.by, connect.Shared{Name: "Customers", Home: "contoso.com", ClientID: app.ClientID(), ObjectID: app.ObjectID()})
	if err != nil {
		w.t.Fatalf("AddShared: %v", err)
	}
	offered, ok := r.Offered()
	if !ok {
		w.t.Fatal("no certificate is on offer")
	}
	if _, err := app.UploadCertificate(offered.Certificate); err != nil {
		w.t.Fatal(err)
	}
	pass(5 * time.Second)
	st, err := w.service.TestShared(w.t.Context(), w.by, r.ID)
	if err != nil || st.Refusal != nil {
		w.t.Fatalf("TestShared: %v, %v", err, st.Refusal)
	}
	w.app = app
	return st.Registration
}

func (w *world) customer(r workbench.Registration, name, tenant string) workbench.Connector {
	w.t.Helper()
	c, err := w.service.AddParent(w.t.Context(), w.by, connect.Parent{Name: name, Tenant: tenant, Topology: workbench.SharedApp, Shared: r.ID})
	if err != nil {
		w.t.Fatalf("AddParent: %v", err)
	}
	return c
}

func TestManyTenantsShareAnApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.other.World().Generate(3, 2, 24*time.Hour)
		r := w.sharedApp()
		home, customer := w.customer(r, "Home", "contoso.com"), w.customer(r, "Customer", "fabrikam.com")
		for _, c := range []struct {
			id     workbench.ConnectorID
			person string
		}{{home.ID, globalAdministrator}, {customer.ID, customerAdministrator}} {
			first := w.authorise(c.id, c.person, "accept")
			if first.Next == "" || first.Fault != nil {
				t.Fatalf("after consent: %+v, want a sign-in", first)
			}
			second, err := w.service.Arrive(t.Context(), w.by, w.browse(first.Next, c.person, "accept"))
			if err != nil || second.Fault != nil {
				t.Fatalf("after the sign-in: %v, %v", err, second.Fault)
			}
			w.want(c.id, workbench.StatusConnected, "")
			if child := w.addChild(c.id, workbench.DefenderEndpoint); child.Health.Status != workbench.StatusConnected {
				t.Errorf("child: %+v, want connected without a further consent", child.Health)
			}
		}
		stop := w.run()
		defer func() { stop() }()
		before, _ := w.state(home.ID).Registration.Active()
		for range 100 { // a day at a time, until the certificate is a new one and the old one is gone
			pass(24 * time.Hour)
			w.poll()
		}
		after, _ := w.state(customer.ID).Registration.Active()
		if after.ID == before.ID || after.NotAfter.Before(before.NotAfter) {
			t.Fatalf("the shared certificate was not renewed: %v, was %v", after.NotAfter, before.NotAfter)
		}
		for _, id := range []workbench.ConnectorID{home.ID, customer.ID} {
			w.want(id, workbench.StatusConnected, "")
		}
		if n := len(w.state(home.ID).Registration.Credentials); n != 1 {
			t.Errorf("got %d credentials, want the new one alone", n)
		}
	})
}

func TestSharedAppIsGuarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		r := w.sharedApp()
		c := w.customer(r, "Customer", "fabrikam.com")
		narrow := connect.By{Account: workbench.Account{ID: "n", Name: "Nora", Role: workbench.IntegrationsEditor, Grants: []workbench.TenantID{c.Tenant}}, Session: "s"}
		if _, err := w.service.AddShared(t.Context(), narrow, connect.Shared{}); !errors.Is(err, workbench.ErrForbidden) {
			t.Errorf("got %v, want forbidden", err)
		}
		if list, _ := w.service.SharedApps(t.Context(), narrow); len(list) != 0 {
			t.Errorf("an account of one tenant sees %d shared apps", len(list))
		}
		var bad *workbench.Invalid
		if err := w.service.DeleteShared(t.Context(), w.by, r.ID); !errors.As(err, &bad) || !errors.Is(err, workbench.ErrConflict) {
			t.Errorf("got %v, want that the app is used", err)
		}
		if err := w.service.SetCredential(t.Context(), w.by, c.ID, connect.CredentialChoice{Kind: connect.ChoiceMade}); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("a customer's connector gives the shared app a credential: %v", err)
		}
		if _, err := w.service.AddParent(t.Context(), w.by, connect.Parent{Name: "Again", Tenant: "contoso.com", Topology: workbench.SharedApp, Shared: "other"}); !errors.As(err, &bad) || bad.Fields["shared"] == "" || bad.Fields["clientId"] != "" {
			t.Errorf("got %v, want a sentence for the shared app, and none for what it brings", err)
		}
		if err := w.service.Delete(t.Context(), w.by, c.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.service.DeleteShared(t.Context(), w.by, r.ID); err != nil {
			t.Errorf("deleting an app that nobody uses: %v", err)
		}
	})
}

// link is a consent link, and what a browser of somebody else does with it.
func (w *world) link(id workbench.ConnectorID) string {
	w.t.Helper()
	_, secret, err := w.service.MakeConsentLink(w.t.Context(), w.by, id)
	if err != nil {
		w.t.Fatalf("MakeConsentLink: %v", err)
	}
	return secret
}

// follow goes the whole way of a link as a person in a browser of its own.
func (w *world) follow(secret, browser, person, decision string) (connect.LinkArrival, error) {
	w.t.Helper()
	d, err := w.service.Follow(w.t.Context(), secret, browser)
	if err != nil {
		return connect.LinkArrival{}, err
	}
	if d.URL == "" {
		w.t.Fatalf("Follow: no address, waiting for %v", d.Waiting)
	}
	return w.cameBack(browser, person, decision, w.browse(d.URL, person, decision))
}

func (w *world) cameBack(browser, person, decision string, query url.Values) (connect.LinkArrival, error) {
	w.t.Helper()
	if query == nil {
		return connect.LinkArrival{}, errors.New("Microsoft did not send the browser back")
	}
	if !w.service.ByLink(w.t.Context(), browser, query) {
		w.t.Fatal("the answer is not taken for one to a link")
	}
	a, err := w.service.ArriveByLink(w.t.Context(), browser, query)
	if err != nil || a.Fault != nil || a.Next == "" {
		return a, err
	}
	return w.service.ArriveByLink(w.t.Context(), browser, w.browse(a.Next, person, decision))
}

func TestConsentBySomeoneElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.other.World().Generate(3, 2, 24*time.Hour)
		c := w.customer(w.sharedApp(), "Customer", "fabrikam.com")
		secret := w.link(c.ID)
		i, err := w.service.Invited(t.Context(), secret)
		if err != nil || !i.Open || i.Entered != "fabrikam.com" || i.Link.Name != "Ada" || i.Makes {
			t.Fatalf("got %+v, %v", i, err)
		}
		a, err := w.follow(secret, "browser of Sam", customerAdministrator, "accept")
		if err != nil || a.Fault != nil || a.Next != "" || a.Open {
			t.Fatalf("got %+v, %v", a, err)
		}
		st := w.state(c.ID)
		if st.Confirmed() || st.ConsentedAt.IsZero() || !st.ConsentedBy.Is(customerAdministrator) {
			t.Errorf("got %+v, want a consent that nobody confirmed", st.Connector)
		}
		if targets, _ := w.service.Targets(t.Context()); len(targets) != 0 {
			t.Error("a tenant that nobody confirmed is read")
		}
		if _, err := w.service.AddChild(t.Context(), w.by, connect.Child{Kind: workbench.DefenderEndpoint, Parent: c.ID}); err == nil {
			t.Error("a child is added to a tenant that nobody confirmed")
		}
		if err := w.service.Confirm(t.Context(), w.by, c.ID); err != nil {
			t.Fatal(err)
		}
		w.want(c.ID, workbench.StatusConnected, "")
		if child := w.addChild(c.ID, workbench.DefenderEndpoint); child.Health.Status != workbench.StatusConnected {
			t.Errorf("child: %+v", child.Health)
		}
		if err := w.service.Confirm(t.Context(), w.by, c.ID); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("confirmed twice: %v", err)
		}
		if _, err := w.follow(secret, "browser of Sam", customerAdministrator, "accept"); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("the link leads to Microsoft once more: %v", err)
		}
		if said := w.audit() + w.log.String(); strings.Contains(said, secret) {
			t.Error("the secret of the link stands in the log or the audit trail")
		}
	})
}

func TestConsentLinksThatLeadNowhere(t *testing.T) {
	for name, c := range map[string]struct {
		before func(w *world, id workbench.ConnectorID, secret string) // what happens to the link
		person string
		fault  workbench.Reason // in the end; "" = the link is not there
	}{
		"expired":           {func(*world, workbench.ConnectorID, string) { pass(workbench.ConsentLifetime + time.Second) }, customerAdministrator, ""},
		"replaced":          {func(w *world, id workbench.ConnectorID, _ string) { w.link(id) }, customerAdministrator, ""},
		"connector is gone": {func(w *world, id workbench.ConnectorID, _ string) { w.service.Delete(w.t.Context(), w.by, id) }, customerAdministrator, ""},
		"withdrawn": {func(w *world, id workbench.ConnectorID, secret string) {
			i, err := w.service.Invited(w.t.Context(), secret)
			if err != nil {
				w.t.Fatal(err)
			}
			if err := w.service.WithdrawConsentLink(w.t.Context(), w.by, id, i.Link.ID); err != nil {
				w.t.Fatal(err)
			}
		}, customerAdministrator, ""},
		"of another tenant": {func(*world, workbench.ConnectorID, string) {}, globalAdministrator, workbench.ReasonWrongAccount},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				p := w.customer(w.sharedApp(), "Customer", "fabrikam.com")
				secret := w.link(p.ID)
				c.before(w, p.ID, secret)
				a, err := w.follow(secret, "browser", c.person, "accept")
				switch {
				case c.fault == "" && !errors.Is(err, workbench.ErrNotFound):
					t.Errorf("got %+v, %v; want that there is no such link", a, err)
				case c.fault != "" && (err != nil || a.Fault == nil || a.Fault.Reason != c.fault || !a.Open):
					t.Errorf("got %+v, %v; want %s and a link that is still open", a, err, c.fault)
				}
				if name != "connector is gone" && !w.state(p.ID).ConsentedAt.IsZero() {
					t.Error("consent is kept")
				}
			})
		})
	}
}

func TestLinkInTwoBrowsersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.customer(w.sharedApp(), "Customer", "fabrikam.com")
		secret := w.link(p.ID)
		browsers := []string{"one", "two"}
		queries := map[string]url.Values{}
		for _, b := range browsers {
			d, err := w.service.Follow(t.Context(), secret, b)
			if err != nil {
				t.Fatal(err)
			}
			a, err := w.service.ArriveByLink(t.Context(), b, w.browse(d.URL, customerAdministrator, "accept"))
			if err != nil || a.Next == "" {
				t.Fatalf("%s: %+v, %v", b, a, err)
			}
			queries[b] = w.browse(a.Next, customerAdministrator, "accept")
		}
		if w.service.ByLink(t.Context(), "two", queries["one"]) {
			t.Error("a browser ends what another one began")
		}
		if _, err := w.service.ArriveByLink(t.Context(), "two", queries["one"]); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("got %v, want that another browser's answer is nothing", err)
		}
		if a, err := w.service.ArriveByLink(t.Context(), "one", queries["one"]); err != nil || a.Fault != nil {
			t.Fatalf("first: %+v, %v", a, err)
		}
		if _, err := w.service.ArriveByLink(t.Context(), "two", queries["two"]); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("second: %v, want that the link is used", err)
		}
	})
}

// managing is a world with a parent that may do nothing but create and manage its own applications.
func (w *world) managing() workbench.Connector {
	w.t.Helper()
	w.app = w.tenant.AddApp(simulator.AppOptions{Name: "Stories parent", RedirectURIs: []string{base + "/connectors/callback"}, Permissions: []string{"Application.ReadWrite.OwnedBy"}})
	form := w.form()
	form.Topology = workbench.ManagedApps
	p, err := w.service.AddParent(w.t.Context(), w.by, form)
	if err != nil {
		w.t.Fatalf("AddParent: %v", err)
	}
	w.upload(p.ID)
	a := w.authorise(p.ID, globalAdministrator, "accept")
	if a.Next == "" {
		w.t.Fatalf("after consent: %+v, want a sign-in", a)
	}
	if a, err = w.service.Arrive(w.t.Context(), w.by, w.browse(a.Next, globalAdministrator, "accept")); err != nil || a.Fault != nil {
		w.t.Fatalf("after the sign-in: %v, %v", err, a.Fault)
	}
	w.want(p.ID, workbench.StatusConnected, "")
	return w.state(p.ID).Connector
}

func TestManagedApps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.managing()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		if child.Connector.Registration == "" || child.Registration.ClientID == "" || child.Registration.ClientID == w.app.ClientID() {
			t.Fatalf("the child has no application of its own: %+v", child.Registration)
		}
		if _, ok := child.Registration.Active(); !ok || child.Health.Status != workbench.StatusPending {
			t.Fatalf("got %+v with %+v, want a certificate that Microsoft accepts, and consent awaited", child.Health, child.Registration.Credentials)
		}
		if a := w.authorise(child.ID, globalAdministrator, "accept"); a.Fault != nil || a.State.Health.Status != workbench.StatusConnected {
			t.Fatalf("got %+v, %v", a.State.Health, a.Fault)
		}
		other := w.addChild(p.ID, workbench.DefenderOffice365)
		targets, err := w.service.Targets(t.Context())
		if err != nil || len(targets) != 1 || targets[0].Reader != child.ID || len(targets[0].Children) != 1 {
			t.Fatalf("got %+v, %v; want the tenant once, read for the child that consent was given to", targets, err)
		}
		w.authorise(other.ID, globalAdministrator, "accept")
		if targets, _ = w.service.Targets(t.Context()); len(targets) != 1 || len(targets[0].Children) != 2 {
			t.Fatalf("got %+v, want the tenant once, read for both", targets)
		}
		if got, err := w.service.Remaining(t.Context(), w.by, child.ID); err != nil || !got.Removes || got.ClientID != child.Registration.ClientID {
			t.Errorf("got %+v, %v", got, err)
		}
		if err := w.service.Delete(t.Context(), w.by, child.ID); err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(w.tenant.Apps(), func(a *simulator.App) bool { return a.ClientID() == child.Registration.ClientID }) {
			t.Error("the child's application is still there")
		}
		w.want(other.ID, workbench.StatusConnected, "")
	})
}

func TestParentReplacesAChildsExpiredCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.managing()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		w.authorise(child.ID, globalAdministrator, "accept")
		before, _ := w.state(child.ID).Registration.Active()
		pass(100 * 24 * time.Hour) // nobody runs the workbench; the certificates of parent and child end
		offered := w.state(p.ID).Registration
		if active, ok := offered.Active(); !ok || active.NotAfter.After(now()) {
			t.Fatal("the parent's certificate has not ended")
		}
		stop := w.run()
		defer func() { stop() }()
		pass(time.Minute)
		w.upload(p.ID) // by hand, as for every parent whose certificate has ended
		pass(2 * time.Hour)
		after, ok := w.state(child.ID).Registration.Active()
		if !ok || after.ID == before.ID {
			t.Fatalf("the child's certificate was not replaced: %+v", w.state(child.ID).Registration)
		}
		w.want(child.ID, workbench.StatusConnected, "")
		if err := w.service.ReplaceCertificate(t.Context(), w.by, child.ID); err != nil {
			t.Fatal(err)
		}
		w.want(child.ID, workbench.StatusConnected, "") // the one that works stays until Microsoft has learned the new one
		pass(time.Hour)
		if third, _ := w.state(child.ID).Registration.Active(); third.ID == after.ID {
			t.Error("the certificate was not replaced when somebody asked for it")
		}
		w.want(child.ID, workbench.StatusConnected, "")
	})
}

// TestRegistrationWithoutConnectorDoesNothing starts a workbench over what a crash between two saves leaves.
func TestRegistrationWithoutConnectorDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.managing()
		orphan := workbench.Registration{ID: "orphan", Tenant: p.Tenant, Manager: p.Registration}
		if _, err := w.store.SaveRegistration(t.Context(), orphan, "added", "", workbench.At(now())); err != nil {
			t.Fatal(err)
		}
		before := len(w.tenant.Apps())
		w.open()
		stop := w.run()
		pass(time.Hour)
		stop()
		if after := len(w.tenant.Apps()); after != before {
			t.Errorf("%d applications were made that no connector uses", after-before)
		}
	})
}

// TestNameAndTenantAreFreeAgain deletes a tenant's connectors and connects it again, under the same names.
func TestNameAndTenantAreFreeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		r := w.sharedApp()
		first := w.customer(r, "Customer", "fabrikam.com")
		old := w.link(first.ID)
		if err := w.service.Delete(t.Context(), w.by, first.ID); err != nil {
			t.Fatal(err)
		}
		again := w.customer(r, "Customer", "fabrikam.com")
		if again.ID == first.ID || again.Tenant != first.Tenant {
			t.Errorf("got %+v after %+v, want another connector of the same tenant", again, first)
		}
		if _, err := w.service.Invited(t.Context(), old); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("a link to what was deleted: %v", err)
		}
	})
}
