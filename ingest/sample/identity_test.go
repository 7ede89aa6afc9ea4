package sample_test

import (
	"regexp"
	"strings"
	"testing"

	"workbench/ingest/sample"
)

const guidShape = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

// shapes are the forms of members that identify something, wherever they occur.
var shapes = map[string]*regexp.Regexp{
	"tenantId": regexp.MustCompile("^" + guidShape + "$"), "azureAdDeviceId": regexp.MustCompile("^" + guidShape + "$"),
	"azureAdUserId": regexp.MustCompile("^" + guidShape + "$"),
	"detectorId":    regexp.MustCompile("^" + guidShape + "$"), "networkMessageId": regexp.MustCompile("^" + guidShape + "$"),
	"mdeDeviceId": regexp.MustCompile("^[0-9a-f]{40}$"),
	"sha1":        regexp.MustCompile("^[0-9a-f]{40}$"), "sha256": regexp.MustCompile("^[0-9a-f]{64}$"), "md5": regexp.MustCompile("^[0-9a-f]{32}$"),
	"userSid":     regexp.MustCompile(`^S-1-5-21(-\d{4,10}){4}$`),
	"alertWebUrl": regexp.MustCompile(`^https://security\.microsoft\.com/alerts/[0-9A-Za-z_-]+\?tid=` + guidShape + "$"),
}

// outside are members whose text may name hosts that are not Microsoft's.
var outside = regexp.MustCompile(`https?://([^/\s"'\\:?)&;]+)`)

func TestIdentifiersAndHosts(t *testing.T) {
	for page, p := range pages() {
		for _, in := range mustRows(t, p) {
			walk(in, "", func(name string, leaf any) {
				text, isText := leaf.(string)
				if !isText {
					return
				}
				if shape := shapes[name]; shape != nil && !shape.MatchString(text) {
					t.Errorf("%s: %s is %q", page, name, text)
				}
				for _, m := range outside.FindAllStringSubmatch(text, -1) {
					host := m[1]
					reserved := strings.HasSuffix(host, ".example") || strings.HasSuffix(host, ".test") || strings.HasPrefix(host, "203.0.113.")
					if !reserved && host != "security.microsoft.com" {
						t.Errorf("%s: %s names the host %q", page, name, host)
					}
				}
			})
		}
	}
}

func TestAddressesAreReservedOnes(t *testing.T) {
	reserved := regexp.MustCompile(`^(10|127|172\.16|172\.(1[6-9]|2\d|3[01]))\.|^192\.0\.2\.|^198\.51\.100\.|^203\.0\.113\.|^2001:db8:|^fe80:|^::1$`)
	for page, p := range pages() {
		for _, in := range mustRows(t, p) {
			walk(in, "", func(name string, leaf any) {
				switch name {
				case "ipAddress", "senderIp", "senderIP", "lastIpAddress", "lastExternalIpAddress", "ipInterfaces":
					if text, isText := leaf.(string); isText && !reserved.MatchString(text) {
						t.Errorf("%s: %s is %q", page, name, text)
					}
				}
			})
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	incidents, alerts := map[string]bool{}, map[string]bool{}
	for _, in := range mustRows(t, sample.Page(now)) {
		id := in["tenantId"].(string) + "/" + in["id"].(string)
		if incidents[id] {
			t.Errorf("incident %s occurs twice", id)
		}
		incidents[id] = true
		for _, a := range children(in, "alerts") {
			if id := a["id"].(string); alerts[id] {
				t.Errorf("alert %s occurs twice", id)
			}
			alerts[a["id"].(string)] = true
			if a["incidentId"] != in["id"] || a["tenantId"] != in["tenantId"] {
				t.Errorf("alert %s names incident %v of %v", a["id"], a["incidentId"], a["tenantId"])
			}
		}
	}
	for _, a := range mustRows(t, sample.StandaloneAlerts(now)) {
		if alerts[a["id"].(string)] || a["incidentId"] != nil {
			t.Errorf("alert %s: incident %v", a["id"], a["incidentId"])
		}
	}
}

func TestIntrusionHasADeepTreeWithGapsAndAReusedPID(t *testing.T) {
	type node struct {
		device, started string
		pid             float64
	}
	parents, pids := map[node]node{}, map[string]map[string]bool{}
	for _, in := range mustRows(t, sample.Page(now)) {
		if in["id"] != "5214" {
			continue
		}
		for _, a := range children(in, "alerts") {
			for _, e := range children(a, "evidence") {
				if e["@odata.type"] != "#microsoft.graph.security.processEvidence" {
					continue
				}
				device := e["mdeDeviceId"].(string)
				n := node{device, e["processCreationDateTime"].(string), e["processId"].(float64)}
				started, _ := e["parentProcessCreationDateTime"].(string)
				parents[n] = node{device, started, e["parentProcessId"].(float64)}
				if n.pid == 12112 {
					if pids[device] == nil {
						pids[device] = map[string]bool{}
					}
					pids[device][n.started] = true
				}
			}
		}
	}
	deepest, gaps := 0, 0
	for n, parent := range parents {
		if _, known := parents[parent]; !known {
			gaps++
		}
		depth := 1
		for p, known := parents[n]; known; p, known = parents[p] {
			depth++
		}
		deepest = max(deepest, depth)
	}
	if deepest < 10 || gaps < 4 {
		t.Errorf("got %d levels and %d processes under a gap", deepest, gaps)
	}
	most := 0
	for _, times := range pids {
		most = max(most, len(times))
	}
	if most != 2 {
		t.Errorf("process number 12112 was used %d times on one device, want 2", most)
	}
}
