package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"workbench"
)

// maxHops is how far a chain of merged incidents, or of incidents that exchanged alerts, is followed.
const maxHops = 10

// singles asks for the incidents that have to be asked for one by one: those that a poll found changed, or those that the lists' alerts
// name and that were not listed.
func (r *reading) singles(ctx context.Context) error {
	if r.live != nil {
		for _, id := range r.order {
			if err := r.unit(ctx, id); err != nil {
				return err
			}
		}
		return nil
	}
	for _, id := range r.names {
		if r.listed[id] || r.t.backlog.have[id] {
			continue
		}
		if d, ok := r.t.backlog.takeBack(id); ok {
			if err := r.withAlerts(ctx, []piece{d}); err != nil {
				return err
			}
			continue
		}
		if err := r.unit(ctx, id); err != nil {
			return err
		}
	}
	for _, id := range r.targets {
		if err := r.unit(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// unit asks for an incident, for those that it exchanged alerts with and for those that it was merged into, and adds them all to one batch,
// so that no alert is seen to have left one incident and not yet to have come to the other.
func (r *reading) unit(ctx context.Context, id string) error {
	type hop struct {
		id    string
		steps int
	}
	var ids []string
	var pieces []piece
	var loose []workbench.Foreign
	for queue := []hop{{id, 0}}; len(queue) > 0; queue = queue[1:] {
		h := queue[0]
		if r.done[h.id] || h.steps > maxHops {
			continue
		}
		if err := r.giveWay(ctx); err != nil {
			return err
		}
		a, err := r.single(ctx, h.id)
		if err != nil {
			return err
		}
		r.done[h.id] = true
		r.quarantine(a)
		ids = append(ids, h.id)
		if c := r.live[h.id]; c != nil {
			a.pieces = slices.Concat(c.incident, c.alerts, a.pieces)
			loose = append(loose, c.loose...)
			for _, peer := range c.peers {
				queue = append(queue, hop{peer, h.steps + 1})
			}
		}
		for _, d := range a.pieces {
			if target := redirect(d); target != "" {
				queue = append(queue, hop{target, h.steps + 1})
			}
		}
		pieces = append(pieces, a.pieces...)
	}
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		pieces = append(pieces, r.waiting.take(id)...)
	}
	return r.addUnit(ctx, ids, pieces, loose)
}

// addUnit adds the alerts that are taken in, the incidents that have such alerts, and what is known of the incidents' other alerts.
func (r *reading) addUnit(ctx context.Context, ids []string, pieces []piece, loose []workbench.Foreign) error {
	has, err := r.t.Store.KeptAlerts(ctx, r.t.target.Parent.Tenant, ids)
	if err != nil {
		return err
	}
	if has == nil {
		has = map[string]bool{}
	}
	for _, id := range ids {
		has[id] = has[id] || r.named[id]
	}
	for _, d := range pieces {
		if d.Kind == workbench.AlertDocument && d.Incident != "" && r.t.takes(d.Product) {
			has[d.Incident] = true
		}
	}
	var taken []piece
	for _, d := range pieces {
		switch {
		case slices.ContainsFunc(taken, d.same):
		case d.Kind == workbench.IncidentDocument && has[d.Object], d.Kind == workbench.AlertDocument && r.t.takes(d.Product):
			taken = append(taken, d)
		case d.Kind == workbench.AlertDocument && d.Incident != "":
			loose = append(loose, foreign(d))
		}
	}
	if err := r.add(ctx, taken...); err != nil {
		return err
	}
	for _, f := range loose {
		if has[f.Incident] && !slices.Contains(r.batch.Foreign, f) {
			r.batch.Foreign = append(r.batch.Foreign, f)
		}
	}
	for _, id := range ids {
		if has[id] {
			r.t.backlog.stored(id)
		}
	}
	return nil
}

// single asks for one incident, unless it, or too many before it, could not be had; it is then asked for later.
func (r *reading) single(ctx context.Context, id string) (answer, error) {
	now := r.t.Now()
	if r.tired >= maxTired || !r.t.owed.due(id, now) {
		r.t.owed.put(id, now)
		return answer{}, nil
	}
	a, ok, err := r.t.single(ctx, id)
	switch {
	case err != nil:
		return answer{}, err
	case ok && (a.missing || r.listed[id] || len(a.quarantined) > 0 || slices.ContainsFunc(a.pieces, func(d piece) bool { return d.Kind == workbench.IncidentDocument })):
		r.tired = 0
		r.t.owed.settle(id)
	case ok: // its alerts alone
		r.tired = 0
		r.t.owed.fail(id, r.t.Now())
	default:
		r.tired++
		r.t.owed.fail(id, r.t.Now())
	}
	return a, nil
}

// same reports whether two pieces are one version of one object.
func (d piece) same(o piece) bool {
	return d.Kind == o.Kind && d.Object == o.Object && bytes.Equal(d.JSON, o.JSON)
}

// redirect is the incident that an incident was merged into; "" where it was not.
func redirect(d piece) string {
	if d.Kind != workbench.IncidentDocument {
		return ""
	}
	var in struct{ RedirectIncidentID json.RawMessage }
	if json.Unmarshal(d.JSON, &in) != nil {
		return ""
	}
	var text string
	if json.Unmarshal(in.RedirectIncidentID, &text) != nil {
		text = string(in.RedirectIncidentID) // a number, or nothing
	}
	if text == "null" || text == "0" || len(text) > 256 || text == d.Object {
		return ""
	}
	return text
}

// foreign is the fact that there is an alert which nobody takes in.
func foreign(d piece) workbench.Foreign {
	var in struct{ ServiceSource json.RawMessage }
	var source string
	if json.Unmarshal(d.JSON, &in) == nil {
		_ = json.Unmarshal(in.ServiceSource, &source) // no text: a product without a name
	}
	return workbench.Foreign{Tenant: d.Tenant, Incident: d.Incident, Alert: d.Object, Product: d.Product, Name: workbench.ProductOf(workbench.Text(source)).Name}
}
