package msgraph_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"workbench"
	"workbench/ingest/msgraph"
)

func TestPageThatIsNotWhole(t *testing.T) {
	packed := func(body string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(body))
		_ = z.Close()
		return b.String()
	}
	for name, c := range map[string]struct {
		answer func() *http.Response
		whole  bool
	}{
		"as it should be":      {func() *http.Response { return reply(200, emptyPage) }, true},
		"spaces around":        {func() *http.Response { return reply(200, " \r\n{ \"value\" : [ ] \t} ") }, true},
		"escaped name":         {func() *http.Response { return reply(200, `{"\u0076alue":[1]}`) }, true},
		"byte order mark":      {func() *http.Response { return reply(200, "\xEF\xBB\xBF"+emptyPage) }, true},
		"two byte order marks": {func() *http.Response { return reply(200, "\xEF\xBB\xBF\xEF\xBB\xBF"+emptyPage) }, false},
		"UTF-16":               {func() *http.Response { return reply(200, "\xFF\xFE{\x00}\x00") }, false},
		"nothing":              {func() *http.Response { return reply(200, "") }, false},
		"HTML":                 {func() *http.Response { return reply(200, "<html><body>Sign in to the network</body></html>") }, false},
		"two objects":          {func() *http.Response { return reply(200, emptyPage+emptyPage) }, false},
		"array":                {func() *http.Response { return reply(200, `[{"value":[]}]`) }, false},
		"no value":             {func() *http.Response { return reply(200, `{"Value":[],"valu":[],"x":{"value":[]}}`) }, false},
		"value is null":        {func() *http.Response { return reply(200, `{"value":null}`) }, false},
		"value is an object":   {func() *http.Response { return reply(200, `{"value":{}}`) }, false},
		"value twice":          {func() *http.Response { return reply(200, `{"value":[],"value":[]}`) }, false},
		"link is a number":     {func() *http.Response { return reply(200, `{"value":[],"@odata.nextLink":1}`) }, false},
		"link is empty":        {func() *http.Response { return reply(200, `{"value":[],"@odata.nextLink":""}`) }, false},
		"link is huge": {func() *http.Response {
			return reply(200, `{"value":[],"@odata.nextLink":"`+strings.Repeat("x", 40_000)+`"}`)
		}, false},
		"part":                         {func() *http.Response { return reply(206, emptyPage) }, false},
		"no content":                   {func() *http.Response { return reply(204, "") }, false},
		"provider failed":              {func() *http.Response { return reply(200, emptyPage, "Warning", `199 - "Microsoft/Sentinel/504/10000"`) }, false},
		"second provider failed":       {func() *http.Response { return reply(200, emptyPage, "Warning", `199 - "A/B/200/1", 199 - "C/D/401/2"`) }, false},
		"provider answered":            {func() *http.Response { return reply(200, emptyPage, "Warning", `199 - "Microsoft/Sentinel/200/12"`) }, true},
		"another warning":              {func() *http.Response { return reply(200, emptyPage, "Warning", `299 - "this is deprecated"`) }, true},
		"gzip":                         {func() *http.Response { return reply(200, packed(emptyPage), "Content-Encoding", "gzip") }, true},
		"gzip with something after it": {func() *http.Response { return reply(200, packed(emptyPage)+"x", "Content-Encoding", "gzip") }, false},
		"gzip that is none":            {func() *http.Response { return reply(200, emptyPage, "Content-Encoding", "gzip") }, false},
		"packed otherwise":             {func() *http.Response { return reply(200, emptyPage, "Content-Encoding", "br") }, false},
		"shorter than it says": {func() *http.Response {
			r := reply(200, emptyPage)
			r.ContentLength++
			return r
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := client(t, func(*http.Request) (*http.Response, error) { return c.answer(), nil }, msgraph.Limits{Attempts: 1})
			var got all
			done, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield)
			if c.whole {
				if err != nil || done.Pages != 1 || len(got.pages) != 1 || !json.Valid(got.pages[0].Body) {
					t.Errorf("got %+v, %v", done, err)
				}
				return
			}
			if reasonOf(t, err) != workbench.ReasonUnreadable || len(got.pages) != 0 {
				t.Errorf("got %d pages, %v", len(got.pages), err)
			}
		})
	}
}

func TestLinkThatLeadsElsewhere(t *testing.T) {
	for _, link := range []string{
		"http://graph.test/v1.0/x", "https://graph.test:444/v1.0/x", "https://graph.test.evil/v1.0/x", "https://evil/v1.0/x", "https://graph.test@evil/v1.0/x",
		"https://user:pass@graph.test/v1.0/x", "https://graph.test/beta/x", "https://graph.test/v1.0/../beta", "https://graph.test/v1.0/%2e%2e/beta", "https://graph.test/v1.0",
		"https://graph.test/v1.0/%5c..%5cx", "//evil/v1.0/x", "/v1.0/security/incidents", "https:graph.test/v1.0/x", "https://[::1]/v1.0/x", "https://graph.test\\@evil/v1.0/x",
		"https://graph.test/v1.0/x#y", "javascript:alert(1)", "https://graph.test\x00/v1.0/x", "https://graph.tes%74.evil/v1.0/", "file:///v1.0/x", "%",
	} {
		asked := 0
		m := client(t, func(r *http.Request) (*http.Response, error) {
			if asked++; asked > 1 {
				t.Errorf("%q was followed to %s", link, r.URL)
			}
			text, _ := json.Marshal(link)
			return reply(200, `{"value":[{}],"@odata.nextLink":`+string(text)+`}`), nil
		}, unlimited)
		var got all
		if _, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield); reasonOf(t, err) != workbench.ReasonUnreadable || len(got.pages) != 1 {
			t.Errorf("%q: got %d pages, %v", link, len(got.pages), err)
		}
	}
}

func TestLinkToTheSamePlaceWrittenOtherwise(t *testing.T) {
	for _, link := range []string{"https://graph.test:443/v1.0/x", "https://GRAPH.test/v1.0/x?$skiptoken=1"} {
		var asked []string
		m := client(t, func(r *http.Request) (*http.Response, error) {
			if asked = append(asked, r.URL.String()); len(asked) == 1 {
				return reply(200, `{"value":[],"@odata.nextLink":"`+link+`"}`), nil
			}
			return reply(200, emptyPage), nil
		}, unlimited)
		if _, err := m.Incidents(t.Context(), msgraph.Window{}, new(all).yield); err != nil || len(asked) != 2 || asked[1] != link {
			t.Errorf("%q: asked for %q, %v", link, asked, err)
		}
	}
}

func TestListThatDoesNotEnd(t *testing.T) {
	for name, c := range map[string]struct {
		next  func(n int) string
		pages int
	}{
		"circle":           {func(n int) string { return fmt.Sprint("https://graph.test/v1.0/x?page=", n%3) }, 4},
		"itself":           {func(int) string { return "https://graph.test/v1.0/x" }, 2},
		"ever another one": {func(n int) string { return fmt.Sprint("https://graph.test/v1.0/x?page=", n) }, 1_000},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			m := client(t, func(*http.Request) (*http.Response, error) {
				asked++
				return reply(200, `{"value":[{}],"@odata.nextLink":"`+c.next(asked)+`"}`), nil
			}, unlimited)
			var got all
			done, err := m.Alerts(t.Context(), msgraph.Window{}, got.yield)
			if reasonOf(t, err) != workbench.ReasonUnreadable || len(got.pages) != c.pages || done.Pages != c.pages || done.Items != c.pages || asked != c.pages {
				t.Errorf("got %+v, %d pages, %d requests, %v; want %d", done, len(got.pages), asked, err, c.pages)
			}
		})
	}
}

// spaces is an endless body.
type spaces struct{ from io.Reader }

func (s spaces) Read(b []byte) (int, error) {
	if n, err := s.from.Read(b); err == nil {
		return n, nil
	}
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestPageThatIsTooLarge(t *testing.T) {
	asked := 0
	m := client(t, func(r *http.Request) (*http.Response, error) {
		if asked++; r.URL.Query().Get("$top") == "50" {
			huge := reply(200, "")
			huge.ContentLength, huge.Body = -1, io.NopCloser(spaces{strings.NewReader(`{"value":[`)})
			return huge, nil
		}
		return reply(200, `{"value":[{}]}`), nil
	}, unlimited)
	if done, err := m.Incidents(t.Context(), msgraph.Window{}, new(all).yield); err != nil || done.Items != 1 || asked != 2 {
		t.Errorf("got %+v after %d requests, %v; want a smaller page", done, asked, err)
	}
	if u := m.Usage(); u.Bytes > 70<<20 || u.Bytes < 64<<20 {
		t.Errorf("read %d bytes, want 64 MiB and no more", u.Bytes)
	}
}

// cutServer sends the head and the first bytes of a body and hangs up.
func cutServer(t *testing.T, head func(body []byte) string, body []byte, sent *int) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				whole := append([]byte(head(body)), body...)
				_, _ = conn.Write(whole[:len(whole)-len(body)+*sent])
			}
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

func TestBodyCutAtEveryByte(t *testing.T) {
	var items []string
	for i := range 40 {
		items = append(items, fmt.Sprintf(`{"id":"%d","displayName":"an incident with a name","alerts":[{"id":"\u00e9"}]}`, i))
	}
	page := []byte(`{"@odata.context":"x","value":[` + strings.Join(items, ",") + `]}`)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(page)
	_ = z.Close()
	chunked := fmt.Appendf(nil, "%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 100, page[:100], len(page)-100, page[100:])
	for name, c := range map[string]struct {
		head string // with the length of the body
		body []byte
	}{
		"with a length":         {"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", page},
		"in chunks":             {"HTTP/1.1 200 OK\r\nX: %d\r\nTransfer-Encoding: chunked\r\n\r\n", chunked},
		"until the end":         {"HTTP/1.0 200 OK\r\nX: %d\r\n\r\n", page},
		"packed":                {"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Encoding: gzip\r\n\r\n", packed.Bytes()},
		"packed, until the end": {"HTTP/1.0 200 OK\r\nX: %d\r\nContent-Encoding: gzip\r\n\r\n", packed.Bytes()},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			base := mustURL(t, cutServer(t, func(body []byte) string { return fmt.Sprintf(c.head, len(body)) }, c.body, &sent))
			transport := &http.Transport{DisableKeepAlives: true}
			m := msgraph.New(base, transport, &tokens{}, msgraph.Limits{PerMinute: 1_000_000, Burst: 1_000_000, Attempts: 1})
			step := max(1, len(c.body)/400)
			for sent = 0; sent < len(c.body); sent++ {
				if sent%step != 0 && sent > 20 && sent < len(c.body)-20 {
					continue
				}
				var got all
				_, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield)
				if err == nil || len(got.pages) > 0 {
					t.Fatalf("cut after %d of %d bytes: got %d pages, %v", sent, len(c.body), len(got.pages), err)
				}
				if reason := reasonOf(t, err); reason != workbench.ReasonUnreadable {
					t.Fatalf("cut after %d bytes: got %v", sent, err)
				}
			}
			var got all
			if done, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield); err != nil || done.Items != 40 || !bytes.Equal(got.pages[0].Body, page) {
				t.Fatalf("whole: got %+v, %v", done, err)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{elsewhere.URL + "/v1.0/x", "/v1.0/x", "", "%"} {
			c := talk(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			})
			if _, err := c.client(t, &tokens{}).Incident(t.Context(), "1"); reasonOf(t, err) != workbench.ReasonUnreadable {
				t.Errorf("%d to %q: got %v", status, location, err)
			}
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{emptyPage, `{"value":[{"a":"\\\"]"},2,[[]],"x",null,true]}`, `{"value":[],"@odata.nextLink":"https://graph.test/v1.0/x?y"}`,
		`{"value":[],"@odata.nextLink":"https://evil/v1.0/x"}`, "\xEF\xBB\xBF{}", ` {"v":1 , "value" : [ 1 , 2 ] } `, `{`, ``, `{"value":[1,]}`, `[1]`, `{"":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		asked := 0
		m := client(t, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host != "graph.test" && !strings.EqualFold(r.URL.Host, "graph.test") && !strings.EqualFold(r.URL.Host, "graph.test:443") || r.URL.Scheme != "https" {
				t.Fatalf("asked %s", r.URL)
			}
			if asked++; asked > 1 {
				return reply(200, emptyPage), nil
			}
			return reply(200, string(body)), nil
		}, msgraph.Limits{Attempts: 1})
		var got all
		done, err := m.Incidents(t.Context(), msgraph.Window{}, got.yield)
		if err == nil && len(got.pages) == 0 {
			t.Fatal("a whole list without a page")
		}
		if len(got.pages) == 0 {
			return
		}
		var want struct {
			Value []json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal(got.pages[0].Body, &want); err != nil {
			t.Fatalf("a page that can't be read: %v", err)
		}
		if !bytes.Contains(bytes.ToLower(got.pages[0].Body), []byte(`"value"`)) || strings.Count(strings.ToLower(string(body)), "value") > 1 {
			return // names that encoding/json takes for one, or that are escaped
		}
		if done.Items != len(want.Value) {
			t.Fatalf("got %d items, want %d: %s", done.Items, len(want.Value), body)
		}
	})
}
