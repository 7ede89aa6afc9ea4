package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"workbench"
	"workbench/store"
)

// testClicks holds that actions of many people at once are as good as the same actions one after another: what each was told is true, those
// that failed left nothing, and the order is that of the numbers they got.
func testClicks(t *testing.T, open opener) {
	s := open.fresh(t)
	const clients, each, stories = 8, 12, 3
	id := func(n int) workbench.StoryID { return workbench.IncidentStory(TenantA, "p", fmt.Sprint(n)) }
	for n := range stories {
		mustAppend(t, s, Alert(TenantA, "p", fmt.Sprint("alert", n), fmt.Sprint(n), 1, "title"))
	}
	before := len(mustTrail(t, s))
	var mu sync.Mutex
	done := map[store.Change]workbench.Action{}
	refused := 0
	click := func(client, n int) error {
		name := fmt.Sprint(client, "-", n)
		a := ActionOn(id((client+n)%stories), name, 10+n, "comment "+name, "owner", name)
		var want error
		switch n % 6 {
		case 1:
			a.Story, want = "nowhere", workbench.ErrNotFound
		case 2: // one of all clients succeeds
			a.ID, a.Story, want = fmt.Sprint("the same ", n), id(0), workbench.ErrExists
		case 3:
			a = ActionOn(a.Story, name, 10, "", "status", "asleep")
		case 4: // by nobody who saw the others
			a.Expect, want = 0, workbench.ErrConflict
		}
		ended, end := context.WithCancel(ctx)
		defer end()
		if n%6 == 5 {
			want = context.Canceled
			go end() // before, while or after it is stored
		}
		stored, change, err := s.Act(ended, everyone, a)
		var invalid *workbench.Invalid
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil && change == 0:
			return errors.New("nothing was stored")
		case err == nil:
			done[change] = stored
			return nil
		case n%6 == 3 && errors.As(err, &invalid), want != nil && errors.Is(err, want):
			refused++
			return nil
		}
		return err
	}
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			for n := range each {
				if err := click(client, n); err != nil {
					t.Errorf("click %d of client %d: %v", n, client, err)
				}
			}
		})
	}
	group.Wait()
	actions := map[workbench.StoryID][]workbench.Action{}
	for n := range store.Change(len(done)) {
		stored, ok := done[stories+1+n]
		if !ok {
			t.Fatalf("no click took change %d: numbers have gaps", stories+1+n)
		}
		actions[stored.Story] = append(actions[stored.Story], stored)
	}
	for n := range stories {
		story := mustStory(t, s, id(n))
		same(t, fmt.Sprint("actions of story ", n), story.State.Actions, actions[story.ID])
		same(t, fmt.Sprint("state of story ", n), story.State, workbench.StateOf(actions[story.ID]))
	}
	if refused == 0 || len(done)+refused != clients*each {
		t.Errorf("%d clicks were stored and %d refused of %d", len(done), refused, clients*each)
	}
	recorded := 0
	for _, e := range mustTrail(t, s)[before:] {
		if strings.Contains(e.What, "acted") {
			recorded++
		}
	}
	if recorded != len(done) {
		t.Errorf("the audit trail has %d of %d actions", recorded, len(done))
	}
	mustVerify(t, s)
}
