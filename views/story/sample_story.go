package story

import (
	"fmt"

	"workbench"
)

// newSample joins alerts and evidence to a story with actions, a timeline and entities.
func newSample(name string, kind workbench.ProducerType, product, indication, summary string, alerts []workbench.Alert, e workbench.Evidence) workbench.Story {
	id := workbench.StoryID(workbench.NewID("sample", name))
	c := workbench.Content{
		Head: workbench.Head{ID: id, Tenant: "contoso", ProducerType: kind, Product: product, Producer: producerOf(product), IncidentID: workbench.Text("4711"),
			IncidentURL: "https://security.microsoft.com/incidents/4711", Indication: workbench.Text(indication), Summary: workbench.Text(summary), Criticality: 9, Severity: workbench.Text("high"),
			CreatedAt: moment0(11), UpdatedAt: moment0(41), FirstSignalAt: moment0(0), LastSignalAt: moment0(41), AlertCount: len(alerts), VendorStatus: workbench.Text("active")},
		Details: workbench.Details{IncidentName: workbench.Text("Multi-stage incident involving Execution on one endpoint"), Status: workbench.Text("active"), Severity: workbench.Text("high"), Classification: workbench.Text("unknown"),
			Determination: workbench.Text("unknown"), AssignedTo: workbench.Text("soc@contoso.com"), Tags: texts("Finance"), CreatedAt: moment0(11), UpdatedAt: moment0(41), DetectionSources: texts("microsoftDefenderForEndpoint")},
		CriticalityFactors: []workbench.Factor{{Name: "malicious", Points: 3, Value: workbench.Text("powershell.exe"), Reason: "Malicious evidence still active"}, {Name: "outside", Points: 2, Value: workbench.Text("185.220.101.7"), Reason: "Outside address in the evidence"},
			{Name: "severity", Points: 2, Value: workbench.Text("high"), Reason: "Severity of the alert (Microsoft)"}, {Name: "encoded", Points: 2, Value: workbench.Text("-enc"), Reason: "Encoded command line"}},
		Timeline: []workbench.TimelineItem{
			{ID: workbench.NewID(name, "created"), At: moment0(11), Kind: workbench.ActionItem, Origin: "workbench", Title: workbench.Text("Story created")},
			{ID: workbench.NewID(name, "diff"), At: moment0(41), Kind: workbench.DiffItem, Origin: "microsoft", Title: workbench.Text("changed 1 alert"),
				Changes: []workbench.TimelineChange{{Field: "verdict of svch0st.exe", Before: workbench.Text("suspicious"), After: workbench.Text("malicious")}}}},
		Entities: []workbench.Entity{
			{ID: "e1", Kind: workbench.DeviceEntity, Name: workbench.Text("FIN-LT-204"), Role: workbench.Text("primaryDevice"), Data: []workbench.Field{{Name: workbench.Text("osPlatform"), Value: workbench.Text("Windows11")}, {Name: workbench.Text("riskScore"), Value: workbench.Text("high")}}},
			{ID: "e2", Kind: workbench.UserEntity, Name: workbench.Text(`contoso\l.kovacs`), Role: workbench.Text("namedByAlert")},
			{ID: "e3", Kind: workbench.UserEntity, Name: workbench.Text(`contoso\svc-backup`), Role: workbench.Text("loggedOn")},
			{ID: "e4", Kind: workbench.IPEntity, Name: workbench.Text("185.220.101.7")}},
		Alerts: alerts, Evidence: e, ProcessTrees: workbench.BuildProcessTrees(e), Raw: make([]workbench.RawRef, len(alerts)+1),
	}
	actions := []workbench.Action{{ID: workbench.NewID(name, "act"), Story: id, At: moment0(28), By: "analyst", ByName: workbench.Text("m.rossi"), Comment: workbench.Text("macro, C2 confirmed in proxy log"),
		Changes: []workbench.FieldChange{{Field: workbench.FieldVerdict, After: workbench.Text("malicious")}, {Field: workbench.FieldAnalystSeverity, After: workbench.Text("high")}, {Field: workbench.FieldOwner, After: workbench.Text("m.rossi")}}}}
	s := workbench.NewStory(c, workbench.StateOf(actions), workbench.Text("Contoso"), []workbench.TimelineItem{{ID: workbench.NewID(name, "inherited"), At: moment0(20), Kind: workbench.CommentItem, By: workbench.Text("k.tanaka"),
		Origin: "analyst", Title: workbench.Text("commented"), Text: workbench.Text("User called: opened the attachment at 09:31."), From: "cccccccccccccccccccccccccc"}})
	other := workbench.ProductOffice365
	if product == other {
		other = workbench.ProductEndpoint
	}
	s.Siblings = []workbench.Sibling{{ID: "bbbbbbbbbbbbbbbbbbbbbbbbbb", Producer: producerOf(other), AlertCount: 2, Status: workbench.StatusOpen}}
	s.NotIngested = []workbench.NotIngested{{Product: workbench.ProductIdentity, Name: workbench.Text("Microsoft Defender for Identity"), Alerts: 5}}
	return s
}

func producerOf(product string) workbench.Untrusted {
	return map[string]workbench.Untrusted{workbench.ProductEndpoint: workbench.Text("Microsoft Defender for Endpoint"), workbench.ProductOffice365: workbench.Text("Microsoft Defender for Office 365"),
		workbench.ProductXDR: workbench.Text("Microsoft Defender XDR")}[product]
}

func mailBase(id, verdict, remedy string, minute int) workbench.EvidenceBase {
	b := base(id, verdict, remedy, minute, "fa11_1")
	b.Device, b.DeviceID = workbench.Untrusted{}, ""
	return b
}

// mailStorySample is a message that was delivered to two people, one of whom clicked.
func mailStorySample() workbench.Story {
	var e workbench.Evidence
	for i, who := range []string{"l.kovacs@contoso.com", "a.meyer@contoso.com"} {
		e.Messages = append(e.Messages, workbench.MessageEvidence{EvidenceBase: mailBase("message"+who, "malicious", "remediated", 2), ReceivedAt: moment0(i), Subject: workbench.Text("Q3 payment advice"),
			From: workbench.Text("billing@contoso-pay.com"), FromName: workbench.Text("Contoso Billing"), EnvelopeSender: workbench.Text("bounce@mailer.example"), Recipient: workbench.Text(who), Direction: workbench.Text("inbound"),
			DeliveryAction: workbench.Text("delivered"), DeliveryLocation: workbench.Text("inbox"), Threats: texts("phish"), DetectionMethods: texts("urlDetonation"), URLs: texts("https://contoso-pay.com/invoice?id=7"), URLCount: whole(1),
			AttachmentCount: whole(1), SenderIP: workbench.Text("198.51.100.12"), NetworkMessageID: workbench.Text("3d6cbd5b-6a20-4a67-b8b7-08dc1e4c6b1f")})
		e.Mailboxes = append(e.Mailboxes, workbench.MailboxEvidence{EvidenceBase: mailBase("mailbox"+who, "suspicious", "active", 3), Address: workbench.Text(who), UPN: workbench.Text(who)})
	}
	e.MailClusters = []workbench.MailClusterEvidence{{EvidenceBase: mailBase("cluster", "suspicious", "", 3), ClusterBy: workbench.Text("Subject;P2SenderDomain;ContentType"), Value: workbench.Text("Q3 payment advice;contoso-pay.com;1"), EmailCount: whole(14),
		Query: workbench.Text(`( ((NormalizedSubject:"Q3 payment advice") AND (P2SenderDomain:"contoso-pay.com")) )`), NetworkMessageIDs: texts("3d6cbd5b-6a20-4a67-b8b7-08dc1e4c6b1f")}}
	e.Network = []workbench.NetworkEvidence{{EvidenceBase: mailBase("url", "malicious", "remediated", 2), Kind: "url", URL: workbench.Text("https://contoso-pay.com/invoice?id=7")}, {EvidenceBase: mailBase("ip", "suspicious", "", 2), Kind: "ip", DestinationIP: workbench.Text("198.51.100.12")}}
	e.MailboxRules = []workbench.MailboxRuleEvidence{{EvidenceBase: mailBase("rule", "suspicious", "active", 9), RuleType: workbench.Text("inboxRule"), DisplayName: workbench.Text("."), Mailbox: workbench.Text("l.kovacs@contoso.com"), UPN: workbench.Text("l.kovacs@contoso.com")}}
	e.Other = []workbench.OtherEvidence{{EvidenceBase: mailBase("user", "suspicious", "", 3), Type: workbench.Text("userEvidence"), Title: workbench.Text("l.kovacs@contoso.com")}}
	ids := []string{e.Messages[0].ID, e.Messages[1].ID, e.Mailboxes[0].ID, e.Mailboxes[1].ID, e.MailClusters[0].ID, e.Network[0].ID, e.Network[1].ID, e.MailboxRules[0].ID, e.Other[0].ID}
	alerts := []workbench.Alert{{ID: "fa11_1", Name: workbench.Text("A potentially malicious URL click was detected"), Criticality: 8, VendorUserName: workbench.Text("l.kovacs"), VendorDomainName: workbench.Text("contoso.com"),
		MitreTechniques: texts("T1566.002"), Status: workbench.Text("inProgress"), FirstActivityAt: moment0(0), LastActivityAt: moment0(8), Severity: workbench.Text("high"), ServiceSource: workbench.Text("microsoftDefenderForOffice365"),
		Users: []workbench.AlertUser{{Name: workbench.Text("l.kovacs"), Domain: workbench.Text("contoso.com"), Why: workbench.NamedByAlert}}, EvidenceIDs: ids, Description: workbench.Text("A user clicked a link that was found malicious afterwards.")}}
	return newSample("mail", workbench.GenericIncident, workbench.ProductOffice365, "A potentially malicious URL click was detected",
		`A message "Q3 payment advice" from billing@contoso-pay.com reached two mailboxes and its link was clicked. Microsoft removed both messages afterwards.`, alerts, e)
}

func quietMailStory() workbench.Story {
	alerts := []workbench.Alert{{ID: "fa12_1", Name: workbench.Text("Mail sent to a large number of recipients"), Criticality: 3, Status: workbench.Text("new"), FirstActivityAt: moment0(0), Severity: workbench.Text("low")}}
	return newSample("quiet mail", workbench.GenericIncident, workbench.ProductOffice365, "Mail sent to a large number of recipients", "Microsoft sent an alert without evidence. Nothing else is known.", alerts, workbench.Evidence{})
}

func placeholderStory() workbench.Story {
	c := workbench.Content{Head: workbench.Head{ID: workbench.StoryID(workbench.NewID("sample", "placeholder")), Tenant: "contoso", ProducerType: workbench.GenericIncident, Product: workbench.ProductXDR, Producer: producerOf(workbench.ProductXDR),
		IncidentID: workbench.Text("4712"), Indication: workbench.Text("Multi-stage incident"), Criticality: 1, Placeholder: true, CreatedAt: moment0(0)}}
	return workbench.NewStory(c, workbench.State{}, workbench.Untrusted{}, nil)
}

func movedStory() workbench.Story {
	s := endpointStory()
	s.Head.MovedTo = []workbench.StoryID{"bbbbbbbbbbbbbbbbbbbbbbbbbb"}
	s.Details.RedirectIncidentID = workbench.Text("4720")
	return s
}

// sharedStory has a device with many people signed in, and alerts on several devices.
func sharedStory() workbench.Story {
	s := endpointStory()
	a := &s.Alerts[0]
	a.DeviceName, a.DeviceNames = workbench.Text("RDS-01"), texts("RDS-01", "RDS-02", "FIN-LT-204")
	for _, n := range []string{"m.rossi", "k.tanaka", "svc-backup"} {
		a.Users = append(a.Users, workbench.AlertUser{Name: workbench.Text(n), Domain: workbench.Text("contoso"), Why: workbench.LoggedOn})
	}
	a.MitreTechniques = texts("T1059.001", "T1027", "T1547.001", "T1105", "T9999")
	return s
}

// hostileStory is written by an attacker.
func hostileStory() workbench.Story {
	const evil = "invoice_\u202efdp.exe <script>alert(1)</script>\" onmouseover=\"x javascript:alert(1) \u200b\u0000"
	s := endpointStory()
	s.Indication, s.Summary, s.Owner = workbench.Text(evil), workbench.Text(evil+"\n"+evil), workbench.Text(evil)
	for i := range s.Alerts {
		a := &s.Alerts[i]
		a.Name, a.DeviceName, a.VendorUserName, a.OS, a.Status, a.Description = workbench.Text(evil), workbench.Text(evil), workbench.Text(evil), workbench.Text(evil), workbench.Text(evil), workbench.Text(evil)
		a.MitreTechniques = texts(evil)
		a.DeviceNames = texts(evil, evil+"2", "javascript:alert(2)")
	}
	for i := range s.Evidence.Processes {
		p := &s.Evidence.Processes[i]
		p.ProcessName, p.CommandLine, p.Verdict = workbench.Text(evil), workbench.Text(evil+evil+evil), workbench.Text(evil)
	}
	s.Evidence.Network[0].URL = workbench.Text("javascript:alert(document.cookie)")
	s.ProcessTrees = workbench.BuildProcessTrees(s.Evidence)
	return s
}

// BigStory is a story of a given size, for measuring: alerts, pieces of evidence in equal parts, and a chain-and-fan tree of so many
// processes in its first alert.
func BigStory(alerts, evidence, nodes int) workbench.Story {
	s := endpointStory()
	one := s.Alerts[0]
	s.Alerts = nil
	for i := range alerts {
		a := one
		a.ID = fmt.Sprintf("da%09d_1", i)
		a.Name, a.Criticality, a.EvidenceIDs = workbench.Text(fmt.Sprintf("Suspicious activity %d on one endpoint", i)), i%10+1, nil
		s.Alerts = append(s.Alerts, a)
	}
	from := s.Evidence
	s.Evidence = workbench.Evidence{}
	for i := range evidence {
		of, again := s.Alerts[i%len(s.Alerts)].ID, func(b workbench.EvidenceBase, of string) workbench.EvidenceBase {
			b.ID, b.AlertIDs, b.CreatedAt = workbench.NewID("big", fmt.Sprint(i)), []string{of}, moment0(i)
			return b
		}
		switch i % 4 {
		case 0, 1:
			p := from.Processes[i%len(from.Processes)]
			p.EvidenceBase = again(p.EvidenceBase, of)
			s.Evidence.Processes = append(s.Evidence.Processes, p)
		case 2:
			f := from.Files[0]
			f.EvidenceBase = again(f.EvidenceBase, of)
			s.Evidence.Files = append(s.Evidence.Files, f)
		case 3:
			n := from.Network[0]
			n.EvidenceBase = again(n.EvidenceBase, of)
			s.Evidence.Network = append(s.Evidence.Network, n)
		}
	}
	s.AlertCount, s.ProcessTrees = alerts, nil
	if nodes > 0 {
		s.ProcessTrees = []workbench.ProcessTree{bigTree(nodes, s.Alerts[0].ID)}
	}
	return s
}

func bigTree(nodes int, alert string) workbench.ProcessTree {
	t := workbench.ProcessTree{Device: workbench.Text("FIN-LT-204"), DeviceID: "d1"}
	for i := range nodes {
		n := workbench.TreeNode{ID: workbench.NewID("node", fmt.Sprint(i)), Kind: workbench.ProcessNode, Name: workbench.Text(fmt.Sprintf("process%d.exe", i)), Detail: workbench.Text(fmt.Sprintf("process%d.exe --step %d --quiet", i, i)),
			ProcessID: whole(int64(1000 + i)), StartedAt: moment0(i), Verdict: workbench.Text("suspicious"), Remediation: workbench.Text("active"), EvidenceID: workbench.NewID("node evidence", fmt.Sprint(i)), AlertIDs: []string{alert}}
		if i > 0 {
			n.ParentID = t.Nodes[i/3].ID
		}
		if i == nodes-1 {
			n.Verdict = workbench.Text("malicious")
		}
		t.Nodes = append(t.Nodes, n)
	}
	return t
}
