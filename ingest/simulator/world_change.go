package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"workbench"
)

// Update changes members of an incident: "status", "severity", "displayName" and whatever else; values are what encoding/json renders, and
// times. Members that it has keep their place.
func (w *World) Update(incident string, members map[string]any) error {
	return w.onIncident(incident, func(in *incidentChange) error { return in.set(members) })
}

// UpdateAlert changes members of an alert likewise. Its incident does not change: that lags behind, as Microsoft's does.
func (w *World) UpdateAlert(alert string, members map[string]any) error {
	return w.onAlert(alert, func(a *alertChange) error { return a.set(members) })
}

// Touch gives an incident a new lastUpdateDateTime and changes nothing else.
func (w *World) Touch(incident string) error { return w.Update(incident, nil) }

// TouchAlert does so to an alert.
func (w *World) TouchAlert(alert string) error { return w.UpdateAlert(alert, nil) }

// AddEvidence adds evidence, JSON objects, to an alert. Its incident does not change.
func (w *World) AddEvidence(alert string, evidence ...[]byte) error {
	return w.onAlert(alert, func(a *alertChange) error {
		body, err := a.body.appended("evidence", evidence...)
		if err != nil {
			return err
		}
		a.body = body
		return a.set(nil)
	})
}

// AddAlert adds an alert to an incident, and changes both.
func (w *World) AddAlert(incident string, body []byte) error {
	return w.onIncident(incident, func(in *incidentChange) error {
		d, err := w.own(document(bytes.Clone(bytes.TrimSpace(body))))
		if err != nil {
			return fmt.Errorf("reading an alert: %w", err)
		}
		if _, err := w.alert(d.text("id")); err == nil {
			return fmt.Errorf("alert %s: %w", d.text("id"), workbench.ErrExists)
		}
		if err := w.putAlert(d, in.incident); err != nil {
			return fmt.Errorf("reading an alert: %w", err)
		}
		if err := (&alertChange{w.alerts[d.text("id")], in.now}).set(nil); err != nil {
			return err
		}
		return in.set(nil)
	})
}

// Move puts an alert into another incident, and changes the alert and both incidents.
func (w *World) Move(alert, toIncident string) error {
	return w.onIncident(toIncident, func(to *incidentChange) error {
		a, err := w.alert(alert)
		if err != nil {
			return err
		}
		from := a.parent
		if from == to.incident {
			return nil
		}
		if err := (&alertChange{a, to.now}).move(to.incident); err != nil {
			return err
		}
		if from != nil {
			if err := (&incidentChange{from, to.now}).set(nil); err != nil {
				return err
			}
		}
		return to.set(nil)
	})
}

// Merge empties an incident into another, as Microsoft's correlation does: the source is redirected to the target.
func (w *World) Merge(source, target string) error {
	return w.onIncident(target, func(to *incidentChange) error {
		from, err := w.incident(source)
		if err != nil {
			return err
		}
		if from == to.incident {
			return fmt.Errorf("merging incident %s with itself: %w", source, workbench.ErrConflict)
		}
		for _, a := range slices.Clone(from.alerts) {
			if err := (&alertChange{a, to.now}).move(to.incident); err != nil {
				return err
			}
		}
		tags, err := from.body.appended("systemTags", []byte(`"Redirected"`))
		if err != nil {
			return err
		}
		from.body = tags
		err = (&incidentChange{from, to.now}).set(map[string]any{"status": "redirected", "redirectIncidentId": target, "priorityScore": nil,
			"lastModifiedBy": "Microsoft Defender XDR - alert correlation"})
		if err != nil {
			return err
		}
		return to.set(nil)
	})
}

// Resolve resolves an incident and all its alerts.
func (w *World) Resolve(incident string) error {
	return w.onIncident(incident, func(in *incidentChange) error { return w.resolve(in.incident, in.now) })
}

// resolve resolves at a time. The caller holds mu.
func (w *World) resolve(in *incident, at time.Time) error {
	for _, a := range in.alerts {
		if a.facts.status == "resolved" {
			continue
		}
		if err := (&alertChange{a, at}).set(map[string]any{"status": "resolved", "resolvedDateTime": at}); err != nil {
			return err
		}
	}
	return (&incidentChange{in, at}).set(map[string]any{"status": "resolved"})
}

// Delete forgets an incident and its alerts, as when a retention period ends.
func (w *World) Delete(incident string) error {
	return w.onIncident(incident, func(in *incidentChange) error {
		for _, a := range in.alerts {
			delete(w.alerts, a.facts.id)
		}
		delete(w.incidents, in.facts.id)
		return nil
	})
}

// onIncident does something to an incident.
func (w *World) onIncident(id string, do func(*incidentChange) error) error {
	now := w.lock()
	defer w.mu.Unlock()
	in, err := w.incident(id)
	if err != nil {
		return err
	}
	return do(&incidentChange{in, now})
}

// onAlert does something to an alert.
func (w *World) onAlert(id string, do func(*alertChange) error) error {
	now := w.lock()
	defer w.mu.Unlock()
	a, err := w.alert(id)
	if err != nil {
		return err
	}
	return do(&alertChange{a, now})
}

// incidentChange is a change of an incident at a time.
type incidentChange struct {
	*incident
	now time.Time
}

func (c *incidentChange) set(members map[string]any) error {
	body, f, err := changed(c.body, c.facts, members, c.now)
	if err != nil {
		return fmt.Errorf("changing incident %s: %w", c.facts.id, err)
	}
	c.incident.body, c.incident.facts = body, f
	return nil
}

// alertChange is a change of an alert at a time.
type alertChange struct {
	*alert
	now time.Time
}

func (c *alertChange) set(members map[string]any) error {
	body, f, err := changed(c.body, c.facts, members, c.now)
	if err != nil {
		return fmt.Errorf("changing alert %s: %w", c.facts.id, err)
	}
	c.alert.body, c.alert.facts = body, f
	return nil
}

// move puts the alert into another incident.
func (c *alertChange) move(to *incident) error {
	err := c.set(map[string]any{"incidentId": to.facts.id, "incidentWebUrl": json.RawMessage(to.body.get("incidentWebUrl"))})
	if err == nil {
		c.attach(to)
	}
	return err
}

// changed is a document with other members and a later update.
func changed(d document, f facts, members map[string]any, now time.Time) (document, facts, error) {
	if next := f.updated.Add(100); !now.After(f.updated) && !f.updated.IsZero() {
		now = next
	}
	var err error
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := members[name]
		if raw, ok := value.(json.RawMessage); ok && raw == nil {
			value = nil
		}
		if d, err = d.with(name, value); err != nil {
			return nil, facts{}, err
		}
	}
	if _, given := members["lastUpdateDateTime"]; !given {
		if d, err = d.with("lastUpdateDateTime", now); err != nil {
			return nil, facts{}, err
		}
	}
	if f.id != d.text("id") {
		return nil, facts{}, fmt.Errorf("the id can't change: %w", workbench.ErrConflict)
	}
	f, err = factsOf(d)
	return d, f, err
}
