package workbench

import (
	"cmp"
	"slices"
)

// finish puts the nodes in order: each before what hangs on it; processes and gaps by their start, then the rest by when it was recorded.
// It walks without recursion, for trees may be thousands of processes deep.
func (g *growing) finish() ProcessTree {
	t := ProcessTree{Device: g.device, DeviceID: g.deviceID, Nodes: make([]TreeNode, 0, len(g.nodes))}
	children := make([][]int, len(g.nodes))
	var roots []int
	for i := range g.nodes {
		if p := g.nodes[i].parent; p >= 0 {
			children[p] = append(children[p], i)
		} else {
			roots = append(roots, i)
		}
	}
	stack := g.pushed(nil, roots)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := g.nodes[i].TreeNode
		if p := g.nodes[i].parent; p >= 0 {
			n.ParentID = g.nodes[p].ID
		}
		n.AlertIDs = union(nil, n.AlertIDs)
		t.Nodes = append(t.Nodes, n)
		stack = g.pushed(stack, children[i])
	}
	t.Partial = partial(t.Nodes)
	return t
}

// pushed puts siblings on the stack, the first of them on top.
func (g *growing) pushed(stack, siblings []int) []int {
	slices.SortFunc(siblings, func(a, b int) int { return compareSiblings(&g.nodes[b].TreeNode, &g.nodes[a].TreeNode) })
	return append(stack, siblings...)
}

func compareSiblings(a, b *TreeNode) int {
	return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), a.StartedAt.Compare(b.StartedAt.Time), a.RecordedAt.Compare(b.RecordedAt.Time), cmp.Compare(a.ID, b.ID))
}

// rank puts what runs before what merely hangs on it.
func rank(k NodeKind) int {
	if k == ProcessNode || k == GapNode {
		return 0
	}
	return 1
}

func partial(nodes []TreeNode) bool {
	return slices.ContainsFunc(nodes, func(n TreeNode) bool {
		return n.Kind == GapNode || n.Kind == ProcessNode && n.ParentID == ""
	})
}

// ForAlert returns the part of the tree that one alert tells: the nodes that hold the alert, and their ancestors, which may come from
// other alerts. The order stays. A tree in which the alert has no node comes back without nodes.
func (t ProcessTree) ForAlert(alertID string) ProcessTree {
	keep := map[string]bool{}
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		n := &t.Nodes[i]
		if keep[n.ID] || n.EvidenceID != "" && slices.Contains(n.AlertIDs, alertID) {
			keep[n.ID] = true
			if n.ParentID != "" {
				keep[n.ParentID] = true
			}
		}
	}
	nodes := []TreeNode{}
	for _, n := range t.Nodes {
		if keep[n.ID] {
			nodes = append(nodes, n)
		}
	}
	t.Nodes, t.Partial = nodes, partial(nodes)
	return t
}

// union appends the ids of more that are not in list yet, in their order. The result is never nil.
func union(list, more []string) []string {
	if len(list) == 0 && len(more) == 1 {
		return []string{more[0]}
	}
	seen := make(map[string]struct{}, len(list)+len(more))
	out := make([]string, 0, len(list)+len(more))
	for _, ids := range [2][]string{list, more} {
		for _, id := range ids {
			if _, ok := seen[id]; !ok {
				seen[id] = struct{}{}
				out = append(out, id)
			}
		}
	}
	return out
}
