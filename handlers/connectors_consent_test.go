package handlers_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/ingest/simulator"
)

// journal is a log that several write to.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

const (
	customer      = "fabrikam.example"
	customerAdmin = "sam@fabrikam.example"
)

// provider is a simulated provider: its app is shared, and a customer's tenant is connected with it, to which nobody consented yet.
type provider struct {
	*simulated
	tenant *simulator.Tenant // the customer's
	shared string            // address of the shared app
	parent string            // address of the customer's connector
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{simulated: newSimulated(t)}
	p.tenant = p.sim.AddTenant(simulator.TenantOptions{Name: "Fabrikam <i>", Domains: []string{customer}, Licensed: true, Users: []simulator.User{
		{Name: "Sam", UserName: customerAdmin, Role: simulator.GlobalAdministrator}, {Name: "Pat", UserName: "pat@fabrikam.example", Role: simulator.ApplicationAdministrator}}})
	app := p.sim.Tenants()[0].AddApp(simulator.AppOptions{Name: "SOC", RedirectURIs: []string{"http://localhost:8080/connectors/callback"}, Audience: simulator.MultiTenant})
	const secret = "b.Secret~value-of-the-shared-app"
	app.SetSecret(secret, time.Time{})
	app.Consent()
	to := p.mustSend("/connectors/apps", url.Values{"name": {"SOC app"}, "tenant": {"contoso.example"}, "cloud": {"custom"}, "clientId": {app.ClientID()}, "objectId": {app.ObjectID()}, "credential": {"secret"}, "secret": {secret}})
	p.shared, _, _ = strings.Cut(to, "?")
	to = p.mustSend("/connectors", url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {"fabrikam"}, "tenant": {customer}, "topology": {"shared"}, "shared": {p.shared[strings.LastIndexByte(p.shared, '/')+1:]}})
	p.parent, _, _ = strings.Cut(to, "/authorize")
	return p
}

// link makes a consent link as an editor does, and returns its address within the workbench.
func (p *provider) link() string {
	p.t.Helper()
	w := p.do(http.MethodPost, p.parent+"/link", url.Values{}, "HX-Request", "true") // which gets it as well
	if w.Code != http.StatusOK {
		p.t.Fatalf("making a link answers %d: %.500s", w.Code, w.Body)
	}
	found := elements(mustParse(p.t.(*testing.T), w.Body.String()), func(n *html.Node) bool { return attribute(n, "id") == "consent-link" })
	if len(found) != 1 {
		p.t.Fatalf("the link is shown %d times", len(found))
	}
	path, ok := strings.CutPrefix(attribute(found[0], "value"), "http://localhost:8080")
	if !ok {
		p.t.Fatalf("the link is %q", attribute(found[0], "value"))
	}
	return path
}

// browser is another one than the editor's, with cookies of its own.
type browser struct {
	p       *provider
	cookies map[string]*http.Cookie
}

func (p *provider) browser() *browser { return &browser{p, map[string]*http.Cookie{}} }

func (b *browser) do(method, target string, form url.Values) *httptest.ResponseRecorder {
	b.p.t.Helper()
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		pairs = append(pairs, name+"="+b.cookies[name].Value)
	}
	mine := b.p.cookie
	b.p.cookie = nil
	defer func() { b.p.cookie = mine }()
	var headers []string
	if len(pairs) > 0 {
		headers = []string{"Cookie", strings.Join(pairs, "; ")}
	}
	w := b.p.do(method, target, form, headers...)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

func (b *browser) get(target string) *httptest.ResponseRecorder {
	b.p.t.Helper()
	return b.do(http.MethodGet, target, nil)
}

// follow presses the button of a link's page, and returns Microsoft's address.
func (b *browser) follow(page string) string {
	b.p.t.Helper()
	t := b.p.t.(*testing.T)
	w := b.get(page)
	if w.Code != http.StatusOK {
		t.Fatalf("the page of the link answers %d: %s", w.Code, words(mustParse(t, w.Body.String())))
	}
	action, _, form := presses(t, w.Body.String(), "Continue to Microsoft")
	w = b.do(http.MethodPost, action, form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("following the link answers %d: %s", w.Code, words(mustParse(t, w.Body.String())))
	}
	w = b.get(w.Header().Get("Location"))
	to, ok := strings.CutPrefix(w.Header().Get("Refresh"), "1; url=")
	if !ok {
		t.Fatalf("the page between answers %d and leads to %q: %s", w.Code, w.Header().Get("Refresh"), words(mustParse(t, w.Body.String())))
	}
	return to
}

// accept consents and signs in at Microsoft, and returns what the browser is told in the end.
func (b *browser) accept(to, person string) *httptest.ResponseRecorder {
	b.p.t.Helper()
	w := b.get(b.p.throughMicrosoft(to, person, "accept"))
	if next := w.Header().Get("Location"); w.Code == http.StatusSeeOther && strings.HasPrefix(next, "https://microsoft.example/") {
		return b.get(b.p.throughMicrosoft(next, person, "accept"))
	}
	return w
}

func (b *browser) reads(w *httptest.ResponseRecorder) string {
	b.p.t.Helper()
	return words(mustParse(b.p.t.(*testing.T), w.Body.String()))
}

// An administrator of a customer consents in a browser that never signed in here; an editor confirms the tenant, and only then it is connected.
func TestConsentByLink(t *testing.T) {
	p := newProvider(t)
	if got := p.mustGet(p.shared); !strings.Contains(got, "Accepted by Microsoft") || !strings.Contains(got, "1 connector") {
		t.Errorf("the shared app's page says %q", words(mustParse(t, got)))
	}
	address := p.link()
	_, secret, _ := strings.Cut(address, "token=")
	if len(secret) < 20 {
		t.Fatalf("the link is %q", address)
	}
	b := p.browser()
	w := b.get(address)
	for _, want := range []string{"editor asks you to let the Stories Workbench read the security incidents and alerts", "http://localhost:8080", customer, p.tenant.ID(), "SecurityIncident.Read.All", "Read all security incidents",
		"SecurityAlert.Read.All", "User.Read", "Global Administrator", "Privileged Role Administrator", "An Application Administrator may not", "Nothing can be changed in the tenant", "until 29 Nov 2026"} {
		if got := b.reads(w); !strings.Contains(got, want) {
			t.Errorf("the page of the link lacks %q: %s", want, got)
		}
	}
	if h := w.Header(); h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" || len(b.cookies) != 0 {
		t.Errorf("the page of the link has the headers %v", h)
	}
	if body := w.Body.String(); strings.Contains(body, "/sign-out") || strings.Contains(body, "data-live") || strings.Contains(body, `role="search"`) {
		t.Error("a page for strangers has parts that need an account")
	}
	w = b.accept(b.follow(address), customerAdmin)
	if got := b.reads(w); w.Code != http.StatusOK || !strings.Contains(got, "Permissions were applied") || !strings.Contains(got, "Fabrikam <i>") || !strings.Contains(got, "An editor of the workbench will confirm") || !strings.Contains(got, "You can close this tab") {
		t.Fatalf("in the end the browser is told %d: %s", w.Code, got)
	}
	if c := b.cookies["workbench-consent"]; len(b.cookies) != 1 || c == nil || !strings.HasSuffix(c.Value, ".") {
		t.Errorf("the browser keeps %v, want its own secret and no link", b.cookies)
	}
	if w := b.get(address); w.Code != http.StatusGone || !strings.Contains(b.reads(w), "This link was used") || strings.Contains(b.reads(w), customerAdmin) {
		t.Errorf("the link answers %d after it was used: %s", w.Code, b.reads(w))
	}

	page := p.mustGet(p.parent)
	got := words(mustParse(t, page))
	for _, want := range []string{customerAdmin + " consented for Fabrikam <i>", "Confirm that this is the tenant you meant", "Shared app. Its certificate is looked after with the app, which 1 connector uses: SOC app", "Used on 22 Nov 2026"} {
		if !strings.Contains(got, want) {
			t.Errorf("the connector's page lacks %q: %s", want, got)
		}
	}
	if strings.Contains(page, secret) || strings.Contains(page, "Use another certificate") {
		t.Error("the connector's page shows the link again, or credentials that are not its own")
	}
	child := url.Values{"application": {"defenderForEndpoint"}, "parent": {p.parent[strings.LastIndexByte(p.parent, '/')+1:]}, "name": {"fabrikam-mde"}}
	if w := p.do(http.MethodPost, "/connectors", child); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("before the tenant is confirmed something is put under it: %d", w.Code)
	}
	action, _, form := presses(t, page, "Confirm")
	if to := p.mustSend(action, form); !strings.Contains(p.mustGet(to), "Confirmed.") {
		t.Error("nobody says that the tenant is confirmed")
	}
	if got := rowOf(t, p.mustGet("/connectors"), "fabrikam"); !strings.Contains(got, "Connected") {
		t.Errorf("once confirmed the row says %q", got)
	}
	if got := words(mustParse(t, p.mustGet(p.mustSend("/connectors", child)))); !strings.Contains(got, "nothing new is needed") {
		t.Errorf("the consent by link does not cover what is put under it: %s", got)
	}
	if w := p.do(http.MethodPost, action, form); w.Code != http.StatusNotFound {
		t.Errorf("confirming twice answers %d", w.Code)
	}
	if strings.Contains(p.said.String(), secret) || !strings.Contains(p.said.String(), `"/consent"`) {
		t.Error("the log holds the secret of the link, or no look at it")
	}
}

// A consent that was refused is forgotten: nothing is connected, and a new link can be made.
func TestConsentIsRefused(t *testing.T) {
	p := newProvider(t)
	b := p.browser()
	if w := b.accept(b.follow(p.link()), customerAdmin); w.Code != http.StatusOK {
		t.Fatalf("consent answers %d: %s", w.Code, b.reads(w))
	}
	action, _, form := presses(t, p.mustGet(p.parent), "Refuse")
	page := p.mustGet(p.mustSend(action, form))
	if strings.Contains(page, "Confirm that this is the tenant you meant") || !strings.Contains(page, "Refused.") || strings.Contains(rowOf(t, p.mustGet("/connectors"), "fabrikam"), "Connected") {
		t.Errorf("after Refuse the page says %s", words(mustParse(t, page)))
	}
	if w := b.get(p.link()); w.Code != http.StatusOK {
		t.Errorf("a new link answers %d", w.Code)
	}
}

// What goes wrong is said on the page, and the link stays good for who may consent.
func TestConsentLinkIsTriedAgain(t *testing.T) {
	p := newProvider(t)
	address := p.link()
	b := p.browser()
	w := b.get(p.throughMicrosoft(b.follow(address), customerAdmin, "cancel"))
	if got := b.reads(w); w.Code != http.StatusBadRequest || !strings.Contains(got, "pressed Cancel") || strings.Contains(got, "Authorize") {
		t.Errorf("after Cancel the browser is told %d: %s", w.Code, got)
	}
	if again := leads(t, w.Body.String(), "Try again"); again != address {
		t.Errorf("trying again leads to %s", again)
	}
	for person, why := range map[string]string{"pat@fabrikam.example": "an Application Administrator", globalAdministrator: "an administrator of another tenant"} {
		if back := p.throughMicrosoft(b.follow(address), person, "accept"); back != "" {
			if w := b.get(back); w.Code == http.StatusOK || strings.HasPrefix(w.Header().Get("Location"), "https://") {
				t.Errorf("%s gets %d, %s", why, w.Code, w.Header().Get("Location"))
			}
		}
	}
	consented := b.get(p.throughMicrosoft(b.follow(address), customerAdmin, "accept"))
	if back := p.throughMicrosoft(consented.Header().Get("Location"), globalAdministrator, "accept"); back != "" {
		if w := b.get(back); w.Code == http.StatusOK {
			t.Errorf("who signs in elsewhere gets %d: %s", w.Code, b.reads(w))
		}
	}
	if strings.Contains(p.mustGet(p.parent), "consented for") {
		t.Fatal("somebody who may not consented")
	}
	if w := b.accept(b.follow(address), customerAdmin); w.Code != http.StatusOK {
		t.Errorf("in the end the browser is told %d: %s", w.Code, b.reads(w))
	}
}

// In one browser two links can be followed at once. What became of the first is told, and trying again leads to no other's request.
func TestABrowserFollowsTwoLinks(t *testing.T) {
	p := newProvider(t)
	p.sim.AddTenant(simulator.TenantOptions{Name: "Northwind", Domains: []string{"northwind.example"}, Users: []simulator.User{{Name: "Nora", UserName: "nora@northwind.example", Role: simulator.GlobalAdministrator}}})
	first := p.link()
	to := p.mustSend("/connectors", url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {"northwind"}, "tenant": {"northwind.example"}, "topology": {"shared"}, "shared": {p.shared[strings.LastIndexByte(p.shared, '/')+1:]}})
	other := *p
	other.parent, _, _ = strings.Cut(to, "/authorize")
	second := other.link()
	b := p.browser()
	one, again, two := b.follow(first), b.follow(first), b.follow(second)
	w := b.get(p.throughMicrosoft(one, customerAdmin, "cancel"))
	if got := b.reads(w); w.Code != http.StatusBadRequest || !strings.Contains(got, "pressed Cancel") || !strings.Contains(got, "open the link that you were sent once more") || strings.Contains(w.Body.String(), second) {
		t.Errorf("after Cancel the browser is told %d: %s", w.Code, got)
	}
	if w := b.accept(two, "nora@northwind.example"); w.Code != http.StatusOK || !strings.Contains(b.reads(w), "Northwind") {
		t.Errorf("the other link ends with %d: %s", w.Code, b.reads(w))
	}
	if w := b.accept(again, customerAdmin); w.Code != http.StatusOK || !strings.Contains(b.reads(w), "Fabrikam") {
		t.Errorf("once the other is done, the first link ends with %d: %s", w.Code, b.reads(w))
	}
}

// Of two browsers that follow a link at once one is first; the other is told, and neither can end the other's way.
func TestTwoBrowsersFollowALink(t *testing.T) {
	p := newProvider(t)
	address := p.link()
	first, second, third := p.browser(), p.browser(), p.browser()
	one, two := first.follow(address), second.follow(address)
	stolen := p.throughMicrosoft(one, customerAdmin, "accept")
	if w := second.get(stolen); w.Code != http.StatusGone || !strings.Contains(second.reads(w), "another browser") {
		t.Errorf("the answer for another browser gets %d: %s", w.Code, second.reads(w))
	}
	if w := third.get(stolen); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Errorf("a browser that followed nothing gets %d to %s, want to be asked who it is", w.Code, w.Header().Get("Location"))
	}
	if w := p.get(stolen); w.Code != http.StatusNotFound {
		t.Errorf("an editor's browser gets %d for the answer to another", w.Code)
	}
	w := first.get(stolen)
	if w = first.get(p.throughMicrosoft(w.Header().Get("Location"), customerAdmin, "accept")); w.Code != http.StatusOK {
		t.Fatalf("the first browser is told %d: %s", w.Code, first.reads(w))
	}
	if w := second.accept(two, customerAdmin); w.Code != http.StatusGone || !strings.Contains(second.reads(w), "This link was used") {
		t.Errorf("the second browser is told %d: %s", w.Code, second.reads(w))
	}
	if w := first.get(stolen); w.Code != http.StatusGone {
		t.Errorf("the same answer again gets %d to %s, want to be told that this way is over", w.Code, w.Header().Get("Location"))
	}
}

// Links that lead nowhere say so: one that was withdrawn is as one that never was.
func TestClosedConsentLinks(t *testing.T) {
	p := newProvider(t)
	b := p.browser()
	unknown := b.get("/consent?token=" + strings.Repeat("x", 43))
	if got := b.reads(unknown); unknown.Code != http.StatusNotFound || !strings.Contains(got, "This link does not work") {
		t.Errorf("an unknown link answers %d: %s", unknown.Code, got)
	}
	for _, address := range []string{"/consent", "/consent?token=", "/consent?token=" + strings.Repeat("x", 5_000), "/consent?token=%00%ff"} {
		if w := b.get(address); w.Code != http.StatusNotFound || b.reads(w) != b.reads(unknown) {
			t.Errorf("%.40s answers %d", address, w.Code)
		}
	}
	address := p.link()
	away := b.follow(address)
	action, _, form := presses(t, p.mustGet(p.parent), "Withdraw")
	if to := p.mustSend(action, form); !strings.Contains(p.mustGet(to), "The link was withdrawn") {
		t.Error("nobody says that the link was withdrawn")
	}
	if w := b.get(address); w.Code != http.StatusNotFound || b.reads(w) != b.reads(unknown) {
		t.Errorf("a withdrawn link answers %d: %s", w.Code, b.reads(w))
	}
	if w := b.accept(away, customerAdmin); w.Code != http.StatusNotFound {
		t.Errorf("who was away when it was withdrawn gets %d: %s", w.Code, b.reads(w))
	}
	former := p.link()
	address = p.link()
	if w := b.get(former); w.Code != http.StatusNotFound {
		t.Errorf("a link that another one followed answers %d", w.Code)
	}
	p.later(workbench.ConsentLifetime)
	if w := b.get(address); w.Code != http.StatusGone || !strings.Contains(b.reads(w), "The time of this link is over") {
		t.Errorf("an expired link answers %d: %s", w.Code, b.reads(w))
	}
	_, secret, _ := strings.Cut(address, "token=")
	if w := b.do(http.MethodPost, "/consent", url.Values{"token": {secret}}); w.Code != http.StatusGone {
		t.Errorf("following an expired link answers %d", w.Code)
	}
}

// Strangers can press only so often, and can't find a link by trying.
func TestConsentLinksAreHeldBack(t *testing.T) {
	p := newProvider(t)
	address := p.link()
	_, secret, _ := strings.Cut(address, "token=")
	b := p.browser()
	codes := map[int]int{}
	for range 14 {
		w := b.do(http.MethodPost, "/consent", url.Values{"token": {secret}})
		if codes[w.Code]++; w.Code == http.StatusTooManyRequests && (w.Header().Get("Retry-After") == "" || !strings.Contains(b.reads(w), "Wait a minute")) {
			t.Errorf("held back with %v: %s", w.Header(), b.reads(w))
		}
	}
	if codes[http.StatusSeeOther] != 10 || codes[http.StatusTooManyRequests] != 4 {
		t.Errorf("following a link 14 times answers %v", codes)
	}
	codes = map[int]int{}
	for range 40 {
		codes[b.get("/consent?token="+strings.Repeat("y", 43)).Code]++
	}
	if codes[http.StatusNotFound] != 16 || codes[http.StatusTooManyRequests] != 24 {
		t.Errorf("looking for a link 40 times answers %v, want 30 tries from an address", codes)
	}
	p.later(time.Minute)
	if w := b.get(address); w.Code != http.StatusOK {
		t.Errorf("a minute later the link answers %d", w.Code)
	}
}

// Who may not change connectors sees no links and makes none.
func TestViewersMakeNoConsentLinks(t *testing.T) {
	p := newProvider(t)
	p.link()
	p.signedIn(workbench.Account{ID: "viewer", Name: "viewer", Role: workbench.Viewer, AllGrants: true, Grants: []workbench.TenantID{}})
	page := p.mustGet(p.parent)
	for _, forbidden := range []string{"Copy consent link", "Withdraw", "made by"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("a viewer's page says %q", forbidden)
		}
	}
	for _, what := range []string{"/link", "/link/withdraw", "/confirm", "/refuse", "/replace"} {
		if w := p.do(http.MethodPost, p.parent+what, url.Values{}); w.Code != http.StatusForbidden {
			t.Errorf("%s answers a viewer with %d", what, w.Code)
		}
	}
}
