package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The application permissions that read incidents and alerts, as Graph names them in a refusal.
var (
	incidentRoles = []string{"SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"}
	alertRoles    = []string{"SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All", "SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"}
)

// publishedLimit is how many requests a minute Microsoft allows an application in a tenant.
const publishedLimit = 150

// graph answers what is under /v1.0/, and notes it.
func (s *Simulator) graph(w http.ResponseWriter, r *http.Request) { s.observe(w, r, s.route) }

// route leads a request under /v1.0/ to what answers it.
func (s *Simulator) route(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), "/v1.0/security/")
	if !ok {
		s.directory(w, r)
		return
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		parts[i] = unescaped(part)
	}
	switch {
	case len(parts) == 1 && parts[0] == "incidents":
		s.security(w, r, incidentRoles, s.listIncidents)
	case len(parts) == 2 && parts[0] == "incidents" && parts[1] != "":
		s.security(w, r, incidentRoles, func(c *caller, r *http.Request) ([]byte, *graphError) { return s.oneIncident(c, r, parts[1]) })
	case len(parts) == 3 && parts[0] == "incidents" && parts[2] == "alerts":
		s.security(w, r, incidentRoles, func(c *caller, r *http.Request) ([]byte, *graphError) { return s.listAlertsOf(c, r, parts[1]) })
	case len(parts) == 1 && parts[0] == "alerts_v2":
		s.security(w, r, alertRoles, s.listAlerts)
	case len(parts) == 2 && parts[0] == "alerts_v2" && parts[1] != "":
		s.security(w, r, alertRoles, func(c *caller, r *http.Request) ([]byte, *graphError) { return s.oneAlert(c, r, parts[1]) })
	default:
		s.refuse(w, r, badRequest("BadRequest", "Resource not found for the segment '%s'.", parts[len(parts)-1]))
	}
}

// security answers a request for incidents or alerts: who may ask, how often, and whether the tenant has Defender at all.
func (s *Simulator) security(w http.ResponseWriter, r *http.Request, roles []string, answer func(*caller, *http.Request) ([]byte, *graphError)) {
	c, refused := s.authorize(r, roles...)
	if refused == nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
		refused = &graphError{status: http.StatusMethodNotAllowed, code: "MethodNotAllowed", message: "The HTTP method is not allowed on this resource."}
	}
	if refused == nil {
		refused = c.tenant.world.throttle(c, s.time())
	}
	if refused == nil && !c.tenant.Licensed() {
		refused = &graphError{status: http.StatusForbidden, code: "Forbidden", message: "The tenant is not provisioned for Microsoft Defender XDR."}
	}
	var body []byte
	if refused == nil {
		body, refused = answer(c, r)
	}
	if refused != nil {
		s.refuse(w, r, refused)
		return
	}
	if !strings.Contains(strings.Join(r.Header.Values("Prefer"), ","), "include-unknown-enum-members") {
		body = gated(body)
	} else {
		w.Header().Set("Preference-Applied", "include-unknown-enum-members")
	}
	s.identify(w, r)
	w.Header().Set("Content-Type", graphMediaType)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Vary", "Accept-Encoding")
	w.Write(body)
}

// window counts the requests of an application within a minute.
type window struct {
	start time.Time
	count int
}

// throttle refuses what is beyond the limit of an application in the tenant. A refused request counts too.
func (w *World) throttle(c *caller, now time.Time) *graphError {
	app := "-"
	if c.app != nil {
		app = c.app.clientID
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	x := w.windows[app]
	if x == nil || now.Sub(x.start) >= time.Minute || now.Before(x.start) {
		x = &window{start: now}
		w.windows[app] = x
	}
	if x.count++; x.count <= w.limit || w.limit <= 0 {
		return nil
	}
	wait := (x.start.Add(time.Minute).Sub(now) + time.Second - 1) / time.Second
	return throttled(strconv.Itoa(int(wait)))
}

// throttled is the refusal of a request too many; an empty text means that nobody says when to come again.
func throttled(retryAfter string) *graphError {
	e := &graphError{status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Too many requests."}
	if retryAfter != "" {
		e.header = http.Header{"Retry-After": {retryAfter}}
	}
	return e
}

// SetLimit sets how many requests a minute an application may make for the tenant's incidents and alerts: 150 as Microsoft publishes,
// unless set; 0 = without limit.
func (w *World) SetLimit(perMinute int) {
	w.lock()
	defer w.mu.Unlock()
	w.limit = perMinute
}

// Limit is how many requests a minute an application may make; 0 = without limit.
func (w *World) Limit() int {
	w.lock()
	defer w.mu.Unlock()
	return w.limit
}
