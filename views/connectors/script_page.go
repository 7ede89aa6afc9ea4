package connectors

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"workbench"
	"workbench/views/link"
)

// The fields by which a script is chosen, as they stand in its address.
const (
	scriptTopology    = "topology"
	scriptCloudName   = "cloud"
	scriptShell       = "shell"
	scriptName        = "name"
	scriptCertificate = "certificate"
)

// ownTopology stands in an address for workbench.OwnApp, whose own word is empty.
const ownTopology = "own"

// The shells that scripts are for.
const (
	azureShell      = "azure"
	powerShellShell = "powershell"
)

// usualScriptName is what an application is called where nobody says otherwise.
const usualScriptName = "Stories Workbench"

// maxScriptName is how many characters the name of an application has at most. Microsoft takes more.
const maxScriptName = 100

// ScriptChoice is the script that a reader chose. Every member is one of those that can be chosen, whatever the address says.
type ScriptChoice struct {
	Topology    workbench.Topology
	Cloud       string                   // one of ScriptClouds
	Name        string                   // of the application: 1 to 100 visible characters
	Certificate workbench.RegistrationID // whose offered certificate is registered; "" = none

	powerShell bool
}

// ReadScriptChoice reads what an address says. What it does not say, or says wrongly, is as usual.
func ReadScriptChoice(query url.Values) ScriptChoice {
	c := ScriptChoice{Cloud: ScriptClouds[0], Name: usualScriptName, powerShell: query.Get(scriptShell) == powerShellShell}
	if id := query.Get(scriptCertificate); len(id) <= 64 {
		c.Certificate = workbench.RegistrationID(id)
	}
	if t := workbench.Topology(query.Get(scriptTopology)); t == workbench.SharedApp || t == workbench.ManagedApps {
		c.Topology = t
	}
	for _, cloud := range ScriptClouds {
		if query.Get(scriptCloudName) == cloud {
			c.Cloud = cloud
		}
	}
	if name := strings.TrimSpace(query.Get(scriptName)); name != "" && utf8.RuneCountInString(name) <= maxScriptName && workbench.Text(name).String() == name {
		c.Name = name
	}
	return c
}

// query is the choice as an address says it.
func (c ScriptChoice) query() url.Values {
	topology, shell := string(c.Topology), azureShell
	if c.Topology == workbench.OwnApp {
		topology = ownTopology
	}
	if c.powerShell {
		shell = powerShellShell
	}
	q := url.Values{scriptTopology: {topology}, scriptCloudName: {c.Cloud}, scriptShell: {shell}, scriptName: {c.Name}}
	if c.Certificate != "" {
		q.Set(scriptCertificate, string(c.Certificate))
	}
	return q
}

// ScriptCertificate is a certificate that Microsoft does not know yet, and that a script can register.
type ScriptCertificate struct {
	Registration workbench.RegistrationID
	Name         string             // of the connector, or of the app that several share
	Tenant       workbench.TenantID // that holds the application; "" = not known
	Credential   workbench.Credential
}

// Write writes the chosen script, and names its file.
func (c ScriptChoice) Write(redirectURI string, offered []ScriptCertificate) (text, file string, err error) {
	s := Script{Topology: c.Topology, Cloud: c.Cloud, Name: c.Name, RedirectURI: redirectURI}
	for _, o := range offered {
		if o.Registration == c.Certificate {
			s.Tenant, s.Certificate = o.Tenant, o.Credential
		}
	}
	topology := ownTopology
	if c.Topology != workbench.OwnApp {
		topology = string(c.Topology)
	}
	file = "register-" + topology + "-" + c.Cloud
	if c.powerShell {
		text, err = s.PowerShell()
		return text, file + ".ps1", err
	}
	text, err = s.Azure()
	return text, file + ".sh", err
}

// Scripts is the part of a page that offers scripts.
type Scripts struct {
	URL     string // of the page
	Choices []ChoiceField
	Name    TextField
	Text    string // the chosen script; "" = none could be written
	Copy    workbench.Untrusted
	File    string // its name
	FileURL string
	Run     string // how it is run
	Grant   string // how it is run to grant consent too
}

// NewScripts makes the part.
func NewScripts(c ScriptChoice, redirectURI string, offered []ScriptCertificate) Scripts {
	s := Scripts{URL: link.SetUp(), Name: TextField{Name: scriptName, Label: "Name of the application", Value: c.Name}, FileURL: link.SetUpScript(c.query())}
	s.Choices = []ChoiceField{
		{Name: scriptTopology, Label: "For", Options: []Option{
			{Value: ownTopology, Label: "The tenant's own app", Selected: c.Topology == workbench.OwnApp},
			{Value: string(workbench.SharedApp), Label: "Shared app, in your own tenant", Selected: c.Topology == workbench.SharedApp},
			{Value: string(workbench.ManagedApps), Label: "Parent of managed apps", Selected: c.Topology == workbench.ManagedApps}}},
		{Name: scriptCloudName, Label: "Cloud", Options: []Option{
			{Value: "global", Label: "Global and GCC", Selected: c.Cloud == "global"},
			{Value: "usgov", Label: "GCC High", Selected: c.Cloud == "usgov"},
			{Value: "usgov-dod", Label: "DoD", Selected: c.Cloud == "usgov-dod"}}},
		{Name: scriptShell, Label: "Runs in", Options: []Option{
			{Value: azureShell, Label: "Azure CLI (bash)", Selected: !c.powerShell},
			{Value: powerShellShell, Label: "PowerShell (Microsoft.Graph)", Selected: c.powerShell}}},
	}
	certificates := ChoiceField{Name: scriptCertificate, Label: "Certificate", Options: []Option{{Label: "None yet"}}, Hint: "Of a connector, or of a shared app, that waits for its certificate to be uploaded."}
	for _, o := range offered {
		certificates.Options = append(certificates.Options, Option{Value: string(o.Registration), Label: workbench.Text(o.Name).Brief(), Selected: o.Registration == c.Certificate})
	}
	s.Choices = append(s.Choices, certificates)
	text, file, err := c.Write(redirectURI, offered)
	if err != nil {
		return s
	}
	s.Text, s.Copy, s.File, s.Run = text, workbench.Text(text), file, "bash "+file
	if s.Grant = s.Run + " --consent"; c.powerShell {
		s.Run = "./" + file
		s.Grant = s.Run + " -Consent"
	}
	return s
}
