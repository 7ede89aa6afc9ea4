package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"workbench"
)

// marked is an incident with one alert whose every value is a word of its own, so that each can be looked for on the pages. Besides the
// fields of each type it has fields, types and words of enums that nobody knows.
type marked struct {
	words []string
	n     int
}

// word makes a value that stands nowhere else.
func (m *marked) word(name string) string {
	m.n++
	w := fmt.Sprintf("%szq%d", strings.ToLower(name), m.n)
	m.words = append(m.words, w)
	return w
}

// fill gives every named field a value of its own. A name that ends in [] is a list of two.
func (m *marked) fill(into map[string]any, names ...string) map[string]any {
	for _, name := range names {
		if list, ok := strings.CutSuffix(name, "[]"); ok {
			into[list] = []any{m.word(list), m.word(list)}
			continue
		}
		into[name] = m.word(name)
	}
	return into
}

func (m *marked) object(names ...string) map[string]any { return m.fill(map[string]any{}, names...) }

// evidence is one item with the fields of every type and those named.
func (m *marked) evidence(kind string, names ...string) map[string]any {
	e := m.object(append([]string{"verdict", "remediationStatus", "remediationStatusDetails", "roles[]", "detailedRoles[]", "tags[]", "novelField"}, names...)...)
	e["@odata.type"], e["createdDateTime"] = "#microsoft.graph.security."+kind+"Evidence", "2026-11-22T08:00:00Z"
	e["novelObject"] = map[string]any{"inner": []any{m.object("deep")}}
	return e
}

func (m *marked) image() map[string]any {
	return m.object("fileName", "filePath", "filePublisher", "signer", "issuer", "sha1", "sha256", "md5", "sha256Ac")
}

func (m *marked) account() map[string]any {
	return m.object("accountName", "domainName", "userSid", "azureAdUserId", "userPrincipalName", "displayName")
}

func (m *marked) incident(t *testing.T) []byte {
	t.Helper()
	device := m.evidence("device", "mdeDeviceId", "azureAdDeviceId", "deviceDnsName", "hostName", "ntDomain", "dnsDomain", "osPlatform", "version", "healthStatus", "riskScore", "rbacGroupName",
		"onboardingStatus", "defenderAvStatus", "lastIpAddress", "lastExternalIpAddress", "ipInterfaces[]")
	device["loggedOnUsers"] = []any{m.object("accountName", "domainName")}
	user := m.evidence("user")
	user["userAccount"] = m.account()
	process := m.evidence("process", "processCommandLine", "detectionStatus")
	process["processId"], process["processCreationDateTime"], process["parentProcessId"] = 41424344, "2026-11-22T07:59:00Z", 51525354
	m.words = append(m.words, "41424344", "51525354")
	process["imageFile"], process["parentProcessImageFile"], process["userAccount"] = m.image(), m.image(), m.account()
	file := m.evidence("file", "detectionStatus")
	details := m.image()
	details["fileSize"] = 61626364
	m.words = append(m.words, "61626364")
	file["fileDetails"] = details
	connection := m.evidence("networkConnection", "protocol")
	connection["sourceAddress"], connection["destinationAddress"] = m.object("ipAddress"), m.object("ipAddress", "countryLetterCode")
	connection["sourcePort"], connection["destinationPort"] = 40414, 50515
	m.words = append(m.words, "40414", "50515")
	dns := m.evidence("dns", "domainName")
	dns["ipAddresses"], dns["hostIpAddress"] = []any{m.object("ipAddress"), m.object("ipAddress")}, m.object("ipAddress")
	message := m.evidence("analyzedMessage", "networkMessageId", "internetMessageId", "subject", "language", "senderIp", "recipientEmailAddress", "antiSpamDirection", "deliveryAction",
		"deliveryLocation", "urn", "threats[]", "threatDetectionMethods[]", "urls[]")
	message["p1Sender"], message["p2Sender"] = m.object("emailAddress", "displayName", "domainName"), m.object("emailAddress", "displayName", "domainName")
	message["urlCount"], message["attachmentsCount"] = 71727, 81828
	m.words = append(m.words, "71727", "81828")
	cluster := m.evidence("mailCluster", "clusterBy", "clusterByValue", "query", "urn", "networkMessageIds[]")
	cluster["emailCount"] = 91929
	m.words = append(m.words, "91929")
	alert := m.object("title", "description", "recommendedActions", "severity", "status", "category", "classification", "determination", "investigationState", "assignedTo", "serviceSource",
		"detectionSource", "detectorId", "alertPolicyId", "threatDisplayName", "threatFamilyName", "actorDisplayName", "mitreTechniques[]", "novelField")
	alert["id"], alert["incidentId"], alert["tenantId"], alert["lastUpdateDateTime"] = "shown-1", "4242", "shown", "2026-11-22T08:10:00Z"
	alert["novelObject"] = map[string]any{"list": []any{m.word("in"), map[string]any{"deep": m.word("deep")}}}
	alert["customDetails"], alert["additionalData"] = m.object("Site"), m.object("Extra")
	alert["comments"] = []any{m.object("comment", "createdByDisplayName")}
	alert["evidence"] = []any{device, user, process, file, connection, dns, message, cluster,
		m.evidence("registryValue", "registryHive", "registryKey", "registryValueName", "registryValue", "registryValueType"), m.evidence("registryKey", "registryHive", "registryKey"),
		m.evidence("ip", "ipAddress", "countryLetterCode"), m.evidence("url", "url"), m.evidence("mailbox", "primaryAddress", "displayName", "upn"),
		m.evidence("mailboxConfiguration", "configurationId", "configurationType", "displayName", "externalDirectoryObjectId", "mailboxPrimaryAddress", "upn"),
		m.evidence("oauthApplication", "appId", "displayName", "objectId", "publisher"), m.evidence("quantum", "spin", "charm"),
		m.evidence("submissionMail", "networkMessageId", "recipient", "reportType", "sender", "senderIp", "subject", "submissionId", "submitter"), m.object("withoutType"), m.word("notAnObject")}
	incident := m.object("displayName", "description", "summary", "status", "severity", "classification", "determination", "assignedTo", "customTags[]", "systemTags[]", "lastModifiedBy",
		"resolvingComment", "novelField")
	incident["id"], incident["tenantId"], incident["lastUpdateDateTime"], incident["alerts"] = "4242", "shown", "2026-11-22T08:10:00Z", []any{alert}
	incident["novelObject"] = map[string]any{"list": []any{m.word("in")}}
	incident["comments"] = []any{m.object("comment", "createdByDisplayName")}
	text, err := json.Marshal(incident)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEverythingIsShown holds that each value that Microsoft sent can be read on the pages of its story, and in the story's JSON, without
// opening a raw document.
func TestEverythingIsShown(t *testing.T) {
	s := newStack(t).signedIn()
	m := &marked{}
	s.load("marked", m.incident(t))
	st := s.read(s.rows()[0].ID)
	path := "/stories/" + string(st.ID)
	shown := []string{path, path + "/timeline", path + "/entities", path + "/evidence", path + "/alerts?alert=shown-1", path + "/alerts?show=shown-1"}
	for _, kind := range []string{"processes", "files", "registry", "network", "messages", "mailboxes", "mailClusters", "urls", "mailboxRules", "other"} {
		shown = append(shown, path+"/evidence?all=1&kind="+kind)
	}
	for _, id := range st.Alerts[0].EvidenceIDs {
		shown = append(shown, path+"/evidence?show="+url.QueryEscape(id))
	}
	var text strings.Builder
	for _, page := range shown {
		text.WriteString(words(mustParse(t, s.mustGet(page))) + " ")
	}
	read, whole := strings.ToLower(text.String()), strings.ToLower(s.mustGet(path+".json"))
	for _, w := range m.words {
		if !strings.Contains(read, w) && !strings.Contains(strings.ReplaceAll(read, " ", ""), w) {
			t.Errorf("no page shows %s", w)
		}
		if !strings.Contains(whole, w) {
			t.Errorf("the story's JSON does not have %s", w)
		}
	}
	raw := words(mustParse(t, s.mustGet(path+"/raw")))
	rawJSON := s.mustGet(path + "/raw.json")
	for _, w := range m.words {
		if !strings.Contains(raw, w) && strings.Contains(rawJSON, w) {
			t.Errorf("Raw Data has %s in JSON but not on its page", w)
		}
	}
}

// TestAlertColumns holds the alerts of a page against the fifteen columns of the model product, in their order.
func TestAlertColumns(t *testing.T) {
	s := newStack(t).withSamples().signedIn()
	row := s.storyWhere(func(r workbench.Row) bool {
		return r.ProducerType == workbench.MicrosoftEndpointAlert && r.AlertCount > 1
	})
	page := words(mustParse(t, s.mustGet("/stories/"+string(row.ID)+"/alerts")))
	from := 0
	for _, column := range []string{"Alert Name", "Criticality", "Local IP", "External IP", "Vendor User Name", "Device Name", "OS", "Vendor Domain Name", "Alert ID", "MITRE Techniques", "Status",
		"First Activity Date", "Last Activity Date", "Threat Name", "Description & Recommended Actions"} {
		at := strings.Index(strings.ToLower(page[from:]), strings.ToLower(column))
		if at < 0 {
			t.Errorf("column %q is missing, or not in its place", column)
			continue
		}
		from += at + len(column)
	}
}

// TestRawDataColumns holds the Raw Data of a story against its documents: one row for each alert and each evidence item, and a column for
// each key that holds something anywhere.
func TestRawDataColumns(t *testing.T) {
	s := newStack(t).signedIn()
	m := &marked{}
	s.load("marked", m.incident(t))
	id := s.rows()[0].ID
	var answer struct {
		Raw struct {
			Columns []string
			Rows    [][]*string
		}
	}
	if err := json.Unmarshal([]byte(s.mustGet("/stories/"+string(id)+"/raw.json")), &answer); err != nil {
		t.Fatal(err)
	}
	if got := len(answer.Raw.Rows); got != 20 {
		t.Errorf("got %d rows, want one for the alert and 19 for its evidence", got)
	}
	for i, column := range answer.Raw.Columns {
		empty := true
		for _, row := range answer.Raw.Rows {
			empty = empty && (row[i] == nil || *row[i] == "")
		}
		if empty || slices.Index(answer.Raw.Columns, column) != i {
			t.Errorf("column %q is empty everywhere, or stands twice", column)
		}
	}
	table, err := csv.NewReader(strings.NewReader(s.mustGet("/stories/" + string(id) + "/raw.csv"))).ReadAll()
	if err != nil || len(table) != 21 {
		t.Fatalf("CSV has %d lines, want 21; %v", len(table), err)
	}
	page := words(mustParse(t, s.mustGet("/stories/"+string(id)+"/raw")))
	for i, column := range answer.Raw.Columns {
		if table[0][i] != workbench.CSVCell(column) {
			t.Errorf("column %d is %q in CSV, want %q", i, table[0][i], column)
		}
		if !strings.Contains(page, column) {
			t.Errorf("the page has no column %s", column)
		}
	}
}
