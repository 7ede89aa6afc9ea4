package sample

// spread are the alerts about credentials, a second way to stay, and the second device.
func (x *intrusionCast) spread() []alert {
	t := x.t
	r := noted(t.recorded(61 * minute))
	dump := x.endpointAlert("lsass", "Memory of the sign-in process was written to disk", "high", x.keys.started, x.dumper.started, r.at)
	dump.description = "A library of Windows was used to copy the memory of lsass into a file. It holds the credentials of everybody signed in."
	dump.actions = []string{"Treat every account that signed in on the device as known to the attacker.", "Isolate the device.",
		"Reset the passwords, administrators first."}
	dump.categories, dump.mitre = []string{"CredentialAccess"}, []string{"T1003.001", "T1218.011"}
	dump.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.keys.evidence(r.malicious("active")), x.dumper.evidence(r.malicious("active")),
		x.dump.on(*x.workstation, r.suspicious("active"), "detected"), x.clerk.evidence(r.as("attacked")),
		x.admin.evidence(r.suspicious("active").as("compromised")),
		hostLogon(r.suspicious("none"), x.admin, *x.workstation, "0x5d1f04", t.at(-26*hour), t.at(-25*hour)),
	}

	r = noted(t.recorded(80 * minute))
	task := x.endpointAlert("task", "Scheduled task with an unusual program", "medium", x.task.started, x.whoami2.started, r.at)
	task.description = "A task that runs at sign-in with the highest rights was created for a program in ProgramData."
	task.actions = []string{"Delete the task.", "Compare the tasks of the device with a healthy one."}
	task.categories, task.mitre = []string{"Persistence", "PrivilegeEscalation"}, []string{"T1053.005"}
	taskKey := `SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\NvTelemetry\Cache`
	task.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")), x.task.evidence(r.suspicious("active")),
		x.whoami2.evidence(r), x.orphanParentless(), registryKey(r.suspicious("active").as("created"), localMachine, taskKey),
		registryValue(r.suspicious("active").as("created"), *x.workstation, localMachine, taskKey, "SD", "Binary",
			"01000480880000009800000000000000"),
	}

	r = noted(t.recorded(97 * minute))
	remote := x.endpointAlert("wmi", "Remote command through WMI from another device", "high", x.wmic.started, x.helper.started, r.at)
	remote.description = "Another device of the company started a command here through WMI with an administrator's account. The command ran a library from that device's disk and installed a service."
	remote.actions = []string{"Isolate both devices.", "Disable the administrator's account.", "Remove the service."}
	remote.categories, remote.mitre = []string{"LateralMovement"}, []string{"T1047", "T1021.002", "T1543.003"}
	serviceKey := `SYSTEM\CurrentControlSet\Services\nvsvc64`
	remote.evidence = []object{
		x.server.evidence(r.suspicious("active").primary()), x.workstation.evidence(r.suspicious("active").as("source")),
		x.admin.evidence(r.suspicious("active").as("compromised")),
		x.wmic.evidence(r.malicious("active")), x.wmiShell.evidence(r.malicious("active")), x.wmiLoad.evidence(r.malicious("active")),
		x.service.evidence(r.malicious("active")), x.helper.evidence(r.suspicious("active")),
		x.service.image.on(*x.server, r.malicious("active"), "detected"),
		registryValue(r.malicious("active").as("created"), *x.server, localMachine, serviceKey, "ImagePath", "ExpandString",
			`%SystemRoot%\nvsvc64.exe -service`),
		registryValue(r.suspicious("active").as("created"), *x.server, localMachine, serviceKey, "Start", "DWord", "2"),
		connection(r.suspicious("active"), "10.20.4.17", 49877, "10.20.1.12", 135, "tcp"),
		connection(r.suspicious("active"), "10.20.4.17", 49881, "10.20.1.12", 445, "tcp"),
	}

	r = noted(t.recorded(3*hour + 5*minute))
	collect := x.endpointAlert("staging", "Files of a share were packed into archives", "high", x.orphan.started, t.at(3*hour+2*minute), r.at)
	collect.description = "A packer that is not installed here wrote files of a finance share into archives of equal size. That is how data is made ready to be carried out."
	collect.actions = []string{"Find out which files were packed.", "Check outgoing traffic for transfers of about 400 MB."}
	collect.categories, collect.mitre = []string{"Collection", "Exfiltration"}, []string{"T1560.001", "T1039", "T1105"}
	collect.investigation = "pendingApproval"
	collect.evidence = []object{
		x.workstation.evidence(r.suspicious("active").primary()), x.clerk.evidence(r.suspicious("active")), x.console2.evidence(r.as("contextual")),
		x.orphan.evidence(r.suspicious("active")), x.compressor.evidence(r.suspicious("pendingApproval")),
		file{folder: `C:\ProgramData\NvCache`, name: "fin.7z.001", size: 419430400, unhashed: true}.on(*x.workstation, r.suspicious("active"), ""),
		file{folder: `C:\ProgramData\NvCache`, name: "t.dat", size: 0}.on(*x.workstation, r, ""),
		link(r.suspicious("active"), "https://files.partsfeed-update.example/t.dat"),
	}
	return []alert{dump, task, remote, collect}
}

// orphanParentless is a process whose parent Microsoft names by number alone, without the time at which it started.
func (x *intrusionCast) orphanParentless() object {
	t := x.t
	parent := &process{device: x.workstation, user: x.clerk, id: 4404}
	p := parent.child(14060, t.at(73*minute), system32("taskeng.exe", 464896), "taskeng.exe {8D41F0C2-1B7A-4B3E-9F0C-2A6E5D7C9B10}")
	p.parentUnnamed = true
	return p.evidence(noted(t.recorded(80 * minute)))
}

// siblings are the alerts of other products in the same incident.
func (x *intrusionCast) siblings() []alert {
	t := x.t
	r := noted(t.recorded(27 * minute))
	queries := alert{
		key: "intrusion/ldap", product: identity(), title: "User and group reconnaissance (LDAP)", severity: "medium", first: t.at(11 * minute),
		last: t.at(17 * minute), created: r.at, updated: r.at,
		description: "An account that never does so asked a domain controller for all computers and for the members of privileged groups.",
		actions:     []string{"Ask the owner of the account.", "See the device from which the queries came."}, categories: []string{"Discovery"},
		mitre: []string{"T1087.002", "T1069.002"},
		evidence: []object{x.clerk.evidence(r.suspicious("none")), x.workstation.evidence(r.suspicious("none")),
			securityGroup(r.as("scanned"), contoso(), "Domain Admins")},
	}
	r = noted(t.recorded(93 * minute))
	hash := alert{
		key: "intrusion/pth", product: identity(), title: "Suspected identity theft (pass-the-hash)", severity: "high", first: t.at(87 * minute),
		last: t.at(88 * minute), created: r.at, updated: r.at,
		description: "The hash of an administrator's password was used from a device on which the administrator had not signed in since the day before.",
		actions:     []string{"Reset the administrator's password twice.", "Remove administrators from workstations."},
		categories:  []string{"LateralMovement"}, mitre: []string{"T1550.002"},
		evidence: []object{x.admin.evidence(r.suspicious("none").as("compromised")), x.workstation.evidence(r.suspicious("none").as("source")),
			x.server.evidence(r.suspicious("none").as("destination"))},
	}
	r = noted(t.recorded(100 * minute))
	hands := alert{
		key: "intrusion/hands", product: xdr(), engine: "customDetection", title: "Hands-on-keyboard attack across two devices", severity: "high",
		first: x.word.started, last: x.helper.started, created: r.at, updated: r.at,
		description: "Signals of two devices and the directory fit one person at work: a document, credentials from memory, and the same library on a server half an hour later.",
		actions:     []string{"Contain both devices and both accounts at the same time."},
		categories:  []string{"LateralMovement", "CredentialAccess"}, mitre: []string{"T1021.002", "T1003.001"},
		custom: object{{"Analyst note", []string{"rule 114"}}, {"Score", []string{"0.97"}}},
		evidence: []object{x.workstation.evidence(r.malicious("active")), x.server.evidence(r.malicious("active")),
			x.clerk.evidence(r.suspicious("active")), x.admin.evidence(r.suspicious("active"))},
	}
	return []alert{queries, hash, hands}
}

// intrusion is a hands-on-keyboard intrusion: a document, an implant, credentials, a second device. Later some of it is contained.
func intrusion(c clock) scenario {
	x := newIntrusionCast(c)
	in := incident{
		tenant: contoso(), id: "5214", name: "Multi-stage incident involving Initial access & Lateral movement on multiple endpoints",
		severity: "high", created: x.t.recorded(6 * minute),
		updated: x.t.recorded(3*hour + 5*minute), priority: 93, tags: []string{"Finance"}, systemTags: []string{"Attack Disruption"},
		summary: "A document opened on fin-ws-017 installed an implant. The attacker read credentials from memory and used an administrator's account to reach srv-files-02.",
	}
	in.alerts = append(append(append(append(in.alerts, x.execution()...), x.foothold()...), x.spread()...), x.siblings()...)
	return scenario{first: []incident{in}, later: []incident{contained(in, x.t)}}
}

// contained is the intrusion as it stands when somebody has taken it on.
func contained(in incident, t timeline) incident {
	at := t.recorded(3*hour + 10*minute)
	in.updated, in.status, in.assignedTo, in.modifiedBy, in.classification, in.determination = at, "inProgress", "mara.lindqvist@contoso.example",
		"API-App:mara.lindqvist@contoso.example", "truePositive", "multiStagedAttack"
	in.comments = []comment{
		{"Both devices isolated from the portal. Passwords of ines.falk and adm-okoro are being reset.", "mara.lindqvist@contoso.example",
			t.recorded(3*hour + 9*minute)},
		{"Proxy shows no transfer over 50 MB from either device. Still checking the guest network.", "mara.lindqvist@contoso.example", at},
	}
	in.alerts = append([]alert(nil), in.alerts...)
	for i, a := range in.alerts {
		switch a.key {
		case "intrusion/run-key", "intrusion/task":
			in.alerts[i] = a.resolve(at, "mara.lindqvist@contoso.example", "successfullyRemediated")
			in.alerts[i].classification, in.alerts[i].determination = "truePositive", "malware"
			in.alerts[i].evidence = judged(a.evidence, "malicious", "remediated")
		case "intrusion/staging", "intrusion/wmi":
			in.alerts[i].status, in.alerts[i].assignedTo, in.alerts[i].updated = "inProgress", "mara.lindqvist@contoso.example", at
			in.alerts[i].evidence = judged(a.evidence, "malicious", "active")
		}
	}
	return in
}

// judged returns the evidence with every suspicion become a verdict and a remediation.
func judged(list []object, verdict, remediation string) []object {
	out := make([]object, 0, len(list))
	for _, e := range list {
		for _, m := range e {
			if m.name == "verdict" && m.value == "suspicious" {
				e = e.with("verdict", verdict).with("remediationStatus", remediation)
			}
		}
		out = append(out, e)
	}
	return out
}
