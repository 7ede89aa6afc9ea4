package sample

// sharedDevice is a ward computer on which five people are signed in; the alert names one of them.
func sharedDevice(c clock) scenario {
	t := c.from(2*hour + 40*minute)
	f := fabrikam()
	nurse := person{tenant: f, account: "a.castellanos", name: "Ana Castellanos"}
	others := []person{nurse, {tenant: f, account: "ward4", name: "Ward 4"}, {tenant: f, account: "j.whitlock", name: "James Whitlock"},
		{tenant: f, account: "m.oduya", name: "Maryam Oduya"}, {tenant: f, account: "svc-print", name: "Print service"}}
	pc := &device{
		tenant: f, host: "WARD4-STATION", platform: "Windows10", version: "22H2", build: 19045, group: "Clinical (shared)", risk: "medium",
		localIP: "10.61.40.4", externalIP: "192.0.2.61", firstSeen: c.from(512 * day).at(0), loggedOn: others,
	}
	explorer := &process{device: pc, user: nurse, id: 7116, started: t.at(-50 * minute), image: microsoft(`C:\Windows`, "explorer.exe", 3191352)}
	stick := file{folder: `E:\`, name: "Roster August.lnk", size: 2944}
	link := explorer.child(9712, t.at(0), system32("cmd.exe", 344064),
		`"C:\Windows\System32\cmd.exe" /c start explorer . & start /b wscript //e:jscript .\.cache\d.dat`)
	worm := link.child(9764, t.at(0.7), system32("wscript.exe", 208896), `wscript  //e:jscript .\.cache\d.dat`)
	r := noted(t.recorded(9 * minute))
	a := alert{
		key: "shared/usb", product: endpoint(), title: "Shortcut on a removable drive started a script", severity: "medium", first: link.started,
		last: worm.started, created: r.at, updated: r.at,
		description: "A shortcut on a USB stick opened its own folder and, behind it, started a hidden script. Worms spread like this.",
		actions:     []string{"Collect the stick.", "Check which other computers it was used on."},
		categories:  []string{"Execution", "LateralMovement"}, mitre: []string{"T1091", "T1204.002", "T1059.007"},
		evidence: []object{
			pc.evidence(r.suspicious("active").primary()), nurse.evidence(r.suspicious("active")), link.evidence(r.suspicious("active")),
			worm.evidence(r.suspicious("active")), stick.on(*pc, r.suspicious("active"), "detected"),
			file{folder: `E:\.cache`, name: "d.dat", size: 40960}.on(*pc, r.malicious("remediated"), "blocked"),
		},
	}
	return scenario{first: []incident{{tenant: f, id: "1880", name: "Execution incident on one endpoint", severity: "medium", created: r.at,
		updated: r.at, priority: 38, alerts: []alert{a}}}}
}
