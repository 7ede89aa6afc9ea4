package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
	missing, err := h.Blind(ctx) // as of before: what arrives meanwhile is not promised
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(h.Out, 1<<20)
	if c.Raw {
		_, err = ingest.ExportRaw(ctx, h.Store, w)
	} else {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		err = h.Store.Export(ctx, workbench.EveryTenant(), func(s workbench.Story) error { return enc.Encode(s) })
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		return err
	}
	for i, m := range missing {
		if i == mostNoted {
			h.Note(fmt.Sprintf("and data of %d further connectors is missing; the page Connectors names them", len(missing)-i))
			break
		}
		h.Note("data is missing: " + m.Sentence)
	}
	return nil
}

// mostNoted is how many connectors an export names whose data is missing.
const mostNoted = 20
