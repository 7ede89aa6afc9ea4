package workbench

import (
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

func (s *scoring) evidence(e Evidence) {
	s.devices = map[string]struct{}{}
	for i := range e.Processes {
		p := &e.Processes[i]
		s.item(&p.EvidenceBase, p.DetectionStatus, p.ProcessName)
		if how := hidesCommand(p.CommandLine.Raw()); how != "" {
			s.find("hiddenCommand", how)
		}
	}
	for i := range e.Files {
		f := &e.Files[i]
		s.item(&f.EvidenceBase, f.DetectionStatus, f.FileName)
	}
	for i := range e.Registry {
		r := &e.Registry[i]
		s.item(&r.EvidenceBase, Untrusted{}, r.Key)
	}
	for i := range e.Network {
		n := &e.Network[i]
		name := n.URL.Or(n.DNSName).Or(n.DestinationIP)
		s.item(&n.EvidenceBase, Untrusted{}, name)
		attacker := slices.ContainsFunc(n.Roles, func(r Untrusted) bool { return r.Is("commandAndControl") || r.Is("attacker") })
		if (n.Verdict.Is("malicious") || n.Verdict.Is("suspicious") || attacker) && outside(n) {
			s.find("outsideAddress", name.Raw())
		}
	}
	for i := range e.Messages {
		m := &e.Messages[i]
		s.item(&m.EvidenceBase, withheld(m), m.Subject)
	}
	for i := range e.Mailboxes {
		m := &e.Mailboxes[i]
		s.item(&m.EvidenceBase, Untrusted{}, m.Address)
	}
	for i := range e.MailClusters {
		m := &e.MailClusters[i]
		s.item(&m.EvidenceBase, Untrusted{}, m.ClusterBy)
	}
	for i := range e.MailboxRules {
		m := &e.MailboxRules[i]
		s.item(&m.EvidenceBase, Untrusted{}, m.DisplayName)
	}
	for i := range e.Other {
		o := &e.Other[i]
		s.item(&o.EvidenceBase, Untrusted{}, o.Title)
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
func (s *scoring) item(b *EvidenceBase, detection, name Untrusted) {
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
func withheld(m *MessageEvidence) Untrusted {
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
	if !mayHide(command) {
		return ""
	}
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

// mayHide reports whether a command line has a part of any sign that hidesCommand looks for, in one pass and without a copy.
func mayHide(command string) bool {
	blanks := 1 // hidesCommand puts one in front
	for i := range len(command) {
		c := command[i]
		if c == ' ' {
			if blanks++; blanks >= 40 {
				return true
			}
			continue
		}
		blanks = 0
		switch {
		case c >= utf8.RuneSelf:
			return true
		case i+1 == len(command):
		case c == '-', c == '/':
			third := byte(' ')
			if i+2 < len(command) {
				third = command[i+2] | 0x20
			}
			switch command[i+1] | 0x20 { // of -e, -ec and -enc, and of -w and -windowstyle
			case 'e':
				if third == ' ' || third == 'c' || third == 'n' {
					return true
				}
			case 'w':
				if third == ' ' || third == 'i' {
					return true
				}
			}
		case c == '6' && command[i+1] == '4' && i > 0 && command[i-1]|0x20 == 'e': // of base64
			return true
		}
	}
	return false
}

// outside reports whether the address is a public one; names and URLs without an address count.
func outside(n *NetworkEvidence) bool {
	ip, err := netip.ParseAddr(n.DestinationIP.Raw())
	if err != nil {
		return !n.URL.IsZero() || !n.DNSName.IsZero()
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
}
