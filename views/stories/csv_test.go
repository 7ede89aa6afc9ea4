package stories_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/views/stories"
	"workbench/views/ui"
)

func TestCSV(t *testing.T) {
	r := row()
	r.Indication = workbench.Text("=cmd|' /C calc'!A0")
	r.Labels = []workbench.Untrusted{workbench.Text("a,b"), workbench.Text("c")}
	r.CreatedAt = workbench.At(time.Date(2026, 11, 22, 9, 0, 0, 5, time.UTC))
	keys := []string{"criticality", "colour", "indication", "labels", "created", "updated", "status", "verdict", "tenant", "techniques", "alerts", "producerType"}
	if diff := cmp.Diff([]string{"criticality", "indication", "labels", "createdAt", "updatedAt", "status", "verdict", "tenant", "mitreTechniques", "alertCount", "producerType"}, stories.Heads(keys)); diff != "" {
		t.Errorf("heads differ (-want +got):\n%s", diff)
	}
	want := []string{"9", "'=cmd|' /C calc'!A0", "a,b; c", "2026-11-22T10:00:00.000000005+01:00", "", "open", "", "contoso", "T1486; T1490; T1003", "6", "microsoftEndpointAlert"}
	got := stories.Cells(r, keys, ui.Display{Zone: time.FixedZone("Oslo", 3600)})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells differ (-want +got):\n%s", diff)
	}
}

func TestEveryColumnHasAHeadAndACell(t *testing.T) {
	keys := stories.ColumnKeys()
	heads, cells := stories.Heads(keys), stories.Cells(row(), keys, ui.Display{})
	if len(heads) != len(keys) || len(cells) != len(keys) {
		t.Fatalf("got %d heads and %d cells, want %d of each", len(heads), len(cells), len(keys))
	}
	var out strings.Builder
	if err := csv.NewWriter(&out).WriteAll([][]string{heads, cells}); err != nil {
		t.Fatalf("writing: %v", err)
	}
	back, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatalf("reading back: %v", err)
	}
	if diff := cmp.Diff([][]string{heads, cells}, back); diff != "" {
		t.Errorf("what was read differs (-want +got):\n%s", diff)
	}
}
