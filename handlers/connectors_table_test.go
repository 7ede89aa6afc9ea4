package handlers_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/store"
	"workbench/store/seal"
)

// tenantry is a store of hundreds of tenants, by what is read of it when the connectors begin.
type tenantry struct {
	store.Store
	connectors    []workbench.Connector
	registrations []workbench.Registration
	healths       map[workbench.ConnectorID]workbench.Health
	progresses    map[workbench.ConnectorID]workbench.Progress
}

func (c *tenantry) Connectors(context.Context, workbench.Scope) ([]workbench.Connector, error) {
	return c.connectors, nil
}
func (c *tenantry) Registrations(context.Context) ([]workbench.Registration, error) {
	return c.registrations, nil
}
func (c *tenantry) Healths(context.Context) (map[workbench.ConnectorID]workbench.Health, error) {
	return c.healths, nil
}
func (c *tenantry) Progresses(context.Context) (map[workbench.ConnectorID]workbench.Progress, error) {
	return c.progresses, nil
}

// newTenantry is a stack with tenants that share an app, each with two children: every tenth has a fault, every
// fifteenth waits for consent, and some have gaps.
func newTenantry(t testing.TB, tenants int, name func(i int) string) *stack {
	t.Helper()
	s := newStack(t)
	at := func(d time.Duration) workbench.Time { return workbench.At(noon.Add(-d)) }
	c := &tenantry{Store: s.store, healths: map[workbench.ConnectorID]workbench.Health{}, progresses: map[workbench.ConnectorID]workbench.Progress{}}
	c.registrations = []workbench.Registration{{ID: "shared", Name: "Shared", Tenant: "00000000-0000-4000-8000-000000000000", ClientID: "6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f", ObjectID: "d2b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50",
		Credentials: []workbench.Credential{{ID: "0123456789abcdef", Kind: workbench.CertificateCredential, State: workbench.CredentialActive, Made: true, Certificate: make([]byte, 900), NotAfter: at(-60 * 24 * time.Hour)}}}}
	for i := range tenants {
		p := workbench.Connector{ID: workbench.ConnectorID(fmt.Sprintf("parent%05d", i)), Kind: workbench.Microsoft365, Name: name(i), Topology: workbench.SharedApp, Entered: fmt.Sprintf("customer%d.example", i),
			Tenant: workbench.TenantID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)), Registration: "shared", CreatedAt: at(time.Hour), AuthorizedAt: at(time.Hour)}
		h := workbench.NewHealth(p.ID, at(time.Hour)).After(nil, at(time.Minute))
		switch {
		case i%15 == 0:
			p.AuthorizedAt, h = workbench.Time{}, workbench.NewHealth(p.ID, at(time.Hour))
		case i%10 == 0:
			h = h.After(&workbench.Fault{Reason: workbench.ReasonApplicationDisabled, Detail: workbench.Text(strings.Repeat("AADSTS7000112 ", 30))}, at(time.Minute))
		}
		c.connectors = append(c.connectors, p)
		c.healths[p.ID] = h
		for k, kind := range []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOffice365} {
			child := workbench.Connector{ID: workbench.ConnectorID(fmt.Sprintf("child%05d.%d", i, k)), Kind: kind, Name: p.Name + " " + string(kind), Parent: p.ID, Tenant: p.Tenant, BackfillDays: 30}
			c.connectors = append(c.connectors, child)
			c.healths[child.ID] = h
			from := at(30 * 24 * time.Hour)
			progress := workbench.Progress{Connector: child.ID, From: from}
			for d := range 30 {
				until := 24 * time.Hour
				if i%10 == 7 {
					until = 23 * time.Hour // there is a gap each day
				}
				progress.Covered = workbench.Cover(progress.Covered, workbench.Span{From: workbench.At(from.AddDate(0, 0, d)), To: workbench.At(from.AddDate(0, 0, d).Add(until))})
			}
			c.progresses[child.ID] = progress
		}
	}
	ring, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	microsoft, base := &url.URL{Scheme: "https", Host: "microsoft.example"}, s.server.BaseURL
	log, clock := slog.New(slog.DiscardHandler), func() time.Time { return noon }
	service, err := connect.New(t.Context(), connect.Config{Store: c, Seal: ring, Clouds: []entra.Cloud{{Name: "custom", Authority: microsoft, Graph: microsoft}}, Transport: http.DefaultTransport, BaseURL: base, Now: clock, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if s.server, err = handlers.New(t.Context(), handlers.Config{Store: s.store, Queries: s.index, Connect: service, BaseURL: base, Now: clock, Log: log}); err != nil {
		t.Fatal(err)
	}
	return s.signedIn(workbench.Account{ID: "editor", Name: "editor", Role: workbench.IntegrationsEditor, AllGrants: true, Grants: []workbench.TenantID{}})
}

func plainName(i int) string { return fmt.Sprintf("Customer %05d", i) }

// maxListPage is how large a page of a list may be.
const maxListPage = 400 << 10

func TestPagesOfManyTenantsAreSmall(t *testing.T) {
	for name, names := range map[string]func(int) string{
		"plain":   plainName,
		"hostile": func(i int) string { return fmt.Sprintf(`%05d<b>"&'`, i) + strings.Repeat("<", 53) },
	} {
		s := newTenantry(t, 1_000, names)
		for _, path := range []string{"/connectors", "/connectors?status=error", "/connectors?sort=tenant&page=20", "/connectors?q=customer", "/integrations", "/integrations/configured"} {
			page := s.mustGet(path)
			if len(page) > maxListPage {
				t.Errorf("%s: %s is of %d kB", name, path, len(page)>>10)
			}
			if strings.Contains(page, "<b>\"") {
				t.Errorf("%s: %s holds a name as markup", name, path)
			}
		}
	}
}

// Each row is had alone, is the same as in the table, and leaves it once its tenant is gone.
func TestRowsOfManyTenantsAreHadAlone(t *testing.T) {
	s := newTenantry(t, 12, plainName)
	page := s.mustGet("/connectors?sort=tenant")
	rows := elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "tr" && attribute(n, "data-live") == "connector" })
	if len(rows) != 12 {
		t.Fatalf("got %d rows", len(rows))
	}
	address := attribute(rows[3], "data-address")
	if alone := s.mustGet(address, "HX-Request", "true"); !strings.Contains(page, strings.TrimSpace(alone)) || !strings.Contains(alone, attribute(rows[3], "id")) || strings.Count(alone, "<tr") != 1 {
		t.Errorf("alone it is %s", alone)
	}
	for _, gone := range []string{"/connectors?row=nothing", "/connectors?row=child00003.1"} {
		if w := s.get(gone, "HX-Request", "true"); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("%s answers %d, %q", gone, w.Code, w.Body)
		}
	}
	counts := s.mustGet("/connectors?q=customer&status=error&sum=tenants", "HX-Request", "true")
	if !strings.Contains(counts, `id="tenant-counts"`) || !strings.Contains(counts, "12 tenants") || !strings.Contains(counts, "1 Error") || !strings.Contains(counts, `aria-current="true"`) || strings.Contains(counts, "<table") {
		t.Errorf("the counts alone are %s", counts)
	}
}

func TestTableOfTenantsByItsAddress(t *testing.T) {
	s := newTenantry(t, 120, plainName)
	shown := func(path string) []string {
		var names []string
		for _, n := range elements(mustParse(t, s.mustGet(path)), func(n *html.Node) bool { return attribute(n, "class") == "tenant-name" }) {
			names = append(names, words(n))
		}
		return names
	}
	if got := shown("/connectors?q=customer7.example"); len(got) != 1 || got[0] != "customer7.example" {
		t.Errorf("got %q", got)
	}
	if got := shown("/connectors?status=pending"); len(got) != 8 {
		t.Errorf("got %d that wait", len(got))
	}
	first := s.mustGet("/connectors?sort=tenant&q=customer")
	second := leads(t, first, "Next")
	if got := shown(second); len(got) != 50 || !strings.Contains(second, "q=customer") || !strings.Contains(second, "sort=tenant") {
		t.Errorf("%s shows %d", second, len(got))
	}
	for _, n := range elements(mustParse(t, first), func(n *html.Node) bool { return attribute(n, "id") == "tenant-search" }) {
		if attribute(n, "value") != "customer" {
			t.Error("the search is lost")
		}
	}
	none := s.mustGet("/connectors?q=customer&status=off")
	if got := words(mustParse(t, none)); !strings.Contains(got, "No tenant fits") || !strings.Contains(got, "Any status: 120 tenants") {
		t.Errorf("got %q", got)
	}
	if w := s.get("/connectors?status=%ff&cloud=%00&topology=x&sort=-&page=99999999999&q=%f0%28"); w.Code != http.StatusOK {
		t.Errorf("an address that is none answers %d", w.Code)
	}
}

// The bodies of what is done with many stand in the table's own form.
func TestManyAreTestedFromTheTable(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	for i := range 9 {
		status := workbench.StatusConnected
		if i%3 == 0 {
			status = workbench.StatusError
		}
		f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: fmt.Sprint("customer ", i), Tenant: workbench.TenantID(fmt.Sprint("3ac", i))}, status, "")
	}
	action, _, form := presses(t, s.mustGet("/connectors?status=error&sort=tenant"), "Test all shown (3)")
	form.Set("what", "shown")
	if to := s.mustSend(action, form); to != "/connectors?done=testing&sort=tenant&status=error" {
		t.Errorf("it leads to %s", to)
	}
	form.Set("what", "selected")
	form["id"] = []string{"connector2", "connector5"}
	s.mustSend(action, form)
	want := "as-integrationsEditor test many [connector1 connector4 connector7] as-integrationsEditor test many [connector2 connector5]"
	if got := strings.Join(f.calls, " "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	delete(form, "id")
	if to := s.mustSend(action, form); !strings.Contains(to, "done=none") || !strings.Contains(s.mustGet(to), "no tenant was chosen") {
		t.Errorf("it leads to %s", to)
	}
	f.states[0].Testing = true
	if got := words(mustParse(t, s.mustGet("/connectors?row=connector1", "HX-Request", "true"))); !strings.Contains(got, "Being tested") {
		t.Errorf("the row says %q", got)
	}
	viewer, _ := withConnectors(t, workbench.Viewer)
	if page := viewer.mustGet("/connectors"); strings.Contains(page, "/connectors/test") || strings.Contains(page, "/connectors/customers") {
		t.Error("who may not edit is offered to")
	}
}

// BenchmarkManyTenants answers pages and rows over the real connectors of many tenants, each with two children.
func BenchmarkManyTenants(b *testing.B) {
	for _, tenants := range []int{500, 1_000} {
		s := newTenantry(b, tenants, plainName)
		for _, page := range []struct{ name, path, partial string }{
			{"page", "/connectors", ""}, {"search", "/connectors?q=customer1&status=connected&sort=read", ""}, {"row", "/connectors?row=parent00003", "true"}, {"counts", "/connectors?sum=tenants", "true"},
		} {
			b.Run(fmt.Sprintf("%d/%s", tenants, page.name), func(b *testing.B) {
				size := 0
				for b.Loop() {
					w := s.get(page.path, "HX-Request", page.partial)
					if w.Code != http.StatusOK {
						b.Fatalf("%s answers %d", page.path, w.Code)
					}
					size = w.Body.Len()
				}
				b.ReportMetric(float64(size), "bytes/answer")
			})
		}
	}
}
