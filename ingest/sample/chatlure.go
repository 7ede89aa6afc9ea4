package sample

// chatLure is a call in Teams from somebody who claims to be the help desk, on a factory floor with a device of another kind.
func chatLure(c clock) scenario {
	t := c.from(2*hour + 5*minute)
	co := contoso()
	who := person{tenant: co, account: "henrik.solberg", name: "Henrik Solberg"}
	lure := chat{
		key: "helpdesk", subject: "", from: "helpdesk@it-support-contoso.example", fromIP: "203.0.113.90", tenant: co, to: []person{who},
		suspicious: []person{who}, received: t.whole(0), action: "delivered", location: "teams",
		urls: []string{"https://it-support-contoso.example/quick"}, external: true,
	}
	r := noted(t.recorded(18 * minute))
	a := alert{
		key: "chat/lure", product: office365(), title: "External chat message asks for remote help", severity: "medium", first: t.whole(0),
		last: t.whole(4 * minute), created: r.at, updated: r.at,
		description: "Somebody outside the company, who calls himself the help desk, sent a link to a remote control tool -V1.0.0.1",
		categories:  []string{"InitialAccess"}, mitre: []string{"T1566.003", "T1219"},
		evidence: []object{lure.evidence(r.malicious("active")), who.evidence(r.as("attacked")), link(r.malicious("none"), lure.urls[0])},
	}
	r = noted(t.recorded(66 * minute))
	iot := alert{
		key: "chat/plc", product: sentinel(), title: "Engineering station talks to a controller for the first time", severity: "low",
		first: t.whole(60 * minute), last: t.whole(60 * minute), created: r.at, updated: r.at,
		description: "A station that was used for remote help a little earlier opened a connection to a controller of line 2.",
		categories:  []string{"LateralMovement"}, mitre: []string{"T0886"},
		evidence: []object{
			evidence("ioTDeviceEvidence", r.suspicious("none"), object{
				{"deviceId", guid("iot/line2")}, {"deviceName", "Line 2 controller"}, {"devicePageLink", nil}, {"deviceSubType", "PLC"},
				{"deviceType", "Industrial"}, {"importance", "high"}, {"ioTHub", nil}, {"ioTSecurityAgentId", nil},
				{"ipAddress", within(r, "10.90.2.14")},
				{"isAuthorized", true}, {"isProgramming", false}, {"isScanner", false}, {"macAddress", "00:00:5e:00:53:14"},
				{"manufacturer", "Sample Automation"}, {"model", "SA-1200"}, {"nics", []object{}}, {"operatingSystem", nil},
				{"owners", []string{"maintenance"}},
				{"protocols", []string{"modbus"}}, {"purdueLayer", "1"}, {"sensor", "north"}, {"serialNumber", digits("plc", 9)}, {"site", "Plant 1"},
				{"source", "sensor"}, {"sourceRef", nil}, {"zone", "Line 2"},
			}),
			evidence("nicEvidence", r, object{{"ipAddress", within(r, "10.90.2.14")}, {"macAddress", "00:00:5e:00:53:14"},
				{"vlans", []string{"902"}}}),
			evidence("activeDirectoryDomainEvidence", r, object{{"activeDirectoryDomainName", "contoso.example"}, {"trustedDomains", []object{}}}),
		},
	}
	return scenario{first: []incident{{tenant: co, id: "5218", name: "External chat message asks for remote help involving one user",
		severity: "medium", created: a.created, updated: iot.updated, priority: 44, alerts: []alert{a, iot}}}}
}
