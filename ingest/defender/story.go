package defender

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
)

// source is what a story is made from: its alerts as they are shown, read, in the order of the story.
type source struct {
	draft    *draft
	alerts   []*alertFacts
	shelf    *shelf
	people   *people
	devices  *devices
	evidence workbench.Evidence
}

// story makes the content of a draft. Where all its alerts have left, those are shown.
func (g *group) story(d *draft) workbench.Content {
	shown := d.present
	if len(shown) == 0 {
		shown = d.left
	}
	s := &source{draft: d, shelf: &shelf{}, people: newPeople(), devices: newDevices()}
	for _, c := range shown {
		s.alerts = append(s.alerts, g.readAlert(c.shown))
	}
	slices.SortFunc(s.alerts, func(a, b *alertFacts) int {
		x, y := a.alert, b.alert
		return cmp.Or(x.FirstActivityAt.Compare(y.FirstActivityAt.Time), x.CreatedAt.Compare(y.CreatedAt.Time), cmp.Compare(x.ID, y.ID))
	})
	s.meet()
	s.collect()
	return g.content(d, s)
}

// meet learns who and what is named anywhere in the story, before anything is identified by it.
func (s *source) meet() {
	for _, f := range s.alerts {
		for _, d := range f.devices {
			s.devices.meet(d)
			for _, a := range d.loggedOn {
				s.people.meet(a)
			}
		}
		for _, a := range f.named {
			s.people.meet(a)
		}
	}
	for _, f := range s.alerts {
		for _, d := range f.devices {
			s.devices.named(d)
		}
	}
}

// collect puts the evidence of all alerts on the shelf and completes the alerts with what it says.
func (s *source) collect() {
	for _, f := range s.alerts {
		r := s.reading(f)
		for i := range f.evidence {
			e := &f.evidence[i]
			r.putAs(e.value, e.kind, e.device)
		}
		f.alert.EvidenceIDs = uniqueIDs(r.ids)
		s.complete(f)
	}
	s.evidence = s.shelf.evidence()
	parts := partsOf(s.evidence)
	for _, f := range s.alerts {
		f.alert.CriticalityFactors = workbench.AlertFactors(f.alert, parts[f.alert.ID])
		f.alert.Criticality = workbench.Criticality(f.alert.CriticalityFactors)
	}
}

// reading is to put the evidence of an alert on the story's shelf.
func (s *source) reading(f *alertFacts) *reading {
	id := f.alert.ID
	r := &reading{shelf: s.shelf, people: s.people, devices: s.devices, users: f.users, objects: f.objects, alert: id, alerts: []string{id}, ids: make([]string, 0, len(f.evidence))}
	if d, ok := f.primaryDevice(); ok {
		r.primary = s.devices.key(d)
	}
	return r
}

// complete fills in what an alert says of its devices and users.
func (s *source) complete(f *alertFacts) {
	a := &f.alert
	a.DeviceNames, a.Users = []workbench.Untrusted{}, []workbench.AlertUser{}
	for _, d := range f.devices {
		if name := s.devices.names[s.devices.key(d)].Or(d.name); !name.IsZero() {
			a.DeviceNames = append(a.DeviceNames, name)
		}
	}
	a.DeviceNames = distinct(a.DeviceNames)
	if d, ok := f.primaryDevice(); ok {
		a.DeviceName, a.OS = s.devices.names[s.devices.key(d)].Or(d.name), d.os
		a.LocalIP, a.ExternalIP = d.local, d.external
	}
	seen := map[string]bool{}
	var first, service account
	add := func(u *user, why workbench.UserWhy) {
		key := s.people.key(u)
		switch {
		case u.system:
			service = service.filled(u.account)
		case !seen[key]:
			seen[key] = true
			a.Users = append(a.Users, workbench.AlertUser{Name: u.short(), Domain: u.domain, Why: why})
			if first.empty() {
				first = u.account
			}
		}
	}
	for _, u := range f.named {
		add(u, workbench.NamedByAlert)
	}
	for _, d := range f.devices {
		for _, u := range d.loggedOn {
			add(u, workbench.LoggedOn)
		}
	}
	if first.empty() {
		first = service
	}
	a.VendorUserName, a.VendorDomainName = first.short(), first.domain
}

func uniqueIDs(ids []string) []string {
	seen := make(map[string]struct{}, len(ids))
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if _, ok := seen[id]; !ok {
			seen[id] = struct{}{}
			out = append(out, id)
		}
	}
	return out
}

// content joins what the incident and the alerts say. The source is nil for a placeholder.
func (g *group) content(d *draft, s *source) workbench.Content {
	if s == nil {
		s = &source{draft: d, shelf: &shelf{}, people: newPeople(), devices: newDevices(), evidence: (&shelf{}).evidence()}
	}
	c := workbench.Content{Details: g.details(s), Alerts: []workbench.Alert{}, Evidence: s.evidence, Raw: g.raw(d, s)}
	for _, f := range s.alerts {
		c.Alerts = append(c.Alerts, f.alert)
	}
	c.ProcessTrees = workbench.BuildProcessTrees(s.evidence)
	c.Entities = s.entities(g.Tenant)
	c.CriticalityFactors = workbench.StoryFactors(c.Details, c.Alerts, c.Evidence)
	g.head(&c, s)
	c.Timeline = g.timeline(&c, s)
	c.Summary = summary(c)
	return c
}

// raw points to the newest documents first: those of the incident, then those of the alerts in the order of the story, then those of the
// alerts that left.
func (g *group) raw(d *draft, s *source) []workbench.RawRef {
	out, seen := []workbench.RawRef{}, map[workbench.RawRef]bool{}
	add := func(v *version) {
		ref := workbench.RawRef{Hash: v.doc.Hash, Kind: v.doc.Kind}
		if !seen[ref] {
			seen[ref] = true
			out = append(out, ref)
		}
	}
	for i := len(g.incidents) - 1; i >= 0; i-- {
		add(g.incidents[i].version)
	}
	histories := map[string]*history{}
	for _, c := range d.present {
		histories[c.object] = c.history
	}
	for _, c := range d.left {
		histories[c.object] = c.history
	}
	all := func(h *history) {
		for i := len(h.versions) - 1; i >= 0; i-- {
			add(h.versions[i])
		}
	}
	for _, f := range s.alerts {
		all(histories[f.alert.ID])
		delete(histories, f.alert.ID)
	}
	left := slices.Clone(d.left)
	slices.SortFunc(left, func(a, b *chosen) int { return strings.Compare(a.object, b.object) })
	for _, c := range left {
		if histories[c.object] != nil {
			all(c.history)
		}
	}
	return out
}
