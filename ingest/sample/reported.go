package sample

// reportedMail is a harmless message that a user reported; Microsoft closed it by itself.
func reportedMail(c clock) scenario {
	t := c.from(11 * hour)
	co := contoso()
	who := person{tenant: co, account: "lea.brunner", name: "Lea Brunner"}
	m := mail{
		key: "newsletter", to: who, subject: "Spring offers for workshop lighting", language: "de", direction: "inbound", senderIP: "192.0.2.210",
		received: t.whole(0), action: "delivered", location: "inbox",
		envelope: sender{"news@lampen.example", "", "lampen.example"}, from: sender{"news@lampen.example", "Lampen Newsletter", "lampen.example"},
		urls: []string{"https://lampen.example/spring"},
	}
	r := noted(t.recorded(42 * minute))
	a := alert{
		key: "reported/newsletter", product: office365(), title: "Email reported by user as malware or phish", severity: "informational",
		first: t.whole(38 * minute), last: t.whole(38 * minute), created: r.at, updated: r.at,
		description: "Somebody used the report button on a message -V1.0.0.3", categories: []string{"InitialAccess"}, mitre: []string{"T1566"},
		policy: "user reported",
		evidence: []object{
			m.evidence(r.clean()), mailbox(r.clean(), who), submission(r.clean(), m, who, "Phish", t.whole(38*minute)),
			link(r.clean(), "https://lampen.example/spring"), who.evidence(r),
		},
	}
	a = a.resolve(t.recorded(51*minute), "Automation", "benign")
	return scenario{first: []incident{{
		tenant: co, id: "5188", name: "Email reported by user as malware or phish involving one user", severity: "informational", status: "resolved",
		created: r.at, updated: t.recorded(51 * minute), priority: 1, alerts: []alert{a},
		resolvingComment: "Incident automatically resolved as all alerts in the incident were resolved. Last resolved alert ID: " + a.id(),
	}}}
}
