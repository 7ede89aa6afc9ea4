package ui

import (
	_ "embed"
	"strings"
	"sync"

	"workbench"
)

// techniqueTable has the identifiers and names of MITRE ATT&CK Enterprise techniques, one a line; its first line is the attribution that
// MITRE asks for.
//
//go:embed techniques.tsv
var techniqueTable string

var techniqueNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(techniqueTable) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			names[id] = name
		}
	}
	return names
})

// TechniqueName returns the name of an ATT&CK technique, "" where the table does not know the identifier.
func TechniqueName(u workbench.Untrusted) string {
	return techniqueNames()[strings.ToUpper(u.String())]
}

// TechniqueTitle returns the name with that of the parent before it: "Phishing: Spearphishing Link"; "" where unknown.
func TechniqueTitle(u workbench.Untrusted) string {
	name := TechniqueName(u)
	parent, _, sub := strings.Cut(u.String(), ".")
	if name == "" || !sub {
		return name
	}
	return TechniqueName(workbench.Text(parent)) + ": " + name
}
