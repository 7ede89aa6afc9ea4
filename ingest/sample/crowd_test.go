package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/defender"
	"workbench/ingest/sample"
)

var crowdUntil = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// TestCrowdIsOneStoryEach holds that every incident becomes the story that the crowd says, and no other.
func TestCrowdIsOneStoryEach(t *testing.T) {
	c := sample.NewCrowd(3_000, 1, crowdUntil)
	seen := map[workbench.StoryID]bool{}
	tenants := map[workbench.TenantID]bool{}
	deriver := defender.NewDeriver(nil)
	for i := range c.Incidents {
		var docs []workbench.Observed
		_, err := defender.Read(strings.NewReader(string(c.Append(nil, i))), defender.Options{At: workbench.At(crowdUntil)}, func(r defender.Record) error {
			if len(r.Quarantined) > 0 {
				t.Errorf("incident %d: %v", i, r.Quarantined[0].Reason)
			}
			for n, d := range r.Documents {
				docs = append(docs, workbench.Observed{Document: d, Observation: uint64(n + 1), ReceivedAt: workbench.At(crowdUntil)})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		made := deriver.Derive(workbench.Group{GroupKey: docs[0].Groups(), Documents: docs})
		if len(made) != 1 || made[0].ID != c.Story(i) || seen[made[0].ID] {
			t.Fatalf("incident %d becomes %d stories, the first %s; want the new story %s alone", i, len(made), made[0].ID, c.Story(i))
		}
		seen[made[0].ID] = true
		tenants[made[0].Tenant] = true
		if at := made[0].UpdatedAt; at.Time.After(crowdUntil) || at.Time.Before(crowdUntil.AddDate(0, -7, 0)) {
			t.Errorf("incident %d was updated at %s", i, at)
		}
		if deed, ok := c.Deed(i); ok {
			state := workbench.State{}
			if _, err := state.Prepare(workbench.Action{ID: "1", Story: made[0].ID, At: workbench.At(deed.At), By: "a", Changes: deed.Changes, Comment: workbench.Text(deed.Comment), Expect: -1}); err != nil {
				t.Errorf("what was done with incident %d: %v", i, err)
			}
		}
	}
	if len(tenants) != len(c.Tenants()) || len(tenants) < 150 {
		t.Errorf("there are %d tenants, %d named; want 150 at least, all named", len(tenants), len(c.Tenants()))
	}
}

// TestCrowdStaysTheSame holds the first incidents and deeds of a crowd to their hash, so that a comparison of two days compares the same.
func TestCrowdStaysTheSame(t *testing.T) {
	c := sample.NewCrowd(10_000, 1, crowdUntil)
	h := sha256.New()
	for i := range c.Incidents {
		_, _ = h.Write(c.Append(nil, i))
		if deed, ok := c.Deed(i); ok {
			if err := json.NewEncoder(h).Encode(deed); err != nil {
				t.Fatal(err)
			}
		}
	}
	const want = "12456d5903c832ee6cfe18244a47381de0bfb7514eec650d9022fd4b1a781a54"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the hash of 10,000 incidents is %s, want %s", got, want)
	}
}
