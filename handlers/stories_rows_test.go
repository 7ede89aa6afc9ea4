package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/sample"
	"workbench/store"
)

// counted are lists that count what they are asked.
type counted struct {
	store.Queries
	lists, rows atomic.Int64
	whole       atomic.Int64        // rows that lists came with
	behind      bool                // what stands inside the newest story is not searched yet
	farBehind   bool                // nor inside half of all stories
	name        workbench.Untrusted // of every tenant; absent = as it is
}

// called gives tenants their name.
func (q *counted) called(rows []workbench.Row, counts []store.Count) {
	for i := range rows {
		rows[i].Tenant.Name = q.name.Or(rows[i].Tenant.Name)
	}
	for i := range counts {
		counts[i].Label = q.name.Or(counts[i].Label)
	}
}

func (q *counted) Stories(ctx context.Context, scope workbench.Scope, query store.Query) (store.Page, error) {
	q.lists.Add(1)
	page, err := q.Queries.Stories(ctx, scope, query)
	if page.Inside = page.AsOf; q.behind {
		page.Inside--
	}
	if q.farBehind {
		page.Inside = page.AsOf / 2
	}
	q.whole.Add(int64(len(page.Rows)))
	q.called(page.Rows, page.Facets[store.Tenant])
	return page, err
}

func (q *counted) Rows(ctx context.Context, scope workbench.Scope, versions []store.Version) ([]workbench.Row, error) {
	q.rows.Add(int64(len(versions)))
	rows, err := q.Queries.Rows(ctx, scope, versions)
	q.called(rows, nil)
	return rows, err
}

// counting serves from lists that count.
func (s *stack) counting() *counted {
	q := &counted{Queries: s.index}
	s.over(s.store, q)
	return q
}

// set sets the status of a story and waits until lists have it.
func (s *stack) set(id workbench.StoryID, status string) {
	s.t.Helper()
	before := s.index.Applied()
	if w := s.do(http.MethodPost, "/stories/"+string(id)+"/manage", url.Values{"status": {status}}); w.Code != http.StatusSeeOther {
		s.t.Fatalf("setting the status answers %d: %.300s", w.Code, w.Body)
	}
	if err := s.index.WaitApplied(s.t.Context(), before+1); err != nil {
		s.t.Fatal(err)
	}
}

// shownRow is the text of a story's row on a page.
func shownRow(t *testing.T, page string, id workbench.StoryID) string {
	t.Helper()
	rows := elements(mustParse(t, page), func(n *html.Node) bool { return attribute(n, "id") == "story-"+string(id) })
	if len(rows) != 1 {
		t.Fatalf("the page has %d rows of story %s", len(rows), id)
	}
	return words(rows[0])
}

func TestRowsAreMadeOnce(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	q := s.counting()
	all := len(s.rows())
	s.mustGet("/stories?limit=1000")
	if got := q.rows.Load(); got != int64(all) {
		t.Fatalf("the first page reads %d rows, want %d", got, all)
	}
	asked := q.lists.Load()
	s.mustGet("/stories?limit=1000")
	if q.lists.Load() != asked {
		t.Error("a page that was just made is found again")
	}
	for _, path := range []string{"/stories?limit=1000&sort=criticality", "/stories?limit=5&status=open"} {
		s.mustGet(path)
		s.mustGet(path, "HX-Request", "true")
	}
	if got := q.rows.Load(); got != int64(all) {
		t.Errorf("pages of the same rows read %d more", got-int64(all))
	}
	s.mustGet("/stories?limit=1000&columns=indication,owner")
	if got := q.rows.Load(); got != 2*int64(all) {
		t.Errorf("other columns read %d rows, want %d", got-int64(all), all)
	}
	changed := s.storyWhere(func(r workbench.Row) bool { return r.Status == workbench.StatusOpen }).ID
	s.set(changed, "monitoring")
	before := q.rows.Load()
	page := s.mustGet("/stories?limit=1000")
	if got := q.rows.Load() - before; got != 1 {
		t.Errorf("after one story changed, the page reads %d rows", got)
	}
	if row := shownRow(t, page, changed); !strings.Contains(row, "Monitoring") {
		t.Errorf("the row says %q after the status was set", row)
	}
}

func TestAgesMoveOnRowsThatAreKept(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	q := s.counting()
	r := s.storyWhere(func(r workbench.Row) bool { return s.now.Sub(r.CreatedAt.Time) < 20*time.Hour })
	before := shownRow(t, s.mustGet("/stories?limit=1000"), r.ID)
	rows := q.rows.Load()
	s.now = s.now.Add(5 * time.Hour)
	after := shownRow(t, s.mustGet("/stories?limit=1000"), r.ID)
	if before == after || q.rows.Load() != rows {
		t.Errorf("five hours later the row says %q, read anew: %t", after, q.rows.Load() != rows)
	}
	fresh := s.over(s.store, s.index)
	if want := shownRow(t, fresh.mustGet("/stories?limit=1000"), r.ID); after != want {
		t.Errorf("got %q, want %q", after, want)
	}
}

func TestListIsSentAgainOnlyWhereItChanged(t *testing.T) {
	for _, path := range []string{"/stories?limit=20", "/stories?limit=20&group=status", "/stories.json?limit=20", "/stories?limit=20 partial"} {
		t.Run(path, func(t *testing.T) {
			s := newStack(t).withSamples().signedIn()
			busy := ""
			lists := &counted{Queries: s.index}
			serve := func() {
				var err error
				s.server, err = handlers.New(t.Context(), handlers.Config{Store: s.store, Queries: lists, BaseURL: &url.URL{Scheme: "http", Host: "localhost:8080"},
					Now: func() time.Time { return s.now }, Log: discard(), Busy: func() string { return busy }, TenantName: func(workbench.TenantID) workbench.Untrusted { return lists.name }})
				if err != nil {
					t.Fatal(err)
				}
			}
			serve()
			path, partial := strings.CutSuffix(path, " partial")
			var cookies string
			ask := func(method string, more ...string) *httptest.ResponseRecorder {
				if partial {
					more = append(more, "HX-Request", "true")
				}
				if cookies != "" {
					more = append(more, "Cookie", s.cookie.String()+"; "+cookies)
				}
				return s.do(method, path, nil, more...)
			}
			first := ask(http.MethodGet)
			tag := first.Header().Get("ETag")
			if first.Code != http.StatusOK || tag == "" || first.Header().Get("Cache-Control") != "private, no-cache" {
				t.Fatalf("got %d with tag %q: %v", first.Code, tag, first.Header())
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				w := ask(method, "If-None-Match", `"other", `+tag)
				if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
					t.Errorf("%s of what the browser has answers %d, %d bytes", method, w.Code, w.Body.Len())
				}
				for _, name := range []string{"Accept", "Accept-Encoding", "HX-Request"} {
					if !strings.Contains(strings.Join(w.Header().Values("Vary"), ", "), name) && !(name == "HX-Request" && strings.Contains(path, ".json")) {
						t.Errorf("%s: the answer does not vary by %s", method, name)
					}
				}
			}
			if w := ask(http.MethodHead); w.Code != http.StatusOK || w.Header().Get("ETag") != tag {
				t.Errorf("HEAD answers %d with tag %q, want %q", w.Code, w.Header().Get("ETag"), tag)
			}
			page := !strings.Contains(path, ".json")
			changes := []struct {
				name    string
				change  func()
				applies bool
			}{
				{"another theme", func() { cookies = "display=theme=dark" }, true},
				{"another zone", func() { cookies = "display=zone=Europe/Rome" }, true},
				{"the next minute", func() { s.now = s.now.Add(time.Minute) }, page},
				{"an import begins", func() { busy = "An import is running." }, true},
				{"a story changed", func() {
					s.set(s.storyWhere(func(r workbench.Row) bool { return r.Status == workbench.StatusOpen }).ID, "monitoring")
				}, true},
				{"other columns", func() { s.do(http.MethodPost, "/settings/columns", url.Values{"column": {"owner"}}) }, true},
				{"a tenant got a name", func() { lists.name = workbench.Text("Contoso") }, true},
				{"another account", func() {
					s.signedIn(workbench.Account{ID: "second", Name: "second", Role: workbench.Viewer, AllGrants: true})
				}, true},
				{"an account that sees less", func() {
					s.signedIn(workbench.Account{ID: "third", Name: "third", Role: workbench.Viewer, Grants: []workbench.TenantID{}})
				}, true},
			}
			for _, c := range changes {
				had := ask(http.MethodGet).Header().Get("ETag")
				c.change()
				w := ask(http.MethodGet, "If-None-Match", had)
				if !c.applies {
					if w.Code != http.StatusNotModified {
						t.Errorf("%s: an answer that is the same is sent again with %d", c.name, w.Code)
					}
					continue
				}
				if w.Code != http.StatusOK || had != "" && w.Header().Get("ETag") == had {
					t.Errorf("%s: the answer is %d with tag %q, before %q", c.name, w.Code, w.Header().Get("ETag"), had)
				}
			}
		})
	}
}

func TestPageAndPartialHaveTagsOfTheirOwn(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	page, partial := s.get("/stories"), s.get("/stories", "HX-Request", "true")
	if a, b := page.Header().Get("ETag"), partial.Header().Get("ETag"); a == "" || b == "" || a == b {
		t.Errorf("the page has the tag %q, its partial %q", a, b)
	}
	if w := s.get("/stories", "HX-Request", "true", "If-None-Match", page.Header().Get("ETag")); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<html") {
		t.Errorf("the partial of a page that the browser has answers %d", w.Code)
	}
}

func TestSearchesThatMissSomethingAreNotKept(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	q := s.counting()
	q.behind = true
	word := strings.Fields(s.rows()[0].Indication.Raw())[0]
	path := "/stories?q=" + url.QueryEscape(word)
	w := s.get(path)
	asked := q.lists.Load()
	if again := s.get(path); w.Header().Get("ETag") != "" || again.Code != http.StatusOK || q.lists.Load() == asked {
		t.Error("what is searched in part is kept as if it were whole")
	}
	q.behind = false
	if tag := s.get(path).Header().Get("ETag"); tag == "" || s.get(path, "If-None-Match", tag).Code != http.StatusNotModified {
		t.Error("a whole search is not kept")
	}
}

func TestWhatIsWrongIsNotKept(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, path := range []string{"/stories?status=asleep", "/stories.json?status=asleep", "/stories?after=forged"} {
		for range 2 {
			if w := s.get(path, "If-None-Match", "*"); w.Code < 400 || w.Header().Get("ETag") != "" {
				t.Errorf("%s answers %d with tag %q", path, w.Code, w.Header().Get("ETag"))
			}
		}
	}
}

// nowhere takes an answer and forgets it.
type nowhere http.Header

func (n nowhere) Header() http.Header         { return http.Header(n) }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

func TestWarmPageCostsLittle(t *testing.T) {
	s := newStack(t).signedIn()
	var data bytes.Buffer
	if err := sample.Stream(&data, 200, 5); err != nil {
		t.Fatal(err)
	}
	s.load("many", data.Bytes())
	ask := func(path string) func() {
		return func() {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = "localhost:8080"
			r.AddCookie(s.cookie)
			s.server.ServeHTTP(nowhere{}, r)
		}
	}
	public := testing.AllocsPerRun(50, ask("/sign-in"))
	if got := testing.AllocsPerRun(50, ask("/stories?limit=200")); got > 300 {
		t.Errorf("a page that is kept costs %.0f allocations, want at most 300; the sign-in page costs %.0f", got, public)
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
