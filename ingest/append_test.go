package ingest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"workbench"
	"workbench/ingest"
	"workbench/store"
)

// narrowStore takes no story of more than some bytes, as a real one does.
type narrowStore struct {
	fakeStore
	most  int
	tried int
}

func (n *narrowStore) Append(ctx context.Context, scope workbench.Scope, b store.Batch) (store.Appended, error) {
	n.tried++
	sizes := map[workbench.GroupKey]int{}
	for _, d := range n.docs {
		sizes[d.Groups()] += len(d.JSON)
	}
	for _, d := range b.Documents {
		if sizes[d.Groups()] += len(d.JSON); sizes[d.Groups()] > n.most {
			return store.Appended{}, fmt.Errorf("adding documents: %w", workbench.ErrTooLarge)
		}
	}
	return n.fakeStore.Append(ctx, scope, b)
}

func TestDocumentsThatMakeAStoryTooLargeAreQuarantined(t *testing.T) {
	alert := func(id, incident string, size int) string {
		return fmt.Sprintf(`{"id":%q,"incidentId":%q,"title":%q}`, id, incident, strings.Repeat("x", size))
	}
	t.Run("one monster", func(t *testing.T) {
		st := &narrowStore{most: 10_000}
		lines := []string{alert("a", "1", 10), alert("monster", "1", 20_000), alert("b", "1", 10), alert("c", "2", 10)}
		mustImport(t, st, "imported 0 incidents, 3 alerts: 2 stories new, 0 changed, 0 unchanged; 1 quarantined", text("first.json", strings.Join(lines, "\n")))
	})
	t.Run("which is named", func(t *testing.T) {
		st := &narrowStore{most: 10_000}
		mustImport(t, st, "imported 0 incidents, 2 alerts: 1 stories new, 0 changed, 0 unchanged; 1 quarantined",
			text("first.json", alert("a", "1", 10)+"\n"+alert("monster", "1", 20_000)), text("second.json", alert("b", "1", 10)))
		if q := st.quarantined[0]; q.Name != "first.json" || q.Position != int64(len(alert("a", "1", 10))+1) || !q.Whole() || !strings.Contains(q.Reason, "larger than the store takes") {
			t.Errorf("got %s at %d: %s", q.Name, q.Position, q.Reason)
		}
	})
	t.Run("too many for one story", func(t *testing.T) {
		st := &narrowStore{most: 10_000}
		var lines []string
		for i := range 2_000 {
			lines = append(lines, alert(fmt.Sprint("a", i), "1", 100), alert(fmt.Sprint("b", i), fmt.Sprint("of", i%50), 10))
		}
		summary, err := ingest.Import(t.Context(), st, []ingest.File{text("many.json", strings.Join(lines, "\n"))}, options())
		if err != nil {
			t.Fatal(err)
		}
		if summary.Alerts+summary.Quarantined != 4_000 || summary.Quarantined < 1_900 || summary.Alerts < 2_050 || summary.New != 51 {
			t.Errorf("got %s", summary)
		}
		if st.tried > 200 {
			t.Errorf("the store was asked %d times", st.tried)
		}
	})
}
