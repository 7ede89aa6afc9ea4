package gallery_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"workbench/static"
)

// sources are the files below root with an extension, by path from the root of the module.
func sources(t *testing.T, root, ext string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join("..", "..", root), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ext {
			return err
		}
		b, err := os.ReadFile(path)
		out[strings.TrimPrefix(filepath.ToSlash(path), "../../")] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func written(name string) bool {
	return !strings.HasSuffix(name, "_templ.go") && !strings.HasSuffix(name, "_test.go")
}

func TestTemplatesKeepTheRules(t *testing.T) {
	for rule, pattern := range map[string]*regexp.Regexp{
		"an inline style":                      regexp.MustCompile(`\sstyle(=|\?=)`),
		"a handler in an attribute":            regexp.MustCompile(`\s(on[a-z]+|hx-on[:a-z-]*)(=|\?=)`),
		"text that is not escaped":             regexp.MustCompile(`templ\.(Raw|JSExpression|SafeCSS|SafeURL)|templ\.URL\(`),
		"a script or style of its own":         regexp.MustCompile(`<style|<script[^>]*>[^<]|^script `),
		"an address that is not from the link": regexp.MustCompile(`\s(href|action|hx-get|hx-post)="/`),
		"values made by code":                  regexp.MustCompile(`hx-(vals|vars|headers)="?(js|javascript):`),
	} {
		for name, text := range sources(t, "views", ".templ") {
			for i, line := range strings.Split(text, "\n") {
				if found := pattern.FindString(line); found != "" {
					t.Errorf("%s:%d: %s: %s", name, i+1, rule, strings.TrimSpace(found))
				}
			}
		}
	}
}

// Models may look into outside text to compare and to join it, and wrap the result again. A template may only show it, and HTML is written
// by hand in one file alone; another gives again what templates rendered.
func TestOutsideTextStaysOutsideText(t *testing.T) {
	raw, measured := regexp.MustCompile(`\.Raw\(\)`), regexp.MustCompile(`len\([a-zA-Z.]+\.Raw\(\)\)`)
	for name, text := range sources(t, "views", ".templ") {
		for i, line := range strings.Split(text, "\n") {
			if raw.MatchString(measured.ReplaceAllString(line, "")) {
				t.Errorf("%s:%d: takes the raw text: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
	byHand := regexp.MustCompile(`templ\.(ComponentFunc|Raw|JSExpression|SafeCSS|SafeURL)\b|template\.HTML\b`)
	for name, text := range sources(t, "views", ".go") {
		if found := byHand.FindString(text); found != "" && written(name) && name != "views/ui/run.go" && name != "views/ui/kept.go" {
			t.Errorf("%s: writes HTML by hand with %s", name, found)
		}
	}
}

func TestIconsAreDrawn(t *testing.T) {
	known := static.Symbols()
	call := regexp.MustCompile(`\bIcon\("([^"]*)"\)`)
	for _, ext := range []string{".go", ".templ"} {
		for name, text := range sources(t, "views", ext) {
			for _, m := range call.FindAllStringSubmatch(text, -1) {
				if written(name) && !slices.Contains(known, m[1]) {
					t.Errorf("%s: there is no icon %s", name, m[1])
				}
			}
		}
	}
}

// TestClasses holds templates, scripts that make elements, and style sheets together: each class that one side uses is known to the other.
func TestClasses(t *testing.T) {
	defined, used := map[string]string{}, map[string]string{}
	class := regexp.MustCompile(`\.(-?[a-zA-Z_][a-zA-Z0-9_-]*)`)
	for name, css := range sources(t, "static/css", ".css") {
		css = regexp.MustCompile(`(?s)/\*.*?\*/|"[^"]*"`).ReplaceAllString(css, "")
		for _, rule := range strings.Split(css, "{") {
			selector := rule[strings.LastIndexAny(rule, "};")+1:]
			for _, m := range class.FindAllStringSubmatch(selector, -1) {
				defined[m[1]] = name
			}
		}
	}
	literal, computed, quoted := regexp.MustCompile(`class="([^"]*)"`), regexp.MustCompile(`class=\{([^}]*)\}`), regexp.MustCompile(`"([^"]*)"`)
	take := func(name, list string) {
		for _, c := range strings.Fields(list) {
			used[c] = name
		}
	}
	for name, text := range sources(t, "views", ".templ") {
		for _, m := range literal.FindAllStringSubmatch(text, -1) {
			take(name, m[1])
		}
		for _, m := range computed.FindAllStringSubmatch(text, -1) {
			for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
				take(name, q[1])
			}
		}
	}
	for name, text := range sources(t, "views", ".go") {
		for _, m := range literal.FindAllStringSubmatch(text, -1) {
			if written(name) {
				take(name, m[1])
			}
		}
	}
	made := regexp.MustCompile(`\.className = "([^"]*)"`)
	for name, text := range sources(t, "static/js", ".js") {
		for _, m := range made.FindAllStringSubmatch(text, -1) {
			take(name, m[1])
		}
	}
	for c, name := range used {
		if defined[c] == "" {
			t.Errorf("%s uses class %s, which no style sheet knows", name, c)
		}
	}
	for c, name := range defined {
		if used[c] == "" {
			t.Errorf("%s dresses class %s, which nothing uses", name, c)
		}
	}
}
