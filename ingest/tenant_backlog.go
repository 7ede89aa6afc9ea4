package ingest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"workbench"
)

const (
	maxSlice    = 24 * time.Hour
	minSlice    = 15 * time.Minute // that is left as a gap for a while where it can't be read
	finestSlice = time.Minute      // that is read whole however much is in it
	badAfter    = time.Minute      // doubled with every failure
	badMost     = time.Hour
	maxAside    = 2 << 20 // bytes
	scanEvery   = 24 * time.Hour
	scanBack    = 14 * 24 * time.Hour
)

var errManyItems = errors.New("the slice holds more than is read at once")

// backlog is how a tenant catches up: slices of what is not covered, the newest first.
type backlog struct {
	length time.Duration   // of the next slice
	bad    []badSlice      // that could not be read
	have   map[string]bool // incidents that were stored while catching up
	aside  map[string]piece
	held   int // bytes of aside
}

// badSlice is a slice that could not be read and is tried again later.
type badSlice struct {
	workbench.Span
	at       time.Time // not before
	failures int
}

func newBacklog() backlog {
	return backlog{length: maxSlice, have: map[string]bool{}, aside: map[string]piece{}}
}

// stored remembers an incident that was stored, so that older slices need not ask for it again.
func (b *backlog) stored(incident string) { b.have[incident] = true }

// putAside keeps an incident that has no alerts here yet: they may come with an older slice.
func (b *backlog) putAside(d piece) {
	if _, there := b.aside[d.Object]; there || b.held+len(d.JSON) > maxAside {
		return
	}
	b.aside[d.Object] = d
	b.held += len(d.JSON)
}

func (b *backlog) takeBack(incident string) (piece, bool) {
	d, ok := b.aside[incident]
	if ok {
		delete(b.aside, incident)
		b.held -= len(d.JSON)
	}
	return d, ok
}

// forget lets go what was remembered for older slices, once there are none.
func (b *backlog) forget() {
	if len(b.have)+len(b.aside) > 0 {
		b.have, b.aside, b.held = map[string]bool{}, map[string]piece{}, 0
	}
}

// scan is the daily reading again of the last days, newest first.
type scan struct {
	at   workbench.Time // when it began
	from workbench.Time
	to   workbench.Time // what is newer was read again
}

// catchUp reads one piece of what is missing and reports whether there may be more.
func (t *tenant) catchUp(ctx context.Context) (bool, error) {
	now := t.Now()
	if id, ok := t.owed.next(now); ok {
		return true, t.askAgain(ctx, id)
	}
	if i := slices.IndexFunc(t.backlog.bad, func(b badSlice) bool { return !now.Before(b.at) }); i >= 0 {
		bad := t.backlog.bad[i]
		t.backlog.bad = slices.Delete(t.backlog.bad, i, i+1)
		return true, t.slice(ctx, bad.Span, bad.failures)
	}
	if span, ok := t.missing(); ok {
		return true, t.slice(ctx, span, 0)
	}
	if t.scan == nil && t.scanDue() {
		t.backlog.forget()
		t.scan = t.newScan()
	}
	if t.scan != nil {
		return true, t.scanOn(ctx)
	}
	t.backlog.forget()
	return false, nil
}

// behind reports whether there is something for catchUp to read.
func (t *tenant) behind() bool {
	now := t.Now()
	_, owed := t.owed.next(now)
	_, missing := t.missing()
	return owed || missing || t.scan != nil || t.scanDue() || slices.ContainsFunc(t.backlog.bad, func(b badSlice) bool { return !now.Before(b.at) })
}

// missing is the newest slice that some child wants and lacks, without what can't be read at present.
func (t *tenant) missing() (workbench.Span, bool) {
	var all []workbench.Span
	for _, p := range t.progress {
		for _, gap := range workbench.Missing(p.Covered, workbench.Span{From: p.From, To: t.liveTo}) {
			all = workbench.Cover(all, gap)
		}
	}
	var bad []workbench.Span
	for _, b := range t.backlog.bad {
		bad = workbench.Cover(bad, b.Span)
	}
	for i := len(all) - 1; i >= 0; i-- {
		if left := workbench.Missing(bad, all[i]); len(left) > 0 {
			last := left[len(left)-1]
			return workbench.Span{From: workbench.Latest(last.From, workbench.At(last.To.Add(-t.backlog.length))), To: last.To}, true
		}
	}
	return workbench.Span{}, false
}

// slice reads one slice. One that can't be read is tried in smaller parts; the smallest is left for later, and the others go on.
func (t *tenant) slice(ctx context.Context, span workbench.Span, failures int) error {
	err := t.readSlice(ctx, span)
	if err == nil || ctx.Err() != nil || !ofSlice(err) {
		return err
	}
	length := span.To.Sub(span.From.Time)
	if length > minSlice || errors.Is(err, errManyItems) {
		t.backlog.length = max(length/2, finestSlice)
		return nil
	}
	wait := backOff(badAfter, badMost, failures)
	t.Log.Warn("a time range can't be read and is left for later", "connector", t.id, "from", span.From, "to", span.To, "reason", err, "wait", wait)
	t.backlog.bad = append(t.backlog.bad, badSlice{span, t.Now().Add(wait), failures + 1})
	slices.SortFunc(t.backlog.bad, func(a, b badSlice) int { return cmp.Or(a.at.Compare(b.at), a.From.Compare(b.From.Time)) })
	return nil
}

// ofSlice reports errors that may be of one slice alone, while others are read.
func ofSlice(err error) bool {
	if errors.As(err, new(*interrupted)) {
		return false
	}
	return ofOne(err) || errors.Is(err, errManyItems) || errors.As(err, new(*panicked))
}

// readSlice reads a slice, and finds out how long the next should be.
func (t *tenant) readSlice(ctx context.Context, span workbench.Span) error {
	r := t.reading(span.From, span.To)
	length := span.To.Sub(span.From.Time)
	if length > finestSlice {
		r.limit = 4 * maxItems
	}
	if err := t.guarded(func() error { return r.read(ctx) }); err != nil {
		return err
	}
	switch {
	case r.items > maxItems:
		t.backlog.length = max(length/2, finestSlice)
	case r.items < maxItems/4:
		t.backlog.length = min(2*t.backlog.length, maxSlice)
	}
	return nil
}

// askAgain asks for an incident that could not be had.
func (t *tenant) askAgain(ctx context.Context, incident string) error {
	r := t.reading(workbench.Time{}, t.liveTo)
	r.begin(ctx)
	if err := r.unit(ctx, incident); err != nil {
		return err
	}
	return r.store(ctx)
}

// scanDue reports whether a day has passed since the last days were read again.
func (t *tenant) scanDue() bool {
	for i, p := range t.progress {
		if t.liveTo.Sub(workbench.Latest(p.RescanAt, t.target.Children[i].CreatedAt).Time) >= scanEvery {
			return true
		}
	}
	return false
}

func (t *tenant) newScan() *scan {
	s := &scan{at: t.liveTo, to: t.liveTo}
	for _, p := range t.progress {
		s.from = workbench.Earliest(s.from, p.From)
	}
	s.from = workbench.Latest(s.from, workbench.At(s.at.Add(-scanBack)))
	return s
}

// scanOn reads the next slice of the last days again. What can't be read is passed over: it is read again tomorrow.
func (t *tenant) scanOn(ctx context.Context) error {
	s := t.scan
	span := workbench.Span{From: workbench.Latest(s.from, workbench.At(s.to.Add(-t.backlog.length))), To: s.to}
	err := t.readSlice(ctx, span)
	length := span.To.Sub(span.From.Time)
	switch {
	case t.scan != s: // the connectors changed meanwhile
		return err
	case err == nil:
	case ctx.Err() != nil || !ofSlice(err):
		return err
	case length > minSlice || errors.Is(err, errManyItems):
		t.backlog.length = max(length/2, finestSlice)
		return nil
	}
	s.to = span.From
	if !s.from.Before(s.to) {
		t.scan = nil
		for i := range t.progress {
			t.progress[i].RescanAt, t.unsaved = s.at, true
		}
	}
	return nil
}
