package defender_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"workbench/ingest/defender"
)

// slowly gives an input in small pieces and counts them.
type slowly struct {
	text string
	read int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.read == len(s.text) {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 512)], s.text[s.read:])
	s.read += n
	return n, nil
}

// Looking for the list of a page in a line that lacks its end must not look at the lines that follow: over a long file that would be the
// square of its length.
func TestLinesWithoutEndAreLookedAtOnce(t *testing.T) {
	for _, line := range []string{`{"a":[1`, `{"a":{"b":1`, `{"a":"x`, `{"a":1`, `{"x":"y","a":[{`, `{"a":tru`} {
		t.Run(line, func(t *testing.T) {
			src := &slowly{text: `{"id":"1","title":"x"}` + "\n" + strings.Repeat(line+"\n", 5_000)}
			furthest := 0
			result, err := defender.Read(src, defender.Options{}, func(r defender.Record) error {
				furthest = max(furthest, src.read-int(r.Position))
				return nil
			})
			if err != nil || result.Alerts != 1 || result.Quarantined != 5_000 {
				t.Errorf("got %+v, %v; want one alert and 5000 quarantined lines", result, err)
			}
			if furthest > 10_000 {
				t.Errorf("%d bytes were read to tell what one line is", furthest)
			}
		})
	}
}

// A record with a list named value is not a page: nothing of it may be lost without a word.
func TestListNamedValueInARecord(t *testing.T) {
	large := strings.Repeat(" ", 2<<20)
	cases := []struct {
		name, input string
		documents   []string // ids
		quarantined int
	}{
		{"incident before its id", `{"value":[{"id":"e1"}],"id":"42","displayName":"x","alerts":[{"id":"a1","title":"t"}]}`, []string{"42", "a1"}, 0},
		{"after an unknown name", `{"foo":1,"value":["a","b"],"id":"43","displayName":"y","alerts":[]}`, []string{"43"}, 0},
		{"alert", `{"value":[1,2,3],"id":"44","title":"y","serviceSource":"x"}`, []string{"44"}, 0},
		{"on lines", `{"value":[1],"id":"45","title":"y"}` + "\n" + `{"id":"46","title":"y"}` + "\n" + `{"value":[{"id":"47","title":"z"}]}`, []string{"45", "46", "47"}, 0},
		{"in a list", `[{"value":[1],"id":"48","title":"y"},{"value":[{"id":"49","title":"z"}]}]`, []string{"48", "49"}, 0},
		{"page", `{"@odata.context":"c","@odata.count":1,"value":[{"id":"50","title":"z"}],"@odata.nextLink":"n"}`, []string{"50"}, 0},
		{"page with a broken element", `{"value":[7,{"id":"51","title":"z"}]}`, []string{"51"}, 1},
		{"too long to look ahead", `{"value":[{"id":"52","title":"z"},` + large + `{"id":"53","title":"z"}],"id":"54","title":"lost?"}`, []string{"52", "53"}, 1},
		{"neighbour of one that is too long", `{"value":[{"id":"55","title":"z"}` + large + `],"x":[{}],"displayName":"a}\"","y":{}}` + "\n" + `{"id":"56","title":"z"}`, []string{"55", "56"}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var ids, reasons []string
			_, err := defender.Read(strings.NewReader(c.input), defender.Options{}, func(r defender.Record) error {
				for _, d := range r.Documents {
					ids = append(ids, d.Object)
				}
				for _, q := range r.Quarantined {
					reasons = append(reasons, fmt.Sprintf("%d: %s: %.60s", q.Position, q.Reason, q.First))
				}
				return nil
			})
			if err != nil || !slices.Equal(ids, c.documents) || len(reasons) != c.quarantined {
				t.Errorf("got %q, quarantined %q, %v; want %q and %d quarantined", ids, reasons, err, c.documents, c.quarantined)
			}
		})
	}
}

func TestByteOrderMarksBetweenRecords(t *testing.T) {
	const bom = "\ufeff"
	result, err := defender.Read(strings.NewReader(bom+`{"id":"1","title":"x"}`+"\r\n"+bom+`{"id":"2","title":"x"}`+bom+bom+"\n"+`[{"id":"3","title":"x"}]`+bom), defender.Options{}, func(defender.Record) error { return nil })
	if err != nil || result.Alerts != 3 || result.Quarantined != 0 {
		t.Errorf("got %+v, %v; want three alerts", result, err)
	}
}
