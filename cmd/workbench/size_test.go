package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"workbench"
	"workbench/ingest"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
	"workbench/store/boltstore"
)

// TestDocumentsTakeAFifth holds that raw documents are stored in at most a fifth of their JSON, of data that the store's dictionary was not
// made from: invented incidents of a seed of their own, and real ones where they lie beside the project.
func TestDocumentsTakeAFifth(t *testing.T) {
	for name, files := range map[string]func(*testing.T) []ingest.File{"invented": invented, "real": realFiles} {
		t.Run(name, func(t *testing.T) {
			st, err := boltstore.Open(filepath.Join(t.TempDir(), "store.db"), defender.NewDeriver(nil), boltstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			if _, err := ingest.Import(t.Context(), st, files(t), ingest.ImportOptions{By: workbench.Administrator}); err != nil {
				t.Fatal(err)
			}
			sizes, err := st.Sizes(context.Background(), workbench.EveryTenant())
			if err != nil {
				t.Fatal(err)
			}
			got := float64(sizes.JSON) / float64(sizes.Packed)
			t.Logf("%d documents of %d bytes are stored in %d: ratio %.2f", sizes.Documents, sizes.JSON, sizes.Packed, got)
			if got < 5 {
				t.Errorf("got ratio %.2f, want at least 5", got)
			}
		})
	}
}

func invented(t *testing.T) []ingest.File {
	var stream bytes.Buffer
	if err := sample.Stream(&stream, 200, 20_260); err != nil {
		t.Fatal(err)
	}
	return []ingest.File{{Name: "stream", Open: func() (io.ReadCloser, error) { return io.NopCloser(&stream), nil }}}
}

func realFiles(t *testing.T) (files []ingest.File) {
	shared(t, ".")
	names, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "defender", "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("the folder of real exports is empty: %v", err)
	}
	for _, name := range names {
		files = append(files, ingest.File{Name: filepath.Base(name), Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	return files
}
