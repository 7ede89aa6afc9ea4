package connect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/ingest/simulator"
)

// inClouds is a world whose workbench is set up for two clouds: its own, and one of the government with a tenant and an app of its own.
func inClouds(t *testing.T) (w *world, app *simulator.App) {
	w = newWorld(t, simulator.Options{})
	address := mustURL(t, "https://government.example")
	government := simulator.New(simulator.Options{Base: address})
	tenant := government.AddTenant(simulator.TenantOptions{Name: "Agency", Domains: []string{"agency.example"}, Licensed: true, Users: []simulator.User{
		{Name: "Gail", UserName: "gail@agency.example", Role: simulator.GlobalAdministrator}}})
	tenant.World().Generate(3, 3, 24*time.Hour)
	app = tenant.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{base + "/connectors/callback"}})
	simulator.Neighbours(w.sim, government)
	own := w.config.Clouds[0].Authority.String()
	clouds, err := entra.Clouds([]string{"custom=" + own + "," + own, "usgov=" + address.String() + "," + address.String()})
	if err != nil {
		t.Fatal(err)
	}
	w.config.Clouds = clouds
	w.open()
	return w, app
}

func TestTenantsOfSeveralClouds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, app := inClouds(t)
		const secret = "a.Secret~value"
		app.SetSecret(secret, time.Time{})
		form := connect.Parent{Name: "Agency", Tenant: "agency.example", Cloud: "usgov", ClientID: app.ClientID(), ObjectID: app.ObjectID(),
			Credential: connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: secret}}
		p, err := w.service.AddParent(t.Context(), w.by, form)
		if err != nil {
			t.Fatal(err)
		}
		if d := w.depart(p.ID); !strings.HasPrefix(d.URL, "https://government.example/") {
			t.Fatalf("the browser is sent to %s", d.URL)
		}
		if a := w.authorise(p.ID, "gail@agency.example", "accept"); a.Fault != nil || a.State.Health.Status != workbench.StatusConnected {
			t.Fatalf("got %+v, %v", a.State.Health, a.Fault)
		}
		app.Consent()
		pass(time.Minute)
		if child := w.addChild(p.ID, workbench.DefenderEndpoint); child.Health.Status != workbench.StatusConnected {
			t.Errorf("child: %+v", child.Health)
		}
		if own := w.connected(); own.Cloud != "" {
			t.Errorf("the default cloud is kept as %q", own.Cloud)
		}
		targets, err := w.service.Targets(t.Context())
		if err != nil || len(targets) != 1 || targets[0].Parent.ID != p.ID {
			t.Fatalf("got %+v, %v", targets, err)
		}
		if _, err := targets[0].Client.Probe(t.Context()); err != nil {
			t.Errorf("reading in the other cloud: %v", err)
		}

		// A workbench that is not set up for the cloud any more says so, and everything else goes on.
		w.config.Clouds = w.config.Clouds[:1]
		w.open()
		st, err := w.service.Test(t.Context(), w.by, p.ID)
		if err != nil || st.Health.Status != workbench.StatusError || st.Health.Reason != workbench.ReasonWrongCloud || !strings.Contains(st.Health.Detail.Raw(), "usgov") {
			t.Errorf("got %+v, %v; want that the cloud is missing", st.Health, err)
		}
	})
}

func TestWrongCloudIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := inClouds(t)
		form := w.form()
		form.Tenant = "agency.example" // in the cloud of the government
		_, err := w.service.AddParent(t.Context(), w.by, form)
		var bad *workbench.Invalid
		if !errors.As(err, &bad) || !strings.Contains(bad.Fields["tenant"], "another Microsoft cloud") {
			t.Errorf("got %v, want that the tenant is in another cloud", err)
		}
		form.Cloud = "china"
		if _, err := w.service.AddParent(t.Context(), w.by, form); !errors.As(err, &bad) || bad.Fields["cloud"] == "" {
			t.Errorf("got %v, want a sentence for the cloud", err)
		}
		var names []string
		for _, c := range w.service.Clouds() {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, []string{"custom", "usgov"}) {
			t.Errorf("offered are %v", names)
		}
	})
}

func TestSingleTenantAppIsNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		r := w.sharedApp()
		w.app.SetAudience(simulator.SingleTenant)
		c := w.customer(r, "Customer", "fabrikam.com")
		if query := w.browse(w.depart(c.ID).URL, customerAdministrator, "accept"); query != nil {
			t.Errorf("Microsoft sends the browser back with %v from an app that is not for this tenant", query)
		}
		if h := w.state(c.ID).Health; h.Status != workbench.StatusPending || h.Reason != workbench.ReasonApplicationUnknown && h.Reason != workbench.ReasonSingleTenant && h.Reason != workbench.ReasonNotConsented {
			t.Errorf("got %+v", h)
		}
	})
}
