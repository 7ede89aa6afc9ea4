package defender_test

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"

	"workbench"
	"workbench/ingest/defender"
)

// TestDerivingAgainLeavesStories holds that stories stay as they are while the deriver goes on with others, in several goroutines.
func TestDerivingAgainLeavesStories(t *testing.T) {
	groups := (&world{}).add(t, kept(t, "intrusion.json")).add(t, kept(t, "mail.json")).add(t, crowd(40)).groups()
	want := map[workbench.GroupKey][]byte{}
	for key, g := range groups {
		want[key] = mustJSON(t, defender.NewDeriver(nil).Derive(g))
	}
	shared := defender.NewDeriver(nil)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			got := map[workbench.GroupKey][]workbench.Content{}
			for key, g := range groups {
				got[key] = shared.Derive(g)
			}
			for key, list := range got {
				if have, err := json.Marshal(list); err != nil || !bytes.Equal(have, want[key]) {
					t.Errorf("group %v: got other stories than alone, %v", key, err)
				}
			}
		})
	}
	wait.Wait()
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
