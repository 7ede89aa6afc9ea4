package workbench

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// The reasons for edges that are guesses.
const (
	reasonSameHash    = "Its hash is that of the program of this process."
	reasonInCommand   = "It stands in the command line of this process."
	reasonDeviceLevel = "Microsoft ties it to the device, but to no process."
	reasonAlertLevel  = "Microsoft ties it to no process and no device; its alerts have this device only."
)

// hanging is a file, a registry value or an address that looks for a process.
type hanging struct {
	node   TreeNode
	device string
	hashes []string
	words  []clue // what to look for in command lines, best first
}

// hang gives every file, registry value and address of the evidence a place in at most one tree: under a process with the same hash, else
// under one whose command line holds it, else at the top of its device. Every such edge is a guess and says so.
func hang(e Evidence, ids []string, trees map[string]*growing) {
	only, byDevice := onlyDevices(e), make(map[string][]*hanging, len(ids))
	for _, h := range hangings(e) {
		id := h.device
		h.node.Reason = reasonDeviceLevel
		if id == "" {
			id, h.node.Reason = deviceOfAlerts(h.node.AlertIDs, only), reasonAlertLevel
		}
		if trees[id] != nil {
			byDevice[id] = append(byDevice[id], h)
		}
	}
	for _, id := range ids {
		g := trees[id]
		index := newTreeIndex(g, byDevice[id])
		for _, h := range byDevice[id] {
			h.node.ID, h.node.Inferred = "node-"+h.node.EvidenceID, true
			parent, why := index.find(h)
			if parent >= 0 {
				h.node.Reason = why
			}
			g.add(h.node, treeLink{parent: parent})
		}
	}
}

// onlyDevices maps each alert to the one device that its evidence names, or to "" where it names several.
func onlyDevices(e Evidence) map[string]string {
	only := map[string]string{}
	note := func(b *EvidenceBase) {
		if b.DeviceID == "" {
			return
		}
		for _, a := range b.AlertIDs {
			if have, ok := only[a]; ok && have != string(b.DeviceID) {
				only[a] = ""
			} else {
				only[a] = string(b.DeviceID)
			}
		}
	}
	for i := range e.Other {
		note(&e.Other[i].EvidenceBase)
	}
	for i := range e.Processes {
		note(&e.Processes[i].EvidenceBase)
	}
	for i := range e.Files {
		note(&e.Files[i].EvidenceBase)
	}
	return only
}

func deviceOfAlerts(alerts []string, only map[string]string) string {
	device := ""
	for _, a := range alerts {
		d, ok := only[a]
		if !ok || d == "" || device != "" && d != device {
			return ""
		}
		device = d
	}
	return device
}

func hangings(e Evidence) []*hanging {
	out := make([]*hanging, 0, len(e.Files)+len(e.Registry)+len(e.Network))
	add := func(b EvidenceBase, kind NodeKind, name, detail Untrusted, hashes []string, words []clue) {
		out = append(out, &hanging{device: string(b.DeviceID), hashes: hashes, words: words, node: TreeNode{
			Kind: kind, Name: name, Detail: detail, RecordedAt: b.CreatedAt, Verdict: b.Verdict, Remediation: b.RemediationStatus,
			EvidenceID: b.ID, AlertIDs: b.AlertIDs,
		}})
	}
	for _, f := range e.Files {
		add(f.EvidenceBase, FileNode, f.FileName, f.FilePath, []string{fold(f.SHA256.Raw()), fold(f.SHA1.Raw())}, fileWords(f))
	}
	for _, r := range e.Registry {
		key := registryPath(r.Hive.Raw(), r.Key.Raw())
		detail := r.Key
		if !r.Hive.IsZero() {
			detail = Text(r.Hive.Raw() + `\` + r.Key.Raw())
		}
		add(r.EvidenceBase, RegistryNode, r.Name.Or(r.Key), detail, nil, []clue{{wholeClue, key}})
	}
	for _, n := range e.Network {
		name := n.URL.Or(n.DNSName).Or(n.DestinationIP).Or(n.SourceIP)
		add(n.EvidenceBase, NetworkNode, name, n.DestinationIP.Or(n.DNSName), nil, networkWords(n))
	}
	slices.SortFunc(out, func(a, b *hanging) int {
		return cmp.Or(a.node.RecordedAt.Compare(b.node.RecordedAt.Time), cmp.Compare(a.node.EvidenceID, b.node.EvidenceID))
	})
	return out
}

// fileWords are a file's whole path, then its name: a name with another folder in front of it is another file.
func fileWords(f FileEvidence) []clue {
	name := fold(f.FileName.Raw())
	if len(name) < 4 {
		return nil
	}
	dir := foldSlashes(f.FilePath.Raw())
	if dir == "" {
		return []clue{{nameClue, name}, {baseClue, name}}
	}
	return []clue{{wholeClue, strings.TrimSuffix(dir, "/") + "/" + name}, {nameClue, name}}
}

func networkWords(n NetworkEvidence) []clue {
	return []clue{
		{wholeClue, strings.TrimSuffix(foldSlashes(n.URL.Raw()), "/")},
		{wholeClue, canonicalIP(n.DestinationIP.Raw())},
		{wholeClue, strings.TrimSuffix(fold(n.DNSName.Raw()), ".")},
	}
}

func canonicalIP(text string) string {
	ip, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(text), "[]"))
	if err != nil {
		return ""
	}
	return ip.Unmap().WithZone("").String()
}
