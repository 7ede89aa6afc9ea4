package defender

import "workbench"

// partsOf splits the evidence of a story into that of each alert.
func partsOf(e workbench.Evidence) map[string]workbench.Evidence {
	parts := map[string]*workbench.Evidence{}
	each := func(alerts []string, add func(*workbench.Evidence)) {
		for _, a := range alerts {
			if parts[a] == nil {
				parts[a] = &workbench.Evidence{}
			}
			add(parts[a])
		}
	}
	for _, x := range e.Processes {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Processes = append(p.Processes, x) })
	}
	for _, x := range e.Files {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Files = append(p.Files, x) })
	}
	for _, x := range e.Registry {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Registry = append(p.Registry, x) })
	}
	for _, x := range e.Network {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Network = append(p.Network, x) })
	}
	for _, x := range e.Messages {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Messages = append(p.Messages, x) })
	}
	for _, x := range e.Mailboxes {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Mailboxes = append(p.Mailboxes, x) })
	}
	for _, x := range e.MailClusters {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.MailClusters = append(p.MailClusters, x) })
	}
	for _, x := range e.MailboxRules {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.MailboxRules = append(p.MailboxRules, x) })
	}
	for _, x := range e.Other {
		each(x.AlertIDs, func(p *workbench.Evidence) { p.Other = append(p.Other, x) })
	}
	out := make(map[string]workbench.Evidence, len(parts))
	for a, p := range parts {
		out[a] = *p
	}
	return out
}
