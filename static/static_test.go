package static_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"workbench/static"
)

func get(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestHandlerServesEveryAsset(t *testing.T) {
	hashed := regexp.MustCompile(`^/static/[a-z0-9-]+\.[0-9a-f]{12}\.(css|js|svg|txt|woff2)$`)
	types := map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "txt": "text/plain; charset=utf-8", "woff2": "font/woff2"}
	for _, name := range []string{"app.css", "app.js", "htmx.js", "icons.svg", "favicon.svg", "licences.txt", "inter.woff2", "plex-mono-400.woff2", "plex-mono-600.woff2"} {
		path := static.Path(name)
		found := hashed.FindStringSubmatch(path)
		if found == nil {
			t.Errorf("%s: got address %s, want a name with a hash", name, path)
			continue
		}
		w := get(t, http.MethodGet, path)
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: got status %d with %d bytes, want 200 with some", path, w.Code, w.Body.Len())
		}
		for header, want := range map[string]string{"Content-Type": types[found[1]], "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: got %s %q, want %q", path, header, got, want)
			}
		}
		if w := get(t, http.MethodHead, path); w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("HEAD %s: got status %d with %d bytes, want 200 with none", path, w.Code, w.Body.Len())
		}
		if w := get(t, http.MethodPost, path); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: got status %d, want 405", path, w.Code)
		}
	}
}

func TestHandlerKnowsNothingElse(t *testing.T) {
	for _, path := range []string{"/static/", "/static/app.css", "/static/app.000000000000.css", "/static/css/tokens.css", "/static/third_party/packages.json", "/static/../static.go", "/app.css", static.Path("app.css") + "x"} {
		w := get(t, http.MethodGet, path)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", path, w.Code)
		}
		if got := w.Header().Get("Cache-Control"); strings.Contains(got, "immutable") {
			t.Errorf("%s: got Cache-Control %q for what is not there", path, got)
		}
	}
}

func TestPathPanicsOnUnknownName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("got no panic, want one that names the asset")
		}
	}()
	static.Path("no-such.css")
}

func TestStyleSheet(t *testing.T) {
	css := get(t, http.MethodGet, static.Path("app.css")).Body.String()
	if want := "@layer tokens, base, layout, ui, area, utilities;\n"; !strings.HasPrefix(css, want) {
		t.Errorf("got start %.80q, want %q", css, want)
	}
	last := -1
	for _, mark := range []string{"--bg:", "box-sizing", ".rail {", ".badge {", ".problem {", ".hush {"} {
		at := strings.Index(css, mark)
		if at <= last {
			t.Errorf("%s stands at %d, want it after %d", mark, at, last)
		}
		last = at
	}
	if strings.Contains(css, "@import") {
		t.Error("got an @import, which would pass by the names made from content")
	}
	for _, found := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(css, -1) {
		path := static.Prefix + strings.Trim(found[1], `"'`) // beside the style sheet, wherever that stands
		if w := get(t, http.MethodGet, path); w.Code != http.StatusOK {
			t.Errorf("the style sheet asks for %s: got status %d, want 200", path, w.Code)
		}
	}
	if open, closed := strings.Count(css, "{"), strings.Count(css, "}"); open != closed {
		t.Errorf("got %d opening and %d closing braces", open, closed)
	}
}

func TestSymbols(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range static.Symbols() {
		if seen[name] {
			t.Errorf("symbol %s stands twice", name)
		}
		seen[name] = true
	}
	for _, want := range strings.Fields("stories plug search device user mail process file registry network url gap alert entity evidence raw timeline tree copy external chevron sun moon menu filter columns export comment lock check cross warning info clock link shield linux cloud app group key") {
		if !seen[want] {
			t.Errorf("there is no symbol %s", want)
		}
	}
	body := get(t, http.MethodGet, static.Path("icons.svg")).Body.String()
	if strings.Contains(body, "<script") || strings.Contains(body, "href") {
		t.Error("the sprite holds more than drawings")
	}
}

func TestLicencesAreServed(t *testing.T) {
	body := get(t, http.MethodGet, static.Path("licences.txt")).Body.String()
	for _, want := range []string{"SIL OPEN FONT LICENSE", "Zero-Clause BSD", "ISC License", "The MITRE Corporation"} {
		if !strings.Contains(strings.ToUpper(body), strings.ToUpper(want)) {
			t.Errorf("the licences lack %q", want)
		}
	}
}
