package workbench

import (
	"net/netip"
	"slices"
	"strings"
)

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
		s.devices[string(b.DeviceID)] = struct{}{}
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
