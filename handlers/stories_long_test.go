package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestPagesOfEndlessTexts imports an incident whose every text is long: no page may carry one of them whole.
func TestPagesOfEndlessTexts(t *testing.T) {
	s := newStack(t)
	long := func(lead string) string { return lead + strings.Repeat("x", 200_000) }
	doc := map[string]any{"id": "1", "displayName": long("n"), "description": long("d"), "assignedTo": long("a"), "customTags": []string{long("t")}, "status": long("s"), "incidentWebUrl": "https://security.microsoft.com/" + long("u"), "summary": long("z"), "odd": long("o"),
		"comments": []any{map[string]any{"comment": long("c"), "createdByDisplayName": long("b"), "createdDateTime": "2026-11-22T10:00:00Z"}},
		"alerts": []any{map[string]any{"id": "a1", "incidentId": "1", "serviceSource": "microsoftDefenderForOffice365", "title": long("T"), "description": long("D"), "recommendedActions": long("R"), "severity": long("S"), "category": long("C"), "mitreTechniques": []string{long("M")}, "threatDisplayName": long("H"), "detectionSource": long("E"), "alertWebUrl": "https://security.microsoft.com/" + long("w"),
			"evidence": []any{
				map[string]any{"@odata.type": "#microsoft.graph.security.deviceEvidence", "mdeDeviceId": "d1", "deviceDnsName": long("v"), "osPlatform": long("p"), "verdict": long("V"), "remediationStatus": long("r"), "roles": []string{long("l")}, "lastIpAddress": long("i"), "loggedOnUsers": []any{map[string]any{"accountName": long("L"), "domainName": long("G")}}},
				map[string]any{"@odata.type": "#microsoft.graph.security.userEvidence", "userAccount": map[string]any{"accountName": long("A"), "domainName": long("B")}},
				map[string]any{"@odata.type": "#microsoft.graph.security.processEvidence", "mdeDeviceId": "d1", "processId": 5, "processCreationDateTime": "2026-11-22T10:00:00Z", "parentProcessId": 4, "parentProcessImageFile": map[string]any{"fileName": long("P")}, "processCommandLine": long("k"), "imageFile": map[string]any{"fileName": long("F"), "filePath": long("Q")}},
				map[string]any{"@odata.type": "#microsoft.graph.security.urlEvidence", "url": long("https://e.example/")},
				map[string]any{"@odata.type": "#microsoft.graph.security.analyzedMessageEvidence", "subject": long("j"), "recipientEmailAddress": long("q"), "networkMessageId": "m", "deliveryAction": long("y"), "urls": []string{long("U")}, "threats": []string{long("h")}},
				map[string]any{"@odata.type": long("#odd"), long("name"): long("value")}}}}}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	s.load("long", b)
	s.signedIn()
	id := string(s.rows()[0].ID)
	paths := []string{"/stories", "/stories?columns=criticality,indication,source,sourceIp,severity,techniques,incident,vendorStatus,summary,lastComment", "/stories/" + id + "?alert=a1"}
	for _, tab := range tabs {
		paths = append(paths, "/stories/"+id+tab)
	}
	paths = append(paths, "/stories/"+id+"/evidence?kind=other", "/stories/"+id+"/evidence?kind=network", "/stories/"+id+"?show=a1")
	for _, path := range paths {
		body := s.mustGet(path)
		if i := strings.Index(body, strings.Repeat("x", 70_000)); i >= 0 {
			t.Errorf("%.60s carries a whole text after %q", path, body[max(0, i-60):i])
		}
		if len(body) > 2<<20 {
			t.Errorf("%.60s has %d bytes", path, len(body))
		}
	}
}
