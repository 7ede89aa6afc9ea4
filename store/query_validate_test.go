package store_test

import (
	"errors"
	"strings"
	"testing"

	"workbench"
	"workbench/store"
	"workbench/store/storetest"
)

func TestQueryValidate(t *testing.T) {
	only := func(f store.Field, values ...string) store.Query {
		return store.Query{Filters: map[store.Field]store.Filter{f: {Any: values}}}
	}
	tests := []struct {
		name  string
		query store.Query
		want  string // field that is named; "" = valid
	}{
		{"zero value", store.Query{}, ""},
		{"everything", store.Query{Filters: map[store.Field]store.Filter{
			store.Criticality: {Ranges: []store.Range{{From: 7, To: 10}}, Not: []string{"8"}}, store.Status: {Any: []string{"OPEN"}}, store.Verdict: {Not: []string{"none"}},
			store.Owner: {Any: []string{"anybody at all"}},
		}, Text: `a "b c`, TimeField: "created", From: storetest.Minute(1), To: storetest.Minute(2), Sort: []store.Sort{{By: "criticality", Descending: true}, {By: "created"}}, Limit: store.MaxLimit}, ""},
		{"unknown field", only("colour", "red"), "colour"},
		{"unknown word", only(store.Status, "open", "asleep"), "status"},
		{"empty value", only(store.Owner, ""), "owner"},
		{"long value", only(store.Owner, strings.Repeat("x", store.MaxValueLength+1)), "owner"},
		{"many values", only(store.Owner, strings.Split(strings.Repeat("x ", store.MaxValues)+"x", " ")...), "filters"},
		{"criticality that is no number", only(store.Criticality, "high"), "criticality"},
		{"criticality out of range", only(store.Criticality, "11"), "criticality"},
		{"range turned round", store.Query{Filters: map[store.Field]store.Filter{store.Criticality: {Ranges: []store.Range{{From: 9, To: 2}}}}}, "criticality"},
		{"range of words", store.Query{Filters: map[store.Field]store.Filter{store.Owner: {Ranges: []store.Range{{From: 1, To: 2}}}}}, "owner"},
		{"long text", store.Query{Text: strings.Repeat("x", store.MaxTextLength+1)}, "q"},
		{"unknown time", store.Query{TimeField: "lunch"}, "timeField"},
		{"time turned round", store.Query{From: storetest.Minute(2), To: storetest.Minute(1)}, "time"},
		{"unknown sort", store.Query{Sort: []store.Sort{{By: "mood"}}}, "sort"},
		{"sort twice", store.Query{Sort: []store.Sort{{By: "created"}, {By: "created", Descending: true}}}, "sort"},
		{"limit too high", store.Query{Limit: store.MaxLimit + 1}, "limit"},
		{"limit too low", store.Query{Limit: -2}, "limit"},
		{"long cursor", store.Query{After: strings.Repeat("x", 20_000)}, "after"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.query.Validate()
			var invalid *workbench.Invalid
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v, want valid", err)
			case test.want != "" && (!errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[test.want] == ""):
				t.Errorf("got %v, want a sentence about %s", err, test.want)
			}
		})
	}
}
