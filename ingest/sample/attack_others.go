package sample

import (
	"slices"
	"strconv"
)

// ransomware encrypts the files of one computer until it is stopped.
func ransomware(x *script) {
	who := x.person()
	pc := x.computer("ws", "Windows11", "Standard", who)
	tool := file{folder: `C:\Users\` + who.account + `\Downloads`, name: "invoice_viewer.exe", size: 1638400, content: x.key}
	run := x.explorer(pc, who).child(7720, x.at(0), tool, `"C:\Users\`+who.account+`\Downloads\invoice_viewer.exe"`)
	r := x.noted(60)
	first := x.alert("start", endpoint(), "Unknown program from a download was started", "low", 0, 0, 60)
	first.description, first.actions = "A program that nobody else has was started from the downloads folder.", []string{"Ask the user."}
	first.categories, first.mitre = []string{"Execution"}, []string{"T1204.002"}
	first.evidence = []object{pc.evidence(r.suspicious("active").primary()), who.evidence(r), run.evidence(r.suspicious("active")), tool.on(*pc,
		r.suspicious("active"), "detected")}
	in := x.incident(0, "Execution incident on one endpoint", "low", 60)
	in.priority, in.alerts = 14, []alert{first}
	x.say(60, "An unknown program was started.", in)

	shadows := run.child(8044, x.at(120), system32("vssadmin.exe", 163840), `vssadmin delete shadows /all /quiet`)
	r = x.noted(150)
	copies := x.alert("shadows", endpoint(), "Shadow copies were deleted", "high", 120, 120, 150)
	copies.description, copies.actions = "The copies from which files could be restored were deleted.", []string{"Isolate the device at once."}
	copies.categories, copies.mitre = []string{"Impact"}, []string{"T1490"}
	copies.evidence = []object{pc.evidence(r.suspicious("active").primary()), run.evidence(r.malicious("active")), shadows.evidence(r.malicious("active"))}
	in.name, in.severity, in.priority, in.updated = "Possible ransomware activity on one endpoint", "high", 91, x.at(150)
	in.alerts = append(slices.Clone(in.alerts), copies)
	x.say(150, "Copies of files are deleted: the incident is now called ransomware, and high.", in)

	stop := run.child(8120, x.at(140), system32("net.exe", 69632), `net stop "Backup Agent" /y`)
	boot := run.child(8136, x.at(143), system32("bcdedit.exe", 491520), `bcdedit /set {default} recoveryenabled No`)
	r = x.noted(210)
	in.alerts = slices.Clone(in.alerts)
	in.alerts[1].updated, in.alerts[1].last = x.at(210), x.at(143)
	in.alerts[1].evidence = append(slices.Clone(copies.evidence), stop.evidence(r.malicious("active")), boot.evidence(r.malicious("active")))
	x.say(210, "More commands of the same program are added.", in)

	r = x.noted(270)
	files := x.alert("encryption", endpoint(), "Many files were encrypted", "high", 150, 265, 270)
	files.description, files.actions = "A program rewrote hundreds of files and left a note in each folder.", []string{"Restore from copies off the device."}
	files.categories, files.mitre, files.threat = []string{"Impact", "Ransomware"}, []string{"T1486"}, "Ransom:Win64/Parcelock.A!sample"
	files.evidence = []object{pc.evidence(r.suspicious("active").primary()), run.evidence(r.malicious("active"))}
	for i := range 12 {
		folder := `C:\Users\` + who.account + `\Documents\` + x.word(2)
		files.evidence = append(files.evidence, file{folder: folder, name: x.word(2) + ".docx.locked", size: int64(20000 + i),
			unhashed: true}.on(*pc, r.suspicious("active"), "detected"))
	}
	files.evidence = append(files.evidence,
		file{folder: `C:\Users\` + who.account + `\Desktop`, name: "HOW TO GET YOUR FILES BACK.txt", size: 1804}.on(*pc, r.malicious("active"), "detected"))
	in.updated, in.priority, in.alerts = x.at(270), 97, append(slices.Clone(in.alerts), files)
	x.say(270, "Files are being encrypted.", in)

	r = x.noted(420)
	in.updated, in.alerts = x.at(420), slices.Clone(in.alerts)
	run.status = "blocked"
	for i, a := range in.alerts {
		in.alerts[i].evidence = append(judged(a.evidence, "malicious", "blocked"), run.evidence(r.malicious("blocked")))
		in.alerts[i].updated, in.alerts[i].status, in.alerts[i].investigation = x.at(420), "inProgress", "running"
	}
	x.say(420, "The program is stopped, and Microsoft's own investigation begins.", in)

	in.updated, in.alerts = x.at(720), slices.Clone(in.alerts)
	in.status, in.classification, in.determination = "resolved", "truePositive", "malware"
	for i, a := range in.alerts {
		in.alerts[i] = a.resolve(x.at(720), "Automation", "partiallyRemediated")
	}
	in.resolvingComment = "Incident automatically resolved as all alerts in the incident were resolved. Last resolved alert ID: " + in.alerts[2].id()
	x.say(720, "The investigation ends; the incident is resolved.", in)
}

// twoBecomeOne is an attack that Microsoft takes for two at first.
func twoBecomeOne(x *script) {
	who := x.person()
	pc := x.computer("ws", "Windows11", "Engineering", who)
	first := endpointNote(x.noted(30), x.key+"archive", "Program from an archive was started", "low", pc, who, x.at(5))
	second := endpointNote(x.noted(150), x.key+"browser", "Saved passwords of a browser were copied", "high", pc, who, x.at(110))
	target := x.incident(0, "Unwanted program on one endpoint", "low", 30)
	target.priority, target.alerts = 20, []alert{first}
	x.say(30, "A program from an archive was started.", target)

	source := x.incident(1, "Credential access incident on one endpoint", "high", 150)
	source.priority, source.alerts = 66, []alert{second}
	source.comments = []comment{{"Same computer as the incident before?", "shift@" + x.tenant.domain, x.at(150)}}
	x.say(150, "Passwords were copied. Microsoft makes another incident of it.", source)

	second.updated = x.at(360)
	source.status, source.redirectTo, source.systemTags, source.priority, source.alerts = "redirected", target.id, []string{"Redirected"}, 0, nil
	source.modifiedBy, source.updated = "Microsoft Defender XDR - alert correlation", x.at(360)
	target.name, target.severity, target.priority, target.updated = "Multi-stage incident on one endpoint", "high", 71, x.at(360)
	target.alerts = []alert{first, second}
	x.say(360, "The second incident is merged into the first.", source, target)
}

// alertsMove is what an analyst does who thinks that alerts belong elsewhere.
func alertsMove(x *script) {
	who := x.person()
	pc := x.computer("ws", "Windows11", "Standard", who)
	scan := endpointNote(x.noted(30), x.key+"scan", "Port scan of a printer network", "low", pc, who, x.at(4))
	probe := endpointNote(x.noted(30), x.key+"probe", "Sign-in to a share was refused many times", "low", pc, who, x.at(9))
	key := endpointNote(x.noted(90), x.key+"key", "Key of a service was changed", "medium", pc, who, x.at(70))
	from := x.incident(0, "Discovery incident on one endpoint", "low", 30)
	from.priority, from.alerts = 12, []alert{scan, probe}
	x.say(30, "An incident with two alerts.", from)

	to := x.incident(1, "Persistence incident on one endpoint", "medium", 90)
	to.priority, to.alerts = 33, []alert{key}
	x.say(90, "Another with one.", to)

	probe.updated, from.updated, to.updated = x.at(210), x.at(210), x.at(210)
	from.alerts, to.alerts = []alert{scan}, []alert{key, probe}
	from.modifiedBy, to.modifiedBy = "shift@"+x.tenant.domain, "shift@"+x.tenant.domain
	x.say(210, "One alert is moved from the first to the second.", from, to)

	scan.updated, from.updated, to.updated = x.at(420), x.at(420), x.at(420)
	from.alerts, to.alerts, to.severity = nil, []alert{key, probe, scan}, "high"
	x.say(420, "The other follows. The first incident is empty, and redirected nowhere.", from, to)
}

// wave is 200 incidents that matter little.
func wave(x *script) {
	for i := range 200 {
		x.small(3*float64(i+1), x.FirstID+i, 2)
		x.acts[i].Says = "Incident " + strconv.Itoa(i+1) + " of 200: " + x.acts[i].Says + "."
	}
}
