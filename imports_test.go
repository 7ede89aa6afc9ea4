package workbench_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// room is what the packages that match a pattern may import, besides the standard library. Patterns are paths inside the module, with
// path.Match's stars; "." is the root. Tests may import what their package may, and what Tests adds.
type room struct {
	Pattern string
	Inside  []string // packages of this module
	Outside []string // modules of others
	Tests   []string // packages of this module, for tests alone
}

// rooms is the table of docs/architecture.md. The first row that matches a package counts; a package that matches none fails the test, so
// that nobody adds a room without saying who may enter it.
var rooms = []room{
	{Pattern: "."},
	{Pattern: "static"},
	{Pattern: "views/link", Inside: []string{"."}},
	{Pattern: "views/ui", Inside: []string{".", "static", "views/link"}, Outside: []string{templModule}},
	{Pattern: "views/layout", Inside: []string{".", "static", "views/link", "views/ui"}, Outside: []string{templModule}},
	{Pattern: "views/gallery", Inside: []string{".", "static", "views/*"}, Outside: []string{templModule}},
	{Pattern: "views/*", Inside: []string{".", "static", "views/link", "views/ui", "views/layout"}, Outside: []string{templModule}},
	{Pattern: "store", Inside: []string{"."}, Tests: []string{"store/*"}},
	{Pattern: "store/boltstore", Inside: []string{".", "store"}, Outside: []string{bboltModule, compressModule}, Tests: []string{"store/*"}},
	{Pattern: "store/index", Inside: []string{".", "store"}, Tests: []string{"store/*"}},
	{Pattern: "store/textindex", Inside: []string{".", "store"}, Outside: []string{compressModule}, Tests: []string{"store/*"}},
	{Pattern: "store/storetest", Inside: []string{".", "store"}, Outside: []string{cmpModule, rapidModule}, Tests: []string{"store/*"}},
	{Pattern: "store/seal", Inside: []string{"."}, Outside: []string{tinkModule}},
	{Pattern: "store/*", Inside: []string{".", "store"}, Tests: []string{"store/*"}},
	{Pattern: "ingest/defender", Inside: []string{"."}, Tests: []string{"ingest/sample"}},
	{Pattern: "ingest/sample", Inside: []string{"."}, Tests: []string{"ingest/defender"}},
	{Pattern: "ingest/entra", Inside: []string{"."}, Outside: []string{oauthModule, oidcModule, joseModule}, Tests: []string{"ingest/simulator"}},
	{Pattern: "ingest/msgraph", Inside: []string{"."}, Outside: []string{timeModule}, Tests: []string{"ingest/simulator"}},
	{Pattern: "ingest/simulator", Inside: []string{".", "ingest/sample"}, Outside: []string{joseModule}, Tests: []string{"ingest/defender", "ingest/entra"}},
	{Pattern: "ingest/connect", Inside: []string{".", "store", "store/seal", "ingest/entra", "ingest/msgraph"}, Outside: []string{syncModule, timeModule}, Tests: []string{"store/*", "ingest/*"}},
	{Pattern: "ingest", Inside: []string{".", "store", "ingest/defender", "ingest/connect", "ingest/entra", "ingest/msgraph"}, Outside: []string{syncModule}, Tests: []string{"store/*", "ingest/*"}},
	{Pattern: "handlers", Inside: []string{".", "static", "store", "views/*", "ingest/connect", "ingest/entra"}, Outside: []string{compressModule, echoModule, sessionsModule, securecookieModule, templModule, cryptoModule, timeModule, netModule},
		Tests: []string{"store/*", "ingest", "ingest/*"}},
	{Pattern: "cmd/workbench", Inside: []string{".", "*", "*/*"}, Outside: []string{kongModule, syncModule}},
}

// The modules of others that the table names.
const (
	templModule        = "github.com/a-h/templ"
	bboltModule        = "go.etcd.io/bbolt"
	compressModule     = "github.com/klauspost/compress"
	echoModule         = "github.com/labstack/echo/v4"
	sessionsModule     = "github.com/gorilla/sessions"
	securecookieModule = "github.com/gorilla/securecookie"
	kongModule         = "github.com/alecthomas/kong"
	syncModule         = "golang.org/x/sync"
	cmpModule          = "github.com/google/go-cmp"
	rapidModule        = "pgregory.net/rapid"
	netModule          = "golang.org/x/net"
	tinkModule         = "github.com/tink-crypto/tink-go/v2"
	oauthModule        = "golang.org/x/oauth2"
	oidcModule         = "github.com/coreos/go-oidc/v3"
	joseModule         = "github.com/go-jose/go-jose/v4"
	cryptoModule       = "golang.org/x/crypto"
	timeModule         = "golang.org/x/time"
)

// forTests are the modules that any test may import.
var forTests = []string{cmpModule, rapidModule, netModule}

// listed is what the go command says of a package.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	CgoFiles     []string
}

func TestImportsFollowTheTable(t *testing.T) {
	for _, p := range packages(t) {
		name := inside(p.ImportPath)
		r, ok := roomOf(name)
		if !ok {
			t.Errorf("package %s is in no row: add it to the table here and in docs/architecture.md", name)
			continue
		}
		for _, imported := range p.Imports {
			if !r.allows(imported, nil, nil) {
				t.Errorf("%s imports %s, which its row %q does not allow", name, imported, r.Pattern)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if imported != p.ImportPath && !r.allows(imported, r.Tests, forTests) {
				t.Errorf("the tests of %s import %s, which its row %q does not allow", name, imported, r.Pattern)
			}
		}
	}
}

func TestEchoIsKnownToHandlersAlone(t *testing.T) {
	for _, p := range packages(t) {
		if inside(p.ImportPath) == "handlers" {
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if strings.HasPrefix(imported, "github.com/labstack/") {
				t.Errorf("%s imports %s: only handlers may know it", inside(p.ImportPath), imported)
			}
		}
	}
}

func TestNoPackageNeedsC(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.CgoFiles) > 0 || slices.Contains(p.Imports, "C") {
			t.Errorf("%s uses cgo: the program must build with Go alone", inside(p.ImportPath))
		}
	}
}

// allows reports whether a package of this row may import another, given what is allowed beyond the row.
func (r room) allows(imported string, moreInside, moreOutside []string) bool {
	if imported == "workbench" || strings.HasPrefix(imported, "workbench/") {
		return matches(inside(imported), r.Inside) || matches(inside(imported), moreInside)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // standard library
	}
	return slices.ContainsFunc(slices.Concat(r.Outside, moreOutside), func(module string) bool {
		return imported == module || strings.HasPrefix(imported, module+"/")
	})
}

func roomOf(name string) (room, bool) {
	for _, r := range rooms {
		if matches(name, []string{r.Pattern}) {
			return r, true
		}
	}
	return room{}, false
}

func matches(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}

// inside turns an import path into a path inside the module.
func inside(importPath string) string {
	if importPath == "workbench" {
		return "."
	}
	return strings.TrimPrefix(importPath, "workbench/")
}

func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,CgoFiles", "./...")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("listing packages: %v\n%s", err, stderr.Bytes())
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := decoder.Decode(&p)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		all = append(all, p)
	}
}
