package connectors

import (
	_ "embed" // the scripts below what is filled in
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf16"

	"workbench"
)

// Script is what a script that registers an application in Microsoft Entra is made from.
type Script struct {
	Topology    workbench.Topology
	Cloud       string             // one of ScriptClouds
	Tenant      workbench.TenantID // that is to hold the application; "" = whichever the person is signed in to
	Name        string             // of the application, as Microsoft shows it
	RedirectURI string
	Certificate workbench.Credential // whose public part is registered; one without a certificate leaves that for later
}

// ScriptClouds are the clouds that Microsoft's tools reach, by the names that connectors use.
var ScriptClouds = []string{"global", "usgov", "usgov-dod"}

// scriptCloud is how Microsoft's tools call a cloud.
type scriptCloud struct{ azure, powerShell, graph string }

func (s Script) cloud() (scriptCloud, bool) {
	switch s.Cloud {
	case "global":
		return scriptCloud{"AzureCloud", "Global", "https://graph.microsoft.com"}, true
	case "usgov":
		return scriptCloud{"AzureUSGovernment", "USGov", "https://graph.microsoft.us"}, true
	case "usgov-dod":
		return scriptCloud{"AzureUSGovernment", "USGovDoD", "https://dod-graph.microsoft.us"}, true
	}
	return scriptCloud{}, false
}

// graphApplication is the id of Microsoft Graph, whose permissions are asked for, in every tenant of every cloud.
const graphApplication = "00000003-0000-0000-c000-000000000000"

// asked is one permission of Microsoft Graph: an application role or a delegated scope.
type asked struct {
	ID    string `json:"id"`
	Type  string `json:"type"` // Role or Scope
	value string // its name
}

// asks lists what the application asks for: a parent of managed apps reads nothing itself.
func (s Script) asks() []asked {
	user := asked{"e1fe6dd8-ba31-4d61-89e7-88639da4683d", "Scope", "User.Read"}
	if s.Topology == workbench.ManagedApps {
		return []asked{{"18a4783c-866b-4cc7-a460-3d5e5662c884", "Role", "Application.ReadWrite.OwnedBy"}, user}
	}
	return []asked{
		{"45cc0394-e837-488b-a098-1918f48d186c", "Role", "SecurityIncident.Read.All"},
		{"472e4a4d-bb4a-4026-98d1-0b0d74cb74a5", "Role", "SecurityAlert.Read.All"},
		user,
		{"37f7f235-527c-4136-accd-4a02d197296e", "Scope", "openid"},
		{"14dad69e-099b-42c9-810b-d002981feec1", "Scope", "profile"},
	}
}

// of lists one member of the permissions of one type.
func of(asks []asked, kind string, member func(asked) string) []string {
	var list []string
	for _, a := range asks {
		if a.Type == kind {
			list = append(list, member(a))
		}
	}
	return list
}

// audience is who may use the application: a shared one every tenant that consents, any other its own tenant.
func (s Script) audience() string {
	if s.Topology == workbench.SharedApp {
		return "AzureADMultipleOrgs"
	}
	return "AzureADMyOrg"
}

// purpose says at the head of a script what it makes.
func (s Script) purpose() string {
	switch s.Topology {
	case workbench.SharedApp:
		return "the app that many tenants share. Run it in your own tenant, which holds the app."
	case workbench.ManagedApps:
		return "the app that makes and manages one app for each connector. Run it in the tenant that is to be read."
	}
	return "the tenant's own app. Run it in the tenant that is to be read."
}

// resource is what an application asks of one API, as Microsoft Graph takes it.
type resource struct {
	ID   string  `json:"resourceAppId"`
	Asks []asked `json:"resourceAccess"`
}

// key is a certificate of an application, as Microsoft Graph takes it.
type key struct {
	Type  string `json:"type"`
	Usage string `json:"usage"`
	Key   string `json:"key"` // DER in base64
}

func (s Script) keys() []key {
	if len(s.Certificate.Certificate) == 0 {
		return nil
	}
	return []key{{"AsymmetricX509Cert", "Verify", base64.StdEncoding.EncodeToString(s.Certificate.Certificate)}}
}

// application is the whole of it, as Microsoft Graph takes it to make one; changes is what is set again on one that is there.
func (s Script) application() any {
	type web struct {
		RedirectURIs []string `json:"redirectUris"`
	}
	return struct {
		DisplayName string     `json:"displayName"`
		Audience    string     `json:"signInAudience"`
		Web         web        `json:"web"`
		Resources   []resource `json:"requiredResourceAccess"`
		Keys        []key      `json:"keyCredentials,omitempty"`
	}{s.Name, s.audience(), web{[]string{s.RedirectURI}}, []resource{{graphApplication, s.asks()}}, s.keys()}
}

func (s Script) changes() any {
	return struct {
		Audience  string     `json:"signInAudience"`
		Resources []resource `json:"requiredResourceAccess"`
	}{s.audience(), []resource{{graphApplication, s.asks()}}}
}

// named is the filter of Microsoft Graph for applications of this name.
func (s Script) named() string {
	return "displayName eq '" + strings.ReplaceAll(s.Name, "'", "''") + "'"
}

// ascii is JSON in ASCII: not every tool sends anything else unharmed.
func ascii(v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range string(plain) {
		if r < 0x7f {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			b.WriteString(`\u` + hex4(unit))
		}
	}
	return b.String(), nil
}

func hex4(unit uint16) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[unit>>12], digits[unit>>8&15], digits[unit>>4&15], digits[unit&15]})
}

// The parts of the scripts that are the same for everybody. What comes before them sets their variables.
var (
	//go:embed script.sh
	azureBody string
	//go:embed script.ps1
	powerShellBody string
)
