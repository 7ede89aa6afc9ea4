package simulator_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/sample"
	"workbench/ingest/simulator"
)

// newFaulty is a cloud with 40 incidents of two alerts behind a real server; its answers are not decompressed.
func newFaulty(t *testing.T) *graph {
	t.Helper()
	g := newGraph(t)
	at := g.clock.read().Add(-time.Hour)
	for i := range 40 {
		try(t, g.world.Put(plainIncident(3*i+2, "active", "low", at, at.Add(time.Duration(i)*time.Second))))
	}
	server := httptest.NewServer(g.s)
	t.Cleanup(server.Close)
	to, err := url.Parse(server.URL)
	try(t, err)
	plain := &http.Transport{DisableCompression: true}
	t.Cleanup(plain.CloseIdleConnections)
	g.client.Transport = rewriting{to, plain}
	return g
}

// rewriting leads every request to one server.
type rewriting struct {
	to   *url.URL
	next http.RoundTripper
}

func (x rewriting) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = x.to.Scheme, x.to.Host
	return x.next.RoundTrip(r)
}

func (g *graph) mustFault(t *testing.T, f simulator.Fault) {
	t.Helper()
	if _, err := g.world.AddFault(f); err != nil {
		t.Fatalf("switching on %v: %v", f, err)
	}
}

// attempt asks and returns the answer with what came of its body, and the error that ended it.
func (g *graph) attempt(t *testing.T, path string) (*http.Response, []byte, error) {
	t.Helper()
	res, err := g.client.Do(g.request(t, path))
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func TestRefusingFaults(t *testing.T) {
	g := newFaulty(t)
	for _, c := range []struct {
		fault  simulator.Fault
		status int
		header map[string]string
		body   string
	}{
		{simulator.Fault{Do: simulator.Throttle, Text: "17"}, 429, map[string]string{"Retry-After": "17"}, "TooManyRequests"},
		{simulator.Fault{Do: simulator.Throttle, Text: "date:90"}, 429, map[string]string{"Retry-After": "Thu, 12 Mar 2026 10:01:30 GMT"}, "TooManyRequests"},
		{simulator.Fault{Do: simulator.Throttle}, 429, map[string]string{"Retry-After": ""}, "TooManyRequests"},
		{simulator.Fault{Do: simulator.Throttle, Text: "-5"}, 429, map[string]string{"Retry-After": "-5"}, "TooManyRequests"},
		{simulator.Fault{Do: simulator.Throttle, Text: "99999999999999999999"}, 429, map[string]string{"Retry-After": "99999999999999999999"}, "TooManyRequests"},
		{simulator.Fault{Do: simulator.Failing}, 500, nil, "InternalServerError"},
		{simulator.Fault{Do: simulator.Unavailable, Text: "3"}, 503, map[string]string{"Retry-After": "3"}, "ServiceUnavailable"},
		{simulator.Fault{Do: simulator.GatewayTimeout}, 504, map[string]string{"Content-Type": "text/html; charset=utf-8"}, "<html>"},
		{simulator.Fault{Do: simulator.EmptyCode}, 500, nil, `"code":"","message":""`},
		{simulator.Fault{Do: simulator.EmptyCode, N: 400}, 400, nil, `"code":"","message":""`},
		{simulator.Fault{Do: simulator.Unauthorized}, 401, nil, "Lifetime validation failed, the token is expired."},
		{simulator.Fault{Do: simulator.Revoked}, 403, nil, "application roles: ."},
		{simulator.Fault{Do: simulator.HTML}, 200, map[string]string{"Content-Type": "text/html; charset=utf-8"}, "<!DOCTYPE html>"},
		{simulator.Fault{Do: simulator.Redirect}, 302, map[string]string{"Location": "https://graph.elsewhere.example/v1.0/security/incidents"}, ""},
		{simulator.Fault{Do: simulator.Redirect, Text: "http://127.0.0.1:1/x"}, 302, map[string]string{"Location": "http://127.0.0.1:1/x"}, ""},
		{simulator.Fault{Do: simulator.ClockSkew, N: -300}, 200, map[string]string{"Date": "Thu, 12 Mar 2026 09:55:00 GMT"}, `"value"`},
		{simulator.Fault{Do: simulator.ByteOrderMark}, 200, nil, "\xEF\xBB\xBF{"},
		{simulator.Fault{Do: simulator.EmptyValue}, 200, nil, `"value":[]}`},
		{simulator.Fault{Do: simulator.Partial}, 206, map[string]string{"Warning": `199 - "Microsoft/MDO/503/2041"`}, `"value"`},
	} {
		g.world.ClearFaults()
		c.fault.Match, c.fault.Times = "incidents", 1
		g.mustFault(t, c.fault)
		if res, _, err := g.attempt(t, "alerts_v2"); res.StatusCode != http.StatusOK || err != nil {
			t.Errorf("%v hits alerts too: %d %v", c.fault, res.StatusCode, err)
		}
		res, body, err := g.attempt(t, "incidents")
		if err != nil || res.StatusCode != c.status || !strings.Contains(string(body), c.body) {
			t.Errorf("%v: got %d %v %.200s", c.fault, res.StatusCode, err, body)
		}
		for name, want := range c.header {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%v: got %s %q, want %q", c.fault, name, got, want)
			}
		}
		if res, _, err := g.attempt(t, "incidents"); res.StatusCode != http.StatusOK || err != nil {
			t.Errorf("%v hits twice: %d %v", c.fault, res.StatusCode, err)
		}
		if f := g.world.Faults()[0]; f.Hit != 1 || f.Met != 2 || !f.Over {
			t.Errorf("%v: %+v", c.fault, f)
		}
	}
}

func TestBodiesThatDoNotArrive(t *testing.T) {
	g := newFaulty(t)
	_, whole, _ := g.attempt(t, "incidents")
	for _, n := range []int{1, 2, 57, len(whole) / 2, len(whole) - 1} {
		g.world.ClearFaults()
		g.mustFault(t, simulator.Fault{Do: simulator.Cut, N: n})
		res, body, err := g.attempt(t, "incidents")
		if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.Equal(body, whole[:n]) || res.ContentLength != int64(len(whole)) {
			t.Errorf("cut at %d: got %d bytes of %d, %v", n, len(body), res.ContentLength, err)
		}
	}
	for off, want := range map[int]error{0: io.ErrUnexpectedEOF, 100: io.ErrUnexpectedEOF, -100: nil} {
		g.world.ClearFaults()
		g.mustFault(t, simulator.Fault{Do: simulator.WrongLength, N: off})
		_, body, err := g.attempt(t, "incidents")
		if !errors.Is(err, want) || len(body) != len(whole)+min(off, 0) {
			t.Errorf("a length off by %d: got %d bytes of %d, %v", off, len(body), len(whole), err)
		}
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.GzipCut})
	res, body, err := g.attempt(t, "incidents")
	try(t, err)
	z, err := gzip.NewReader(bytes.NewReader(body))
	try(t, err)
	some, err := io.ReadAll(z)
	if !errors.Is(err, io.ErrUnexpectedEOF) || res.Header.Get("Content-Encoding") != "gzip" || !bytes.HasPrefix(whole, some) {
		t.Errorf("gzip cut: got %d bytes, %v", len(some), err)
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.ThrottleMidway})
	res, body, err = g.attempt(t, "incidents")
	if res.StatusCode != http.StatusOK || err != nil || json.Valid(body) || !strings.Contains(string(body), "TooManyRequests") {
		t.Errorf("429 midway: got %d %v %s", res.StatusCode, err, body)
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.NoValue})
	if _, body, _ := g.attempt(t, "incidents"); !json.Valid(body) || strings.Contains(string(body), `"value"`) {
		t.Errorf("no value: got %s", body)
	}
}

func TestSlowBodyEndsWithTheClient(t *testing.T) {
	g := newFaulty(t)
	g.mustFault(t, simulator.Fault{Do: simulator.Slow, Match: "incidents"})
	ctx, cancel := context.WithCancel(t.Context())
	res, err := g.client.Do(g.request(t, "incidents").WithContext(ctx))
	try(t, err)
	defer res.Body.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(res.Body, first); err != nil || first[0] != '{' {
		t.Fatalf("the first byte: %q %v", first, err)
	}
	cancel()
	if _, err := io.ReadAll(res.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the client went", err)
	}
}

func TestGzipWhereAccepted(t *testing.T) {
	g := newFaulty(t)
	_, whole, _ := g.attempt(t, "incidents")
	r := g.request(t, "incidents")
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := g.client.Do(r)
	try(t, err)
	defer res.Body.Close()
	z, err := gzip.NewReader(res.Body)
	try(t, err)
	if body, err := io.ReadAll(z); err != nil || !bytes.Equal(body, whole) {
		t.Errorf("got %d bytes, want %d: %v", len(body), len(whole), err)
	}
}

// ids follows a list as far as its nextLinks lead within the simulator, at most so many pages.
func (g *graph) ids(t *testing.T, path string, most int) (ids []string, pages []int, next string) {
	t.Helper()
	for path != "" && len(pages) < most {
		l := g.mustList(t, path)
		for _, h := range mustHeads(t, l.Value) {
			ids = append(ids, h.ID)
		}
		pages = append(pages, len(l.Value))
		path = l.Next
	}
	return ids, pages, path
}

func different(ids []string) int {
	seen := map[string]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	return len(seen)
}

func TestPagingFaults(t *testing.T) {
	g := newFaulty(t)
	ask := "incidents?$top=10&$orderby=lastUpdateDateTime asc"
	under := func(f simulator.Fault, most int) ([]string, []int, string) {
		g.world.ClearFaults()
		g.mustFault(t, f)
		return g.ids(t, ask, most)
	}
	if ids, pages, _ := under(simulator.Fault{Do: simulator.ShortPages, N: 3}, 100); len(ids) != 40 || different(ids) != 40 || len(pages) != 14 || pages[0] != 3 {
		t.Errorf("short pages: %d ids, pages %v", len(ids), pages)
	}
	if ids, pages, _ := under(simulator.Fault{Do: simulator.EmptyPages}, 100); len(ids) != 40 || different(ids) != 40 || len(pages) != 8 || pages[0] != 0 || pages[1] != 10 {
		t.Errorf("empty pages: %d ids, pages %v", len(ids), pages)
	}
	if ids, pages, _ := under(simulator.Fault{Do: simulator.Duplicates}, 100); different(ids) != 40 || len(ids) != 44 || ids[9] != ids[10] {
		t.Errorf("duplicates: %d ids, %d different, pages %v", len(ids), different(ids), pages)
	}
	if _, pages, next := under(simulator.Fault{Do: simulator.NextLoop}, 30); len(pages) != 30 || next == "" {
		t.Errorf("a loop ended after %d pages", len(pages))
	}
	if ids, pages, _ := under(simulator.Fault{Do: simulator.NextEndless, N: 60}, 100); len(ids) != 40 || different(ids) != 40 || len(pages) != 64 || pages[1] != 0 || pages[60] != 0 || pages[61] != 10 {
		t.Errorf("endless: %d ids in %d pages", different(ids), len(pages))
	}
	if _, _, next := under(simulator.Fault{Do: simulator.NextForeign}, 1); !strings.HasPrefix(next, "https://graph.elsewhere.example/v1.0/security/incidents?") {
		t.Errorf("a foreign nextLink: %s", next)
	}
	if _, _, next := under(simulator.Fault{Do: simulator.NextForeign, Text: "169.254.169.254"}, 1); !strings.HasPrefix(next, "https://169.254.169.254/") {
		t.Errorf("a foreign nextLink: %s", next)
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.Partial})
	_, body, _ := g.attempt(t, ask)
	var l list
	try(t, json.Unmarshal(body, &l))
	if len(l.Value) != 5 || l.Next == "" {
		t.Errorf("partial: %d items, next %s", len(l.Value), l.Next)
	}
	if ids, pages, _ := under(simulator.Fault{Do: simulator.Shift}, 100); different(ids) != 40 || len(pages) != 4 {
		t.Errorf("shift in a quiet tenant: %d ids, pages %v", different(ids), pages)
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.Stir, Times: 3})
	ids, _, _ := g.ids(t, ask, 100)
	if different(ids) != 40 || len(ids) != 43 {
		t.Errorf("changes while reading: %d ids, %d different; a page continues after the last item", len(ids), different(ids))
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.Stir, Times: 3})
	g.mustFault(t, simulator.Fault{Do: simulator.Shift})
	if ids, _, _ := g.ids(t, ask, 100); different(ids) >= 40 {
		t.Errorf("changes while reading shift nothing: %d ids, %d different", len(ids), different(ids))
	}
}

func TestFaultsAreAimed(t *testing.T) {
	g := newFaulty(t)
	g.mustFault(t, simulator.Fault{Do: simulator.Unauthorized, Query: "$skiptoken", After: 1, Times: 1})
	ask := "incidents?$top=10"
	var got []int
	for range 2 {
		for path := ask; path != ""; {
			res, body, err := g.attempt(t, path)
			try(t, err)
			var l list
			try(t, json.Unmarshal(body, &l))
			got = append(got, res.StatusCode)
			path = l.Next
		}
	}
	if want := []int{200, 200, 401, 200, 200, 200, 200}; !slices.Equal(got, want) {
		t.Errorf("401 in the middle of paging: got %v, want %v", got, want)
	}
	g.world.ClearFaults()
	g.mustFault(t, simulator.Fault{Do: simulator.Failing, Match: "/v1.0/security/incidents/5"})
	for path, want := range map[string]int{"incidents": 200, "incidents/5": 500, "incidents/5/alerts": 500, "incidents/50": 200} {
		if res, _, _ := g.attempt(t, path); res.StatusCode != want {
			t.Errorf("GET %s: got %d, want %d", path, res.StatusCode, want)
		}
	}
	for _, f := range []simulator.Fault{{Do: "nonsense"}, {Do: simulator.Cut, After: -1}, {Do: simulator.Cut, Times: -1}} {
		if _, err := g.world.AddFault(f); err == nil {
			t.Errorf("%v is switched on", f)
		}
	}
	if _, err := g.world.AddFault(simulator.Fault{Do: "nonsense"}); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("an unknown trouble: got %v", err)
	}
}

func TestExpandingManyAlertsFails(t *testing.T) {
	g := newFaulty(t)
	if _, err := g.world.PutPage(sample.Large(101, 1), ""); err != nil {
		t.Fatal(err)
	}
	g.mustFault(t, simulator.Fault{Do: simulator.FailingExpand})
	for path, want := range map[string]int{"incidents?$expand=alerts": 500, "incidents": 200, "incidents/9001?$expand=alerts": 500, "incidents/9001": 200,
		"incidents/9001/alerts": 200, "incidents/5?$expand=alerts": 200, "incidents?$expand=alerts&$filter=severity eq 'low'": 200} {
		if res, body, err := g.attempt(t, path); err != nil || res.StatusCode != want {
			t.Errorf("GET %s: got %d %v %.100s, want %d", path, res.StatusCode, err, body, want)
		}
	}
}

func TestRequestsAreNoted(t *testing.T) {
	g := newFaulty(t)
	before := len(g.world.Requests())
	g.mustFault(t, simulator.Fault{Do: simulator.Cut, Match: "alerts"})
	g.attempt(t, "incidents?$top=1")
	g.attempt(t, "alerts_v2")
	g.attempt(t, "incidents/5/alerts")
	g.attempt(t, "incidents/4")
	g.attempt(t, "alerts_v2/da5_0")
	list := g.world.Requests()[before:]
	for i, want := range []simulator.Request{
		{Kind: "incidents", Path: "/v1.0/security/incidents", Query: "%24top=1", Status: 200}, {Kind: "alerts", Path: "/v1.0/security/alerts_v2", Status: 200},
		{Kind: "incidentAlerts", Path: "/v1.0/security/incidents/5/alerts", Status: 200}, {Kind: "incident", Path: "/v1.0/security/incidents/4", Status: 404},
		{Kind: "alert", Path: "/v1.0/security/alerts_v2/da5_0", Status: 200},
	} {
		if i >= len(list) {
			t.Fatalf("got %d requests", len(list))
		}
		got := list[i]
		query, _ := url.QueryUnescape(got.Query)
		wanted, _ := url.QueryUnescape(want.Query)
		if got.Kind != want.Kind || got.Path != want.Path || query != wanted || got.Status != want.Status || got.Method != "GET" || !got.When.Equal(g.clock.read()) {
			t.Errorf("request %d: got %+v, want %+v", i, got, want)
		}
	}
	if got := list[1].Faults; len(got) != 1 || got[0] != simulator.Cut {
		t.Errorf("the fault of a request: got %v", got)
	}
}

func TestRequestsAreBounded(t *testing.T) {
	g := newGraph(t)
	for range 4500 {
		res, err := g.client.Do(g.request(t, "nothing"))
		try(t, err)
		res.Body.Close()
	}
	list := g.world.Requests()
	if len(list) < 2000 || len(list) > 4000 || list[len(list)-1].Number < 4500 || list[0].Number != list[len(list)-1].Number-len(list)+1 {
		t.Errorf("got %d requests, from %d to %d", len(list), list[0].Number, list[len(list)-1].Number)
	}
}

func TestPortalSwitchesFaults(t *testing.T) {
	g := newGraph(t)
	page := g.s.Base().String() + "/portal/" + graphTenant + "/faults"
	post := func(path string, form url.Values) int {
		t.Helper()
		res, err := g.client.PostForm(page+path, form)
		try(t, err)
		res.Body.Close()
		return res.StatusCode
	}
	if got := post("", url.Values{"do": {"throttle"}, "match": {"incidents"}, "text": {"<b>7"}, "after": {"1"}, "times": {"2"}}); got != http.StatusSeeOther {
		t.Fatalf("switching on: got %d", got)
	}
	for i, form := range []url.Values{{"do": {"nonsense"}}, {"do": {"cut"}, "n": {"x"}}, {"do": {"cut"}, "after": {"-1"}}, {"do": {"throttle"}, "text": {"a\nb"}}} {
		if got := post("", form); got != http.StatusUnprocessableEntity {
			t.Errorf("form %d: got %d", i, got)
		}
	}
	var codes []string
	for range 4 {
		res, _ := g.get(t, "incidents")
		codes = append(codes, strconv.Itoa(res.StatusCode))
	}
	if got := strings.Join(codes, " "); got != "200 429 429 200" {
		t.Errorf("got %s", got)
	}
	if _, body := g.get(t, page); !strings.Contains(body, "2 of 2, over") || !strings.Contains(body, "(&lt;b&gt;7)") || !strings.Contains(body, "/v1.0/security/incidents") {
		t.Errorf("the page does not show the fault: %s", body)
	}
	if got := post("/limit", url.Values{"limit": {"40"}}); got != http.StatusSeeOther || g.world.Limit() != 40 {
		t.Errorf("the limit: got %d, %d", got, g.world.Limit())
	}
	if got := post("/remove", url.Values{"id": {"1"}}); got != http.StatusSeeOther || len(g.world.Faults()) != 0 {
		t.Errorf("switching off: got %d, %v", got, g.world.Faults())
	}
}

func TestFaultsOfEntra(t *testing.T) {
	g := newGraph(t)
	h := simulator.EntraUnderFaults(g.s)
	ask := func() *httptest.ResponseRecorder {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {g.app.ClientID()}, "client_secret": {"s3cret"}, "scope": {g.s.Base().String() + "/.default"}}
		r := httptest.NewRequest(http.MethodPost, g.s.Base().String()+"/"+graphTenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		fault  simulator.Fault
		status int
		body   string
	}{
		{simulator.Fault{Do: simulator.Throttle, Text: "9"}, 429, "AADSTS90033"}, {simulator.Fault{Do: simulator.Unavailable, Text: "9"}, 503, "AADSTS90033"},
		{simulator.Fault{Do: simulator.HTML}, 200, "<html>"}, {simulator.Fault{Do: simulator.ByteOrderMark}, 200, "\xEF\xBB\xBF{"},
	} {
		c.fault.Match, c.fault.Times = "token", 1
		g.world.ClearFaults()
		g.mustFault(t, c.fault)
		if w := ask(); w.Code != c.status || !strings.Contains(w.Body.String(), c.body) || w.Header().Get("Retry-After") != c.fault.Text {
			t.Errorf("%v: got %d %s", c.fault, w.Code, w.Body)
		}
		if w := ask(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"access_token"`) {
			t.Errorf("after %v: got %d %s", c.fault, w.Code, w.Body)
		}
	}
	list := g.world.Requests()
	if got := list[len(list)-1]; got.Kind != "token" || got.Method != http.MethodPost || got.Status != http.StatusOK {
		t.Errorf("noted %+v", got)
	}
}
