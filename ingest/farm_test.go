package ingest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/connect"
	"workbench/ingest/defender"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/seal"
)

// farm is all that polls many tenants, as the workbench does: store, connectors, poller.
type farm struct {
	t       testing.TB
	writes  *writes
	service *connect.Service
	polls   chan polled
	poller  *ingest.Poller
	parents []workbench.ConnectorID
	stop    func()
}

// plot is what a farm is made from.
type plot struct {
	base      string
	transport http.RoundTripper
	apps      []simulatedApp
	kinds     []workbench.ConnectorKind // of the children of each parent
	covered   bool                      // the last 30 days are in the store already
	limits    msgraph.Limits
	interval  time.Duration
	random    func() float64 // of the poller
}

// writes counts what is written to a store.
type writes struct {
	store.Store
	healths, progresses, documents atomic.Int64 // transactions
}

func (w *writes) SaveHealth(ctx context.Context, h workbench.Health) error {
	w.healths.Add(1)
	return w.Store.SaveHealth(ctx, h)
}

func (w *writes) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (store.Appended, error) {
	if len(b.Documents) > 0 {
		w.documents.Add(1)
	} else {
		w.progresses.Add(1)
	}
	return w.Store.Append(ctx, scope, b)
}

// newFarm puts connectors that work into a new store, and opens all that polls them. Nothing is polled before run.
func newFarm(t testing.TB, p plot) *farm {
	t.Helper()
	base, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "store"), defender.NewDeriver(nil), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	ring, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	f := &farm{t: t, writes: &writes{Store: st}, polls: make(chan polled, 100_000)}
	for i, a := range p.apps {
		f.parents = append(f.parents, seed(t, st, ring, i, a, p))
	}
	f.service, err = connect.New(t.Context(), connect.Config{Store: f.writes, Seal: ring, Clouds: []entra.Cloud{{Name: "custom", Authority: base, Graph: base}}, Transport: p.transport,
		BaseURL: &url.URL{Scheme: "https", Host: "workbench.example"}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Limits: p.limits})
	if err != nil {
		t.Fatal(err)
	}
	f.poller = ingest.NewPoller(ingest.PollerConfig{Store: f.writes, Connections: overheard{ingest.ConnectionsOf(f.service), f.polls}, Interval: p.interval, Random: p.random})
	return f
}

// seed keeps a connected parent and its children.
func seed(t testing.TB, st store.Store, ring *seal.Ring, i int, a simulatedApp, p plot) workbench.ConnectorID {
	t.Helper()
	now := workbench.At(time.Now())
	registration := workbench.RegistrationID(fmt.Sprintf("registration%05d", i))
	sealed, err := ring.Seal([]byte(appSecret), seal.Place{Tenant: a.Tenant, Record: string(registration), Field: "credential/0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	credential := workbench.Credential{ID: "0123456789abcdef", Kind: workbench.SecretCredential, State: workbench.CredentialActive, MadeAt: now, AcceptedAt: now, Sealed: sealed}
	r := workbench.Registration{ID: registration, ClientID: a.ClientID, ObjectID: a.ObjectID, Credentials: []workbench.Credential{credential}}
	if _, err := st.SaveRegistration(t.Context(), r, "", "", now); err != nil {
		t.Fatal(err)
	}
	parent := workbench.Connector{ID: workbench.ConnectorID(fmt.Sprintf("parent%05d", i)), Kind: workbench.Microsoft365, Name: fmt.Sprint("Tenant ", i), Entered: a.Tenant,
		Tenant: workbench.TenantID(a.Tenant), Registration: registration, CreatedAt: now, AuthorizedAt: now}
	family := []workbench.Connector{parent}
	for k, kind := range p.kinds {
		family = append(family, workbench.Connector{ID: workbench.ConnectorID(fmt.Sprintf("child%05d.%d", i, k)), Kind: kind, Name: fmt.Sprint(kind.Label(), " ", i), Parent: parent.ID,
			Tenant: parent.Tenant, BackfillDays: 30, CreatedAt: now, AuthorizedAt: now})
	}
	b := store.Batch{Source: string(parent.ID), At: now}
	for _, c := range family {
		if _, err := st.SaveConnector(t.Context(), c, "added", "", now); err != nil {
			t.Fatal(err)
		}
		if err := st.SaveHealth(t.Context(), workbench.NewHealth(c.ID, now).After(nil, now)); err != nil {
			t.Fatal(err)
		}
		if c.Kind.Child() && p.covered {
			from := workbench.At(now.AddDate(0, 0, -30))
			b.Progress = append(b.Progress, workbench.Progress{Connector: c.ID, From: from, Covered: []workbench.Span{{From: from, To: now}}, PolledAt: now, RescanAt: now})
		}
	}
	if len(b.Progress) > 0 {
		if _, err := st.Append(t.Context(), workbench.EveryTenant(), b); err != nil {
			t.Fatal(err)
		}
	}
	return parent.ID
}

// run begins to poll, until stop is called.
func (f *farm) run() {
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 2)
	go func() { done <- f.service.Run(ctx) }()
	go func() { done <- f.poller.Run(ctx) }()
	f.stop = func() {
		cancel()
		for range 2 {
			if err := <-done; err != nil {
				f.t.Errorf("polling ended: %v", err)
			}
		}
	}
}

// round waits until every tenant was polled, and fails where one of them can't be.
func (f *farm) round() {
	f.t.Helper()
	for left := map[workbench.ConnectorID]bool{}; len(left) < len(f.parents); {
		p := <-f.polls
		if p.fault != nil {
			f.t.Fatalf("polling %s: %v", p.parent, p.fault)
		}
		left[p.parent] = true
	}
}

// usage adds up what was asked of Microsoft.
func (f *farm) usage() (all msgraph.Usage) {
	f.t.Helper()
	targets, err := f.service.Targets(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, t := range targets {
		u := t.Client.Usage()
		all.Requests += u.Requests
		all.Throttled += u.Throttled
		all.Waited += u.Waited
		all.Answering += u.Answering
		all.Bytes += u.Bytes
	}
	return all
}

// overheard are connections that also tell a test of every poll.
type overheard struct {
	ingest.Connections
	polls chan<- polled
}

func (o overheard) Polled(ctx context.Context, parent workbench.ConnectorID, f *workbench.Fault, progress []workbench.Progress, empty bool, next time.Time) error {
	err := o.Connections.Polled(ctx, parent, f, progress, empty, next)
	o.polls <- polled{time.Now(), parent, f, progress, empty, next}
	return err
}
