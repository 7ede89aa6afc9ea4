package connect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
	"workbench/store"
)

func TestImportedCustomerGetsItsProductsWhenConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.other.World().Generate(3, 2, 24*time.Hour)
		r := w.sharedApp()
		got := w.imports(connect.CustomerImport{Shared: r.ID, Products: []workbench.ConnectorKind{mde, mdo}, Days: 90, Customers: customersOf("fabrikam.com")})
		one := got[0]
		if len(got) != 1 || !one.New || one.Problem != "" || one.Secret == "" || string(one.ID) != w.other.ID() || one.Link.Expires.IsZero() {
			t.Fatalf("got %+v", got)
		}
		if kinds := kindsUnder(w, one.Connector); len(kinds) != 0 {
			t.Fatalf("before anybody consented it has %v", kinds)
		}
		if a, err := w.follow(one.Secret, "browser of Sam", customerAdministrator, "accept"); err != nil || a.Fault != nil {
			t.Fatalf("following the link: %+v, %v", a, err)
		}
		if kinds := kindsUnder(w, one.Connector); len(kinds) != 0 {
			t.Fatalf("before anybody confirmed it has %v", kinds)
		}
		if err := w.service.Confirm(t.Context(), w.by, one.Connector); err != nil {
			t.Fatal(err)
		}
		if kinds := kindsUnder(w, one.Connector); !slices.Equal(kinds, []workbench.ConnectorKind{mde, mdo}) {
			t.Fatalf("got %v", kinds)
		}
		st := w.state(one.Connector)
		if len(st.Products) != 0 || st.Children != 2 {
			t.Errorf("got %+v, want that nothing is left to be added", st.Connector)
		}
		targets, err := w.service.Targets(t.Context())
		if err != nil || len(targets) != 1 || len(targets[0].Children) != 2 {
			t.Fatalf("got %+v, %v", targets, err)
		}
		for _, c := range targets[0].Children {
			w.want(c.ID, workbench.StatusConnected, "")
			if c.BackfillDays != 90 || c.CreatedBy != w.by.Account.ID {
				t.Errorf("got %+v", c)
			}
		}
		if said := w.audit() + w.log.String(); strings.Contains(said, one.Secret) {
			t.Error("the secret of the link stands in the log or the audit trail")
		}
		again := w.imports(connect.CustomerImport{Shared: r.ID, Products: []workbench.ConnectorKind{workbench.DefenderOther}, Fresh: true, Customers: customersOf("fabrikam.com")})[0]
		if again.New || again.Secret != "" || again.Problem != "" || !strings.Contains(again.Note, "authorised") || again.Connector != one.Connector {
			t.Errorf("imported again: %+v", again)
		}
	})
}

// Somebody with an account may authorise an imported customer as well as any other.
func TestImportedCustomerMayBeAuthorisedHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.other.World().Generate(3, 2, 24*time.Hour)
		one := w.imports(connect.CustomerImport{Shared: w.sharedApp().ID, Products: []workbench.ConnectorKind{mde}, Customers: customersOf("fabrikam.com")})[0]
		first := w.authorise(one.Connector, customerAdministrator, "accept")
		if a, err := w.service.Arrive(t.Context(), w.by, w.browse(first.Next, customerAdministrator, "accept")); err != nil || a.Fault != nil {
			t.Fatalf("got %+v, %v", a, err)
		}
		if kinds := kindsUnder(w, one.Connector); !slices.Equal(kinds, []workbench.ConnectorKind{mde}) {
			t.Errorf("got %v", kinds)
		}
	})
}

func TestImportedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		form := connect.CustomerImport{Shared: w.sharedApp().ID, Products: []workbench.ConnectorKind{mde}, Customers: customersOf("fabrikam.com")}
		first := w.imports(form)[0]
		before := w.state(first.Connector).Connector
		second := w.imports(form)[0]
		if second.New || second.Secret != "" || second.Problem != "" || !strings.Contains(second.Note, "waits for consent by the link") {
			t.Errorf("got %+v", second)
		}
		if after := w.state(first.Connector).Connector; after.Revision != before.Revision {
			t.Errorf("a second import changed %+v", after)
		}
		if i, err := w.service.Invited(t.Context(), first.Secret); err != nil || !i.Open {
			t.Errorf("the first link: %+v, %v", i, err)
		}
		form.Fresh = true
		third := w.imports(form)[0]
		if third.New || third.Secret == "" || third.Connector != first.Connector {
			t.Errorf("got %+v, want a fresh link", third)
		}
		if _, err := w.service.Invited(t.Context(), first.Secret); !errors.Is(err, workbench.ErrNotFound) {
			t.Errorf("the first link: %v, want that it leads nowhere", err)
		}
		if _, err := w.follow(third.Secret, "browser", customerAdministrator, "accept"); err != nil {
			t.Fatal(err)
		}
		if fourth := w.imports(form)[0]; fourth.Secret != "" || !strings.Contains(fourth.Note, "Confirm") {
			t.Errorf("got %+v, want that its consent is not forgotten", fourth)
		}
	})
}

// What is wrong with one line stays with it.
func TestImportGoesOnPastBadLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		r := w.sharedApp()
		own := w.tenant // has a connector with an app of its own
		third := w.sim.AddTenant(simulator.TenantOptions{Name: "Third", Domains: []string{"third.example", "third.example.org"}, Licensed: true})
		w.connectedBy(own)
		list := customersOf("contoso.com", "nowhere.example", "fabrikam.com", third.ID(), "third.example.org")
		list = append(list, connect.Customer{Line: 9, Name: "Customer 3", Tenant: "third.example"})
		got := w.imports(connect.CustomerImport{Shared: r.ID, Customers: list})
		for i, want := range []string{"does not use this app", "no tenant", "", "", "", ""} {
			if problem := got[i].Problem; (problem == "") != (want == "") || !strings.Contains(problem, want) {
				t.Errorf("line %d: got %q, want %q", got[i].Line, problem, want)
			}
		}
		if !got[2].New || !got[3].New || got[4].New || got[4].Connector != got[3].Connector || got[5].New {
			t.Errorf("got %+v, want a tenant once, however it is called", got)
		}
		if got[4].Secret+got[5].Secret != "" || !strings.Contains(got[4].Note, "line 5") {
			t.Errorf("got %+v, want one link for a tenant", got[3:])
		}
		if i, err := w.service.Invited(t.Context(), got[3].Secret); err != nil || !i.Open {
			t.Errorf("the link of line 5: %+v, %v", i, err)
		}
		taken := w.imports(connect.CustomerImport{Shared: r.ID, Customers: []connect.Customer{{Line: 2, Name: "customer 3", Tenant: w.sim.AddTenant(simulator.TenantOptions{Domains: []string{"fourth.example"}}).ID()}}})
		if !strings.Contains(taken[0].Problem, "this name already") {
			t.Errorf("got %+v", taken[0])
		}
	})
}

// connectedBy gives a tenant a connector with an app of its own.
func (w *world) connectedBy(tenant *simulator.Tenant) {
	w.t.Helper()
	a := tenant.AddApp(simulator.AppOptions{Name: "Its own", RedirectURIs: []string{base + "/connectors/callback"}})
	if _, err := w.service.AddParent(w.t.Context(), w.by, connect.Parent{Name: "Own", Tenant: tenant.ID(), ClientID: a.ClientID(), ObjectID: a.ObjectID(),
		Credential: connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "a.Secret~value"}}); err != nil {
		w.t.Fatal(err)
	}
}

func TestImportIsGuarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		r := w.sharedApp()
		narrow := connect.By{Account: workbench.Account{ID: "n", Name: "Nora", Role: workbench.IntegrationsEditor, Grants: []workbench.TenantID{workbench.TenantID(w.other.ID())}}, Session: "s"}
		form := connect.CustomerImport{Shared: r.ID, Customers: customersOf("fabrikam.com")}
		if _, err := w.service.ImportCustomers(t.Context(), narrow, form); !errors.Is(err, workbench.ErrForbidden) {
			t.Errorf("got %v, want forbidden", err)
		}
		for field, change := range map[string]func(*connect.CustomerImport){
			"shared":       func(f *connect.CustomerImport) { f.Shared = "other" },
			"products":     func(f *connect.CustomerImport) { f.Products = []workbench.ConnectorKind{workbench.Microsoft365} },
			"backfillDays": func(f *connect.CustomerImport) { f.Days = 181 },
			"list":         func(f *connect.CustomerImport) { f.Customers = nil },
		} {
			other := form
			change(&other)
			var bad *workbench.Invalid
			if _, err := w.service.ImportCustomers(t.Context(), w.by, other); !errors.As(err, &bad) || !slices.Equal(fields(bad), []string{field}) {
				t.Errorf("%s: got %v", field, err)
			}
		}
	})
}

// Microsoft may be slow for one tenant, or for all: a line waits for 10 seconds, and an import for as long as it is given.
func TestImportWaitsOnlySoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := ""
		w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				if slow != "" && strings.Contains(r.URL.Path, slow) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return next.RoundTrip(r)
			})
		})
		form := connect.CustomerImport{Shared: w.sharedApp().ID, Customers: customersOf("slow.example", "fabrikam.com")}
		slow = "slow.example"
		began := now()
		got := w.imports(form)
		if took := now().Sub(began); took != 10*time.Second || got[0].Problem == "" || !got[1].New {
			t.Errorf("got %+v after %v", got, took)
		}
		slow = "/"
		ended, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		form.Customers = customersOf("slow.example", "contoso.com")
		began = now()
		got, err := w.service.ImportCustomers(ended, w.by, form)
		if took := now().Sub(began); err != nil || took != time.Second || !strings.Contains(got[0].Problem, "Time ran out") || !strings.Contains(got[1].Problem, "Time ran out") || got[1].New {
			t.Errorf("got %+v after %v, %v", got, took, err)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// stopping fails one kind of write after some that worked, as a machine that stops does.
type stopping struct {
	store.Store
	connectors, links int // that are kept before it
}

var errStopped = errors.New("the machine stopped")

func (f *stopping) SaveConnector(ctx context.Context, c workbench.Connector, what string, by workbench.AccountID, at workbench.Time) (workbench.Connector, error) {
	if f.connectors--; f.connectors < 0 {
		return workbench.Connector{}, errStopped
	}
	return f.Store.SaveConnector(ctx, c, what, by, at)
}

func (f *stopping) AddConsentLink(ctx context.Context, secret string, l workbench.ConsentLink) error {
	if f.links--; f.links < 0 {
		return errStopped
	}
	return f.Store.AddConsentLink(ctx, secret, l)
}

// Wherever an import stops, the same list brings what is missing, and nothing twice.
func TestImportThatStopsIsCompletedByAnother(t *testing.T) {
	for kept := range 6 {
		t.Run(fmt.Sprint(kept), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				r := w.sharedApp()
				tenants := []string{"contoso.com", "fabrikam.com", w.sim.AddTenant(simulator.TenantOptions{Name: "More", Licensed: true}).ID()}
				form := connect.CustomerImport{Shared: r.ID, Products: []workbench.ConnectorKind{mde}, Customers: customersOf(tenants...)}
				whole := w.config.Store
				w.config.Store = &stopping{whole, (kept + 1) / 2, kept / 2}
				w.open()
				links := 0
				for _, one := range w.imports(form) {
					if one.Secret != "" {
						links++
					}
				}
				if links != kept/2 {
					t.Fatalf("got %d links before it stopped, want %d", links, kept/2)
				}
				w.config.Store = whole
				w.open()
				for _, one := range w.imports(form) {
					if one.Problem != "" || one.Connector == "" {
						t.Errorf("got %+v", one)
					}
					if one.Secret != "" {
						links++
					}
				}
				all, err := w.service.States(t.Context(), workbench.EveryTenant())
				if err != nil || len(all) != len(tenants) || links != len(tenants) {
					t.Errorf("got %d connectors and %d links, %v; want %d of both", len(all), links, err, len(tenants))
				}
			})
		})
	}
}

// A workbench that stops between a confirmation and what follows from it goes on when it runs again.
func TestProductsAreAddedAfterACrash(t *testing.T) {
	for kept := 1; kept < 4; kept++ { // the confirmation, then each product
		t.Run(fmt.Sprint(kept), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{})
				w.other.World().Generate(3, 2, 24*time.Hour)
				one := w.imports(connect.CustomerImport{Shared: w.sharedApp().ID, Products: []workbench.ConnectorKind{mde, mdo}, Customers: customersOf("fabrikam.com")})[0]
				if _, err := w.follow(one.Secret, "browser", customerAdministrator, "accept"); err != nil {
					t.Fatal(err)
				}
				whole := w.config.Store
				w.config.Store = &stopping{whole, kept, 0}
				w.open()
				if err := w.service.Confirm(t.Context(), w.by, one.Connector); !errors.Is(err, errStopped) {
					t.Fatalf("got %v", err)
				}
				w.config.Store = whole
				w.open()
				stop := w.run()
				defer func() { stop() }()
				pass(time.Minute)
				if kinds := kindsUnder(w, one.Connector); !slices.Equal(kinds, []workbench.ConnectorKind{mde, mdo}) || len(w.state(one.Connector).Products) != 0 {
					t.Errorf("got %v", kinds)
				}
			})
		})
	}
}

// Hundreds who wait for their administrators cost Microsoft next to nothing, however often somebody looks.
func TestWaitingCustomersAreHardlyAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		one := w.imports(connect.CustomerImport{Shared: w.sharedApp().ID, Customers: customersOf("fabrikam.com")})[0]
		stop := w.run()
		defer func() { stop() }()
		pass(time.Minute)
		first := w.state(one.Connector).Health
		for range 60 {
			w.service.Looked()
			pass(5 * time.Second)
		}
		if now := w.state(one.Connector).Health; now.CheckedAt != first.CheckedAt || now.Status != workbench.StatusPending {
			t.Errorf("got %+v five minutes after %+v", now, first)
		}
	})
}
