package handlers_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
	"workbench/store"
	"workbench/store/boltstore"
	"workbench/store/index"
)

// stack is the whole server over a real store with the samples in it.
type stack struct {
	t      testing.TB
	store  store.Store
	index  *index.Index
	server *handlers.Server
	cookie *http.Cookie
	now    time.Time
	log    *bytes.Buffer
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newStack(t testing.TB) *stack { return newStackAt(t, "http://localhost:8080") }

// newStackAt is a stack with another base URL.
func newStackAt(t testing.TB, address string) *stack {
	t.Helper()
	s := &stack{t: t, now: noon, log: &bytes.Buffer{}}
	clock := func() time.Time { return s.now }
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), defender.NewDeriver(nil), boltstore.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	s.store = st
	ctx, cancel := context.WithCancel(t.Context())
	s.index = index.New(index.Config{Names: func(workbench.TenantID) workbench.Untrusted { return workbench.Untrusted{} }, Rows: st})
	followed := make(chan error, 1)
	go func() { followed <- s.index.Follow(ctx, st) }()
	t.Cleanup(func() { cancel(); <-followed })

	base, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = handlers.New(ctx, handlers.Config{Store: st, Queries: s.index, BaseURL: base, Now: clock, Gallery: true, Log: slog.New(slog.NewTextHandler(s.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.AddAccount(ctx, workbench.Account{ID: workbench.Administrator, Name: "administrator", Role: workbench.AdministratorRole, Grants: []workbench.TenantID{}, AllGrants: true}); err != nil {
		t.Fatal(err)
	}
	return s
}

// withSamples imports the samples and waits until lists have them.
func (s *stack) withSamples() *stack {
	s.t.Helper()
	s.load("samples", sample.Page(s.now))
	s.load("later", sample.Later(s.now))
	return s
}

func (s *stack) load(name string, data []byte) {
	s.t.Helper()
	file := ingest.File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
	if _, err := ingest.Import(s.t.Context(), s.store, []ingest.File{file}, ingest.ImportOptions{At: workbench.At(s.now), By: workbench.Administrator}); err != nil {
		s.t.Fatal(err)
	}
	entries, err := s.store.Changes(s.t.Context(), 0, 100_000)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.index.WaitApplied(s.t.Context(), entries[len(entries)-1].Number); err != nil {
		s.t.Fatal(err)
	}
}

// signedIn signs in as an account, the administrator where none is named.
func (s *stack) signedIn(accounts ...workbench.Account) *stack {
	s.t.Helper()
	id := workbench.Administrator
	for _, a := range accounts {
		if err := s.store.AddAccount(s.t.Context(), a); err != nil {
			s.t.Fatal(err)
		}
		id = a.ID
	}
	token := "token-" + string(id)
	if err := s.store.AddLink(s.t.Context(), token, store.Link{Account: id, Expires: s.now.Add(time.Hour)}); err != nil {
		s.t.Fatal(err)
	}
	s.cookie = nil
	answer := s.get("/sign-in?token=" + token)
	for _, c := range answer.Result().Cookies() {
		if c.Name == "workbench" {
			s.cookie = c
		}
	}
	if answer.Code != http.StatusSeeOther || s.cookie == nil {
		s.t.Fatalf("signing in answers %d without a session: %s", answer.Code, answer.Body)
	}
	return s
}

// do sends a request with the session's cookie and the given headers, as name, value, name, value.
func (s *stack) do(method, target string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, target, body)
	r.Host = "localhost:8080"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s.cookie != nil {
		r.AddCookie(s.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w
}

// doAs asks for a page under another host's name.
func (s *stack) doAs(host, target string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w
}

func (s *stack) get(target string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(http.MethodGet, target, nil, headers...)
}

// mustGet is the body of a page that must answer 200.
func (s *stack) mustGet(target string, headers ...string) string {
	s.t.Helper()
	w := s.get(target, headers...)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s answers %d: %.300s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// rows are all stories of the store.
func (s *stack) rows() []workbench.Row {
	s.t.Helper()
	page, err := s.index.Stories(s.t.Context(), workbench.EveryTenant(), store.Query{Limit: store.MaxLimit})
	if err != nil {
		s.t.Fatal(err)
	}
	return page.Rows
}

// storyWhere is the first story that fits.
func (s *stack) storyWhere(fits func(workbench.Row) bool) workbench.Row {
	s.t.Helper()
	for _, r := range s.rows() {
		if fits(r) {
			return r
		}
	}
	s.t.Fatal("no sample story fits")
	return workbench.Row{}
}

// mustParse parses a page, so that tests look at what a browser sees.
func mustParse(t *testing.T, page string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// elements are the elements below n that fit.
func elements(n *html.Node, fits func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && fits(d) {
			found = append(found, d)
		}
	}
	return found
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words is the text below n, white space folded.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
