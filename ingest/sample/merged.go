package sample

// merged is one attack that began as two incidents. Later Microsoft merges them: the source is emptied and points to the target. A third
// incident keeps one of its two alerts; the other is moved to the target by hand.
func merged(c clock) scenario {
	t := c.from(6 * hour)
	co := contoso()
	who := person{tenant: co, account: "jonas.weidmann", name: "Jonas Weidmann"}
	pc := &device{
		tenant: co, host: "eng-ws-233", platform: "Windows11", version: "24H2", build: 26100, group: "Engineering", risk: "medium",
		localIP: "10.20.9.233", externalIP: "198.51.100.24", firstSeen: c.from(77 * day).at(0), loggedOn: []person{who},
	}
	tool := file{folder: `C:\Users\jonas.weidmann\Downloads\keygen`, name: "activate.exe", size: 733184}
	explorer := &process{device: pc, user: who, id: 6104, started: t.at(-hour), image: microsoft(`C:\Windows`, "explorer.exe", 3191352)}
	run := explorer.child(18400, t.at(0), tool, `"C:\Users\jonas.weidmann\Downloads\keygen\activate.exe"`)
	steal := run.child(18452, t.at(11), system32("cmd.exe", 344064),
		`cmd /c copy "%LOCALAPPDATA%\Google\Chrome\User Data\Default\Login Data" %TEMP%\ld`)

	r := noted(t.recorded(12 * minute))
	started := alert{
		key: "merged/keygen", product: endpoint(), title: "Unwanted program from an archive was started", severity: "low", first: run.started,
		last: run.started, created: r.at, updated: r.at,
		description: "A program that breaks licences, and often brings more, was started from an archive.",
		actions:     []string{"Remove the program.", "Talk to the user."}, categories: []string{"SuspiciousActivity"}, mitre: []string{"T1204.002"},
		evidence: []object{pc.evidence(r.suspicious("active").primary()), who.evidence(r), run.evidence(r.suspicious("active")),
			tool.on(*pc, r.suspicious("active"), "detected")},
	}
	r = noted(t.recorded(40 * minute))
	stolen := alert{
		key: "merged/browser", product: endpoint(), title: "Saved passwords of a browser were copied", severity: "high", first: steal.started,
		last: steal.started, created: r.at, updated: r.at, description: "A command copied the file in which the browser keeps passwords.",
		actions: []string{"Have the user change every saved password."}, categories: []string{"CredentialAccess"}, mitre: []string{"T1555.003"},
		evidence: []object{pc.evidence(r.suspicious("active").primary()), who.evidence(r.suspicious("active")), run.evidence(r.suspicious("active")),
			steal.evidence(r.malicious("active"))},
	}
	r = noted(t.recorded(55 * minute))
	upload := alert{
		key: "merged/upload", product: cloudApps(), title: "Unusual upload to a file-sharing site", severity: "medium", first: t.whole(31 * minute),
		last: t.whole(33 * minute), created: r.at, updated: r.at, description: "A user uploaded an archive to a site that the company does not use.",
		actions: []string{"Ask the user."}, categories: []string{"Exfiltration"}, mitre: []string{"T1567.002"},
		evidence: []object{who.evidence(r.suspicious("none")), cloudApplication(r.suspicious("none"), 26055, "DropBay (sample)"),
			ip(r, "198.51.100.24", &place{"DE", "Germany", "Bayern", "Nürnberg", 49.45, 11.08})},
	}
	target := incident{tenant: co, id: "5207", name: "Unwanted program on one endpoint", severity: "low", created: started.created,
		updated: started.updated, priority: 22, alerts: []alert{started}}
	r = noted(t.recorded(2 * hour))
	probe := endpointNote(r, "merged/probe", "Sign-in to a share was refused many times", "low", pc, who, t.at(95*minute))
	scan := endpointNote(r, "merged/scan", "Port scan of a printer network", "low", pc, who, t.at(97*minute))
	neighbour := incident{tenant: co, id: "5211", name: "Discovery incident on one endpoint", severity: "low", created: r.at, updated: r.at,
		priority: 14, alerts: []alert{probe, scan}}
	source := incident{
		tenant: co, id: "5209", name: "Credential access incident on one endpoint", severity: "high", created: stolen.created,
		updated: upload.updated, priority: 61, alerts: []alert{stolen, upload},
		comments: []comment{{"Looks like the same computer as 5207.", "mara.lindqvist@contoso.example", t.recorded(70 * minute)}},
	}
	mergedAt := t.recorded(5*hour + 50*minute)
	empty := source
	empty.alerts, empty.status, empty.redirectTo, empty.updated, empty.priority = nil, "redirected", target.id, mergedAt, 0
	empty.systemTags, empty.modifiedBy = []string{"Redirected"}, "Microsoft Defender XDR - alert correlation"
	full := target
	stolen.updated, upload.updated = mergedAt, mergedAt
	probe.updated = t.recorded(5*hour + 52*minute)
	left := neighbour
	left.alerts, left.updated = []alert{scan}, probe.updated
	full.alerts, full.updated, full.severity, full.priority, full.name = []alert{started, stolen, upload, probe}, probe.updated, "high", 66,
		"Multi-stage incident involving Credential access & Exfiltration on one endpoint"
	full.comments = []comment{{"Incident 5209 was merged into this incident because both concern the device eng-ws-233.",
		"Microsoft Defender XDR - alert correlation", mergedAt}}
	return scenario{first: []incident{target, source, neighbour}, later: []incident{empty, full, left}}
}
