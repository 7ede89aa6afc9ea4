package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"workbench"
	"workbench/ingest"
)

// quarantineCommand is about records that could not be understood.
type quarantineCommand struct {
	List    quarantineList    `cmd:"" help:"List the records."`
	Show    quarantineShow    `cmd:"" help:"Show one record as JSON, its first bytes in base64."`
	Retry   quarantineRetry   `cmd:"" help:"Read a record again, with this program."`
	Discard quarantineDiscard `cmd:"" help:"Remove a record; its hash stays in the audit trail."`
}

type quarantineList struct{}

// Run lists the records, one a line.
func (c *quarantineList) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "quarantine list", c, nil, false)
}

func (c *quarantineList) do(ctx context.Context, h held) error {
	records, err := h.Store.QuarantinedRecords(ctx, workbench.EveryTenant())
	if err != nil {
		return err
	}
	for _, q := range records {
		if _, err := fmt.Fprintf(h.Out, "%s  %s  %s at byte %d, %d bytes: %s\n", q.ID, q.At.Format("2006-01-02 15:04:05"), plain(q.Name), q.Position, q.Length, plain(q.Reason)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(h.Out, "%d records\n", len(records))
	return err
}

type quarantineShow struct {
	ID string `arg:"" help:"The record's id, as in the list."`
}

// Run shows one record.
func (c *quarantineShow) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "quarantine show", c, nil, false)
}

func (c *quarantineShow) do(ctx context.Context, h held) error {
	q, err := h.Store.QuarantinedRecord(ctx, workbench.EveryTenant(), c.ID)
	if err != nil {
		return fmt.Errorf("record %s: %w", workbench.Text(c.ID), err)
	}
	shown, err := json.MarshalIndent(q, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(h.Out, escaped(string(shown)))
	return err
}

// escaped is the same JSON with every character that is not seen written as an escape, since the names in it come from outside.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

type quarantineRetry struct {
	ID string `arg:"" help:"The record's id, as in the list."`
}

// Run reads one record again.
func (c *quarantineRetry) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "quarantine retry", c, nil, false)
}

func (c *quarantineRetry) do(ctx context.Context, h held) error {
	if err := ingest.RetryQuarantined(ctx, h.Store, c.ID, workbench.Administrator, workbench.At(h.Now())); err != nil {
		return fmt.Errorf("record %s: %w", workbench.Text(c.ID), err)
	}
	_, err := fmt.Fprintln(h.Out, "imported")
	return err
}

type quarantineDiscard struct {
	ID string `arg:"" help:"The record's id, as in the list."`
}

// Run removes one record.
func (c *quarantineDiscard) Run(ctx context.Context, s *session) error {
	return s.with(ctx, "quarantine discard", c, nil, false)
}

func (c *quarantineDiscard) do(ctx context.Context, h held) error {
	if err := h.Store.Discard(ctx, workbench.EveryTenant(), c.ID, workbench.Administrator, workbench.At(h.Now())); err != nil {
		return fmt.Errorf("record %s: %w", workbench.Text(c.ID), err)
	}
	_, err := fmt.Fprintln(h.Out, "discarded")
	return err
}
