package connectors_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"workbench"
	"workbench/views/connectors"
)

const (
	home      = workbench.TenantID("0f8fad5b-d9cb-469f-a165-70867728950e")
	scripted  = "http://localhost:8080/connectors/callback"
	objectID  = "d2b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50"
	clientID  = "6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f"
	principal = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
)

func script() connectors.Script {
	return connectors.Script{Cloud: "global", Name: "Stories Workbench", RedirectURI: scripted, Certificate: workbench.Credential{Certificate: []byte("a certificate")}}
}

// azStandIn answers for Azure CLI from a folder, and keeps what it was asked: its arguments, each ended by NUL, a call by two.
const azStandIn = `#!/usr/bin/env bash
printf '%s\0' "$@" >>"$STATE/calls"
printf '\0' >>"$STATE/calls"
case "$1 $2" in
"cloud show") cat "$STATE/cloud"; exit ;;
"account show") cat "$STATE/tenant"; exit ;;
esac
while [ $# -gt 0 ]; do
  case "$1" in
  --method) method=$2 ;;
  --url) path=${2#*/v1.0/} ;;
  --url-parameters) parameters=$2 ;;
  --query) query=$2 ;;
  esac
  shift
done
case "$method $path $parameters $query" in
"get applications "*) cat "$STATE/applications" 2>/dev/null ;;
"post applications "*) printf '%s\t%s\t%s\n' "$OBJECT" "$CLIENT" "$REDIRECT" >"$STATE/applications"; printf '%s\t%s\n' "$OBJECT" "$CLIENT" ;;
"get applications/"*" length("*) cat "$STATE/held" ;;
"get applications/"*) printf '{"keyCredentials":["kept","new"]}\n' ;;
"get servicePrincipals "*"00000003-0000-0000-c000-000000000000"*) echo graph ;;
"get servicePrincipals "*) cat "$STATE/principal" 2>/dev/null ;;
"post servicePrincipals "*) [ ! -e "$STATE/late" ] || { rm "$STATE/late"; echo "does not reference a valid application object" >&2; exit 1; }; echo "$PRINCIPAL" | tee "$STATE/principal" ;;
"get servicePrincipals/"*) cat "$STATE/given" 2>/dev/null ;;
"get oauth2PermissionGrants "*) cat "$STATE/grant" 2>/dev/null ;;
esac
exit 0
`

// azure is a folder in which scripts for Azure CLI run against the stand-in.
type azure struct {
	t     *testing.T
	state string
	bash  string
}

func newAzure(t *testing.T) *azure {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	a := &azure{t, t.TempDir(), bash}
	a.put("cloud", "AzureCloud\n")
	a.put("tenant", string(home)+"\r\n") // as on Windows
	a.put("az", azStandIn)
	a.put("sleep", "#!/bin/sh\n")
	for _, name := range []string{"az", "sleep"} {
		if err := os.Chmod(filepath.Join(a.state, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (a *azure) put(name, text string) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.state, name), []byte(text), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// run runs a script, and returns what it said, the calls that it made, and whether it succeeded.
func (a *azure) run(s connectors.Script, arguments ...string) (said string, calls [][]string, ok bool) {
	a.t.Helper()
	text, err := s.Azure()
	if err != nil {
		a.t.Fatal(err)
	}
	a.put("script", text)
	a.put("calls", "")
	command := exec.Command(a.bash, append([]string{filepath.Join(a.state, "script")}, arguments...)...)
	command.Dir = a.state
	command.Env = append(os.Environ(), "PATH="+a.state+string(os.PathListSeparator)+os.Getenv("PATH"), "STATE="+a.state, "OBJECT="+objectID, "CLIENT="+clientID, "PRINCIPAL="+principal, "REDIRECT="+s.RedirectURI)
	out, err := command.CombinedOutput()
	raw, readErr := os.ReadFile(filepath.Join(a.state, "calls"))
	if readErr != nil {
		a.t.Fatal(readErr)
	}
	for call := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\x00\x00"), "\x00\x00") {
		calls = append(calls, strings.Split(call, "\x00"))
	}
	return string(out), calls, err == nil
}

// asks lists what was asked of Microsoft Graph, as "post applications".
func asks(calls [][]string) []string {
	var list []string
	for _, c := range calls {
		if c[0] == "rest" {
			list = append(list, after(c, "--method")+" "+after(c, "--url"))
		}
	}
	return list
}

func after(call []string, name string) string {
	if i := slices.Index(call, name); i >= 0 && i+1 < len(call) {
		return call[i+1]
	}
	return ""
}

// changing are the requests among asks that change something.
func changing(asks []string) []string {
	return slices.DeleteFunc(slices.Clone(asks), func(ask string) bool { return strings.HasPrefix(ask, "get ") })
}

func TestAzureScriptMakesTheApplicationOnce(t *testing.T) {
	const graph = "https://graph.microsoft.com/v1.0/"
	a := newAzure(t)
	a.put("late", "") // the first try to make the enterprise application fails
	said, calls, ok := a.run(script())
	if want := []string{"post " + graph + "applications", "post " + graph + "servicePrincipals", "post " + graph + "servicePrincipals"}; !ok || !slices.Equal(changing(asks(calls)), want) {
		t.Fatalf("succeeded %v, asked %q, said %s", ok, asks(calls), said)
	}
	for _, want := range []string{"Directory (tenant) ID:    " + string(home) + "\n", "Application (client) ID:  " + clientID + "\n", "Object ID:                " + objectID + "\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not print %q: %s", want, said)
		}
	}
	a.put("held", "1\n")
	if said, calls, ok = a.run(script()); !ok || !slices.Equal(changing(asks(calls)), []string{"patch " + graph + "applications/" + objectID}) {
		t.Errorf("run again it asks %q and says %s", asks(calls), said)
	}
	a.put("held", "0\n")
	_, calls, ok = a.run(script())
	if i := slices.IndexFunc(calls, func(c []string) bool { return after(c, "--body") == `{"keyCredentials":["kept","new"]}` }); !ok || i < 0 {
		t.Errorf("a certificate that is missing is not added to those that are there: %q", calls)
	}
	a.put("applications", objectID+"\t"+clientID+"\t"+scripted+"\nother\tother\t"+scripted+"\n")
	if said, calls, ok = a.run(script()); ok || len(changing(asks(calls))) > 0 || !strings.Contains(said, "Two applications") {
		t.Errorf("of two such applications it chooses one: %s", said)
	}
	a.put("applications", "other\tother\thttps://elsewhere.example/callback\n")
	if _, calls, ok = a.run(script()); !ok || changing(asks(calls))[0] != "post "+graph+"applications" {
		t.Errorf("it takes an application of the same name for its own: %q", asks(calls))
	}
}

func TestAzureScriptGrantsNothingUnasked(t *testing.T) {
	a := newAzure(t)
	granted := func(asks []string) bool {
		return slices.ContainsFunc(changing(asks), func(ask string) bool {
			return strings.Contains(ask, "appRoleAssignments") || strings.Contains(ask, "oauth2PermissionGrants")
		})
	}
	if _, calls, ok := a.run(script()); !ok || granted(asks(calls)) {
		t.Fatalf("without --consent it asks %q", asks(calls))
	}
	a.put("given", "45cc0394-e837-488b-a098-1918f48d186c\n")
	said, calls, ok := a.run(script(), "--consent")
	var bodies []string
	for _, c := range calls {
		if url := after(c, "--url"); after(c, "--method") == "post" && (strings.Contains(url, "appRoleAssignments") || strings.Contains(url, "oauth2")) {
			bodies = append(bodies, after(c, "--body"))
		}
	}
	want := []string{`{"principalId":"` + principal + `","resourceId":"graph","appRoleId":"472e4a4d-bb4a-4026-98d1-0b0d74cb74a5"}`,
		`{"clientId":"` + principal + `","consentType":"AllPrincipals","resourceId":"graph","scope":"User.Read openid profile"}`}
	if !ok || !slices.Equal(bodies, want) {
		t.Errorf("with --consent it sends %q, want %q; %s", bodies, want, said)
	}
	if said, calls, ok := a.run(script(), "--grant"); ok || asks(calls) != nil {
		t.Errorf("an argument that it does not know: %s", said)
	}
}

func TestAzureScriptRunsWhereItIsMeantTo(t *testing.T) {
	a := newAzure(t)
	s := script()
	s.Tenant = "11111111-2222-3333-4444-555555555555"
	if said, calls, ok := a.run(s); ok || asks(calls) != nil || !strings.Contains(said, "az login --allow-no-subscriptions --tenant "+string(s.Tenant)) {
		t.Errorf("in another tenant it says %s", said)
	}
	s = script()
	s.Cloud = "usgov-dod"
	if said, calls, ok := a.run(s); ok || asks(calls) != nil || !strings.Contains(said, "az cloud set --name AzureUSGovernment") {
		t.Errorf("in another cloud it says %s", said)
	}
	a.put("cloud", "AzureUSGovernment\n")
	_, calls, ok := a.run(s)
	if list := asks(calls); !ok || len(list) == 0 || slices.ContainsFunc(list, func(ask string) bool { return !strings.Contains(ask, " https://dod-graph.microsoft.us/v1.0/") }) {
		t.Errorf("for the DoD it asks %q", list)
	}
	for _, c := range calls {
		if c[0] == "rest" && after(c, "--resource") != "https://dod-graph.microsoft.us" {
			t.Errorf("it signs in to %q", after(c, "--resource"))
		}
	}
}

// hostile names and addresses, none of which may do anything but stand where they are meant to.
func hostile() []string {
	return []string{`'; touch pwned; '`, `$(touch pwned)`, "`touch pwned`", "a\ntouch pwned\n", `\'; touch pwned #`, "\u2018; Remove-Item x \u2019", "'@\n", `"},"x":{"`, "END", "it's", "--consent", "😀 é \u202E", "\x1b]0;x\a"}
}

func TestAzureScriptTakesNamesAsNames(t *testing.T) {
	for _, topology := range []workbench.Topology{workbench.OwnApp, workbench.SharedApp, workbench.ManagedApps} {
		for _, word := range hostile() {
			a := newAzure(t)
			s := script()
			s.Topology, s.Name, s.RedirectURI = topology, word, scripted+"?"+strings.ReplaceAll(word, "\n", "")
			said, calls, ok := a.run(s)
			if !ok {
				t.Fatalf("%q: %s", word, said)
			}
			if _, err := os.Stat(filepath.Join(a.state, "pwned")); err == nil {
				t.Fatalf("%q ran as a command", word)
			}
			var sent struct {
				DisplayName    string
				SignInAudience string
				Web            struct{ RedirectURIs []string }
				Required       []struct {
					ResourceAccess []struct{ ID, Type string }
				} `json:"requiredResourceAccess"`
				Keys []struct{ Key string } `json:"keyCredentials"`
			}
			for _, c := range calls {
				if after(c, "--method") == "post" && strings.HasSuffix(after(c, "--url"), "/applications") {
					body := after(c, "--body")
					if err := json.Unmarshal([]byte(body), &sent); err != nil || strings.ContainsFunc(body, func(r rune) bool { return r < ' ' || r > '~' }) {
						t.Fatalf("%q is sent as %q, %v", word, body, err)
					}
				}
				if filter := "$filter=displayName eq '" + strings.ReplaceAll(word, "'", "''") + "'"; after(c, "--method") == "get" && strings.HasSuffix(after(c, "--url"), "/applications") && after(c, "--url-parameters") != filter {
					t.Errorf("%q is looked for by %q", word, after(c, "--url-parameters"))
				}
			}
			audience, permissions := "AzureADMyOrg", 5
			switch topology {
			case workbench.SharedApp:
				audience = "AzureADMultipleOrgs"
			case workbench.ManagedApps:
				permissions = 2
			}
			if sent.DisplayName != word || sent.SignInAudience != audience || !slices.Equal(sent.Web.RedirectURIs, []string{s.RedirectURI}) || len(sent.Required) != 1 || len(sent.Required[0].ResourceAccess) != permissions ||
				len(sent.Keys) != 1 || sent.Keys[0].Key != base64.StdEncoding.EncodeToString([]byte("a certificate")) {
				t.Errorf("%q of %q is sent as %+v", word, topology, sent)
			}
		}
	}
}

func TestScriptsOfEveryKindAreWhole(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	for _, topology := range []workbench.Topology{workbench.OwnApp, workbench.SharedApp, workbench.ManagedApps} {
		for _, cloud := range connectors.ScriptClouds {
			for _, certificate := range []string{"", "a certificate"} {
				s := connectors.Script{Topology: topology, Cloud: cloud, Name: hostile()[0], RedirectURI: scripted, Certificate: workbench.Credential{Certificate: []byte(certificate)}}
				text, err := s.Azure()
				if err != nil {
					t.Fatal(err)
				}
				check := exec.Command(bash, "-n")
				check.Stdin = strings.NewReader(text)
				if out, err := check.CombinedOutput(); err != nil {
					t.Errorf("%q in %s: bash -n: %v %s", topology, cloud, err, out)
				}
				for _, script := range []func() (string, error){s.Azure, s.PowerShell} {
					text, err := script()
					if err != nil {
						t.Fatal(err)
					}
					has := func(word string) bool { return strings.Contains(text, word) }
					managed, encoded := topology == workbench.ManagedApps, base64.StdEncoding.EncodeToString([]byte("a certificate"))
					if has("18a4783c-866b-4cc7-a460-3d5e5662c884") != managed || has("45cc0394-e837-488b-a098-1918f48d186c") == managed || has("AzureADMultipleOrgs") != (topology == workbench.SharedApp) || has(encoded) != (certificate != "") {
						t.Errorf("%q in %s does not ask for what it needs: %s", topology, cloud, text)
					}
				}
			}
		}
	}
	for _, cloud := range []string{"", "china", "custom"} {
		s := connectors.Script{Cloud: cloud}
		if _, err := s.Azure(); err == nil {
			t.Errorf("there is a script for Azure CLI in the cloud %q", cloud)
		}
		if _, err := s.PowerShell(); err == nil {
			t.Errorf("there is a script for PowerShell in the cloud %q", cloud)
		}
	}
}

// TestPowerShellScriptTakesNamesAsNames holds that names change the assignments of their variables and nothing else, and that it is ASCII.
func TestPowerShellScriptTakesNamesAsNames(t *testing.T) {
	plain, err := script().PowerShell()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(plain, "\n")
	for _, word := range hostile() {
		s := script()
		s.Name, s.RedirectURI = word, word
		text, err := s.PowerShell()
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
			t.Errorf("%q: the script is not ASCII", word)
		}
		got := strings.Split(text, "\n")
		if len(got) != len(lines) {
			t.Fatalf("%q makes %d lines of %d", word, len(got), len(lines))
		}
		for i, line := range got {
			name, _, assigns := strings.Cut(line, " = ")
			if line != lines[i] && !(assigns && slices.Contains([]string{"$name", "$redirect", "$named"}, name)) {
				t.Errorf("%q changes line %d: %q", word, i+1, line)
			}
		}
	}
	for cloud, environment := range map[string]string{"global": "Global", "usgov": "USGov", "usgov-dod": "USGovDoD"} {
		s := script()
		s.Cloud, s.Tenant = cloud, home
		if text, err := s.PowerShell(); err != nil || !strings.Contains(text, "$environment = '"+environment+"'\n") || !strings.Contains(text, "$tenant = '"+string(home)+"'\n") {
			t.Errorf("for %s: %v %s", cloud, err, text)
		}
	}
}

// TestPowerShellScriptGrantsNothingUnasked holds that whatever grants stands in the block of -Consent.
func TestPowerShellScriptGrantsNothingUnasked(t *testing.T) {
	text, err := script().PowerShell()
	if err != nil {
		t.Fatal(err)
	}
	before, block, found := strings.Cut(text, "\nif ($Consent) {\n")
	block, after, closed := strings.Cut(block, "\n}\n")
	grants := []string{"New-MgServicePrincipalAppRoleAssignment", "New-MgOauth2PermissionGrant", "Update-MgOauth2PermissionGrant"}
	if !found || !closed {
		t.Fatal("it has no block of -Consent")
	}
	for _, grant := range grants {
		if strings.Contains(before, grant) || strings.Contains(after, grant) || !strings.Contains(block, grant) {
			t.Errorf("%s stands elsewhere than in the block of -Consent", grant)
		}
	}
}
