package main

import (
	"bufio"
	"context"
	"encoding/json"

	"workbench"
	"workbench/ingest"
)

// exportCommand writes whole stories, or raw documents, one JSON object a line.
type exportCommand struct {
	Raw bool `help:"Write the raw documents instead, to be imported elsewhere."`
}

// Run exports to standard output.
func (c *exportCommand) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "export", c, nil, false)
}

func (c *exportCommand) do(ctx context.Context, h held) error {
	w := bufio.NewWriterSize(h.Out, 1<<20)
	if c.Raw {
		if _, err := ingest.ExportRaw(ctx, h.Store, w); err != nil {
			return err
		}
		return w.Flush()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := h.Store.Export(ctx, workbench.EveryTenant(), func(s workbench.Story) error { return enc.Encode(s) }); err != nil {
		return err
	}
	return w.Flush()
}
