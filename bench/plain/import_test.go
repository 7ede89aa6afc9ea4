package plain_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/bench/plain"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
	"workbench/store/boltstore"
)

// TestDocumentsAreTheSame holds that what is compared is the same work: the documents that the workbench files are those that this package
// files.
func TestDocumentsAreTheSame(t *testing.T) {
	var b bytes.Buffer
	if err := sample.Stream(&b, 200, 3); err != nil {
		t.Fatal(err)
	}
	var want, got []workbench.Document
	if _, err := defender.Read(bytes.NewReader(b.Bytes()), defender.Options{}, func(r defender.Record) error {
		want = append(want, r.Documents...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		documents, err := plain.Documents(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, documents...)
	}
	if len(want) != len(got) || len(want) < 200 {
		t.Fatalf("got %d documents, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(want[i], got[i]) {
			t.Fatalf("document %d: got %.300q, want %.300q", i, fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want[i]))
		}
	}
}

// TestStoriesAreTheSame holds that all ways end with the same stories.
func TestStoriesAreTheSame(t *testing.T) {
	var b bytes.Buffer
	if err := sample.Stream(&b, 50, 3); err != nil {
		t.Fatal(err)
	}
	recorder := &plain.Recorder{Deriver: defender.NewDeriver(nil)}
	var heads [3][]workbench.Head
	for i, deriver := range []workbench.Deriver{recorder, plain.Deriver{Recorder: recorder}, plain.Deriver{Recorder: recorder, Made: true}} {
		st, err := boltstore.Open(t.TempDir()+"/test.db", deriver, boltstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := plain.Import(t.Context(), st, bytes.NewReader(b.Bytes()), workbench.Time{}); n != 50 || err != nil {
			t.Fatalf("imported %d incidents, %v, want 50", n, err)
		}
		entries, err := st.Changes(t.Context(), 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			heads[i] = append(heads[i], e.Head)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range heads {
		if diff := cmp.Diff(heads[0], heads[i], cmp.Comparer(func(a, b workbench.Untrusted) bool { return a == b })); diff != "" || len(heads[i]) < 50 {
			t.Errorf("%d stories, way %d (-workbench +plain):\n%.2000s", len(heads[i]), i, diff)
		}
	}
}
