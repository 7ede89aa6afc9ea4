package handlers

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Where the base URL has a path, the workbench stands below it: behind a proxy that passes whole paths on. Handlers and views know nothing of
// it. The prefix is taken off every request, and put before every local address of an answer: in headers, and in the attributes of pages.

// localAttributes are the attributes of our pages that hold addresses of ours.
var localAttributes = []string{"href", "src", "action", "formaction", "hx-get", "hx-post", "hx-push-url", "data-address", "data-also"}

// serveBelow answers a request to an address below the prefix.
func (s *Server) serveBelow(prefix string, w http.ResponseWriter, r *http.Request) {
	rest, below := strings.CutPrefix(r.URL.EscapedPath(), prefix)
	if rest == "" && below {
		http.Redirect(w, r, prefix+"/", http.StatusPermanentRedirect)
		return
	}
	if !below || rest[0] != '/' {
		http.Error(w, "The workbench stands at "+prefix+"/ here.", http.StatusNotFound)
		return
	}
	http.StripPrefix(prefix, s.echo).ServeHTTP(&prefixing{ResponseWriter: w, prefix: prefix}, r)
}

// prefixing puts the prefix before the local addresses of headers.
type prefixing struct {
	http.ResponseWriter
	prefix string
	done   bool
}

var refreshed = regexp.MustCompile(`^(\d+; ?url=)(/.*)$`)

func (b *prefixing) WriteHeader(code int) {
	if !b.done && code >= 200 {
		b.done = true
		h := b.Header()
		for _, name := range []string{"Location", "Content-Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url"} {
			if v := h.Get(name); isLocal(v) {
				h.Set(name, b.prefix+v)
			}
		}
		if m := refreshed.FindStringSubmatch(h.Get("Refresh")); m != nil && isLocal(m[2]) {
			h.Set("Refresh", m[1]+b.prefix+m[2])
		}
	}
	b.ResponseWriter.WriteHeader(code)
}

func (b *prefixing) Write(p []byte) (int, error) {
	if !b.done {
		b.WriteHeader(http.StatusOK)
	}
	return b.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (b *prefixing) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// FlushError sends what was written, headers first.
func (b *prefixing) FlushError() error {
	if !b.done {
		b.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(b.ResponseWriter).Flush()
}

// Flush is FlushError for those who don't ask what became of it.
func (b *prefixing) Flush() { _ = b.FlushError() }

func isLocal(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
}

// prefixed is a page, or a part of one, with the prefix before its local addresses. All else stays byte for byte.
func prefixed(page []byte, prefix string) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(page) + len(page)/8)
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if z.Err() == io.EOF {
				return out.Bytes(), nil
			}
			return nil, z.Err()
		}
		raw := bytes.Clone(z.Raw()) // reading attributes changes it
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.Write(raw)
			continue
		}
		token := z.Token()
		changed := false
		for i, a := range token.Attr {
			if slices.Contains(localAttributes, a.Key) && isLocal(a.Val) {
				token.Attr[i].Val, changed = prefix+a.Val, true
			}
		}
		if changed {
			out.WriteString(token.String())
		} else {
			out.Write(raw)
		}
	}
}
