package boltstore_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"workbench"
	"workbench/store/boltstore"
	"workbench/store/storetest"
)

// clickAll has many act on a story at once, and returns how each ended.
func clickAll(s *boltstore.Store, id workbench.StoryID, clients, first int, comment string) []error {
	ends := make([]error, clients)
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			_, _, ends[i] = s.Act(ctx, everyone, storetest.ActionOn(id, fmt.Sprint("click", first+i), 9, comment))
		})
	}
	group.Wait()
	return ends
}

// TestFullStoreTakesBackClicks holds that clicks which find no room are told so and leave nothing, and that those who were told otherwise
// are kept.
func TestFullStoreTakesBackClicks(t *testing.T) {
	made, id := filled(t)
	mustClose(t, made)
	s, err := boltstore.Open(made.path, deriver, boltstore.Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	kept, refused := 1, 0 // filled acted once
	for round := 0; refused == 0 && round < 100; round++ {
		for _, err := range clickAll(s, id, 8, 8*round, strings.Repeat("long ", 700)) {
			switch {
			case err == nil:
				kept++
			case errors.Is(err, workbench.ErrReadOnly):
				refused++
			default:
				t.Errorf("got %v, want ErrReadOnly", err)
			}
		}
	}
	if refused == 0 || s.Err() != nil {
		t.Errorf("%d clicks were refused, the store failed: %v; want some refused and a store that goes on", refused, s.Err())
	}
	if story, err := s.Story(ctx, everyone, id); err != nil || len(story.State.Actions) != kept {
		t.Errorf("got %d actions, %v, want the %d that were taken in", len(story.State.Actions), err, kept)
	}
	if problems := verified(t, s); len(problems) != 0 {
		t.Errorf("Verify says %q", problems)
	}
}

// TestUnknownOutcomeOfClicks holds that a commit which fails in its middle is all clicks' of its transaction: each is told the same, and at
// the next start either all or none of them are there.
func TestUnknownOutcomeOfClicks(t *testing.T) {
	made, id := filled(t)
	mustClose(t, made)
	var file *os.File
	s, err := boltstore.Open(made.path, deriver, boltstore.Options{OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil { // every write to the file fails from here
		t.Fatal(err)
	}
	for i, err := range clickAll(s, id, 8, 0, "lost?") {
		if err == nil || errors.Is(err, workbench.ErrReadOnly) || !errors.Is(err, s.Err()) {
			t.Errorf("click %d: got %v, store: %v, want the reason why the store failed", i, err, s.Err())
		}
	}
	_ = s.Close() // its file is closed already
	again := mustOpen(t, made.path, deriver)
	defer again.Close()
	if story, err := again.Story(ctx, everyone, id); err != nil || len(story.State.Actions) != 1 {
		t.Errorf("after starting again: got %d actions, %v, want the one of before: nothing could be written", len(story.State.Actions), err)
	}
	if problems := verified(t, again.Store); len(problems) != 0 {
		t.Errorf("after starting again Verify says %q", problems)
	}
}

// TestReadOnlyClicks holds that nobody's click is stored in a store that is open for reading.
func TestReadOnlyClicks(t *testing.T) {
	made, id := filled(t)
	mustClose(t, made)
	s, err := boltstore.Open(made.path, deriver, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, err := range clickAll(s, id, 4, 0, "hello") {
		if !errors.Is(err, workbench.ErrReadOnly) || s.Err() != nil {
			t.Errorf("click %d: got %v, store failed: %v, want ErrReadOnly", i, err, s.Err())
		}
	}
}
