// Package static holds the style sheet, scripts, fonts and pictures of the pages, inside the program. Each is served under a name made from
// its content, so that browsers may keep it for ever.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Prefix is the path under which Handler serves.
const Prefix = "/static/"

//go:embed css js img
//go:embed third_party/htmx.org/LICENSE third_party/htmx.org/dist/htmx.min.js
//go:embed third_party/@fontsource-variable/inter third_party/@fontsource/ibm-plex-mono
//go:embed third_party/lucide-static
var files embed.FS

// asset is one file as it is served.
type asset struct {
	Name    string // with the hash of its content: app.0123456789ab.css
	Type    string
	Content []byte
}

// bundle is everything that is served, by plain name and by served name.
type bundle struct {
	byName, byServed map[string]asset
}

var shipped = sync.OnceValue(func() *bundle {
	b, err := build(files)
	if err != nil {
		panic(err) // the files are part of the program: it was built wrong
	}
	return b
})

// Path returns the address of an asset: "app.css", "app.js", "htmx.js", "icons.svg", "favicon.svg", "licences.txt" or a font. It panics
// on any other name, so that a misspelt one fails the first test of its page.
func Path(name string) string {
	a, ok := shipped().byName[name]
	if !ok {
		panic("static: no asset is called " + name)
	}
	return Prefix + a.Name
}

// Handler serves assets under Prefix, to be kept for a year. Anything else, also a name without its hash, is not found.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, under := strings.CutPrefix(r.URL.Path, Prefix)
		a, ok := shipped().byServed[name]
		if !under || !ok {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.Type)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.Content))
	})
}

func (b *bundle) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	a := asset{Name: strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext, Type: types[ext], Content: content}
	b.byName[name], b.byServed[a.Name] = a, a
}

var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// copied are the assets that are served as they lie in the tree.
var copied = map[string]string{
	"favicon.svg":         "img/favicon.svg",
	"htmx.js":             "third_party/htmx.org/dist/htmx.min.js",
	"inter.woff2":         "third_party/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
	"plex-mono-400.woff2": "third_party/@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2",
	"plex-mono-600.woff2": "third_party/@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-600-normal.woff2",
}

func build(fsys fs.FS) (*bundle, error) {
	b := &bundle{byName: map[string]asset{}, byServed: map[string]asset{}}
	for name, from := range copied {
		content, err := fs.ReadFile(fsys, from)
		if err != nil {
			return nil, fmt.Errorf("reading asset %s: %w", name, err)
		}
		b.add(name, content)
	}
	for name, made := range map[string]func(fs.FS) ([]byte, error){"icons.svg": sprite, "app.js": script, "licences.txt": licences} {
		content, err := made(fsys)
		if err != nil {
			return nil, fmt.Errorf("making %s: %w", name, err)
		}
		b.add(name, content)
	}
	css, err := styles(fsys)
	if err != nil {
		return nil, fmt.Errorf("making app.css: %w", err)
	}
	for name, a := range b.byName { // only now are the served names of fonts known
		css = bytes.ReplaceAll(css, []byte(`url("`+name+`")`), []byte(`url("`+a.Name+`")`))
	}
	b.add("app.css", css)
	return b, nil
}
