package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/ingest/sample"
	"workbench/ingest/simulator"
	"workbench/store"
)

// simulateCommand is a simulated Microsoft alone. It keeps nothing: after a restart its app registrations have the same ids, and neither
// certificates nor consent.
type simulateCommand struct {
	Addr      string   `help:"Address to listen on; port 0 takes any." default:"127.0.0.1:8090" env:"WORKBENCH_MICROSOFT"`
	Workbench []string `help:"Base URL of a workbench that may be connected; repeat it for several." default:"http://localhost:8080" placeholder:"URL"`
	History   int      `help:"How many incidents the first tenant had in the last 30 days, beside the samples." default:"40" placeholder:"N"`
}

// Run serves the simulator until the context ends.
func (c *simulateCommand) Run(ctx context.Context, s *session) error {
	microsoft, err := s.simulate(c.Addr, c.History)
	if err != nil {
		return err
	}
	defer microsoft.listener.Close() // where serving does not begin; else it is closed already
	for _, given := range c.Workbench {
		base, err := baseURL(given, microsoft.listener.Addr())
		if err == nil {
			err = microsoft.register(base)
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(s.Out, "listening on http://%s\n", microsoft.listener.Addr())
	fmt.Fprintf(s.Out, "simulated Microsoft: %s\n", microsoft.portal())
	fmt.Fprintf(s.Out, "start the workbench with: --cloud %s,%s\n", microsoft.base, microsoft.base)
	return microsoft.serve(ctx)
}

// microsoft is a running simulator with the tenants of the demo.
type microsoft struct {
	*simulator.Simulator
	listener net.Listener
	base     *url.URL
	apps     []*simulator.App
	log      *slog.Logger
}

// demoHistory is how many incidents, beside the samples, the first tenant of the demo had.
const demoHistory = 40

// demoTenants are the tenants of the simulator. The first is the one to connect; the others show what can be wrong.
func demoTenants() []simulator.TenantOptions {
	tenant := func(id, name, domain string, licensed bool) simulator.TenantOptions {
		return simulator.TenantOptions{ID: id, Name: name, Domains: []string{domain}, Licensed: licensed, Users: []simulator.User{
			{ID: within(id, 1), Name: "Dana Admin", UserName: "dana@" + domain, Role: simulator.GlobalAdministrator},
			{ID: within(id, 2), Name: "Priya Roles", UserName: "priya@" + domain, Role: simulator.PrivilegedRoleAdministrator},
			{ID: within(id, 3), Name: "Alex Apps", UserName: "alex@" + domain, Role: simulator.ApplicationAdministrator},
			{ID: within(id, 4), Name: "Uma User", UserName: "uma@" + domain},
		}}
	}
	return []simulator.TenantOptions{
		tenant("5d0e7a3c-8f14-4c29-b7a6-20d9e81f4b35", "Tailspin Toys", "tailspin.example", true),
		tenant("91b6c2f8-3a57-4e0d-8c41-6f2d7e9a0b14", "Adatum Quiet", "adatum.example", true),
		tenant("e2748d10-6c9b-4f35-a1d8-b3507c6e9f42", "Litware Unlicensed", "litware.example", false),
	}
}

// within is an id in a tenant that is the same at every start, so that a store that is kept still fits.
func within(tenant string, number int) string { return fmt.Sprintf("%s%012x", tenant[:24], number) }

// simulate starts listening for a simulated Microsoft whose first tenant had so many incidents beside the samples.
func (s *session) simulate(addr string, history int) (*microsoft, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s for the simulated Microsoft: %w; choose another with --microsoft or --addr", addr, err)
	}
	base, err := baseURL("", listener.Addr())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	m := &microsoft{Simulator: simulator.New(simulator.Options{Base: base, Now: s.Now}), listener: listener, base: base, log: s.Log}
	for i, o := range demoTenants() {
		t := m.AddTenant(o)
		m.apps = append(m.apps, t.AddApp(simulator.AppOptions{Name: "Stories Workbench", ClientID: within(o.ID, 16), ObjectID: within(o.ID, 17)}))
		if i > 0 {
			continue
		}
		m.apps = append(m.apps, // of the first tenant: one that the others may consent to, and one that makes apps
			t.AddApp(simulator.AppOptions{Name: "Stories Workbench for customers", ClientID: within(o.ID, 18), ObjectID: within(o.ID, 19), Audience: simulator.MultiTenant}),
			t.AddApp(simulator.AppOptions{Name: "Stories Workbench, parent", ClientID: within(o.ID, 20), ObjectID: within(o.ID, 21), Permissions: []string{entra.OwnedBy}}))
		if err := t.World().Seed(sample.Tenants()[0].ID, history); err != nil {
			return nil, errors.Join(fmt.Errorf("inventing incidents: %w", err), listener.Close())
		}
	}
	return m, nil
}

// remember gives the simulated Microsoft back what it was told when the store was last shown: certificates that it accepted, and consent where
// something was read since. It does not learn client secrets again.
func (m *microsoft) remember(ctx context.Context, st store.Connectors, now time.Time) error {
	registrations, err := st.Registrations(ctx)
	if err != nil {
		return err
	}
	list, err := st.Connectors(ctx, workbench.EveryTenant())
	if err != nil {
		return err
	}
	healths, err := st.Healths(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(registrations, func(a, b workbench.Registration) int { return cmp.Compare(a.Manager, b.Manager) }) // managers have none, and come first
	for _, r := range registrations {
		app := m.appOf(r, registrations)
		if app == nil {
			continue
		}
		for _, c := range r.Credentials {
			if c.State == workbench.CredentialOffered || len(c.Certificate) == 0 || !now.Before(c.NotAfter.Time) {
				continue
			}
			if _, err := app.UploadCertificate(c.Certificate); err != nil {
				return fmt.Errorf("giving the simulated Microsoft its certificates back: %w", err)
			}
		}
		for _, c := range list {
			if consented(c, r, list) && !healths[c.ID].GoodAt.IsZero() {
				m.consent(app, c.Tenant)
			}
		}
	}
	return nil
}

// appOf is the app of a registration; one that another made is made again.
func (m *microsoft) appOf(r workbench.Registration, all []workbench.Registration) *simulator.App {
	named := func(clientID string) *simulator.App {
		if i := slices.IndexFunc(m.apps, func(a *simulator.App) bool { return a.ClientID() == clientID }); i >= 0 {
			return m.apps[i]
		}
		return nil
	}
	if r.Manager == "" || r.ClientID == "" {
		return named(r.ClientID)
	}
	i := slices.IndexFunc(all, func(o workbench.Registration) bool { return o.ID == r.Manager })
	if i < 0 {
		return nil
	}
	owner := named(all[i].ClientID)
	if owner == nil {
		return nil
	}
	app := owner.Tenant().AddApp(simulator.AppOptions{Name: "Stories Workbench", ClientID: r.ClientID, ObjectID: r.ObjectID, UniqueName: connect.UniqueName(r.ID), Owner: owner})
	m.apps = append(m.apps, app)
	return app
}

// consented reports whether a connector that Microsoft gave something shows that a registration was consented to in its tenant: the registration is
// its own or its parent's, and what it was given needs consent.
func consented(c workbench.Connector, r workbench.Registration, all []workbench.Connector) bool {
	if c.Registration != "" || !c.Kind.Child() {
		return c.Registration == r.ID && (c.Kind.Child() || c.Topology != workbench.OwnApp)
	}
	return slices.ContainsFunc(all, func(p workbench.Connector) bool { return p.ID == c.Parent && p.Registration == r.ID })
}

func (m *microsoft) consent(app *simulator.App, tenant workbench.TenantID) {
	for _, t := range m.Tenants() {
		if t.ID() == string(tenant) {
			t.Consent(app)
		}
	}
}

// register lets browsers come back from every tenant to a workbench.
func (m *microsoft) register(base *url.URL) error {
	for _, a := range m.apps {
		if err := a.AddRedirectURI(redirectURI(base)); err != nil {
			return fmt.Errorf("registering the workbench at the simulated Microsoft: %w", err)
		}
	}
	return nil
}

func (m *microsoft) portal() string { return m.base.JoinPath("/portal").String() }

// cloud is how the workbench reaches it.
func (m *microsoft) cloud() entra.Cloud {
	return entra.Cloud{Name: "custom", Authority: m.base, Graph: m.base}
}

// serve answers until the context ends.
func (m *microsoft) serve(ctx context.Context) error {
	web := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelWarn)}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := web.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the simulated Microsoft: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return web.Close()
	})
	return group.Wait()
}

// attackOnceConnected lets an attack begin in the first tenant as soon as it is connected, so that somebody who looks on sees it arrive.
func (m *microsoft) attackOnceConnected(ctx context.Context, connectors *connect.Service) error {
	changed, end := connectors.Subscribe()
	defer end()
	for {
		states, err := connectors.States(ctx, workbench.EveryTenant())
		if err != nil {
			return ignoreEnd(ctx, err)
		}
		for _, st := range states {
			if st.Kind.Child() && st.Health.Status == workbench.StatusConnected && string(st.Tenant) == m.apps[0].Tenant().ID() {
				return m.attack()
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// attack lets a phishing mail lead to a device, told six times as fast as it would happen, and small incidents come now and then.
func (m *microsoft) attack() error {
	world := m.apps[0].Tenant().World()
	if _, err := world.Start(demoAttack, 6); err != nil {
		return fmt.Errorf("beginning the attack: %w", err)
	}
	return world.Background(20)
}

// demoAttack is one of sample.Attacks.
const demoAttack = "phishing"
