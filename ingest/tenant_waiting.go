package ingest

import (
	"context"
	"sync/atomic"
)

// maxWaiting is how many bytes of alerts all tenants together keep waiting for their incidents.
const maxWaiting = 32 << 20

// waiting are alerts of a slice that wait for the list of incidents, so that an incident is stored, and its stories are made, once and not
// first of alerts alone. They are stored with their incident, or at the end of the reading, however it ends.
type waiting struct {
	all    *atomic.Int64 // bytes, of all tenants
	alerts map[string][]piece
	bytes  int64
}

// put has an alert wait, and reports false where too much waits already.
func (w *waiting) put(d piece) bool {
	size := int64(len(d.JSON))
	if w.all.Add(size) > maxWaiting {
		w.all.Add(-size)
		return false
	}
	if w.alerts == nil {
		w.alerts = map[string][]piece{}
	}
	w.alerts[d.Incident] = append(w.alerts[d.Incident], d)
	w.bytes += size
	return true
}

// take returns the alerts of an incident, which wait no longer.
func (w *waiting) take(incident string) []piece {
	list := w.alerts[incident]
	delete(w.alerts, incident)
	for _, d := range list {
		w.bytes -= int64(len(d.JSON))
		w.all.Add(-int64(len(d.JSON)))
	}
	return list
}

// forget lets go what still waits.
func (w *waiting) forget() {
	w.all.Add(-w.bytes)
	w.alerts, w.bytes = nil, 0
}

// addWaiting adds the alerts whose incident did not come.
func (r *reading) addWaiting(ctx context.Context) error {
	for _, id := range r.names {
		for _, d := range r.waiting.take(id) {
			if err := r.add(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}
