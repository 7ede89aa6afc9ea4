package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/ingest/connect"
)

// What an address proposes stands in the fields, as text, cut, and is saved by nobody but the reader.
func TestAnAddressProposesValues(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	hostile := `"><script>alert(1)</script>`
	query := url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {hostile}, "tenant": {" contoso.example "}, "clientId": {strings.Repeat("x", 10_000)}, "objectId": {"d2b0f7aa"}, "secret": {"hunter2"}}
	page := s.mustGet("/connectors/new?" + query.Encode())
	got := map[string]string{}
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "input" }) {
		got[attribute(n, "name")] = attribute(n, "value")
	}
	if got["name"] != hostile || got["tenant"] != "contoso.example" || got["objectId"] != "d2b0f7aa" || got["secret"] != "" {
		t.Errorf("got %q", got)
	}
	if n := len(got["clientId"]); n == 0 || n > 253 {
		t.Errorf("a value of %d bytes is proposed", n)
	}
	if strings.Contains(page, "hunter2") || strings.Contains(page, hostile) || len(f.calls) != 0 {
		t.Error("an address brings a secret, markup or a change")
	}
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "first"}, workbench.StatusConnected, "")
	second := f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "second"}, workbench.StatusConnected, "")
	page = s.mustGet("/connectors/new?application=defenderForEndpoint&parent=" + url.QueryEscape(string(second.ID)))
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool { return n.Data == "option" && attribute(n, "value") == string(second.ID) }) {
		for _, a := range n.Attr {
			if a.Key == "selected" {
				return
			}
		}
	}
	t.Error("the proposed parent is not chosen")
}

// The panel from which a tenant was authorised in another tab becomes what came of it: for who made it, and only then.
func TestThePanelFollowsTheParentMadeFromIt(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	page := s.mustGet("/connectors/new?application=microsoft365")
	address := ""
	for _, n := range elements(mustParse(t, page), func(n *html.Node) bool { return attribute(n, "id") == "drawer-follow" }) {
		address = attribute(n, "data-address")
	}
	if want := "since=" + strconv.FormatInt(s.now.UnixMilli(), 10); !strings.Contains(address, want) {
		t.Fatalf("the panel follows %q, want %s", address, want)
	}
	made := func(by workbench.AccountID, at time.Time) {
		f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "contoso-" + string(by), CreatedBy: by, CreatedAt: workbench.At(at)}, workbench.StatusPending, workbench.ReasonNotConsented)
	}
	made("as-integrationsEditor", s.now.Add(-time.Minute))
	made("somebody else", s.now.Add(time.Second))
	if w := s.do(http.MethodGet, address, nil, "HX-Request", "true"); w.Code != http.StatusNoContent {
		t.Errorf("got %d before anything was made from the panel: %.300s", w.Code, w.Body)
	}
	made("as-integrationsEditor", s.now.Add(time.Second))
	w := s.do(http.MethodGet, address, nil, "HX-Request", "true")
	if w.Code != http.StatusOK || w.Header().Get("HX-Retarget") != "#drawer" || !strings.Contains(w.Body.String(), "contoso-as-integrationsEditor") || !strings.Contains(w.Body.String(), "The connector was created") {
		t.Errorf("got %d to %q: %.600s", w.Code, w.Header().Get("HX-Retarget"), w.Body)
	}
	if w := s.do(http.MethodGet, "/connectors/new?since=x", nil, "HX-Request", "true"); w.Code != http.StatusNotFound {
		t.Errorf("a moment that is none answers %d", w.Code)
	}
}

// The count beside a connector is the number of stories that its link leads to.
func TestStoriesAreCountedAsTheirLinkLists(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	s.withSamples()
	tenants, err := s.store.TenantList(t.Context(), workbench.EveryTenant())
	if err != nil || len(tenants) == 0 {
		t.Fatalf("got %d tenants, %v", len(tenants), err)
	}
	for i, tenant := range tenants {
		p := f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "tenant " + strconv.Itoa(i), Tenant: tenant.ID}, workbench.StatusConnected, "")
		f.states[len(f.states)-1].Tenant = tenant.ID
		for _, kind := range workbench.ConnectorKinds[1:] {
			f.add(workbench.Connector{Kind: kind, Name: string(kind) + strconv.Itoa(i), Parent: p.ID, Tenant: tenant.ID}, workbench.StatusConnected, "")
			f.states[len(f.states)-1].Progress.Alerts = 1
		}
	}
	counted := 0
	for _, a := range elements(mustParse(t, s.mustGet("/connectors")), func(n *html.Node) bool {
		return n.Data == "a" && strings.HasPrefix(attribute(n, "href"), "/stories?producer=")
	}) {
		number, _, _ := strings.Cut(words(a), " ")
		total := elements(mustParse(t, s.mustGet(attribute(a, "href"))), func(n *html.Node) bool { return n.Data == "tr" && attribute(n, "class") == "story-row" })
		if n, err := strconv.Atoi(strings.ReplaceAll(number, ",", "")); err != nil || n < 1 || n <= 50 && len(total) != n {
			t.Errorf("%q leads to %d stories at %s", words(a), len(total), attribute(a, "href"))
		}
		counted++
	}
	if counted == 0 {
		t.Error("no connector counts its stories")
	}
}

// TestBlindnessIsAskedAgain holds that the part of a page that says whose data is missing is the same when it is asked for by itself.
func TestBlindnessIsAskedAgain(t *testing.T) {
	s, f := withConnectors(t, workbench.Viewer)
	f.blind = []connect.Blind{{Connector: "mde", Name: "contoso <mde>", Tenant: "contoso", Product: "Defender for Endpoint", Sentence: "is silent."}}
	page := mustParse(t, s.mustGet("/stories"))
	region := elements(page, func(n *html.Node) bool { return attribute(n, "id") == "blindness" })
	if len(region) != 1 || !strings.Contains(words(region[0]), "is silent.") {
		t.Fatalf("the list does not say what is missing")
	}
	again := s.mustGet(attribute(region[0], "data-address"))
	if !strings.Contains(again, "is silent.") || !strings.Contains(again, "contoso &lt;mde&gt;") || !strings.Contains(again, `hx-swap-oob="true"`) || !strings.Contains(again, "1 connector is not well") {
		t.Errorf("asked again it answers %s", again)
	}
	f.blind = nil
	if again = s.mustGet(attribute(region[0], "data-address")); strings.Contains(again, "silent") || !strings.Contains(again, "hidden") {
		t.Errorf("once all is well it answers %s", again)
	}
}
