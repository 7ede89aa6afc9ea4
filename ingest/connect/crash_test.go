package connect_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/simulator"
	"workbench/store"
)

// failing is a store that keeps no registration any more once it kept so many.
type failing struct {
	store.Store
	left atomic.Int32
}

var errLost = errors.New("the machine is gone")

func (f *failing) SaveRegistration(ctx context.Context, r workbench.Registration, what string, by workbench.AccountID, at workbench.Time) (workbench.Registration, error) {
	if f.left.Add(-1) < 0 {
		return workbench.Registration{}, errLost
	}
	return f.Store.SaveRegistration(ctx, r, what, by, at)
}

// Whatever step of a renewal is the last before the machine is gone, the workbench that is started again ends what was begun, and never is a
// key registered at Microsoft whose private part is not kept.
func TestRenewalIsEndedAfterACrash(t *testing.T) {
	for steps := range 6 {
		t.Run(fmt.Sprintf("after %d", steps), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, simulator.Options{KeyDelay: 5 * time.Minute})
				p := w.addParent()
				w.upload(p.ID)
				pass(6 * time.Minute)
				w.authorised(p)
				parent, child := w.working(p)
				first, _ := w.state(parent).Registration.Active()
				pass(time.Until(first.NotAfter.Add(-workbench.RenewBefore - time.Hour)))

				lost := &failing{Store: w.store}
				lost.left.Store(int32(steps))
				w.config.Store = lost
				w.open()
				stop := w.run()
				for range 4 {
					pass(30 * time.Minute)
					w.known()
				}
				stop()
				w.config.Store = w.store
				w.open()
				stop = w.run()
				for range 8 {
					pass(3 * time.Hour)
					w.known()
					w.poll()
					w.want(child, workbench.StatusConnected, "")
				}
				stop()
				if active, _ := w.state(parent).Registration.Active(); active.ID == first.ID {
					t.Error("not renewed a day after the crash")
				}
			})
		})
	}
}

// known fails where Microsoft has a key that is not kept here.
func (w *world) known() {
	w.t.Helper()
	all, err := w.store.Registrations(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, r := range all {
		for _, c := range r.Credentials {
			kept[c.SHA1()] = len(c.Sealed) > 0
		}
	}
	for _, c := range w.app.Certificates() {
		if !kept[c.SHA1] {
			w.t.Errorf("Microsoft has the key %s, which is not kept", c.SHA1)
		}
	}
}
