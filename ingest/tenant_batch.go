package ingest

import (
	"context"

	"workbench"
	"workbench/store"
)

func (r *reading) quarantine(a answer) {
	r.batch.Quarantined = append(r.batch.Quarantined, a.quarantined...)
	for _, q := range a.quarantined {
		r.bytes += len(q.First)
	}
}

// add puts pieces into the batch, all into one, and stores what is there before where it would be too full.
func (r *reading) add(ctx context.Context, pieces ...piece) error {
	size := 0
	for _, d := range pieces {
		size += len(d.JSON)
	}
	if len(r.batch.Documents)+len(r.batch.Quarantined)+len(pieces) > maxBatch || r.bytes+size > maxBatchBytes {
		if err := r.store(ctx); err != nil {
			return err
		}
	}
	r.count(pieces)
	for _, d := range pieces {
		r.batch.Documents = append(r.batch.Documents, d.Document)
		r.from = append(r.from, d.from)
	}
	r.bytes += size
	return nil
}

// store stores the batch.
func (r *reading) store(ctx context.Context) error {
	b, from := r.batch, r.from
	if len(b.Documents)+len(b.Quarantined)+len(b.Foreign)+len(b.Progress) == 0 {
		return nil
	}
	b.At = workbench.At(r.t.Now())
	if err := r.appender.append(ctx, b, from); err != nil {
		return err
	}
	r.batch, r.from, r.bytes = store.Batch{Source: b.Source}, nil, 0
	return nil
}

// finish stores what is left, with the progress that vouches for the whole range. Where nothing came, progress waits for documents, at
// most some minutes.
func (r *reading) finish(ctx context.Context) error {
	progress := r.progress()
	quiet := len(r.batch.Documents)+len(r.batch.Quarantined)+len(r.batch.Foreign) == 0
	if !quiet {
		r.batch.Progress = progress
		if err := r.store(ctx); err != nil {
			return err
		}
		r.t.savedAt = r.t.Now()
	}
	r.t.progress, r.t.unsaved, r.t.untold = progress, quiet, true
	if r.polls() {
		r.t.seen.keep(r.marks)
	}
	if r.items > 0 {
		r.t.empty = false
	}
	if quiet && r.t.Now().Sub(r.t.savedAt) >= saveEvery {
		return r.t.save(ctx)
	}
	return nil
}

// flush stores progress that came without documents, however the tenant ends.
func (t *tenant) flush(ctx context.Context) {
	if !t.unsaved {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, flushWithin)
	defer cancel()
	if err := t.guarded(func() error { return t.save(ctx) }); err != nil {
		t.Log.Warn("progress can't be kept and will be made again", "connector", t.id, "reason", err)
	}
}

// save stores progress by itself.
func (t *tenant) save(ctx context.Context) error {
	b := store.Batch{Progress: t.progress, Source: string(t.id), At: workbench.At(t.Now())}
	if _, err := (patient{t, ctx}).Append(ctx, workbench.EveryTenant(), b); err != nil {
		return err
	}
	t.unsaved, t.savedAt = false, t.Now()
	return nil
}
