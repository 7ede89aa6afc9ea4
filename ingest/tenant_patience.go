package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"workbench"
	"workbench/store"
)

// How long to wait before a store that can't be written is tried again.
const (
	fullAfter = 5 * time.Second
	fullMost  = time.Minute
)

// patient is the store as a tenant appends to it: while it can't be written, appending waits, and tells so.
type patient struct {
	t   *tenant
	ctx context.Context
}

// Append implements ImportStore. A panic comes back as an error.
func (p patient) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (done store.Appended, err error) {
	for failures := 0; ; failures++ {
		err = p.t.guarded(func() (err error) {
			done, err = p.t.Store.Append(ctx, scope, b)
			return err
		})
		if !errors.Is(err, workbench.ErrReadOnly) || ctx.Err() != nil {
			return done, err
		}
		wait := backOff(fullAfter, fullMost, failures)
		p.t.next = p.t.Now().Add(wait)
		p.t.report(ctx, &workbench.Fault{Reason: workbench.ReasonInternal, Err: fmt.Errorf("what Microsoft said can't be stored; nothing is lost: %w", err)})
		if !sleep(ctx, wait) {
			return done, err
		}
	}
}

// splits says which errors of a store are those of single documents. A store that fails with whatever it is given is not helped by taking
// documents from it, so that panics are followed up for some documents of a reading only.
func (t *tenant) splits() func(error) error {
	refused := 0
	return func(err error) error {
		var caught *panicked
		var invalid *workbench.Invalid
		switch {
		case errors.As(err, &caught):
			if refused++; refused <= 256 {
				return fmt.Errorf("made the workbench fail: %w", err)
			}
			return nil
		case errors.As(err, &invalid):
			return fmt.Errorf("can't be kept: %w", err)
		}
		return tooLarge(err)
	}
}
