package layout_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

func page(t *testing.T, p layout.Props) (*html.Node, string) {
	t.Helper()
	var b strings.Builder
	if err := layout.Base(p).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

func all(n *html.Node, match func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && match(d) {
			out = append(out, d)
		}
	}
	return out
}

func named(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func signedIn() layout.Props {
	return layout.Props{
		Title: "Stories", Section: "stories", Account: `<m.rossi>"`, Demo: true, Return: `/stories?q="><script>`, Search: `"><b>`, Notice: "Saved <it>.", Problem: "Not <saved>.",
		Display: ui.Display{Theme: "dim", Density: "compact", Zone: time.FixedZone("IST", 19_800), ZoneName: "Asia/Kolkata"},
	}
}

func TestBaseKeepsTheRules(t *testing.T) {
	for name, p := range map[string]layout.Props{"signed in": signedIn(), "signed out": {}} {
		doc, source := page(t, p)
		ids := map[string]bool{}
		for _, n := range all(doc, func(*html.Node) bool { return true }) {
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s> has %s, which the policy forbids", name, n.Data, a.Key)
				}
				if a.Key == "id" {
					if ids[a.Val] {
						t.Errorf("%s: id %s stands twice", name, a.Val)
					}
					ids[a.Val] = true
				}
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s: got an inline <%s>", name, n.Data)
			}
		}
		for _, f := range all(doc, named("form")) {
			_, action := attribute(f, "action")
			_, method := attribute(f, "method")
			if !action || !method {
				t.Errorf("%s: a form lacks its action or method", name)
			}
		}
		for _, a := range all(doc, named("a")) {
			if href, ok := attribute(a, "href"); !ok || href == "" {
				t.Errorf("%s: a link leads nowhere", name)
			}
		}
		for _, id := range []string{"main", "notice", "keys"} {
			if !ids[id] {
				t.Errorf("%s: there is no #%s", name, id)
			}
		}
		if !strings.HasPrefix(source, "<!doctype html>") {
			t.Errorf("%s: got start %.20q", name, source)
		}
	}
}

func TestBaseShowsWhatItIsTold(t *testing.T) {
	doc, source := page(t, signedIn())
	root := all(doc, named("html"))[0]
	for attr, want := range map[string]string{"lang": "en", "data-theme": "dim", "data-density": "compact"} {
		if got, _ := attribute(root, attr); got != want {
			t.Errorf("html %s: got %q, want %q", attr, got, want)
		}
	}
	for _, want := range []string{"<title>Stories · Stories Workbench</title>", "Saved &lt;it&gt;.", "Not &lt;saved&gt;.", "&lt;m.rossi&gt;", `action="` + link.SignOut() + `"`, `action="` + link.Display() + `"`, `value="Asia/Kolkata"`, "Demonstration."} {
		if !strings.Contains(source, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	returns := all(doc, func(n *html.Node) bool { name, _ := attribute(n, "name"); return name == layout.FieldReturn })
	if len(returns) != 2 {
		t.Errorf("got %d ways back, want one in each display form", len(returns))
	}
	for _, r := range returns {
		if got, _ := attribute(r, "value"); got != signedIn().Return {
			t.Errorf("got way back %q, want %q", got, signedIn().Return)
		}
	}
}

func TestRailLeadsToConnectors(t *testing.T) {
	p := signedIn()
	if _, source := page(t, p); strings.Contains(source, link.Connectors("")) || strings.Contains(source, link.Integrations()) {
		t.Error("the rail leads to connectors that the account may not see")
	}
	p.Integrations, p.Unwell, p.Section = true, "2 connectors are not well", layout.SectionIntegrations
	doc, _ := page(t, p)
	var got []string
	for _, n := range all(doc, func(n *html.Node) bool {
		class, _ := attribute(n, "class")
		return class == "rail-group" || class == "rail-link"
	}) {
		var b strings.Builder
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(strings.TrimSpace(d.Data) + " ")
			}
		}
		text := strings.Join(strings.Fields(b.String()), " ")
		if current, _ := attribute(n, "aria-current"); current != "" {
			text += " *"
		}
		got = append(got, text)
	}
	want := "Home, Stories Workbench, Security, Connectors 2 connectors are not well, Resources, Integrations *"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
}

func TestBaseForVisitors(t *testing.T) {
	doc, source := page(t, layout.Props{Display: ui.Display{Theme: `x" y`, Density: "huge"}})
	root := all(doc, named("html"))[0]
	if theme, _ := attribute(root, "data-theme"); theme != "system" {
		t.Errorf("got theme %q, want system for one that nobody knows", theme)
	}
	if density, _ := attribute(root, "data-density"); density != "standard" {
		t.Errorf("got density %q, want standard for one that nobody knows", density)
	}
	for _, unwanted := range []string{link.SignOut(), `class="rail"`, `role="search"`, "Demonstration."} {
		if strings.Contains(source, unwanted) {
			t.Errorf("a visitor's page has %s", unwanted)
		}
	}
}

func TestHypermediaIsConfined(t *testing.T) {
	doc, _ := page(t, layout.Props{})
	meta := all(doc, func(n *html.Node) bool { name, _ := attribute(n, "name"); return name == "htmx-config" })
	if len(meta) != 1 {
		t.Fatalf("got %d configurations, want 1", len(meta))
	}
	content, _ := attribute(meta[0], "content")
	var got map[string]any
	if err := json.Unmarshal([]byte(content), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"allowEval": false, "allowScriptTags": false, "includeIndicatorStyles": false, "selfRequestsOnly": true, "historyCacheSize": 0.0,
		"refreshOnHistoryMiss": true, "historyRestoreAsHxRequest": false,
	} {
		if got[key] != want {
			t.Errorf("%s: got %v, want %v", key, got[key], want)
		}
	}
}
