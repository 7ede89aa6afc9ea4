package workbench

// NodeKind is what a node of a process tree stands for.
type NodeKind string

// The kinds of nodes.
const (
	ProcessNode  NodeKind = "process"
	FileNode     NodeKind = "file"
	RegistryNode NodeKind = "registry"
	NetworkNode  NodeKind = "network"
	GapNode      NodeKind = "gap" // a process that Microsoft names as a parent but does not report
)

// ProcessTree is the processes of one device and what hangs on them. Nodes stand parents before children, siblings by time. Only a
// process's own parent link is certain; every other edge is Inferred. A process whose parent Microsoft did not report hangs under a gap.
type ProcessTree struct {
	Device   Untrusted  `json:"device"`
	DeviceID string     `json:"deviceId"`
	Partial  bool       `json:"partial"` // there is at least one gap, or a process without known parent
	Nodes    []TreeNode `json:"nodes"`
}

// TreeNode is one row of a process tree.
type TreeNode struct {
	ID          string    `json:"id"`
	ParentID    string    `json:"parentId" absent:"null"` // "" at the root
	Kind        NodeKind  `json:"kind"`
	Name        Untrusted `json:"name"`
	Detail      Untrusted `json:"detail"`    // command line, folder, registry key or address
	ProcessID   *int64    `json:"processId"` // processes and gaps
	StartedAt   Time      `json:"startedAt"` // processes and gaps only
	RecordedAt  Time      `json:"recordedAt"`
	Verdict     Untrusted `json:"verdict"`
	Remediation Untrusted `json:"remediationStatus"`
	EvidenceID  string    `json:"evidenceId" absent:"null"` // "" for a gap
	AlertIDs    []string  `json:"alertIds"`
	Inferred    bool      `json:"inferred"`             // the edge to the parent is a guess
	Reason      string    `json:"reason" absent:"null"` // why it is a gap, why the edge is a guess, or why there is no parent; a plain sentence
}
