package ui_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"workbench"
	"workbench/views/ui"
)

// tester is what *testing.T and *rapid.T have in common here.
type tester interface {
	Helper()
	Context() context.Context
	Fatal(...any)
}

func rendered(t tester, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parsed reads a fragment the way a browser would.
func parsed(t tester, fragment string) []*html.Node {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(fragment), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

// readOff gives back the text that a shown text stands for: what is seen, with the named characters in the place of their tokens. It reports
// elements other than those that showing text needs.
func readOff(nodes []*html.Node, allowed string) (text string, strange []string) {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			return
		}
		if n.Data == "span" && attribute(n, "class") == "hid" {
			name, times, repeated := strings.Cut(n.FirstChild.Data, " ×")
			code, err := strconv.ParseInt(strings.TrimPrefix(name, "U+"), 16, 32)
			count := 1
			if repeated {
				count, _ = strconv.Atoi(times)
			}
			if err != nil {
				strange = append(strange, n.FirstChild.Data)
			}
			b.WriteString(strings.Repeat(string(rune(code)), count))
			return
		}
		if !strings.Contains(" "+allowed+" ", " "+n.Data+" ") {
			strange = append(strange, n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return b.String(), strange
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// hostile is text that attackers and accidents write.
func hostile() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"<script>", "</bdi>", "</code>", `" onmouseover="x`, "&lt;", "&#8238;", "\u202E", "\u2066", "\u200B", "\n", "\r\n", "\r", "\t", "\x00", "\xff", "\u00A0", "\uFEFF", "\U000E0041", strings.Repeat("\u0301", 30), strings.Repeat("\u200D", 50), "U+202E", " ×3", "<!--", "]]>", "{{x}}"}),
	)
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "") })
}

func TestShownTextStandsForTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := workbench.Text(hostile().Draw(t, "text"))
		if u.IsZero() {
			return
		}
		for name, shown := range map[string]string{"Text": rendered(t, ui.Text(u)), "Code": rendered(t, ui.Code(u))} {
			got, strange := readOff(parsed(t, shown), "bdi code br")
			if strange != nil {
				t.Fatalf("%s of %q: got strange elements %q", name, u.Raw(), strange)
			}
			if got != u.Raw() {
				t.Fatalf("%s: got text that reads %q, want %q", name, got, u.Raw())
			}
		}
	})
}

func TestCopyIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := workbench.Text(hostile().Draw(t, "text"))
		if u.IsZero() {
			return
		}
		var found []string
		var walk func(n *html.Node)
		walk = func(n *html.Node) {
			for _, a := range n.Attr {
				switch a.Key {
				case "data-copy":
					found = append(found, a.Val)
				case "data-copy-json":
					var s string
					if err := json.Unmarshal([]byte(a.Val), &s); err != nil {
						t.Fatalf("got %q: %v", a.Val, err)
					}
					found = append(found, s)
				case "class", "title", "type", "aria-hidden", "focusable", "href":
				default:
					t.Fatalf("%q broke out into attribute %q", u.Raw(), a.Key)
				}
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
		for _, n := range parsed(t, rendered(t, ui.Copy(u, true))) {
			walk(n)
		}
		if len(found) != 2 || found[0] != u.Raw() || found[1] != u.Defanged().Raw() {
			t.Fatalf("got copies %q, want %q and its defanged form", found, u.Raw())
		}
	})
}

func TestLinesKeepEveryLine(t *testing.T) {
	u := workbench.Text("one\r\ntwo <b>\n\n \nthree \u202Efour\n")
	got, strange := readOff(parsed(t, rendered(t, ui.Lines(u))), "div p bdi br")
	got = strings.Join(strings.Fields(got), " ") // spaces between lines are the template's
	if want := "one two <b> three \u202Efour"; strange != nil || got != want {
		t.Errorf("got %q with strange %q, want %q", got, strange, want)
	}
	if got := strings.Count(rendered(t, ui.Lines(u)), "<p "); got != 2 {
		t.Errorf("got %d paragraphs, want 2", got)
	}
}

// A run of ten thousand marks must not become ten thousand elements.
func TestRunsOfHiddenCharactersStaySmall(t *testing.T) {
	for _, run := range []string{"\u0301", "\u200B", "\n", "\U000E0041"} {
		shown := rendered(t, ui.Text(workbench.Text("a"+strings.Repeat(run, 10_000)+"b")))
		if len(shown) > 1_000 {
			t.Errorf("%q: got %d bytes, want at most 1,000", run, len(shown))
		}
	}
}
