package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"workbench"
	"workbench/handlers"
	"workbench/ingest/connect"
	"workbench/ingest/sample"
	"workbench/store"
	"workbench/views/link"
)

const long = time.Hour // for what must not happen in a test

// event is one server-sent event, or a comment.
type event struct{ kind, data string }

// listening is a browser's event stream. Events are closed when it ends.
type listening struct {
	t      *testing.T
	answer *http.Response
	events chan event
}

// next is the next event, comments left out.
func (l *listening) next() event {
	l.t.Helper()
	for e := range l.events {
		if e.kind != "comment" {
			return e
		}
	}
	l.t.Fatal("the stream has ended")
	return event{}
}

// wantEnd waits until the stream ends, and nothing may come before that.
func (l *listening) wantEnd() {
	l.t.Helper()
	for e := range l.events {
		if e.kind != "comment" {
			l.t.Errorf("before its end the stream says %v", e)
		}
	}
}

// live is a stack behind a real server, with announcements.
type live struct {
	*stack
	web       *httptest.Server
	connector chan workbench.ConnectorID
	announced chan error
	stop      context.CancelFunc // of announcements
}

// newLive serves the stack. configure may change the server before it starts; nil = as it is.
func newLive(t *testing.T, s *stack, configure func(*http.Server)) *live {
	t.Helper()
	l := &live{stack: s, connector: make(chan workbench.ConnectorID), announced: make(chan error, 1)}
	l.web = httptest.NewUnstartedServer(s.server)
	if configure != nil {
		configure(l.web.Config)
	}
	l.web.Start()
	t.Cleanup(l.web.Close)
	ctx, stop := context.WithCancel(t.Context())
	l.stop = stop
	after := s.index.Applied()
	go func() { l.announced <- s.server.Announce(ctx, after, l.connector) }()
	t.Cleanup(stop)
	return l
}

// ask sends a request for events with the present cookie.
func (l *live) ask(headers ...string) *http.Response {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), http.MethodGet, l.web.URL+strings.TrimSuffix(l.server.BaseURL.Path, "/")+"/events", nil)
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	if l.cookie != nil {
		r.AddCookie(l.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	l.t.Cleanup(transport.CloseIdleConnections)
	answer, err := transport.RoundTrip(r)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// listen opens a stream that must be given, past its hello, whose number it returns.
func (l *live) listen(t *testing.T, headers ...string) (*listening, store.Change) {
	t.Helper()
	answer := l.ask(headers...)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("asking for events answers %s", answer.Status)
	}
	stream := &listening{t: t, answer: answer, events: make(chan event, 1_000)}
	go func() {
		defer close(stream.events)
		lines, kind := bufio.NewScanner(answer.Body), ""
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ":"); name {
			case "":
				if value != "" {
					stream.events <- event{"comment", value}
				}
			case "event":
				kind = strings.TrimSpace(value)
			case "data":
				stream.events <- event{kind, strings.TrimSpace(value)}
			}
		}
	}()
	hello := stream.next()
	number, err := strconv.ParseUint(hello.data, 10, 64)
	if hello.kind != "hello" || err != nil {
		t.Fatalf("a stream begins with %v, want a hello with a number", hello)
	}
	return stream, store.Change(number)
}

// incident is an incident of a tenant.
func incident(tenant string) []byte {
	return bytes.ReplaceAll(sample.Large(1, 1), largeTenant(), []byte(tenant))
}

// largeTenant is the tenant of sample.Large.
func largeTenant() []byte {
	_, rest, _ := bytes.Cut(sample.Large(1, 1), []byte(`"tenantId"`))
	return bytes.Split(rest, []byte(`"`))[1]
}

const (
	tenantOne = "11111111-aaaa-4aaa-8aaa-111111111111"
	tenantTwo = "22222222-bbbb-4bbb-8bbb-222222222222"
)

func viewer(id string, grants ...workbench.TenantID) workbench.Account {
	return workbench.Account{ID: workbench.AccountID(id), Name: id, Role: workbench.Viewer, Grants: append([]workbench.TenantID{}, grants...)}
}

// TestNewIncidentReachesTheBrowsersThatMaySeeIt follows an incident from its import to the line above the list. An account that does not see
// its tenant learns nothing: what it is told first is a later change, and nothing is left of the one before.
func TestNewIncidentReachesTheBrowsersThatMaySeeIt(t *testing.T) {
	l := newLive(t, newStack(t), nil)
	l.signedIn(viewer("narrow", tenantTwo))
	narrow, narrowHello := l.listen(t)
	narrowCookie := l.cookie
	l.signedIn()
	wide, hello := l.listen(t)
	if hello != narrowHello {
		t.Errorf("before anything came, the hellos say %d and %d", hello, narrowHello)
	}
	since := l.list("").AsOf
	line := func(query string) string {
		return words(mustParse(t, l.mustGet("/stories/news"+query, "HX-Request", "true")))
	}
	before := "?since=" + strconv.FormatUint(since, 10)
	if got := line(before); got != "" {
		t.Errorf("before anything came, the line says %q", got)
	}

	l.load("one", incident(tenantOne))
	first := wide.next()
	if first.kind != "stories" || first.data == strconv.FormatUint(uint64(hello), 10) {
		t.Errorf("the stream says %v, want stories with a newer number", first)
	}
	if got := line(before); got != "1 new: load" {
		t.Errorf("the line says %q, want 1 new", got)
	}
	if _, again := l.listen(t); strconv.FormatUint(uint64(again), 10) != first.data {
		t.Errorf("who comes now hears hello %d, want %s", again, first.data)
	}

	l.load("two", incident(tenantTwo))
	second := wide.next()
	if got := narrow.next(); got != second {
		t.Errorf("the narrow account is told %v, want %v alone", got, second)
	}
	if got := line(before); got != "2 new: load" {
		t.Errorf("the line says %q, want 2 new", got)
	}
	l.cookie = narrowCookie
	if got := line(before); got != "1 new: load" {
		t.Errorf("the narrow account's line says %q, want 1 new", got)
	}
	l.stop()
	wide.wantEnd()
	narrow.wantEnd()
}

// TestHelloKeepsToTheScope holds that a reconnecting browser can't tell from the number whether other tenants changed.
func TestHelloKeepsToTheScope(t *testing.T) {
	l := newLive(t, newStack(t), nil)
	l.signedIn(viewer("narrow", tenantTwo))
	narrow, before := l.listen(t)
	narrowCookie := l.cookie
	l.signedIn()
	wide, _ := l.listen(t)
	l.load("one", incident(tenantOne))
	wide.next()
	narrow.answer.Body.Close()
	l.cookie = narrowCookie
	if _, after := l.listen(t); after != before {
		t.Errorf("after a change of another tenant hello says %d, want %d as before", after, before)
	}
}

// states stands in for connectors: only what they are is asked for.
type states struct {
	handlers.Connections
	list []connect.State
}

func (f states) States(context.Context, workbench.Scope) ([]connect.State, error) { return f.list, nil }
func (states) Blindness(workbench.Scope) []connect.Blind                          { return nil }

func TestConnectorEventsKeepToTheScope(t *testing.T) {
	s := newStack(t)
	config := s.server.Config
	config.Connect = states{list: []connect.State{
		{Connector: workbench.Connector{ID: "one", Tenant: tenantOne}}, {Connector: workbench.Connector{ID: "two", Tenant: tenantTwo}}, {Connector: workbench.Connector{ID: "unconfirmed"}}}}
	server, err := handlers.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
	server.Pace(long, long, long, 0)
	l := newLive(t, s, nil)
	l.signedIn(viewer("narrow", tenantTwo))
	narrow, _ := l.listen(t)
	l.signedIn()
	wide, _ := l.listen(t)
	for _, step := range []struct{ id, wide, narrow string }{
		{"one", "one", ""}, {"unconfirmed", "unconfirmed", ""}, {"never seen", "never seen", ""}, {"", "*", ""}, {"two", "two", "two"},
	} {
		l.connector <- workbench.ConnectorID(step.id)
		if got := wide.next(); got != (event{"connectors", step.wide}) {
			t.Errorf("after %q: who sees everything is told %v, want %s", step.id, got, step.wide)
		}
		if step.narrow != "" {
			if got := narrow.next(); got != (event{"connectors", step.narrow}) {
				t.Errorf("after %q: who sees tenant two is told %v, want %s", step.id, got, step.narrow)
			}
		}
	}
	close(l.connector)
	l.stop()
	narrow.wantEnd()
	if err := <-l.announced; err != nil {
		t.Errorf("Announce: %v, want nil at the orderly end", err)
	}
}

func TestStreamEndsWithItsSession(t *testing.T) {
	for name, change := range map[string]func(*live, workbench.Account) error{
		"signed out": func(l *live, _ workbench.Account) error {
			if w := l.do(http.MethodPost, link.SignOut(), url.Values{}); w.Code != http.StatusSeeOther {
				return errors.New("signing out failed")
			}
			return nil
		},
		"disabled": func(l *live, a workbench.Account) error { a.Disabled = true; return l.saved(a) },
		"sessions ended": func(l *live, a workbench.Account) error {
			a.SessionsFrom = workbench.At(l.now.Add(time.Second))
			return l.saved(a)
		},
		"another role":      func(l *live, a workbench.Account) error { a.Role = "none"; return l.saved(a) },
		"fewer tenants":     func(l *live, a workbench.Account) error { a.Grants = a.Grants[:1]; return l.saved(a) },
		"more tenants":      func(l *live, a workbench.Account) error { a.AllGrants = true; return l.saved(a) },
		"announcements end": func(l *live, _ workbench.Account) error { l.stop(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.server.Pace(long, time.Millisecond, long, 0)
			l := newLive(t, s, nil)
			account := viewer("viewer", tenantOne, tenantTwo)
			l.signedIn(account)
			stream, _ := l.listen(t)
			if err := change(l, account); err != nil {
				t.Fatal(err)
			}
			stream.wantEnd()
		})
	}
}

// saved keeps a changed account.
func (l *live) saved(a workbench.Account) error {
	return l.store.SaveAccount(l.t.Context(), a, "changed", workbench.Administrator, workbench.At(l.now))
}

// TestStreamOutlivesTheServersTimeouts holds that a stream sets its own deadlines: comments alone keep it open far beyond those of the
// server, and an event comes through after them.
func TestStreamOutlivesTheServersTimeouts(t *testing.T) {
	s := newStack(t)
	s.server.Pace(time.Millisecond, time.Millisecond, long, 0)
	const timeout = 250 * time.Millisecond
	l := newLive(t, s, func(web *http.Server) { web.ReadTimeout, web.WriteTimeout, web.IdleTimeout = timeout, timeout, timeout })
	l.signedIn()
	stream, _ := l.listen(t)
	for until := time.Now().Add(timeout + timeout/4); time.Now().Before(until); {
		if e, ok := <-stream.events; !ok || e.kind != "comment" {
			t.Fatalf("got %v (open: %v), want a comment", e, ok)
		}
	}
	l.load("one", incident(tenantOne))
	if got := stream.next(); got.kind != "stories" {
		t.Errorf("after the server's timeouts: got %v, want stories", got)
	}
}

func TestStreamHeaders(t *testing.T) {
	for _, base := range []string{"http://localhost:8080", "http://localhost:8080/team/stories"} {
		s := newStackAt(t, base)
		l := newLive(t, s, nil)
		if answer := l.ask(); answer.StatusCode != http.StatusSeeOther || !strings.Contains(answer.Header.Get("Location"), "/sign-in") {
			t.Errorf("signed out: got %s to %q", answer.Status, answer.Header.Get("Location"))
		}
		l.signedInBelow(strings.TrimPrefix(base, "http://localhost:8080"))
		stream, _ := l.listen(t, "Accept-Encoding", "gzip")
		for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": "", "Content-Length": "", "X-Content-Type-Options": "nosniff"} {
			if got := stream.answer.Header.Get(name); got != want {
				t.Errorf("%s: got %s %q, want %q", base, name, got, want)
			}
		}
	}
}

// signedInBelow signs in where pages stand below a prefix.
func (s *stack) signedInBelow(prefix string) {
	s.t.Helper()
	if err := s.store.AddLink(s.t.Context(), "below", store.Link{Account: workbench.Administrator, Expires: s.now.Add(time.Hour)}); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range s.get(prefix + "/sign-in?token=below").Result().Cookies() {
		if c.Name == "workbench" {
			s.cookie = c
		}
	}
}

func TestStreamsAreRefused(t *testing.T) {
	s := newStack(t).signedIn()
	for _, method := range []string{http.MethodHead, http.MethodPost} {
		if w := s.do(method, "/events", nil); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s answers %d, want 405", method, w.Code)
		}
	}
	if w := s.do(http.MethodGet, "/events", url.Values{"a": {"b"}}); w.Code != http.StatusBadRequest {
		t.Errorf("a request with a body answers %d, want 400", w.Code)
	}
	l := newLive(t, s, nil)
	var last *listening
	for range handlers.MaxStreamsEach {
		last, _ = l.listen(t)
	}
	if answer := l.ask(); answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Errorf("one stream too many answers %s with Retry-After %q", answer.Status, answer.Header.Get("Retry-After"))
	}
	own := l.cookie
	l.signedIn(viewer("other"))
	other, _ := l.listen(t)
	l.stop()
	last.wantEnd()
	other.wantEnd()
	l.cookie = own
	if answer := l.ask(); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after announcements ended: got %s, want 503", answer.Status)
	}
}

// TestBodyThatNeverComes holds that a request that promises a body and sends none is answered all the same.
func TestBodyThatNeverComes(t *testing.T) {
	s := newStack(t).signedIn()
	l := newLive(t, s, func(web *http.Server) { web.ReadTimeout = 500 * time.Millisecond })
	conn, err := net.Dial("tcp", l.web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: " + s.cookie.Name + "=" + s.cookie.Value + "\r\nContent-Length: 10\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest || s.server.Streams() != 0 {
		t.Errorf("got %s and %d streams, want 400 and none", answer.Status, s.server.Streams())
	}
}

// TestStalledReaderIsCut holds that a reader that takes nothing is cut, and that others are told meanwhile. Its connection holds nothing, so
// that the first byte not taken stalls it.
func TestStalledReaderIsCut(t *testing.T) {
	s := newStack(t).signedIn()
	s.server.Pace(long, long, 20*time.Millisecond, 0)
	l := newLive(t, s, nil)
	stalled := make(pipes, 1)
	closed := make(chan struct{})
	web := &http.Server{Handler: s.server}
	go func() { _ = web.Serve(stalled) }()
	t.Cleanup(func() { web.Close() })
	near, far := net.Pipe()
	stalled <- &closing{Conn: far, closed: func() { close(closed) }}
	if _, err := near.Write([]byte("GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: " + s.cookie.Name + "=" + s.cookie.Value + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReaderSize(near, 16), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("got %v, %v", answer, err)
	}
	others := []*listening{}
	for range 3 {
		other, _ := l.listen(t)
		others = append(others, other)
	}
	for i, name := range []string{tenantOne, tenantTwo} {
		l.load(name, incident(name))
		for _, other := range others {
			if got := other.next(); got.kind != "stories" {
				t.Errorf("change %d: another reader is told %v", i, got)
			}
		}
	}
	<-closed
}

// closing is a connection that says when it is closed.
type closing struct {
	net.Conn
	once   sync.Once
	closed func()
}

func (c *closing) Close() error {
	c.once.Do(c.closed)
	return c.Conn.Close()
}

// pipes is a listener over connections that are put into it.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// TestAnnounceReportsAStoreThatFails holds that announcements don't go on in silence without their source, and that streams end then.
func TestAnnounceReportsAStoreThatFails(t *testing.T) {
	s := newStack(t).signedIn()
	cause := errors.New("the disk burns")
	config := s.server.Config
	config.Store = burning{Store: s.store, err: cause}
	server, err := handlers.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
	l := newLive(t, s, nil)
	if err := <-l.announced; !errors.Is(err, cause) {
		t.Errorf("got %v, want the store's error", err)
	}
	if answer := l.ask(); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("afterwards a stream answers %s, want 503", answer.Status)
	}
}

// burning is a store whose feed fails.
type burning struct {
	store.Store
	err error
}

func (b burning) Wait(context.Context, store.Change) error { return b.err }

// TestManyChangesEndWithTheNewest holds that the events of many changes bring ever newer numbers, up to the newest of all.
func TestManyChangesEndWithTheNewest(t *testing.T) {
	s := newStack(t).signedIn()
	s.server.Pace(long, long, long, 0)
	l := newLive(t, s, nil)
	stream, _ := l.listen(t)
	l.withSamples() // two imports of many stories
	want := strconv.FormatUint(uint64(l.index.Applied()), 10)
	var told []string
	for !slices.Contains(told, want) {
		e := stream.next()
		if e.kind != "stories" {
			t.Fatalf("got %v", e)
		}
		told = append(told, e.data)
	}
	if !slices.IsSortedFunc(told, func(a, b string) int { x, _ := strconv.Atoi(a); y, _ := strconv.Atoi(b); return x - y }) || len(slices.Compact(told)) != len(told) {
		t.Errorf("numbers are told as %v, want each newer than the one before", told)
	}
}
