package workbench_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "workbench"
)

func TestCriticalityPage(t *testing.T) {
	page, err := os.ReadFile("docs/criticality.md")
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]int{}, map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([+-]\\d+) \\|").FindAllStringSubmatch(string(page), -1) {
		points, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		got[row[1]] = points
	}
	for _, r := range FactorRules() {
		want[r.Name] = r.Points
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the page and the code differ (-code +page):\n%s", diff)
	}
}

func evidenceBase(verdict, remediation string) EvidenceBase {
	return EvidenceBase{ID: verdict + remediation, Verdict: Text(verdict), RemediationStatus: Text(remediation)}
}

func TestAlertFactors(t *testing.T) {
	process := func(verdict, remediation, command string) Evidence {
		return Evidence{Processes: []ProcessEvidence{{EvidenceBase: evidenceBase(verdict, remediation), ProcessName: Text("a.exe"), CommandLine: Text(command)}}}
	}
	address := func(ip, verdict string, roles ...Untrusted) Evidence {
		b := evidenceBase(verdict, "none")
		b.Roles = roles
		return Evidence{Network: []NetworkEvidence{{EvidenceBase: b, Kind: "ip", DestinationIP: Text(ip)}}}
	}
	tests := map[string]struct {
		alert    Alert
		evidence Evidence
		want     []string
		sum      int
	}{
		"nothing known":           {Alert{}, Evidence{}, []string{"severityUnknown"}, 2},
		"word nobody knows":       {Alert{Severity: Text("dire")}, Evidence{}, []string{"severityUnknown"}, 2},
		"other case":              {Alert{Severity: Text("HIGH")}, Evidence{}, []string{"severityHigh"}, 4},
		"malicious and active":    {Alert{Severity: Text("high")}, process("malicious", "none", ""), []string{"severityHigh", "maliciousActive"}, 6},
		"suspicious and active":   {Alert{Severity: Text("low")}, process("suspicious", "mixed", ""), []string{"severityLow", "suspiciousActive"}, 3},
		"all stopped":             {Alert{Severity: Text("medium")}, process("malicious", "prevented", ""), []string{"severityMedium", "stopped"}, 1},
		"never below one":         {Alert{Severity: Text("informational"), Classification: Text("falsePositive")}, Evidence{}, []string{"severityInformational", "falseAlarm"}, 1},
		"confirmed":               {Alert{Severity: Text("low"), Classification: Text("TruePositive")}, Evidence{}, []string{"severityLow", "confirmed"}, 3},
		"expected":                {Alert{Severity: Text("high"), Classification: Text("informationalExpectedActivity")}, Evidence{}, []string{"severityHigh", "expectedActivity"}, 1},
		"sub-technique of ransom": {Alert{Severity: Text("low"), MitreTechniques: []Untrusted{Text("t1486.001")}}, Evidence{}, []string{"severityLow", "highImpact"}, 3},
		"technique of no impact":  {Alert{Severity: Text("low"), MitreTechniques: []Untrusted{Text("T1059")}}, Evidence{}, []string{"severityLow"}, 2},
		"encoded command":         {Alert{Severity: Text("low")}, process("unknown", "none", "powershell -EncodedCommand AAAA"), []string{"severityLow", "hiddenCommand"}, 3},
		"run of blanks":           {Alert{Severity: Text("low")}, process("unknown", "none", "cmd /c \"                                                  calc\""), []string{"severityLow", "hiddenCommand"}, 3},
		"public address":          {Alert{Severity: Text("low")}, address("203.0.113.77", "malicious"), []string{"severityLow", "maliciousActive", "outsideAddress"}, 5},
		"private address":         {Alert{Severity: Text("low")}, address("10.0.0.1", "malicious"), []string{"severityLow", "maliciousActive"}, 4},
		"command and control":     {Alert{Severity: Text("low")}, address("203.0.113.77", "unknown", Text("commandAndControl")), []string{"severityLow", "outsideAddress"}, 3},
		"clicked":                 {Alert{Severity: Text("low"), Name: Text("A URL click was detected")}, Evidence{}, []string{"severityLow", "linkClicked"}, 3},
		"resolved":                {Alert{Severity: Text("medium"), Status: Text("resolved")}, Evidence{}, []string{"severityMedium", "resolved"}, 2},
		"stopped by the sensor":   {Alert{Severity: Text("medium")}, Evidence{Files: []FileEvidence{{EvidenceBase: evidenceBase("malicious", "none"), DetectionStatus: Text("blocked")}}}, []string{"severityMedium", "stopped"}, 1},
		"message put in quarantine": {Alert{Severity: Text("medium")}, Evidence{Messages: []MessageEvidence{{EvidenceBase: evidenceBase("malicious", "none"), DeliveryLocation: Text("Quarantine")}}},
			[]string{"severityMedium", "stopped"}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			factors := AlertFactors(test.alert, test.evidence)
			var got []string
			for _, f := range factors {
				got = append(got, f.Name)
				if f.Reason == "" {
					t.Errorf("%s gives no reason", f.Name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("factors (-want +got):\n%s", diff)
			}
			if got := Criticality(factors); got != test.sum {
				t.Errorf("got criticality %d, want %d", got, test.sum)
			}
		})
	}
}

func TestStoryFactors(t *testing.T) {
	score := int64(90)
	alerts := []Alert{
		{Severity: Text("low"), Categories: []Untrusted{Text("Execution"), Text("Discovery")}},
		{Severity: Text("high"), Categories: []Untrusted{Text("Persistence")}, Classification: Text("truePositive")},
	}
	var names []string
	for _, f := range StoryFactors(Details{PriorityScore: &score, Tags: []Untrusted{Text("High value asset")}}, alerts, Evidence{}) {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"severityHigh", "confirmed", "highValue", "manyTactics", "priorityTop"}, names); diff != "" {
		t.Errorf("factors (-want +got):\n%s", diff)
	}
}

func TestMailAnswers(t *testing.T) {
	message := MessageEvidence{EvidenceBase: EvidenceBase{ID: "m", AlertIDs: []string{"a"}}, Recipient: Text("ada@contoso.example"), DeliveryAction: Text("delivered"), DeliveryLocation: Text("inbox")}
	box := MailboxEvidence{EvidenceBase: EvidenceBase{ID: "b", AlertIDs: []string{"a"}}, Address: Text("bo@contoso.example")}
	named := []AlertUser{{Name: Text("ada"), Domain: Text("CORP"), Why: NamedByAlert}, {Name: Text("kiosk"), Why: LoggedOn}}

	t.Run("says what it does not know", func(t *testing.T) {
		got := Story{}.MailAnswers()
		for name, a := range map[string]MailAnswer{"recipients": got.Recipients, "clicked": got.Clicked, "devices": got.Devices} {
			if a.Known || len(a.Finds) > 0 || a.Reason != "Not known from these alerts." {
				t.Errorf("%s: got %+v, want not known", name, a)
			}
		}
	})
	t.Run("takes recipients from messages before mailboxes", func(t *testing.T) {
		s := Story{Evidence: Evidence{Messages: []MessageEvidence{message, message}, Mailboxes: []MailboxEvidence{box}}}
		want := []MailFind{{Name: message.Recipient, Detail: Text("delivered, inbox"), EvidenceIDs: []string{"m"}, AlertIDs: []string{"a"}}}
		if diff := cmp.Diff(want, s.MailAnswers().Recipients.Finds, untrusted); diff != "" {
			t.Errorf("recipients (-want +got):\n%s", diff)
		}
		s.Evidence.Messages = nil
		if got := s.MailAnswers().Recipients; !got.Known || got.Finds[0].Name != box.Address {
			t.Errorf("got %+v, want the mailbox", got)
		}
	})
	t.Run("knows a click only from an alert that reports one", func(t *testing.T) {
		s := Story{Alerts: []Alert{{ID: "a", Name: Text("Phish delivered"), Users: named}}}
		if got := s.MailAnswers().Clicked; got.Known {
			t.Errorf("got %+v, want not known", got)
		}
		s.Alerts[0].Name = Text("A potentially malicious URL click was detected")
		got := s.MailAnswers().Clicked
		if !got.Known || len(got.Finds) != 1 || got.Finds[0].Name != Text(`CORP\ada`) {
			t.Errorf("got %+v, want the named user alone", got)
		}
		s.Alerts[0].Users = nil
		if got := s.MailAnswers().Clicked; got.Known || got.Reason != "An alert reports a click but names nobody." {
			t.Errorf("got %+v, want the reason", got)
		}
	})
}

var untrusted = cmp.Comparer(func(a, b Untrusted) bool { return a == b })
