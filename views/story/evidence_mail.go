package story

import "workbench"

func messageRows(list []workbench.MessageEvidence) kindRows {
	k := kindRows{key: Messages, label: "Messages", columns: []Column{{Key: "receivedAt", Label: "Received"}, {Key: "subject", Label: "Subject"}, {Key: "from", Label: "From"},
		{Key: "envelopeSender", Label: "Envelope sender"}, {Key: "recipient", Label: "Recipient"}, {Key: "direction", Label: "Direction"}, {Key: "deliveryAction", Label: "Delivery action"},
		{Key: "deliveryLocation", Label: "Delivery location"}, {Key: "threats", Label: "Threats"}, {Key: "detectionMethods", Label: "Detection methods"},
		{Key: "urlCount", Label: "URLs", Num: true}, {Key: "attachmentCount", Label: "Attachments", Num: true}, {Key: "senderIp", Label: "Sender IP"},
		{Key: "networkMessageId", Label: "Network message ID"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{at(e.ReceivedAt), name(e.Subject.Or(workbench.Text("(no subject)"))), address(e.From, true), address(e.EnvelopeSender, true),
			address(e.Recipient, true), word(e.Direction), word(e.DeliveryAction), word(e.DeliveryLocation), text(joined(e.Threats)), text(joined(e.DetectionMethods)),
			num(e.URLCount), num(e.AttachmentCount), address(e.SenderIP, true), code(e.NetworkMessageID)}})
	}
	return k
}

func mailboxRows(list []workbench.MailboxEvidence) kindRows {
	k := kindRows{key: Mailboxes, label: "Mailboxes", columns: []Column{{Key: "address", Label: "Address"}, {Key: "displayName", Label: "Display name"},
		{Key: "upn", Label: "User principal name"}, {Key: "roles", Label: "Roles"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{address(e.Address, true), name(e.DisplayName.Or(e.UPN).Or(e.Address)), address(e.UPN, true), text(joined(e.Roles))}})
	}
	return k
}

func clusterRows(list []workbench.MailClusterEvidence) kindRows {
	k := kindRows{key: MailClusters, label: "Mail clusters", columns: []Column{{Key: "clusterBy", Label: "Alike by"}, {Key: "value", Label: "Value"},
		{Key: "emailCount", Label: "Messages", Num: true}, {Key: "query", Label: "Query"}, {Key: "networkMessageIds", Label: "Message IDs", Num: true}}}
	for i := range list {
		e := &list[i]
		ids := int64(len(e.NetworkMessageIDs))
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{name(e.ClusterBy.Or(workbench.Text("cluster"))), address(e.Value, true), num(e.EmailCount), code(e.Query), num(&ids)}})
	}
	return k
}

func urlRows(list []workbench.NetworkEvidence) kindRows {
	k := kindRows{key: URLs, label: "URLs", columns: []Column{{Key: "kind", Label: "Kind"}, {Key: "url", Label: "URL"}, {Key: "roles", Label: "Roles"}, {Key: "alerts", Label: "Alerts", Num: true}}}
	for i := range list {
		e := &list[i]
		alerts := int64(len(e.AlertIDs))
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{name(networkKind(e)), address(e.URL, true), text(joined(e.Roles)), num(&alerts)}})
	}
	return k
}

func ruleRows(list []workbench.MailboxRuleEvidence) kindRows {
	k := kindRows{key: MailboxRules, label: "Mailbox rules", columns: []Column{{Key: "ruleType", Label: "Rule type"}, {Key: "displayName", Label: "Name"},
		{Key: "mailbox", Label: "Mailbox"}, {Key: "upn", Label: "User principal name"}, {Key: "configurationId", Label: "Configuration ID"}}}
	for i := range list {
		e := &list[i]
		k.rows = append(k.rows, row{&e.EvidenceBase, []Cell{word(e.RuleType), name(e.DisplayName.Or(e.RuleType).Or(workbench.Text("(no name)"))), address(e.Mailbox, true), address(e.UPN, true),
			code(e.ConfigurationID)}})
	}
	return k
}
