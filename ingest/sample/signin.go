package sample

// riskySignIn is an account used from two countries at once, with what was then done in cloud applications.
func riskySignIn(c clock) scenario {
	t := c.from(4*hour + 30*minute)
	n := northwind()
	who := person{tenant: n, account: "sofia.reyes", name: "Sofía Reyes"}
	lagos := &place{"NG", "Nigeria", "Lagos", "Lagos", 6.45, 3.39}
	home := &place{"ES", "Spain", "Bizkaia", "Bilbao", 43.26, -2.93}
	agent := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0"

	r := noted(t.recorded(14 * minute))
	travel := alert{
		key: "signin/travel", product: entraID(), title: "Impossible travel", severity: "medium", first: t.whole(0), last: t.whole(17 * minute),
		created: r.at, updated: t.recorded(20 * minute),
		description: "The same account signed in from two places that nobody can travel between in that time.",
		actions:     []string{"Ask the user which sign-in was theirs.", "Revoke sessions."}, categories: []string{"InitialAccess"},
		mitre: []string{"T1078.004"},
		evidence: []object{
			who.evidence(r.suspicious("active").as("compromised")), ip(r.suspicious("active"), "203.0.113.12", lagos), ip(r, "198.51.100.141", home),
			cloudLogon(r.suspicious("active"), who, "Chrome 130", "Windows 10", agent, t.whole(0), t.whole(-7*hour)),
			evidence("cloudLogonRequestEvidence", r, object{{"requestId", guid("request/" + who.upn())}}),
		},
	}
	r = noted(t.recorded(25 * minute))
	token := alert{
		key: "signin/token", product: entraID(), title: "Anomalous token", severity: "high", first: t.whole(15 * minute), last: t.whole(15 * minute),
		created: r.at, updated: r.at,
		description: "A token of the account shows signs of having been copied to another device.",
		actions:     []string{"Revoke the refresh tokens of the account."}, categories: []string{"CredentialAccess"}, mitre: []string{"T1539", "T1528"},
		evidence: []object{who.evidence(r.suspicious("active").as("compromised")), ip(r.malicious("active").as("attacker"), "203.0.113.12", lagos)},
	}
	r = noted(t.recorded(70 * minute))
	consent := alert{
		key: "signin/consent", product: appGovernance(), title: "New application asks for all mail", severity: "high", first: t.whole(52 * minute),
		last: t.whole(52 * minute), created: r.at, updated: r.at,
		description: "A user granted an application that nobody else uses the right to read all mail.",
		actions:     []string{"Withdraw the grant.", "Block the application."}, categories: []string{"Persistence"},
		mitre: []string{"T1098.003", "T1550.001"},
		evidence: []object{
			who.evidence(r.suspicious("active")), oauthApplication(r.suspicious("active").as("added"), "Mail Backup Pro (sample)",
				"Unverified publisher"), servicePrincipal(r.suspicious("active"), n, "Mail Backup Pro (sample)"),
		},
	}
	r = noted(t.recorded(95 * minute))
	download := alert{
		key: "signin/download", product: cloudApps(), title: "Mass download by a single user", severity: "medium", first: t.whole(60 * minute),
		last: t.whole(88 * minute), created: r.at, updated: r.at,
		description: "In half an hour the account downloaded more files than in the three months before.",
		actions:     []string{"See which files they were."}, categories: []string{"Exfiltration"}, mitre: []string{"T1530"},
		evidence: []object{who.evidence(r.suspicious("none")), cloudApplication(r.suspicious("none"), 20892, "Microsoft SharePoint Online"),
			ip(r.suspicious("none"), "203.0.113.12", lagos)},
	}
	first := incident{tenant: n, id: "7514", name: "Multi-stage incident involving Initial access & Exfiltration involving one user",
		severity: "high", created: travel.created, updated: download.updated, priority: 69, alerts: []alert{travel, token, consent, download}}
	at := t.recorded(4*hour + 24*minute)
	later := first
	later.updated, later.assignedTo, later.status = at, "olena.kovalenko@northwind.example", "awaitingAction"
	later.alerts = []alert{travel.resolve(at, "olena.kovalenko@northwind.example", "terminatedByUser"), token, consent, download}
	later.comments = []comment{{"User confirms she is in Bilbao. Waiting for the owner of the application.", "olena.kovalenko@northwind.example", at}}
	return scenario{first: []incident{first}, later: []incident{later}}
}
