package workbench

import (
	"slices"
	"strconv"
	"strings"
)

// impactTechniques are the MITRE techniques that count as high impact, without their sub-techniques.
var impactTechniques = []string{
	"T1003", "T1550", "T1558", // credentials
	"T1021", "T1570", // to other devices
	"T1041", "T1048", "T1567", // data taken out
	"T1485", "T1486", "T1489", "T1490", "T1561", // destruction and ransom
}

// impactCategories are the same where an alert names a category only.
var impactCategories = []string{"ransomware", "credentialaccess", "credentialtheft", "lateralmovement", "exfiltration", "impact"}

// valueTags are what tags of devices and users of high value hold.
var valueTags = []string{"high value", "highvalue", "critical asset", "domain controller", "tier 0", "sensitive"}

// scoring collects what was found before it is turned into factors.
type scoring struct {
	story          bool
	severity       Untrusted
	classification Untrusted
	resolved       bool
	priority       *int64
	found          map[string][]string // factor name to what was found
	threats        int                 // items called malicious or suspicious
	stopped        int                 // those of them that were stopped
	categories     []string
	devices        map[string]struct{}
	users          map[string]struct{}
}

func (s *scoring) find(factor, what string) {
	if s.found == nil {
		s.found = map[string][]string{}
	}
	if have := s.found[factor]; len(have) < 8 && !slices.Contains(have, what) {
		s.found[factor] = append(have, what)
	}
}

func (s *scoring) alert(a Alert) {
	for _, t := range a.MitreTechniques {
		family, _, _ := strings.Cut(strings.ToUpper(t.Raw()), ".")
		if slices.Contains(impactTechniques, family) {
			s.find("highImpact", t.Raw())
		}
	}
	for _, c := range a.Categories {
		word := strings.ToLower(strings.ReplaceAll(c.Raw(), " ", ""))
		if slices.Contains(impactCategories, word) {
			s.find("highImpact", c.Raw())
		}
		if len(s.categories) < 3 && !slices.Contains(s.categories, word) {
			s.categories = append(s.categories, word)
		}
	}
	if ReportsClick(a) {
		s.find("linkClicked", a.Name.Raw())
	}
	if s.users == nil {
		s.users = map[string]struct{}{}
	}
	for _, u := range a.Users {
		if u.Why == NamedByAlert {
			s.users[fold(u.Domain.Raw())+`\`+fold(u.Name.Raw())] = struct{}{}
		}
	}
}

func (s *scoring) tagged(tags []Untrusted) {
	for _, t := range tags {
		if word := fold(t.Raw()); slices.ContainsFunc(valueTags, func(v string) bool { return strings.Contains(word, v) }) {
			s.find("highValue", t.Raw())
		}
	}
}

// factors lists what counts, in the order of the table.
func (s *scoring) factors() []Factor {
	s.decide()
	out := []Factor{}
	for _, r := range factorRules {
		if found, ok := s.found[r.Name]; ok && (s.story || !r.Story) {
			out = append(out, Factor{Name: r.Name, Points: r.Points, Value: firstFew(found), Reason: r.Reason})
		}
	}
	return out
}

// decide finds the factors that depend on everything that was collected.
func (s *scoring) decide() {
	switch severityRank(s.severity) {
	case 4:
		s.find("severityHigh", s.severity.Raw())
	case 3:
		s.find("severityMedium", s.severity.Raw())
	case 2:
		s.find("severityLow", s.severity.Raw())
	case 1:
		s.find("severityInformational", s.severity.Raw())
	default:
		s.find("severityUnknown", s.severity.Raw())
	}
	if len(s.found["maliciousActive"]) > 0 {
		delete(s.found, "suspiciousActive")
	}
	if s.threats > 0 && s.stopped == s.threats {
		s.find("stopped", strconv.Itoa(s.stopped))
	}
	switch c := s.classification; {
	case c.Is("truePositive"):
		s.find("confirmed", c.Raw())
	case c.Is("falsePositive"):
		s.find("falseAlarm", c.Raw())
	case counts(c):
		s.find("expectedActivity", c.Raw())
	}
	if s.resolved {
		s.find("resolved", "resolved")
	}
	if len(s.devices) >= 3 {
		s.find("manyDevices", strconv.Itoa(len(s.devices)))
	}
	if len(s.users) >= 5 {
		s.find("manyUsers", strconv.Itoa(len(s.users)))
	}
	if len(s.categories) >= 3 {
		s.find("manyTactics", strings.Join(s.categories, ", "))
	}
	if s.priority != nil && *s.priority > 85 {
		s.find("priorityTop", strconv.FormatInt(*s.priority, 10))
	}
	if s.priority != nil && *s.priority < 15 {
		s.find("priorityLow", strconv.FormatInt(*s.priority, 10))
	}
}
