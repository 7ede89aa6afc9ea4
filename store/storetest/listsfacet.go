package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/store"
)

func (lists lists) testScope(t *testing.T) {
	x := lists.filled()
	if page := mustStories(t, x, workbench.Scope{}, store.Query{}); page.Total != 0 || len(page.Rows) != 0 || len(page.Facets[store.Tenant]) != 0 {
		t.Errorf("nobody sees %+v, want nothing", page)
	}
	page := mustStories(t, x, workbench.ScopeOf(TenantB), store.Query{})
	if got := idsOf(page); !slices.Equal(got, []workbench.StoryID{"s11"}) {
		t.Errorf("got %v, want the story of the tenant", got)
	}
	want := []store.Count{{Value: string(TenantB), Label: untrusted("Alpha"), Count: 1}}
	if diff := cmp.Diff(want, page.Facets[store.Tenant], cmp.Comparer(func(a, b workbench.Untrusted) bool { return a == b })); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
	if got := page.Rows[0].Tenant.Name.Raw(); got != "Alpha" {
		t.Errorf("name: got %q, want Alpha", got)
	}
}

func (lists lists) testFacets(t *testing.T) {
	q := store.Query{Filters: map[store.Field]store.Filter{store.Label: {Any: []string{"lab"}}, store.Verdict: {Any: []string{"benign"}}}}
	page := mustStories(t, lists.filled(), workbench.EveryTenant(), q)
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
	x := lists.open(nil)
	var many []store.Entry
	for i := range 150 {
		e := listEntries()[0]
		e.ID, e.Number = workbench.StoryID(fmt.Sprint(i)), store.Change(i+1)
		e.Head.ID, e.Head.Product = e.ID, fmt.Sprint("product ", i)
		many = append(many, e)
	}
	x.Apply(many)
	if got := len(mustStories(t, x, workbench.EveryTenant(), store.Query{}).Facets[store.Producer]); got != 100 {
		t.Errorf("values of a facet: got %d, want 100", got)
	}
}

func (lists lists) testErrors(t *testing.T) {
	x := lists.filled()
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
		"of another time":    {After: page.Next, From: Minute(1)},
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
