package story

import (
	"slices"
	"strconv"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// The limits of a tree as it is first shown. Deeper levels share the last guide and say their depth.
const (
	treeRows    = 400
	allTreeRows = 20_000 // where all are asked for
	treeDepth   = 12
	foldShown   = 50 // members of a folded row that are listed
)

// Tree is a process tree laid out as indented rows.
type Tree struct {
	Device    workbench.Untrusted
	Partial   bool
	Rows      []TreeRow
	Hidden    int    // nodes beyond the limit
	HiddenBad int    // malicious ones among them
	AllURL    string // shows every row
	Processes int
}

// TreeRow is one row of a tree: a node, or a break where the day changes.
type TreeRow struct {
	Break     string // the new day; every other field is then empty
	ID        string // of the element
	Level     int    // from 1
	Guides    []string
	Deep      string // "level 14" where the guides end before the node's level
	Parent    bool   // has children
	Kind      workbench.NodeKind
	Icon      string
	Name      workbench.Untrusted
	Detail    workbench.Untrusted
	PID       string
	When      Moment
	Verdict   workbench.Untrusted
	Remedy    workbench.Untrusted
	Inferred  bool
	Path      bool // on the way from the root to something malicious
	Selected  bool
	Reason    string
	URL       string // opens its evidence beside the tree
	Get       string
	Repeats   []Repeat
	MoreTimes int // repeats that are not listed
}

// Repeat is one member of a folded row besides the first.
type Repeat struct {
	PID  string
	When Moment
	URL  string
	Get  string
}

// Moment is the time of a row: when it happened, or only when it was recorded.
type Moment struct {
	At       workbench.Time
	Clock    string // 15:04:05 in the zone of the page; "" = unknown
	Recorded bool
}

func momentOf(n workbench.TreeNode, d ui.Display) Moment {
	if n.Kind == workbench.ProcessNode || n.Kind == workbench.GapNode {
		if !n.StartedAt.IsZero() || n.Kind == workbench.GapNode {
			return Moment{At: n.StartedAt, Clock: clock(n.StartedAt, d)}
		}
	}
	return Moment{At: n.RecordedAt, Clock: clock(n.RecordedAt, d), Recorded: !n.RecordedAt.IsZero()}
}

var nodeIcons = map[workbench.NodeKind]string{workbench.ProcessNode: "process", workbench.FileNode: "file", workbench.RegistryNode: "registry",
	workbench.NetworkNode: "network", workbench.GapNode: "gap"}

// NewTree lays a tree out. Links keep the place p; limit 0 means every row.
func NewTree(t workbench.ProcessTree, p place, d ui.Display, limit int) Tree {
	l := layOut(t.Nodes)
	out := Tree{Device: t.Device, Partial: t.Partial, AllURL: p.unlimited().url()}
	day, placed := "", 0
	for _, s := range l.order {
		n := &t.Nodes[s.node]
		if n.Kind == workbench.ProcessNode {
			out.Processes += 1 + len(s.folded)
		}
		if limit > 0 && placed >= limit {
			out.Hidden += 1 + len(s.folded)
			if n.Verdict.Is("malicious") {
				out.HiddenBad += 1 + len(s.folded)
			}
			continue
		}
		row := newTreeRow(n, s, l, p, d)
		if today := date(row.When.At, d); today != "" && today != day {
			out.Rows = append(out.Rows, TreeRow{Break: today})
			day = today
		}
		for _, f := range s.folded[:min(len(s.folded), foldShown)] {
			m := &t.Nodes[f]
			row.Repeats = append(row.Repeats, Repeat{PID: number(m.ProcessID), When: momentOf(*m, d), URL: p.showing(shown(m)).at(row.ID), Get: p.alone().showing(shown(m)).url()})
			row.Selected = row.Selected || p.show != "" && p.show == shown(m)
		}
		row.MoreTimes = len(s.folded) - len(row.Repeats)
		out.Rows = append(out.Rows, row)
		placed++
	}
	return out
}

func newTreeRow(n *workbench.TreeNode, s slot, l layOutResult, p place, d ui.Display) TreeRow {
	row := TreeRow{ID: link.NodeAnchor(n.ID), Level: s.level, Guides: s.guides, Parent: len(l.children[s.node]) > 0, Kind: n.Kind,
		Icon: nodeIcons[n.Kind], Name: n.Name, Detail: n.Detail, PID: number(n.ProcessID), When: momentOf(*n, d), Verdict: n.Verdict,
		Remedy: n.Remediation, Inferred: n.Inferred && n.ParentID != "", Path: l.path[s.node], Reason: n.Reason,
		Selected: p.show != "" && p.show == shown(n), URL: p.showing(shown(n)).at(link.NodeAnchor(n.ID)), Get: p.alone().showing(shown(n)).url()}
	if row.Icon == "" {
		row.Icon = "evidence"
	}
	if row.Detail == row.Name {
		row.Detail = workbench.Untrusted{}
	}
	if s.level > treeDepth {
		row.Deep = "level " + strconv.Itoa(s.level)
	}
	return row
}

// shown is what the panel is asked for: the evidence of the node, or the node itself where it has none.
func shown(n *workbench.TreeNode) string {
	if n.EvidenceID != "" {
		return n.EvidenceID
	}
	return n.ID
}

// Times is how many nodes the row stands for.
func (r TreeRow) Times() int { return 1 + len(r.Repeats) + r.MoreTimes }

// Bad counts malicious rows, for the line above the tree.
func (t Tree) Bad() int {
	n := t.HiddenBad
	for _, r := range t.Rows {
		if r.Verdict.Is("malicious") {
			n += r.Times()
		}
	}
	return n
}

// Shown is the number of nodes on the page.
func (t Tree) Shown() int {
	n := 0
	for _, r := range t.Rows {
		if r.Break == "" {
			n += r.Times()
		}
	}
	return n
}

// limitOf is the limit of a tree on a page.
func limitOf(all bool) int {
	if all {
		return allTreeRows
	}
	return treeRows
}

// treesOf are the trees of one alert.
func treesOf(in Input, alert string) []Tree {
	var out []Tree
	for _, t := range in.Story.ProcessTrees {
		if part := t.ForAlert(alert); len(part.Nodes) > 0 {
			out = append(out, NewTree(part, in.place(), in.Layout.Display, limitOf(in.All)))
		}
	}
	return slices.Clip(out)
}
