package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
)

// cloud is a simulated Microsoft with a tenant whose incidents an app may read.
type cloud struct {
	sim    *simulator.Simulator
	tenant *simulator.Tenant
	world  *simulator.World
	app    *simulator.App
	client *msgraph.Client
	tokens *tokens
}

func newCloud(t testing.TB, id workbench.TenantID, limits msgraph.Limits) *cloud {
	t.Helper()
	c := &cloud{sim: simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "graph.simulated.example"}, TokenLifetime: 24 * time.Hour})}
	c.tenant = c.sim.AddTenant(simulator.TenantOptions{ID: string(id), Name: "Contoso", Domains: []string{"contoso.example"}, Licensed: true})
	c.world = c.tenant.World()
	c.app = c.tenant.AddApp(simulator.AppOptions{Name: "Stories Workbench"})
	c.app.SetSecret("a secret", time.Time{})
	c.app.Consent()
	c.tokens = &tokens{cloud: c, client: &http.Client{Transport: c.sim.Transport()}}
	c.client = msgraph.New(c.sim.Base(), c.sim.Transport(), c.tokens, limits)
	return c
}

// tokens asks for a token where it has none.
type tokens struct {
	cloud  *cloud
	client *http.Client
	mu     sync.Mutex
	token  string
	asked  int
}

func (k *tokens) Token(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != "" {
		return k.token, ctx.Err()
	}
	k.asked++
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {k.cloud.app.ClientID()}, "client_secret": {"a secret"}, "scope": {k.cloud.sim.Base().String() + "/.default"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, k.cloud.sim.Base().String()+"/"+k.cloud.tenant.ID()+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := k.client.Do(r)
	if err != nil {
		return "", &workbench.Fault{Reason: workbench.ReasonUnreachable, Err: err}
	}
	defer res.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.Token == "" {
		return "", &workbench.Fault{Reason: workbench.ReasonNotConsented, Err: errors.New("no token")}
	}
	k.token = answer.Token
	return k.token, nil
}

func (k *tokens) Refuse(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if token == k.token {
		k.token = ""
	}
}

// completeFrom compares what is kept with the simulated world: every alert of the products in its present version, and every incident of
// such alerts.
func (s *stage) completeFrom(w *simulator.World, kinds ...workbench.ConnectorKind) {
	s.t.Helper()
	kept := map[workbench.Hash]bool{}
	for _, o := range s.documents() {
		kept[o.Hash] = true
	}
	missing := 0
	for _, id := range w.Incidents() {
		body, err := w.Incident(id)
		if err != nil {
			s.t.Fatal(err)
		}
		_, err = defender.Read(strings.NewReader(string(body)), defender.Options{Tenant: aTenant}, func(r defender.Record) error {
			for _, d := range r.Documents {
				own := false
				for _, k := range kinds {
					own = own || d.Kind == workbench.AlertDocument && k.Takes(d.Product)
				}
				if own && !kept[workbench.HashJSON(d.JSON)] {
					if missing++; missing < 5 {
						s.t.Errorf("%s %s of %s, updated %s, is missing as it is now", d.Kind, d.Object, d.Incident, d.Updated)
					}
				}
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if missing > 0 {
		s.t.Errorf("%d alerts are missing as they are now", missing)
	}
}

func TestPollerReadsTheSimulatorThroughEveryTrouble(t *testing.T) {
	// What hides things without a sign is made up for too: the windows of polls overlap.
	for i, kind := range simulator.Troubles() {
		if testing.Short() && i%4 > 0 {
			continue
		}
		t.Run(string(kind.Trouble), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, 3, workbench.DefenderEndpoint, workbench.DefenderOffice365)
				c := newCloud(t, aTenant, msgraph.Limits{})
				s.conns.targets[0].Graph = c.client
				c.world.Generate(40, 7, 50*time.Hour)
				stop := s.start(s.store)
				<-time.After(3 * time.Minute)
				matches := []string{"", "alerts", "incidents", "incident"}
				if testing.Short() {
					matches = matches[:1]
				}
				for _, match := range matches {
					f := simulator.Fault{Match: match, Do: kind.Trouble}
					if kind.N != "" {
						f.N = 2
					}
					if _, err := c.world.AddFault(f); err != nil {
						t.Fatal(err)
					}
					ids := c.world.Incidents()
					for i := range 6 {
						if err := c.world.Touch(ids[i*5]); err != nil {
							t.Fatal(err)
						}
						<-time.After(40 * time.Second)
					}
					c.world.ClearFaults()
					<-time.After(5 * time.Minute) // the longest that a client waits between two tries
					if err := c.world.Resolve(ids[3]); err != nil {
						t.Fatal(err)
					}
					<-time.After(3 * time.Minute)
					s.completeFrom(c.world, workbench.DefenderEndpoint, workbench.DefenderOffice365)
				}
				if f := s.conns.last().fault; f != nil {
					t.Errorf("in the end: %v", f)
				}
				stop()
				s.completeFrom(c.world, workbench.DefenderEndpoint, workbench.DefenderOffice365)
				s.sameElsewhere()
			})
		})
	}
}

func TestTokensThatEndWhilePagesAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 30, workbench.DefenderEndpoint, workbench.DefenderOffice365)
		c := newCloud(t, aTenant, msgraph.Limits{})
		c.sim.Set(simulator.Settings{TokenLifetime: 10 * time.Second})
		s.conns.targets[0].Graph = c.client
		c.world.Generate(600, 7, 29*24*time.Hour)
		stop := s.start(s.store)
		<-time.After(20 * time.Minute)
		s.completeFrom(c.world, workbench.DefenderEndpoint, workbench.DefenderOffice365)
		if f := s.conns.last().fault; f != nil || c.tokens.asked < 3 {
			t.Errorf("got fault %v after %d tokens", f, c.tokens.asked)
		}
		c.app.Revoke("")
		<-time.After(3 * time.Minute)
		if f := s.conns.last().fault; f == nil || !f.Reason.Consent() {
			t.Errorf("after consent was revoked: got fault %v", f)
		}
		c.app.Consent()
		<-time.After(3 * time.Minute)
		stop()
		if f := s.conns.last().fault; f != nil {
			t.Errorf("after consent was given again: got fault %v", f)
		}
	})
}

var _ ingest.Graph = (*world)(nil)
