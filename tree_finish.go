package workbench

import (
	"cmp"
	"slices"
)

// finish puts the nodes in order: each before what hangs on it; processes and gaps by their start, then the rest by when it was recorded.
// It walks without recursion, for trees may be thousands of processes deep.
func (g *growing) finish() ProcessTree {
	ids := make([]string, 0, len(g.nodes)) // of the alerts of all nodes, most of which have one
	for i := range g.nodes {
		n, start := &g.nodes[i], len(ids)
		if p := g.links[i].parent; p >= 0 {
			n.ParentID = g.nodes[p].ID
		}
		ids = appendUnion(ids, n.AlertIDs)
		n.AlertIDs = ids[start:len(ids):len(ids)]
	}
	arrange(g.nodes, g.order())
	return ProcessTree{Device: g.device, DeviceID: g.deviceID, Nodes: g.nodes, Partial: partial(g.nodes)}
}

// order lists all nodes, parents before children. Every node has a place in it, because no link is part of a cycle.
func (g *growing) order() []int {
	siblings, first := g.siblings()
	order, stack := make([]int, 0, len(g.nodes)), make([]int, 0, len(g.nodes))
	push := func(parent int) {
		for k := first[parent+2] - 1; k >= first[parent+1]; k-- { // the first of them on top
			stack = append(stack, siblings[k])
		}
	}
	for push(-1); len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		order = append(order, i)
		push(i)
	}
	return order
}

// arrange puts nodes in an order, which it uses up, without a second list of them: nodes are large and may be many.
func arrange(nodes []TreeNode, order []int) {
	for start := range order {
		if order[start] < 0 {
			continue
		}
		first, at := nodes[start], start
		for order[at] != start {
			from := order[at]
			nodes[at], order[at] = nodes[from], -1
			at = from
		}
		nodes[at], order[at] = first, -1
	}
}

// siblings returns all nodes in the order of their parents, then as siblings stand. Those of parent p, -1 for the roots, are at first[p+1]
// to first[p+2].
func (g *growing) siblings() (nodes, first []int) {
	nodes, first = make([]int, len(g.nodes)), make([]int, len(g.nodes)+2)
	for i := range g.nodes {
		first[g.links[i].parent+2]++
	}
	for p := 1; p < len(first); p++ {
		first[p] += first[p-1]
	}
	next := slices.Clone(first)
	for i := range g.nodes {
		p := g.links[i].parent + 1
		nodes[next[p]] = i
		next[p]++
	}
	for p := 0; p+1 < len(first); p++ {
		if group := nodes[first[p]:first[p+1]]; len(group) > 1 {
			slices.SortFunc(group, func(a, b int) int { return compareSiblings(&g.nodes[a], &g.nodes[b]) })
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
func union(ids []string) []string { return appendUnion(make([]string, 0, len(ids)), ids) }

// appendUnion appends the ids without repeats among them, in their order.
func appendUnion(out, ids []string) []string {
	start := len(out)
	if len(ids) <= 8 {
		for _, id := range ids {
			if !slices.Contains(out[start:], id) {
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
