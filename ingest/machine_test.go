package ingest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/connect"
	"workbench/ingest/defender"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/seal"
)

// size is how much a test does: so much in every run, or what WORKBENCH_FAULTS says in a longer one.
func size(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv("WORKBENCH_FAULTS")
	if text == "" {
		if testing.Short() {
			return max(usual/5, 1)
		}
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("WORKBENCH_FAULTS is %q, want how many times as much", text)
	}
	return n * usual
}

// machine is the whole workbench without its pages: connectors, poller and store, with a simulated Microsoft on the other side. It can die at
// any step between them, and be started again.
type machine struct {
	t       *testing.T
	sim     *simulator.Simulator
	people  map[workbench.TenantID]string // an administrator of each tenant
	path    string
	ring    *seal.Ring
	limits  msgraph.Limits
	every   time.Duration
	fate    *fate // of the present process
	passed  map[string]int
	asked   func(*http.Request, *http.Response) // of every request that was answered; may be nil
	store   *boltstore.Store
	service *connect.Service
	stop    func()
}

// fate is the end of a process: the nth passing of a step with a name. From then on nothing that it does leaves it.
type fate struct {
	mu     sync.Mutex
	passed map[string]int
	at     string // "" = at none
	left   int
	dead   bool
	died   chan struct{}
}

// step passes a step.
func (f *fate) step(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return errDead
	}
	f.passed[name]++
	if name != f.at {
		return nil
	}
	if f.left--; f.left > 0 {
		return nil
	}
	f.dead = true
	close(f.died)
	return errDead
}

// around passes a step before and after something is done.
func (f *fate) around(name string, do func() error) error {
	if err := f.step("before " + name); err != nil {
		return err
	}
	err := do()
	if dead := f.step("after " + name); dead != nil {
		return dead
	}
	return err
}

// fatedStore is the store as a process sees it that may die before a write, or after it and before it hears of it.
type fatedStore struct {
	store.Store
	*fate
}

func (s fatedStore) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (done store.Appended, err error) {
	name := "documents"
	switch {
	case len(b.Documents) > 0 && len(b.Progress) > 0:
		name = "documents with progress"
	case len(b.Progress) > 0:
		name = "progress alone"
	}
	err = s.around(name, func() (err error) { done, err = s.Store.Append(ctx, scope, b); return err })
	return done, err
}

func (s fatedStore) KeptAlerts(ctx context.Context, tenant workbench.TenantID, incidents []string) (kept map[string]bool, err error) {
	err = s.around("looking for alerts", func() (err error) { kept, err = s.Store.KeptAlerts(ctx, tenant, incidents); return err })
	return kept, err
}

func (s fatedStore) SaveHealth(ctx context.Context, h workbench.Health) error {
	return s.around("health", func() error { return s.Store.SaveHealth(ctx, h) })
}

func (s fatedStore) SaveRegistration(ctx context.Context, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) (saved workbench.Registration, err error) {
	err = s.around("registration", func() (err error) { saved, err = s.Store.SaveRegistration(ctx, r, what, by, at); return err })
	return saved, err
}

// fatedTransport is the network as such a process sees it.
type fatedTransport struct {
	next  http.RoundTripper
	fate  *fate
	asked func(*http.Request, *http.Response)
}

// incidentAddress is the path of one incident, or of its alerts.
var incidentAddress = regexp.MustCompile(`/incidents/[^/]+`)

func (x fatedTransport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if incidentAddress.MatchString(r.URL.Path) {
		name = "one incident"
	}
	err = x.fate.around(name, func() (err error) { answer, err = x.next.RoundTrip(r); return err })
	if err != nil {
		if answer != nil {
			answer.Body.Close()
		}
		return nil, err
	}
	if x.asked != nil {
		x.asked(r, answer)
	}
	answer.Body = fatedBody{answer.Body, x.fate, "within " + name}
	return answer, nil
}

type fatedBody struct {
	io.ReadCloser
	fate *fate
	name string
}

func (b fatedBody) Read(p []byte) (int, error) {
	if err := b.fate.step(b.name); err != nil {
		return 0, err
	}
	return b.ReadCloser.Read(p)
}

// newMachine makes a machine that does not run yet.
func newMachine(t *testing.T, o simulator.Options) *machine {
	t.Helper()
	o.Base = &url.URL{Scheme: "https", Host: "microsoft.example"}
	m := &machine{t: t, sim: simulator.New(o), people: map[workbench.TenantID]string{}, path: filepath.Join(t.TempDir(), "store"), every: time.Minute, passed: map[string]int{}}
	var err error
	if m.ring, err = seal.New(); err != nil {
		t.Fatal(err)
	}
	return m
}

// tenant adds a tenant with an administrator.
func (m *machine) tenant(name string) *simulator.Tenant {
	person := "dana@" + strings.ToLower(name) + ".example"
	x := m.sim.AddTenant(simulator.TenantOptions{Name: name, Domains: []string{strings.ToLower(name) + ".example"}, Licensed: true,
		Users: []simulator.User{{Name: "Dana", UserName: person, Role: simulator.GlobalAdministrator}}})
	m.people[workbench.TenantID(x.ID())] = person
	return x
}

// start begins a process that dies at the nth passing of a step, or never.
func (m *machine) start(at string, nth int) {
	m.t.Helper()
	var err error
	if m.store, err = boltstore.Open(m.path, defender.NewDeriver(nil), boltstore.Options{}); err != nil {
		m.t.Fatal(err)
	}
	f := &fate{passed: m.passed, at: at, left: nth, died: make(chan struct{})}
	m.fate = f
	st := fatedStore{m.store, f}
	m.service, err = connect.New(m.t.Context(), connect.Config{Store: st, Seal: m.ring, Clouds: []entra.Cloud{{Name: "custom", Authority: m.sim.Base(), Graph: m.sim.Base()}},
		Transport: fatedTransport{m.sim.Transport(), f, m.asked}, BaseURL: &url.URL{Scheme: "https", Host: "workbench.example"}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Limits: m.limits})
	if err != nil {
		m.t.Fatal(err)
	}
	poller := ingest.NewPoller(ingest.PollerConfig{Store: st, Connections: ingest.ConnectionsOf(m.service), Interval: m.every})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- m.service.Run(ctx) }()
	go func() { done <- poller.Run(ctx) }()
	m.stop = func() {
		cancel()
		for range 2 {
			if err := <-done; err != nil {
				m.t.Errorf("the machine ended: %v", err)
			}
		}
		if err := m.store.Close(); err != nil {
			m.t.Error(err)
		}
	}
}

// live lets time pass, or less where the process dies. It reports whether it died.
func (m *machine) live(d time.Duration) bool {
	select {
	case <-m.fate.died:
		return true
	case <-time.After(d):
		return false
	}
}

// by is who does everything.
func (m *machine) by() connect.By {
	return connect.By{Account: workbench.Account{ID: workbench.Administrator, Name: "Ada", Role: workbench.AdministratorRole, AllGrants: true}, Session: "a session"}
}

// authorise goes to Microsoft and back as the tenant's administrator.
func (m *machine) authorise(c workbench.Connector) {
	m.t.Helper()
	d, err := m.service.Authorize(m.t.Context(), m.by(), c.ID)
	if err != nil || d.URL == "" {
		m.t.Fatalf("Authorize: got %+v, %v", d, err)
	}
	a, err := m.service.Arrive(m.t.Context(), m.by(), m.browse(d.URL, m.people[c.Tenant]))
	if err != nil || a.Fault != nil {
		m.t.Fatalf("Arrive: %v, %v", a.Fault, err)
	}
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// browse accepts what Microsoft's pages ask, and returns the query that the browser comes back with.
func (m *machine) browse(address, person string) url.Values {
	m.t.Helper()
	form := url.Values(nil)
	for range 6 {
		method := http.MethodGet
		if form != nil {
			method = http.MethodPost
		}
		r, err := http.NewRequestWithContext(m.t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			m.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := m.sim.Transport().RoundTrip(r)
		if err != nil {
			m.t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			m.t.Fatal(err)
		}
		if to, err := url.Parse(answer.Header.Get("Location")); err == nil && to.Host == "workbench.example" {
			return to.Query()
		}
		form = url.Values{"user": {"other"}, "name": {person}}
		if strings.Contains(string(page), `name="decision"`) {
			form = url.Values{"decision": {"accept"}}
			for _, f := range hiddenField.FindAllStringSubmatch(string(page), -1) {
				form.Set(f[1], f[2])
			}
		}
	}
	m.t.Fatal("Microsoft's pages do not end")
	return nil
}

// connect adds a tenant with two children, by a client secret or by a certificate of the workbench.
func (m *machine) connect(x *simulator.Tenant, certificate bool) workbench.ConnectorID {
	m.t.Helper()
	app := x.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{m.service.RedirectURI()}})
	choice := connect.CredentialChoice{Kind: connect.ChoiceMade}
	if !certificate {
		app.SetSecret(appSecret, time.Time{})
		choice = connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: appSecret}
	}
	p, err := m.service.AddParent(m.t.Context(), m.by(), connect.Parent{Name: x.Name(), Tenant: x.Domain(), ClientID: app.ClientID(), ObjectID: app.ObjectID(), Credential: choice})
	if err != nil {
		m.t.Fatal(err)
	}
	if certificate {
		offered, _ := m.state(p.ID).Registration.Offered()
		if _, err := app.UploadCertificate(offered.Certificate); err != nil {
			m.t.Fatal(err)
		}
		<-time.After(5 * time.Minute) // until Microsoft takes it
	}
	m.authorise(p)
	for i, kind := range []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOffice365} {
		c, err := m.service.AddChild(m.t.Context(), m.by(), connect.Child{Kind: kind, Parent: p.ID})
		if err != nil {
			m.t.Fatal(err)
		}
		if i == 0 {
			m.authorise(c.Connector)
		}
	}
	return p.ID
}

func (m *machine) state(id workbench.ConnectorID) connect.State {
	m.t.Helper()
	st, err := m.service.State(m.t.Context(), workbench.EveryTenant(), id)
	if err != nil {
		m.t.Fatal(err)
	}
	return st
}

// want fails where a parent or its children are not as they should be.
func (m *machine) want(parent workbench.ConnectorID, status workbench.ConnectorStatus, reason workbench.Reason, child workbench.ConnectorStatus, why workbench.Reason) {
	m.t.Helper()
	all, err := m.service.States(m.t.Context(), workbench.EveryTenant())
	if err != nil {
		m.t.Fatal(err)
	}
	for _, st := range all {
		h := st.Health
		switch {
		case st.ID == parent && (h.Status != status || h.Reason != reason):
			m.t.Errorf("%s: %s is %s because of %q (%s), want %s because of %q", time.Now(), st.Name, h.Status, h.Reason, h.Detail, status, reason)
		case st.Connector.Parent == parent && (h.Status != child || h.Reason != why):
			m.t.Errorf("%s: %s is %s because of %q (%s), want %s because of %q", time.Now(), st.Name, h.Status, h.Reason, h.Detail, child, why)
		}
	}
}

// holds compares what a store keeps with what Microsoft has now: every alert of the two products, as it is, and no document twice. Where the
// store does not claim yet to have everything, what its progress covers is compared.
func (m *machine) holds(st store.Store, x *simulator.Tenant, everything bool) {
	m.t.Helper()
	kept, objects := map[workbench.Hash]bool{}, map[string]bool{}
	err := st.ExportDocuments(m.t.Context(), workbench.ScopeOf(workbench.TenantID(x.ID())), func(o workbench.Observed) error {
		if key := string(o.Kind) + o.Object + o.Hash.String(); objects[key] {
			m.t.Errorf("%s %s is kept twice", o.Kind, o.Object)
		} else {
			objects[key] = true
		}
		kept[o.Hash] = true
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	progress := map[workbench.ConnectorKind]workbench.Progress{}
	connectors, err := st.Connectors(m.t.Context(), workbench.ScopeOf(workbench.TenantID(x.ID())))
	if err != nil {
		m.t.Fatal(err)
	}
	all, err := st.Progresses(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	for _, c := range connectors {
		progress[c.Kind] = all[c.ID]
	}
	missing, looked := 0, 0
	for _, id := range x.World().Incidents() {
		body, err := x.World().Incident(id)
		if err != nil {
			m.t.Fatal(err)
		}
		_, err = defender.Read(strings.NewReader(string(body)), defender.Options{Tenant: workbench.TenantID(x.ID())}, func(r defender.Record) error {
			for _, d := range r.Documents {
				for _, kind := range []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOffice365} {
					updated, _ := workbench.ParseTime(d.Updated)
					covered := everything
					for _, s := range progress[kind].Covered {
						covered = covered || !updated.Before(s.From) && updated.Before(s.To)
					}
					if d.Kind != workbench.AlertDocument || !kind.Takes(d.Product) || !covered {
						continue
					}
					if looked++; !kept[workbench.HashJSON(d.JSON)] {
						if missing++; missing < 4 {
							m.t.Errorf("%s %s of %s, updated %s, is missing as it is now, though it is covered", d.Kind, d.Object, d.Incident, d.Updated)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			m.t.Fatal(err)
		}
	}
	if missing > 0 || everything && looked < 20 {
		m.t.Errorf("%s: of %d alerts %d are missing", x.Name(), looked, missing)
	}
}

// catchingUp reports whether the store lacks more of the time that some child wants than the last hour.
func (m *machine) catchingUp() bool {
	m.t.Helper()
	connectors, err := m.store.Connectors(m.t.Context(), workbench.EveryTenant())
	if err != nil {
		m.t.Fatal(err)
	}
	all, err := m.store.Progresses(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	for _, c := range connectors {
		p := all[c.ID]
		p.From = workbench.At(c.CreatedAt.AddDate(0, 0, -c.BackfillDays))
		if c.Kind.Child() && len(p.Gaps(workbench.At(time.Now()), time.Hour)) > 0 {
			return true
		}
	}
	return false
}

// stir changes something in a world.
func stir(t *testing.T, r *rand.Rand, w *simulator.World) {
	t.Helper()
	ids := w.Incidents()
	pick := func() string { return ids[r.IntN(len(ids))] }
	var err error
	switch r.IntN(12) {
	default:
		err = w.Touch(pick())
	case 0, 1:
		err = w.Resolve(pick())
	case 2, 3:
		if from, to := pick(), pick(); from != to {
			err = w.Merge(from, to)
		}
	case 4:
		_, err = w.Start([]string{"ransomware", "phishing", "merge", "move"}[r.IntN(4)], 60)
	}
	if err != nil {
		t.Error(fmt.Errorf("changing the world: %w", err))
	}
}
