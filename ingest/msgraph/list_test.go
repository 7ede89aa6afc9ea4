package msgraph_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/msgraph"
)

// conversation is a Graph on a real socket that notes what it is asked.
type conversation struct {
	*httptest.Server
	asked []*http.Request
}

// talk serves answers in turn; one after the last fails the test.
func talk(t *testing.T, answers ...http.HandlerFunc) *conversation {
	c := &conversation{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.asked = append(c.asked, r)
		if len(c.asked) > len(answers) {
			t.Errorf("request %d was not expected: %s", len(c.asked), r.RequestURI)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		answers[len(c.asked)-1](w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *conversation) client(t *testing.T, source msgraph.TokenSource) *msgraph.Client {
	return msgraph.New(mustURL(t, c.URL), http.DefaultTransport, source, unlimited)
}

func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// link answers with a page that goes on at a path and query of the same server.
func link(items, rest string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"value":[%s],"@odata.nextLink":"http://%s%s"}`, items, r.Host, rest)
	}
}

func TestListsAskAsDocumented(t *testing.T) {
	w := msgraph.Window{From: at("2026-03-11T08:00:00.1234567Z"), To: at("2026-03-11T10:00:00+01:00")}
	c := talk(t, say(200, emptyPage), say(200, emptyPage), say(200, emptyPage), say(200, emptyPage))
	m := c.client(t, &tokens{})
	for _, list := range []func() (msgraph.Listed, error){
		func() (msgraph.Listed, error) { return m.Incidents(t.Context(), w, new(all).yield) },
		func() (msgraph.Listed, error) { return m.Alerts(t.Context(), w, new(all).yield) },
		func() (msgraph.Listed, error) {
			return m.Incidents(t.Context(), msgraph.Window{From: at("2026-03-11T08:00:00Z")}, new(all).yield)
		},
		func() (msgraph.Listed, error) { return m.Alerts(t.Context(), msgraph.Window{}, new(all).yield) },
	} {
		if got, err := list(); err != nil || got.Pages != 1 || got.Items != 0 || got.At.IsZero() {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	var got [][4]string
	for _, r := range c.asked {
		q := r.URL.Query()
		got = append(got, [4]string{r.URL.Path, q.Get("$filter"), q.Get("$orderby"), q.Get("$top")})
	}
	if diff := cmp.Diff([][4]string{
		{"/v1.0/security/incidents", "lastUpdateDateTime ge 2026-03-11T08:00:00.1234567Z and lastUpdateDateTime lt 2026-03-11T09:00:00Z", "lastUpdateDateTime asc", "50"},
		{"/v1.0/security/alerts_v2", "lastUpdateDateTime ge 2026-03-11T08:00:00.1234567Z and lastUpdateDateTime lt 2026-03-11T09:00:00Z", "lastUpdateDateTime asc", "500"},
		{"/v1.0/security/incidents", "lastUpdateDateTime ge 2026-03-11T08:00:00Z", "lastUpdateDateTime asc", "50"},
		{"/v1.0/security/alerts_v2", "", "lastUpdateDateTime asc", "500"},
	}, got); diff != "" {
		t.Error(diff)
	}
	guid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	ids := map[string]bool{}
	for _, r := range c.asked {
		for name, want := range map[string]string{"Authorization": "Bearer secret-token-0", "Prefer": "include-unknown-enum-members", "Accept": "application/json",
			"User-Agent": "stories-workbench", "Accept-Encoding": "gzip"} {
			if got := r.Header.Get(name); got != want || r.Method != http.MethodGet {
				t.Errorf("%s %s: got %s %q, want %q", r.Method, r.RequestURI, name, got, want)
			}
		}
		id := r.Header.Get("Client-Request-Id")
		if !guid.MatchString(id) || ids[id] {
			t.Errorf("client-request-id %q is no new GUID", id)
		}
		ids[id] = true
	}
}

func TestWindowHoldsEveryTick(t *testing.T) {
	c := talk(t, say(200, emptyPage))
	w := msgraph.Window{From: at("2026-03-11T08:00:00.123456789Z"), To: at("2026-03-11T08:00:00.123456701Z")}
	if _, err := c.client(t, &tokens{}).Incidents(t.Context(), w, new(all).yield); err != nil {
		t.Fatal(err)
	}
	want := "lastUpdateDateTime ge 2026-03-11T08:00:00.1234567Z and lastUpdateDateTime lt 2026-03-11T08:00:00.1234568Z"
	if got := c.asked[0].URL.Query().Get("$filter"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestListFollowsLinksAsTheyAre(t *testing.T) {
	odd := "/v1.0/security/incidents?%24filter=x+ge+y&$skiptoken=a%2Fb~%7E&$top=50"
	packed := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		link(`{"id":"2"},{"id":"1"}`, odd)(httptestWriter{w, z}, r)
		_ = z.Close()
	}
	c := talk(t, link(`{"id":"2"},{"id":"2"}`, "/v1.0/security/incidents?$skip=50"), link("", "/v1.0/security/incidents?$skip=100"), packed,
		say(200, "\xEF\xBB\xBF{\"value\":[{\"id\":\"\xff\"}],\"@odata.nextLink\":null}"))
	var got all
	done, err := c.client(t, &tokens{}).Incidents(t.Context(), msgraph.Window{}, got.yield)
	if err != nil || done.Pages != 4 || done.Items != 5 {
		t.Fatalf("got %+v, %v", done, err)
	}
	if c.asked[3].RequestURI != odd {
		t.Errorf("got link %q, want %q", c.asked[3].RequestURI, odd)
	}
	if want := "/v1.0/security/incidents?%24filter=x+ge+y&$skiptoken=…&$top=50"; got.pages[3].Address != want {
		t.Errorf("got address %q, want %q", got.pages[3].Address, want)
	}
	if !strings.HasPrefix(string(got.pages[0].Body), `{"value":[{"id":"2"},{"id":"2"}],`) || !strings.HasPrefix(string(got.pages[2].Body), `{"value":[{"id":"2"},{"id":"1"}],`) {
		t.Errorf("pages are not as they came: %s, %s", got.pages[0].Body, got.pages[2].Body)
	}
	if string(got.pages[3].Body) != "{\"value\":[{\"id\":\"\xff\"}],\"@odata.nextLink\":null}" {
		t.Errorf("the last page is not as it came: %q", got.pages[3].Body)
	}
	for i, p := range got.pages {
		if p.At.IsZero() || i == 0 && p.At != done.At {
			t.Errorf("page %d is of %v, the list of %v", i, p.At, done.At)
		}
	}
}

// httptestWriter writes a body packed and the rest as it is.
type httptestWriter struct {
	http.ResponseWriter
	body *gzip.Writer
}

func (w httptestWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

func TestYieldEndsAList(t *testing.T) {
	c := talk(t, link(`{}`, "/v1.0/a"), link(`{}`, "/v1.0/b"))
	enough := errors.New("enough")
	done, err := c.client(t, &tokens{}).Alerts(t.Context(), msgraph.Window{}, func(p msgraph.Page) error {
		if strings.HasPrefix(p.Address, "/v1.0/a") {
			return enough
		}
		return nil
	})
	if err != enough || done.Pages != 2 {
		t.Errorf("got %+v, %v; want 2 pages and the error of yield", done, err)
	}
}

func TestTokenThatExpiresWhilePaging(t *testing.T) {
	expired := say(401, refusal("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."))
	c := talk(t, link(`{}`, "/v1.0/a"), expired, link(`{}`, "/v1.0/b"), expired, say(200, emptyPage))
	k := &tokens{}
	done, err := c.client(t, k).Incidents(t.Context(), msgraph.Window{}, new(all).yield)
	if err != nil || done.Pages != 3 || k.refused != 2 {
		t.Fatalf("got %+v, %v, %d tokens refused", done, err, k.refused)
	}
	var got []string
	for _, r := range c.asked {
		got = append(got, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer secret-token-"))
	}
	if want := []string{"0", "0", "1", "1", "2"}; !slices.Equal(got, want) {
		t.Errorf("got tokens %v, want %v", got, want)
	}
}

func TestIncident(t *testing.T) {
	const whole = `{"id":"9_a/b","alerts":[{"id":"x"}]}`
	c := talk(t, say(200, whole), say(200, `{"id":"9_a/b"}`), say(404, refusal("ResourceNotFound", "no")), say(404, refusal("NotFound", "no")))
	m := c.client(t, &tokens{})
	got, err := m.Incident(t.Context(), "9_a/b")
	if err != nil || string(got.Body) != whole || got.Missing || got.At.IsZero() || got.Address != "/v1.0/security/incidents/9_a%2Fb?$expand=alerts" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := m.IncidentAlone(t.Context(), "9_a/b"); err != nil || string(got.Body) != `{"id":"9_a/b"}` || got.Address != "/v1.0/security/incidents/9_a%2Fb" {
		t.Errorf("alone: got %+v, %v", got, err)
	}
	if got, err := m.Incident(t.Context(), "1"); err != nil || !got.Missing || got.Body != nil {
		t.Errorf("unknown: got %+v, %v", got, err)
	}
	if got, err := m.IncidentAlerts(t.Context(), "1", new(all).yield); reasonOf(t, err) != workbench.ReasonRequestRefused || !got.Missing {
		t.Errorf("alerts of unknown: got %+v, %v", got, err)
	}
	for _, id := range []string{"", ".", "..", strings.Repeat("1", 201)} {
		if _, err := m.Incident(t.Context(), id); reasonOf(t, err) != workbench.ReasonRequestRefused {
			t.Errorf("id %q: got %v", id, err)
		}
	}
}

func TestIncidentThatIsNotWhole(t *testing.T) {
	for body, want := range map[string]struct {
		reason   workbench.Reason
		tooLarge bool
	}{
		`{"id":"7","alerts":[]}`: {"", false},
		`{"id":"7"}`:             {workbench.ReasonUnreadable, true},
		`{"id":"7","alerts":[{}],"alerts@odata.nextLink":"https://graph.test/v1.0/x"}`: {workbench.ReasonUnreadable, true},
		`{"id":"7","alerts":[{}],"alerts@odata.nextLink":null}`:                        {"", false},
		`{"id":"7","alerts":null}`: {workbench.ReasonUnreadable, true},
		`{"id":"8","alerts":[]}`:   {workbench.ReasonUnreadable, false},
		`{"alerts":[]}`:            {workbench.ReasonUnreadable, false},
		`{"id":7,"alerts":[]}`:     {workbench.ReasonUnreadable, false},
		`[]`:                       {workbench.ReasonUnreadable, false},
	} {
		m := client(t, func(*http.Request) (*http.Response, error) { return reply(200, body), nil }, msgraph.Limits{Attempts: 1})
		_, err := m.Incident(t.Context(), "7")
		if got := reasonOf(t, err); got != want.reason || errors.Is(err, msgraph.ErrTooLarge) != want.tooLarge {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestIncidentAlertsPage(t *testing.T) {
	c := talk(t, link(`{},{}`, "/v1.0/security/incidents/9_a%2Fb/alerts?$skip=2"), say(200, `{"value":[{}]}`))
	done, err := c.client(t, &tokens{}).IncidentAlerts(t.Context(), "9_a/b", new(all).yield)
	if err != nil || done.Pages != 2 || done.Items != 3 {
		t.Errorf("got %+v, %v", done, err)
	}
	if got := c.asked[0].RequestURI; got != "/v1.0/security/incidents/9_a%2Fb/alerts" {
		t.Errorf("asked for %q", got)
	}
}

func TestProbe(t *testing.T) {
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		empty   bool
	}{
		"an incident":                  {[]http.HandlerFunc{say(200, `{"value":[{"id":"1"}]}`)}, false},
		"an incident, and more":        {[]http.HandlerFunc{link(`{}`, "/v1.0/a")}, false},
		"nothing":                      {[]http.HandlerFunc{say(200, emptyPage)}, true},
		"an incident behind emptiness": {[]http.HandlerFunc{link("", "/v1.0/a"), link("{}", "/v1.0/b")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := talk(t, c.answers...)
			got, err := g.client(t, &tokens{}).Probe(t.Context())
			if err != nil || got.Empty != c.empty || got.At.IsZero() || len(g.asked) != len(c.answers) || g.asked[0].URL.Query().Get("$top") != "1" {
				t.Errorf("got %+v, %v after %d requests", got, err, len(g.asked))
			}
		})
	}
	g := talk(t, say(403, refusal("Forbidden", "Missing application roles. API required roles: x, application roles: .")))
	if _, err := g.client(t, &tokens{}).Probe(context.Background()); reasonOf(t, err) != workbench.ReasonRolesMissing {
		t.Errorf("got %v", err)
	}
}

func TestBaseMayHaveAPath(t *testing.T) {
	c := talk(t, link("{}", "/behind/it/v1.0/next"), link("{}", "/v1.0/out"))
	m := msgraph.New(mustURL(t, c.URL+"/behind/it/"), http.DefaultTransport, &tokens{}, unlimited)
	if _, err := m.Incidents(t.Context(), msgraph.Window{}, new(all).yield); reasonOf(t, err) != workbench.ReasonUnreadable {
		t.Errorf("got %v, want a link that leads out refused", err)
	}
	if got := c.asked[0].URL.Path; got != "/behind/it/v1.0/security/incidents" {
		t.Errorf("asked for %s", got)
	}
}
