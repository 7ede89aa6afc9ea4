package workbench

import (
	"cmp"
	"slices"
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
	pid int64
	at  int64 // milliseconds since 1970
}

func keyOf(pid int64, at Time) processKey { return processKey{pid, at.UnixMilli()} }

// untimedKey is all that is known of a parent that is named without its start: two names are two processes.
type untimedKey struct {
	pid  int64
	name string
}

// treeLink is what a node of the same index needs while its tree is built. Parent is an index, or -1.
type treeLink struct {
	parent  int
	process *ProcessEvidence
}

// growing is a tree under construction: processes first, then gaps, then what hangs on them.
type growing struct {
	deviceID string
	device   Untrusted
	nodes    []TreeNode
	links    []treeLink
	byKey    map[processKey]int // processes with a known start, and gaps in their place
	untimed  map[untimedKey]int // gaps without a start
	byPID    map[int64][]int    // processes with a known start, in the order of their starts; made when first needed
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
			g = newGrowing(id, sizes[id])
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

// newGrowing leaves room for that many processes and some of what hangs on them.
func newGrowing(deviceID string, processes int) *growing {
	most := processes + processes/4
	return &growing{deviceID: deviceID, byKey: make(map[processKey]int, processes), untimed: map[untimedKey]int{},
		nodes: make([]TreeNode, 0, most), links: make([]treeLink, 0, most)}
}

// add adds a node and returns its index.
func (g *growing) add(n TreeNode, l treeLink) int {
	g.nodes, g.links = append(g.nodes, n), append(g.links, l)
	return len(g.nodes) - 1
}

func treeDevice(p *ProcessEvidence) string {
	if p.DeviceID != "" {
		return string(p.DeviceID)
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
			if g.links[i].process.ParentProcessID == nil && p.ParentProcessID != nil {
				g.links[i].process = p
			}
			return
		}
	}
	if identified {
		g.byKey[key] = len(g.nodes)
	}
	g.add(TreeNode{
		ID: "node-" + p.ID, Kind: ProcessNode, Name: p.ProcessName, Detail: p.CommandLine.Or(p.FilePath), ProcessID: p.ProcessID, StartedAt: p.StartedAt,
		RecordedAt: p.CreatedAt, Verdict: p.Verdict, Remediation: p.RemediationStatus, EvidenceID: p.ID, AlertIDs: slices.Clip(p.AlertIDs),
	}, treeLink{-1, p})
}
