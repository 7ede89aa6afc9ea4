package story

import (
	"strconv"

	"workbench"
)

// place says why the item stands where it does in a process tree, where that is not plain.
func (p *Panel) place(trees []workbench.ProcessTree, evidence string) {
	for _, t := range trees {
		for i := range t.Nodes {
			if n := &t.Nodes[i]; n.EvidenceID == evidence && n.Reason != "" {
				p.Facts = append(p.Facts, PanelFact{Label: "Place in the tree", Cell: text(workbench.Text(n.Reason))})
				return
			}
		}
	}
}

// extra adds what a table has no column for.
func (p *Panel) extra(e workbench.Evidence, id string) {
	for i := range e.Processes {
		if x := &e.Processes[i]; x.ID == id {
			p.add("Parent process", text(x.ParentName))
			p.add("Parent process ID", num(x.ParentProcessID))
			p.add("Parent started", at(x.ParentStartedAt))
			p.add("SHA-256", code(x.SHA256))
			p.add("SHA-1", code(x.SHA1))
			p.add("Detection status", word(x.DetectionStatus))
		}
	}
	for i := range e.Files {
		if x := &e.Files[i]; x.ID == id {
			p.add("SHA-1", code(x.SHA1))
			p.add("MD5", code(x.MD5))
			p.add("Detection status", word(x.DetectionStatus))
			if x.FileSize != nil {
				p.add("Exact size", text(workbench.Text(strconv.FormatInt(*x.FileSize, 10)+" bytes")))
			}
		}
	}
	for i := range e.Messages {
		if x := &e.Messages[i]; x.ID == id {
			p.add("Sender's display name", text(x.FromName))
			for _, u := range x.URLs {
				p.add("URL in the message", address(u, true))
			}
		}
	}
	for i := range e.MailClusters {
		if x := &e.MailClusters[i]; x.ID == id {
			for _, u := range x.NetworkMessageIDs {
				p.add("Message of the cluster", code(u))
			}
		}
	}
}
