package defender

import (
	"strings"

	"workbench"
)

// knownWords are the words of Microsoft's enums whose case differs between its interfaces, in the spelling that stories use.
var knownWords = wordTable(`
new active resolved inProgress redirected awaitingAction unknown
informational low medium high
falsePositive truePositive informationalExpectedActivity benignPositive undetermined
apt malware securityPersonnel securityTesting unwantedSoftware other multiStagedAttack compromisedAccount phishing maliciousUserActivity
notMalicious notEnoughDataToValidate confirmedActivity lineOfBusinessApplication notAvailable
terminated successfullyRemediated benign failed partiallyRemediated running pendingApproval pendingResource queued innerFailure
preexistingAlert unsupportedOs unsupportedAlertType suppressedAlert partiallyInvestigated terminatedByUser terminatedBySystem
suspicious malicious noThreatsFound none remediated prevented blocked notFound declined unremediated
contextual scanned source destination created added compromised edited attacked attacker commandAndControl loaded policyViolator
detected unknownFutureValue
`)

// determinationAliases are spellings of Microsoft's pages and older interfaces for words that its schema spells otherwise.
var determinationAliases = map[string]string{
	"compromiseduser":       "compromisedAccount",
	"clean":                 "notMalicious",
	"insufficientdata":      "notEnoughDataToValidate",
	"confirmeduseractivity": "confirmedActivity",
}

func wordTable(words string) map[string]string {
	table := map[string]string{}
	for _, w := range strings.Fields(words) {
		table[w], table[strings.ToLower(w)] = w, w
	}
	return table
}

// word writes a word of an enum in the one spelling that stories use; a word that nobody knows stays as it came.
func word(u workbench.Untrusted) workbench.Untrusted {
	if known, ok := knownWords[u.Raw()]; ok && known == u.Raw() {
		return u
	}
	if known, ok := knownWords[strings.ToLower(strings.TrimSpace(u.Raw()))]; ok {
		return workbench.Text(known)
	}
	return u
}

func words(list []workbench.Untrusted) []workbench.Untrusted {
	for i, u := range list {
		list[i] = word(u)
	}
	return distinct(list)
}

// severity also knows the older interface's word for none given.
func severity(u workbench.Untrusted) workbench.Untrusted {
	if u.Is("unspecified") {
		return workbench.Text("unknown")
	}
	return word(u)
}

func determination(u workbench.Untrusted) workbench.Untrusted {
	if known, ok := determinationAliases[strings.ToLower(u.Raw())]; ok {
		return workbench.Text(known)
	}
	return word(u)
}

// verdictRank orders verdicts: malicious, suspicious, a word that nobody knows, no threats found, unknown, absent.
func verdictRank(u workbench.Untrusted) int {
	switch {
	case u.IsZero():
		return 0
	case u.Is("unknown"), u.Is("unknownFutureValue"):
		return 1
	case u.Is("noThreatsFound"):
		return 2
	case u.Is("suspicious"):
		return 4
	case u.Is("malicious"):
		return 5
	}
	return 3
}

// fold is the form in which names are compared.
func fold(u workbench.Untrusted) string { return strings.ToLower(strings.TrimSpace(u.Raw())) }
