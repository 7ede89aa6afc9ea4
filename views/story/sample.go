package story

import (
	"fmt"
	"time"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// sampleNow is the moment at which the exhibits are shown.
func sampleNow() time.Time { return time.Date(2026, 11, 22, 10, 5, 0, 0, time.UTC) }

// moment0 is a time of the sample incident, i minutes after its first signal.
func moment0(i int) workbench.Time {
	return workbench.At(time.Date(2026, 11, 22, 9, 23, 14, 0, time.UTC).Add(time.Duration(i) * time.Minute))
}

func exhibit(s workbench.Story, tab string) Input {
	address := link.Story(s.ID, tab)
	return Input{Layout: layout.Props{Section: "stories", Account: "m.rossi", Return: address, Path: address, Display: ui.Display{Theme: "system", Density: "standard", Now: sampleNow()}},
		Story: s, Tab: tab, CanAct: true, Account: "analyst"}
}

func texts(list ...string) []workbench.Untrusted {
	out := make([]workbench.Untrusted, 0, len(list))
	for _, s := range list {
		out = append(out, workbench.Text(s))
	}
	return out
}

func whole(n int64) *int64 { return &n }

func base(id, verdict, remedy string, minute int, alerts ...string) workbench.EvidenceBase {
	return workbench.EvidenceBase{ID: workbench.NewID("sample", id), AlertIDs: alerts, Verdict: workbench.Text(verdict), RemediationStatus: workbench.Text(remedy), CreatedAt: moment0(minute),
		Device: workbench.Text("FIN-LT-204"), DeviceID: "d1", Data: []workbench.Field{{Name: workbench.Text("detailedRoles.0"), Value: workbench.Text("PrimaryDevice")}}}
}

// endpointStory is an intrusion at one keyboard: a document, a script, a dropped file, persistence and an outside address.
func endpointStory() workbench.Story {
	const first, second = "da6377001_1", "da6377002_1"
	e := workbench.Evidence{
		Processes: []workbench.ProcessEvidence{
			{EvidenceBase: base("winword", "suspicious", "active", 10, first), ProcessName: workbench.Text("winword.exe"), ProcessID: whole(7120), CommandLine: workbench.Text(`"WINWORD.EXE" /n "Q3 payment advice.docm"`),
				FilePath: workbench.Text(`C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`), StartedAt: moment0(8), ParentProcessID: whole(5308), ParentName: workbench.Text("explorer.exe"), User: workbench.Text(`contoso\l.kovacs`)},
			{EvidenceBase: base("powershell", "malicious", "active", 10, first, second), ProcessName: workbench.Text("powershell.exe"), ProcessID: whole(9112),
				CommandLine: workbench.Text(`powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQAUwB0AHIAaQBuAGcA`),
				FilePath:    workbench.Text(`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`), StartedAt: moment0(9), ParentProcessID: whole(7120), ParentName: workbench.Text("winword.exe"), User: workbench.Text(`contoso\l.kovacs`)},
		},
		Files: []workbench.FileEvidence{{EvidenceBase: base("svch0st", "malicious", "prevented", 11, first), FilePath: workbench.Text(`C:\Users\l.kovacs\AppData\Roaming`), FileName: workbench.Text("svch0st.exe"),
			FileSize: whole(1_874_432), SHA256: workbench.Text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")}},
		Registry: []workbench.RegistryEvidence{{EvidenceBase: base("run", "suspicious", "active", 11, first), Hive: workbench.Text("HKEY_CURRENT_USER"), Key: workbench.Text(`Software\Microsoft\Windows\CurrentVersion\Run`),
			Name: workbench.Text("Updater"), ValueType: workbench.Text("String"), Value: workbench.Text(`C:\Users\l.kovacs\AppData\Roaming\svch0st.exe`)}},
		Network: []workbench.NetworkEvidence{{EvidenceBase: base("c2", "malicious", "", 12, first), Kind: "connection", DestinationIP: workbench.Text("185.220.101.7"), DestinationPort: whole(443), Protocol: workbench.Text("tcp")}},
	}
	for i := range 4 {
		e.Processes = append(e.Processes, workbench.ProcessEvidence{EvidenceBase: base(fmt.Sprint("whoami", i), "suspicious", "active", 12+i, first), ProcessName: workbench.Text("whoami.exe"), ProcessID: whole(int64(9420 + i)),
			CommandLine: workbench.Text("whoami /all"), FilePath: workbench.Text(`C:\Windows\System32\whoami.exe`), StartedAt: moment0(10 + i), ParentProcessID: whole(9112)})
	}
	for i := range e.Processes { // a parent is found by device, process id and start
		p := &e.Processes[i]
		p.ParentStartedAt = map[int64]workbench.Time{5308: moment0(-21), 7120: moment0(8), 9112: moment0(9)}[*p.ParentProcessID]
	}
	alerts := []workbench.Alert{
		{ID: first, Name: workbench.Text("Suspicious PowerShell command line"), Criticality: 9, LocalIP: workbench.Text("10.20.4.117"), ExternalIP: workbench.Text("203.0.113.24"), VendorUserName: workbench.Text("l.kovacs"),
			DeviceName: workbench.Text("FIN-LT-204"), DeviceNames: texts("FIN-LT-204"), OS: workbench.Text("Windows 11 23H2"), VendorDomainName: workbench.Text("contoso"),
			MitreTechniques: texts("T1059.001", "T1027", "T1547.001"), Status: workbench.Text("new"), FirstActivityAt: moment0(8), LastActivityAt: moment0(35), ThreatName: workbench.Untrusted{},
			Description:        workbench.Text("A suspicious PowerShell command was started by an Office process.\n\nAttackers use encoded commands to hide what they run."),
			RecommendedActions: workbench.Text("1. Isolate the device.\n2. Collect the investigation package.\n3. Reset the password of the user."), Severity: workbench.Text("high"),
			ServiceSource: workbench.Text("microsoftDefenderForEndpoint"), DetectionSource: workbench.Text("microsoftDefenderForEndpoint"), Users: []workbench.AlertUser{{Name: workbench.Text("l.kovacs"), Domain: workbench.Text("contoso"), Why: workbench.NamedByAlert}},
			CriticalityFactors: []workbench.Factor{{Name: "severity", Points: 4, Value: workbench.Text("high"), Reason: "Severity of the alert (Microsoft)"}, {Name: "malicious", Points: 3, Value: workbench.Text("powershell.exe"), Reason: "Malicious evidence still active"}, {Name: "outside", Points: 2, Value: workbench.Text("185.220.101.7"), Reason: "Outside address in the evidence"}},
			CreatedAt:          moment0(11), UpdatedAt: moment0(40), EvidenceIDs: allIDs(e), URL: "https://security.microsoft.com/alerts/da6377001_1"},
		{ID: second, Name: workbench.Text("Suspicious file dropped and blocked"), Criticality: 6, LocalIP: workbench.Text("10.20.4.117"), VendorUserName: workbench.Text("l.kovacs"), DeviceName: workbench.Text("FIN-LT-204"),
			DeviceNames: texts("FIN-LT-204"), OS: workbench.Text("Windows 11 23H2"), MitreTechniques: texts("T1105"), Status: workbench.Text("resolved"), FirstActivityAt: moment0(9), LastActivityAt: moment0(9),
			ThreatName: workbench.Text("Trojan:Win32/Startpage"), Severity: workbench.Text("medium"), ServiceSource: workbench.Text("microsoftDefenderForEndpoint"), EvidenceIDs: []string{e.Processes[1].ID}},
	}
	return newSample("endpoint", workbench.MicrosoftEndpointAlert, workbench.ProductEndpoint, "Suspicious PowerShell command line",
		"A document opened by contoso\\l.kovacs started PowerShell with an encoded command on FIN-LT-204. Microsoft calls 3 of 9 pieces of evidence malicious; one is still active.", alerts, e)
}

func allIDs(e workbench.Evidence) []string {
	var out []string
	for i := range e.Processes {
		out = append(out, e.Processes[i].ID)
	}
	for i := range e.Files {
		out = append(out, e.Files[i].ID)
	}
	for i := range e.Registry {
		out = append(out, e.Registry[i].ID)
	}
	for i := range e.Network {
		out = append(out, e.Network[i].ID)
	}
	return out
}
