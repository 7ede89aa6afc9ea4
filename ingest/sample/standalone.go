package sample

// standalone are alerts that Microsoft put into no incident, one in each holder without an id.
func standalone(c clock) []incident {
	t := c.from(50 * minute)
	n := northwind()
	who := person{tenant: n, account: "e.marchetti", name: "Elena Marchetti"}
	pc := &device{tenant: n, host: "NW-OFF-30", platform: "Windows11", version: "24H2", build: 26100, group: "Office", localIP: "172.16.40.30",
		externalIP: "198.51.100.90", firstSeen: c.from(44 * day).at(0), loggedOn: []person{who}}
	r := noted(t.recorded(5 * minute))
	browser := endpointNote(r, "standalone/extension", "Browser extension with wide rights was added", "low", pc, who, t.at(0))
	browser.categories, browser.mitre = []string{"Persistence"}, []string{"T1176"}
	m := mail{key: "standalone", to: who, subject: "Shared document", direction: "inbound", senderIP: "203.0.113.52", received: t.whole(0),
		action: "blocked", location: "quarantine", from: sender{"share@docs.example", "Docs", "docs.example"}, threats: []string{"Spam"}}
	r = noted(t.recorded(9 * minute))
	held := alert{
		key: "standalone/quarantine", product: office365(), title: "A message was released from quarantine on request", severity: "informational",
		first: t.whole(0), last: t.whole(60), created: r.at, updated: r.at, description: "An administrator let a held message through -V1.0.0.1",
		categories: []string{"InitialAccess"}, evidence: []object{m.evidence(r.clean()), mailbox(r, who)},
	}
	return []incident{{tenant: n, alerts: []alert{browser}}, {tenant: n, alerts: []alert{held}}}
}
