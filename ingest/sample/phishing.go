package sample

// phishingCast is who and what takes part in the phishing: a message to six people of one tenant, one of whom follows its link.
type phishingCast struct {
	t       timeline
	clicker person
	people  []person
	laptop  *device
	page    string
	message mail
	before  []mail // as delivered
	nowhere mail   // one that nobody has looked at yet
}

func newPhishingCast(c clock) phishingCast {
	f := fabrikam()
	x := phishingCast{t: c.from(5*hour + 20*minute), page: "https://portal.fabrikam-benefits.example/signin?cid=7781"}
	x.clicker = person{tenant: f, account: "d.moreau", name: "Delphine Moreau"}
	x.people = []person{
		x.clicker, {tenant: f, account: "k.adeyemi", name: "Kola Adeyemi"}, {tenant: f, account: "r.sundqvist", name: "Rut Sundqvist"},
		{tenant: f, account: "billing", name: "Billing (shared)"}, {tenant: f, account: "p.novak", name: "Petr Novák"},
		{tenant: f, account: "y.tanaka", name: "田中 由美"},
	}
	x.laptop = &device{
		tenant: f, host: "FH-LT-0482", platform: "Windows11", version: "23H2", build: 22631, group: "Laptops", risk: "medium", localIP: "10.61.8.44",
		externalIP: "192.0.2.61",
		firstSeen:  c.from(190 * day).at(0), loggedOn: []person{x.clicker},
	}
	x.message = mail{
		key: "benefits", subject: "Action needed: your 2027 benefits choice closes today", language: "en", direction: "inbound",
		senderIP: "203.0.113.145", received: x.t.whole(0),
		envelope: sender{"bounce-7781@mailer.fabrikam-benefits.example", "", "mailer.fabrikam-benefits.example"},
		from:     sender{"hr-noreply@fabrikam-benefits.example", "Fabrikam Human Resources", "fabrikam-benefits.example"},
		urls:     []string{x.page, "https://img.fabrikam-benefits.example/logo.png"}, threats: []string{"Phish", "HighConfPhish"},
		methods: []string{"URL detonation reputation", "Impersonation domain"},
	}
	fates := [][2]string{{"delivered", "inbox"}, {"delivered", "inbox"}, {"blocked", "quarantine"}, {"blocked", "quarantine"},
		{"deliveredAsSpam", "junkFolder"}}
	for i, fate := range fates {
		x.before = append(x.before, x.message.copyTo(x.people[i]).delivered(fate[0], fate[1]))
	}
	x.nowhere = x.message.copyTo(x.people[5])
	x.nowhere.direction, x.nowhere.language, x.nowhere.urls, x.nowhere.threats, x.nowhere.methods, x.nowhere.envelope = "", "", nil, nil, nil,
		sender{}
	return x
}

// phishing is a message to six people of whom one follows the link and loses a password. Later the messages are taken out of mailboxes.
func phishing(c clock) scenario {
	x := newPhishingCast(c)
	in := incident{
		tenant: fabrikam(), id: "1873", name: "Multi-stage incident involving Initial access & Exfiltration including phishing", severity: "high",
		created: x.t.recorded(26 * minute),
		updated: x.t.recorded(3 * hour), priority: 81, systemTags: []string{"Credential Phish"},
	}
	in.alerts = append(x.mailAlerts(), x.deviceAlerts()...)
	return scenario{first: []incident{in}, later: []incident{x.zapped(in)}}
}

// zapped is the incident after the delivered copies were removed and the rule was judged.
func (x phishingCast) zapped(in incident) incident {
	t := x.t
	at := t.recorded(5*hour + 17*minute)
	r := noted(t.recorded(5*hour + 15*minute))
	zap := alert{
		key: "phishing/zap", product: office365(), title: "Messages with a malicious link were removed after delivery", severity: "informational",
		first: t.whole(5*hour + 11*minute), last: t.whole(5*hour + 13*minute), created: r.at, updated: at,
		description: "Copies that had reached an inbox were moved to quarantine -V1.0.0.3", categories: []string{"InitialAccess"},
		mitre: []string{"T1566.002"}, status: "inProgress", investigation: "running", policy: "zap",
	}
	for _, m := range x.before {
		if m.action != "blocked" {
			gone := m.delivered("blocked", "quarantine")
			gone.threats, gone.urn = append([]string{"ZapPhish"}, m.threats...), "urn:ZappedUrlInvestigation:"+inventSHA1("zap")[:32]
			zap.evidence = append(zap.evidence, gone.evidence(r.malicious("remediated")), mailbox(r.suspicious("none"), m.to))
		}
	}
	in.updated, in.comments = at, []comment{{"Called Ms Moreau: she typed her password. Sessions revoked, rule removed.",
		"nils.brandt@fabrikam.example", at}}
	in.assignedTo, in.status = "nils.brandt@fabrikam.example", "inProgress"
	in.alerts = append([]alert(nil), in.alerts...)
	for i, a := range in.alerts {
		if a.key == "phishing/forward" {
			in.alerts[i].evidence, in.alerts[i].updated, in.alerts[i].status = judged(a.evidence, "malicious", "remediated"), at, "inProgress"
			in.alerts[i].comments = []comment{{"Rule deleted, 14 messages had been forwarded.", "nils.brandt@fabrikam.example", at}}
		}
	}
	in.alerts = append(in.alerts, zap)
	return in
}
