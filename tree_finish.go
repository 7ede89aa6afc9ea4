package workbench

import (
	"cmp"
	"slices"
)

// finish puts the nodes in order: each before what hangs on it; processes and gaps by their start, then the rest by when it was recorded.
// It walks without recursion, for trees may be thousands of processes deep.
func (g *growing) finish() ProcessTree {
	t := ProcessTree{Device: g.device, DeviceID: g.deviceID, Nodes: make([]TreeNode, 0, len(g.nodes))}
	siblings, first := g.siblings()
	stack := make([]int, 0, len(g.nodes))
	push := func(parent int) {
		for k := first[parent+2] - 1; k >= first[parent+1]; k-- { // the first of them on top
			stack = append(stack, siblings[k])
		}
	}
	for push(-1); len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := g.nodes[i].TreeNode
		if p := g.nodes[i].parent; p >= 0 {
			n.ParentID = g.nodes[p].ID
		}
		n.AlertIDs = union(n.AlertIDs)
		t.Nodes = append(t.Nodes, n)
		push(i)
	}
	t.Partial = partial(t.Nodes)
	return t
}

// siblings returns all nodes in the order of their parents, then as siblings stand. Those of parent p, -1 for the roots, are at first[p+1]
// to first[p+2].
func (g *growing) siblings() (nodes, first []int) {
	nodes, first = make([]int, len(g.nodes)), make([]int, len(g.nodes)+2)
	for i := range g.nodes {
		first[g.nodes[i].parent+2]++
	}
	for p := 1; p < len(first); p++ {
		first[p] += first[p-1]
	}
	next := slices.Clone(first)
	for i := range g.nodes {
		p := g.nodes[i].parent + 1
		nodes[next[p]] = i
		next[p]++
	}
	for p := 0; p+1 < len(first); p++ {
		if group := nodes[first[p]:first[p+1]]; len(group) > 1 {
			slices.SortFunc(group, func(a, b int) int { return compareSiblings(&g.nodes[a].TreeNode, &g.nodes[b].TreeNode) })
		}
	}
	return nodes, first
}

func compareSiblings(a, b *TreeNode) int {
	if c := cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), a.StartedAt.Compare(b.StartedAt.Time)); c != 0 {
		return c
	}
	return cmp.Or(a.RecordedAt.Compare(b.RecordedAt.Time), cmp.Compare(a.ID, b.ID))
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

// union drops repeats and keeps the order. The result is never nil and shares no memory with the list.
func union(ids []string) []string {
	out := make([]string, 0, len(ids))
	if len(ids) <= 8 {
		for _, id := range ids {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return out
	}
	seen := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		if _, ok := seen[id]; !ok {
			seen[id] = struct{}{}
			out = append(out, id)
		}
	}
	return out
}
