package defender

import "workbench"

func (r *reading) mailbox(o *object) {
	m := workbench.MailboxEvidence{EvidenceBase: r.base(o), Address: o.text("primaryAddress", "mailboxAddress"),
		DisplayName: o.text("displayName", "mailboxDisplayName"), UPN: o.text("upn", "userPrincipalName")}
	m.Data = o.rest()
	r.identify(&m.EvidenceBase, "mailbox", fold(m.Address.Or(m.UPN)))
	r.shelf.mailboxes.put(&m, func(m *workbench.MailboxEvidence) *workbench.EvidenceBase { return &m.EvidenceBase },
		func(g *merge, have, come *workbench.MailboxEvidence) {
			g.text(&have.Address, come.Address, "primaryAddress")
			g.text(&have.DisplayName, come.DisplayName, "displayName")
			g.text(&have.UPN, come.UPN, "upn")
		})
}

func (r *reading) cluster(o *object) {
	c := workbench.MailClusterEvidence{EvidenceBase: r.base(o), ClusterBy: o.text("clusterBy"), Value: o.text("clusterByValue"),
		EmailCount: o.int("emailCount"), Query: o.text("query"), NetworkMessageIDs: held(o.texts("networkMessageIds"))}
	urn := fold(o.body.get("urn").untrusted())
	c.Data = o.rest()
	switch {
	case urn != "":
		r.identify(&c.EvidenceBase, "mailcluster", urn)
	case !c.Value.IsZero():
		r.identify(&c.EvidenceBase, "mailcluster", "by", fold(c.ClusterBy), c.Value.Raw())
	default: // the older interface gives no value, so that clusters of different alerts cannot be told to be one
		r.identify(&c.EvidenceBase, "mailcluster", "alert", r.alert, fold(c.ClusterBy), c.Query.Raw())
	}
	r.shelf.clusters.put(&c, func(c *workbench.MailClusterEvidence) *workbench.EvidenceBase { return &c.EvidenceBase },
		func(g *merge, have, come *workbench.MailClusterEvidence) {
			g.text(&have.ClusterBy, come.ClusterBy, "clusterBy")
			g.text(&have.Value, come.Value, "clusterByValue")
			g.int(&have.EmailCount, come.EmailCount)
			g.text(&have.Query, come.Query, "query")
			g.list(&have.NetworkMessageIDs, come.NetworkMessageIDs, "networkMessageIds")
		})
}

func (r *reading) rule(o *object) {
	c := workbench.MailboxRuleEvidence{EvidenceBase: r.base(o), RuleType: o.text("configurationType"), DisplayName: o.text("displayName"),
		Mailbox: o.text("mailboxPrimaryAddress"), UPN: o.text("upn"), ConfigurationID: o.text("configurationId")}
	c.Data = o.rest()
	if c.ConfigurationID.IsZero() && c.Mailbox.IsZero() && c.UPN.IsZero() {
		r.identify(&c.EvidenceBase, "mailboxrule")
	} else {
		r.identify(&c.EvidenceBase, "mailboxrule", fold(c.Mailbox.Or(c.UPN)), fold(c.RuleType), c.ConfigurationID.Or(c.DisplayName).Raw())
	}
	r.shelf.rules.put(&c, func(c *workbench.MailboxRuleEvidence) *workbench.EvidenceBase { return &c.EvidenceBase },
		func(g *merge, have, come *workbench.MailboxRuleEvidence) {
			g.text(&have.RuleType, come.RuleType, "configurationType")
			g.text(&have.DisplayName, come.DisplayName, "displayName")
			g.text(&have.Mailbox, come.Mailbox, "mailboxPrimaryAddress")
			g.text(&have.UPN, come.UPN, "upn")
			g.text(&have.ConfigurationID, come.ConfigurationID, "configurationId")
		})
}
