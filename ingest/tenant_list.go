package ingest

import (
	"context"
	"maps"
	"slices"
)

// alert takes in an alert of a list.
func (r *reading) alert(ctx context.Context, d piece) error {
	own := r.t.takes(d.Product)
	m := r.t.seen.mark(d.Document, r.t.Now())
	before, known := r.t.seen.before(m)
	if known && before.sum == m.sum {
		return nil
	}
	if r.polls() {
		r.marks = append(r.marks, m)
	}
	switch {
	case d.Incident == "" && !own:
		return nil
	case d.Incident == "":
		return r.add(ctx, d)
	case r.live != nil:
		c := r.touch(d.Incident)
		if known && before.incident != "" && before.incident != d.Incident {
			c.peers = append(c.peers, before.incident)
			from := r.touch(before.incident)
			from.peers = append(from.peers, d.Incident)
		}
		if own {
			c.alerts = append(c.alerts, d)
			r.held += len(d.JSON)
		} else {
			c.loose = append(c.loose, foreign(d))
		}
		return nil
	case !own:
		r.loose[d.Incident] = append(r.loose[d.Incident], foreign(d))
		return nil
	}
	r.name(d.Incident)
	if !r.polls() && r.waiting.put(d) {
		return nil
	}
	return r.add(ctx, d)
}

// name remembers an incident that an alert which is taken in belongs to.
func (r *reading) name(incident string) {
	if !r.named[incident] {
		r.named[incident] = true
		r.names = append(r.names, incident)
	}
}

// polls reports whether this is the live window.
func (r *reading) polls() bool { return r.window.To.IsZero() }

// incidents takes in incidents of a list.
func (r *reading) incidents(ctx context.Context, list []piece) error {
	var fresh []piece
	for _, d := range list {
		r.listed[d.Object] = true
		m := r.t.seen.mark(d.Document, r.t.Now())
		if before, known := r.t.seen.before(m); known && before.sum == m.sum && !r.named[d.Object] {
			continue
		}
		if r.polls() {
			r.marks = append(r.marks, m)
		}
		if r.live != nil {
			c := r.touch(d.Object)
			c.incident = append(c.incident, d)
			r.held += len(d.JSON)
		} else {
			fresh = append(fresh, d)
		}
	}
	return r.withAlerts(ctx, fresh)
}

// withAlerts adds those of the incidents that have alerts which are kept.
func (r *reading) withAlerts(ctx context.Context, list []piece) error {
	if len(list) == 0 {
		return nil
	}
	kept, err := r.kept(ctx, list)
	if err != nil {
		return err
	}
	for _, d := range list {
		if !kept[d.Object] && !r.named[d.Object] {
			r.t.backlog.putAside(d)
			continue
		}
		r.batch.Foreign = append(r.batch.Foreign, r.loose[d.Object]...)
		delete(r.loose, d.Object)
		r.t.backlog.stored(d.Object)
		if target := redirect(d); target != "" {
			r.targets = append(r.targets, target)
		}
		if err := r.add(ctx, append(r.waiting.take(d.Object), d)...); err != nil {
			return err
		}
	}
	return nil
}

// kept says which of the incidents have alerts in the store.
func (r *reading) kept(ctx context.Context, list []piece) (map[string]bool, error) {
	ids := make([]string, 0, len(list))
	for _, d := range list {
		ids = append(ids, d.Object)
	}
	return r.t.Store.KeptAlerts(ctx, r.t.target.Parent.Tenant, ids)
}

// leftover adds what is known of alerts that nobody takes in, of incidents that were stored before.
func (r *reading) leftover(ctx context.Context) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(r.loose)), maxBatch) {
		kept, err := r.t.Store.KeptAlerts(ctx, r.t.target.Parent.Tenant, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if kept[id] || r.named[id] {
				r.batch.Foreign = append(r.batch.Foreign, r.loose[id]...)
			}
		}
	}
	return nil
}

func (r *reading) touch(incident string) *changed {
	c := r.live[incident]
	if c == nil {
		c = &changed{}
		r.live[incident] = c
		r.order = append(r.order, incident)
	}
	return c
}
