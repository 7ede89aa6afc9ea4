package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"workbench/ingest/sample"
)

// TestImportSurvivesKill kills an importing process at many points: after each, the store is whole, and importing again completes it.
func TestImportSurvivesKill(t *testing.T) {
	f := newFolder(t)
	var stream bytes.Buffer
	if err := sample.Stream(&stream, 120, 7); err != nil {
		t.Fatal(err)
	}
	whole := f.file("stream.ndjson", stream.Bytes())
	f.must("import", whole)
	want := f.must("export")

	points := rand.New(rand.NewPCG(1, 2))
	store := f.store("killed.db")
	for round := range 6 {
		c := process(t, "--store", store, "import", "-")
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// Everything up to a random point goes in; the process may be anywhere in it when it is killed.
		n := points.IntN(stream.Len())
		if _, err := io.Copy(in, bytes.NewReader(stream.Bytes()[:n])); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the process ended before it was killed")
		}
		r := workbenchRun(t, t.Context(), nil, "--store", store, "verify")
		if r.code != 0 && !strings.Contains(r.err, "there is nothing to check") {
			t.Fatalf("round %d: after the kill at byte %d verify says %s%s", round, n, r.out, r.err)
		}
	}
	if r := workbenchRun(t, t.Context(), nil, "--store", store, "import", whole); r.code != 0 {
		t.Fatal(r.err)
	}
	if r := workbenchRun(t, t.Context(), nil, "--store", store, "export"); r.out != want {
		t.Error("something is missing, or there twice")
	}
}
