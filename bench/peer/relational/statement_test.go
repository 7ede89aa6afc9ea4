package relational_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/bench/peer"
	"workbench/bench/peer/relational"
	"workbench/store"
)

func writer() relational.Writer {
	codes := relational.NewCodes()
	for _, v := range []string{"open", "closed"} {
		codes.Of(store.Status, v)
	}
	codes.Of(store.Label, "vip")
	return relational.Writer{Codes: codes, Dialect: relational.Dialect{Argument: func(n int) string { return "$" + strconv.Itoa(n) },
		Text: func(words []string, argument func(any) string) string { return "text(" + argument(words[0]) + ")" }}}
}

func any1(values ...string) store.Filter { return store.Filter{Any: values} }

func TestStatements(t *testing.T) {
	w := writer()
	ask := func(filters map[store.Field]store.Filter) peer.Ask {
		return peer.Ask{Query: store.Query{Filters: filters, Limit: 50}}
	}
	timed := ask(nil)
	timed.Query.From, timed.Query.To = workbench.At(time.Unix(1, 0)), workbench.At(time.Unix(2, 0))
	text := ask(map[store.Field]store.Filter{store.Status: any1("closed")})
	text.Query.Text = "word"
	deep := ask(nil)
	deep.After = &peer.Place{Updated: 7, ID: "s"}
	sorted := ask(nil)
	sorted.Query.Sort = []store.Sort{{By: "criticality", Descending: true}, {By: "updated"}}
	tests := []struct {
		name string
		got  relational.Statement
		want relational.Statement
	}{
		{"all", w.Total(ask(nil)), relational.Statement{SQL: "SELECT count(*) FROM stories WHERE moved = 0"}},
		{"moved too", w.Total(ask(map[store.Field]store.Filter{store.Moved: any1("true", "false")})), relational.Statement{SQL: "SELECT count(*) FROM stories WHERE (moved IN ($1, $2))", Args: []any{1, 0}}},
		{"any and not", w.Total(ask(map[store.Field]store.Filter{store.Status: {Any: []string{"closed", "unheard of"}, Not: []string{"open"}}})),
			relational.Statement{SQL: "SELECT count(*) FROM stories WHERE (status IN ($1, $2)) AND status NOT IN ($3) AND moved = 0", Args: []any{1, -1, 0}}},
		{"range or value", w.Total(ask(map[store.Field]store.Filter{store.Criticality: {Any: []string{"9"}, Ranges: []store.Range{{From: 2, To: 4}}}})),
			relational.Statement{SQL: "SELECT count(*) FROM stories WHERE (criticality IN ($1) OR criticality BETWEEN $2 AND $3) AND moved = 0", Args: []any{9, 2, 4}}},
		{"list", w.Total(ask(map[store.Field]store.Filter{store.Label: {Any: []string{"vip"}, Not: []string{"x"}}})),
			relational.Statement{SQL: "SELECT count(*) FROM stories WHERE n IN (SELECT story FROM labels WHERE label IN ($1)) AND n NOT IN (SELECT story FROM labels WHERE label IN ($2)) AND moved = 0", Args: []any{0, -1}}},
		{"time", w.Total(timed), relational.Statement{SQL: "SELECT count(*) FROM stories WHERE moved = 0 AND updated >= $1 AND updated < $2", Args: []any{int64(10_000_000), int64(20_000_000)}}},
		{"text", w.Total(text), relational.Statement{SQL: "SELECT count(*) FROM stories WHERE (status IN ($1)) AND moved = 0 AND text($2)", Args: []any{1, "word"}}},
		{"page further on", w.Rows(deep), relational.Statement{SQL: "SELECT row FROM stories WHERE moved = 0 AND updated <= $1 AND (updated < $2 OR id > $3) ORDER BY updated DESC, id LIMIT 50", Args: []any{int64(7), int64(7), "s"}}},
		{"order", w.Rows(sorted), relational.Statement{SQL: "SELECT row FROM stories WHERE moved = 0 ORDER BY criticality DESC, updated, id LIMIT 50"}},
		{"facet without its own filter", w.Facet(text, store.Status), relational.Statement{SQL: "SELECT status, count(*) FROM stories WHERE moved = 0 AND text($1) GROUP BY 1", Args: []any{"word"}}},
		{"facet of a list", w.Facet(ask(nil), store.Mitre), relational.Statement{SQL: "SELECT mitre, count(*) FROM stories JOIN mitres ON story = n WHERE moved = 0 GROUP BY 1"}},
		{"sets", w.Sets(ask(nil), []store.Field{store.Status, store.Owner}), relational.Statement{
			SQL: "SELECT CASE WHEN grouping(status) = 0 THEN 0 WHEN grouping(owner) = 0 THEN 1 ELSE 2 END, coalesce(status, owner, 0), count(*) FROM stories WHERE moved = 0 GROUP BY GROUPING SETS ((status), (owner), ())"}},
		{"pivot", w.Pivot(ask(nil), []store.Field{store.Status}), relational.Statement{SQL: "SELECT count(*), count(*) FILTER (WHERE status = 0), count(*) FILTER (WHERE status = 1) FROM stories WHERE moved = 0"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestPivoted(t *testing.T) {
	w := writer()
	fields := []store.Field{store.Status, store.Moved}
	if got := w.Codes.PivotWidth(fields); got != 5 {
		t.Errorf("width: got %d, want 5", got)
	}
	got := map[store.Field][]store.Count{}
	total := w.Codes.Pivoted(fields, []int{7, 2, 5, 7, 0}, got)
	want := map[store.Field][]store.Count{store.Status: {{Value: "closed", Count: 5}, {Value: "open", Count: 2}}, store.Moved: {{Value: "false", Count: 7}}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b workbench.Untrusted) bool { return a == b })); diff != "" || total != 7 {
		t.Errorf("total %d (-want +got):\n%s", total, diff)
	}
}

func TestUnfiltered(t *testing.T) {
	got := relational.Unfiltered(peer.Ask{Query: store.Query{Filters: map[store.Field]store.Filter{store.Owner: any1("kim"), store.Status: any1("open")}}})
	if slices.Contains(got, store.Owner) || slices.Contains(got, store.Status) || slices.Contains(got, store.Moved) || slices.Contains(got, store.Label) || len(got) != 7 {
		t.Errorf("got %v", got)
	}
}

func TestSortGroups(t *testing.T) {
	var list []store.Group
	for _, g := range []relational.Group{{Value: "c", High: 1}, {Value: "a", High: 1}, {Value: "z", High: 2}, {Value: "m", High: 1, Low: 1}} {
		list = append(list, g.Group())
	}
	got := ""
	for _, g := range relational.SortGroups(list, 3) {
		got += g.Value
	}
	if got != "zma" {
		t.Errorf("got %q, want zma", got)
	}
}
