package story_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// render draws a component and fails where it cannot.
func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatalf("rendering: %v", err)
	}
	return b.String()
}

func parse(t testing.TB, page string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	return root
}

// all returns the elements below n that match, in order.
func all(n *html.Node, match func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			out = append(out, d)
		}
	}
	return out
}

func tag(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func id(value string) func(*html.Node) bool {
	return func(n *html.Node) bool { v, _ := attribute(n, "id"); return v == value }
}

func with(name, value string) func(*html.Node) bool {
	return func(n *html.Node) bool { v, ok := attribute(n, name); return ok && v == value }
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// one returns the only element that matches.
func one(t testing.TB, n *html.Node, match func(*html.Node) bool) *html.Node {
	t.Helper()
	found := all(n, match)
	if len(found) != 1 {
		t.Fatalf("got %d elements, want 1", len(found))
	}
	return found[0]
}

// words is the text of an element with its white space made single.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func listOf(nodes []*html.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, words(n))
	}
	return out
}
