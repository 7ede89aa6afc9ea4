package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench/ingest/simulator"
)

const graphTenant = "8d3c2a51-6b0f-4e77-9a15-0c5b7f2e4d90"

// watch is a clock that stands still until it is moved. It is safe for concurrent use.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) read() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) move(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// graph is a cloud of one tenant whose incidents an app may read.
type graph struct {
	s      *simulator.Simulator
	clock  *watch
	tenant *simulator.Tenant
	world  *simulator.World
	app    *simulator.App
	client *http.Client
	token  string
}

func newGraph(t testing.TB) *graph {
	t.Helper()
	g := &graph{clock: &watch{now: time.Date(2026, 3, 12, 10, 0, 0, 0, time.UTC)}}
	g.s = simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "graph.simulated.example"}, Now: g.clock.read, TokenLifetime: 24 * time.Hour})
	g.tenant = g.s.AddTenant(simulator.TenantOptions{ID: graphTenant, Name: "Contoso", Domains: []string{"contoso.example"}, Licensed: true})
	g.world = g.tenant.World()
	g.world.SetLimit(0)
	g.app = g.tenant.AddApp(simulator.AppOptions{Name: "Stories Workbench"})
	g.app.SetSecret("s3cret", time.Time{})
	g.app.Consent()
	g.client = &http.Client{Transport: g.s.Transport(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	g.token = g.mustToken(t)
	return g
}

func (g *graph) mustToken(t testing.TB) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {g.app.ClientID()}, "client_secret": {"s3cret"},
		"scope": {g.s.Base().String() + "/.default"}}
	res, err := g.client.PostForm(g.s.Base().String()+"/"+graphTenant+"/oauth2/v2.0/token", form)
	if err != nil {
		t.Fatalf("asking for a token: %v", err)
	}
	defer res.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
		Error string `json:"error_description"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.Token == "" {
		t.Fatalf("asking for a token: %v %s", err, answer.Error)
	}
	return answer.Token
}

// request makes a request to Graph. What follows the path is a query as people read it.
func (g *graph) request(t testing.TB, path string) *http.Request {
	t.Helper()
	address := path
	if !strings.Contains(path, "://") {
		path, query, _ := strings.Cut(path, "?")
		address = g.s.Base().String() + "/v1.0/security/" + path
		if query != "" {
			var parts []string
			for part := range strings.SplitSeq(query, "&") {
				name, value, _ := strings.Cut(part, "=")
				parts = append(parts, name+"="+url.QueryEscape(value))
			}
			address += "?" + strings.Join(parts, "&")
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatalf("making a request: %v", err)
	}
	r.Header.Set("Authorization", "Bearer "+g.token)
	r.Header.Set("Prefer", "include-unknown-enum-members")
	return r
}

// get asks Graph and returns the answer with its whole body.
func (g *graph) get(t testing.TB, path string) (*http.Response, string) {
	t.Helper()
	res, err := g.client.Do(g.request(t, path))
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return res, string(body)
}

// list is a page of Graph as tests look at it.
type list struct {
	Context string            `json:"@odata.context"`
	Count   *int              `json:"@odata.count"`
	Value   []json.RawMessage `json:"value"`
	Next    string            `json:"@odata.nextLink"`
}

func (g *graph) mustList(t testing.TB, path string) list {
	t.Helper()
	res, body := g.get(t, path)
	var l list
	if err := json.Unmarshal([]byte(body), &l); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %v %.300s", path, res.StatusCode, err, body)
	}
	return l
}

// all follows a list to its end and returns its items, and how many pages they came in.
func (g *graph) all(t testing.TB, path string) (items []json.RawMessage, pages int) {
	t.Helper()
	for path != "" {
		l := g.mustList(t, path)
		items = append(items, l.Value...)
		if pages++; pages > 20_000 {
			t.Fatal("the list does not end")
		}
		path = l.Next
	}
	return items, pages
}

// head is what tests compare of an incident or alert.
type head struct {
	ID         string `json:"id"`
	Tenant     string `json:"tenantId"`
	Incident   string `json:"incidentId"`
	Status     string `json:"status"`
	Severity   string `json:"severity"`
	Source     string `json:"serviceSource"`
	Name       string `json:"displayName"`
	Title      string `json:"title"`
	Redirect   string `json:"redirectIncidentId"`
	Created    string `json:"createdDateTime"`
	Updated    string `json:"lastUpdateDateTime"`
	Tags       []string
	SystemTags []string          `json:"systemTags"`
	Alerts     []head            `json:"alerts"`
	Evidence   []json.RawMessage `json:"evidence"`
}

func mustHead(t testing.TB, raw []byte) head {
	t.Helper()
	var h head
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatalf("reading %.200s: %v", raw, err)
	}
	return h
}

func mustHeads(t testing.TB, list []json.RawMessage) []head {
	t.Helper()
	var out []head
	for _, raw := range list {
		out = append(out, mustHead(t, raw))
	}
	return out
}

func mustTime(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatalf("reading a time: %v", err)
	}
	return when
}

func try(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// simulatorTenant is one more tenant.
func simulatorTenant() simulator.TenantOptions {
	return simulator.TenantOptions{Name: "Another", Licensed: true}
}
