package defender_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
	"workbench/ingest/defender"
)

func TestAppendExport(t *testing.T) {
	for text, want := range map[string][]string{
		`{"id": "1", "displayName": "x", "tenantId": "T"}`: {`{"id":"1","displayName":"x","tenantId":"T"}`},
		`{"id":"1","tenantId":"T","alerts":[{"id":"a","title":" \u0041 "},{"id":"b","tenantId":"t","incidentId":1}]}`: {`{"id":"1","tenantId":"T"}`,
			`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","incident":"1","document":{"id":"a","title":" \u0041 "}}`, `{"id":"b","tenantId":"t","incidentId":1}`},
		`{"id":"1","alerts":[{"id":"a"}]}`: {`{"id":"1"}`, `{"workbenchDocument":1,"kind":"alert","form":"graph","incident":"1","document":{"id":"a"}}`},
		"{\"id\":\"1\",\"displayName\":\"\x00\xff\",\n \"alerts\":[{\"id\":\"b\",\"value\":[1]}] ,\"alerts\":[]}": {
			"{\"workbenchDocument\":1,\"kind\":\"incident\",\"form\":\"graph\",\"text\":\"{\\\"id\\\":\\\"1\\\",\\\"displayName\\\":\\\"\\u0000\xff\\\",\\u000a \\\"alerts\\\":[{\\\"id\\\":\\\"b\\\",\\\"value\\\":[1]}] }\"}"},
		`{"id":"1","alerts":[{"id":"b"}],"alerts":[]}`: {`{"workbenchDocument":1,"kind":"incident","form":"graph","document":{"id":"1","alerts":[{"id":"b"}]}}`},
		`[{"value":[{"id":"q"}]}]`:                     {`{"id":"q"}`},
		`[{"value":[{"id":"q"}],"alertId":"x"}]`:       {`{"value":[{"id":"q"}],"alertId":"x"}`},
	} {
		var lines []string
		for _, d := range read(strings.NewReader(text), defender.Options{}).docs {
			lines = append(lines, string(defender.AppendExport(nil, d)))
		}
		if d := cmp.Diff(want, lines); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

func TestExportRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := read(strings.NewReader(drawInput(t)), defender.Options{})
		var lines []byte
		for _, d := range first.docs {
			lines = append(defender.AppendExport(lines, d), '\n')
		}
		if got, want := bytes.Count(lines, []byte("\n")), len(first.docs); got != want {
			t.Fatalf("got %d lines for %d documents", got, want)
		}
		again := read(bytes.NewReader(lines), defender.Options{})
		if len(first.docs) > 0 && again.err != nil {
			t.Fatalf("reading %q: %v", lines, again.err)
		}
		if d := cmp.Diff(filed(first.docs), filed(again.docs)); d != "" || len(again.bad) > 0 {
			t.Fatalf("%q of %q (-want +got):\n%s%v", lines, first.lines, d, again.lines)
		}
	})
}

// filed is what must come back of documents.
func filed(docs []workbench.Document) []workbench.Document {
	var out []workbench.Document
	for _, d := range docs {
		h := workbench.HashJSON(d.JSON)
		d.JSON = h[:]
		out = append(out, d)
	}
	return out
}

// drawInput makes an input of incidents and alerts of all forms, some of them odd.
func drawInput(t *rapid.T) string {
	word := rapid.SampledFrom([]string{`"a"`, `"B\u0041"`, `12`, `""`, `null`, `{}`, "\"\x00\"", "\"\xff\"", `" \n "`, `"0"`, `"imported"`})
	name := rapid.SampledFrom([]string{"id", "alertId", "incidentId", "tenantId", "aadTenantId", "serviceSource", "title", "displayName", "incidentName", "machineId", "evidence", "entities",
		"lastUpdateDateTime", "lastUpdateTime", "value", "Id", "alerts", "x", "@odata.type", "workbenchDocument", "text"})
	space := rapid.SampledFrom([]string{"", "", " ", "\n", "\r\n\t"})
	object := func(fixed string, extra string) string {
		var b strings.Builder
		b.WriteString("{" + space.Draw(t, "space") + fixed)
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			fmt.Fprintf(&b, ",%s%q:%s%s", space.Draw(t, "space"), name.Draw(t, "name"), space.Draw(t, "space"), word.Draw(t, "value"))
		}
		return b.String() + extra + "}"
	}
	alert := func() string {
		key := rapid.SampledFrom([]string{"id", "alertId"}).Draw(t, "key")
		return object(fmt.Sprintf(`"%s":"%d"`, key, rapid.IntRange(1, 3).Draw(t, "id")), rapid.SampledFrom([]string{"", `,"evidence":[ ]`, `,"title":"t"`}).Draw(t, "extra"))
	}
	var records []string
	for range rapid.IntRange(1, 4).Draw(t, "records") {
		if rapid.Bool().Draw(t, "alone") {
			records = append(records, alert())
			continue
		}
		var alerts []string
		for range rapid.IntRange(0, 3).Draw(t, "alerts") {
			alerts = append(alerts, alert())
		}
		key := rapid.SampledFrom([]string{`"id":"7","displayName":"d"`, `"incidentId":7,"incidentName":"d"`}).Draw(t, "key")
		records = append(records, object(key, `,"alerts":[`+strings.Join(alerts, ", ")+`]`))
	}
	return "[" + strings.Join(records, ",") + "]"
}

func TestReadEnvelope(t *testing.T) {
	for text, want := range map[string]string{
		`{"workbenchDocument":2,"tenant":"t"}`:                                                                               `bad imported at 0+36 in "": this record is a line of a raw export written by a newer program`,
		`{"workbenchDocument":1,"tenant":"t","kind":"x","form":"graph","document":{"id":"1"}}`:                               `bad imported at 0+84 in "": this record is a line of a raw export that does not hold together`,
		`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","document":[]}`:                                   `bad t at 0+80 in "": this record is a line of a raw export that does not hold together`,
		`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","text":"{\"id\":1}x"}`:                            `bad t at 0+87 in "": this record is a line of a raw export that does not hold together`,
		`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","document":{"id":"1","tenantId":"u"}}`:            `bad t at 0+103 in "": this record is a line of a raw export that does not hold together`,
		`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","document":{}}`:                                   `bad t at 0+80 in "": this record has no id`,
		`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"xdr","document":{"id":"1"},"incident":"5"}`:              `xdr alert t/1 of "5" own false unknown`,
		`{"id":"1","alerts":[{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","document":{"id":"1"}}]}`:     `bad imported at 20+88 in "1": this record is a line of a raw export that does not hold together`,
		`{"workbenchDocument":1,"tenant":"t","kind":"incident","form":"graph","document":{"id":"1","alerts":[{"id":"2"}]}}x`: `graph incident t/1`,
	} {
		got := read(strings.NewReader(text), defender.Options{})
		found := false
		for _, line := range got.lines {
			found = found || line == want
		}
		if !found || got.err != nil {
			t.Errorf("%s: got %q and %v, want %s", text, got.lines, got.err, want)
		}
	}
	got := read(strings.NewReader(`{"workbenchDocument":1,"tenant":"t","kind":"alert","form":"graph","document":{"id":"1"}}`), defender.Options{Tenant: "u"})
	if d := cmp.Diff([]string{`bad u at 0+88 in "": this record names the tenant t, not u`}, got.lines); d != "" {
		t.Errorf("another tenant (-want +got):\n%s", d)
	}
}
