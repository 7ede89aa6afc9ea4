package workbench_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The words below are put together, so that this file does not find itself.
var (
	hostOfRegistry = regexp.MustCompile(`https?://(proxy|registry|sum|deb|index)[.]`)
	pathOfMachine  = regexp.MustCompile(`/w` + `ork/|/f` + `arm/|/ro` + `ot/\.|/bash_` + `jobs`)
	openPromise    = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	markdownLink   = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	vagueName      = regexp.MustCompile(`(^|[/_])(util|utils|common|helper|helpers|misc|models)([/_.]|$)`)
)

func TestFilesAreTidy(t *testing.T) {
	for _, name := range files(t) {
		if vagueName.MatchString(name) {
			t.Errorf("%s: the name says nothing; call it by its noun", name)
		}
		if !isText(name) {
			continue
		}
		text := read(t, name)
		if !utf8.ValidString(text) {
			t.Errorf("%s: not valid UTF-8", name)
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: does not end with a line feed", name)
		}
		if strings.Contains(text, "\r\n") {
			t.Errorf("%s: has carriage returns at line ends", name)
		}
		if found := hostOfRegistry.FindString(text); found != "" {
			t.Errorf("%s: names the host of a package registry: %s", name, found)
		}
		if found := pathOfMachine.FindString(text); found != "" {
			t.Errorf("%s: holds a path of one machine: %s", name, found)
		}
	}
}

func TestLinksInDocumentsLead(t *testing.T) {
	for _, name := range files(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, found := range markdownLink.FindAllStringSubmatch(read(t, name), -1) {
			target := filepath.Join(filepath.Dir(name), filepath.FromSlash(found[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, found[1])
			}
		}
	}
}

func TestArchitectureNamesEveryRow(t *testing.T) {
	page := read(t, "docs/architecture.md")
	for _, r := range rooms {
		if !strings.Contains(page, "`"+r.Pattern+"`") {
			t.Errorf("docs/architecture.md does not name `%s`, a row of the table of imports", r.Pattern)
		}
	}
}

func TestModuleIsPlain(t *testing.T) {
	mod := read(t, "go.mod")
	if !strings.HasPrefix(mod, "module workbench\n") {
		t.Errorf("go.mod: got first line %q, want module workbench", strings.SplitN(mod, "\n", 2)[0])
	}
	for _, word := range []string{"\nreplace ", "\nreplace(", "\ntoolchain ", "\ntool "} {
		if strings.Contains(mod, word) {
			t.Errorf("go.mod holds %q: the module must build as anybody gets it; tools belong in tools/go.mod", strings.TrimSpace(word))
		}
	}
}

func TestGoFilesKeepTheHabits(t *testing.T) {
	for _, name := range files(t) {
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_templ.go") {
			continue
		}
		text := read(t, name)
		if found := openPromise.FindString(text); found != "" {
			t.Errorf("%s: holds %s: do it, or say it in an issue", name, found)
		}
		isTest := strings.HasSuffix(name, "_test.go")
		if isTest && strings.Contains(text, "time."+"Sleep(") {
			t.Errorf("%s: sleeps: wait for a condition instead", name)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("parsing: %v", err)
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: has an init function: do it where it is called for", fset.Position(f.Pos()))
			}
		}
		if !isTest {
			for _, at := range uncommented(fset, file) {
				t.Errorf("%s: is exported and has no comment", at)
			}
		}
	}
}

// uncommented lists the exported names of a file that promise nothing. A group's comment counts for its members, and that of a function
// for those that follow it line on line.
func uncommented(fset *token.FileSet, file *ast.File) []string {
	var missing []string
	report := func(n *ast.Ident) { missing = append(missing, fset.Position(n.Pos()).String()+": "+n.Name) }
	lastEnd, lastSaid := 0, false
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			runsOn := lastSaid && fset.Position(d.Pos()).Line == lastEnd+1
			said := d.Doc != nil || runsOn
			if d.Name.IsExported() && exportedReceiver(d) && !said {
				report(d.Name)
			}
			lastEnd, lastSaid = fset.Position(d.End()).Line, said
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
						report(spec.Name)
					}
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						if n.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
							report(n)
						}
					}
				}
			}
		}
	}
	return missing
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	found := true
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = id.IsExported()
			return false
		}
		return true
	})
	return found
}

// files lists what is, or would be, committed, with slashes and from the module root.
func files(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("this is no git checkout, so nobody knows which files belong to the project: %v", err)
	}
	names := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	return slices.DeleteFunc(names, func(name string) bool {
		_, err := os.Stat(name)
		return err != nil
	})
}

// isText reports whether a file is text of this project's own. Fixtures, dictionaries and third-party files are kept as they came.
func isText(name string) bool {
	if strings.Contains(name, "testdata/") || strings.Contains(name, "third_party/") || strings.Contains(name, "/dictionary-") {
		return false
	}
	switch path.Ext(name) {
	case ".png", ".jpg", ".webp", ".ico", ".gz", ".zst", ".woff2", ".dict", ".bin":
		return false
	}
	return true
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	return string(b)
}
