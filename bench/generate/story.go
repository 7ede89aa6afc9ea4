package generate

import (
	"fmt"
	"strings"
	"time"

	"workbench"
)

// Content makes story i as documents would have it.
func (s *Source) Content(i int) workbench.Content {
	d := roll(s.Seed, uint64(i))
	tenant := s.Tenant(i)
	p := workbench.ProductOf(workbench.Text(products[d.share(func(k int) int { return products[k].share })].source))
	severity := severities[d.share(func(k int) int { return severities[k].share })]
	incident := Incident(i)
	c := workbench.Content{
		CriticalityFactors: []workbench.Factor{}, Timeline: []workbench.TimelineItem{}, Entities: []workbench.Entity{}, Alerts: []workbench.Alert{}, ProcessTrees: []workbench.ProcessTree{}, Raw: []workbench.RawRef{},
		Head: workbench.Head{
			ID: workbench.IncidentStory(tenant, p.Key, incident), Tenant: tenant, ProducerType: p.Type, Product: p.Key, Producer: p.Name, IncidentID: workbench.Text(incident),
			IncidentURL: "https://security.microsoft.com/incidents/" + incident + "?tid=" + string(tenant), Severity: workbench.Text(severity.word),
			Criticality:     severity.low + d.IntN(severity.high-severity.low+1),
			MitreTechniques: []workbench.Untrusted{}, MovedTo: []workbench.StoryID{}, Names: []workbench.Untrusted{},
		},
	}
	s.times(d, i, &c.Head)
	s.title(d, &c.Head)
	s.people(d, p.Key, &c.Head)
	for range d.few(4) {
		c.MitreTechniques = addNew(c.MitreTechniques, s.techniques[d.skewed(Techniques)])
	}
	if d.chance(1) {
		c.MovedTo = append(c.MovedTo, workbench.IncidentStory(tenant, p.Key, Incident(d.IntN(max(s.Stories, 1)))))
	}
	if c.AllResolved = d.chance(25); c.AllResolved {
		c.VendorStatus, c.ResolvedAt = workbench.Text("resolved"), c.UpdatedAt
	} else {
		c.VendorStatus = workbench.Text(pick(d, []string{"active", "active", "inProgress"}))
	}
	c.Summary = workbench.Text(fmt.Sprintf("%s was seen on %d devices and with %d users. Microsoft rates it %s and has not said who is behind it.", c.Indication.Raw(), c.DeviceCount, c.UserCount, severity.word))
	s.inside(d, &c)
	return c
}

func (s *Source) times(d dice, i int, h *workbench.Head) {
	step := int64(spread) / int64(max(s.Stories, 1))
	updated := end.Add(-spread + time.Duration(int64(i)*step+d.Int64N(max(step, 1)))).Truncate(100)
	took := time.Duration(d.ExpFloat64() * float64(5*time.Hour)).Truncate(100)
	created := updated.Add(-min(took, 20*24*time.Hour))
	h.UpdatedAt, h.CreatedAt = workbench.At(updated), workbench.At(created)
	h.FirstSignalAt, h.LastSignalAt = workbench.At(created.Add(-time.Duration(d.IntN(3600))*time.Second)), workbench.At(updated.Add(-took/2).Truncate(100))
	h.NewestAlertAt = h.LastSignalAt
}

func (s *Source) title(d dice, h *workbench.Head) {
	n := d.skewed(len(doings) * len(things))
	title := doings[n%len(doings)] + " " + things[n/len(doings)]
	if d.chance(60) {
		title += " " + pick(d, places)
	}
	h.Indication = workbench.Text(title)
	h.Names = append(h.Names, h.Indication)
}

// people are devices, users and mailboxes.
func (s *Source) people(d dice, product string, h *workbench.Head) {
	h.AlertCount = 1 + d.few(12)
	if product != workbench.ProductOffice365 {
		h.DeviceCount = 1 + d.few(6)
		for k := range h.DeviceCount {
			name := workbench.Text(device(d.skewed(Devices)))
			if k == 0 {
				h.Source = name
			}
			h.Names = addNew(h.Names, name)
		}
		h.SourceIP = workbench.Text(fmt.Sprintf("10.%d.%d.%d", d.IntN(32), d.IntN(256), 1+d.IntN(254)))
	}
	h.UserCount = 1 + d.few(5)
	for range h.UserCount {
		name := user(d.skewed(Users))
		h.Names = addNew(h.Names, workbench.Text(name+"@"+string(h.Tenant[:8])+"."+pick(d, tlds)))
		if h.Source.IsZero() {
			h.Source, h.MailboxCount = workbench.Text(name), 1
		}
	}
}

// inside is what no list shows.
func (s *Source) inside(d dice, c *workbench.Content) {
	for k := range 1 + d.few(3) {
		program, file := pick(d, programs), d.skewed(Files)
		line := program + " " + pick(d, switches)
		if d.chance(50) {
			line += d.word(6) + d.word(7) + d.word(5)
		} else {
			line += d.word(3) + "." + pick(d, tlds) + "/" + d.word(2) + ".dat " + pick(d, folders) + d.word(3)
		}
		c.Evidence.Processes = append(c.Evidence.Processes, workbench.ProcessEvidence{
			EvidenceBase: workbench.EvidenceBase{ID: workbench.NewID(string(c.ID), fmt.Sprint(k)), AlertIDs: []string{}, Roles: []workbench.Untrusted{}, Tags: []workbench.Untrusted{}, Device: c.Source, Data: []workbench.Field{}},
			ProcessName:  workbench.Text(program), CommandLine: workbench.Text(line), FilePath: workbench.Text(pick(d, folders) + strings.ToLower(program)), StartedAt: c.FirstSignalAt,
			SHA256: workbench.Text(hash(s.Seed, file)),
		})
	}
}

func addNew(list []workbench.Untrusted, u workbench.Untrusted) []workbench.Untrusted {
	for _, known := range list {
		if known == u {
			return list
		}
	}
	return append(list, u)
}
