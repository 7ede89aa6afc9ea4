package ingest

import (
	"context"
	"fmt"

	"workbench"
	"workbench/ingest/defender"
	"workbench/store"
)

// RetryStore is what RetryQuarantined asks of a store: see store.Facts and store.Quarantine.
type RetryStore interface {
	ImportStore
	QuarantinedRecord(ctx context.Context, scope workbench.Scope, id string) (workbench.Quarantined, error)
	Discard(ctx context.Context, scope workbench.Scope, id string, by workbench.AccountID, at workbench.Time) error
}

// StillQuarantinedError says that a record can't be understood today either. Nothing was changed.
type StillQuarantinedError struct{ Reason string }

// Error is a plain sentence.
func (e *StillQuarantinedError) Error() string { return "it stays quarantined: " + e.Reason }

// RetryQuarantined reads the bytes of a quarantined record as a program of today understands them, appends what they give, and takes the
// record out of quarantine. It fails with workbench.ErrNotFound for an unknown record, with a *StillQuarantinedError, and with a plain
// sentence where not all bytes were kept. Of an incident that is understood, alerts that are not are quarantined by themselves. Interrupted
// between the two steps, it can be run again.
func RetryQuarantined(ctx context.Context, st RetryStore, id string, by workbench.AccountID, at workbench.Time) error {
	scope := workbench.EveryTenant()
	q, err := st.QuarantinedRecord(ctx, scope, id)
	if err != nil {
		return fmt.Errorf("retrying %s: %w", workbench.Text(id), err)
	}
	r, err := defender.ReadQuarantined(q, at)
	if err != nil {
		return fmt.Errorf("retrying %s: %w", q.ID, err)
	}
	for _, again := range r.Quarantined {
		if again.Hash == q.Hash || len(r.Documents) == 0 {
			return fmt.Errorf("retrying %s: %w", q.ID, &StillQuarantinedError{Reason: again.Reason})
		}
	}
	batch := store.Batch{Documents: r.Documents, Quarantined: r.Quarantined, Source: q.Source, At: at, By: by}
	if _, err := st.Append(ctx, scope, batch); err != nil {
		return fmt.Errorf("retrying %s: %w", q.ID, err)
	}
	if err := st.Discard(ctx, scope, q.ID, by, at); err != nil {
		return fmt.Errorf("retrying %s: %w", q.ID, err)
	}
	return nil
}
