package workbench

import (
	"bytes"
	"encoding/json"

	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Table is rows with columns that come from the data: the union of the rows' keys, in order of first appearance, without those that are
// empty in every row. Every row has as many cells as there are columns.
type Table struct {
	Columns []Untrusted   `json:"columns"`
	Rows    [][]Untrusted `json:"rows"`
}

// evidenceLists are the members of an alert that hold raw events of their own, in Graph's and the older interfaces' names.
var evidenceLists = map[string]bool{"evidence": true, "entities": true, "devices": true}

// RawTable makes the Raw Data table of a story: one row for each alert document and one for each evidence item in it, led by what the row
// is and which alert it belongs to. Documents come in the order of a story's Raw list: of an alert with several versions the first one given
// is the newest, and it alone counts. Incident documents make no row.
func RawTable(documents []Observed) Table {
	seen := map[string]bool{}
	var t tableMaker
	for _, d := range documents {
		if d.Kind != AlertDocument || seen[d.Object] {
			continue
		}
		seen[d.Object] = true
		alert := d.Object
		row := t.row()
		t.set(row, "event", "alert")
		t.set(row, "alertId", alert)
		var nested []member
		for _, m := range members(d.JSON) {
			if evidenceLists[m.name] && m.raw[0] == '[' {
				nested = append(nested, m)
			} else {
				t.flatten(row, m.name, m.raw, 0)
			}
		}
		for _, list := range nested {
			for _, item := range elements(list.raw) {
				row := t.row()
				t.set(row, "event", list.name)
				t.set(row, "alertId", alert)
				t.flatten(row, "", item, 0)
			}
		}
	}
	return t.table()
}

// TableOf makes a table of any JSON objects, one row each.
func TableOf(objects []json.RawMessage) Table {
	var t tableMaker
	for _, o := range objects {
		t.flatten(t.row(), "", o, 0)
	}
	return t.table()
}

// What bounds a table; further keys of hostile documents are left to the document itself.
const (
	maxColumns    = 2_000
	maxCells      = 4_000_000 // rows times columns; a table with more loses its last columns
	maxColumnName = 1_024     // bytes; what lies deeper under such a name makes no columns
)

type tableMaker struct {
	columns map[string]int
	names   []string
	rows    []map[int]string
}

func (t *tableMaker) row() int {
	t.rows = append(t.rows, map[int]string{})
	return len(t.rows) - 1
}

func (t *tableMaker) set(row int, name, value string) {
	if value == "" {
		return
	}
	if t.columns == nil {
		t.columns = map[string]int{}
	}
	column, known := t.columns[name]
	if !known {
		if len(t.names) == maxColumns {
			return
		}
		column = len(t.names)
		t.columns[name] = column
		t.names = append(t.names, name)
	}
	t.rows[row][column] = value
}

// flatten sets the leaves below raw, names joined by dots; a list of plain values is one cell.
func (t *tableMaker) flatten(row int, name string, raw json.RawMessage, depth int) {
	if len(raw) == 0 || depth > 64 || len(name) > maxColumnName {
		return
	}
	join := func(child string) string {
		if name == "" {
			return child
		}
		return name + "." + child
	}
	switch raw[0] {
	case '{':
		for _, m := range members(raw) {
			t.flatten(row, join(m.name), m.raw, depth+1)
		}
	case '[':
		items := elements(raw)
		var plain []string
		for _, item := range items {
			if item[0] != '{' && item[0] != '[' {
				plain = append(plain, leaf(item))
			}
		}
		if len(plain) == len(items) {
			t.set(row, name, strings.Join(plain, "; "))
			return
		}
		for i, item := range items {
			t.flatten(row, join(strconv.Itoa(i)), item, depth+1)
		}
	default:
		t.set(row, name, leaf(raw))
	}
}

func (t *tableMaker) table() Table {
	out := Table{Columns: []Untrusted{}, Rows: [][]Untrusted{}}
	if most := max(1, maxCells/max(1, len(t.rows))); len(t.names) > most {
		t.names = t.names[:most]
	}
	for _, n := range t.names {
		out.Columns = append(out.Columns, Text(n))
	}
	for _, r := range t.rows {
		cells := make([]Untrusted, len(t.names))
		for column, value := range r {
			if column < len(cells) {
				cells[column] = Text(value)
			}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// leaf is the text of a plain JSON value: strings decoded, null absent, numbers and booleans as written.
func leaf(raw json.RawMessage) string {
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	}
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}

type member struct {
	name string
	raw  json.RawMessage
}

// members returns the members of a JSON object in their order; of a duplicate the last. Text that is no object has none.
func members(raw []byte) []member {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	var out []member
	seen := map[string]int{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			break
		}
		key, _ := name.(string)
		var v json.RawMessage
		if d.Decode(&v) != nil {
			break
		}
		if i, again := seen[key]; again {
			out[i].raw = v
			continue
		}
		seen[key] = len(out)
		out = append(out, member{key, v})
	}
	return out
}

// elements returns the items of a JSON list.
func elements(raw []byte) []json.RawMessage {
	var out []json.RawMessage
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// CSVCell makes a cell safe for spreadsheets: text that one of them could take for a formula is led by an apostrophe. That is text that
// begins with a tab or a line end, or whose first character, after any that are not seen, is one of = + - @ in their plain or full-width
// forms. A program that is no spreadsheet shows that apostrophe; nothing else is changed.
func CSVCell(s string) string {
	if s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	seen := strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.M, r)
	})
	first, _ := utf8.DecodeRuneInString(seen)
	if seen != "" && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", first) {
		return "'" + s
	}
	return s
}
