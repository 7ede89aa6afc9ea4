package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/handlers"
	"workbench/store"
	"workbench/views/stories"
)

// maxHostile is how many bytes the page for an address that makes no sense has at most, whatever stands in it.
const maxHostile = 400 << 10

func TestListAnswersHostileParametersInOneSentence(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	all := s.list("").Total
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	first := s.list("?limit=3")
	for _, c := range []struct {
		name, query string
		names       string // the parameter that the answer names
		code        int    // of the page
	}{
		{"an unknown name", "colour=red", "colour", 400},
		{"an unknown name that is markup", url.QueryEscape("<script>alert(1)</script>") + "=1", "<script>", 400},
		{"a thousand unknown names", numbered("n%d=1&", 700), "and 695 more", 400},
		{"an unknown word", "status=asleep", "status", 400},
		{"an unknown word to leave out", "verdict=!never", "verdict", 400},
		{"a sign without a value", "owner=!", "owner", 400},
		{"a criticality beyond", "criticality=11", "criticality", 400},
		{"a range beyond", "criticality=7..99", "criticality", 400},
		{"a range turned round", "criticality=10..7", "criticality", 400},
		{"a range turned round to leave out", "criticality=!10..7", "criticality", 400},
		{"a range of nonsense", "criticality=7..", "criticality", 400},
		{"a time turned round", "time=2026-11-22..2026-11-01", "time", 400},
		{"a time of nonsense", "time=yesterday", "time", 400},
		{"a time of no length", "time=0h", "time", 400},
		{"a time that is too long ago", "time=999999d", "time", 400},
		{"an unknown time", "timeField=lunch", "timeField", 400},
		{"a range of one's own turned round", "from=2026-11-22T10:00&to=2026-11-20T10:00", "time", 303},
		{"an unknown order", "sort=beauty", "sort", 400},
		{"an order with a key twice", "sort=created,-created", "sort", 400},
		{"an order of ten thousand keys", "sort=" + strings.Repeat("created,", 900), "sort", 400},
		{"a page of too many rows", "limit=1001", "limit", 400},
		{"a page of no rows", "limit=0", "limit", 400},
		{"a page of words", "limit=many", "limit", 400},
		{"a parameter twice", "q=a&q=b", "q", 400},
		{"a broken escape", "status=open&owner=%zz", "address", 400},
		{"a semicolon", "status=open;owner=anna", "address", 400},
		{"three hundred values", numbered("owner=a%d&", 300), "filters", 400},
		{"ten thousand values", numbered("owner=a%d&", 10_000), "longer than", 414},
		{"a long value", "owner=" + strings.Repeat("x", 600), "owner", 400},
		{"a long text", "q=" + strings.Repeat("x", 3_000), "q", 400},
		{"100 kB of text", "q=" + strings.Repeat("x", 100_000), "longer than", 414},
		{"a forged cursor", "after=forged", "continues another list", 400},
		{"a long cursor", "after=" + strings.Repeat("x", 15_000), "continues another list", 400},
		{"a cursor that is too long", "after=" + strings.Repeat("x", 20_000), "after", 400},
		{"the cursor of another query", "status=!closed&limit=3&after=" + url.QueryEscape(*first.Next), "continues another list", 400},
		{"a cursor in another order", "limit=3&sort=created&after=" + url.QueryEscape(*first.Next), "continues another list", 400},
		{"a filter of no field", "field=colour&value=red", "field", 400},
		{"a filter that an address cannot say", "field=owner&sense=is&value=" + url.QueryEscape("!nobody"), "value", 400},
		{"a filter that ends before it begins", "field=criticality&low=9&high=2", "criticality", 400},
		{"only of nothing", "only=closed", "only", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := s.get("/stories?" + c.query)
			if page.Code == http.StatusSeeOther {
				page = s.get(page.Header().Get("Location"))
			}
			want := c.code
			if want == http.StatusSeeOther {
				want = http.StatusBadRequest
			}
			if page.Code != want {
				t.Errorf("the page answers %d, want %d", page.Code, want)
			}
			if size := page.Body.Len(); size > maxHostile {
				t.Errorf("the page has %d bytes", size)
			}
			root := mustParse(t, page.Body.String())
			if text := words(root); !strings.Contains(text, c.names) {
				t.Errorf("the page does not name %q", c.names)
			}
			if rows := elements(root, func(n *html.Node) bool { return n.Data == "tr" && has(n, "data-row") }); len(rows) > 0 {
				t.Errorf("the page shows %d stories", len(rows))
			}
			data := s.get("/stories.json?" + c.query)
			if data.Code < 400 || data.Code >= 500 || strings.Contains(data.Body.String(), `"stories"`) {
				t.Errorf("JSON answers %d: %.200s", data.Code, data.Body)
			}
			var answer struct{ Error string }
			if err := json.Unmarshal(data.Body.Bytes(), &answer); err != nil || answer.Error == "" || len(answer.Error) > 2_000 {
				t.Errorf("JSON says %.200q; %v", answer.Error, err)
			}
		})
	}
	for _, c := range []struct {
		name, query string
		total       int
	}{
		{"a value that looks like a range", "owner=1..2", 0},
		{"a value that is markup", "owner=" + url.QueryEscape(`"><script>alert(1)</script>`), 0},
		{"a value that is no text", "owner=%ff%fe%00", 0},
		{"a value that nobody has, left out", "owner=" + url.QueryEscape(`!"><script>`), all},
		{"text of quotes", "q=" + url.QueryEscape(`"""""`), all},
		{"two hundred values", numbered("owner=a%d&", 200), 0},
		{"an empty value", "status=&owner=", all},
		{"not a range", "criticality=!1..10", 0},
		{"a field and its opposite", "status=open&status=!open", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.list("?" + c.query).Total; got != c.total {
				t.Errorf("got %d stories, want %d", got, c.total)
			}
			page := s.get("/stories?" + c.query)
			if page.Code != http.StatusOK || page.Body.Len() > maxHostile {
				t.Errorf("the page answers %d with %d bytes", page.Code, page.Body.Len())
			}
			for _, n := range elements(mustParse(t, page.Body.String()), func(n *html.Node) bool { return n.Data == "script" && attribute(n, "src") == "" }) {
				t.Errorf("the page has a script: %v", n)
			}
		})
	}
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func TestFormsLeadToTheListsOwnAddress(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	for _, c := range []struct{ name, query, want string }{
		{"a filter", "status=open&field=owner&sense=not&value=anna&value=", "/stories?owner=%21anna&status=open"},
		{"a range", "field=criticality&sense=any&low=7&high=10", "/stories?criticality=7..10"},
		{"only", "status=open&status=closed&only=status%3Dclosed", "/stories?status=closed"},
		{"a time", "from=2026-11-20T10%3A00&to=", "/stories?time=2026-11-20T10%3A00%3A00Z.."},
		{"an order", "by=criticality&way=down&by=updated&way=up", "/stories?sort=-criticality%2Cupdated"},
	} {
		w := s.get("/stories?" + c.query)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != c.want {
			t.Errorf("%s: got %d to %q, want %q", c.name, w.Code, got, c.want)
		}
		if got := s.get(c.want).Code; got != http.StatusOK {
			t.Errorf("%s: its address answers %d", c.name, got)
		}
	}
}

// Every filter and its opposite are all stories together, and no story is in both.
func TestAFilterAndItsOppositeAreEverything(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	everything := s.list("?limit=1000")
	some := everything.Stories[0]
	values := map[string][]string{"criticality": {"7..10", "4"}, "moved": {"false"}, "verdict": {"none"}, "analystSeverity": {"none"}, "owner": {"none"}, "label": {"finance"},
		"source": {some.Source.Raw(), "none"}, "sourceIp": {"none"}, "indication": {strings.ToUpper(some.Indication.Raw())}, "incident": {some.IncidentID.Raw(), string(some.Tenant.ID) + "/" + some.IncidentID.Raw()}}
	for field, facet := range everything.Facets {
		for _, v := range facet[:min(2, len(facet))] {
			values[field] = append(values[field], v.Value)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[field] {
			if v == "" {
				continue
			}
			in, out := s.list("?"+url.Values{field: {v}}.Encode()).Total, s.list("?"+url.Values{field: {"!" + v}}.Encode()).Total
			if field == "moved" { // moved stories are left out unless asked for
				continue
			}
			if in+out != everything.Total {
				t.Errorf("%s=%s: %d and %d stories, want %d together", field, v, in, out, everything.Total)
			}
		}
	}
}

func TestFilterFormProposesWhatThereIs(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	some := s.list("?limit=1000").Stories
	for _, c := range []struct{ field, value string }{
		{"source", strings.ToLower(some[0].Source.Raw())}, {"indication", strings.ToLower(some[0].Indication.Raw())}, {"status", "pendingAnalysis"}, {"producer", ""},
	} {
		part := s.mustGet("/stories?edit=1&field="+c.field, "HX-Request", "true", "HX-Target", "filter-what")
		if !strings.HasPrefix(part, `<div class="filter-what" id="filter-what" data-field="`+c.field) {
			t.Fatalf("%s: got %.80s", c.field, part)
		}
		root := mustParse(t, part)
		offered := elements(root, func(n *html.Node) bool {
			return (n.Data == "option" || n.Data == "input") && (c.value == "" && attribute(n, "value") != "" || attribute(n, "value") == c.value)
		})
		if len(offered) == 0 {
			t.Errorf("%s: the form does not offer %q: %s", c.field, c.value, part)
		}
		if whole := s.mustGet("/stories?edit=1&field=" + c.field); !strings.Contains(whole, part) {
			t.Errorf("%s: the part does not stand in the page", c.field)
		}
	}
}

func TestAnEmptyListSaysWhatWouldWidenIt(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	closed := s.list("?status=closed")
	if closed.Total == 0 {
		t.Fatal("no sample story is closed")
	}
	page := mustParse(t, s.mustGet("/stories?status=closed&source=no-such-device&time=1h&timeField=created"))
	links := elements(page, func(n *html.Node) bool { return n.Data == "a" && attribute(n, "class") == "stories-wider-link" })
	for _, a := range links {
		t.Errorf("without one of three filters nothing is found, but there is %s", words(a))
	}
	page = mustParse(t, s.mustGet("/stories?status=closed&source=no-such-device"))
	links = elements(page, func(n *html.Node) bool { return n.Data == "a" && attribute(n, "class") == "stories-wider-link" })
	if len(links) != 1 || !strings.Contains(words(links[0]), fmt.Sprint(closed.Total)) || !strings.Contains(words(links[0]), "Source is") {
		t.Fatalf("got %d ways out", len(links))
	}
	if got := s.list(strings.TrimPrefix(attribute(links[0], "href"), "/stories")).Total; got != closed.Total {
		t.Errorf("the way out leads to %d stories, want %d", got, closed.Total)
	}
}

// crowded answers as the index does, but that another hundred products have more stories than any of the samples.
type crowded struct{ store.Queries }

func (q crowded) Stories(ctx context.Context, scope workbench.Scope, query store.Query) (store.Page, error) {
	page, err := q.Queries.Stories(ctx, scope, query)
	if err == nil {
		page.Facets = maps.Clone(page.Facets)
		page.Facets[store.Producer] = nil
		for i := range stories.MaxFacet {
			name := "product" + strconv.Itoa(i)
			page.Facets[store.Producer] = append(page.Facets[store.Producer], store.Count{Value: name, Label: workbench.Text(name), Count: 1_000_000})
		}
	}
	return page, err
}

func TestAChosenValueIsCountedEvenWhereItsFacetIsTooLong(t *testing.T) {
	s := newStack(t).withSamples()
	counted := s.signedIn().list("?status=open").Facets["producer"]
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = handlers.New(t.Context(), handlers.Config{Store: s.store, Queries: crowded{s.index}, BaseURL: base, Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	last := counted[len(counted)-1]
	page := mustParse(t, s.signedIn().mustGet("/stories?"+url.Values{"status": {"open"}, "producer": {last.Value, counted[0].Value}}.Encode()))
	for _, want := range []struct {
		value string
		count int
	}{{last.Value, last.Count}, {counted[0].Value, counted[0].Count}, {"product7", 1_000_000}} {
		rows := elements(page, func(n *html.Node) bool {
			return attribute(n, "class") == "facet-row" && len(elements(n, func(n *html.Node) bool { return n.Data == "input" && attribute(n, "value") == want.value })) == 1
		})
		if len(rows) != 1 {
			t.Fatalf("%d values are %s", len(rows), want.value)
		}
		shown := words(elements(rows[0], func(n *html.Node) bool { return attribute(n, "class") == "facet-count" })[0])
		if got := strings.ReplaceAll(strings.TrimSpace(shown), ",", ""); got != strconv.Itoa(want.count) {
			t.Errorf("%s has %q stories, want %d", want.value, got, want.count)
		}
	}
}
