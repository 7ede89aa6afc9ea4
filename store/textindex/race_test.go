package textindex_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"workbench/store"
	"workbench/store/textindex"
)

var noEnd = context.Background()

// TestSearchWhileFeeding has each story name the number of its change, so that what is found must be at least what was applied before.
func TestSearchWhileFeeding(t *testing.T) {
	const stories, rounds = 40, 30
	f, x := newFeed(), open(t, t.TempDir(), small)
	for i := range stories {
		f.put(i, "always here", fmt.Sprintf("story-%d.", i))
	}
	catchUp(t, x, f)
	ctx, cancel := context.WithCancel(noEnd)
	var all sync.WaitGroup
	all.Go(func() {
		if err := x.Follow(ctx, f); !errors.Is(err, context.Canceled) {
			t.Errorf("following ended with %v", err)
		}
	})
	var searches sync.WaitGroup
	for n := range 3 {
		searches.Go(func() {
			for i := range 200 {
				if got, err := found(x, "always here"); err != nil || len(got) != stories {
					t.Errorf("found %d of %d: %v", len(got), stories, err)
					return
				}
				w := fmt.Sprintf("story-%d.", (i*7+n)%stories)
				if got, err := found(x, w); err != nil || len(got) != 1 {
					t.Errorf("searching for %q found %v, %v", w, got, err)
					return
				}
			}
		})
	}
	for r := range rounds {
		for i := range stories {
			f.put(i, "always here", fmt.Sprintf("story-%d.", i), fmt.Sprintf("round %d %s", r, strings.Repeat("x", r)))
		}
		if err := x.WaitApplied(noEnd, f.last); err != nil {
			t.Fatal(err)
		}
	}
	searches.Wait()
	cancel()
	all.Wait()
	wantFound(t, x, f, "always here", fmt.Sprintf("round %d ", rounds-1), "round 3 ")
}

// TestNothingStaysBehind is in a bubble, which fails where a goroutine is left.
func TestNothingStaysBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed()
		x, err := textindex.OpenLimited(t.TempDir(), nil, small)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- x.Follow(noEnd, f) }()
		for i := range 50 {
			f.put(i, strings.Repeat(fmt.Sprint(i), 30))
		}
		if err := x.WaitApplied(noEnd, f.last); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the follower waits for the feed
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err == nil {
			t.Error("following a closed index ended without an error")
		}
		if err := x.Close(); err != nil {
			t.Error("closing once more:", err)
		}
	})
}

var _ store.Feed = (*feed)(nil)
