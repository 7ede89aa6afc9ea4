// Package storetest is the suite that holds every backend of package store to its contract. It brings a deriver of its own, so that it
// tests the store and nothing else.
package storetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"workbench"
	"workbench/store"
)

// Reopener is implemented by a store under test that outlives its process. Reopen closes it and opens what it kept; the former one is
// used no more.
type Reopener interface {
	Reopen(deriver workbench.Deriver) (store.Store, error)
}

// Run runs every test of the suite. Open returns an empty store; the suite closes it.
func Run(t *testing.T, open func(t *testing.T, d workbench.Deriver) store.Store) {
	for name, test := range map[string]func(*testing.T, opener){
		"append": testAppend, "act": testAct, "scope": testScope, "stories": testStories, "feed": testFeed, "quarantine": testQuarantine,
		"accounts": testAccounts, "sessions": testSessions, "small": testSmall, "audit": testAudit, "maintenance": testMaintenance,
		"connectors": testConnectors, "flows": testFlows, "consent links": testConsentLinks, "progress": testProgress, "entries": testEntries, "views": testViews,
		"preferences": testPreferences, "clicks": testClicks, "marks": testMarks,
		"contexts": testContexts, "aliasing": testAliasing, "parallel": testParallel, "reopen": testReopen, "model": testModel,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

type opener func(t *testing.T, d workbench.Deriver) store.Store

var (
	ctx      = context.Background()
	everyone = workbench.EveryTenant()
)

// fresh opens a store that the test's end closes.
func (open opener) fresh(t *testing.T) store.Store {
	t.Helper()
	s := open(t, Deriver{Name: "one"})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return s
}

func mustAppend(t testing.TB, s store.Store, documents ...workbench.Document) store.Appended {
	t.Helper()
	done, err := s.Append(ctx, everyone, BatchOf(documents...))
	if err != nil {
		t.Fatalf("Append: %v", err)
	}
	return done
}

func mustAct(t testing.TB, s store.Store, a workbench.Action) workbench.Action {
	t.Helper()
	stored, _, err := s.Act(ctx, everyone, a)
	if err != nil {
		t.Fatalf("Act: %v", err)
	}
	return stored
}

func mustStory(t testing.TB, s store.Store, id workbench.StoryID) workbench.Story {
	t.Helper()
	story, err := s.Story(ctx, everyone, id)
	if err != nil {
		t.Fatalf("Story(%s): %v", id, err)
	}
	return story
}

// exported is every story as JSON, one a line.
func exported(t testing.TB, s store.Store) string {
	t.Helper()
	var out []byte
	err := s.Export(ctx, everyone, func(story workbench.Story) error {
		line, err := json.Marshal(story)
		out = append(append(out, line...), '\n')
		return err
	})
	if err != nil {
		t.Fatalf("Export: %v", err)
	}
	return string(out)
}

func mustChanges(t testing.TB, s store.Store, after store.Change, limit int) []store.Entry {
	t.Helper()
	list, err := s.Changes(ctx, after, limit)
	if err != nil {
		t.Fatalf("Changes: %v", err)
	}
	return list
}

func mustVerify(t testing.TB, s store.Store) {
	t.Helper()
	n, err := s.Verify(ctx, func(problem string) { t.Errorf("Verify says: %s", problem) })
	if err != nil || n != 0 {
		t.Errorf("Verify: got %d problems, %v, want none", n, err)
	}
}

// same compares what a store returned with what it should; nil and empty lists are the same.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	options := cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b workbench.Untrusted) bool { return a == b })}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func effects(pairs ...any) []store.StoryEffect {
	var list []store.StoryEffect
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, store.StoryEffect{ID: pairs[i].(workbench.StoryID), Effect: pairs[i+1].(store.Effect)})
	}
	for i := range list { // by insertion: a handful of rows
		for j := i; j > 0 && list[j].ID < list[j-1].ID; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}
