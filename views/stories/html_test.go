package stories_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"workbench"
	"workbench/views/link"
	"workbench/views/stories"
)

func render(t *testing.T, c templ.Component) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := c.Render(context.Background(), &out); err != nil {
		t.Fatalf("rendering: %v", err)
	}
	return out.Bytes()
}

func elements(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("parsing what was rendered: %v", err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestExhibitsAreSafeAndSound(t *testing.T) {
	for _, e := range stories.Exhibits() {
		t.Run(e.Name, func(t *testing.T) {
			ids := map[string]bool{}
			for _, n := range elements(t, render(t, e.Component)) {
				if n.Data == "script" || n.Data == "img" || n.Data == "iframe" || n.Data == "style" {
					t.Errorf("got an element <%s>", n.Data)
				}
				for _, a := range n.Attr {
					checkAttribute(t, n, a)
				}
				if id := attr(n, "id"); id != "" {
					if ids[id] {
						t.Errorf("got the id %q twice", id)
					}
					ids[id] = true
				}
				if n.Data == "form" && (attr(n, "action") == "" || attr(n, "method") == "") {
					t.Error("got a form without action or method")
				}
				if n.Data == "a" && attr(n, "href") == "" {
					t.Error("got a link without address")
				}
			}
		})
	}
}

func checkAttribute(t *testing.T, n *html.Node, a html.Attribute) {
	t.Helper()
	switch {
	case strings.HasPrefix(a.Key, "on"), a.Key == "style":
		t.Errorf("got an attribute %s on <%s>", a.Key, n.Data)
	case a.Key == "hx-get" && n.Data == "select":
		if form := formOf(n); form == nil || a.Val != attr(form, "action") {
			t.Errorf("got hx-get %q, want the address of the form around it", a.Val)
		}
	case a.Key == "hx-get" && a.Val != attr(n, "href") && a.Val != attr(n, "action"):
		t.Errorf("got hx-get %q, want the element's own address", a.Val)
	case a.Key == "href" && n.Data == "a":
		if strings.HasPrefix(a.Val, "/stories") || a.Val == link.Views("") || a.Val == link.Home() {
			return
		}
		if !strings.HasPrefix(a.Val, "https://security.microsoft.com/") || attr(n, "rel") != "noreferrer noopener" || attr(n, "target") != "_blank" {
			t.Errorf("got a link to %q, want one inside the workbench or to Microsoft's portal in a tab of its own", a.Val)
		}
	}
}

func formOf(n *html.Node) *html.Node {
	for p := range n.Ancestors() {
		if p.Data == "form" {
			return p
		}
	}
	return nil
}

func TestPageHoldsItsPartial(t *testing.T) {
	in := input(t, "status=open&sort=-criticality")
	l := stories.New(in)
	page, partial := render(t, stories.Page(l)), render(t, stories.TablePartial(l))
	if !bytes.Contains(page, partial) {
		t.Error("got a page without the bytes of its partial")
	}
	if !bytes.HasPrefix(partial, []byte(`<div id="`+stories.Region+`"`)) {
		t.Errorf("got a partial that begins %.60q, want its region", partial)
	}
}

func TestOneColumnSaysThatItIsSorted(t *testing.T) {
	var got []string
	for _, n := range elements(t, render(t, stories.TablePartial(stories.New(input(t, "sort=-criticality,updated"))))) {
		if sorted := attr(n, "aria-sort"); sorted != "" {
			got = append(got, attr(n, "data-column")+" "+sorted)
		}
	}
	if want := "criticality descending"; strings.Join(got, ", ") != want {
		t.Errorf("got sorted columns %q, want %q", got, want)
	}
}

func TestFormKeepsWhatItDoesNotOffer(t *testing.T) {
	in := input(t, "q=a&sort=-alerts&time=7d&criticality=!3&status=!closed&limit=100&after=xyz")
	got := url.Values{}
	for _, n := range elements(t, render(t, stories.TablePartial(stories.New(in)))) {
		if n.Data != "form" || attr(n, "class") != "facets-form" {
			continue
		}
		for d := range n.Descendants() {
			if d.Data == "input" && attr(d, "name") != "" && (attr(d, "type") == "hidden" || has(d, "checked")) {
				got.Add(attr(d, "name"), attr(d, "value"))
			}
		}
	}
	want := query(t, "q=a&sort=-alerts&time=7d&criticality=!3&status=!closed&limit=100")
	if got.Encode() != want.Encode() {
		t.Errorf("got the form's query %q, want %q", got.Encode(), want.Encode())
	}
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func TestHostileTextStaysText(t *testing.T) {
	const attack = `</a><script>alert(1)</script>" onmouseover="x`
	r := row()
	r.Indication, r.Source, r.Owner = workbench.Text(attack), workbench.Text(attack), workbench.Text(attack)
	r.IncidentURL = workbench.Text("javascript:alert(1)")
	in := input(t, "")
	in.Rows = []workbench.Row{r}
	found := false
	for _, n := range elements(t, render(t, stories.TablePartial(stories.New(in)))) {
		if n.Data == "script" {
			t.Error("got a live script")
		}
		if n.Data == "bdi" && n.FirstChild != nil && strings.TrimSpace(n.FirstChild.Data) == attack {
			found = true
		}
	}
	if !found {
		t.Error("got no text that reads as it came")
	}
}
