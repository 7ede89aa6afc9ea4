package workbench

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"time"
)

// The reasons that a tree gives. They are sentences that people read.
const (
	reasonGap          = "Microsoft names this process as a parent but does not report it."
	reasonGapUntimed   = "Microsoft names this process as a parent by its id alone and reports no process that it could be."
	reasonNoParent     = "Microsoft names no parent for this process."
	reasonParentLater  = "The parent that Microsoft names started after this process, so it is another one with the same id."
	reasonCycle        = "The parent that Microsoft names is a descendant of this process, so the link is left out."
	reasonLatestBefore = "Microsoft gives the parent's id without its start; this is the last process with that id that started before."
)

// parentTolerance is how much later than its child a parent may seem to have started: clocks are read twice.
const parentTolerance = time.Second

// processKey is the identity of a process on its device: a process id is used again, so its start belongs to it.
type processKey struct {
	pid  int64
	at   int64  // milliseconds since 1970; noTime where nobody said
	name string // parents named without a start only: two names are two processes
}

const noTime = -1 << 63

func keyOf(pid int64, at Time) processKey {
	if at.IsZero() {
		return processKey{pid: pid, at: noTime}
	}
	return processKey{pid: pid, at: at.UnixMilli()}
}

// treeNode is a node while its tree is built. Parent is an index, or -1.
type treeNode struct {
	TreeNode
	parent  int
	process *ProcessEvidence
}

// growing is a tree under construction: processes first, then gaps, then what hangs on them.
type growing struct {
	deviceID string
	device   Untrusted
	nodes    []treeNode
	byKey    map[processKey]int
	byPID    map[int64][]int // processes with a known start, in the order of their starts; made when first needed
}

// BuildProcessTrees makes one tree for each device on which a process was reported, in the order of device keys. It is a function of the
// set of evidence: the order of the lists does not matter. A process that Microsoft ties to no device gets a tree of its own alert, with
// the device key unknown:<alert id>. Cost grows almost linearly with the evidence, however deep the trees are.
func BuildProcessTrees(e Evidence) []ProcessTree {
	trees := map[string]*growing{}
	processes := make([]*ProcessEvidence, len(e.Processes))
	for i := range e.Processes {
		processes[i] = &e.Processes[i]
	}
	slices.SortFunc(processes, func(a, b *ProcessEvidence) int {
		if c := a.StartedAt.Compare(b.StartedAt.Time); c != 0 {
			return c
		}
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt.Time), cmp.Compare(a.ID, b.ID))
	})
	sizes := map[string]int{}
	for _, p := range processes {
		sizes[treeDevice(p)]++
	}
	for _, p := range processes {
		id := treeDevice(p)
		g := trees[id]
		if g == nil {
			g = &growing{deviceID: id, byKey: make(map[processKey]int, sizes[id]), nodes: make([]treeNode, 0, sizes[id]+sizes[id]/4)}
			trees[id] = g
		}
		g.device = g.device.Or(p.Device)
		g.addProcess(p)
	}
	ids := make([]string, 0, len(trees))
	for id, g := range trees {
		ids = append(ids, id)
		g.linkParents()
		g.cutCycles()
	}
	slices.Sort(ids)
	hang(e, ids, trees)
	out := make([]ProcessTree, 0, len(ids))
	for _, id := range ids {
		out = append(out, trees[id].finish())
	}
	return out
}

func treeDevice(p *ProcessEvidence) string {
	if p.DeviceID != "" {
		return p.DeviceID
	}
	if len(p.AlertIDs) > 0 {
		return "unknown:" + p.AlertIDs[0]
	}
	return "unknown:"
}

// addProcess adds a process, or its alerts to the node that is the same process.
func (g *growing) addProcess(p *ProcessEvidence) {
	identified := p.ProcessID != nil && !p.StartedAt.IsZero()
	var key processKey
	if identified {
		key = keyOf(*p.ProcessID, p.StartedAt)
		if i, ok := g.byKey[key]; ok {
			n := &g.nodes[i]
			n.AlertIDs = append(n.AlertIDs, p.AlertIDs...) // made unique in finish
			if n.process.ParentProcessID == nil && p.ParentProcessID != nil {
				n.process = p
			}
			return
		}
	}
	if identified {
		g.byKey[key] = len(g.nodes)
	}
	g.nodes = append(g.nodes, treeNode{parent: -1, process: p, TreeNode: TreeNode{
		ID: "node-" + p.ID, Kind: ProcessNode, Name: p.ProcessName, Detail: p.CommandLine.Or(p.FilePath), ProcessID: p.ProcessID, StartedAt: p.StartedAt,
		RecordedAt: p.CreatedAt, Verdict: p.Verdict, Remediation: p.RemediationStatus, EvidenceID: p.ID, AlertIDs: slices.Clip(p.AlertIDs),
	}})
}

// linkParents finds each process's parent among the processes of the device, or makes a gap in its place.
func (g *growing) linkParents() {
	for i, reported := 0, len(g.nodes); i < reported; i++ {
		n := &g.nodes[i]
		p := n.process
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
				parent = g.gap(key, p)
				n = &g.nodes[i]
			}
			n.parent = parent
			g.named(parent, n.process, n.AlertIDs)
		}
	}
}

// linkUntimed follows a parent's id alone: to the last process with that id that started before the child, else to a gap.
func (g *growing) linkUntimed(i int) {
	p := g.nodes[i].process
	if !p.StartedAt.IsZero() {
		same := g.withPID(*p.ParentProcessID)
		after := sort.Search(len(same), func(k int) bool { return g.nodes[same[k]].StartedAt.After(p.StartedAt.Time) })
		for after--; after >= 0; after-- {
			if same[after] == i {
				continue
			}
			n := &g.nodes[i]
			n.parent, n.Inferred, n.Reason = same[after], true, reasonLatestBefore
			return
		}
	}
	key := keyOf(*p.ParentProcessID, Time{})
	key.name = fold(p.ParentName.Raw())
	parent, ok := g.byKey[key]
	if !ok {
		parent = g.gap(key, p)
	}
	g.nodes[i].parent = parent
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

// gap adds a node for a parent that is named but not reported.
func (g *growing) gap(key processKey, child *ProcessEvidence) int {
	pid, reason := key.pid, reasonGap
	if key.at == noTime {
		reason = reasonGapUntimed
	}
	g.byKey[key] = len(g.nodes)
	g.nodes = append(g.nodes, treeNode{parent: -1, TreeNode: TreeNode{
		ID:   "node-" + NewID("gap", g.deviceID, strconv.FormatInt(key.pid, 10), strconv.FormatInt(key.at, 10), key.name),
		Kind: GapNode, ProcessID: &pid, StartedAt: child.ParentStartedAt, Reason: reason,
	}})
	return len(g.nodes) - 1
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
			i = g.nodes[i].parent
		}
		if i < 0 || seen[i] != start+1 {
			continue
		}
		first := i
		for k := g.nodes[i].parent; k != i; k = g.nodes[k].parent {
			if cmp.Or(g.nodes[k].StartedAt.Compare(g.nodes[first].StartedAt.Time), cmp.Compare(g.nodes[k].ID, g.nodes[first].ID)) < 0 {
				first = k
			}
		}
		g.nodes[first].parent, g.nodes[first].Inferred, g.nodes[first].Reason = -1, false, reasonCycle
	}
}
