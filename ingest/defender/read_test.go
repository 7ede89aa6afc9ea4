package defender_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/defender"
)

// outcome is what reading gave, in short lines.
type outcome struct {
	lines  []string
	docs   []workbench.Document
	bad    []workbench.Quarantined
	result defender.Result
	err    error
}

func read(r io.Reader, opts defender.Options) outcome {
	var o outcome
	o.result, o.err = defender.Read(r, opts, func(rec defender.Record) error {
		for _, d := range rec.Documents {
			o.docs = append(o.docs, d)
			line := fmt.Sprintf("%s %s %s/%s", d.Form, d.Kind, d.Tenant, d.Object)
			if d.Kind == workbench.AlertDocument {
				line += fmt.Sprintf(" of %q own %v %s", d.Incident, d.Own, d.Product)
			}
			o.lines = append(o.lines, line)
		}
		for _, q := range rec.Quarantined {
			o.bad = append(o.bad, q)
			o.lines = append(o.lines, fmt.Sprintf("bad %s at %d+%d in %q: %s", q.Tenant, q.Position, q.Length, q.Within, q.Reason))
		}
		return nil
	})
	return o
}

const (
	incident = `{"id":"1","displayName":"One","tenantId":"T"}`
	alert    = `{"id":"a","incidentId":"1","serviceSource":"microsoftDefenderForOffice365"}`

	readIncident = "graph incident t/1"
	readAlert    = `graph alert imported/a of "1" own true office365`
)

func TestReadShapes(t *testing.T) {
	pretty := "{\n  \"id\": \"2\",\n  \"displayName\": null,\n  \"alerts\": [\n    {\n      \"id\": 5\n    }\n  ]\n}"
	prettyRead := []string{"graph incident imported/2", `graph alert imported/5 of "2" own false unknown`}
	tests := map[string]struct {
		text string
		want []string
	}{
		"one object":               {incident, []string{readIncident}},
		"one pretty object":        {pretty, prettyRead},
		"array":                    {"[" + incident + ",\n" + alert + "]", []string{readIncident, readAlert}},
		"page":                     {`{"@odata.context":"x","@odata.count":2,"value":[` + incident + "," + alert + `],"@odata.nextLink":"https:\/\/g/?$skip=1"}`, []string{readIncident, readAlert}},
		"array of pages":           {`[{"value":[` + incident + `]},{"value":[` + alert + `]}]`, []string{readIncident, readAlert}},
		"pages on lines":           {`{"value":[` + incident + "]}\n" + `{"value":[` + alert + `]}` + "\n", []string{readIncident, readAlert}},
		"lines":                    {incident + "\n\n" + alert + "\r\n", []string{readIncident, readAlert}},
		"concatenated":             {incident + alert + incident, []string{readIncident, readAlert, readIncident}},
		"pretty one after another": {pretty + "\n" + incident + "\n" + pretty, append(append(append([]string{}, prettyRead...), readIncident), prettyRead...)},
		"byte order mark":          {"\xef\xbb\xbf" + incident, []string{readIncident}},
		"object with lines of its own": {"{\"id\":\"1\",\"tenantId\":\"T\",\"alerts\":[\n{\"id\":\"a\"},\n{\"id\":\"b\"}\n]}\n",
			[]string{readIncident, `graph alert t/a of "1" own false unknown`, `graph alert t/b of "1" own false unknown`}},
		"page with lines of its own": {"{\"value\":[\n" + incident + ",\n" + alert + "\n]}\n", []string{readIncident, readAlert}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for way, r := range map[string]io.Reader{"plain": strings.NewReader(test.text), "a byte at a time": iotest.OneByteReader(strings.NewReader(test.text)),
				"packed": bytes.NewReader(packed(test.text[:len(test.text)/2], test.text[len(test.text)/2:]))} {
				got := read(r, defender.Options{})
				if got.err != nil {
					t.Errorf("%s: %v", way, got.err)
				}
				if d := cmp.Diff(test.want, got.lines); d != "" {
					t.Errorf("%s (-want +got):\n%s", way, d)
				}
				if got, want := got.result.Bytes, int64(len(test.text)); got != want {
					t.Errorf("%s: got %d bytes, want %d", way, got, want)
				}
			}
		})
	}
	for _, text := range []string{tests["page"].text, `{"@odata.nextLink":"https:\/\/g/?$skip=1","value":[` + alert + `]}`} {
		if got, want := read(strings.NewReader(text), defender.Options{}).result.NextLink.Raw(), "https://g/?$skip=1"; got != want {
			t.Errorf("next link: got %q, want %q", got, want)
		}
	}
}

// packed packs every part as a gzip member of its own.
func packed(parts ...string) []byte {
	var b bytes.Buffer
	for _, part := range parts {
		w := gzip.NewWriter(&b)
		io.WriteString(w, part)
		w.Close()
	}
	return b.Bytes()
}

func TestReadForms(t *testing.T) {
	for text, want := range map[string][]string{
		`{"incidentId":7,"incidentName":"x","alerts":[{"alertId":"da1","incidentId":7,"serviceSource":"MicrosoftDefenderATP","devices":[],"entities":[]}]}`: {"xdr incident imported/7", `xdr alert imported/da1 of "7" own true endpoint`},
		`{"alertId":"fa1","incidentId":486,"serviceSource":"OfficeATP","entities":null}`:                                                                    {`xdr alert imported/fa1 of "486" own true office365`},
		`{"id":"da2","incidentId":9,"alertCreationTime":"2021","machineId":"m","aadTenantId":"A-B","evidence":[]}`:                                          {`endpoint alert a-b/da2 of "9" own true endpoint`},
		`{"id":"da2","incidentId":null,"machineId":null}`:                                                                                                   {`endpoint alert imported/da2 of "" own false endpoint`},
		`{"id":"da2","incidentId":0,"machineId":"m"}`:                                                                                                       {`endpoint alert imported/da2 of "" own false endpoint`},
		`{"id":"x","@odata.type":"#microsoft.graph.security.alert"}`:                                                                                        {`graph alert imported/x of "" own false unknown`},
		`{"ID":"x","Title":"t","ServiceSource":"New Thing"}`:                                                                                                {`graph alert imported/x of "" own false new thing`},
		`{"id":"7"}`:                             {"graph incident imported/7"},
		`{"id":"1","tenantId":"","alerts":null}`: {"graph incident imported/1"},
		`{"id":"1","id":"2","displayName":"x"}`:  {"graph incident imported/2"},
		`{"id":"1","tenantId":"A","alerts":[{"id":"x","tenantId":"B"},{"id":"y","tenantId":"a"},{"id":"z","incidentId":"4"}]}`: {"graph incident a/1", `graph alert b/x of "" own false unknown`,
			`graph alert a/y of "1" own false unknown`, `graph alert a/z of "4" own true unknown`},
	} {
		got := read(strings.NewReader(text), defender.Options{})
		if d := cmp.Diff(want, got.lines); d != "" || got.err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, got.err, d)
		}
	}
}

// TestReadTable has the rows of the contract's table for import.
func TestReadTable(t *testing.T) {
	deep := strings.Repeat(`{"x":`, 70) + "1" + strings.Repeat("}", 70)
	deepest := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	tests := map[string]struct {
		text string
		want []string
	}{
		"odd values": {`[{"id":12,"createdDateTime":"","lastUpdateDateTime":"0001-01-01T00:00:00Z","severity":"never heard of","alerts":[{"id":3,"evidence":[{"@odata.type":5},{}],"title":"a` + "\xff\x00" + `b"}]}]`,
			[]string{"graph incident imported/12", `graph alert imported/3 of "12" own false unknown`}},
		"no id": {`[{"displayName":"x"},` + incident + `,{"id":"","title":"x"},{"incidentId":"1","title":"x"}]`,
			[]string{`bad imported at 1+19 in "": this record has no id`, readIncident, `bad imported at 67+21 in "": this record has no id`, `bad imported at 89+30 in "": this record has no id`}},
		"not an object": {`[1,"x",` + incident + `,null,[{}],true]`,
			[]string{`bad imported at 1+1 in "": this record is not a JSON object`, `bad imported at 3+3 in "": this record is not a JSON object`, readIncident, `bad imported at 53+4 in "": this record is not a JSON object`,
				`bad imported at 58+4 in "": this record is not a JSON object`, `bad imported at 63+4 in "": this record is not a JSON object`}},
		"alerts not a list": {`[{"id":"2","alerts":{}},` + incident + `]`, []string{`bad imported at 1+22 in "": this record has alerts that are not a list`, readIncident}},
		"bad alerts of an incident": {`{"id":"1","tenantId":"T","alerts":[5,{"id":"a"},{"title":"x"},{"id":"b","evidence":{}},{"id":"c","evidence":null}]}`,
			[]string{readIncident, `graph alert t/a of "1" own false unknown`, `graph alert t/c of "1" own false unknown`, `bad t at 35+1 in "1": this record is not a JSON object`,
				`bad t at 48+13 in "1": this record has no id`, `bad t at 62+24 in "1": this record has evidence that is not a list`}},
		"deep": {"[" + deepest + `,{"id":"2","status":` + deep + `},{"id":"1","tenantId":"T","alerts":[{"id":"b","x":` + deepest + `},{"id":"a"}]}]`,
			[]string{`bad imported at 1+200000 in "": this record is not a JSON object`, `bad imported at 200002+441 in "": this record is nested deeper than 64 levels`, readIncident,
				`graph alert t/a of "1" own false unknown`, `bad t at 200479+200015 in "1": this record is nested deeper than 64 levels`}},
		"many values": {`[{"id":"1","tenantId":"T","alerts":[{"id":"b","evidence":[` + strings.Repeat("0,", 1<<20) + `0]},{"id":"a"}]}]`,
			[]string{readIncident, `graph alert t/a of "1" own false unknown`, `bad t at 36+2097177 in "1": this record holds more than 1048576 values`}},
		"long id":          {`[{"id":"` + strings.Repeat("x", 257) + `","title":""},{"id":"` + strings.Repeat(`\u0041`, 256) + `","tenantId":"T","displayName":""}]`, []string{`bad imported at 1+277 in "": this record has an id that is neither text nor a number of at most 256 bytes`, "graph incident t/" + strings.Repeat("A", 256)}},
		"object for an id": {`[{"id":{},"title":""},` + incident + `]`, []string{`bad imported at 1+20 in "": this record has an id that is neither text nor a number of at most 256 bytes`, readIncident}},
		"unusable tenant":  {`[{"id":"1","tenantId":{}},{"id":"1","tenantId":"a\u0001"},` + incident + `]`, []string{`bad imported at 1+24 in "": this record names a tenant by something that cannot name one`, `bad imported at 26+31 in "": this record names a tenant by something that cannot name one`, readIncident}},
		"something else":   {`[{"id":"1","name":"x"},` + incident + `]`, []string{`bad imported at 1+21 in "": this record is neither an incident nor an alert of a form known here`, readIncident}},
		"not JSON in an array": {`[{"id":tru},` + incident + `,{"id":"3"}},{"a" 1},nonsense,` + alert + `]`, []string{`bad imported at 1+10 in "": this record is not JSON at its byte 6`, readIncident, `graph incident imported/3`, `bad imported at 68+1 in "": this record is not JSON at its byte 0`,
			`bad imported at 70+7 in "": this record is not JSON at its byte 7`, `bad imported at 78+8 in "": this record is not JSON at its byte 0`, readAlert}},
		"not JSON on lines": {"garbage\n" + incident + "\n{\"id\":\"b\",\n" + alert + "\n{\"id\":\"c\n{\"id\":[\n{}}\n" + alert + "\n{\"id\"\n", []string{`bad imported at 0+7 in "": this record is not JSON at its byte 0`, readIncident, `bad imported at 54+10 in "": this record is not JSON at its byte 10`, readAlert,
			`bad imported at 141+8 in "": this record is not JSON at its byte 6`, `bad imported at 150+7 in "": this record is not JSON at its byte 7`, `bad imported at 158+2 in "": this record has no id`, `bad imported at 160+1 in "": this record is not JSON at its byte 0`, readAlert,
			`bad imported at 238+5 in "": this record is not JSON at its byte 5`}},
		"first line broken":            {"{\"id\":[\n" + incident + "\n" + incident + "\n", []string{`bad imported at 0+7 in "": this record is not JSON at its byte 7`, readIncident, readIncident}},
		"first line broken, one other": {"{\"id\":[\n" + incident + "\n", []string{`bad imported at 0+7 in "": this record is not JSON at its byte 7`, readIncident}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for way, r := range map[string]io.Reader{"plain": strings.NewReader(test.text), "a byte at a time": iotest.OneByteReader(strings.NewReader(test.text))} {
				got := read(r, defender.Options{})
				if got.err != nil {
					t.Errorf("%s: %v", way, got.err)
				}
				if d := cmp.Diff(test.want, got.lines); d != "" {
					t.Errorf("%s (-want +got):\n%s", way, d)
				}
				for _, q := range got.bad {
					whole := test.text[q.Position : q.Position+q.Length]
					if !strings.HasPrefix(whole, string(q.First)) || q.Hash != workbench.Hash(sha256.Sum256([]byte(whole))) || q.ID != q.Hash.String()[:32] {
						t.Errorf("%s: what is kept of the record at %d is not its text", way, q.Position)
					}
				}
			}
		})
	}
}

func TestReadTenant(t *testing.T) {
	opts := defender.Options{Tenant: "Mine"}
	got := read(strings.NewReader(`[{"id":"1","tenantId":"MINE","alerts":[{"id":"a"},{"id":"b","tenantId":"other\u202e"}]},{"id":"2","tenantId":"Other","alerts":[]},{"id":"3","tenantId":null}]`), opts)
	want := []string{"graph incident mine/1", `graph alert mine/a of "1" own false unknown`, `bad mine at 50+35 in "1": this record names the tenant other[U+202E], not mine`,
		`bad mine at 88+41 in "": this record names the tenant other, not mine`, "graph incident mine/3"}
	if d := cmp.Diff(want, got.lines); d != "" || got.err != nil {
		t.Errorf("%v (-want +got):\n%s", got.err, d)
	}
	var invalid *workbench.Invalid
	if got := read(strings.NewReader(incident), defender.Options{Tenant: "a\x00"}); !errors.As(got.err, &invalid) {
		t.Errorf("unusable tenant: got %v, want *Invalid", got.err)
	}
}

func TestReadCut(t *testing.T) {
	whole := `{"x":1,"value":[` + incident + "," + alert + `],"y":[1,"` + "\n{" + `"]}`
	first, last := strings.Index(whole, incident)+len(incident), len(whole)
	for n := range last {
		got := read(strings.NewReader(whole[:n]), defender.Options{})
		var cut *defender.CutError
		if !errors.As(got.err, &cut) && n > 0 {
			t.Fatalf("cut at %d: got %v, want *CutError", n, got.err)
		}
		if n < first != errors.Is(got.err, defender.ErrNotRecords) || n < first && len(got.lines) > 0 {
			t.Errorf("cut at %d: got %d records and %v", n, len(got.lines), got.err)
		}
		if n >= first && (cut.Position != int64(n) || len(got.docs) == 0 || len(got.bad) > 0) {
			t.Errorf("cut at %d: got position %d, %q", n, cut.Position, got.lines)
		}
	}
	got := read(strings.NewReader(incident+"\n"+alert[:20]), defender.Options{})
	if d := cmp.Diff(&defender.CutError{Position: int64(len(incident)) + 21, Record: int64(len(incident)) + 1}, got.err); d != "" || len(got.docs) != 1 {
		t.Errorf("cut line (-want +got):\n%s", d)
	}
	gz := packed("[" + incident + "," + strings.Repeat(alert+",", 5000) + "{}]")
	got = read(bytes.NewReader(gz[:len(gz)-20]), defender.Options{})
	if !errors.Is(got.err, io.ErrUnexpectedEOF) || len(got.docs) == 0 {
		t.Errorf("cut gzip: got %d documents and %v", len(got.docs), got.err)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "blank": " \n\t", "mark only": "\xef\xbb\xbf", "text": "hello world\nsecond line\n", "HTML": "<html>\n<body>{}</body>", "number": "12", "string": `"x"`, "null": "null", "empty list": "[]",
		"empty page": `{"value":[]}`, "open list": "[", "open brackets": strings.Repeat("[", 100_000), "half an object": `{"id":"1","x":`, "not JSON, brackets match": `{"id":tru}`, "log": "[2024-01-01] {x}\n", "UTF-16": "\xff\xfe{\x00}\x00",
		"no gzip": "\x1f\x8bxxxxxxxxxxxx", "short gzip": "\x1f\x8b", "many lines": strings.Repeat("line\n", 5000) + incident, "binary": "\x00\x01\x02{\xff"} {
		got := read(strings.NewReader(text), defender.Options{})
		if !errors.Is(got.err, defender.ErrNotRecords) || len(got.lines) > 0 {
			t.Errorf("%s: got %q and %v, want ErrNotRecords", name, got.lines, got.err)
		}
	}
	failing := errors.New("disk gone")
	if got := read(iotest.ErrReader(failing), defender.Options{}); !errors.Is(got.err, failing) {
		t.Errorf("unreadable: got %v", got.err)
	}
	if got := read(io.MultiReader(strings.NewReader(incident+"\n"), iotest.ErrReader(failing)), defender.Options{}); !errors.Is(got.err, failing) || len(got.docs) != 1 {
		t.Errorf("unreadable later: got %q and %v", got.lines, got.err)
	}
	if _, err := defender.Read(strings.NewReader(incident+incident), defender.Options{}, func(defender.Record) error { return failing }); !errors.Is(err, failing) {
		t.Errorf("failing yield: got %v", err)
	}
}
