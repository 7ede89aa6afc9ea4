package simulator

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"workbench"
	"workbench/ingest/sample"
)

// World is what Defender knows of a tenant: incidents, their alerts, and what will happen to them. It is safe for concurrent use, and
// guarded by a mutex of its own. What it is given is the caller's to reuse; what it returns is the caller's. Every change gives the
// documents that it touches a new lastUpdateDateTime by Microsoft's clock, later than the one before by at least 100 nanoseconds.
type World struct {
	tenant *Tenant

	mu        sync.Mutex
	incidents map[string]*incident
	alerts    map[string]*alert
	nextID    int
	series    *sample.Series   // incidents that nobody has changed yet
	changed   map[int]struct{} // places of the series that are kept, or deleted
	attacks   []*Attack
	everyday  everyday
	runs      int // attacks and everyday incidents ever
	faults    []*activeFault
	requests  []Request
	asked     int // requests ever
	windows   map[string]*window
	limit     int // of requests per minute and application
}

type world = World

// incident is one that is kept.
type incident struct {
	body   document // without alerts
	facts  facts
	alerts []*alert
}

// alert is one that is kept.
type alert struct {
	body   document
	facts  facts
	parent *incident // nil: belongs to none
}

// firstIncident is the number of a world's first incident.
const firstIncident = 1001

func newWorld(t *Tenant) *world {
	return &World{tenant: t, incidents: map[string]*incident{}, alerts: map[string]*alert{}, nextID: firstIncident, changed: map[int]struct{}{},
		windows: map[string]*window{}, limit: publishedLimit}
}

// World is what Defender knows of the tenant.
func (t *Tenant) World() *World { return t.world }

// lock takes the mutex and lets everything happen that was due. It returns Microsoft's time.
func (w *World) lock() time.Time {
	now := w.tenant.s.time().Truncate(100)
	w.mu.Lock()
	w.advance(now)
	return now
}

// Put keeps an incident with its alerts, as Graph gives it with $expand=alerts, in place of what was known of them. Its order of members
// and its times stay; the tenant becomes this one. Alerts that it holds belong to it from now on; alerts that it does not hold stay where
// they are.
func (w *World) Put(incident []byte) error {
	w.lock()
	defer w.mu.Unlock()
	return w.put(incident)
}

func (w *World) put(body []byte) error {
	d := document(bytes.Clone(bytes.TrimSpace(body)))
	d, err := w.own(d)
	if err != nil {
		return fmt.Errorf("reading an incident: %w", err)
	}
	list, err := elements(d.get("alerts"))
	if err != nil {
		return fmt.Errorf("reading the alerts of an incident: %w", err)
	}
	if d, err = d.without("alerts"); err != nil {
		return fmt.Errorf("reading an incident: %w", err)
	}
	f, err := factsOf(d)
	if err != nil {
		return fmt.Errorf("reading an incident: %w", err)
	}
	in, err := w.incident(f.id)
	if err != nil {
		in = &incident{}
		w.incidents[f.id] = in
	}
	in.body, in.facts = d, f
	if n, err := strconv.Atoi(f.id); err == nil && n < 1<<40 {
		w.nextID = max(w.nextID, n+1)
	}
	for i, raw := range list {
		if err := w.putAlert(document(raw), in); err != nil {
			return fmt.Errorf("reading alert %d of incident %s: %w", i, f.id, err)
		}
	}
	return nil
}

// PutAlert keeps an alert that belongs to no incident.
func (w *World) PutAlert(body []byte) error {
	w.lock()
	defer w.mu.Unlock()
	d, err := w.own(document(bytes.Clone(bytes.TrimSpace(body))))
	if err != nil {
		return fmt.Errorf("reading an alert: %w", err)
	}
	return w.putAlert(d, nil)
}

// putAlert keeps an alert as part of an incident, or of none.
func (w *World) putAlert(d document, in *incident) error {
	id := d.text("id")
	a, err := w.alert(id)
	if err != nil {
		a = &alert{}
	}
	if in != nil && d.text("incidentId") != in.facts.id {
		if d, err = assigned(d, in); err != nil {
			return err
		}
	}
	f, err := factsOf(d)
	if err != nil {
		return err
	}
	a.body, a.facts = d, f
	w.alerts[id] = a
	a.attach(in)
	return nil
}

// assigned returns an alert's document as that of an incident.
func assigned(d document, in *incident) (document, error) {
	d, err := d.with("incidentId", in.facts.id)
	if err != nil {
		return nil, err
	}
	return d.with("incidentWebUrl", in.body.text("incidentWebUrl"))
}

// attach makes the alert part of an incident, or of none.
func (a *alert) attach(in *incident) {
	if a.parent == in {
		return
	}
	if a.parent != nil {
		a.parent.alerts = slices.DeleteFunc(a.parent.alerts, func(other *alert) bool { return other == a })
	}
	if a.parent = in; in != nil {
		in.alerts = append(in.alerts, a)
	}
}

// own returns a document in which this tenant stands for the one that it names.
func (w *World) own(d document) (document, error) {
	if _, err := d.members(); err != nil {
		return nil, err
	}
	if other := d.text("tenantId"); len(other) == 36 && other != w.tenant.id {
		return document(bytes.ReplaceAll(d, []byte(other), []byte(w.tenant.id))), nil
	}
	return d.with("tenantId", w.tenant.id)
}

// PutPage keeps the incidents of a page of Graph that belong to a tenant, "" = all, as Put does. It returns how many they were.
func (w *World) PutPage(page []byte, of string) (int, error) {
	rows, err := elements(document(page).get("value"))
	if err != nil {
		return 0, fmt.Errorf("reading a page: %w", err)
	}
	w.lock()
	defer w.mu.Unlock()
	n := 0
	for _, row := range rows {
		if of != "" && document(row).text("tenantId") != of {
			continue
		}
		if err := w.put(row); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Generate gives the world so many incidents, about 50 KB each, whose last updates spread evenly over a span that ends now. Nothing is kept
// of them but what is changed later; a second call replaces those of the first.
func (w *World) Generate(incidents int, seed uint64, over time.Duration) {
	now := w.lock()
	defer w.mu.Unlock()
	w.series = sample.NewSeries(sample.Spread{Tenant: workbench.TenantID(w.tenant.id), Domain: w.tenant.Domain(), Seed: seed,
		Incidents: incidents, FirstID: generatedIncident, From: now.Add(-over), To: now})
	clear(w.changed)
}

// generatedIncident is the number of the first incident that Generate makes.
const generatedIncident = 1_000_000

// incident finds an incident, and keeps it from now on if it was generated.
func (w *World) incident(id string) (*incident, error) {
	if in := w.incidents[id]; in != nil {
		return in, nil
	}
	if i, ok := w.generated(id); ok {
		return w.keep(i)
	}
	return nil, fmt.Errorf("incident %s: %w", id, workbench.ErrNotFound)
}

// generated is the place of an incident in the series, if it lies there unchanged.
func (w *World) generated(id string) (int, bool) {
	n, err := strconv.Atoi(id)
	if err != nil || w.series == nil || n < w.series.FirstID || n-w.series.FirstID >= w.series.Incidents || strconv.Itoa(n) != id {
		return 0, false
	}
	_, changed := w.changed[n-w.series.FirstID]
	return n - w.series.FirstID, !changed
}

// keep takes an incident out of the series, so that it can change.
func (w *World) keep(i int) (*incident, error) {
	w.changed[i] = struct{}{}
	next := w.nextID
	err := w.put(w.series.Append(nil, i))
	w.nextID = next
	return w.incidents[strconv.Itoa(w.series.FirstID+i)], err
}

// alert finds an alert, and keeps its incident from now on if it was generated.
func (w *World) alert(id string) (*alert, error) {
	if a := w.alerts[id]; a != nil {
		return a, nil
	}
	if w.series != nil {
		if i, ok := w.series.Find(id); ok {
			if _, changed := w.changed[i]; !changed {
				if _, err := w.keep(i); err != nil {
					return nil, err
				}
				return w.alerts[id], nil
			}
		}
	}
	return nil, fmt.Errorf("alert %s: %w", id, workbench.ErrNotFound)
}

// Incident is an incident with its alerts as Graph gives it, or ErrNotFound.
func (w *World) Incident(id string) ([]byte, error) {
	w.lock()
	defer w.mu.Unlock()
	if i, ok := w.generated(id); ok {
		return w.series.Append(nil, i), nil
	}
	in := w.incidents[id]
	if in == nil {
		return nil, fmt.Errorf("incident %s: %w", id, workbench.ErrNotFound)
	}
	return w.sourceOf(place{incident: in}).appendIncident(nil, true), nil
}

// Incidents are the ids of all incidents, the oldest update first.
func (w *World) Incidents() []string {
	w.lock()
	defer w.mu.Unlock()
	rows := w.incidentPlaces(span{})
	slices.SortFunc(rows, func(a, b place) int { return cmp.Or(a.updated.Compare(b.updated), cmp.Compare(a.id, b.id)) })
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.id
	}
	return ids
}
