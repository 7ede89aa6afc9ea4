package storetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"workbench"
	"workbench/store"
)

func (lists lists) testFilters(t *testing.T) {
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
		{"tenant", anyOf(store.Tenant, string(TenantB)), []workbench.StoryID{"s11"}},
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
		{"from, included", store.Query{From: Minute(3)}, []workbench.StoryID{"s11", "s12"}},
		{"to, not included", store.Query{To: Minute(3), TimeField: "created"}, []workbench.StoryID{"s10", "s9"}},
		{"time that nobody said", store.Query{From: Minute(0), TimeField: "lastSignal"}, []workbench.StoryID{"s12"}},
	}
	x := lists.filled()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := mustStories(t, x, workbench.EveryTenant(), test.query)
			got := idsOf(page)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" || page.Total != len(test.want) {
				t.Errorf("total %d (-want +got):\n%s", page.Total, diff)
			}
		})
	}
}
