package workbench_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	. "workbench"
)

// Names of the outside contract: what scripts rely on. Adding one is fine; to lose one is not.
const (
	listNames = "id tenant producerType producer vendor incidentId incidentUrl indication summary criticality severity status verdict analystSeverity threatType classification additionalInfo owner labels " +
		"source sourceIp createdAt updatedAt firstSignalAt lastSignalAt waitingSince alertCount deviceCount userCount mailboxCount mitreTechniques vendorStatus movedTo lastComment"
	storyNames = listNames + " details siblings criticalityFactors timeline entities alerts evidence processTrees raw"
	alertNames = "id name criticality localIp externalIp vendorUserName deviceName deviceNames os vendorDomainName mitreTechniques status firstActivityAt lastActivityAt threatName description " +
		"recommendedActions url severity serviceSource detectionSource users categories detectorId alertPolicyId classification determination investigationState assignedTo createdAt updatedAt resolvedAt"
	evidenceNames = "id alertIds verdict remediationStatus createdAt roles device "
)

// TestNamesInJSON holds every noun against the names of the contract.
func TestNamesInJSON(t *testing.T) {
	tests := map[string]struct {
		value any
		names string
	}{
		"a story in a list": {Row{}, listNames},
		"a whole story":     {Story{Siblings: []Sibling{}}, storyNames},
		"a tenant":          {Tenant{}, "id name"},
		"a sibling":         {Sibling{}, "id producer alertCount status"},
		"a factor":          {Factor{}, "name points value reason"},
		"an entity":         {Entity{}, "id kind name role data"},
		"a document":        {RawRef{}, "hash kind"},
		"an alert":          {Alert{}, alertNames},
		"a user":            {AlertUser{}, "name domain why"},
		"evidence":          {Evidence{}, "processes files registry network messages mailboxes mailClusters other"},
		"a process":         {ProcessEvidence{}, evidenceNames + "processName processId commandLine filePath startedAt parentProcessId user sha256"},
		"a file":            {FileEvidence{}, evidenceNames + "filePath fileName fileSize sha1 sha256 md5"},
		"a registry value":  {RegistryEvidence{}, evidenceNames + "hive key name valueType value"},
		"network":           {NetworkEvidence{}, evidenceNames + "kind sourceIp sourcePort destinationIp destinationPort protocol dnsName dnsAnswers httpMethod url country"},
		"a message": {MessageEvidence{}, evidenceNames + "receivedAt subject from envelopeSender recipient direction deliveryAction deliveryLocation threats detectionMethods urls urlCount attachmentCount " +
			"senderIp networkMessageId"},
		"a mailbox":      {MailboxEvidence{}, evidenceNames + "address displayName upn"},
		"a mail cluster": {MailClusterEvidence{}, evidenceNames + "clusterBy value emailCount query networkMessageIds"},
		"a process tree": {ProcessTree{}, "device partial nodes"},
		"a node":         {TreeNode{}, "id parentId kind name processId startedAt recordedAt verdict evidenceId inferred"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(test.value)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			for _, want := range strings.Fields(test.names) {
				if _, there := got[want]; !there {
					t.Errorf("%s is missing", want)
				}
			}
		})
	}
}

// TestAbsentIsNull holds that what nobody said is null and never an empty text, and that what is written can be read again.
func TestAbsentIsNull(t *testing.T) {
	for _, v := range []any{Row{}, Story{}, Alert{}, TreeNode{}, ProcessEvidence{}, MessageEvidence{}, NetworkEvidence{}, FileEvidence{}, TimelineItem{}, Details{}} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		for name, value := range got {
			if value == "" && !slices.Contains([]string{"id", "kind", "origin", "producerType", "vendor", "status"}, name) {
				t.Errorf("%T: %s is empty text, want null", v, name)
			}
			if strings.HasSuffix(name, "At") && value != nil {
				t.Errorf("%T: %s is %v, want null", v, name, value)
			}
		}
	}
	node := TreeNode{ID: "n", ParentID: "p", EvidenceID: "e", Reason: "<why> & how", AlertIDs: []string{"a"}}
	alert := Alert{ID: "a", URL: "https://security.microsoft.com/alerts/a?x=1&y=2", Name: Text("<b>")}
	item := TimelineItem{ID: "i", From: "story"}
	var node2 TreeNode
	var alert2 Alert
	var item2 TimelineItem
	for _, pair := range [][2]any{{node, &node2}, {alert, &alert2}, {item, &item2}, {TreeNode{}, &TreeNode{}}, {Alert{}, &Alert{}}} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(pair[0]); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b.Bytes(), []byte(`\u00`)) {
			t.Errorf("%T is escaped as for HTML: %s", pair[0], b.Bytes())
		}
		if err := json.Unmarshal(b.Bytes(), pair[1]); err != nil {
			t.Error(err)
		}
	}
	if node2.ParentID != "p" || node2.EvidenceID != "e" || node2.Reason != node.Reason || node2.ID != "n" || alert2.URL != alert.URL || alert2.Name != alert.Name || item2.From != "story" {
		t.Errorf("read back: %+v %+v %+v", node2, alert2, item2)
	}
}

// TestWordsOfEnums holds the words that the contract names, in JSON.
func TestWordsOfEnums(t *testing.T) {
	words := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, c := range []struct{ name, got, want string }{
		{"statuses", words(Statuses), `["open","reopened","pendingAnalysis","pendingMoreInfo","monitoring","closed"]`},
		{"verdicts", words(Verdicts), `["malicious","suspicious","benign","informational"]`},
		{"severities", words(AnalystSeverities), `["high","medium","low"]`},
		{"producer types", words([]ProducerType{MicrosoftEndpointAlert, GenericIncident}), `["microsoftEndpointAlert","genericIncident"]`},
		{"labels of producer types", words([]string{MicrosoftEndpointAlert.Label(), GenericIncident.Label()}), `["Microsoft Endpoint Alert","Generic Incident"]`},
		{"kinds of nodes", words([]NodeKind{ProcessNode, FileNode, RegistryNode, NetworkNode, GapNode}), `["process","file","registry","network","gap"]`},
		{"why a user is there", words([]UserWhy{NamedByAlert, LoggedOn}), `["namedByAlert","loggedOn"]`},
		{"no verdict and no severity", words([]any{Verdict(""), AnalystSeverity("")}), `[null,null]`},
		{"a time of another zone", words(Time{time.Date(2026, 11, 22, 13, 0, 0, 500_000_000, time.FixedZone("", 3600))}), `"2026-11-22T12:00:00.5Z"`},
		{"no time", words(Time{}), `null`},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
}

// TestCriticalityStaysInItsRange holds that a criticality is the sum of its points, kept within 1 and 10, and the same each time.
func TestCriticalityStaysInItsRange(t *testing.T) {
	for points, want := range map[int]int{-9: 1, 0: 1, 1: 1, 5: 5, 10: 10, 31: 10} {
		if got := Criticality([]Factor{{Points: points - 2}, {Points: 2}}); got != want {
			t.Errorf("%d points give %d, want %d", points, got, want)
		}
	}
	d := Details{Classification: Text("truePositive"), Tags: []Untrusted{Text("Critical asset")}}
	alerts := []Alert{{ID: "a", Severity: Text("high"), Categories: []Untrusted{Text("Impact"), Text("Execution")}}, {ID: "b", Severity: Text("low"), Categories: []Untrusted{Text("Persistence")}}}
	first, second := StoryFactors(d, alerts, Evidence{}), StoryFactors(d, alerts, Evidence{})
	if a, b := mustJSON(t, first), mustJSON(t, second); a != b {
		t.Errorf("the same story gives %s and %s", a, b)
	}
	for _, f := range first {
		if f.Name == "" || f.Points == 0 || !strings.HasSuffix(f.Reason, ".") || f.Value.IsZero() {
			t.Errorf("factor %+v explains nothing", f)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRawTableOfVersions holds that of several versions of an alert the newest, which a Raw list gives first, makes the rows.
func TestRawTableOfVersions(t *testing.T) {
	version := func(title string) Observed {
		return Observed{Document: Document{Kind: AlertDocument, Object: "a", JSON: []byte(`{"title":"` + title + `","evidence":[{"x":1}]}`)}}
	}
	table := RawTable([]Observed{version("newest"), version("former"), version("first")})
	if len(table.Rows) != 2 || table.Rows[0][slices.Index(table.Columns, Text("title"))] != Text("newest") {
		t.Errorf("got %v", table)
	}
}

// FuzzRawTable holds that no document makes the Raw Data table panic, lose a row or grow ragged.
func FuzzRawTable(f *testing.F) {
	for _, text := range []string{`{"a":[1,{"b":"\u0000"}],"evidence":[{"c":null},7,[]]}`, `{"evidence":"x","a":{"a":{"a":[[[{}]]]}}}`, `{"a":1,"a":2`, `[]`, ``} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		table := RawTable([]Observed{{Document: Document{Kind: AlertDocument, Object: "a", JSON: text}}, {Document: Document{Kind: AlertDocument, Object: "b", JSON: []byte(`{}`)}}})
		if len(table.Rows) < 2 {
			t.Fatalf("got %d rows, want one for each alert at least", len(table.Rows))
		}
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Fatalf("a row has %d cells, the table %d columns", len(row), len(table.Columns))
			}
		}
	})
}
