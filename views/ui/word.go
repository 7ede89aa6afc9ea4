package ui

import (
	"strings"

	"workbench"
)

const longestWord = 64

// WordLabel makes a word of an upstream enum readable: "inProgress" becomes "In progress". A product's name gets its spelling; anything
// but a short run of plain letters stays as it is.
func WordLabel(u workbench.Untrusted) workbench.Untrusted {
	word := u.String()
	if name, ok := productName(word); ok {
		return workbench.Text(name)
	}
	if word == "" || len(word) > longestWord || !letters(word) {
		return u
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case i == 0:
			b.WriteByte(upper(c))
		case !isUpper(c):
			b.WriteByte(c)
		case !isUpper(word[i-1]):
			b.WriteByte(' ')
			b.WriteByte(wordStart(word, i))
		case i+1 < len(word) && !isUpper(word[i+1]):
			b.WriteByte(' ')
			b.WriteByte(lower(c))
		default:
			b.WriteByte(c)
		}
	}
	return workbench.Text(b.String())
}

// wordStart keeps the capital of an abbreviation (a second capital follows) and lowers that of an ordinary word.
func wordStart(word string, i int) byte {
	if i+1 < len(word) && isUpper(word[i+1]) {
		return word[i]
	}
	return lower(word[i])
}

func productName(word string) (string, bool) {
	for known, name := range map[string]string{
		"microsoftDefenderForEndpoint":   "Microsoft Defender for Endpoint",
		"microsoftDefenderForIdentity":   "Microsoft Defender for Identity",
		"microsoftDefenderForCloudApps":  "Microsoft Defender for Cloud Apps",
		"microsoftDefenderForOffice365":  "Microsoft Defender for Office 365",
		"microsoft365Defender":           "Microsoft Defender XDR",
		"azureAdIdentityProtection":      "Microsoft Entra ID Protection",
		"microsoftAppGovernance":         "Microsoft App Governance",
		"dataLossPrevention":             "Microsoft Purview Data Loss Prevention",
		"microsoftDefenderForCloud":      "Microsoft Defender for Cloud",
		"microsoftSentinel":              "Microsoft Sentinel",
		"microsoftInsiderRiskManagement": "Microsoft Purview Insider Risk Management",
		"microsoftThreatIntelligence":    "Microsoft Threat Intelligence",
		"microsoftThreatExperts":         "Microsoft Threat Experts",
		"microsoftDataLossPrevention":    "Microsoft Data Loss Prevention",
		"office365":                      "Office 365",
		"azureAd":                        "Microsoft Entra ID",
		"azureADThreatIntelligence":      "Microsoft Entra threat intelligence",
		"smartScreen":                    "SmartScreen",
		"customTi":                       "Custom threat intelligence",
	} {
		if strings.EqualFold(word, known) {
			return name, true
		}
	}
	return "", false
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if lower(s[i]) < 'a' || lower(s[i]) > 'z' {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if isUpper(c) {
		return c - 'A' + 'a'
	}
	return c
}
