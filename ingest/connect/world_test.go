package connect_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/defender"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/seal"
)

// The people of the simulated tenant.
const (
	globalAdministrator = "dana@contoso.com"
	appAdministrator    = "alex@contoso.com"
	stranger            = "sam@fabrikam.com"
)

const base = "https://workbench.example/soc"

// world is a simulated Microsoft, a store and a service between them.
type world struct {
	t       *testing.T
	sim     *simulator.Simulator
	tenant  *simulator.Tenant
	other   *simulator.Tenant
	app     *simulator.App
	store   store.Store
	ring    *seal.Ring
	service *connect.Service
	log     *journal
	config  connect.Config
	by      connect.By
	folder  string // of the store
}

// now is the simulated moment.
func now() time.Time { return time.Now() }

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// administrator may do everything, in a session.
func administrator() connect.By {
	return connect.By{Account: workbench.Account{ID: workbench.Administrator, Name: "Ada", Role: workbench.AdministratorRole, AllGrants: true}, Session: "session of Ada"}
}

func newWorld(t *testing.T, o simulator.Options) *world {
	t.Helper()
	return newWorldWith(t, o, nil)
}

func newWorldWith(t *testing.T, o simulator.Options, transport func(http.RoundTripper) http.RoundTripper) *world {
	t.Helper()
	address := mustURL(t, "https://microsoft.example")
	o.Base = address
	w := &world{t: t, sim: simulator.New(o), log: &journal{}, by: administrator(), folder: t.TempDir()}
	w.tenant = w.sim.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.com"}, Licensed: true, Users: []simulator.User{
		{Name: "Dana Admin", UserName: globalAdministrator, Role: simulator.GlobalAdministrator},
		{Name: "Alex App", UserName: appAdministrator, Role: simulator.ApplicationAdministrator}}})
	w.other = w.sim.AddTenant(simulator.TenantOptions{Name: "Fabrikam", Domains: []string{"fabrikam.com"}, Licensed: true, Users: []simulator.User{
		{Name: "Sam", UserName: stranger, Role: simulator.GlobalAdministrator}}})
	w.app = w.tenant.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{base + "/connectors/callback"}})
	w.tenant.World().Generate(3, 1, 24*time.Hour)
	st, err := boltstore.Open(filepath.Join(w.folder, "store.db"), defender.NewDeriver(nil), boltstore.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w.store = st
	if w.ring, err = seal.New(); err != nil {
		t.Fatal(err)
	}
	var way http.RoundTripper = w.sim.Transport()
	if transport != nil {
		way = transport(way)
	}
	w.config = connect.Config{Store: st, Seal: w.ring, Clouds: []entra.Cloud{{Name: "custom", Authority: address, Graph: address}}, Transport: way, BaseURL: mustURL(t, base),
		Now: time.Now, Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Limits: msgraph.Limits{PerMinute: 6_000, Burst: 100, Attempts: 1}}
	w.open()
	return w
}

// open starts the service anew over what is kept.
func (w *world) open() {
	w.t.Helper()
	s, err := connect.New(w.t.Context(), w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.service = s
}

// run has the service look after its connectors until the test ends or the function is called.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.service.Run(ctx); err != nil {
			w.t.Errorf("Run: %v", err)
		}
	}()
	return func() { cancel(); <-done }
}

// pass lets simulated time pass.
func pass(d time.Duration) { <-time.After(d) }

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// form is a parent's form that is right.
func (w *world) form() connect.Parent {
	return connect.Parent{Name: "Contoso", Tenant: "contoso.com", ClientID: w.app.ClientID(), ObjectID: w.app.ObjectID(), Credential: connect.CredentialChoice{Kind: connect.ChoiceMade}}
}

func (w *world) addParent() workbench.Connector {
	w.t.Helper()
	c, err := w.service.AddParent(w.t.Context(), w.by, w.form())
	if err != nil {
		w.t.Fatalf("AddParent: %v", err)
	}
	return c
}

// upload gives Microsoft the certificate that is on offer, as an administrator does in the portal.
func (w *world) upload(id workbench.ConnectorID) {
	w.t.Helper()
	offered, ok := w.state(id).Registration.Offered()
	if !ok {
		w.t.Fatal("no certificate is on offer")
	}
	if _, err := w.app.UploadCertificate(offered.Certificate); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) state(id workbench.ConnectorID) connect.State {
	w.t.Helper()
	st, err := w.service.State(w.t.Context(), workbench.EveryTenant(), id)
	if err != nil {
		w.t.Fatalf("State: %v", err)
	}
	return st
}

// depart begins a flow and returns where the browser goes.
func (w *world) depart(id workbench.ConnectorID) connect.Departure {
	w.t.Helper()
	d, err := w.service.Authorize(w.t.Context(), w.by, id)
	if err != nil {
		w.t.Fatalf("Authorize: %v", err)
	}
	if d.URL == "" {
		w.t.Fatalf("Authorize: no address, waiting for %v", d.Waiting)
	}
	return d
}

// authorise goes the whole way as a person.
func (w *world) authorise(id workbench.ConnectorID, person, decision string) connect.Arrival {
	w.t.Helper()
	a, err := w.service.Arrive(w.t.Context(), w.by, w.browse(w.depart(id).URL, person, decision))
	if err != nil {
		w.t.Fatalf("Arrive: %v", err)
	}
	return a
}

// connected is a world with a parent that works, by a client secret: to make certificates takes time.
func (w *world) connected() workbench.Connector {
	w.t.Helper()
	const secret = "a.Secret~value"
	w.app.SetSecret(secret, time.Time{})
	form := w.form()
	form.Credential = connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: secret}
	p, err := w.service.AddParent(w.t.Context(), w.by, form)
	if err != nil {
		w.t.Fatalf("AddParent: %v", err)
	}
	return w.authorised(p)
}

// certified is a world with a parent that works, by a certificate that the workbench made.
func (w *world) certified() workbench.Connector {
	w.t.Helper()
	p := w.addParent()
	w.upload(p.ID)
	return w.authorised(p)
}

func (w *world) authorised(p workbench.Connector) workbench.Connector {
	w.t.Helper()
	if a := w.authorise(p.ID, globalAdministrator, "accept"); a.Fault != nil || a.State.Health.Status != workbench.StatusConnected {
		w.t.Fatalf("parent: got %v with fault %v, want connected", a.State.Health, a.Fault)
	}
	return w.state(p.ID).Connector
}

func (w *world) addChild(parent workbench.ConnectorID, kind workbench.ConnectorKind) connect.State {
	w.t.Helper()
	st, err := w.service.AddChild(w.t.Context(), w.by, connect.Child{Kind: kind, Parent: parent})
	if err != nil {
		w.t.Fatalf("AddChild: %v", err)
	}
	return st
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// browse is a person at Microsoft: picks the account, decides, and is sent back. It returns the query of the callback, nil where Microsoft
// does not send the browser back.
func (w *world) browse(address, person, decision string) url.Values {
	w.t.Helper()
	fields := url.Values(nil)
	for range 6 {
		method, body := http.MethodGet, io.Reader(nil)
		if fields != nil {
			method, body = http.MethodPost, strings.NewReader(fields.Encode())
		}
		req, err := http.NewRequestWithContext(w.t.Context(), method, address, body)
		if err != nil {
			w.t.Fatal(err)
		}
		if fields != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := w.sim.Transport().RoundTrip(req)
		if err != nil {
			w.t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			w.t.Fatal(err)
		}
		if to := resp.Header.Get("Location"); to != "" {
			back := mustURL(w.t, to)
			if want := w.service.RedirectURI(); back.Scheme+"://"+back.Host+back.Path != want {
				w.t.Fatalf("sent to %s, want %s", to, want)
			}
			return back.Query()
		}
		switch text := string(page); {
		case strings.Contains(text, `name="decision"`):
			fields = url.Values{"decision": {decision}}
			for _, m := range hiddenField.FindAllStringSubmatch(text, -1) {
				fields.Set(m[1], m[2])
			}
		case strings.Contains(text, "Pick an account"):
			fields = url.Values{"user": {"other"}, "name": {person}}
		default:
			return nil
		}
	}
	w.t.Fatal("Microsoft's pages do not end")
	return nil
}

// audit is the audit trail as text.
func (w *world) audit() string {
	w.t.Helper()
	entries, err := w.store.AuditTrail(w.t.Context(), 0, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(e.What + " | " + e.About + " | " + string(e.By) + "\n")
	}
	return b.String()
}

func fields(bad *workbench.Invalid) []string { return slices.Sorted(maps.Keys(bad.Fields)) }

// want fails where a connector is not as it should be.
func (w *world) want(id workbench.ConnectorID, status workbench.ConnectorStatus, reason workbench.Reason) {
	w.t.Helper()
	if h := w.state(id).Health; h.Status != status || h.Reason != reason {
		w.t.Errorf("got %s because of %q (%s, %s), want %s because of %q", h.Status, h.Reason, h.Detail, h.Trace, status, reason)
	}
}
