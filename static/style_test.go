package static_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sheets are our style sheets by path, without comments.
func sheets(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("css", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[filepath.ToSlash(path)] = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(b), "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestColoursComeFromTokens(t *testing.T) {
	raw := regexp.MustCompile(`(?i)#[0-9a-f]{3,8}\b|\b(rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|light-dark)\(|:[^;{]*\b(white|black|red|green|blue|gray|grey|yellow|orange|purple|silver)\b[^;{]*;`)
	for name, css := range sheets(t) {
		if name == "css/tokens.css" {
			continue
		}
		for i, line := range strings.Split(css, "\n") {
			if found := raw.FindString(line); found != "" {
				t.Errorf("%s:%d: raw colour %s; take a token", name, i+1, found)
			}
		}
	}
}

func TestTokensAreKnown(t *testing.T) {
	known := map[string]bool{}
	all := sheets(t)
	for _, css := range all {
		for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):`).FindAllStringSubmatch(css, -1) {
			known[m[1]] = true
		}
	}
	for name, css := range all {
		for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)\)`).FindAllStringSubmatch(css, -1) {
			if !known[m[1]] {
				t.Errorf("%s: %s is set nowhere", name, m[1])
			}
		}
	}
}

func TestTextIsNeverUnderTwelvePixels(t *testing.T) {
	size := regexp.MustCompile(`(?:font-size|font):[^;}]*?\b([0-9.]+)(px|rem|em|%)`)
	for name, css := range sheets(t) {
		css = regexp.MustCompile(`(?s)@media print \{.*?\n\}`).ReplaceAllString(css, "")
		for _, m := range size.FindAllStringSubmatch(css, -1) {
			n, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			if m[2] == "px" || m[2] == "rem" && n < 0.75 || m[2] == "em" && n < 1 || m[2] == "%" && n < 100 {
				t.Errorf("%s: %s: want at least 0.75rem, and rem", name, m[0])
			}
		}
	}
	for _, m := range regexp.MustCompile(`--size[a-z-]*: ([0-9.]+)rem`).FindAllStringSubmatch(sheets(t)["css/tokens.css"], -1) {
		if n, err := strconv.ParseFloat(m[1], 64); err != nil || n < 0.75 {
			t.Errorf("%s is under 12 pixels", m[0])
		}
	}
}

func TestScriptsKeepTheRules(t *testing.T) {
	names, err := filepath.Glob("js/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("got no scripts: %v", err)
	}
	forbidden := regexp.MustCompile(`\b(eval|insertAdjacentHTML|document\.write|Function\()|\.(innerHTML|outerHTML|style)\b|https?://`)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbidden.FindString(string(b)); found != "" {
			t.Errorf("%s: holds %s", name, found)
		}
	}
}
