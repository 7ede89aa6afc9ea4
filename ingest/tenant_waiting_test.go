package ingest_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest"
	"workbench/store"
)

// effects counts what became of stories.
type effects struct {
	ingest.PollStore
	of map[store.Effect]int
}

func (e effects) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (store.Appended, error) {
	done, err := e.PollStore.Append(ctx, scope, b)
	for _, s := range done.Stories {
		e.of[s.Effect]++
	}
	return done, err
}

// TestCatchingUpMakesEachStoryOnce reads a day with more documents than a batch takes: alerts wait for their incidents, so that no story is
// made of alerts alone and then again.
func TestCatchingUpMakesEachStoryOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const incidents = 300
		s := newStage(t, 2, workbench.DefenderEndpoint)
		for i := range incidents {
			at := ago(26*time.Hour + time.Duration(i)*time.Minute)
			s.world.incident(fmt.Sprint(1000+i), at)
			for k := range 3 {
				s.world.alert(fmt.Sprint("a", i, ".", k), fmt.Sprint(1000+i), endpoint, at)
			}
		}
		since := ago(2 * day)
		e := effects{s.store, map[store.Effect]int{}}
		s.pollWith(e, 10*time.Minute)
		s.complete(since, endpoint)
		if e.of[store.New] != incidents || len(e.of) != 1 {
			t.Errorf("got %v, want %d new stories and nothing else", e.of, incidents)
		}
	})
}
