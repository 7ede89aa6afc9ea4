package ingest

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"workbench"
	"workbench/ingest/defender"
)

// ExportStore is what ExportRaw asks of a store: see store.Stories.
type ExportStore interface {
	ExportDocuments(ctx context.Context, scope workbench.Scope, yield func(workbench.Observed) error) error
}

// ExportRaw writes every document, one a line, in the order of their observations, as Import reads them again: a store filled from it has
// the same document versions in the same order. It returns how many it wrote.
func ExportRaw(ctx context.Context, st ExportStore, w io.Writer) (int, error) {
	out := bufio.NewWriterSize(w, 64<<10)
	n := 0
	var line []byte
	err := st.ExportDocuments(ctx, workbench.EveryTenant(), func(o workbench.Observed) error {
		line = append(defender.AppendExport(line[:0], o.Document), '\n')
		n++
		_, err := out.Write(line)
		return err
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return n, fmt.Errorf("exporting documents: %w", err)
	}
	return n, nil
}
