package story

import "workbench"

// slot is where a node stands in a tree.
type slot struct {
	node   int
	level  int      // from 1
	guides []string // one for each level above, at most treeDepth: "line", "none", and for the last "mid" or "last"
	folded []int    // later siblings that say the same
}

type layOutResult struct {
	order    []slot
	children [][]int
	path     []bool // the node is malicious or stands above something that is
}

// layOut puts nodes in the order in which a tree is read: each above what hangs on it. It trusts neither the order nor the links of its
// input: a node whose parent is absent, or that only a cycle leads to, stands at the root, and every node stands exactly once.
func layOut(nodes []workbench.TreeNode) layOutResult {
	index := make(map[string]int, len(nodes))
	for i := range nodes {
		if _, twice := index[nodes[i].ID]; !twice {
			index[nodes[i].ID] = i
		}
	}
	r := layOutResult{children: make([][]int, len(nodes)), path: make([]bool, len(nodes))}
	parent := make([]int, len(nodes))
	var roots []int
	for i := range nodes {
		p, ok := index[nodes[i].ParentID]
		if !ok || nodes[i].ParentID == "" || p == i {
			parent[i] = -1
			roots = append(roots, i)
			continue
		}
		parent[i] = p
		r.children[p] = append(r.children[p], i)
	}
	markPaths(nodes, parent, r.path)
	r.order = make([]slot, 0, len(nodes))
	seen := make([]bool, len(nodes))
	r.walk(nodes, roots, seen)
	for i := range nodes {
		if !seen[i] {
			r.walk(nodes, []int{i}, seen)
		}
	}
	return r
}

func markPaths(nodes []workbench.TreeNode, parent []int, path []bool) {
	for i := range nodes {
		if !nodes[i].Verdict.Is("malicious") {
			continue
		}
		for at := i; at >= 0 && !path[at]; at = parent[at] {
			path[at] = true
		}
	}
}

// walk adds the siblings and all below them. It keeps its own stack: trees may be thousands of levels deep.
func (r *layOutResult) walk(nodes []workbench.TreeNode, roots []int, seen []bool) {
	type step struct {
		slot
		last bool
	}
	var stack []step
	push := func(siblings []int, level int, above []string, lastAbove bool) {
		fresh := fold(nodes, r.children, siblings, seen)
		base := guidesUnder(above, lastAbove, level)
		for i := len(fresh) - 1; i >= 0; i-- {
			s := step{slot: fresh[i], last: i == len(fresh)-1}
			s.level = level
			if level > 1 {
				s.guides = append(base[:len(base):len(base)], "mid")
				if s.last {
					s.guides[len(s.guides)-1] = "last"
				}
			}
			stack = append(stack, s)
		}
	}
	push(roots, 1, nil, true)
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		r.order = append(r.order, s.slot)
		push(r.children[s.node], s.level+1, s.guides, s.last)
	}
}

// guidesUnder are the guides that children of a node have above their own: the node's, its elbow turned into a line that goes on or into
// nothing. At the greatest depth the guides stay as they are.
func guidesUnder(above []string, last bool, level int) []string {
	if level <= 2 {
		return nil
	}
	if level > treeDepth {
		return above[:len(above)-1]
	}
	g := append(make([]string, 0, len(above)+1), above...)
	g[len(g)-1] = "line"
	if last {
		g[len(g)-1] = "none"
	}
	return g
}

type repeatKey struct {
	kind                          workbench.NodeKind
	name, detail, verdict, remedy workbench.Untrusted
}

// fold marks siblings as seen and joins those without children that say the same: same kind, name, command line, verdict and remediation.
func fold(nodes []workbench.TreeNode, children [][]int, siblings []int, seen []bool) []slot {
	var out []slot
	first := map[repeatKey]int{}
	for _, i := range siblings {
		if seen[i] {
			continue
		}
		seen[i] = true
		n := &nodes[i]
		if len(children[i]) == 0 && n.Kind != workbench.GapNode {
			key := repeatKey{n.Kind, n.Name, n.Detail, n.Verdict, n.Remediation}
			if at, ok := first[key]; ok {
				out[at].folded = append(out[at].folded, i)
				continue
			}
			first[key] = len(out)
		}
		out = append(out, slot{node: i})
	}
	return out
}
