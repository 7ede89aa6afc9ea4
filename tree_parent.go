package workbench

import (
	"cmp"
	"sort"
	"strconv"
)

// linkParents finds each process's parent among the processes of the device, or makes a gap in its place.
func (g *growing) linkParents() {
	for i, reported := 0, len(g.nodes); i < reported; i++ {
		n := &g.nodes[i]
		p := g.links[i].process
		switch {
		case p.ParentProcessID == nil:
			n.Reason = reasonNoParent
		case p.ParentStartedAt.IsZero():
			g.linkUntimed(i)
		case !p.StartedAt.IsZero() && p.ParentStartedAt.After(p.StartedAt.Add(parentTolerance)):
			n.Reason = reasonParentLater
		default:
			key := keyOf(*p.ParentProcessID, p.ParentStartedAt)
			parent, ok := g.byKey[key]
			if !ok {
				parent = g.gap(p, strconv.FormatInt(key.at, 10), reasonGap)
				g.byKey[key] = parent
			}
			g.links[i].parent = parent
			g.named(parent, p, g.nodes[i].AlertIDs)
		}
	}
}

// linkUntimed follows a parent's id alone: to the last process with that id that started before the child, else to a gap.
func (g *growing) linkUntimed(i int) {
	p := g.links[i].process
	if !p.StartedAt.IsZero() {
		same := g.withPID(*p.ParentProcessID)
		after := sort.Search(len(same), func(k int) bool { return g.nodes[same[k]].StartedAt.After(p.StartedAt.Time) })
		for after--; after >= 0; after-- {
			if same[after] == i {
				continue
			}
			g.links[i].parent, g.nodes[i].Inferred, g.nodes[i].Reason = same[after], true, reasonLatestBefore
			return
		}
	}
	key := untimedKey{*p.ParentProcessID, fold(p.ParentName.Raw())}
	parent, ok := g.untimed[key]
	if !ok {
		parent = g.gap(p, "named "+key.name, reasonGapUntimed)
		g.untimed[key] = parent
	}
	g.links[i].parent = parent
	g.named(parent, p, g.nodes[i].AlertIDs)
}

// withPID are the processes with that id and a known start.
func (g *growing) withPID(pid int64) []int {
	if g.byPID == nil {
		g.byPID = map[int64][]int{}
		for i := range g.nodes {
			if n := &g.nodes[i]; n.Kind == ProcessNode && n.ProcessID != nil && !n.StartedAt.IsZero() {
				g.byPID[*n.ProcessID] = append(g.byPID[*n.ProcessID], i)
			}
		}
	}
	return g.byPID[pid]
}

// gap adds a node for the parent that a child names but nobody reports. Its identity is the process id and what else is known.
func (g *growing) gap(child *ProcessEvidence, known, reason string) int {
	pid := *child.ParentProcessID
	return g.add(TreeNode{
		ID:   "node-" + NewID("gap", g.deviceID, strconv.FormatInt(pid, 10), known),
		Kind: GapNode, ProcessID: &pid, StartedAt: child.ParentStartedAt, Reason: reason,
	}, treeLink{parent: -1})
}

// named gives a gap the name and the alerts of its children; what a process says of itself is never overwritten.
func (g *growing) named(parent int, child *ProcessEvidence, alerts []string) {
	n := &g.nodes[parent]
	if n.Kind != GapNode {
		return
	}
	n.Name = n.Name.Or(child.ParentName)
	n.AlertIDs = append(n.AlertIDs, alerts...) // made unique in finish
}

// cutCycles takes the parent from the earliest process of every cycle. Only clocks that disagree, or a forger, make one.
func (g *growing) cutCycles() {
	seen := make([]int, len(g.nodes)) // 0 = not yet, else the walk that saw it
	for start := range g.nodes {
		i := start
		for i >= 0 && seen[i] == 0 {
			seen[i] = start + 1
			i = g.links[i].parent
		}
		if i < 0 || seen[i] != start+1 {
			continue
		}
		first := i
		for k := g.links[i].parent; k != i; k = g.links[k].parent {
			if cmp.Or(g.nodes[k].StartedAt.Compare(g.nodes[first].StartedAt.Time), cmp.Compare(g.nodes[k].ID, g.nodes[first].ID)) < 0 {
				first = k
			}
		}
		g.links[first].parent, g.nodes[first].Inferred, g.nodes[first].Reason = -1, false, reasonCycle
	}
}
