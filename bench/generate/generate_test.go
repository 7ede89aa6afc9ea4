package generate_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"workbench"
	"workbench/bench/generate"
	"workbench/store"
	"workbench/store/boltstore"
)

// golden is the hash of the first 10,000 stories of seed 1, with what analysts did. Where it changes, figures before and after can't be
// compared: raise the version of the deriver and measure everything anew.
const golden = "76750b0e9310573db2026cd5abbdf38ee46bfb32cab67d45a39ff1ad072c39a7"

func TestGolden(t *testing.T) {
	s, h := generate.New(1, 10_000), sha256.New()
	lines := json.NewEncoder(h)
	for i := range s.Stories {
		c := s.Content(i)
		state := s.State(i, c.Head)
		for _, v := range []any{c.Head, c.Texts(), state.Actions} {
			if err := lines.Encode(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != golden {
		t.Errorf("the first 10,000 stories hash to %s, want %s", got, golden)
	}
}

// TestDistributions holds what figures depend on: that every value is there, and that few tenants, devices and users have most stories.
func TestDistributions(t *testing.T) {
	const n = 10_000
	s := generate.New(7, n)
	count := map[string]map[string]int{}
	add := func(what, value string) {
		if count[what] == nil {
			count[what] = map[string]int{}
		}
		count[what][value]++
	}
	ids := map[workbench.StoryID]bool{}
	var last workbench.Time
	for i := range n {
		c := s.Content(i)
		r := workbench.NewRow(c.Head, s.State(i, c.Head), workbench.Untrusted{})
		ids[r.ID] = true
		add("product", c.Product)
		add("status", string(r.Status))
		add("verdict", string(r.Verdict))
		add("analyst severity", string(r.AnalystSeverity))
		add("severity", r.Severity.Raw())
		add("criticality", string(rune('0'+r.Criticality)))
		add("tenant", string(r.Tenant.ID))
		add("owner", r.Owner.Raw())
		add("source", r.Source.Raw())
		add("title", r.Indication.Raw())
		for _, l := range r.Labels {
			add("label", l.Raw())
		}
		for _, m := range r.MitreTechniques {
			add("technique", m.Raw())
		}
		if len(r.MovedTo) > 0 {
			add("moved", "")
		}
		if c.UpdatedAt.Before(last) {
			t.Fatalf("story %d was updated before the one before it", i)
		}
		last = c.UpdatedAt
		if r.CreatedAt.After(c.UpdatedAt.Time) || r.FirstSignalAt.After(r.LastSignalAt.Time) || len(c.Texts()) < 3 {
			t.Errorf("story %d is out of order or empty: %+v", i, r)
		}
	}
	if len(ids) != n {
		t.Errorf("%d stories have %d ids", n, len(ids))
	}
	for what, want := range map[string][2]int{"product": {8, 8}, "status": {6, 6}, "verdict": {5, 5}, "analyst severity": {4, 4}, "severity": {5, 5}, "criticality": {10, 10}, "tenant": {190, 200},
		"owner": {41, 41}, "label": {50, 60}, "technique": {130, 140}, "source": {2_000, 9_000}, "title": {1_000, 7_200}} {
		if got := len(count[what]); got < want[0] || got > want[1] {
			t.Errorf("%d values of %s, want %d to %d", got, what, want[0], want[1])
		}
	}
	most := 0
	for _, k := range count["tenant"] {
		most = max(most, k)
	}
	if most < n/30 || most > n/4 {
		t.Errorf("the largest tenant has %d of %d stories, want a thirtieth to a quarter", most, n)
	}
	if moved := count["moved"][""]; moved < n/200 || moved > n/50 {
		t.Errorf("%d of %d stories have moved, want about a hundredth", moved, n)
	}
	if closed := count["status"]["closed"]; closed < n/5 || closed > n/2 {
		t.Errorf("%d of %d stories are closed, want a fifth to a half", closed, n)
	}
}

// TestFill holds that a filled store gives what the source says, through the store's own contract.
func TestFill(t *testing.T) {
	s := generate.New(3, 300)
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"), generate.Deriver{Source: s}, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := generate.Fill(t.Context(), st, s, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	entries, err := st.Changes(t.Context(), 0, 1_000)
	if err != nil || len(entries) != s.Stories {
		t.Fatalf("%d entries, %v, want %d", len(entries), err, s.Stories)
	}
	at := map[workbench.StoryID]store.Entry{}
	for _, e := range entries {
		at[e.ID] = e
	}
	acted := 0
	for i := range s.Stories {
		c := s.Content(i)
		e, state := at[c.ID], s.State(i, c.Head)
		if len(state.Actions) > 0 {
			acted++
		}
		want, got := workbench.NewRow(c.Head, state, workbench.Untrusted{}), workbench.NewRow(e.Head, e.State, workbench.Untrusted{})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("story %d: got %+v, want %+v", i, got, want)
		}
		texts, err := st.Texts(t.Context(), []store.Ref{e.Ref})
		if err != nil || !reflect.DeepEqual(texts[0], c.Texts()) {
			t.Errorf("story %d: texts %v, %v, want %v", i, texts, err, c.Texts())
		}
	}
	if acted < 90 || acted > 150 {
		t.Errorf("%d of 300 stories were acted on, want about two of five", acted)
	}
}
