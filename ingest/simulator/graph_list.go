package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"workbench/ingest/sample"
)

// source is where the JSON of an item comes from: kept documents, or the series. It can be rendered without the world's mutex.
type source struct {
	facts  facts
	body   document   // kept
	alerts []document // of a kept incident
	series *sample.Series
	number int // of the incident in the series
	child  int // of the alert in it
}

// listPage is what a list answers.
type listPage struct {
	items []source
	total int
	next  string
}

// listIncidents answers GET /security/incidents.
func (s *Simulator) listIncidents(c *caller, r *http.Request) ([]byte, *graphError) {
	q, refused := incidentListing.parseQuery(r.URL.RawQuery)
	if refused != nil {
		return nil, refused
	}
	p := c.tenant.world.page(s.base, r, &q, func(w *World) []place { return w.incidentPlaces(q.filter.updated()) })
	if n := expandTrouble(r); n > 0 && q.expand && slices.ContainsFunc(p.items, func(x source) bool { return x.count() > n }) {
		return nil, internal()
	}
	context := "security/incidents"
	if q.expand {
		context += "(alerts())"
	}
	return s.envelope(r, &q, context, p, func(b []byte, x source) []byte { return x.appendIncident(b, q.expand) })
}

// listAlerts answers GET /security/alerts_v2.
func (s *Simulator) listAlerts(c *caller, r *http.Request) ([]byte, *graphError) {
	q, refused := alertListing.parseQuery(r.URL.RawQuery)
	if refused != nil {
		return nil, refused
	}
	p := c.tenant.world.page(s.base, r, &q, func(w *World) []place { return w.alertPlaces(q.filter.updated()) })
	return s.envelope(r, &q, "security/alerts_v2", p, alertsOnce())
}

// listAlertsOf answers GET /security/incidents/{id}/alerts.
func (s *Simulator) listAlertsOf(c *caller, r *http.Request, id string) ([]byte, *graphError) {
	q, refused := alertListing.parseQuery(r.URL.RawQuery)
	if refused != nil {
		return nil, refused
	}
	known := true
	p := c.tenant.world.page(s.base, r, &q, func(w *World) []place {
		rows, ok := w.alertPlacesOf(id)
		known = ok
		return rows
	})
	if !known {
		return nil, unknownID("incident", id)
	}
	return s.envelope(r, &q, "security/incidents('"+id+"')/alerts", p, alertsOnce())
}

// alertPlacesOf are the rows of the alerts of an incident.
func (w *World) alertPlacesOf(id string) ([]place, bool) {
	if i, ok := w.generated(id); ok {
		var rows []place
		for k, a := range w.series.Outline(i).Alerts {
			rows = append(rows, generatedAlert(i, k, a))
		}
		return rows, true
	}
	in := w.incidents[id]
	if in == nil {
		return nil, false
	}
	var rows []place
	for _, a := range in.alerts {
		rows = append(rows, place{facts: a.facts, alert: a, incident: in})
	}
	return rows, true
}

// page chooses the items of a page among the rows that the world lists.
func (w *World) page(base *url.URL, r *http.Request, q *listQuery, list func(*World) []place) listPage {
	now := w.lock()
	defer w.mu.Unlock()
	rows := slices.DeleteFunc(list(w), func(row place) bool { return !q.filter.matches(&row.facts) })
	slices.SortFunc(rows, func(a, b place) int { return q.compare(&a.facts, &b.facts) })
	return w.pageUnder(troublesOf(r), now, base, r, q, rows)
}

// sourceOf is where the JSON of a row comes from. The caller holds mu.
func (w *World) sourceOf(row place) source {
	switch {
	case row.alert != nil:
		return source{facts: row.facts, body: row.alert.body}
	case row.incident != nil:
		x := source{facts: row.facts, body: row.incident.body}
		for _, a := range row.incident.alerts {
			x.alerts = append(x.alerts, a.body)
		}
		return x
	}
	return source{facts: row.facts, series: w.series, number: row.series, child: row.child}
}

// count is how many alerts an incident has.
func (x source) count() int {
	if x.series != nil {
		return len(x.series.Outline(x.number).Alerts)
	}
	return len(x.alerts)
}

// appendIncident appends an incident, with or without its alerts.
func (x source) appendIncident(b []byte, expand bool) []byte {
	switch {
	case x.series != nil && expand:
		return x.series.Append(b, x.number)
	case x.series != nil:
		return x.series.AppendAlone(b, x.number)
	case !expand:
		return append(b, x.body...)
	}
	return append(b, withAlerts(x.body, x.alerts)...)
}

// alertsOnce appends alerts, and makes a generated incident once for neighbours that belong to it.
func alertsOnce() func([]byte, source) []byte {
	made := map[int][][]byte{}
	return func(b []byte, x source) []byte {
		if x.series == nil {
			return append(b, x.body...)
		}
		if made[x.number] == nil {
			made[x.number] = x.series.Alerts(x.number)
		}
		return append(b, made[x.number][x.child]...)
	}
}

// envelope wraps a page as Graph does.
func (s *Simulator) envelope(r *http.Request, q *listQuery, context string, p listPage, item func([]byte, source) []byte) ([]byte, *graphError) {
	b := append([]byte(`{"@odata.context":`), quoted(s.context(context, q.selected))...)
	if q.count {
		b = strconv.AppendInt(append(b, `,"@odata.count":`...), int64(p.total), 10)
	}
	if !troublesOf(r).has(NoValue) {
		b = append(b, `,"value":[`...)
		for i, x := range p.items {
			if i > 0 {
				b = append(b, ',')
			}
			if q.selected == nil {
				b = item(b, x)
				continue
			}
			chosen, err := document(item(nil, x)).selected(q.selected)
			if err != nil {
				return nil, internal()
			}
			b = append(b, chosen...)
		}
		b = append(b, ']')
	}
	if p.next != "" {
		b = append(append(b, `,"@odata.nextLink":`...), quoted(p.next)...)
	}
	return append(b, '}'), nil
}

// context is what an answer says of its own form.
func (s *Simulator) context(of string, selected []string) string {
	for i, name := range selected {
		if i == 0 {
			of += "("
		} else {
			of += ","
		}
		of += name
	}
	if len(selected) > 0 {
		of += ")"
	}
	return s.base.Scheme + "://" + s.base.Host + "/v1.0/$metadata#" + of
}

// quoted is a text as JSON.
func quoted(s string) []byte {
	b, _ := rendered(s) // a text: it can't fail
	return b
}

// oneIncident answers GET /security/incidents/{id}.
func (s *Simulator) oneIncident(c *caller, r *http.Request, id string) ([]byte, *graphError) {
	q, refused := listing{expands: true}.single(r)
	if refused != nil {
		return nil, refused
	}
	w := c.tenant.world
	w.lock()
	x, ok := w.incidentSource(id)
	w.mu.Unlock()
	if !ok {
		return nil, unknownID("incident", id)
	}
	if n := expandTrouble(r); n > 0 && q.expand && x.count() > n {
		return nil, internal()
	}
	context := "security/incidents"
	if q.expand {
		context += "(alerts())"
	}
	return s.entity(&q, context, x.appendIncident(nil, q.expand))
}

// incidentSource finds an incident. The caller holds mu.
func (w *World) incidentSource(id string) (source, bool) {
	if i, ok := w.generated(id); ok {
		return source{series: w.series, number: i}, true
	}
	in := w.incidents[id]
	if in == nil {
		return source{}, false
	}
	return w.sourceOf(place{incident: in, facts: in.facts}), true
}

// oneAlert answers GET /security/alerts_v2/{id}.
func (s *Simulator) oneAlert(c *caller, r *http.Request, id string) ([]byte, *graphError) {
	q, refused := listing{}.single(r)
	if refused != nil {
		return nil, refused
	}
	w := c.tenant.world
	w.lock()
	x, ok := w.alertSource(id)
	w.mu.Unlock()
	if !ok {
		return nil, unknownID("alert", id)
	}
	return s.entity(&q, "security/alerts_v2", alertsOnce()(nil, x))
}

// alertSource finds an alert. The caller holds mu.
func (w *World) alertSource(id string) (source, bool) {
	if a := w.alerts[id]; a != nil {
		return source{facts: a.facts, body: a.body}, true
	}
	if w.series == nil {
		return source{}, false
	}
	i, ok := w.series.Find(id)
	if _, changed := w.changed[i]; !ok || changed {
		return source{}, false
	}
	child := slices.IndexFunc(w.series.Outline(i).Alerts, func(a sample.AlertOutline) bool { return a.ID == id })
	return source{series: w.series, number: i, child: child}, true
}

// single reads the query of a request for one thing.
func (l listing) single(r *http.Request) (listQuery, *graphError) {
	for name := range r.URL.Query() {
		if strings.HasPrefix(name, "$") && name != "$expand" && name != "$select" {
			return listQuery{}, badRequest("BadRequest", "The query parameter '%s' is not supported.", name)
		}
	}
	return l.parseQuery(r.URL.RawQuery)
}

// entity wraps one thing as Graph does.
func (s *Simulator) entity(q *listQuery, context string, body document) ([]byte, *graphError) {
	if q.selected != nil {
		chosen, err := body.selected(q.selected)
		if err != nil {
			return nil, internal()
		}
		body = chosen
	}
	list, err := body.members()
	if err != nil {
		return nil, internal()
	}
	head := append([]byte(`{"@odata.context":`), quoted(s.context(context, q.selected)+"/$entity")...)
	if len(list) == 0 {
		return append(head, '}'), nil
	}
	return append(append(head, ','), body[list[0].start:]...), nil
}

// selected is the document with the named members alone, in their order, and what was expanded.
func (d document) selected(names []string) (document, error) {
	list, err := d.members()
	if err != nil {
		return nil, err
	}
	out := document("{")
	for _, m := range list {
		if !slices.Contains(names, m.name) && m.name != "alerts" {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, d[m.start:m.to]...)
	}
	return append(out, '}'), nil
}

// withAlerts is an incident with the member for its alerts.
func withAlerts(body document, alerts []document) document {
	list := []byte{'['}
	for i, a := range alerts {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, a...)
	}
	whole, err := body.with("alerts", json.RawMessage(append(list, ']')))
	if err != nil {
		return body
	}
	return whole
}

// unknownID is the answer to an id that nobody has.
func unknownID(what, id string) *graphError {
	return &graphError{status: http.StatusNotFound, code: "NotFound", message: "The " + what + " with id '" + id + "' was not found."}
}

// internal is Graph's own failure.
func internal() *graphError {
	return &graphError{status: http.StatusInternalServerError, code: "InternalServerError", message: "An internal server error occurred."}
}

// unescaped is a segment of a path as it is meant.
func unescaped(segment string) string {
	if text, err := url.PathUnescape(segment); err == nil {
		return text
	}
	return segment
}
