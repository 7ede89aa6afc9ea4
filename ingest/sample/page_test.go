package sample_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"workbench/ingest/sample"
)

// now is an odd moment: between seconds, and not in UTC.
var now = time.Date(2026, 10, 3, 23, 41, 7, 345678912, time.FixedZone("east", 5*3600+1800))

// row is a JSON object as the tests look at it.
type row = map[string]any

// mustRows decodes a Graph page.
func mustRows(t *testing.T, page []byte) []row {
	t.Helper()
	var p struct {
		Context string `json:"@odata.context"`
		Value   []row  `json:"value"`
	}
	if err := json.Unmarshal(page, &p); err != nil {
		t.Fatalf("page is not JSON: %v", err)
	}
	if !strings.HasPrefix(p.Context, "https://graph.microsoft.com/v1.0/$metadata#security/") {
		t.Fatalf("got context %q", p.Context)
	}
	return p.Value
}

// children are the objects of a list member.
func children(r row, name string) []row {
	var out []row
	for _, v := range r[name].([]any) {
		out = append(out, v.(row))
	}
	return out
}

// walk calls f with the path, the name and the value of every leaf.
func walk(v any, name string, f func(name string, leaf any)) {
	switch v := v.(type) {
	case row:
		for k, inner := range v {
			walk(inner, k, f)
		}
	case []any:
		for _, inner := range v {
			walk(inner, name, f)
		}
	default:
		f(name, v)
	}
}

func pages() map[string][]byte {
	return map[string][]byte{"page": sample.Page(now), "later": sample.Later(now), "standalone": sample.StandaloneAlerts(now)}
}

func TestPagesDependOnTheirTimeAlone(t *testing.T) {
	again := pages()
	for name, first := range pages() {
		if !bytes.Equal(first, again[name]) {
			t.Errorf("%s differs between two calls", name)
		}
	}
	if bytes.Equal(sample.Page(now), sample.Page(now.Add(time.Hour))) {
		t.Error("page does not move with the time")
	}
}

func TestPageHoldsEveryEvidenceType(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range pages() {
		for _, in := range mustRows(t, p) {
			walk(in, "", func(name string, leaf any) {
				if name == "@odata.type" {
					seen[strings.TrimPrefix(leaf.(string), "#microsoft.graph.security.")] = true
				}
			})
		}
	}
	for _, kind := range strings.Fields(`activeDirectoryDomain aiAgent amazonResource analyzedMessage azureResource blob blobContainer cloudApplication
		cloudLogonRequest cloudLogonSession container containerImage containerRegistry device dns file fileHash gitHubOrganization gitHubRepo gitHubUser
		googleCloudResource hostLogonSession ioTDevice ip kubernetesCluster kubernetesController kubernetesNamespace kubernetesPod kubernetesSecret
		kubernetesServiceAccount kubernetesService mailbox mailboxConfiguration mailCluster malware networkConnection nic oauthApplication process registryKey
		registryValue sasToken securityGroup servicePrincipal submissionMail teamsMessage url user sensitiveDocument`) {
		if !seen[kind+"Evidence"] {
			t.Errorf("no %sEvidence", kind)
		}
	}
}

func TestNoTimeLiesAfterThePresent(t *testing.T) {
	for page, p := range pages() {
		newest := time.Time{}
		for _, in := range mustRows(t, p) {
			walk(in, "", func(name string, leaf any) {
				text, isText := leaf.(string)
				if !isText || !strings.HasSuffix(name, "DateTime") {
					return
				}
				at, err := time.Parse(time.RFC3339Nano, text)
				if err != nil || !strings.HasSuffix(text, "Z") {
					t.Errorf("%s: %s is %q", page, name, text)
				}
				if at.After(now) {
					t.Errorf("%s: %s %s lies after %s", page, name, text, now.UTC())
				}
				if at.After(newest) {
					newest = at
				}
			})
		}
		if page != "standalone" && now.Sub(newest) > 10*time.Minute {
			t.Errorf("%s: newest time is %s old", page, now.Sub(newest))
		}
	}
}

func TestIncidentsAndStories(t *testing.T) {
	stories, tenants := map[string]bool{}, map[string]bool{}
	for _, in := range mustRows(t, sample.Page(now)) {
		tenants[in["tenantId"].(string)] = true
		for _, a := range children(in, "alerts") {
			stories[in["tenantId"].(string)+"/"+in["id"].(string)+"/"+a["serviceSource"].(string)] = true
		}
	}
	if len(stories) < 30 || len(stories) > 60 {
		t.Errorf("got %d stories", len(stories))
	}
	for _, want := range sample.Tenants() {
		if !tenants[string(want.ID)] || want.Name.IsZero() {
			t.Errorf("tenant %s (%s) has no incident", want.ID, want.Name)
		}
		delete(tenants, string(want.ID))
	}
	if len(tenants) > 0 {
		t.Errorf("tenants without a name: %v", tenants)
	}
}
