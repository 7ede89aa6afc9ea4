package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/handlers"
	"workbench/store"
	"workbench/store/failstore"
)

// failing is a store that only gives the cookie keys; its sessions fail too.
type failing struct {
	failstore.Store
	real store.Store
}

func (f failing) Setting(ctx context.Context, name string, make func() []byte) ([]byte, error) {
	return f.real.Setting(ctx, name, make)
}

// failingBehind also knows who is signed in, so that requests get past their permission.
type failingBehind struct{ failing }

func (f failingBehind) Session(ctx context.Context, id string, now time.Time) (map[string]string, error) {
	return f.real.Session(ctx, id, now)
}

func (f failingBehind) Account(ctx context.Context, id workbench.AccountID) (workbench.Account, error) {
	return f.real.Account(ctx, id)
}

// over serves with another store and other lists from here on, with the same cookie keys.
func (s *stack) over(st store.Store, q store.Queries) *stack {
	s.t.Helper()
	s.log = &bytes.Buffer{}
	base := &url.URL{Scheme: "http", Host: "localhost:8080"}
	server, err := handlers.New(s.t.Context(), handlers.Config{Store: st, Queries: q, BaseURL: base, Now: func() time.Time { return s.now }, Gallery: true,
		Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		s.t.Fatal(err)
	}
	s.server = server
	return s
}

func TestFailingStore(t *testing.T) {
	// Pages of connectors are asked of the service that keeps them, which has tests of its own.
	asksNothing := map[string]bool{"/gallery": true, "/settings/display": true, "/sign-in": true, "/events": true}
	for name, broken := range map[string]func(failing) store.Store{
		"altogether":            func(f failing) store.Store { return f },
		"behind the permission": func(f failing) store.Store { return failingBehind{f} },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t).withSamples().signedIn()
			id := string(s.rows()[0].ID)
			s.over(broken(failing{real: s.store}), failstore.Queries{})
			for _, r := range s.routes() {
				of := strings.HasPrefix(r.path, "/connectors") || strings.HasPrefix(r.path, "/integrations") || strings.HasPrefix(r.path, "/consent")
				if r.path == "/static/*" || r.path == "/healthz" || name != "altogether" && (asksNothing[r.path] || of) {
					continue
				}
				for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"Accept-Encoding", "gzip"}} {
					s.log.Reset()
					target := fill(r.path, id)
					if strings.HasPrefix(r.path, "/stories/news") {
						target += "?since=0"
					}
					w := s.do(r.method, target, url.Values{"comment": {"x"}}, headers...)
					if w.Code < 500 {
						t.Errorf("%s %s %v answers %d over a store that fails, want a fault", r.method, r.path, headers, w.Code)
					}
					wantCleanFault(t, s, r.method+" "+r.path, w.Header(), w.Body.Bytes(), "failstore")
				}
			}
			if w := s.get("/sign-in?token=x"); w.Code < 500 {
				t.Errorf("a sign-in link answers %d over a store that fails", w.Code)
			}
		})
	}
}

// wantCleanFault checks that an answer names its request and keeps to itself what went wrong.
func wantCleanFault(t *testing.T, s *stack, what string, header http.Header, body []byte, internal string) {
	t.Helper()
	id := header.Get("X-Request-Id")
	if id == "" || header.Get("Content-Security-Policy") == "" || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: an answer without its headers: %v", what, header)
	}
	if bytes.Contains(body, []byte(internal)) || bytes.Contains(body, []byte("goroutine")) {
		t.Errorf("%s tells what went wrong inside: %.300s", what, body)
	}
	if header.Get("Content-Encoding") == "" && !strings.HasPrefix(what[strings.IndexByte(what, ' ')+1:], "/readyz") && !bytes.Contains(body, []byte(id)) {
		t.Errorf("%s does not name the request in the answer: %.300s", what, body)
	}
	if !strings.Contains(s.log.String(), id) {
		t.Errorf("%s: the log does not know the request", what)
	}
}

// panicking is a store with a fault in its program.
type panicking struct{ store.Store }

func (panicking) Story(context.Context, workbench.Scope, workbench.StoryID) (workbench.Story, error) {
	var rows []int
	return workbench.Story{}, failstore.Err.(interface{ At(int) error }).At(rows[0])
}

func (panicking) Act(context.Context, workbench.Scope, workbench.Action) (workbench.Action, store.Change, error) {
	panic("the secret of \x1b[31mAct")
}

func TestPanicGivesACleanFault(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	id := string(s.rows()[0].ID)
	s.over(panicking{s.store}, s.index)
	for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"Accept", "application/json"}, {"Accept-Encoding", "gzip"}} {
		s.log.Reset()
		w := s.get("/stories/"+id, headers...)
		if w.Code != http.StatusInternalServerError {
			t.Errorf("%v: a panic answers %d, want 500", headers, w.Code)
		}
		wantCleanFault(t, s, "GET /stories/:id", w.Header(), w.Body.Bytes(), "interface conversion")
		if !strings.Contains(s.log.String(), `"stack"`) {
			t.Errorf("%v: the log does not say where it happened: %s", headers, s.log)
		}
	}
	w := s.do(http.MethodPost, "/stories/"+id+"/comment", url.Values{"comment": {"x"}})
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d: %.200s", w.Code, w.Body)
	}
	if w := s.get("/stories"); w.Code != http.StatusOK {
		t.Errorf("after a panic the list answers %d", w.Code)
	}
}
