package simulator

import (
	"regexp"
	"strings"
)

// The enumerations that can be filtered by, as the schema has them.
var (
	severities      = strings.Fields("unknown informational low medium high unknownFutureValue")
	classifications = strings.Fields("unknown falsePositive truePositive informationalExpectedActivity unknownFutureValue")
	determinations  = strings.Fields("unknown apt malware securityPersonnel securityTesting unwantedSoftware other multiStagedAttack compromisedAccount " +
		"phishing maliciousUserActivity notMalicious notEnoughDataToValidate confirmedActivity lineOfBusinessApplication unknownFutureValue")

	incidentEnums = map[string][]string{"severity": severities, "classification": classifications, "determination": determinations,
		"status": strings.Fields("active resolved inProgress redirected unknownFutureValue awaitingAction")}
	alertEnums = map[string][]string{"severity": severities, "classification": classifications, "determination": determinations,
		"status":        strings.Fields("unknown new inProgress resolved unknownFutureValue"),
		"serviceSource": strings.Fields(oldSources + " unknownFutureValue " + newSources)}
)

// The members of serviceSource before and after the sentinel.
const (
	oldSources = "unknown microsoftDefenderForEndpoint microsoftDefenderForIdentity microsoftDefenderForCloudApps microsoftDefenderForOffice365 " +
		"microsoft365Defender azureAdIdentityProtection microsoftAppGovernance dataLossPrevention"
	newSources = "microsoftDefenderForCloud microsoftSentinel microsoftInsiderRiskManagement microsoftThreatIntelligence microsoftSecurityForAI"
)

// evolvable finds, in JSON, the members of enumerations that came after the sentinel. A quote within a text is escaped, so nothing in a
// text can match.
var evolvable = regexp.MustCompile(`("serviceSource"|"detectionSource"|"remediationStatus"|"status")(\s*:\s*)"(` + strings.Join(strings.Fields(newSources+
	` microsoftDefenderForIoT microsoftDefenderForServers microsoftDefenderForStorage microsoftDefenderForDNS microsoftDefenderForDatabases
	microsoftDefenderForContainers microsoftDefenderForNetwork microsoftDefenderForAppService microsoftDefenderForKeyVault
	microsoftDefenderForResourceManager microsoftDefenderForApiManagement nrtAlerts scheduledAlerts
	microsoftDefenderThreatIntelligenceAnalytics builtInMl microsoftDefenderForAIServices securityCopilot
	pendingApproval declined unremediated running partiallyRemediated awaitingAction`), "|") + `)"|("remediationStatus")(\s*:\s*)"active"`)

// gated is the JSON as a client sees it that did not ask for members after the sentinel.
func gated(body []byte) []byte {
	return evolvable.ReplaceAll(body, []byte(`$1$4$2$5"unknownFutureValue"`))
}
