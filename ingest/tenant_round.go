package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"workbench"
)

// round polls, and then reads what is missing for as long as there is any, polling in between when it is time to.
func (t *tenant) round(ctx context.Context) {
	err := t.turn(ctx)
	for more := true; more && err == nil && ctx.Err() == nil; {
		if t.due() {
			err = t.turn(ctx)
			continue
		}
		leave := func() {}
		if t.behind() {
			if leave = t.places.take(ctx, t.next.Sub(t.Now()), t.wake, t.Now); leave == nil { // it may be time to poll
				continue
			}
		}
		err = t.guarded(func() (err error) { more, err = t.catchUp(ctx); return err })
		leave()
		tell := t.untold && (!more || t.Now().Sub(t.toldAt) >= tellEvery)
		if err == nil && tell || err != nil && !errors.As(err, new(*interrupted)) {
			t.report(ctx, err)
		}
	}
}

// turn polls the live window and tells what became of it.
func (t *tenant) turn(ctx context.Context) error {
	t.adopt()
	t.next = t.Now().Add(time.Duration(float64(t.Interval) * (0.95 + 0.1*t.Random())))
	err := t.guarded(func() error { return t.live(ctx) })
	t.report(ctx, err)
	return err
}

// due reports whether it is time to poll, or somebody asked for it.
func (t *tenant) due() bool {
	select {
	case <-t.wake:
		return true
	default:
		return !t.Now().Before(t.next)
	}
}

// guarded turns a panic into an error.
func (t *tenant) guarded(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			t.Log.Error("polling panicked", "connector", t.id, "panic", workbench.Text(fmt.Sprint(v)).String(), "stack", string(debug.Stack()))
			err = &panicked{v}
		}
	}()
	return do()
}

// panicked is a panic that was caught.
type panicked struct{ value any }

func (p *panicked) Error() string { return "panicked: " + workbench.Text(fmt.Sprint(p.value)).String() }

// report tells the connections what became of a poll.
func (t *tenant) report(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	fault := workbench.FaultOf(err)
	reason := workbench.Reason("")
	if fault != nil {
		reason = fault.Reason
		if after := t.Now().Add(min(fault.RetryAfter, maxRetryAfter)); after.After(t.next) {
			t.next = after
		}
		if failed := t.Store.Err(); failed != nil {
			t.fail(failed)
		}
	}
	if reason != t.reason {
		t.reason = reason
		if fault != nil {
			t.Log.Warn("poll failed", "connector", t.id, "reason", fault.Error(), "trace", fault.Trace.String(), "next", t.next)
		} else {
			t.Log.Info("poll works again", "connector", t.id)
		}
	}
	t.untold, t.toldAt = false, t.Now()
	progress := make([]workbench.Progress, len(t.progress))
	for i, p := range t.progress {
		progress[i] = p.Clone()
	}
	if err := t.Connections.Polled(ctx, t.target.Reader, fault, progress, t.empty, t.next); err != nil && ctx.Err() == nil {
		t.Log.Warn("what became of a poll can't be kept", "connector", t.id, "reason", err)
	}
}
