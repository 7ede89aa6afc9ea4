package defender_test

import (
	"fmt"
	"strings"
	"testing"

	"workbench/ingest/defender"
)

// A long name around many leaves would be written before each of them.
func TestNamesThatSpreadAreQuarantined(t *testing.T) {
	wide := func(name string, leaves int) string {
		var b strings.Builder
		for i := range leaves {
			fmt.Fprintf(&b, `"k%d":1,`, i)
		}
		return `{"id":"1","title":"t","x":[{"` + name + `":{` + strings.TrimSuffix(b.String(), ",") + `}}]}`
	}
	cases := []struct {
		name, record string
		quarantined  int
	}{
		{"long name around many leaves", wide(strings.Repeat("n", 1_000_000), 4_000), 1},
		{"long name around few", wide(strings.Repeat("n", 1_000_000), 40), 0},
		{"short name around many", wide("n", 100_000), 0},
		{"many texts in a list under a long name", `{"id":"1","title":"t","` + strings.Repeat("n", 1_000_000) + `":[` + strings.Repeat(`"a",`, 4_000) + `"b"]}`, 1},
		{"nested long names", `{"id":"1","title":"t",` + strings.Repeat(`"`+strings.Repeat("n", 100_000)+`":{`, 30) + `"a":[` + strings.Repeat("1,", 3_000) + `1]` + strings.Repeat("}", 30) + `}`, 1},
		{"names beside each other do not add up", `{"id":"1","title":"t"` + strings.Repeat(`,"`+strings.Repeat("n", 10_000)+`":{"a":[1,2],"b":3}`, 1_000) + `}`, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			result, err := defender.Read(strings.NewReader(c.record+"\n"+`{"id":"2","title":"neighbour"}`), defender.Options{}, func(defender.Record) error { return nil })
			if err != nil || result.Quarantined != c.quarantined || result.Alerts != 2-c.quarantined {
				t.Errorf("got %+v, %v; want %d quarantined", result, err, c.quarantined)
			}
		})
	}
}
