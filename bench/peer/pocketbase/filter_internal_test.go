package pocketbase

import (
	"testing"
	"time"

	"workbench"
	"workbench/bench/peer"
	"workbench/store"
)

func TestFilter(t *testing.T) {
	everything := peer.Ask{Query: store.Query{Text: "lap", From: workbench.At(time.Unix(1, 0)), To: workbench.At(time.Unix(2, 0)), Filters: map[store.Field]store.Filter{
		store.Status: {Any: []string{"open", "closed"}}, store.Criticality: {Ranges: []store.Range{{From: 2, To: 4}}, Not: []string{"3"}}, store.Label: {Any: []string{"vip"}, Not: []string{"x"}}}},
		After: &peer.Place{Updated: 7, ID: "s"}}
	for name, test := range map[string]struct{ got, want string }{
		"all": {filter(peer.Ask{}, "", ""), `moved = false`},
		"everything": {filter(everything, "", ""), `(status = "open" || status = "closed") && ((criticality >= 2 && criticality <= 4)) && criticality != 3 && (label ~ "|vip|") && label !~ "|x|" && moved = false` +
			` && updated >= "0000000000010000000" && updated < "0000000000020000000" && (names ~ "lap" || inside ~ "lap") && (updated < "0000000000000000007" || (updated = "0000000000000000007" && story > "s"))`},
		"a value instead of its own filter": {filter(peer.Ask{Query: store.Query{Filters: map[store.Field]store.Filter{store.Status: {Any: []string{"open"}}}}}, store.Status, "closed"), `status = "closed" && moved = false`},
		"moved":                             {filter(peer.Ask{}, store.Moved, "true"), `moved = true`},
	} {
		if test.got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, test.got, test.want)
		}
	}
}
