package ingest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"workbench"
	"workbench/ingest/msgraph"
)

const aTenant = workbench.TenantID("3f9a6d52-71c4-4b0e-8a27-5d1e90b6c3f4")

// The products of alerts, as Microsoft names them.
const (
	endpoint = "microsoftDefenderForEndpoint"
	office   = "microsoftDefenderForOffice365"
	identity = "microsoftDefenderForIdentity"
)

// world is a Microsoft of one tenant: incidents and alerts that a test changes, and answers as msgraph.Client gives them.
type world struct {
	now func() time.Time

	mu        sync.Mutex
	incidents map[string]*thing
	alerts    map[string]*thing
	served    map[string]bool // kind, id and JSON of everything that an answer held
	calls     map[string]int

	pageSize int
	trouble  func(call, id string, page int) error // before every answer; may be nil
	turned   func()                                // after every page; may be nil
}

// thing is an incident or an alert as it is now.
type thing struct {
	id, incident string // incident of alerts
	json         string
	updated      time.Time
}

func newWorld(now func() time.Time) *world {
	return &world{now: now, incidents: map[string]*thing{}, alerts: map[string]*thing{}, served: map[string]bool{}, calls: map[string]int{}, pageSize: 50}
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// incident changes an incident at a moment.
func (w *world) incident(id string, at time.Time, more ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := fmt.Sprintf(`{"id":%q,"tenantId":%q,"status":"active","redirectIncidentId":null,"displayName":"incident %s","createdDateTime":%q,"lastUpdateDateTime":%q,"severity":"high"`,
		id, aTenant, id, stamp(at), stamp(at))
	w.incidents[id] = &thing{id: id, json: text + strings.Join(more, "") + "}", updated: at}
}

// merge redirects an incident.
func (w *world) merge(id, into string, at time.Time) {
	w.incident(id, at)
	w.mu.Lock()
	defer w.mu.Unlock()
	x := w.incidents[id]
	x.json = strings.Replace(strings.Replace(x.json, `"redirectIncidentId":null`, fmt.Sprintf(`"redirectIncidentId":%q`, into), 1), `"active"`, `"redirected"`, 1)
}

// alert changes an alert at a moment.
func (w *world) alert(id, incident, product string, at time.Time, more ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	named := "null"
	if incident != "" {
		named = fmt.Sprintf("%q", incident)
	}
	text := fmt.Sprintf(`{"id":%q,"incidentId":%s,"tenantId":%q,"status":"new","severity":"high","serviceSource":%q,"title":"alert %s","createdDateTime":%q,"lastUpdateDateTime":%q,"evidence":[]`,
		id, named, aTenant, product, id, stamp(at), stamp(at))
	w.alerts[id] = &thing{id: id, incident: incident, json: text + strings.Join(more, "") + "}", updated: at}
}

// raw puts text of any kind into the list of alerts.
func (w *world) raw(id, incident, text string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alerts[id] = &thing{id: id, incident: incident, json: text, updated: at}
}

// forget takes an alert away.
func (w *world) forget(alert string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.alerts, alert)
}

func (w *world) fails(ctx context.Context, call, id string, page int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	w.calls[call]++
	trouble := w.trouble
	w.mu.Unlock()
	if trouble == nil {
		return nil
	}
	return trouble(call, id, page)
}

func (w *world) called(call string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[call]
}

func (w *world) setTrouble(trouble func(call, id string, page int) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = trouble
}

func (w *world) at() workbench.Time { return workbench.At(w.now().Truncate(time.Second)) }

// list answers page by page. Every page is looked up anew, from the things that come after the last one answered: what changes meanwhile
// may be missed, and comes later in the order of its update.
func (w *world) list(ctx context.Context, call string, things func() map[string]*thing, win msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error) {
	var listed msgraph.Listed
	var last *thing
	for page := 0; ; page++ {
		if err := w.fails(ctx, call, "", page); err != nil {
			return listed, err
		}
		w.mu.Lock()
		var all []*thing
		for _, x := range things() {
			if !x.updated.Before(win.From.Time) && (win.To.IsZero() || x.updated.Before(win.To.Time)) && (last == nil || inOrder(last, x) < 0) {
				all = append(all, x)
			}
		}
		slices.SortFunc(all, inOrder)
		more := len(all) > w.pageSize
		all = all[:min(len(all), w.pageSize)]
		var texts []string
		for _, x := range all {
			texts = append(texts, x.json)
			w.served[x.json] = true
			last = &thing{id: x.id, updated: x.updated}
		}
		at := w.at()
		w.mu.Unlock()
		if page == 0 {
			listed.At = at
		}
		listed.Pages++
		listed.Items += len(all)
		p := msgraph.Page{Body: []byte(`{"@odata.context":"https://graph.example/$metadata#x","value":[` + strings.Join(texts, ",") + `]}`), Address: "/v1.0/security/" + call, At: at}
		if err := yield(p); err != nil {
			return listed, err
		}
		if w.turned != nil {
			w.turned()
		}
		if !more {
			return listed, nil
		}
	}
}

func inOrder(a, b *thing) int { return cmp.Or(a.updated.Compare(b.updated), cmp.Compare(a.id, b.id)) }

func (w *world) Incidents(ctx context.Context, win msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error) {
	return w.list(ctx, "incidents", func() map[string]*thing { return w.incidents }, win, yield)
}

func (w *world) Alerts(ctx context.Context, win msgraph.Window, yield func(msgraph.Page) error) (msgraph.Listed, error) {
	return w.list(ctx, "alerts", func() map[string]*thing { return w.alerts }, win, yield)
}

func (w *world) Incident(ctx context.Context, id string) (msgraph.Single, error) {
	if err := w.fails(ctx, "incident", id, 0); err != nil {
		return msgraph.Single{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	x := w.incidents[id]
	if x == nil {
		return msgraph.Single{Missing: true, Address: "/v1.0/security/incidents/" + id}, nil
	}
	w.served[x.json] = true
	var texts []string
	for _, a := range w.alertsOf(id) {
		texts = append(texts, a.json)
		w.served[a.json] = true
	}
	body := `{"@odata.context":"https://graph.example/$metadata#single",` + strings.TrimSuffix(x.json[1:], "}") + `,"alerts@odata.context":"https://graph.example/x","alerts":[` + strings.Join(texts, ",") + "]}"
	return msgraph.Single{Body: []byte(body), Address: "/v1.0/security/incidents/" + id + "?$expand=alerts"}, nil
}

// alertsOf are the alerts of an incident in order. The caller holds the lock.
func (w *world) alertsOf(incident string) []*thing {
	var all []*thing
	for _, x := range w.alerts {
		if x.incident == incident {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, inOrder)
	return all
}

func (w *world) IncidentAlerts(ctx context.Context, id string, yield func(msgraph.Page) error) (msgraph.Listed, error) {
	of := func() map[string]*thing {
		out := map[string]*thing{}
		for _, x := range w.alertsOf(id) {
			out[x.id] = x
		}
		return out
	}
	return w.list(ctx, "incident alerts", of, msgraph.Window{}, yield)
}

func (w *world) Probe(ctx context.Context) (msgraph.Probed, error) {
	if err := w.fails(ctx, "probe", "", 0); err != nil {
		return msgraph.Probed{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return msgraph.Probed{Empty: len(w.incidents) == 0, At: w.at()}, nil
}

// fault is a refusal.
func fault(r workbench.Reason) error {
	return &workbench.Fault{Reason: r, Err: errors.New("as the test wants it")}
}
