package simulator

import (
	"fmt"
	"strconv"
	"time"

	"workbench"
	"workbench/ingest/sample"
)

// The history of a seeded world.
const (
	seededFor  = 30 * 24 * time.Hour // how far it goes back
	seededOpen = 3 * 24 * time.Hour  // how long its incidents stay open
	mostSeeded = 100_000
)

// Seed gives the world what a tenant of the samples knows at the moment, the newest minutes ago, and a history of so many small incidents
// that spread over the 30 days before; all but the newest of these are resolved.
func (w *World) Seed(of workbench.TenantID, history int) error {
	if history < 0 || history > mostSeeded {
		return fmt.Errorf("a history of %d incidents: %w", history, workbench.ErrTooLarge)
	}
	now := w.tenant.s.time()
	if _, err := w.PutPage(sample.Page(now), string(of)); err != nil {
		return fmt.Errorf("seeding with samples: %w", err)
	}
	w.lock()
	defer w.mu.Unlock()
	for i := range history {
		at := now.Add(-seededFor + time.Duration(i)*(seededFor/time.Duration(history))).Truncate(100)
		w.runs++
		stage := w.stage(at, 1, 1)
		if err := w.play(sample.Everyday(stage)); err != nil {
			return fmt.Errorf("seeding with history: %w", err)
		}
		if resolved := at.Add(2 * time.Hour); now.Sub(at) > seededOpen {
			if err := w.resolve(w.incidents[strconv.Itoa(stage.FirstID)], resolved); err != nil {
				return fmt.Errorf("seeding with history: %w", err)
			}
		}
	}
	return nil
}
