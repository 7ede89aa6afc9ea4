package naive_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"workbench"
	"workbench/store"
	"workbench/store/naive"
	"workbench/store/storetest"
)

var ctx = context.Background()

const tenantA, tenantB = storetest.TenantA, storetest.TenantB

func u(s string) workbench.Untrusted { return workbench.Text(s) }

func list(texts ...string) []workbench.Untrusted {
	var out []workbench.Untrusted
	for _, t := range texts {
		out = append(out, u(t))
	}
	return out
}

// entries are five stories of two tenants; the fifth has lost its alerts.
func entries() []store.Entry {
	head := func(id string, tenant workbench.TenantID, product, producer, indication string, criticality, minute int, severity string) workbench.Head {
		return workbench.Head{ID: workbench.StoryID(id), Tenant: tenant, ProducerType: workbench.GenericIncident, Product: product, Producer: u(producer), Indication: u(indication),
			Criticality: criticality, CreatedAt: storetest.Minute(minute), UpdatedAt: storetest.Minute(minute), Severity: u(severity), IncidentID: u(id[1:]), AlertCount: minute}
	}
	one := head("s9", tenantA, "endpoint", "Defender for Endpoint", "Encoded PowerShell", 9, 1, "high")
	one.ProducerType, one.MitreTechniques, one.Source, one.Names = workbench.MicrosoftEndpointAlert, list("T1059.001"), u("HOST-1"), list("powershell.exe", "Kim Lee")
	two := head("s10", tenantA, "office365", "Defender for Office 365", "Phishing mail", 5, 2, "medium")
	two.SourceIP, two.Names = u("198.51.100.7"), list("kim@example.com")
	three := head("s11", tenantB, "office365", "Defender for Office 365", "Spam", 2, 3, "odd word")
	four := head("s12", tenantA, "identity", "Defender for Identity", "Golden ticket", 10, 4, "high")
	four.LastSignalAt = storetest.Minute(50)
	five := head("s13", tenantA, "office365", "Defender for Office 365", "Moved mail", 5, 5, "low")
	five.MovedTo = []workbench.StoryID{"s10"}
	state := func(actions ...workbench.Action) workbench.State { return workbench.StateOf(actions) }
	return []store.Entry{
		{ID: "s9", Number: 1, Head: one, State: state(storetest.ActionOn("s9", "1", 1, "", "status", "closed", "verdict", "malicious", "analystSeverity", "high", "owner", "Kim", "labels", "vip, Lab"))},
		{ID: "s10", Number: 2, Head: two, State: state(storetest.ActionOn("s10", "2", 2, "", "verdict", "benign", "labels", "lab"))},
		{ID: "s11", Number: 3, Head: three}, {ID: "s12", Number: 4, Head: four}, {ID: "s13", Number: 5, Head: five},
	}
}

func filled() *naive.Index {
	x := naive.New(func(id workbench.TenantID) workbench.Untrusted {
		return map[workbench.TenantID]workbench.Untrusted{tenantA: u("Zeta"), tenantB: u("Alpha")}[id]
	})
	x.Apply(entries())
	return x
}

func mustStories(t testing.TB, x *naive.Index, scope workbench.Scope, q store.Query) store.Page {
	t.Helper()
	page, err := x.Stories(ctx, scope, q)
	if err != nil {
		t.Fatalf("Stories: %v", err)
	}
	return page
}

func ids(page store.Page) []workbench.StoryID {
	var out []workbench.StoryID
	for _, r := range page.Rows {
		out = append(out, r.ID)
	}
	return out
}

func TestFilters(t *testing.T) {
	only := func(f store.Field, filter store.Filter) store.Query {
		return store.Query{Filters: map[store.Field]store.Filter{f: filter}}
	}
	anyOf := func(f store.Field, values ...string) store.Query { return only(f, store.Filter{Any: values}) }
	tests := []struct {
		name  string
		query store.Query
		want  []workbench.StoryID // by id
	}{
		{"nothing asked", store.Query{}, []workbench.StoryID{"s10", "s11", "s12", "s9"}},
		{"producer type", anyOf(store.ProducerType, "MICROSOFTENDPOINTALERT"), []workbench.StoryID{"s9"}},
		{"producer by key", anyOf(store.Producer, "identity"), []workbench.StoryID{"s12"}},
		{"producer by name", anyOf(store.Producer, "defender for office 365"), []workbench.StoryID{"s10", "s11"}},
		{"two values", anyOf(store.Producer, "identity", "endpoint"), []workbench.StoryID{"s12", "s9"}},
		{"negation", only(store.Producer, store.Filter{Not: []string{"Defender for Office 365"}}), []workbench.StoryID{"s12", "s9"}},
		{"status", anyOf(store.Status, "closed"), []workbench.StoryID{"s9"}},
		{"number", anyOf(store.Criticality, "5"), []workbench.StoryID{"s10"}},
		{"range", only(store.Criticality, store.Filter{Ranges: []store.Range{{From: 5, To: 9}}}), []workbench.StoryID{"s10", "s9"}},
		{"range or number, but not", only(store.Criticality, store.Filter{Ranges: []store.Range{{From: 9, To: 10}}, Any: []string{"2"}, Not: []string{"9"}}), []workbench.StoryID{"s11", "s12"}},
		{"severity", anyOf(store.Severity, "Odd Word"), []workbench.StoryID{"s11"}},
		{"no verdict", anyOf(store.Verdict, "none"), []workbench.StoryID{"s11", "s12"}},
		{"not malicious", only(store.Verdict, store.Filter{Not: []string{"malicious"}}), []workbench.StoryID{"s10", "s11", "s12"}},
		{"analyst severity", anyOf(store.AnalystSeverity, "high"), []workbench.StoryID{"s9"}},
		{"tenant", anyOf(store.Tenant, string(tenantB)), []workbench.StoryID{"s11"}},
		{"owner", anyOf(store.Owner, "kim"), []workbench.StoryID{"s9"}},
		{"nobody", anyOf(store.Owner, "none"), []workbench.StoryID{"s10", "s11", "s12"}},
		{"label", anyOf(store.Label, "LAB"), []workbench.StoryID{"s10", "s9"}},
		{"without a label", only(store.Label, store.Filter{Not: []string{"lab"}}), []workbench.StoryID{"s11", "s12"}},
		{"technique", anyOf(store.Mitre, "t1059.001"), []workbench.StoryID{"s9"}},
		{"moved", anyOf(store.Moved, "true"), []workbench.StoryID{"s13"}},
		{"moved or not", anyOf(store.Moved, "true", "false"), []workbench.StoryID{"s10", "s11", "s12", "s13", "s9"}},
		{"fields combine", store.Query{Filters: map[store.Field]store.Filter{store.Label: {Any: []string{"lab"}}, store.Verdict: {Any: []string{"benign"}}}}, []workbench.StoryID{"s10"}},
		{"words", store.Query{Text: "KIM defender"}, []workbench.StoryID{"s10", "s9"}},
		{"part of a word", store.Query{Text: "shell.e"}, []workbench.StoryID{"s9"}},
		{"phrase", store.Query{Text: `"for office" spam`}, []workbench.StoryID{"s11"}},
		{"phrase over two fields", store.Query{Text: `"powershell host-1"`}, nil},
		{"open quote", store.Query{Text: `"golden tick`}, []workbench.StoryID{"s12"}},
		{"source address", store.Query{Text: "100.7"}, []workbench.StoryID{"s10"}},
		{"label by text", store.Query{Text: "vip"}, []workbench.StoryID{"s9"}},
		{"from, included", store.Query{From: storetest.Minute(3)}, []workbench.StoryID{"s11", "s12"}},
		{"to, not included", store.Query{To: storetest.Minute(3), TimeField: "created"}, []workbench.StoryID{"s10", "s9"}},
		{"time that nobody said", store.Query{From: storetest.Minute(0), TimeField: "lastSignal"}, []workbench.StoryID{"s12"}},
	}
	x := filled()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := mustStories(t, x, workbench.EveryTenant(), test.query)
			got := ids(page)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" || page.Total != len(test.want) {
				t.Errorf("total %d (-want +got):\n%s", page.Total, diff)
			}
		})
	}
}

func TestOrders(t *testing.T) {
	tests := []struct {
		name string
		sort []store.Sort
		want []workbench.StoryID
	}{
		{"default", nil, []workbench.StoryID{"s12", "s11", "s10", "s9"}},
		{"rising number", []store.Sort{{By: "criticality"}}, []workbench.StoryID{"s11", "s10", "s9", "s12"}},
		{"ties by id", []store.Sort{{By: "producerType"}}, []workbench.StoryID{"s10", "s11", "s12", "s9"}},
		{"two keys", []store.Sort{{By: "severity", Descending: true}, {By: "created", Descending: true}}, []workbench.StoryID{"s12", "s9", "s10", "s11"}},
		{"absent last, rising", []store.Sort{{By: "verdict"}}, []workbench.StoryID{"s10", "s9", "s11", "s12"}},
		{"absent last, falling", []store.Sort{{By: "verdict", Descending: true}}, []workbench.StoryID{"s9", "s10", "s11", "s12"}},
		{"status in its order", []store.Sort{{By: "status", Descending: true}}, []workbench.StoryID{"s9", "s10", "s11", "s12"}},
		{"tenant by name", []store.Sort{{By: "tenant"}}, []workbench.StoryID{"s11", "s10", "s12", "s9"}},
		{"incident as number", []store.Sort{{By: "incident"}}, []workbench.StoryID{"s9", "s10", "s11", "s12"}},
		{"text without case", []store.Sort{{By: "indication"}}, []workbench.StoryID{"s9", "s12", "s10", "s11"}},
	}
	x := filled()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ids(mustStories(t, x, workbench.EveryTenant(), store.Query{Sort: test.sort}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, by := range store.SortFields {
		for _, descending := range []bool{false, true} {
			q := store.Query{Sort: []store.Sort{{By: by, Descending: descending}}}
			all := ids(mustStories(t, x, workbench.EveryTenant(), q))
			if got := walk(t, x, q, 1, func() {}); !slices.Equal(got, all) {
				t.Errorf("sorted by %s in pages of one: got %v, want %v", by, got, all)
			}
			for i, id := range all {
				before, behind, err := x.Neighbours(ctx, workbench.EveryTenant(), q, id)
				want := slices.Concat([]workbench.StoryID{""}, all, []workbench.StoryID{""})
				if err != nil || before != want[i] || behind != want[i+2] {
					t.Errorf("sorted by %s, neighbours of %s: got %q %q, %v, want %q %q", by, id, before, behind, err, want[i], want[i+2])
				}
			}
		}
	}
	before, behind, err := x.Neighbours(ctx, workbench.ScopeOf(tenantB), store.Query{}, "s9")
	if before != "" || behind != "" || err != nil {
		t.Errorf("neighbours outside the scope: got %q %q, %v, want none", before, behind, err)
	}
}

// walk reads all pages, calling between after each.
func walk(t testing.TB, x *naive.Index, q store.Query, limit int, between func()) []workbench.StoryID {
	t.Helper()
	var out []workbench.StoryID
	for q.Limit = limit; ; {
		page := mustStories(t, x, workbench.EveryTenant(), q)
		out = append(out, ids(page)...)
		if q.After = page.Next; q.After == "" {
			return out
		}
		between()
	}
}

func TestScope(t *testing.T) {
	x := filled()
	if page := mustStories(t, x, workbench.Scope{}, store.Query{}); page.Total != 0 || len(page.Rows) != 0 || len(page.Facets[store.Tenant]) != 0 {
		t.Errorf("nobody sees %+v, want nothing", page)
	}
	page := mustStories(t, x, workbench.ScopeOf(tenantB), store.Query{})
	if got := ids(page); !slices.Equal(got, []workbench.StoryID{"s11"}) {
		t.Errorf("got %v, want the story of the tenant", got)
	}
	want := []store.Count{{Value: string(tenantB), Label: u("Alpha"), Count: 1}}
	if diff := cmp.Diff(want, page.Facets[store.Tenant], cmp.Comparer(func(a, b workbench.Untrusted) bool { return a == b })); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
	if got := page.Rows[0].Tenant.Name.Raw(); got != "Alpha" {
		t.Errorf("name: got %q, want Alpha", got)
	}
}

func TestFacets(t *testing.T) {
	q := store.Query{Filters: map[store.Field]store.Filter{store.Label: {Any: []string{"lab"}}, store.Verdict: {Any: []string{"benign"}}}}
	page := mustStories(t, filled(), workbench.EveryTenant(), q)
	counts := func(f store.Field) string {
		out := ""
		for _, c := range page.Facets[f] {
			out += fmt.Sprintf("%s=%d(%s) ", c.Value, c.Count, c.Label)
		}
		return out
	}
	for field, want := range map[store.Field]string{
		store.Verdict: "benign=1(Benign) malicious=1(Malicious) ", // without its own filter: both stories with the label
		store.Label:   "lab=1(lab) ",                              // without its own filter: benign stories
		store.Owner:   "none=1(Nobody) ", store.Status: "open=1(Open) ", store.Criticality: "5=1(5) ",
		store.Moved: "false=1(Not moved) ", store.Producer: "office365=1(Defender for Office 365) ", store.Mitre: "",
	} {
		if got := counts(field); got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
	x := naive.New(nil)
	var many []store.Entry
	for i := range 150 {
		e := entries()[0]
		e.ID, e.Number = workbench.StoryID(fmt.Sprint(i)), store.Change(i+1)
		e.Head.ID, e.Head.Product = e.ID, fmt.Sprint("product ", i)
		many = append(many, e)
	}
	x.Apply(many)
	if got := len(mustStories(t, x, workbench.EveryTenant(), store.Query{}).Facets[store.Producer]); got != 100 {
		t.Errorf("values of a facet: got %d, want 100", got)
	}
}

func TestErrors(t *testing.T) {
	x := filled()
	page := mustStories(t, x, workbench.EveryTenant(), store.Query{Limit: 1})
	ended, end := context.WithCancel(ctx)
	end()
	var invalid *workbench.Invalid
	if _, err := x.Stories(ctx, workbench.EveryTenant(), store.Query{Limit: 5_000}); !errors.As(err, &invalid) {
		t.Errorf("a query that is not valid: got %v, want *Invalid", err)
	}
	if _, _, err := x.Neighbours(ctx, workbench.EveryTenant(), store.Query{TimeField: "x"}, "s9"); !errors.As(err, &invalid) {
		t.Errorf("a query that is not valid: got %v, want *Invalid", err)
	}
	if _, err := x.Stories(ended, workbench.EveryTenant(), store.Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: got %v", err)
	}
	if err := x.WaitApplied(ended, 99); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: got %v", err)
	}
	forged := []byte(page.Next)
	forged[len(forged)/2] ^= 1
	for name, q := range map[string]store.Query{
		"forged":             {After: string(forged)},
		"not base64":         {After: "<script>"},
		"short":              {After: "AAAA"},
		"of another order":   {After: page.Next, Sort: []store.Sort{{By: "created"}}},
		"of another filter":  {After: page.Next, Filters: map[store.Field]store.Filter{store.Owner: {Any: []string{"kim"}}}},
		"of another text":    {After: page.Next, Text: "kim"},
		"of another time":    {After: page.Next, From: storetest.Minute(1)},
		"of the other field": {After: page.Next, TimeField: "created"},
	} {
		if _, err := x.Stories(ctx, workbench.EveryTenant(), q); !errors.Is(err, workbench.ErrBadCursor) {
			t.Errorf("cursor %s: got %v, want ErrBadCursor", name, err)
		}
	}
	if _, err := x.Stories(ctx, workbench.EveryTenant(), store.Query{After: page.Next, Limit: 7}); err != nil {
		t.Errorf("another limit: got %v, want the next page", err)
	}
}
