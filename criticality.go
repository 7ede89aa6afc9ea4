package workbench

import (
	"slices"
	"strings"
)

// FactorRule is one row of the criticality table.
type FactorRule struct {
	Name   string
	Points int
	Reason string // why it counts, a plain sentence
	Story  bool   // counts for whole stories only
}

// factorRules is the whole of the scoring, in the order in which factors are listed. docs/criticality.md explains it and a test holds the
// two together. Changing it changes stories: raise the deriver's version.
var factorRules = []FactorRule{
	{"severityHigh", 4, "Microsoft rates it high.", false},
	{"severityMedium", 3, "Microsoft rates it medium.", false},
	{"severityLow", 2, "Microsoft rates it low.", false},
	{"severityInformational", 1, "Microsoft rates it informational.", false},
	{"severityUnknown", 2, "Microsoft gives no severity that is known here.", false},
	{"maliciousActive", 2, "Something that Microsoft calls malicious is not reported as stopped or removed.", false},
	{"suspiciousActive", 1, "Something that Microsoft calls suspicious is not reported as stopped or removed.", false},
	{"stopped", -2, "All that Microsoft calls malicious or suspicious was stopped or removed.", false},
	{"confirmed", 1, "It was classified as a true positive.", false},
	{"expectedActivity", -3, "It was classified as expected activity.", false},
	{"falseAlarm", -4, "It was classified as a false positive.", false},
	{"highImpact", 1, "Its techniques are those of stolen credentials, movement to other devices, theft of data or destruction.", false},
	{"hiddenCommand", 1, "A command line is encoded or hides what it does.", false},
	{"outsideAddress", 1, "An address outside is called malicious or suspicious, or is one of an attacker.", false},
	{"highValue", 1, "A device or user is marked as one of high value.", false},
	{"deviceRisk", 1, "Microsoft rates the risk of a device high.", false},
	{"linkClicked", 1, "Microsoft reports that somebody clicked a link.", false},
	{"resolved", -1, "Microsoft marks it as resolved.", false},
	{"manyDevices", 1, "Three or more devices are involved.", true},
	{"manyUsers", 1, "Five or more users are named by its alerts.", true},
	{"manyTactics", 1, "Its alerts are of three or more categories.", true},
	{"priorityTop", 1, "Microsoft's priority score is above 85.", true},
	{"priorityLow", -1, "Microsoft's priority score is below 15.", true},
}

// FactorRules returns every factor that there is, in the order in which they are listed.
func FactorRules() []FactorRule { return slices.Clone(factorRules) }

// Criticality is the sum of the points, kept within 1 and 10.
func Criticality(factors []Factor) int {
	sum := 0
	for _, f := range factors {
		sum += f.Points
	}
	return min(max(sum, 1), 10)
}

// AlertFactors scores one alert by itself and its own evidence. It is a function of its arguments alone.
func AlertFactors(a Alert, e Evidence) []Factor {
	s := scoring{severity: a.Severity, classification: a.Classification, resolved: a.Status.Is("resolved")}
	s.alert(a)
	s.evidence(e)
	return s.factors()
}

// StoryFactors scores a whole story by Microsoft's words about its incident, its alerts and its evidence. What other stories say never
// counts.
func StoryFactors(d Details, alerts []Alert, e Evidence) []Factor {
	s := scoring{severity: HighestSeverity(alerts), classification: d.Classification, resolved: len(alerts) > 0, story: true, priority: d.PriorityScore}
	if len(alerts) == 0 {
		s.severity = d.Severity
	}
	s.tagged(d.Tags)
	s.tagged(d.SystemTags)
	for _, a := range alerts {
		s.alert(a)
		s.resolved = s.resolved && a.Status.Is("resolved")
	}
	if !counts(s.classification) {
		s.classification = commonClassification(alerts)
	}
	s.evidence(e)
	return s.factors()
}

// HighestSeverity is the highest of Microsoft's words: high, medium, low, informational, then anything else.
func HighestSeverity(alerts []Alert) Untrusted {
	var highest Untrusted
	for _, a := range alerts {
		if highest.IsZero() || severityRank(a.Severity) > severityRank(highest) {
			highest = a.Severity
		}
	}
	return highest
}

func severityRank(s Untrusted) int {
	return 1 + slices.IndexFunc([]string{"informational", "low", "medium", "high"}, s.Is)
}

// counts reports whether a classification changes the score.
func counts(c Untrusted) bool {
	return slices.ContainsFunc([]string{"truePositive", "falsePositive", "informationalExpectedActivity", "benignPositive"}, c.Is)
}

// commonClassification is what all alerts say alike; one true positive among them is enough to confirm.
func commonClassification(alerts []Alert) Untrusted {
	var common Untrusted
	for i, a := range alerts {
		if a.Classification.Is("truePositive") {
			return a.Classification
		}
		if i > 0 && a.Classification != common {
			common = Untrusted{}
			continue
		}
		if i == 0 {
			common = a.Classification
		}
	}
	return common
}

// firstFew joins what was found, in the order found, for people to read.
func firstFew(found []string) Untrusted {
	const few = 5
	rest := ""
	if len(found) > few {
		found, rest = found[:few], ", …"
	}
	return Text(strings.Join(found, ", ") + rest)
}
