package defender_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"workbench"
)

// sentenceEnd is where a reader sees a sentence end.
var sentenceEnd = regexp.MustCompile(`[.!?]["')\]]*(\s|$)`)

func twoSentences(t *testing.T, c workbench.Content) {
	t.Helper()
	text := c.Summary.Raw()
	if n := len(sentenceEnd.FindAllString(text, -1)); n != 2 || !strings.HasSuffix(text, ".") || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\r\u2028") || strings.Contains(text, "  ") {
		t.Errorf("got %d sentences, want two on one line: %q", n, text)
	}
	if strings.HasPrefix(text, "on ") || strings.HasPrefix(text, "at ") || strings.HasPrefix(text, "involving ") || strings.HasPrefix(text, ":") {
		t.Errorf("the summary has no subject: %q", text)
	}
}

// TestEverySummaryIsTwoSentences holds the rule over every story of the tests' own data and of the real exports, and over titles that make
// it hard.
func TestEverySummaryIsTwoSentences(t *testing.T) {
	own, _ := filepath.Glob("testdata/*.json")
	real, _ := filepath.Glob(filepath.Join(dataFolder, "*.json"))
	for _, p := range append(own, real...) {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range (&world{}).add(t, string(text)).derive() {
			twoSentences(t, c)
		}
	}
	for _, title := range []string{"", " ", ".", "Is it? Yes! Act now.", "One. Two. Three.", "line\nfeed. x", strings.Repeat("Long. ", 100), "v1.2 of tool.exe ran", "ends with…", "...", "What!"} {
		for _, source := range []string{endpoint, office} {
			w := (&world{}).add(t, incidentJSON("1", "2026-05-04T09:00:00Z", fmt.Sprintf(`,"displayName":%q`, title))).
				add(t, alertJSON("a", "1", source, "2026-05-04T09:00:00Z", fmt.Sprintf(`,"title":%q,"severity":%q,"evidence":[{"@odata.type":"#x.deviceEvidence","deviceDnsName":%q},{"@odata.type":"#x.userEvidence","userAccount":{"accountName":%q}},`+
					`{"@odata.type":"#x.analyzedMessageEvidence","networkMessageId":"n","recipientEmailAddress":%q,"p2Sender":{"emailAddress":%q}}]`, title, title, title, title, title, title)))
			for _, c := range w.derive() {
				twoSentences(t, c)
			}
			w.add(t, alertJSON("a", "2", source, "2026-05-04T10:00:00Z", fmt.Sprintf(`,"title":%q`, title)))
			for _, c := range w.derive() {
				twoSentences(t, c)
			}
		}
		for _, c := range (&world{}).add(t, incidentJSON("1", "2026-05-04T09:00:00Z", fmt.Sprintf(`,"displayName":%q`, title))).derive() {
			twoSentences(t, c)
		}
	}
}

// TestTimelineItemsAreUnique holds that each item of a timeline has an id of its own, over all versions of everything.
func TestTimelineItemsAreUnique(t *testing.T) {
	comment := `,"comments":[{"comment":"same","createdByDisplayName":"u","createdDateTime":"2026-05-04T09:00:00Z"},{"comment":"same","createdByDisplayName":"u","createdDateTime":"2026-05-04T09:00:00Z"}]`
	w := &world{}
	for i, status := range []string{"new", "inProgress", "new", "resolved"} {
		updated := fmt.Sprintf("2026-05-04T09:0%d:00Z", i)
		w.add(t, incidentJSON("1", updated, fmt.Sprintf(`,"assignedTo":%q`, status)+comment)).add(t, alertJSON("a", "1", endpoint, updated, fmt.Sprintf(`,"status":%q`, status)+comment))
	}
	c := w.story(t, tenant, "endpoint", "1")
	seen, comments := map[string]bool{}, 0
	for _, i := range c.Timeline {
		if i.ID == "" || seen[i.ID] {
			t.Errorf("item %q of %s has no id or stands twice", i.Title, i.At)
		}
		seen[i.ID] = true
		if i.Kind == workbench.CommentItem {
			comments++
		}
	}
	if comments != 1 {
		t.Errorf("the same comment stands %d times, want once", comments)
	}
	if got := len(c.Timeline); got != 10 {
		t.Errorf("got %d items, want three beginnings, one comment, three changes of each, and the same words at other times apart", got)
	}
}

// TestWhatAStoryIsAbout holds indication, severity and source.
func TestWhatAStoryIsAbout(t *testing.T) {
	device := func(name string, roles string) string {
		return fmt.Sprintf(`{"@odata.type":"#x.deviceEvidence","mdeDeviceId":%q,"deviceDnsName":%q,"lastIpAddress":"10.0.0.1","detailedRoles":[%s]}`, name, name, roles)
	}
	mailbox := `{"@odata.type":"#x.mailboxEvidence","primaryAddress":"box@x.example"}`
	message := `{"@odata.type":"#x.analyzedMessageEvidence","networkMessageId":"n","recipientEmailAddress":"to@x.example"}`
	user := `{"@odata.type":"#x.userEvidence","userAccount":{"accountName":"ada","domainName":"D"}}`
	alert := func(id, severity, first string, evidence ...string) string {
		return alertJSON(id, "1", endpoint, "2026-05-04T09:00:00Z", fmt.Sprintf(`,"severity":%q,"firstActivityDateTime":"2026-05-04T0%sZ","evidence":[%s]`, severity, first, strings.Join(evidence, ",")))
	}
	tests := map[string]struct {
		alerts                       []string
		indication, severity, source string
	}{
		"the alert of highest criticality":   {[]string{alert("a", "low", "1:00:00"), alert("b", "high", "2:00:00")}, "Alert b", "high", ""},
		"the earliest of two alike":          {[]string{alert("a", "high", "2:00:00"), alert("b", "high", "1:00:00")}, "Alert b", "high", ""},
		"the highest of Microsoft's words":   {[]string{alert("a", "informational", "1:00:00"), alert("b", "medium", "2:00:00"), alert("c", "dire", "3:00:00")}, "Alert b", "medium", ""},
		"a word that nobody knows":           {[]string{alert("a", "dire", "1:00:00")}, "Alert a", "dire", ""},
		"the primary device":                 {[]string{alert("a", "high", "1:00:00", device("other", ""), device("main", `"PrimaryDevice"`), mailbox, user)}, "Alert a", "high", "main"},
		"a device before a mailbox":          {[]string{alert("a", "high", "1:00:00", mailbox), alert("b", "low", "2:00:00", device("only", ""))}, "Alert a", "high", "only"},
		"a mailbox before a user":            {[]string{alert("a", "high", "1:00:00", user, mailbox)}, "Alert a", "high", "box@x.example"},
		"the recipient of a message":         {[]string{alert("a", "high", "1:00:00", user, message)}, "Alert a", "high", "to@x.example"},
		"a user where there is nothing else": {[]string{alert("a", "high", "1:00:00", user)}, "Alert a", "high", "ada"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := &world{}
			for _, a := range test.alerts {
				w.add(t, a)
			}
			c := w.story(t, tenant, "endpoint", "1")
			same(t, "indication, severity, source", []workbench.Untrusted{c.Indication, c.Severity, c.Source}, []workbench.Untrusted{workbench.Text(test.indication), workbench.Text(test.severity), workbench.Text(test.source)})
		})
	}
}

// TestOlderFormNeverOverrides holds that a newer document of an older form changes nothing that Graph said of the same alert or incident.
func TestOlderFormNeverOverrides(t *testing.T) {
	graph := []string{incidentJSON("1", "2026-05-04T09:00:00Z", ""), alertJSON("a", "1", endpoint, "2026-05-04T09:00:00Z", `,"evidence":[]`)}
	old := `{"incidentId":1,"incidentName":"older","status":"Resolved","lastUpdateTime":"2026-06-01T00:00:00Z","tenantId":"` + string(tenant) + `","alerts":[{"alertId":"a","incidentId":1,"title":"older",` +
		`"serviceSource":"MicrosoftDefenderATP","severity":"Low","status":"Resolved","lastUpdatedTime":"2026-06-01T00:00:00Z","devices":[],"entities":[]}]}`
	machine := `{"id":"a","incidentId":1,"aadTenantId":"` + string(tenant) + `","machineId":"m","title":"machine","severity":"Low","status":"Resolved","lastUpdateTime":"2026-06-02T00:00:00Z","alertCreationTime":"2026-05-01T00:00:00Z"}`
	for name, docs := range map[string][]string{"older last": {graph[0], graph[1], old, machine}, "older first": {machine, old, graph[1], graph[0]}} {
		w := &world{}
		for _, d := range docs {
			w.add(t, d)
		}
		c := w.story(t, tenant, "endpoint", "1")
		same(t, name, []any{c.Details.IncidentName, c.VendorStatus, c.AlertCount, c.Alerts[0].Name, c.Alerts[0].Status, c.Severity, c.AllResolved}, []any{"Incident 1", "active", 1, "Alert a", "new", "medium", false})
		if got := len(c.Raw); got != 5 {
			t.Errorf("%s: got %d documents, want all five kept", name, got)
		}
	}
}

// TestUnknownWordsPassAsTheyCame holds that words which nobody knows are neither dropped nor changed, and known ones have one spelling.
func TestUnknownWordsPassAsTheyCame(t *testing.T) {
	c := (&world{}).add(t, alertJSON("a", "1", "BrandNewProduct", "2026-05-04T09:00:00Z", `,"status":"DayDreaming","classification":"OddClass","determination":"OddDet","investigationState":"OddState","detectionSource":"OddSource",`+
		`"evidence":[{"@odata.type":"#microsoft.graph.security.NovelThingEvidence","verdict":"OddVerdict","remediationStatus":"OddState","roles":["OddRole","ATTACKER"],"x":"y"},`+
		`{"@odata.type":"#microsoft.graph.security.ipEvidence","ipAddress":"192.0.2.1","verdict":"MALICIOUS","remediationStatus":"Blocked"}]`)).story(t, tenant, "brandnewproduct", "1")
	a, o, n := c.Alerts[0], c.Evidence.Other[0], c.Evidence.Network[0]
	same(t, "alert", []any{a.Status, a.Classification, a.Determination, a.InvestigationState, a.DetectionSource, a.ServiceSource, c.Producer}, []any{"DayDreaming", "OddClass", "OddDet", "OddState", "OddSource", "BrandNewProduct", "BrandNewProduct"})
	same(t, "evidence", []any{o.Type, o.Verdict, o.RemediationStatus, o.Roles}, []any{"novelThing", "OddVerdict", "OddState", []string{"OddRole", "attacker"}})
	same(t, "known words in another case", []any{n.Verdict, n.RemediationStatus}, []any{"malicious", "blocked"})
}

// TestEvidenceOfSeveralAlerts holds how one piece of evidence is told from what several alerts say of it.
func TestEvidenceOfSeveralAlerts(t *testing.T) {
	file := func(created, verdict, remediation, role, tag string) string {
		return fmt.Sprintf(`,"evidence":[{"@odata.type":"#x.fileEvidence","createdDateTime":%q,"verdict":%q,"remediationStatus":%q,"roles":[%q],"tags":[%q],"mdeDeviceId":"d","fileDetails":{"sha256":"AA","filePath":"C:\\T","fileName":"f.exe"}}]`, created, verdict, remediation, role, tag)
	}
	tests := map[string]struct {
		one, other           string
		verdict, remediation string
	}{
		"alike":                        {file("2026-05-04T08:00:02Z", "malicious", "blocked", "x", "s"), file("2026-05-04T08:00:01Z", "malicious", "blocked", "y", "t"), "malicious", "blocked"},
		"the worst verdict counts":     {file("2026-05-04T08:00:02Z", "noThreatsFound", "blocked", "x", "s"), file("2026-05-04T08:00:01Z", "suspicious", "blocked", "y", "t"), "suspicious", "blocked"},
		"none found is more than none": {file("2026-05-04T08:00:02Z", "unknown", "none", "x", "s"), file("2026-05-04T08:00:01Z", "noThreatsFound", "none", "y", "t"), "noThreatsFound", "none"},
		"fates that differ are mixed":  {file("2026-05-04T08:00:02Z", "malicious", "active", "x", "s"), file("2026-05-04T08:00:01Z", "suspicious", "blocked", "y", "t"), "malicious", "mixed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, order := range [][2]string{{test.one, test.other}, {test.other, test.one}} {
				c := (&world{}).add(t, alertJSON("a", "1", endpoint, "2026-05-04T09:00:00Z", order[0])).add(t, alertJSON("b", "1", endpoint, "2026-05-04T09:00:00Z", order[1])).story(t, tenant, "endpoint", "1")
				if len(c.Evidence.Files) != 1 {
					t.Fatalf("got %d files, want one", len(c.Evidence.Files))
				}
				f := c.Evidence.Files[0]
				same(t, "item", []any{f.AlertIDs, f.Verdict, f.RemediationStatus, f.CreatedAt, len(f.Roles), len(f.Tags)}, []any{[]string{"a", "b"}, test.verdict, test.remediation, "2026-05-04T08:00:01Z", 2, 2})
			}
		})
	}
}

func TestRoleOfAConnectionIsNotThatOfItsEnds(t *testing.T) {
	w := &world{}
	w.add(t, `{"id":"a","incidentId":"1","tenantId":"t","serviceSource":"microsoftDefenderForEndpoint","evidence":[
		{"@odata.type":"#microsoft.graph.security.networkConnectionEvidence","roles":["commandAndControl"],"sourceAddress":{"ipAddress":"10.0.0.7"},"destinationAddress":{"ipAddress":"203.0.113.7"},"destinationPort":443},
		{"@odata.type":"#microsoft.graph.security.dnsEvidence","roles":["commandAndControl"],"domainName":"c2.example","ipAddresses":[{"ipAddress":"203.0.113.9"}]},
		{"@odata.type":"#microsoft.graph.security.ipEvidence","roles":["attacker"],"ipAddress":"203.0.113.8"}]}`)
	got := map[string]string{}
	for _, e := range w.story(t, "t", workbench.ProductEndpoint, "1").Entities {
		got[e.Name.Raw()] = e.Role.Raw()
	}
	want := map[string]string{"10.0.0.7": "source", "203.0.113.7": "destination", "c2.example": "commandAndControl", "203.0.113.9": "", "203.0.113.8": "attacker"}
	same(t, "roles", got, want)
}
