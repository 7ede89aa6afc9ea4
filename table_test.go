package workbench_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
)

func TestRawTable(t *testing.T) {
	doc := func(object, text string) workbench.Observed {
		return workbench.Observed{Document: workbench.Document{Kind: workbench.AlertDocument, Object: object, JSON: []byte(text)}}
	}
	got := workbench.RawTable([]workbench.Observed{
		{Document: workbench.Document{Kind: workbench.IncidentDocument, Object: "1", JSON: []byte(`{"id":"1","secret":true}`)}},
		doc("a", `{"id":"a","title":"new","none":null,"tags":["x","y"],"evidence":[{"@odata.type":"#ip","ip":{"v":"1.2.3.4"}},{"list":[{"k":1},2]}]}`),
		doc("a", `{"id":"a","title":"old"}`),
		doc("b", `{"id":"b","entities":[{"ip":{"v":"::1"}}]}`),
	})
	text := func(cells []workbench.Untrusted) []string {
		out := []string{}
		for _, c := range cells {
			out = append(out, c.Raw())
		}
		return out
	}
	want := []string{"event", "alertId", "id", "title", "tags", "@odata.type", "ip.v", "list.0.k", "list.1"}
	if diff := cmp.Diff(want, text(got.Columns)); diff != "" {
		t.Error(diff)
	}
	wantRows := [][]string{
		{"alert", "a", "a", "new", "x; y", "", "", "", ""}, {"evidence", "a", "", "", "", "#ip", "1.2.3.4", "", ""}, {"evidence", "a", "", "", "", "", "", "1", "2"},
		{"alert", "b", "b", "", "", "", "", "", ""}, {"entities", "b", "", "", "", "", "::1", "", ""},
	}
	var rows [][]string
	for _, r := range got.Rows {
		rows = append(rows, text(r))
	}
	if diff := cmp.Diff(wantRows, rows); diff != "" {
		t.Error(diff)
	}
}

func TestTableOfSurvivesAnything(t *testing.T) {
	for _, text := range []string{``, `null`, `[]`, `{}`, `{"a":`, `{"a":{"b":[{}, [], [[1]]]}}`, `{"a":1,"a":2}`} {
		workbench.TableOf([]json.RawMessage{json.RawMessage(text)})
	}
}

func TestCSVCell(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@A1", "'@A1"}, {"\tx", "'\tx"}, {"\rx", "'\rx"}, {"  =1", "'  =1"}, {"\u00a0=1", "'\u00a0=1"},
		{"\uff1d1", "'\uff1d1"}, {"\uff0b1", "'\uff0b1"}, {"\uff0d1", "'\uff0d1"}, {"\uff201", "'\uff201"}, {"\u200b=1", "'\u200b=1"}, {"\x00=1", "'\x00=1"}, {"plain", "plain"}, {"a=b", "a=b"}, {"", ""}, {"\"x\"", "\"x\""},
	} {
		if got := workbench.CSVCell(c.cell); got != c.want {
			t.Errorf("%q: got %q, want %q", c.cell, got, c.want)
		}
	}
}
