package sample

import "time"

// endpointAlert begins an alert of Defender for Endpoint of the intrusion.
func (x *intrusionCast) endpointAlert(key, title, severity string, first, last, created time.Time) alert {
	return alert{key: "intrusion/" + key, product: endpoint(), title: title, severity: severity, first: first, last: last, created: created,
		updated: created}
}

// execution are the alerts about how the attacker came in and what runs.
func (x *intrusionCast) execution() []alert {
	t := x.t
	r := noted(t.recorded(6 * minute))
	office := x.endpointAlert("office", "Office document started a hidden script", "medium", x.word.started, x.shell.started, r.at)
	office.description = "A document that arrived by mail started a command shell and, through it, PowerShell with a hidden window and an encoded command.\nDocuments have no ordinary reason to do that."
	office.actions = []string{"Read the decoded command and fetch what it downloads into a sandbox.", "Find out who else received the document.",
		"Isolate the device if the download succeeded."}
	office.categories, office.mitre = []string{"InitialAccess", "Execution"}, []string{"T1566.001", "T1204.002", "T1059.001"}
	office.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")), x.word.evidence(r.suspicious("active")),
		x.console.evidence(r.suspicious("active")), x.shell.evidence(r.malicious("active")),
		file{folder: `C:\Users\ines.falk\AppData\Local\Microsoft\Windows\INetCache\Content.Outlook\Q7L2`, name: "Freight claim 88213.docm",
			size: 91136}.on(*x.workstation, r.malicious("active"), "detected"),
	}

	r = noted(t.recorded(8 * minute))
	shell := x.endpointAlert("powershell", "Suspicious PowerShell command line", "medium", x.shell.started, x.stage.started, r.at)
	shell.description = "PowerShell fetched a library from a host that is seldom seen and ran a second script in an older language mode, where logging is weaker."
	shell.actions = []string{"Decode the command line.", "Block the host at the proxy.", "Look for the same library on other devices."}
	shell.categories, shell.mitre = []string{"Execution"}, []string{"T1059.001", "T1105"}
	shell.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")), x.shell.evidence(r.suspicious("active")),
		x.stage.evidence(r.malicious("active")), link(r.malicious("active"), "https://cdn.partsfeed-update.example/a/nvcache.dll"),
		x.loader.on(*x.workstation, r.malicious("active"), "detected"),
	}

	r = noted(t.recorded(9 * minute))
	dll := x.endpointAlert("rundll32", "Unsigned library started through rundll32", "high", x.rundll.started, x.implant.started, r.at)
	dll.description = "Rundll32 ran an exported function of an unsigned library in a temporary folder; the library wrote a program to ProgramData and started it."
	dll.actions = []string{"Isolate the device.", "Collect the library and the program for analysis.",
		"Reset the password of the user who was signed in."}
	dll.categories, dll.mitre = []string{"DefenseEvasion", "SuspiciousActivity"}, []string{"T1218.011", "T1036.005"}
	dll.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")), x.rundll.evidence(r.malicious("active")),
		x.implant.evidence(r.malicious("active")), x.loader.on(*x.workstation, r.malicious("active"), "detected"),
		x.payload.on(*x.workstation, r.malicious("unremediated").because("The file is in use."), "detected"), x.payload.hash(r.malicious("active")),
	}

	r = noted(t.recorded(10 * minute))
	prevented := x.endpointAlert("antivirus", "'Nvload' malware was prevented", "informational", t.at(47), t.at(49), r.at)
	prevented.oldID, prevented.engine, prevented.threat = true, "antivirus", "Trojan:Win64/Nvload.A!ml"
	prevented.description = "Antivirus stopped a copy of a known loader before it could run."
	prevented.actions = []string{"Check that nothing else of the same family ran on the device."}
	prevented.categories = []string{"Malware"}
	copied := file{folder: `C:\Users\Public`, name: "nvcache.dll", size: 286208, md5: true}
	prevented.evidence = []object{
		x.workstation.evidence(r.clean().primary()), copied.on(*x.workstation, r.malicious("prevented"), "prevented"),
		malware(r.malicious("remediated"), "Trojan:Win64/Nvload.A!ml", "Trojan", *x.workstation, []file{copied}, []*process{x.stage}),
	}
	prevented = prevented.resolve(t.recorded(11*minute), "Automation", "successfullyRemediated")
	return []alert{office, shell, dll, prevented}
}

// foothold are the alerts about staying on the first device and looking around from it.
func (x *intrusionCast) foothold() []alert {
	t := x.t
	r := noted(t.recorded(14 * minute))
	run := x.endpointAlert("run-key", "Program registered to start at sign-in", "medium", x.reg.started, x.reg.started, r.at)
	run.description = "A program outside the usual folders was written to a Run key, so that it starts whenever the user signs in."
	run.actions = []string{"Delete the value.", "Check the key of other users on the device."}
	run.categories, run.mitre = []string{"Persistence"}, []string{"T1547.001", "T1112"}
	runKey := `SOFTWARE\Microsoft\Windows\CurrentVersion\Run`
	run.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")),
		x.implant.evidence(r.suspicious("active")),
		x.reg.evidence(r.suspicious("active")), registryKey(r.suspicious("active").as("edited"), currentUser, runKey),
		registryValue(r.malicious("pendingApproval").as("created"), *x.workstation, currentUser, runKey, "NvCache", "String",
			`C:\ProgramData\NvCache\nvcachehost.exe --quiet`),
	}

	r = noted(t.recorded(24 * minute))
	look := x.endpointAlert("discovery", "Series of discovery commands", "low", x.whoami.started, x.mapper.started, r.at)
	look.description = "Within minutes one shell asked for the user's rights, the members of a privileged group, the trusts of the domain and a map of the directory. " +
		"People do this rarely; attackers do it first."
	look.actions = []string{"Ask the user whether this was planned work.", "Check which answers the attacker got."}
	look.categories, look.mitre = []string{"Discovery"}, []string{"T1033", "T1069.002", "T1482", "T1087.002"}
	look.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")), x.implant.evidence(r.as("contextual")),
		x.console2.evidence(r.suspicious("active")), x.whoami.evidence(r.suspicious("active")), x.stage2.evidence(r.suspicious("active")),
		x.net.evidence(r.suspicious("active")), x.net1.evidence(r.suspicious("active")), x.trust.evidence(r.suspicious("active")),
		x.trust2.evidence(r.suspicious("active")), x.trust3.evidence(r.suspicious("active")), x.mapper.evidence(r.malicious("blocked")),
		x.mapper.image.on(*x.workstation, r.malicious("remediated"), "blocked"), securityGroup(r.as("scanned"), contoso(), "Domain Admins"),
	}

	r = noted(t.recorded(31 * minute))
	c2 := x.endpointAlert("command-and-control", "Regular connections to a command-and-control host", "high", t.at(70), t.at(29*minute), r.at)
	c2.description = "A program calls the same rare host every 45 seconds and sends little each time, as implants do when they wait for orders."
	c2.actions = []string{"Block the host and its address.", "Search the proxy logs for other devices that call it."}
	c2.categories, c2.mitre, c2.actor = []string{"CommandAndControl"}, []string{"T1071.001", "T1571"}, "Storm-0000 (sample)"
	c2.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.implant.evidence(r.malicious("active")),
		ip(r.malicious("active").as("commandAndControl"), "203.0.113.77", &place{"NL", "Netherlands", "Noord-Holland", "Amsterdam", 52.37, 4.9}),
		ip(r.suspicious("active"), "2001:db8:77::1f", nil), link(r.malicious("blocked"), "https://api.partsfeed-update.example:8443/v2/poll?id=17"),
		dns(r.malicious("active").as("commandAndControl"), "api.partsfeed-update.example", "10.20.0.2", "203.0.113.77", "2001:db8:77::1f"),
		connection(r.malicious("blocked").as("commandAndControl"), "10.20.4.17", 51544, "203.0.113.77", 8443, "tcp"),
	}
	return []alert{run, look, c2}
}
