package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/store"
)

var noon = workbench.At(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))

func text(name, content string) ingest.File {
	return ingest.File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func options() ingest.ImportOptions {
	return ingest.ImportOptions{By: workbench.Administrator, At: noon}
}

// mustImport imports and compares the line that is said of it.
func mustImport(t *testing.T, st ingest.ImportStore, want string, files ...ingest.File) {
	t.Helper()
	got, err := ingest.Import(t.Context(), st, files, options())
	if err != nil || got.String() != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
}

func TestImport(t *testing.T) {
	const path = "../../shared/data/defender/derived_secrl_as_graph_incidents.json"
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs a real export that is not part of the project: %v", err)
	}
	st := &fakeStore{}
	file := ingest.File{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	mustImport(t, st, "imported 4 incidents, 74 alerts: 9 stories new, 0 changed, 0 unchanged; 0 quarantined", file)
	kept := len(st.docs)
	mustImport(t, st, "imported 4 incidents, 74 alerts: 0 stories new, 0 changed, 9 unchanged; 0 quarantined", file)
	if got, want := len(st.docs), kept; got != want || kept != 78 {
		t.Errorf("documents: got %d after the second import and %d before, want 78", got, want)
	}
}

func TestImportCountsStoriesOnce(t *testing.T) {
	st := &fakeStore{}
	incident := `{"id":"1","displayName":"x"}`
	alerts := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `{"id":"a%d","incidentId":"1","serviceSource":"microsoftDefenderForEndpoint"}`+"\n", i)
		}
		return b.String()
	}
	// The incident's placeholder comes in the first portion and goes in the second; the story is new in the second and changes in the third.
	var other strings.Builder
	for i := range 499 {
		fmt.Fprintf(&other, `{"id":"b%d","title":"x"}`+"\n", i)
	}
	mustImport(t, st, "imported 1 incidents, 1299 alerts: 500 stories new, 0 changed, 0 unchanged; 0 quarantined", text("one", incident+"\n"+other.String()), text("two", alerts(0, 800)))
	if d := cmp.Diff([]int{500, 500, 300}, st.appends); d != "" {
		t.Errorf("portions (-want +got):\n%s", d)
	}
	mustImport(t, st, "imported 0 incidents, 2 alerts: 0 stories new, 1 changed, 0 unchanged; 0 quarantined", text("three", alerts(799, 801)))
	mustImport(t, st, "imported 1 incidents, 1 alerts: 1 stories new, 0 changed, 1 unchanged; 1 quarantined", text("four", "["+incident+`,{"id":"c","title":"y"},5]`))
}

func TestImportKeepsARecordTogether(t *testing.T) {
	st := &fakeStore{}
	big := func(id string) string {
		return `{"id":"` + id + `","alerts":[` + strings.TrimSuffix(strings.Repeat(`{"id":"a"},`, 400), ",") + `]}`
	}
	if _, err := ingest.Import(t.Context(), st, []ingest.File{text("x", big("1")+big("2"))}, options()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{401, 401}, st.appends); d != "" {
		t.Errorf("portions (-want +got):\n%s", d)
	}
	st = &fakeStore{}
	wide := `{"id":"%d","title":"` + strings.Repeat("x", 3<<20) + `"}`
	if _, err := ingest.Import(t.Context(), st, []ingest.File{text("x", fmt.Sprintf(wide+wide+wide, 1, 2, 3))}, options()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{2, 1}, st.appends); d != "" {
		t.Errorf("portions (-want +got):\n%s", d)
	}
}

func TestImportGoesOnAfterBadFiles(t *testing.T) {
	st := &fakeStore{}
	closed := 0
	good := ingest.File{Name: "good", Open: func() (io.ReadCloser, error) {
		return struct {
			io.Reader
			io.Closer
		}{strings.NewReader(`{"id":"1","alerts":[{"id":"a"},{"x":1}]}`), closer(func() error { closed++; return nil })}, nil
	}}
	absent := ingest.File{Name: "absent\u202e", Open: func() (io.ReadCloser, error) {
		return nil, &fs.PathError{Op: "open", Path: "absent", Err: fs.ErrNotExist}
	}}
	var seen []ingest.Progress
	opts := options()
	opts.Progress = func(p ingest.Progress) { seen = append(seen, p) }
	got, err := ingest.Import(t.Context(), st, []ingest.File{absent, text("text", "hello"), text("cut", `[{"id":"2","displayName":"x"},{"id":`), good}, opts)
	if want := "imported 2 incidents, 1 alerts: 2 stories new, 0 changed, 0 unchanged; 1 quarantined"; got.String() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want := "absent[U+202E] does not exist; nothing of it was imported; check the name\n" +
		"text was not imported: holds no complete incident or alert: it is not JSON from its byte 0 on; check that it is an export of incidents or alerts as JSON\n" +
		"cut ends in the middle, at byte 36, in the record that begins at byte 30; its complete records were imported; get the whole file and import it again"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	var cut *defender.CutError
	if !errors.As(err, &cut) || cut.Position != 36 || !errors.Is(err, defender.ErrNotRecords) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want its parts to be found", err)
	}
	if closed != 1 {
		t.Errorf("closed %d times, want once", closed)
	}
	if last := seen[len(seen)-1]; last.File != "good" || last.Read != 40 || last.Summary != got {
		t.Errorf("last progress: got %+v", last)
	}
	if q := st.quarantined[0]; q.Within != "1" || q.Source != ingest.ImportSource || q.Name != "good" || q.At != noon {
		t.Errorf("quarantined: got %+v", q)
	}
}

type closer func() error

func (c closer) Close() error { return c() }

func TestImportStopsWithTheStore(t *testing.T) {
	input := strings.Repeat(`{"id":"a","title":"x"}`+"\n", 1200)
	st := &fakeStore{failAt: 2}
	got, err := ingest.Import(t.Context(), st, []ingest.File{text("one", input), text("two", input)}, options())
	if !errors.Is(err, workbench.ErrReadOnly) || got.Alerts != 500 || len(st.appends) != 2 {
		t.Errorf("got %s, %v and %d portions, want 500 alerts, ErrReadOnly and 2", got, err, len(st.appends))
	}
	ctx, cancel := context.WithCancel(t.Context())
	opts := options()
	opts.Progress = func(ingest.Progress) { cancel() }
	st = &fakeStore{}
	if got, err := ingest.Import(ctx, st, []ingest.File{text("one", input)}, opts); !errors.Is(err, context.Canceled) || got.Alerts != 500 {
		t.Errorf("cancelled: got %s and %v", got, err)
	}
}

func TestExportRaw(t *testing.T) {
	st := &fakeStore{}
	mustImport(t, st, "imported 2 incidents, 3 alerts: 4 stories new, 0 changed, 0 unchanged; 0 quarantined",
		text("one", `[{"id": "1","tenantId":"T","alerts":[{"id":"a"},{"id":"b","serviceSource":"OfficeATP"}]},{"incidentId":5}]`), text("two", `{"alertId":"c","title":"`+"\x00\"}"))
	var out bytes.Buffer
	n, err := ingest.ExportRaw(t.Context(), st, &out)
	if err != nil || n != 5 || bytes.Count(out.Bytes(), []byte("\n")) != 5 {
		t.Fatalf("got %d and %v for %q", n, err, out.Bytes())
	}
	again := &fakeStore{}
	mustImport(t, again, "imported 2 incidents, 3 alerts: 4 stories new, 0 changed, 0 unchanged; 0 quarantined", text("raw", out.String()))
	bare := cmp.Transformer("bare", func(o workbench.Observed) string {
		return fmt.Sprint(o.Tenant, o.Kind, o.Form, o.Object, o.Incident, o.Own, o.Product, o.Updated, o.Hash, o.Observation)
	})
	if d := cmp.Diff(st.docs, again.docs, bare); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(st.stories, again.stories); d != "" {
		t.Errorf("stories (-want +got):\n%s", d)
	}
	failing := errors.New("pipe closed")
	if _, err := ingest.ExportRaw(t.Context(), st, writer(func([]byte) (int, error) { return 0, failing })); !errors.Is(err, failing) {
		t.Errorf("got %v, want the writer's error", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestRetryQuarantined(t *testing.T) {
	st := &fakeStore{}
	mustImport(t, st, "imported 1 incidents, 0 alerts: 1 stories new, 0 changed, 0 unchanged; 3 quarantined", text("x", `[{"id":"1","tenantId":"T","alerts":[{"title":"no id"}]},{"displayName":"`+strings.Repeat("x", 1<<20)+`"},7]`))
	for i, want := range []string{"it stays quarantined: this record has no id", "only the first 1048576 of its 1048594 bytes are kept; import the file x again", "it stays quarantined: this record is not a JSON object"} {
		err := ingest.RetryQuarantined(t.Context(), st, st.quarantined[i].ID, workbench.Administrator, noon)
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want …%s", err, want)
		}
	}
	if err := ingest.RetryQuarantined(t.Context(), st, "none", workbench.Administrator, noon); !errors.Is(err, workbench.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	// As if an older program had not understood an alert of the incident, and an incident with one good alert.
	st.quarantined = nil
	for _, q := range []struct{ text, within string }{{`{"id":"a"}`, "1"}, {`{"id":"2","alerts":[{"id":"b"},null]}`, ""}} {
		hash := workbench.HashJSON([]byte(q.text))
		st.quarantined = append(st.quarantined, workbench.Quarantined{ID: hash.String()[:32], Tenant: "t", Source: "s", Hash: hash, First: []byte(q.text), Length: int64(len(q.text)), Within: q.within})
	}
	for _, q := range append([]workbench.Quarantined{}, st.quarantined...) {
		if err := ingest.RetryQuarantined(t.Context(), st, q.ID, workbench.Administrator, noon); err != nil {
			t.Error(err)
		}
	}
	var got []string
	for _, o := range st.docs {
		got = append(got, fmt.Sprintf("%s %s/%s of %q", o.Kind, o.Tenant, o.Object, o.Incident))
	}
	if d := cmp.Diff([]string{`incident t/1 of ""`, `alert t/a of "1"`, `incident t/2 of ""`, `alert t/b of "2"`}, got); d != "" {
		t.Errorf("documents (-want +got):\n%s", d)
	}
	if len(st.quarantined) != 1 || st.quarantined[0].Within != "2" || string(st.quarantined[0].First) != "null" {
		t.Errorf("quarantined: got %+v, want the alert that is null", st.quarantined)
	}
}

var _ interface {
	ingest.ExportStore
	ingest.RetryStore
} = store.Store(nil)
