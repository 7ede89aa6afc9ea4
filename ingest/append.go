package ingest

import (
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

// append stores a batch and counts it. Documents that would make a story too large are found by halves and quarantined, so that they stop
// neither their neighbours nor the run.
func (im *importing) append(b store.Batch, from []origin) error {
	if len(im.refused) > 0 {
		b, from = im.withoutFull(b, from)
	}
	done, err := im.store.Append(im.ctx, workbench.EveryTenant(), b)
	switch {
	case err == nil:
		im.count(b, done)
		im.progress()
		return nil
	case !errors.Is(err, workbench.ErrTooLarge) || len(b.Documents) == 0:
		return err
	case len(b.Documents) == 1:
		if im.refused == nil {
			im.refused = map[workbench.GroupKey]int{}
		}
		im.refused[b.Documents[0].Groups()]++
		return im.append(im.refuse(b, from, func(workbench.Document) bool { return true }), nil)
	}
	half := len(b.Documents) / 2
	first, second := b, b
	first.Documents, second.Documents, second.Quarantined = b.Documents[:half], b.Documents[half:], nil
	if err := im.append(first, from[:half]); err != nil {
		return err
	}
	return im.append(second, from[half:])
}

// withoutFull quarantines the documents of groups that proved to be full.
func (im *importing) withoutFull(b store.Batch, from []origin) (store.Batch, []origin) {
	full := func(d workbench.Document) bool { return im.refused[d.Groups()] >= maxRefused }
	var rest []origin
	for i, d := range b.Documents {
		if !full(d) {
			rest = append(rest, from[i])
		}
	}
	if len(rest) == len(from) {
		return b, from
	}
	return im.refuse(b, from, full), rest
}

// refuse is the batch with the documents that fit the condition in quarantine.
func (im *importing) refuse(b store.Batch, from []origin, fits func(workbench.Document) bool) store.Batch {
	out := b
	out.Documents, out.Quarantined = nil, append([]workbench.Quarantined(nil), b.Quarantined...)
	for i, d := range b.Documents {
		if fits(d) {
			out.Quarantined = append(out.Quarantined, defender.Refuse(d, defender.Options{Source: ImportSource, Name: from[i].file, At: im.opts.At}, from[i].position, errStoryTooLarge))
		} else {
			out.Documents = append(out.Documents, d)
		}
	}
	return out
}

func (im *importing) count(b store.Batch, done store.Appended) {
	incidents := 0
	for _, d := range b.Documents {
		if d.Kind == workbench.IncidentDocument {
			incidents++
		}
	}
	im.tally.add(done, incidents, len(b.Documents)-incidents, len(b.Quarantined))
}
