package handlers_test

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/ingest/simulator"
)

// sendParts posts a form as a browser does that may hold a file; the value of "file" is one.
func (s *stack) sendParts(target string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			part, err := w.CreateFormField(name)
			if name == "file" {
				part, err = w.CreateFormFile(name, "customers.csv")
			}
			if err == nil {
				_, err = part.Write([]byte(value))
			}
			if err != nil {
				s.t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, target, &body)
	r.Host = "localhost:8080"
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(s.cookie)
	answer := httptest.NewRecorder()
	s.server.ServeHTTP(answer, r)
	return answer
}

// linksOn are the consent links that a page shows.
func linksOn(t *testing.T, page string) []string {
	t.Helper()
	var links []string
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "input" && strings.HasPrefix(attribute(n, "id"), "link-") }) {
		links = append(links, attribute(n, "value"))
	}
	return links
}

// A list is checked, imported, its link followed by the customer, and its tenant confirmed: then what was chosen is read.
func TestCustomersFromTheListToTheFirstRead(t *testing.T) {
	p := newProvider(t)
	p.tenant.World().Generate(3, 1, 24*time.Hour)
	third := p.sim.AddTenant(simulator.TenantOptions{Name: "Third", Domains: []string{"third.example"}, Licensed: true, Users: []simulator.User{{Name: "Kim", UserName: "kim@third.example", Role: simulator.GlobalAdministrator}}})
	third.World().Generate(3, 2, 24*time.Hour)
	page := p.mustGet(leads(t, p.mustGet("/connectors"), "Import customers"))
	action, _, form := presses(t, page, "Check the list")
	form.Set("shared", p.shared[strings.LastIndexByte(p.shared, '/')+1:])
	form["products"] = []string{"defenderForEndpoint"}
	form.Set("file", "\ufeffName;Tenant;Days\r\nThird <i>;third.example;90\r\nfabrikam customer;"+customer+"\r\n;nameless.example;\r\nNowhere;nowhere.example;\r\n=1+1;third.example;\r\n")
	checked := p.sendParts(action, form)
	if got := words(mustParse(t, checked.Body.String())); checked.Code != http.StatusOK || !strings.Contains(got, "3 customers can be imported. 2 lines can't") || !strings.Contains(got, "tenant is that of line 2") || !strings.Contains(got, "Third <i>") || !strings.Contains(got, "90 days") {
		t.Fatalf("checked, the page answers %d: %q", checked.Code, got)
	}
	if n := len(linksOn(t, checked.Body.String())); n != 0 || strings.Contains(p.mustGet("/connectors"), "third.example") {
		t.Fatal("the list is imported before anybody wants it")
	}
	list := elements(mustParse(t, checked.Body.String()), func(n *html.Node) bool { return n.Data == "textarea" })
	form.Del("file")
	form.Set("list", list[0].FirstChild.Data)
	form.Set("what", "import")
	done := p.sendParts(action, form)
	got := words(mustParse(t, done.Body.String()))
	for _, want := range []string{"1 customer was added, 1 was here already, 3 lines have a problem.", "Third <i>", "It is here already", "Its tenant is that of line 2"} {
		if !strings.Contains(got, want) {
			t.Errorf("imported, the page lacks %q: %q", want, got)
		}
	}
	links := linksOn(t, done.Body.String())
	if len(links) != 2 { // that of the tenant which was here without one, too
		t.Fatalf("got links %q", links)
	}
	if said := p.said.String(); strings.Contains(said, links[0][strings.Index(links[0], "=")+1:]) {
		t.Error("the log holds the secret of a link")
	}

	action, _, file := presses(t, done.Body.String(), "Download as CSV")
	table := p.sendParts(action, file)
	if h := table.Header(); table.Code != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || h.Get("Content-Disposition") != `attachment; filename="consent-links-2026-11-22.csv"` {
		t.Fatalf("the file answers %d with %v", table.Code, h)
	}
	rows, err := csv.NewReader(table.Body).ReadAll()
	if err != nil || len(rows) != 6 || !slices.Equal(rows[0], []string{"name", "tenant", "link", "expires", "problem"}) || rows[1][2] != links[0] || rows[1][3] != "2026-11-29T12:00:00Z" || !strings.HasPrefix(rows[3][4], "line 4: ") {
		t.Errorf("got %q, %v", rows, err)
	}

	b := p.browser()
	path := strings.TrimPrefix(links[0], "http://localhost:8080")
	b.consents(path, "kim@third.example")
	parent := leads(t, done.Body.String(), "Third <i>")
	action, _, form = presses(t, p.mustGet(parent), "Confirm")
	p.mustSend(action, form)
	if got := words(mustParse(t, p.mustGet(parent))); !strings.Contains(got, "Microsoft Defender for Endpoint") || !strings.Contains(got, "Connected") {
		t.Errorf("confirmed, the connector's page says %q", got)
	}
}

// consents follows a link as a person of the customer does.
func (b *browser) consents(path, person string) {
	b.p.t.Helper()
	t := b.p.t.(*testing.T)
	w := b.do(http.MethodGet, path, nil)
	action, _, form := presses(t, w.Body.String(), "Continue to Microsoft")
	w = b.do(http.MethodPost, action, form)
	w = b.do(http.MethodGet, w.Header().Get("Location"), nil)
	for range 2 { // consent, then the sign-in
		to, ok := strings.CutPrefix(w.Header().Get("Refresh"), "1; url=")
		if !ok {
			if to = w.Header().Get("Location"); to == "" {
				t.Fatalf("nothing leads to Microsoft: %d %q", w.Code, words(mustParse(t, w.Body.String())))
			}
		}
		w = b.do(http.MethodGet, b.p.throughMicrosoft(to, person, "accept"), nil)
	}
}

func TestWhatAnImportRefuses(t *testing.T) {
	p := newProvider(t)
	shared := p.shared[strings.LastIndexByte(p.shared, '/')+1:]
	for name, c := range map[string]struct {
		form url.Values
		code int
		want string
	}{
		"nothing":         {url.Values{}, 422, "There is no customer in the list"},
		"no head":         {url.Values{"list": {"a,b.example"}}, 422, "name is not among them"},
		"days":            {url.Values{"list": {"name,tenant\na,b.example"}, "backfillDays": {"400"}}, 422, "between 1 and 180 days"},
		"no app":          {url.Values{"list": {"name,tenant\na,b.example"}, "what": {"import"}}, 422, "Choose the app"},
		"unknown app":     {url.Values{"list": {"name,tenant\na,b.example"}, "what": {"import"}, "shared": {"x"}}, 422, "Choose the app"},
		"unknown product": {url.Values{"list": {"name,tenant\na,b.example"}, "products": {"microsoft365", "x"}, "shared": {shared}}, 200, "1 customer can be imported"},
		"too large":       {url.Values{"file": {strings.Repeat("x", 2<<20)}}, 413, "larger than the workbench takes"},
		"mistakes alone":  {url.Values{"list": {"name,tenant\n,b.example"}}, 200, "0 customers can be imported. 1 line can't"},
		"hostile":         {url.Values{"list": {"name,tenant\n</textarea><script>alert(1)</script>,b.example"}}, 200, "1 customer can be imported"},
	} {
		t.Run(name, func(t *testing.T) {
			p.t = t
			w := p.sendParts("/connectors/customers", c.form)
			if got := words(mustParse(t, w.Body.String())); w.Code != c.code || !strings.Contains(got, c.want) {
				t.Errorf("got %d, %.600q; want %d, %q", w.Code, got, c.code, c.want)
			}
			if strings.Contains(w.Body.String(), "<script>alert") {
				t.Error("the list is markup")
			}
		})
	}
	p.t = t
	for body, want := range map[string]int{"a,b": 400, "\"": 400, strings.Repeat("x", 5<<20): 413} {
		if w := p.sendParts("/connectors/customers/links.csv", url.Values{"list": {body}}); w.Code != want {
			t.Errorf("%.10q as what became of an import answers %d, want %d", body, w.Code, want)
		}
	}
	w := p.sendParts("/connectors/customers/links.csv", url.Values{"list": {"=cmd|' /c calc'!A0,+1,https://x,,@SUM(1)"}})
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != 2 || !slices.Equal(rows[1], []string{"'=cmd|' /c calc'!A0", "'+1", "https://x", "", "'@SUM(1)"}) {
		t.Errorf("got %q, %v; want cells that no spreadsheet takes for formulas", rows, err)
	}
}

func TestWhoMayImport(t *testing.T) {
	p := newProvider(t)
	p.signedIn(workbench.Account{ID: "narrow", Name: "narrow", Role: workbench.IntegrationsEditor, Grants: []workbench.TenantID{"00000000-0000-4000-8000-000000000001"}})
	if w := p.get("/connectors/customers"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "sees every tenant") {
		t.Errorf("got %d", w.Code)
	}
	for _, path := range []string{"/connectors/customers", "/connectors/customers/links.csv"} {
		if w := p.sendParts(path, url.Values{"list": {"name,tenant\na,b.example"}}); w.Code != http.StatusForbidden {
			t.Errorf("POST %s answers %d", path, w.Code)
		}
	}
	if page := p.mustGet("/connectors"); strings.Contains(page, "/connectors/customers") || strings.Contains(page, "/connectors/apps") {
		t.Error("the list offers what the account may not do")
	}
}
