package defender_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/defender"
)

func FuzzRead(f *testing.F) {
	for _, seed := range []string{incident + "\n" + alert, "[" + incident + "," + alert + "]", `{"value":[` + incident + `],"@odata.nextLink":"x"}`, "{\"id\":[\n" + incident + "\n{}x\n" + incident, "\xef\xbb\xbf[1,{\"id\":2,\"alerts\":[{},5]}", "[{\"id\":\"a\x00\"}]",
		`{"workbenchDocument":1,"kind":"alert","form":"graph","text":"{\"id\":1}"}`, `{"alertId":1,"entities":{}}{"incidentId":5,"alerts":null}`, `{"id":1,"alerts":[],"alerts":[{}]}`, "{\"a\":\"\n{\n\"}\n{\"id\":1}"} {
		f.Add([]byte(seed))
	}
	f.Add(packed(incident, alert))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := read(bytes.NewReader(text), defender.Options{Tenant: "t"})
		packed := bytes.HasPrefix(text, []byte{0x1f, 0x8b})
		for _, q := range got.bad {
			if q.Position < 0 || q.Length < 1 || q.Position+q.Length > got.result.Bytes && got.err == nil {
				t.Errorf("record at %d+%d of %d bytes", q.Position, q.Length, got.result.Bytes)
			} else if !packed && string(q.First) != string(text[q.Position:q.Position+q.Length]) {
				t.Errorf("what is kept of the record at %d is not its text", q.Position)
			}
		}
		for _, d := range got.docs {
			if bytes.IndexByte(d.JSON, 0) < 0 && !json.Valid(d.JSON) {
				t.Errorf("%s %s is not JSON: %q", d.Kind, d.Object, d.JSON)
			}
			if d.Tenant != "t" || d.Object == "" || len(d.Object) > 256 || d.Kind == "" || d.Form == "" {
				t.Errorf("document %+v is filed badly", d)
			}
			again := read(bytes.NewReader(append(defender.AppendExport(nil, d), '\n')), defender.Options{Tenant: "t"})
			if diff := cmp.Diff(filed([]workbench.Document{d}), filed(again.docs)); diff != "" || len(again.bad) > 0 || again.err != nil {
				t.Errorf("document %q does not come back: %v %q %s", d.JSON, again.err, again.lines, diff)
			}
		}
		if got.err != nil && errors.Is(got.err, defender.ErrNotRecords) && len(got.lines) > 0 {
			t.Error("records of a refused input were passed on")
		}
		slow := read(iotest.OneByteReader(bytes.NewReader(text)), defender.Options{Tenant: "t"})
		if diff := cmp.Diff(got.lines, slow.lines); diff != "" {
			t.Errorf("read a byte at a time (-want +got):\n%s", diff)
		}
	})
}
