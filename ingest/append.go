package ingest

import (
	"context"
	"errors"

	"workbench"
	"workbench/ingest/defender"
	"workbench/store"
)

// maxRefused is how many documents of one group are found too large one by one; the group's further ones are not tried any more.
const maxRefused = 8

var errStoryTooLarge = errors.New("would make its story larger than the store takes")

// origin is where a document stood.
type origin struct {
	file     string
	position int64 // of its record
}

// appender stores batches. Documents that the store can't take are found by halves and quarantined, so that they stop neither their
// neighbours nor the run.
type appender struct {
	store  ImportStore
	splits func(error) error                 // why a document is refused where the store fails with the error; nil = the run can't go on
	stored func(store.Batch, store.Appended) // told of every batch that was stored

	refused map[workbench.GroupKey]int // documents that were refused for their group
}

// tooLarge is the splits of whoever expects nothing worse.
func tooLarge(err error) error {
	if errors.Is(err, workbench.ErrTooLarge) {
		return errStoryTooLarge
	}
	return nil
}

// append stores a batch whose documents come from so many origins. Where it has to be split, progress comes with its last part, after all
// that it vouches for.
func (a *appender) append(ctx context.Context, b store.Batch, from []origin) error {
	if len(a.refused) > 0 {
		b, from = a.withoutFull(b, from)
	}
	done, err := a.store.Append(ctx, workbench.EveryTenant(), b)
	if err == nil {
		a.stored(b, done)
		return nil
	}
	why := a.splits(err)
	switch {
	case why == nil || len(b.Documents) == 0:
		return err
	case len(b.Documents) == 1:
		if a.refused == nil {
			a.refused = map[workbench.GroupKey]int{}
		}
		a.refused[b.Documents[0].Groups()]++
		return a.append(ctx, refuse(b, from, why, func(workbench.Document) bool { return true }), nil)
	}
	half := len(b.Documents) / 2
	first, second := b, b
	first.Documents, first.Progress, first.Foreign = b.Documents[:half], nil, nil
	second.Documents, second.Quarantined = b.Documents[half:], nil
	if err := a.append(ctx, first, from[:half]); err != nil {
		return err
	}
	return a.append(ctx, second, from[half:])
}

// withoutFull quarantines the documents of groups that proved to be full.
func (a *appender) withoutFull(b store.Batch, from []origin) (store.Batch, []origin) {
	full := func(d workbench.Document) bool { return a.refused[d.Groups()] >= maxRefused }
	var rest []origin
	for i, d := range b.Documents {
		if !full(d) {
			rest = append(rest, from[i])
		}
	}
	if len(rest) == len(from) {
		return b, from
	}
	return refuse(b, from, errStoryTooLarge, full), rest
}

// refuse is the batch with the documents that fit the condition in quarantine.
func refuse(b store.Batch, from []origin, why error, fits func(workbench.Document) bool) store.Batch {
	out := b
	out.Documents, out.Quarantined = nil, append([]workbench.Quarantined(nil), b.Quarantined...)
	for i, d := range b.Documents {
		if fits(d) {
			out.Quarantined = append(out.Quarantined, defender.Refuse(d, defender.Options{Source: b.Source, Name: from[i].file, At: b.At}, from[i].position, why))
		} else {
			out.Documents = append(out.Documents, d)
		}
	}
	return out
}
