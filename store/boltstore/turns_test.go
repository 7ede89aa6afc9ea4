package boltstore

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// TestTurns holds who writes next: clicks wait for one other write, and others for one turn of clicks.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q turns
		if err := q.take(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		var order []string
		var group sync.WaitGroup
		wait := func(name string, clicks bool) {
			group.Go(func() {
				if err := q.take(context.Background(), clicks); err != nil {
					t.Error(err)
				}
				order = append(order, name) // whoever has the turn is alone
				if name == "clicks 1" {
					group.Go(func() {
						if err := q.take(context.Background(), true); err != nil {
							t.Error(err)
						}
						order = append(order, "clicks 2")
						q.pass(true)
					})
					synctest.Wait()
				}
				q.pass(clicks)
			})
			synctest.Wait()
		}
		wait("append 1", false)
		wait("append 2", false)
		wait("clicks 1", true)
		q.pass(false)
		group.Wait()
		if got := strings.Join(order, ", "); got != "clicks 1, append 1, clicks 2, append 2" {
			t.Errorf("got %s", got)
		}
		if err := q.take(context.Background(), true); err != nil || !q.busy {
			t.Errorf("once all passed: got %v, want a turn", err)
		}
		ended, end := context.WithCancel(context.Background())
		end()
		if err := q.take(ended, false); !errors.Is(err, context.Canceled) || len(q.others) != 0 {
			t.Errorf("a context that ended: got %v and %d who wait", err, len(q.others))
		}
		if q.try() {
			t.Error("tried while it is somebody's turn: got it")
		}
		q.pass(true)
		if !q.try() {
			t.Error("tried while it is nobody's turn: got none")
		}
		q.pass(true)
		if q.busy {
			t.Error("nobody waits, and still it is somebody's turn")
		}
	})
}
