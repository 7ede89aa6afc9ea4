package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/store"
)

func isInput(n *html.Node) bool { return n.Data == "input" }

// TestBelowAPrefix walks every page that can be reached by links, behind a base URL with a path: no address leads out of it, and none is
// broken.
func TestBelowAPrefix(t *testing.T) {
	s := newStackAt(t, "https://soc.example/team/stories").withSamples()
	if err := s.store.AddLink(t.Context(), "once", store.Link{Account: workbench.Administrator, Expires: s.now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	get := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Host = "soc.example"
		if s.cookie != nil {
			r.AddCookie(s.cookie)
		}
		w := httptest.NewRecorder()
		s.server.ServeHTTP(w, r)
		return w
	}
	w := get("/team/stories/sign-in?token=once")
	if location := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(location, "/team/stories/") {
		t.Fatalf("signing in answers %d to %q", w.Code, location)
	}
	for _, c := range w.Result().Cookies() {
		if c.Name == "__Host-workbench" {
			s.cookie = c
		}
	}
	if w := get("/stories"); w.Code != http.StatusNotFound {
		t.Errorf("beside the prefix: got %d", w.Code)
	}
	if w := get("/team/storiesX"); w.Code != http.StatusNotFound {
		t.Errorf("a longer name: got %d", w.Code)
	}
	if w := get("/team/stories"); w.Header().Get("Location") != "/team/stories/" {
		t.Errorf("without slash: got %d to %q", w.Code, w.Header().Get("Location"))
	}
	seen, queue := map[string]bool{}, []string{"/team/stories/"}
	shape := regexp.MustCompile(`[0-9a-z]{26}|[0-9a-f]{12,}|=[^&]*`)
	for len(queue) > 0 && len(seen) < 120 {
		address := queue[0]
		queue = queue[1:]
		if key := shape.ReplaceAllString(address, "?"); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		w := get(address)
		if location := w.Header().Get("Location"); location != "" {
			queue = append(queue, location)
			continue
		}
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d", address, w.Code)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, n := range elements(mustParse(t, w.Body.String()), func(*html.Node) bool { return true }) {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Val, "/") && a.Key != "value" && !strings.HasPrefix(a.Val, "/team/stories/") {
					t.Errorf("%s: <%s %s=%q> leads out", address, n.Data, a.Key, a.Val)
				}
				if (a.Key == "href" || a.Key == "src") && strings.HasPrefix(a.Val, "/") && !strings.Contains(a.Val, "/export") {
					queue = append(queue, strings.Split(a.Val, "#")[0])
				}
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages were seen", len(seen))
	}
}
