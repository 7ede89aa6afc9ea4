package defender

import (
	"slices"
	"strings"

	"workbench"
)

// The limits of what text search knows of a story besides its columns: so many names, so many bytes of each. Every list holds them in
// memory.
const (
	maxNames = 2_000
	maxName  = 1_024
)

// head fills in what lists show.
func (g *group) head(c *workbench.Content, s *source) {
	product := s.product()
	h := &c.Head
	h.ID, h.Tenant, h.ProducerType, h.Product, h.Producer = s.draft.id, g.Tenant, product.Type, s.draft.product, product.Name
	h.IncidentID, h.VendorStatus = workbench.Text(g.Incident), c.Details.Status
	h.Criticality, h.Severity = workbench.Criticality(c.CriticalityFactors), workbench.HighestSeverity(c.Alerts)
	h.AlertCount, h.AllResolved = len(c.Alerts), len(c.Alerts) > 0
	h.CreatedAt, h.UpdatedAt = c.Details.CreatedAt, c.Details.UpdatedAt
	if g.incident != nil {
		h.IncidentURL = g.incident.url
		h.UpdatedAt = workbench.Latest(g.incident.version.at)
	}
	var firstAlert workbench.Time
	for i, a := range c.Alerts {
		h.FirstSignalAt = workbench.Earliest(h.FirstSignalAt, a.FirstActivityAt, a.LastActivityAt)
		h.LastSignalAt = workbench.Latest(h.LastSignalAt, a.LastActivityAt, a.FirstActivityAt)
		firstAlert = workbench.Earliest(firstAlert, a.CreatedAt)
		h.NewestAlertAt = workbench.Latest(h.NewestAlertAt, a.CreatedAt)
		h.UpdatedAt = workbench.Latest(h.UpdatedAt, s.alerts[i].version.at)
		h.AllResolved = h.AllResolved && a.Status.Is("resolved")
		h.ResolvedAt = workbench.Latest(h.ResolvedAt, a.ResolvedAt)
		h.MitreTechniques = append(h.MitreTechniques, a.MitreTechniques...)
		if h.IncidentURL == "" {
			h.IncidentURL = portalURL(s.alerts[i].incident, g.portals)
		}
	}
	if !h.AllResolved {
		h.ResolvedAt = workbench.Time{}
	}
	if h.CreatedAt.IsZero() {
		h.CreatedAt = firstAlert
	}
	if h.UpdatedAt.IsZero() {
		h.UpdatedAt = h.CreatedAt
	}
	if len(c.Alerts) == 0 {
		h.Severity = c.Details.Severity
	}
	h.MitreTechniques = sortedWords(h.MitreTechniques)
	h.MovedTo = []workbench.StoryID{}
	if len(s.draft.present) == 0 {
		for _, l := range s.draft.left {
			h.MovedTo = append(h.MovedTo, l.to)
		}
		slices.Sort(h.MovedTo)
		h.MovedTo = slices.Compact(h.MovedTo)
	}
	s.count(h)
	s.point(c)
	h.Names = s.names(c)
}

// count counts devices, users and mailboxes; the system's own accounts and senders do not count.
func (s *source) count(h *workbench.Head) {
	devices, users, boxes := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range s.alerts {
		for _, d := range f.devices {
			if key := s.devices.key(d); key != "" {
				devices[key] = true
			}
			for _, u := range d.loggedOn {
				if !u.system {
					users[s.people.key(u)] = true
				}
			}
		}
		for _, u := range f.named {
			if !u.system {
				users[s.people.key(u)] = true
			}
		}
	}
	for _, p := range s.evidence.Processes {
		if p.DeviceID != "" {
			devices[string(p.DeviceID)] = true
		}
	}
	for _, m := range s.evidence.Mailboxes {
		boxes[fold(m.Address.Or(m.UPN))] = true
	}
	for _, m := range s.evidence.Messages {
		boxes[fold(m.Recipient)] = true
	}
	delete(boxes, "")
	h.DeviceCount, h.UserCount, h.MailboxCount = len(devices), len(users), len(boxes)
}

// point finds what the story is about: the alert of highest criticality, and the device, else mailbox, else user, where it happened.
func (s *source) point(c *workbench.Content) {
	c.Indication = c.Details.IncidentName
	if len(c.Alerts) == 0 {
		return
	}
	byWeight := make([]*workbench.Alert, len(c.Alerts))
	for i := range c.Alerts {
		byWeight[i] = &c.Alerts[i]
	}
	slices.SortStableFunc(byWeight, func(a, b *workbench.Alert) int { return b.Criticality - a.Criticality })
	c.Indication = byWeight[0].Name.Or(c.Details.IncidentName)
	for _, a := range byWeight {
		if !a.DeviceName.IsZero() {
			c.Source, c.SourceIP = a.DeviceName, a.LocalIP
			return
		}
	}
	for _, m := range c.Evidence.Mailboxes {
		if c.Source = m.Address.Or(m.UPN); !c.Source.IsZero() {
			return
		}
	}
	for _, m := range c.Evidence.Messages {
		if c.Source = m.Recipient; !c.Source.IsZero() {
			return
		}
	}
	for _, a := range byWeight {
		if len(a.Users) > 0 {
			c.Source = a.Users[0].Name
			c.SourceIP = sourceAddress(c.Evidence)
			return
		}
	}
}

// sourceAddress is the address that Microsoft calls the source of what a user did.
func sourceAddress(e workbench.Evidence) workbench.Untrusted {
	for _, n := range e.Network {
		if n.Kind == "ip" && slices.ContainsFunc(n.Roles, func(r workbench.Untrusted) bool { return r.Is("source") || r.Is("attacker") }) {
			return n.DestinationIP
		}
	}
	return workbench.Untrusted{}
}

// names are what people call the story by, and who and what it is about: titles, threats, devices, users and those who got mail. Hashes,
// files, addresses, URLs and senders, of which there is no end, are among the texts inside the story. A story of very many names keeps the
// first of them.
func (s *source) names(c *workbench.Content) []workbench.Untrusted {
	seen, out := map[workbench.Untrusted]bool{}, []workbench.Untrusted{}
	add := func(names ...workbench.Untrusted) {
		for _, n := range names {
			if len(n.Raw()) > maxName {
				n = workbench.Text(strings.ToValidUTF8(n.Raw()[:maxName], ""))
			}
			if !n.IsZero() && !seen[n] && len(out) < maxNames {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	add(c.Details.IncidentName)
	for _, a := range c.Alerts {
		add(a.Name, a.ThreatName)
	}
	for _, e := range c.Entities {
		if e.Kind == workbench.DeviceEntity || e.Kind == workbench.UserEntity || e.Kind == workbench.MailboxEntity && !e.Role.Is(roleSender) {
			add(e.Name)
		}
	}
	return out
}

func sortedWords(list []workbench.Untrusted) []workbench.Untrusted {
	list = held(distinct(list))
	slices.SortFunc(list, func(a, b workbench.Untrusted) int { return strings.Compare(a.Raw(), b.Raw()) })
	return list
}
