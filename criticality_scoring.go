package workbench

import (
	"net/netip"
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

func (s *scoring) evidence(e Evidence) {
	s.devices = map[string]struct{}{}
	for _, p := range e.Processes {
		s.item(p.EvidenceBase, p.DetectionStatus, p.ProcessName)
		if how := hidesCommand(p.CommandLine.Raw()); how != "" {
			s.find("hiddenCommand", how)
		}
	}
	for _, f := range e.Files {
		s.item(f.EvidenceBase, f.DetectionStatus, f.FileName)
	}
	for _, r := range e.Registry {
		s.item(r.EvidenceBase, Untrusted{}, r.Key)
	}
	for _, n := range e.Network {
		name := n.URL.Or(n.DNSName).Or(n.DestinationIP)
		s.item(n.EvidenceBase, Untrusted{}, name)
		attacker := slices.ContainsFunc(n.Roles, func(r Untrusted) bool { return r.Is("commandAndControl") || r.Is("attacker") })
		if (n.Verdict.Is("malicious") || n.Verdict.Is("suspicious") || attacker) && outside(n) {
			s.find("outsideAddress", name.Raw())
		}
	}
	for _, m := range e.Messages {
		s.item(m.EvidenceBase, withheld(m), m.Subject)
	}
	for _, m := range e.Mailboxes {
		s.item(m.EvidenceBase, Untrusted{}, m.Address)
	}
	for _, m := range e.MailClusters {
		s.item(m.EvidenceBase, Untrusted{}, m.ClusterBy)
	}
	for _, m := range e.MailboxRules {
		s.item(m.EvidenceBase, Untrusted{}, m.DisplayName)
	}
	for _, o := range e.Other {
		s.item(o.EvidenceBase, Untrusted{}, o.Title)
		if !o.Type.Is("device") {
			continue
		}
		for _, f := range o.Data {
			if f.Name.Is("riskScore") && f.Value.Is("high") {
				s.find("deviceRisk", o.Title.Raw())
			}
		}
	}
}

// item counts what every kind of evidence has.
func (s *scoring) item(b EvidenceBase, detection, name Untrusted) {
	s.tagged(b.Tags)
	if b.DeviceID != "" {
		s.devices[b.DeviceID] = struct{}{}
	}
	malicious := b.Verdict.Is("malicious")
	if !malicious && !b.Verdict.Is("suspicious") {
		return
	}
	s.threats++
	if isStopped(b.RemediationStatus) || isStopped(detection) {
		s.stopped++
		return
	}
	if malicious {
		s.find("maliciousActive", name.Raw())
	} else {
		s.find("suspiciousActive", name.Raw())
	}
}

// withheld is the word by which a message was kept from its recipient, if it was.
func withheld(m MessageEvidence) Untrusted {
	if m.DeliveryLocation.Is("quarantine") || m.DeliveryLocation.Is("dropped") || m.DeliveryLocation.Is("failed") {
		return Text("blocked")
	}
	return m.DeliveryAction
}

func isStopped(status Untrusted) bool {
	return status.Is("remediated") || status.Is("prevented") || status.Is("blocked")
}

// hidesCommand says how a command line hides what it does, or "".
func hidesCommand(command string) string {
	c := " " + strings.ToLower(command)
	for _, sign := range [...]string{" -enc", " /enc", " -ec ", "frombase64string", "-windowstyle hidden", "-windowstyle h ", "-w hidden", "-w 1 "} {
		if strings.Contains(c, sign) {
			return strings.TrimSpace(sign)
		}
	}
	switch {
	case strings.Contains(c, "powershell") && strings.Contains(c, " -e "):
		return "-e"
	case strings.Contains(c, strings.Repeat(" ", 40)):
		return "a long run of blanks"
	case strings.ContainsAny(c, "\u202A\u202B\u202D\u202E\u2066\u2067\u2068"):
		return "characters that turn the direction of text"
	}
	return ""
}

// outside reports whether the address is a public one; names and URLs without an address count.
func outside(n NetworkEvidence) bool {
	ip, err := netip.ParseAddr(n.DestinationIP.Raw())
	if err != nil {
		return !n.URL.IsZero() || !n.DNSName.IsZero()
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
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
