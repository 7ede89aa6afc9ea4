package main

import (
	"bytes"
	"io"
	"testing"

	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
	"workbench/store/boltstore"
)

func TestZZ(t *testing.T) {
	var data bytes.Buffer
	sample.Stream(&data, 1000, 1)
	for range 2 {
		_, cpu, err := imported(t.TempDir(), defender.NewDeriver(nil), func(st *boltstore.Store) error {
			_, err := ingest.Import(t.Context(), st, []ingest.File{{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data.Bytes())), nil }}}, ingest.ImportOptions{})
			return err
		})
		t.Log(cpu, err)
	}
}
