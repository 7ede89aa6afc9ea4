package connectors_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"workbench"
	"workbench/views/connectors"
	"workbench/views/layout"
	"workbench/views/link"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("rendering: %v", err)
	}
	return b.String()
}

func elements(t *testing.T, page string, fits func(*html.Node) bool) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && fits(n) {
			out = append(out, n)
		}
	}
	return out
}

func named(names ...string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		for _, name := range names {
			if n.Data == name {
				return true
			}
		}
		return false
	}
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func exhibit(t *testing.T, name string) string {
	t.Helper()
	for _, e := range connectors.Exhibits() {
		if e.Name == "connectors/"+name {
			return render(t, e.Component)
		}
	}
	t.Fatalf("there is no exhibit connectors/%s", name)
	return ""
}

func TestExhibitsAreSafeAndSound(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range connectors.Exhibits() {
		if seen[e.Name] {
			t.Errorf("two exhibits are called %s", e.Name)
		}
		seen[e.Name] = true
		t.Run(e.Name, func(t *testing.T) {
			page := render(t, e.Component)
			ids, labelled := map[string]bool{}, map[string]bool{}
			for _, n := range elements(t, page, func(*html.Node) bool { return true }) {
				if n.Data == "script" || n.Data == "style" || n.Data == "img" || n.Data == "iframe" {
					t.Errorf("got an element <%s>", n.Data)
				}
				for _, a := range n.Attr {
					if a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key != "data-copy" && strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") {
						t.Errorf("got %s=%q on <%s>", a.Key, a.Val, n.Data)
					}
				}
				if id, ok := attribute(n, "id"); ok {
					if ids[id] || id == "" {
						t.Errorf("got the id %q twice, or empty", id)
					}
					ids[id] = true
				}
				if of, ok := attribute(n, "for"); ok {
					labelled[of] = true
				}
				_, action := attribute(n, "action")
				_, method := attribute(n, "method")
				if n.Data == "form" && (!action || !method) {
					t.Error("got a form without action or method")
				}
				if href, _ := attribute(n, "href"); n.Data == "a" && href == "" {
					t.Error("got a link that leads nowhere")
				}
				if live, _ := attribute(n, "data-live"); live != "" {
					_, hasID := attribute(n, "id")
					if address, _ := attribute(n, "data-address"); address == "" || !hasID {
						t.Errorf("got a live <%s> without id or address", n.Data)
					}
				}
			}
			for _, n := range elements(t, page, named("input", "select", "textarea")) {
				kind, _ := attribute(n, "type")
				id, _ := attribute(n, "id")
				if kind != "hidden" && !labelled[id] && (n.Parent == nil || n.Parent.Data != "label") {
					t.Errorf("field %q has no label", id)
				}
			}
			for _, name := range []string{"aria-labelledby", "aria-describedby"} {
				for _, n := range elements(t, page, func(n *html.Node) bool { _, ok := attribute(n, name); return ok }) {
					if to, _ := attribute(n, name); !ids[to] {
						t.Errorf("%s names %q, which is not there", name, to)
					}
				}
			}
			for _, n := range elements(t, page, named("button", "a")) {
				if words(n) == "" {
					t.Errorf("a <%s> has no words", n.Data)
				}
			}
		})
	}
}

// The words of the first document, step by step.
func TestNewConnectorSpeaksTheDocumentsWords(t *testing.T) {
	for name, want := range map[string][]string{
		"new/parent":                   {"New Connector", "SaaS Application", "Microsoft 365", "Connector Name", "Authorize and Save"},
		"new/parent from integrations": {"New Connector", "MS Tenant (Configure a new MS Tenant)", "Connector Name", "Authorize and Save"},
		"new/child":                    {"New Connector", "SaaS Application", "Microsoft Defender for Endpoint", "Connector Tenant", "Connector Name", "Save"},
		"new/integration":              {"New Integration", "Microsoft Defender for Office 365", "Auth", "Description (optional)", "Save"},
		"integrations/apps":            {"Integrations", "New", "Integrated Apps", "Configured Integrations", "Connector Name", "Status", "MS Tenant", "Connected"},
		"settings/all":                 {"Connectors Settings", "New", "Connected", "Error", "Pending user consent"},
		"arrival/parent":               {"Permissions were applied", "You can close this tab"},
	} {
		page := exhibit(t, name)
		if i := strings.Index(page, `id="drawer"`); i >= 0 {
			page = page[i:]
		}
		body := elements(t, page, named("body"))[0]
		text, from := words(body), 0
		for _, w := range want {
			at := strings.Index(text[from:], w)
			if at < 0 {
				t.Errorf("%s: %q is missing, or not in its place, in %.600q", name, w, text)
				continue
			}
			from += at + len(w)
		}
	}
}

func TestPermissionsStandBeforeTheJump(t *testing.T) {
	for _, name := range []string{"new/parent", "new/child", "new/integration", "departure/ready", "made/needs consent", "set up"} {
		page := exhibit(t, name)
		for _, want := range []string{"SecurityIncident.Read.All", "Read all security incidents", "SecurityAlert.Read.All", "Read all security alerts", "Sign in and read user profile", "Global Administrator", "Microsoft 365 E3", "cover all Defender products"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}

func TestWhoMayNotEditSeesNoButtons(t *testing.T) {
	for _, name := range []string{"settings/read only", "settings/empty, read only", "one/read only"} {
		page := exhibit(t, name)
		for _, n := range elements(t, page, named("form", "button")) {
			if class, _ := attribute(n, "class"); class != "copy-button" {
				t.Errorf("%s has a <%s> %q", name, n.Data, words(n))
			}
		}
		for _, unwanted := range []string{link.NewConnector(link.FromConnectors, ""), link.SetUp(), "/" + link.Delete, "/" + link.Authorize} {
			if strings.Contains(page, `href="`+templ.EscapeString(unwanted)) {
				t.Errorf("%s leads to %s", name, unwanted)
			}
		}
	}
}

// Every reason is explained, and what mends it stands beside it.
func TestReasonsAreExplainedAndMendedInPlace(t *testing.T) {
	mended := map[workbench.Reason]string{
		workbench.ReasonNotConsented: "Authorize", workbench.ReasonDeclined: "Authorize", workbench.ReasonNotAdministrator: "Authorize", workbench.ReasonRolesMissing: "Authorize", workbench.ReasonWrongAccount: "Authorize",
		workbench.ReasonWrongTenant: "Authorize", workbench.ReasonApplicationUnknown: "Authorize", workbench.ReasonConditionalAccess: "Authorize", workbench.ReasonSignInExpired: "Authorize",
		workbench.ReasonCertificateUnknown: "Make new certificate", workbench.ReasonCertificateExpired: "Make new certificate", workbench.ReasonUnsealable: "Make new certificate", workbench.ReasonRenewalRefused: "Make new certificate",
		workbench.ReasonKeyPolicy: "Use another certificate", workbench.ReasonSecretWrong: "Enter another secret", workbench.ReasonSecretExpired: "Enter another secret", workbench.ReasonRedirectMismatch: "Show the redirect address",
	}
	for _, r := range connectors.Reasons {
		what, mend := r.Explain()
		if what == "" || mend == "" {
			t.Errorf("%s is not explained", r)
		}
		whys := elements(t, exhibit(t, "settings/reason "+string(r)), func(n *html.Node) bool { class, _ := attribute(n, "class"); return class == "why" })
		if r == workbench.ReasonParent {
			if len(whys) != 0 {
				t.Errorf("%s repeats what its parent says", r)
			}
			continue
		}
		if len(whys) != 1 {
			t.Fatalf("%s: got %d explanations, want one: what the parent lacks, its child lacks too", r, len(whys))
		}
		text := words(whys[0])
		for _, want := range []string{what, mend, mended[r], "Test"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q does not stand in %q", r, want, text)
			}
		}
	}
	waiting := exhibit(t, "settings/all")
	if !strings.Contains(waiting, "Download new certificate") || !strings.Contains(waiting, `href="`+link.CertificateFile("fabrikam")+`"`) {
		t.Error("a certificate that waits is not offered where it is missed")
	}
	if !strings.Contains(waiting, "are missing and will be fetched once it works again") {
		t.Error("nobody says what is missing")
	}
}

func TestFormsToMicrosoftOpenANewTab(t *testing.T) {
	for name, action := range map[string]string{"new/parent": link.Connectors(""), "made/needs consent": link.Connector("northwind-defenderforendpoint", link.Authorize), "settings/all": link.Connector("northwind", link.Authorize)} {
		found := false
		for _, f := range elements(t, exhibit(t, name), named("form")) {
			if to, _ := attribute(f, "action"); to != action {
				continue
			}
			if method, _ := attribute(f, "method"); method != "post" {
				continue
			}
			found = true
			if target, _ := attribute(f, "target"); target != "_blank" {
				t.Errorf("%s: the form to %s stays in its tab", name, action)
			}
			if !strings.Contains(words(f), "(opens a new tab)") {
				t.Errorf("%s: the form to %s does not say that it opens a tab", name, action)
			}
		}
		if !found {
			t.Errorf("%s has no form to %s", name, action)
		}
	}
}

func TestRefusedFormsKeepWhatWasTypedButSecrets(t *testing.T) {
	typed := connectors.Typed{Values: map[string]string{connectors.FieldName: "contoso", connectors.FieldTenant: "contoso.example", connectors.FieldClientID: "abc", connectors.FieldCredential: connectors.CredentialSecret,
		connectors.FieldSecret: "hunter2", connectors.FieldCertificate: "PRIVATE KEY", connectors.FieldSecretEnds: "2027-03-31"}, Errors: map[string]string{connectors.FieldSecret: "Wrong."}}
	page := render(t, connectors.DrawerPartial(*connectors.NewDrawer(link.FromConnectors, workbench.Microsoft365, nil, connectors.Choices{}, typed)))
	for _, want := range []string{`value="contoso"`, `value="contoso.example"`, `value="abc"`, `value="2027-03-31"`, "Wrong.", "Enter it again"} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lost %s", want)
		}
	}
	for _, secret := range []string{"hunter2", "PRIVATE KEY"} {
		if strings.Contains(page, secret) {
			t.Errorf("the form sends %q back", secret)
		}
	}
}

func TestPagesHoldTheirPartials(t *testing.T) {
	list := connectors.NewList(connectors.Input{Layout: layout.Props{Account: "m.rossi"}, From: link.FromConnectors, CanEdit: true})
	if page, partial := render(t, connectors.Page(list)), render(t, connectors.ListPartial(list)); !strings.Contains(page, partial) {
		t.Error("the page of the list does not hold its partial")
	}
	detail := connectors.NewDetail(connectors.DetailInput{Layout: layout.Props{Account: "m.rossi"}, Source: connectors.Source{Connector: workbench.Connector{ID: "a", Kind: workbench.Microsoft365, Name: "a"}}})
	if page, partial := render(t, connectors.DetailPage(detail)), render(t, connectors.DetailPartial(detail)); !strings.Contains(page, partial) {
		t.Error("the page of a connector does not hold its partial")
	}
}
