package connectors

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// PowerShell is the script for the module Microsoft.Graph. It fails where Microsoft's tools do not reach the cloud. It is ASCII: Windows
// PowerShell reads anything else in the code page of its machine.
func (s Script) PowerShell() (string, error) {
	cloud, ok := s.cloud()
	if !ok {
		return "", fmt.Errorf("a script for the cloud %q: Microsoft's tools know none of that name", s.Cloud)
	}
	certificate := ""
	if list := s.keys(); list != nil {
		certificate = list[0].Key
	}
	asks := s.asks()
	var b strings.Builder
	b.WriteString("#Requires -Modules Microsoft.Graph.Authentication, Microsoft.Graph.Applications\n# Registers " + s.purpose() + "\n" + powerShellHead)
	for _, v := range [][2]string{
		{"environment", cloud.powerShell}, {"tenant", string(s.Tenant)}, {"name", s.Name}, {"redirect", s.RedirectURI}, {"named", s.named()}, {"audience", s.audience()},
		{"certificate", certificate}, {"graphApplication", graphApplication},
	} {
		b.WriteString("$" + v[0] + " = " + powerShellQuote(v[1]) + "\n")
	}
	b.WriteString("$roles = " + powerShellList(of(asks, "Role", func(a asked) string { return a.ID })) + "\n")
	b.WriteString("$scopes = " + powerShellList(of(asks, "Scope", func(a asked) string { return a.ID })) + "\n")
	b.WriteString("$scopeNames = " + powerShellList(of(asks, "Scope", func(a asked) string { return a.value })) + "\n")
	b.WriteString(powerShellBody)
	return b.String(), nil
}

const powerShellHead = `# Needs the PowerShell module Microsoft.Graph, and somebody who may register applications, such as an Application Administrator.
# Run it again as often as you like: it looks for what it made before, by name and redirect address.
# It grants no consent, unless a Global Administrator or Privileged Role Administrator runs it with -Consent.
param([switch]$Consent)
$ErrorActionPreference = 'Stop'

`

// powerShellQuote makes an expression of PowerShell that stands for the text. Between single quotes nothing is special but the quote
// itself, of which PowerShell knows five; everything outside printable ASCII, quotes of typographers among it, is a number.
func powerShellQuote(text string) string {
	var parts []string
	run := func(plain string) {
		if plain != "" {
			parts = append(parts, "'"+strings.ReplaceAll(plain, "'", "''")+"'")
		}
	}
	start := 0
	for i, r := range text {
		if r >= ' ' && r <= '~' {
			continue
		}
		run(text[start:i])
		start = i + len(string(r))
		if r == '\uFFFD' && !strings.HasPrefix(text[i:], "\uFFFD") {
			start = i + 1 // a byte that is no UTF-8
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			parts = append(parts, "[char]0x"+hex4(unit))
		}
	}
	run(text[start:])
	switch {
	case len(parts) == 0:
		return "''"
	case len(parts) == 1 && parts[0][0] == '\'':
		return parts[0]
	}
	return "('' + " + strings.Join(parts, " + ") + ")" // the empty text makes a sum of characters a text
}

func powerShellList(list []string) string {
	quoted := make([]string, len(list))
	for i, text := range list {
		quoted[i] = powerShellQuote(text)
	}
	return "@(" + strings.Join(quoted, ", ") + ")"
}
