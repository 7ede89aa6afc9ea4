package ingest

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	maxCatchUp = 8               // tenants that catch up at a time: each holds pages and what is made of them
	placeWait  = 5 * time.Second // after which one more comes in, where nobody left
)

// places are for tenants that catch up, taken for a slice at a time. Hundreds that begin together take turns, so that memory does not grow
// with them. Polls need no place and are never late because there is none. Tenants that Microsoft has wait keep theirs; so that these stop
// nobody, one more comes in whenever nobody came or left for some seconds.
type places struct {
	taken chan struct{}
	moved atomic.Int64 // when somebody last came or left, in nanoseconds of Unix
}

func newPlaces() *places { return &places{taken: make(chan struct{}, maxCatchUp)} }

// take waits for a place, no longer than d, and until somebody knocks at wake, who then still has knocked. It returns what gives the place
// back, and nil where there is none yet. now is the clock.
func (p *places) take(ctx context.Context, d time.Duration, wake chan struct{}, now func() time.Time) (leave func()) {
	moved := func() { p.moved.Store(now().UnixNano()) }
	seated := func() { moved(); <-p.taken }
	select {
	case p.taken <- struct{}{}:
		moved()
		return seated
	default:
	}
	timer := time.NewTimer(min(d, placeWait))
	defer timer.Stop()
	select {
	case p.taken <- struct{}{}:
		moved()
		return seated
	case <-wake:
		knock(wake)
	case <-ctx.Done():
	case <-timer.C:
		if last := p.moved.Load(); d > placeWait && now().UnixNano()-last >= int64(placeWait) && p.moved.CompareAndSwap(last, now().UnixNano()) {
			return moved
		}
	}
	return nil
}
