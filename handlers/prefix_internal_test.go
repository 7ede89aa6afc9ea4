package handlers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestPrefixed(t *testing.T) {
	for _, test := range []struct{ name, page, want string }{
		{"nothing of ours", `<p title="/x">/stories</p>`, `<p title="/x">/stories</p>`},
		{"link", `<a href="/stories?a=1&amp;b=2">x</a>`, `<a href="/p/stories?a=1&amp;b=2">x</a>`},
		{"other hosts", `<a href="//evil.example/">x</a><a href="https://example.org/">y</a><a href="#z">z</a><a href="?q">q</a>`, `<a href="//evil.example/">x</a><a href="https://example.org/">y</a><a href="#z">z</a><a href="?q">q</a>`},
		{"every attribute", `<form action="/a"><button formaction="/b" hx-post="/c" hx-get="/d" hx-push-url="/e"></form><img src="/f"/><div data-address="/g"></div>`,
			`<form action="/p/a"><button formaction="/p/b" hx-post="/p/c" hx-get="/p/d" hx-push-url="/p/e"></form><img src="/p/f"/><div data-address="/p/g"></div>`},
		{"push without address", `<a hx-push-url="true" href='/x'>`, `<a hx-push-url="true" href="/p/x">`},
		{"text of elements that hold no elements", `<textarea><a href="/x"></textarea><title><a href="/x"></title>`, `<textarea><a href="/x"></textarea><title><a href="/x"></title>`},
		{"comment", `<!-- <a href="/x"> -->`, `<!-- <a href="/x"> -->`},
		{"hostile text beside it", `<a href="/x" title="&#34;&gt;&lt;script&gt;">`, `<a href="/p/x" title="&#34;&gt;&lt;script&gt;">`},
		{"symbol", `<svg viewBox="0 0 1 1"><use href="/static/i.svg#x"></use></svg>`, `<svg viewBox="0 0 1 1"><use href="/p/static/i.svg#x"></use></svg>`},
		{"unfinished", `<p>a<a href="/x`, `<p>a`},
	} {
		got, err := prefixed([]byte(test.page), "/p")
		if err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v, want %s", test.name, got, err, test.want)
		}
	}
}

// FuzzPrefixed holds that taking the prefix off again gives the page as it was read: no element, attribute or text comes, goes or changes.
func FuzzPrefixed(f *testing.F) {
	for _, page := range []string{`<a href="/x">y</a>`, `<a href='/"x' title=">">&amp;`, "<a href=/x\r\nb=\"\x00\">", `<svg><use HREF="/x"/></svg>`, `<a href="/x" href="/y">`, `<textarea>/</textarea><script>"<a href='/x'>"</script>`} {
		f.Add(page)
	}
	const prefix = "/some/where"
	f.Fuzz(func(t *testing.T, page string) {
		if strings.Contains(page, prefix) {
			return
		}
		got, err := prefixed([]byte(page), prefix)
		if err != nil {
			t.Fatalf("%q: %v", page, err)
		}
		want, with := tokens(t, page), tokens(t, string(got))
		if len(want) != len(with) {
			t.Fatalf("%q became %q", page, got)
		}
		for i := range want {
			for j, a := range with[i].Attr {
				rest, had := strings.CutPrefix(a.Val, prefix)
				if had != isLocal(rest) && had {
					t.Errorf("%q became %q: the prefix stands before what is no local address", page, got)
				}
				with[i].Attr[j].Val = rest
			}
			if want[i].String() != with[i].String() {
				t.Errorf("%q became %q: %s is now %s", page, got, want[i], with[i])
			}
		}
	})
}

// tokens are the elements and texts of a page.
func tokens(t *testing.T, page string) []html.Token {
	t.Helper()
	var list []html.Token
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		if z.Next() == html.ErrorToken {
			return list
		}
		list = append(list, z.Token())
	}
}

func TestPrefixedHeaders(t *testing.T) {
	for _, write := range []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) },
		func(w http.ResponseWriter) { _, _ = w.Write([]byte("x")) },
		func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusEarlyHints)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		},
	} {
		recorder := httptest.NewRecorder()
		w := &prefixing{ResponseWriter: recorder, prefix: "/p"}
		given := map[string]string{"Location": "/x", "HX-Redirect": "/sign-in?return=%2Fx", "HX-Location": "//evil.example/", "HX-Push-Url": "false", "HX-Replace-Url": "/y", "Refresh": "1; url=/z"}
		for name, value := range given {
			w.Header().Set(name, value)
		}
		write(w)
		for name, want := range map[string]string{"Location": "/p/x", "HX-Redirect": "/p/sign-in?return=%2Fx", "HX-Location": "//evil.example/", "HX-Push-Url": "false", "HX-Replace-Url": "/p/y", "Refresh": "1; url=/p/z"} {
			if got := recorder.Header().Get(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	}
}
