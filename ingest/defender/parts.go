package defender

import "workbench"

// partsOf splits the evidence of a story into that of each alert.
func partsOf(e workbench.Evidence) map[string]workbench.Evidence {
	parts := map[string]*workbench.Evidence{}
	deal(parts, e.Processes, func(x *workbench.ProcessEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.ProcessEvidence { return &p.Processes })
	deal(parts, e.Files, func(x *workbench.FileEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.FileEvidence { return &p.Files })
	deal(parts, e.Registry, func(x *workbench.RegistryEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.RegistryEvidence { return &p.Registry })
	deal(parts, e.Network, func(x *workbench.NetworkEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.NetworkEvidence { return &p.Network })
	deal(parts, e.Messages, func(x *workbench.MessageEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.MessageEvidence { return &p.Messages })
	deal(parts, e.Mailboxes, func(x *workbench.MailboxEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.MailboxEvidence { return &p.Mailboxes })
	deal(parts, e.MailClusters, func(x *workbench.MailClusterEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.MailClusterEvidence { return &p.MailClusters })
	deal(parts, e.MailboxRules, func(x *workbench.MailboxRuleEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.MailboxRuleEvidence { return &p.MailboxRules })
	deal(parts, e.Other, func(x *workbench.OtherEvidence) []string { return x.AlertIDs }, func(p *workbench.Evidence) *[]workbench.OtherEvidence { return &p.Other })
	out := make(map[string]workbench.Evidence, len(parts))
	for a, p := range parts {
		out[a] = *p
	}
	return out
}

// deal gives each alert its items of one list. Items are large, so they are counted before there is room made for them.
func deal[T any](parts map[string]*workbench.Evidence, items []T, alerts func(*T) []string, list func(*workbench.Evidence) *[]T) {
	counts := map[string]int{}
	for i := range items {
		for _, a := range alerts(&items[i]) {
			counts[a]++
		}
	}
	for i := range items {
		for _, a := range alerts(&items[i]) {
			if parts[a] == nil {
				parts[a] = &workbench.Evidence{}
			}
			to := list(parts[a])
			if *to == nil {
				*to = make([]T, 0, counts[a])
			}
			*to = append(*to, items[i])
		}
	}
}
