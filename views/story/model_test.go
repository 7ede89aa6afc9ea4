package story_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/story"
	"workbench/views/ui"
)

func display() ui.Display {
	return ui.Display{Now: time.Date(2026, 11, 22, 10, 5, 0, 0, time.UTC)}
}

// sample is an endpoint story of two alerts and nine pieces of evidence, seen by the analyst who acted on it.
func sample() story.Input {
	return story.Input{Layout: layout.Props{Account: "m.rossi", Display: display()}, Story: story.SampleStory(), CanAct: true, Account: "analyst"}
}

func node(id, parent, name, verdict string, minute int) workbench.TreeNode {
	return workbench.TreeNode{ID: id, ParentID: parent, Kind: workbench.ProcessNode, Name: workbench.Text(name), Verdict: workbench.Text(verdict), EvidenceID: "e" + id,
		StartedAt: workbench.At(time.Date(2026, 11, 22, 23, minute, 0, 0, time.UTC))}
}

// drawn writes a tree as lines: indentation, name, and what is said of the row.
func drawn(t story.Tree) []string {
	var out []string
	for _, r := range t.Rows {
		if r.Break != "" {
			out = append(out, "# "+r.Break)
			continue
		}
		line := strings.Repeat("  ", r.Level-1) + r.Name.String()
		if n := r.Times(); n > 1 {
			line += fmt.Sprintf(" ×%d", n)
		}
		if r.Path {
			line += " path"
		}
		if r.Inferred {
			line += " inferred"
		}
		out = append(out, line)
	}
	return out
}

func TestTree(t *testing.T) {
	guess := node("4", "2", "drop.exe", "", 4)
	guess.Kind, guess.Inferred, guess.StartedAt, guess.RecordedAt = workbench.FileNode, true, workbench.Time{}, workbench.At(time.Date(2026, 11, 23, 0, 5, 0, 0, time.UTC))
	tests := []struct {
		name  string
		nodes []workbench.TreeNode
		limit int
		want  []string
	}{
		{name: "nothing"},
		{name: "chain with a branch", nodes: []workbench.TreeNode{node("1", "", "a", "", 1), node("2", "1", "b", "malicious", 2), node("3", "1", "c", "suspicious", 3)},
			want: []string{"# Sunday 22 November 2026", "a path", "  b path", "  c"}},
		{name: "the day changes", nodes: []workbench.TreeNode{node("1", "", "a", "", 1), node("2", "1", "b", "", 2), guess},
			want: []string{"# Sunday 22 November 2026", "a", "  b", "# Monday 23 November 2026", "    drop.exe inferred"}},
		{name: "repeats fold", nodes: []workbench.TreeNode{node("1", "", "a", "", 1), node("2", "1", "ping", "", 2), node("3", "1", "x", "", 3), node("4", "1", "ping", "", 4), node("5", "1", "ping", "malicious", 5)},
			want: []string{"# Sunday 22 November 2026", "a path", "  ping ×2", "  x", "  ping path"}},
		{name: "a repeat with children stays", nodes: []workbench.TreeNode{node("1", "", "cmd", "", 1), node("2", "", "cmd", "", 2), node("3", "2", "b", "", 3)},
			want: []string{"# Sunday 22 November 2026", "cmd", "cmd", "  b"}},
		{name: "a parent that is not there", nodes: []workbench.TreeNode{node("1", "gone", "a", "", 1)}, want: []string{"# Sunday 22 November 2026", "a"}},
		{name: "a cycle", nodes: []workbench.TreeNode{node("1", "2", "a", "malicious", 1), node("2", "1", "b", "", 2), node("3", "3", "c", "", 3)},
			want: []string{"# Sunday 22 November 2026", "c", "a path", "  b path"}},
		{name: "limit", limit: 1, nodes: []workbench.TreeNode{node("1", "", "a", "", 1), node("2", "1", "b", "malicious", 2)}, want: []string{"# Sunday 22 November 2026", "a path"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := story.DrawTree(workbench.ProcessTree{Nodes: tt.nodes}, display(), tt.limit)
			if diff := cmp.Diff(tt.want, drawn(got)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if got.Shown()+got.Hidden != len(tt.nodes) {
				t.Errorf("got %d nodes shown and %d hidden, want %d together", got.Shown(), got.Hidden, len(tt.nodes))
			}
		})
	}
}

func TestTreeHoldsEveryNodeOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "nodes")
		var nodes []workbench.TreeNode
		for i := range n {
			parent := ""
			if p := rapid.IntRange(-1, n).Draw(t, "parent"); p >= 0 {
				parent = fmt.Sprint(p)
			}
			nodes = append(nodes, node(fmt.Sprint(i), parent, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), rapid.SampledFrom([]string{"", "malicious"}).Draw(t, "verdict"), i))
		}
		limit := rapid.IntRange(0, 20).Draw(t, "limit")
		got := story.DrawTree(workbench.ProcessTree{Nodes: nodes}, display(), limit)
		if got.Shown()+got.Hidden != n {
			t.Fatalf("got %d shown and %d hidden, want %d together", got.Shown(), got.Hidden, n)
		}
		for _, r := range got.Rows {
			if r.Break == "" && (len(r.Guides) > 11 || len(r.Guides) != min(r.Level-1, 11)) {
				t.Fatalf("got %d guides at level %d", len(r.Guides), r.Level)
			}
		}
	})
}

func TestEvidenceSortsByBytes(t *testing.T) {
	in := sample()
	in.Tab, in.EvidenceKind = link.Evidence, story.Files
	file := in.Story.Evidence.Files[0]
	in.Story.Evidence.Files = nil
	for i, size := range []*int64{ptr(2_000_000), nil, ptr(900), ptr(5_000)} {
		f := file
		f.ID, f.FileSize = fmt.Sprint(i), size
		in.Story.Evidence.Files = append(in.Story.Evidence.Files, f)
	}
	for sort, want := range map[string][]string{"fileSize": {"900 bytes", "4.9 KB", "1.9 MB", ""}, "-fileSize": {"1.9 MB", "4.9 KB", "900 bytes", ""}, "": {"1.9 MB", "", "900 bytes", "4.9 KB"}} {
		in.Sort = sort
		table := story.NewEvidence(in, 0).Table
		var got []string
		for _, r := range table.Rows {
			got = append(got, r.Cells[5].Text.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sort %q (-want +got):\n%s", sort, diff)
		}
	}
}

func ptr(n int64) *int64 { return &n }

func TestEvidenceIsCutWithAWayToAll(t *testing.T) {
	in := sample()
	in.Tab = link.Evidence
	table := story.NewEvidence(in, 2).Table
	if len(table.Rows) != 2 || table.Total != 6 || !strings.Contains(table.AllURL, "all=1") {
		t.Errorf("got %d rows of %d and %q, want 2 of 6 and an address of all", len(table.Rows), table.Total, table.AllURL)
	}
	in.All = true
	if table := story.NewEvidence(in, 2).Table; len(table.Rows) != 6 || table.AllURL != "" {
		t.Errorf("got %d rows and %q, want all 6", len(table.Rows), table.AllURL)
	}
}

func TestLinksKeepWhatIsOpen(t *testing.T) {
	in := sample()
	first, second := in.Story.Alerts[0].ID, in.Story.Alerts[1].ID
	in.OpenAlerts = []string{first}
	rows := story.NewAlerts(in, 0).Rows
	if got := rows[1].ToggleURL; !strings.Contains(got, "alert="+first) || !strings.Contains(got, "alert="+second) {
		t.Errorf("opening the second closes the first: %s", got)
	}
	if got := rows[0].ToggleURL; strings.Contains(got, "alert="+first) {
		t.Errorf("closing the first leaves it open: %s", got)
	}
	if got := rows[0].ToggleGet; strings.Contains(got, "alert=") {
		t.Errorf("a script names the open alerts itself, yet got %s", got)
	}
	if got := rows[0].Trees[0].Rows[1].URL; !strings.Contains(got, "show=") || !strings.Contains(got, "alert="+first) {
		t.Errorf("choosing a node closes its alert: %s", got)
	}
}

func TestPanelFindsWhatIsAskedFor(t *testing.T) {
	in := sample()
	gap := in.Story.ProcessTrees[0].Nodes[0]
	tests := map[string]string{"": "", in.Story.Evidence.Files[0].ID: "File", in.Story.Alerts[0].ID: "Alert", gap.ID: "Process that Microsoft did not report", "nobody": "Nothing"}
	for selected, want := range tests {
		in.Selected = selected
		if got := story.NewPanel(in); got.Kind != want || got.Missing != (want == "Nothing") {
			t.Errorf("show=%q: got %q, want %q", selected, got.Kind, want)
		}
	}
}

func TestUndoIsForTheNewestOwnAction(t *testing.T) {
	mine := workbench.Action{ID: "a1", By: "analyst", At: workbench.At(display().Now), Comment: workbench.Text("x")}
	theirs := workbench.Action{ID: "a2", By: "other", At: workbench.At(display().Now), Comment: workbench.Text("y")}
	back := workbench.Action{ID: "a3", By: "analyst", At: workbench.At(display().Now), Undoes: "a1"}
	tests := []struct {
		name    string
		actions []workbench.Action
		can     bool
		want    string
	}{
		{"own", []workbench.Action{mine}, true, "a1"},
		{"own before another's", []workbench.Action{mine, theirs}, true, ""},
		{"own after another's", []workbench.Action{theirs, mine}, true, "a1"},
		{"another's", []workbench.Action{theirs}, true, ""},
		{"taken back", []workbench.Action{mine, back}, true, ""},
		{"reader", []workbench.Action{mine}, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := sample()
			in.CanAct = tt.can
			in.Story = workbench.NewStory(workbench.Content{Head: in.Story.Head}, workbench.StateOf(tt.actions), workbench.Untrusted{}, nil)
			got := ""
			for _, i := range story.NewTimeline(in, 0).Items {
				if i.Undo != nil {
					got = i.Undo.Action
				}
			}
			if got != tt.want {
				t.Errorf("got undo of %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRefusedCommentLeavesTheOtherFieldsAlone(t *testing.T) {
	in := sample()
	in.Form = story.Form{Sent: true, Values: map[string]string{"comment": "too long"}, Errors: map[string]string{"comment": "is longer than 4000 characters; shorten it"}}
	got := story.NewActions(in)
	if got.Owner.Value != "m.rossi" || got.Comment.Value != "too long" || !got.Status.Options[0].Selected || !got.Verdict.Options[1].Selected {
		t.Errorf("got owner %q, comment %q, status %+v, verdict %+v; want what stands and the comment as typed", got.Owner.Value, got.Comment.Value, got.Status.Options, got.Verdict.Options)
	}
}

func TestStatusThatNobodySetIsLeftAlone(t *testing.T) {
	in := sample() // its status was never set by an analyst
	options := story.NewActions(in).Status.Options
	if got := options[0]; got.Value != "" || !got.Selected || got.Label != "Leave as it is: Open" {
		t.Errorf("got first option %+v, want one that leaves the status as it is", got)
	}
}

func TestRawTableIsBounded(t *testing.T) {
	in := sample()
	in.Raw = story.RawTable{Columns: make([]workbench.Untrusted, 600), Truncated: 7}
	for range 300 {
		in.Raw.Rows = append(in.Raw.Rows, make([]workbench.Untrusted, 600))
	}
	got := story.NewRaw(in)
	if len(got.Rows)*len(got.Columns) > 12_000 || got.Total != 307 || got.Rest != 307-len(got.Rows) {
		t.Errorf("got %d rows of %d, %d more; want at most 12,000 cells of 307 rows", len(got.Rows), got.Total, got.Rest)
	}
}

func TestPagesStayReadableWhateverIsSent(t *testing.T) {
	s := story.BigStory(1, 1, 1)
	s.Evidence.Processes = []workbench.ProcessEvidence{{EvidenceBase: workbench.EvidenceBase{ID: "long"}, ProcessName: workbench.Text("cmd.exe"), CommandLine: workbench.Text(strings.Repeat("x", 5_000_000))}}
	for _, tab := range []string{link.Overview, link.Evidence} {
		var page bytes.Buffer
		if err := story.Page(story.New(story.Input{Story: s, Tab: tab, Selected: "long"})).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if page.Len() > 1<<20 || !strings.Contains(page.String(), "more characters, in the raw document") {
			t.Errorf("the tab %q of a story with a command line of 5 MB has %d bytes", tab, page.Len())
		}
	}
	many := story.BigStory(1, 6_000, 1)
	table := story.NewEvidence(story.Input{Story: many, Tab: link.Evidence, All: true}, 1_000).Table
	if table.Total > 5_000 && (len(table.Rows) != 5_000 || !strings.Contains(table.AllURL, ".csv")) {
		t.Errorf("%d of %d rows are shown, the rest is at %q", len(table.Rows), table.Total, table.AllURL)
	}
}
