package story

import (
	"slices"
	"strings"

	"workbench"
	"workbench/views/link"
)

// The kinds of evidence, as ?kind= names them.
const (
	Processes    = "processes"
	Files        = "files"
	Registry     = "registry"
	Network      = "network"
	Messages     = "messages"
	Mailboxes    = "mailboxes"
	MailClusters = "mailClusters"
	URLs         = "urls"
	MailboxRules = "mailboxRules"
	Other        = "other"
)

// Evidence is the evidence widget: a switch between kinds, and the table of one.
type Evidence struct {
	Label string // Evidences of endpoint stories, Evidence of others, as the two producers' documents name the widget
	Kinds []KindLink
	Table Table
	Total int
	URL   string // the whole tab
}

// KindLink leads to the table of one kind.
type KindLink struct {
	Label   string
	URL     string
	Get     string
	Count   int
	Current bool
}

// evidenceRows is how many rows of evidence a page shows unless asked for all, allRows how many it shows then, and overviewRows how many the
// overview does.
const (
	evidenceRows = 1_000
	allRows      = 5_000
	overviewRows = 10
)

func evidenceLabel(s workbench.Story) string {
	if s.ProducerType == workbench.MicrosoftEndpointAlert {
		return "Evidences"
	}
	return "Evidence"
}

func mailStory(s workbench.Story) bool { return s.Head.Product == workbench.ProductOffice365 }

// NewEvidence makes the widget, with at most limit rows; 0 is no limit.
func NewEvidence(in Input, limit int) Evidence {
	set := evidenceSet(in.Story)
	e := Evidence{Label: evidenceLabel(in.Story), Total: in.Story.Evidence.Count(), URL: link.Story(in.Story.ID, link.Evidence)}
	current := in.EvidenceKind
	if !slices.ContainsFunc(set, func(k kindRows) bool { return k.key == current }) {
		current = set[0].key
		for _, k := range set {
			if len(k.rows) > 0 {
				current = k.key
				break
			}
		}
	}
	for _, k := range set {
		at := in.place().ofKind(k.key)
		if k.key == current {
			e.Table = newTable(k, in, limit)
		}
		e.Kinds = append(e.Kinds, KindLink{Label: k.label, URL: at.url(), Get: at.url(), Count: len(k.rows), Current: k.key == current})
	}
	return e
}

// kindRows is all evidence of one kind, before it is sorted and cut.
type kindRows struct {
	key, label string
	columns    []Column
	rows       []row
}

// row is one item: what every kind has, and the cells of its own columns.
type row struct {
	base  *workbench.EvidenceBase
	cells []Cell
}

// evidenceSet lists the kinds in the order of the switch. Endpoint stories always have the first four, mail stories the mail kinds; every
// other kind is there where it holds something.
func evidenceSet(s workbench.Story) []kindRows {
	e, mail, endpoint := s.Evidence, mailStory(s), s.ProducerType == workbench.MicrosoftEndpointAlert
	network, urls := e.Network, []workbench.NetworkEvidence(nil)
	if mail {
		network = nil
		for _, n := range e.Network {
			if n.Kind == "url" {
				urls = append(urls, n)
			} else {
				network = append(network, n)
			}
		}
	}
	endpointKinds := []kindRows{processRows(e.Processes), fileRows(e.Files), registryRows(e.Registry), networkRows(network, mail)}
	mailKinds := []kindRows{messageRows(e.Messages), mailboxRows(e.Mailboxes), clusterRows(e.MailClusters), urlRows(urls), ruleRows(e.MailboxRules)}
	all := append(endpointKinds, mailKinds...)
	if mail {
		all = append(mailKinds, endpointKinds...)
	}
	all = append(all, otherRows(e.Other))
	always := map[string]bool{}
	switch {
	case endpoint:
		always = map[string]bool{Processes: true, Files: true, Registry: true, Network: true}
	case mail:
		always = map[string]bool{Messages: true, Mailboxes: true, MailClusters: true, URLs: true}
	}
	kept := slices.DeleteFunc(all, func(k kindRows) bool { return len(k.rows) == 0 && !always[k.key] })
	if len(kept) == 0 {
		kept = []kindRows{otherRows(nil)}
	}
	return kept
}

// joined writes several words on one line.
func joined(list []workbench.Untrusted) workbench.Untrusted {
	var parts []string
	for _, u := range list {
		if !u.IsZero() {
			parts = append(parts, u.Raw())
		}
	}
	return workbench.Text(strings.Join(parts, ", "))
}
