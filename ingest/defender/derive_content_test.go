package defender_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"workbench"
)

// kept reads a file of testdata.
func kept(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// same fails where a value differs from what is wanted.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(b), string(a)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func texts(list ...string) []workbench.Untrusted {
	out := []workbench.Untrusted{}
	for _, s := range list {
		out = append(out, workbench.Text(s))
	}
	return out
}

// value is the first value of that name, or "".
func value(data []workbench.Field, name string) string {
	for _, f := range data {
		if f.Name.Raw() == name {
			return f.Value.Raw()
		}
	}
	return ""
}

func TestIntrusionHead(t *testing.T) {
	c := (&world{}).add(t, kept(t, "intrusion.json")).story(t, tenant, "endpoint", "7001")
	same(t, "producer", c.Producer, "Microsoft Defender for Endpoint")
	same(t, "type", c.ProducerType, workbench.MicrosoftEndpointAlert)
	same(t, "address", c.IncidentURL, "https://security.microsoft.com/incident2/7001/overview?tid="+string(tenant))
	same(t, "indication", c.Indication, "Beacon to a known address")
	same(t, "severity", c.Severity, "high")
	same(t, "source", c.Source, "press-07.plant.example")
	same(t, "created", c.CreatedAt, "2026-05-04T08:20:00.1234567Z")
	same(t, "updated", c.UpdatedAt, "2026-05-04T08:50:00Z")
	same(t, "signals", []workbench.Time{c.FirstSignalAt, c.LastSignalAt}, []string{"2026-05-04T08:10:00Z", "2026-05-04T08:39:00Z"})
	same(t, "counts", []int{c.AlertCount, c.DeviceCount, c.UserCount, c.MailboxCount}, []int{2, 1, 2, 0})
	same(t, "techniques", c.MitreTechniques, texts("T1059.001", "T1071", "T1204.002"))
	same(t, "unknown members", c.Details.Other, []workbench.Field{{Name: workbench.Text("newMember.inner.0"), Value: workbench.Text("1")}, {Name: workbench.Text("newMember.inner.1"), Value: workbench.Text("true")}})
	same(t, "tags", c.Details.Tags, texts("workshop"))
	for _, name := range []string{"ld.dll", "203.0.113.9", "Beacon to a known address", "D1", "da-loader_1"} {
		if !finds(known(c), name) {
			t.Errorf("search does not know %q", name)
		}
	}
	if !slices.Contains(c.Names, workbench.Text("press-07.plant.example")) || slices.Contains(c.Names, workbench.Text("203.0.113.9")) {
		t.Errorf("got names %q, want the device among them and no address", c.Names)
	}
	same(t, "summary", c.Summary, "Beacon to a known address on press-07.plant.example, involving m.okafor and one more user, in 2 alerts. Microsoft rates it high, and what it calls malicious or suspicious is not all stopped.")
}

func TestIntrusionAlert(t *testing.T) {
	c := (&world{}).add(t, kept(t, "intrusion.json")).story(t, tenant, "endpoint", "7001")
	a := c.Alerts[0]
	same(t, "order", []string{a.ID, c.Alerts[1].ID}, []string{"da-loader_1", "ed-beacon_1"})
	same(t, "addresses", []workbench.Untrusted{a.LocalIP, a.ExternalIP}, texts("10.9.8.7", "198.51.100.8"))
	same(t, "device", []workbench.Untrusted{a.DeviceName, a.OS}, texts("press-07.plant.example", "Windows11 24H2 (build 26100)"))
	same(t, "users", a.Users, []workbench.AlertUser{
		{Name: workbench.Text("m.okafor"), Domain: workbench.Text("PLANT"), Why: workbench.NamedByAlert},
		{Name: workbench.Text("shift2"), Domain: workbench.Text("PLANT"), Why: workbench.LoggedOn}})
	same(t, "user", []workbench.Untrusted{a.VendorUserName, a.VendorDomainName}, texts("m.okafor", "PLANT"))
	same(t, "custom details", value(a.Other, "customDetails.site"), "Lyon")
	same(t, "additional data", value(a.Other, "additionalData.Links"), `[{"Href":"x"}]`)
	same(t, "address", a.URL, "https://security.microsoft.com/alerts/da-loader_1?tid="+string(tenant))
	same(t, "address that is not Microsoft's", c.Alerts[1].URL, "")
	same(t, "it is kept", value(c.Alerts[1].Other, "alertWebUrl"), "https://security.microsoft.com.evil.example/alerts/1")
	if got, want := len(a.EvidenceIDs), 12; got != want {
		t.Errorf("got %d pieces of evidence, want %d: eleven, and a file inside the malware", got, want)
	}
}

func TestIntrusionEvidence(t *testing.T) {
	c := (&world{}).add(t, kept(t, "intrusion.json")).story(t, tenant, "endpoint", "7001")
	e := c.Evidence
	if len(e.Processes) != 2 {
		t.Fatalf("got %d processes, want 2", len(e.Processes))
	}
	p := e.Processes[1]
	if !p.ProcessName.Is("powershell.exe") {
		p = e.Processes[0]
	}
	same(t, "merged process", []any{p.AlertIDs, p.Verdict, p.RemediationStatus, p.CreatedAt, p.Tags, p.DeviceID, p.Device, p.FilePath},
		[]any{[]string{"da-loader_1", "ed-beacon_1"}, "malicious", "mixed", "2026-05-04T08:20:01Z", []string{"late"}, "11aa22bb", "press-07.plant.example", `C:\Windows\System32\powershell.exe`})
	same(t, "its other fields", value(p.Data, "imageFile.md5"), "m5")
	tree := outlineOf(c.ProcessTrees)
	slices.Sort(tree[4:]) // recorded in the same moment
	same(t, "tree", tree, []string{"gap explorer.exe <", "process EXCEL.EXE < explorer.exe", "process powershell.exe < EXCEL.EXE", "file ld.dll < powershell.exe",
		"file second.bin <", "network 203.0.113.9 <", "network 203.0.113.9 <", "network Cdn.Loader.example <", "registry SOFTWARE\\Vendor <"})
	same(t, "registry", []any{len(e.Registry), e.Registry[0].DeviceID}, []any{1, "11aa22bb"})
	kinds := map[string]workbench.NetworkEvidence{}
	for _, n := range e.Network {
		kinds[n.Kind] = n
	}
	same(t, "dns", []any{kinds["dns"].DNSName, kinds["dns"].DNSAnswers, kinds["dns"].SourceIP, value(kinds["dns"].Data, "ipAddresses.0.countryLetterCode")}, []any{"Cdn.Loader.example", []string{"203.0.113.9"}, "10.9.8.7", "NL"})
	same(t, "connection", []any{kinds["connection"].DestinationIP, kinds["connection"].DestinationPort, kinds["connection"].Country, kinds["connection"].Device}, []any{"203.0.113.9", 443, "NL", nil})
	others := map[string]workbench.OtherEvidence{}
	for _, o := range e.Other {
		others[o.Type.Raw()] = o
	}
	same(t, "unknown type", others["quantum"].Data, []workbench.Field{{Name: workbench.Text("spin"), Value: workbench.Text("up")}, {Name: workbench.Text("nested.deep.0"), Value: workbench.Text("x")}, {Name: workbench.Text("nested.deep.1.y"), Value: workbench.Text("2")}})
	same(t, "not an object", others["unknown"].Title, "not an object")
	same(t, "title", others["kubernetesPod"].Title, "pod-1")
	same(t, "user of two alerts", others["user"].AlertIDs, []string{"da-loader_1", "ed-beacon_1"})
	same(t, "device of two alerts", []any{others["device"].AlertIDs, others["device"].DeviceID}, []any{[]string{"da-loader_1", "ed-beacon_1"}, "11aa22bb"})
	if got := e.Count(); got != 14 {
		t.Errorf("got %d pieces of evidence, want 14", got)
	}
	roles := map[string]string{}
	for _, x := range c.Entities {
		roles[string(x.Kind)+" "+x.Name.Raw()] = x.Role.Raw()
	}
	for name, want := range map[string]string{`user PLANT\m.okafor`: "namedByAlert", `user PLANT\shift2`: "loggedOn", "device press-07.plant.example": "primaryDevice"} {
		if roles[name] != want {
			t.Errorf("entity %s: got role %q, want %q", name, roles[name], want)
		}
	}
}

// outlineOf writes trees as lines: kind, name, < parent's name.
func outlineOf(trees []workbench.ProcessTree) []string {
	var out []string
	for _, tree := range trees {
		names := map[string]string{}
		for _, n := range tree.Nodes {
			names[n.ID] = n.Name.Raw()
			out = append(out, strings.TrimSpace(string(n.Kind)+" "+n.Name.Raw()+" < "+names[n.ParentID]))
		}
	}
	return out
}

func TestMailStory(t *testing.T) {
	c := (&world{}).add(t, kept(t, "mail.json")).story(t, tenant, "office365", "7002")
	same(t, "type", c.ProducerType, workbench.GenericIncident)
	same(t, "description", c.Alerts[1].Description, "Taken back")
	same(t, "counts", []int{len(c.Evidence.Messages), len(c.Evidence.Mailboxes), len(c.Evidence.MailClusters), len(c.Evidence.MailboxRules), c.MailboxCount, c.UserCount}, []int{4, 1, 1, 1, 2, 1})
	var merged workbench.MessageEvidence
	for _, m := range c.Evidence.Messages {
		if len(m.AlertIDs) == 2 {
			merged = m
		}
	}
	same(t, "one message in two alerts", []any{merged.Verdict, merged.RemediationStatus, merged.DeliveryAction, value(merged.Data, "deliveryAction"), merged.URLs, merged.SenderIP, value(merged.Data, "senderIp"), value(merged.Data, "language"), merged.FromName, merged.EnvelopeSender},
		[]any{"malicious", "mixed", "blocked", "delivered", []string{"https://parcel.bad.example/b", "https://parcel.bad.example/a"}, nil, "255.255.255.255", "en", "Parcel Desk", "b@mail.bad.example"})
	answers := c.MailAnswers()
	var recipients []workbench.Untrusted
	for _, f := range answers.Recipients.Finds {
		recipients = append(recipients, f.Name)
	}
	same(t, "who got it", recipients, texts("lena@shop.example", "otto@shop.example"))
	same(t, "who clicked", answers.Clicked.Finds[0].Name, `SHOP\lena`)
	same(t, "which devices", answers.Devices.Known, false)
	same(t, "source", c.Source, "Lena@shop.example")
	same(t, "summary", c.Summary, `A bad URL click was seen: mail to lena@shop.example and one more recipient from hello@bad.example. SHOP\lena clicked, and the alerts name no device; Microsoft rates it high, and what it calls malicious or suspicious is not all stopped.`)
	same(t, "not all resolved", []any{c.AllResolved, c.ResolvedAt}, []any{false, nil})
}

func TestEndpointForm(t *testing.T) {
	c := (&world{}).add(t, kept(t, "endpoint_alert.json")).story(t, tenant, "endpoint", "7003")
	a := c.Alerts[0]
	same(t, "words", []workbench.Untrusted{a.Severity, a.Status, a.Classification, a.Determination, a.InvestigationState, a.DetectionSource},
		texts("unknown", "inProgress", "truePositive", "compromisedAccount", "unsupportedOs", "WindowsDefenderAv"))
	same(t, "threat", []any{a.ThreatName, a.CreatedAt, a.DeviceName, a.VendorUserName, a.Categories}, []any{"Padlock", "2024-02-03T10:00:00.1Z", "till-3.shop.example", "till", []string{"Malware"}})
	same(t, "rest", value(a.Other, "investigationId"), "5")
	same(t, "related user", value(a.Other, "relatedUser.userName"), "till")
	p := c.Evidence.Processes[0]
	same(t, "process", []any{p.FilePath, p.User, p.ParentName, p.DetectionStatus, p.DeviceID, value(p.Data, "parentProcessFilePath"), p.SHA1},
		[]any{`C:\Temp\run.exe`, `SHOP\till`, "cmd.exe", "prevented", "ccdd", `C:\Windows`, "S1"})
	same(t, "tree", outlineOf(c.ProcessTrees), []string{"gap cmd.exe <", "process run.exe < cmd.exe", `registry SOFTWARE\Run <`})
	same(t, "producer", c.Producer, "Microsoft Defender for Endpoint")
	same(t, "comment", c.Timeline[len(c.Timeline)-1].Text, "Wiped")
	kinds := []string{}
	for _, o := range c.Evidence.Other {
		kinds = append(kinds, o.Type.Raw()+" "+o.Title.Raw())
	}
	slices.Sort(kinds)
	same(t, "others", kinds, []string{"device till-3.shop.example", "securityGroup Cashiers"})
}

func TestOlderIncidentForm(t *testing.T) {
	c := (&world{}).add(t, kept(t, "older_incident.json")).story(t, "imported", "office365", "7004")
	same(t, "incident", []any{c.Details.IncidentName, c.Details.Status, c.Details.Severity, c.Details.Tags, c.Details.UpdatedAt, c.VendorStatus, value(c.Details.Other, "alertsCount")},
		[]any{"Reported mail", "inProgress", "informational", []string{"desk"}, "2021-04-05T07:00:00Z", "inProgress", "1"})
	a := c.Alerts[0]
	same(t, "alert", []any{a.CreatedAt, a.UpdatedAt, a.FirstActivityAt, a.Status, a.DeviceName, a.OS, a.Users, value(a.Other, "actorName")},
		[]any{"2021-04-05T06:00:00Z", "2021-04-05T06:30:00Z", "2021-04-05T05:00:00Z", "new", "desk-1.shop.example", "Windows10 (build 19042)",
			[]workbench.AlertUser{{Name: workbench.Text("otto"), Domain: workbench.Text("SHOP"), Why: workbench.NamedByAlert}, {Name: workbench.Text("lena"), Domain: workbench.Text("SHOP"), Why: workbench.LoggedOn}}, "Nobody"})
	m := c.Evidence.Messages[0]
	same(t, "message", []any{m.From, m.Recipient, m.Subject, m.DeliveryAction, value(m.Data, "userPrincipalName")}, []any{"x@bad.example", "otto@shop.example", "Hello", "Delivered", "otto@shop.example"})
	same(t, "mailbox", []any{c.Evidence.Mailboxes[0].Address, c.Evidence.Mailboxes[0].DisplayName}, []any{"otto@shop.example", "Otto"})
	same(t, "clusters of one alert", len(c.Evidence.MailClusters), 2)
	same(t, "file on the device that it names", []any{c.Evidence.Files[0].DeviceID, c.Evidence.Files[0].Device}, []any{"ee11", "desk-1.shop.example"})
	same(t, "comment", c.Timeline[0].By.Or(c.Timeline[len(c.Timeline)-1].By), "desk@shop.example")
}

func TestTimeline(t *testing.T) {
	w := (&world{}).add(t, kept(t, "intrusion.json"))
	changed := strings.NewReplacer(`"status": "active"`, `"status": "resolved"`, `"lastUpdateDateTime": "2026-05-04T08:40:00Z"`, `"lastUpdateDateTime": "2026-05-04T12:00:00Z"`,
		`"verdict": "malicious", "remediationStatus": "active", "mdeDeviceId": "11aa22bb"`, `"verdict": "malicious", "remediationStatus": "remediated", "mdeDeviceId": "11aa22bb"`,
		`"lastUpdateDateTime": "2026-05-04T08:45:00.5Z"`, `"lastUpdateDateTime": "2026-05-04T11:00:00Z", "assignedTo": "uma"`).Replace(kept(t, "intrusion.json"))
	c := w.add(t, changed).story(t, tenant, "endpoint", "7001")
	var got []string
	for _, i := range c.Timeline {
		line := string(i.Kind) + " " + i.Title.Raw() + " " + i.Text.Raw()
		for _, ch := range i.Changes {
			line += " " + ch.Field + ":" + ch.Before.Raw() + ">" + ch.After.Raw()
		}
		got = append(got, strings.TrimSpace(line))
	}
	want := []string{
		"action Incident created", "action Story created", "action Alert created: Office program started a script host", "action Alert created: Beacon to a known address", "comment commented Looking at it",
		"diff Alert changed: Office program started a script host  assignedTo:>uma", "diff Evidence changed: ld.dll  remediationStatus:active>remediated", "diff Incident changed  status:active>resolved",
	}
	slices.Sort(got[:2])
	slices.Sort(got[5:7])
	same(t, "timeline", got, want)
}
