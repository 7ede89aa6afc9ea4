package connectors

import (
	"fmt"
	"strings"
)

// Azure is the script for Azure CLI, to be run by bash. It fails where Microsoft's tools do not reach the cloud.
func (s Script) Azure() (string, error) {
	cloud, ok := s.cloud()
	if !ok {
		return "", fmt.Errorf("a script for the cloud %q: Microsoft's tools know none of that name", s.Cloud)
	}
	application, err := ascii(s.application())
	if err != nil {
		return "", fmt.Errorf("writing the application of a script: %w", err)
	}
	changes, err := ascii(s.changes())
	if err != nil {
		return "", fmt.Errorf("writing the changes of a script: %w", err)
	}
	keys := ""
	if list := s.keys(); list != nil {
		if keys, err = ascii(list); err != nil {
			return "", fmt.Errorf("writing the certificate of a script: %w", err)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#!/usr/bin/env bash\n# Registers %s\n", s.purpose())
	b.WriteString(azureHead)
	asks := s.asks()
	for _, v := range [][2]string{
		{"cloud", cloud.azure}, {"graph", cloud.graph}, {"tenant", string(s.Tenant)}, {"redirect", s.RedirectURI}, {"named", s.named()}, {"application", application}, {"changes", changes},
		{"keys", keys}, {"thumbprint", s.Certificate.SHA1()}, {"graph_application", graphApplication},
		{"roles", strings.Join(of(asks, "Role", func(a asked) string { return a.ID }), " ")}, {"scopes", strings.Join(of(asks, "Scope", func(a asked) string { return a.value }), " ")},
	} {
		b.WriteString(v[0] + "=" + shellQuote(v[1]) + "\n")
	}
	b.WriteString(azureBody)
	return b.String(), nil
}

const azureHead = `# Needs Azure CLI, signed in as somebody who may register applications, such as an Application Administrator.
# Run it again as often as you like: it looks for what it made before, by name and redirect address.
# It grants no consent, unless a Global Administrator or Privileged Role Administrator runs it with --consent.
set -euo pipefail

`

// shellQuote makes one word of bash that stands for the text. NUL, which no argument can hold, is left out.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "\x00", ""), "'", `'\''`) + "'"
}
