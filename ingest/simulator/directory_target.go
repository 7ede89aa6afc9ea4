package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// target is which application or service principal of a tenant a path is about.
type target struct {
	collection string // applications or servicePrincipals
	by         string // id, appId or uniqueName; "" = the collection itself
	key        string
	action     string // addKey or removeKey of an application; "" = the object itself
}

// objectPath is a path of applications or service principals, by object id, or by another key in brackets.
var objectPath = regexp.MustCompile(`^/v1\.0/(?i:(applications)|(servicePrincipals))(?:/([^/()]+)|\((appId|uniqueName)='((?:[^']|'')*)'\))?(?:/(addKey|removeKey))?$`)

// parseObject reads a path.
func parseObject(path string) (target, bool) {
	m := objectPath.FindStringSubmatch(path)
	if m == nil {
		return target{}, false
	}
	o := target{collection: "applications", action: m[6]}
	if m[2] != "" {
		o.collection = "servicePrincipals"
	}
	switch {
	case m[3] != "":
		o.by, o.key = "id", m[3]
	case m[4] != "":
		o.by, o.key = m[4], strings.ReplaceAll(m[5], "''", "'")
	}
	applications := m[1] != ""
	return o, (o.action == "" || applications && o.by != "") && (applications || o.by != "uniqueName")
}

// notThere is the refusal of an object that is not there, or not known yet to the server that was asked.
func (o target) notThere() *graphError {
	return &graphError{status: http.StatusNotFound, code: "Request_ResourceNotFound", message: "Resource '" + cut(o.key, 100) +
		"' does not exist or one of its queried reference-property objects are not present."}
}

// find finds an application of the tenant that all servers know, or returns nil. The caller holds mu.
func (t *Tenant) find(o target, now time.Time) *App {
	i := slices.IndexFunc(t.apps, func(a *App) bool { return !now.Before(a.known) && a.is(o) })
	if i < 0 {
		return nil
	}
	return t.apps[i]
}

// is reports whether the app is the one that a path names.
func (a *App) is(o target) bool {
	switch o.by {
	case "id":
		return strings.EqualFold(a.objectID, o.key)
	case "appId":
		return strings.EqualFold(a.clientID, o.key)
	case "uniqueName":
		return a.uniqueName != "" && a.uniqueName == o.key
	}
	return false
}

// owns reports whether the caller may change an app. The caller of the function holds mu.
func (c *caller) owns(a *App) bool {
	if c.user != nil || c.app == nil || !c.holds(ownedByPermission) {
		return false
	}
	p := c.tenant.principal(c.app)
	return p != nil && slices.Contains(a.owners, p.id)
}

// directoryObject answers what is asked of applications and service principals. Changes and their refusals are decided on under the lock, so that of
// two callers who make the same one makes it.
func (s *Simulator) directoryObject(w http.ResponseWriter, r *http.Request, c *caller, at target) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil || r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodDelete && !json.Valid(body) {
		s.refuse(w, r, badBody("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."))
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.refuse(w, r, badBody("The query specified in the URI is not valid."))
		return
	}
	status, out, refusal := s.answerObject(r, c, at, body, query)
	switch {
	case refusal != nil:
		s.refuse(w, r, refusal)
	case out == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		s.writeGraph(w, status, out)
	}
}

// answerObject decides, under the lock. Nothing and nothing means done.
func (s *Simulator) answerObject(r *http.Request, c *caller, at target, body []byte, query url.Values) (status int, out any, refusal *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	status = http.StatusOK
	switch {
	case at.action != "" && method == http.MethodPost:
		var q keyRequest
		if err := json.Unmarshal(body, &q); err != nil {
			return 0, nil, badBody("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
		}
		out, refusal = s.changeKey(c, at, q)
	case c.user != nil || !c.holds(ownedByPermission):
		refusal = denied()
	case at.action != "":
		refusal = notAllowed()
	case at.collection == "servicePrincipals":
		status, out, refusal = s.servicePrincipals(c, at, method, body, query)
	case at.by == "" && method == http.MethodGet:
		out, refusal = s.listApplications(c, query)
	case at.by == "" && method == http.MethodPost:
		status = http.StatusCreated
		out, refusal = s.createApplication(c, body, "")
	case at.by != "" && method == http.MethodGet:
		out, refusal = s.readApplication(c, at, query)
	case at.by != "" && method == http.MethodPatch:
		status = http.StatusCreated
		out, refusal = s.patchApplication(c, at, body, prefers(r.Header, "create-if-missing"))
	case at.by != "" && method == http.MethodDelete:
		refusal = s.deleteApplication(c, at)
	default:
		refusal = notAllowed()
	}
	return status, out, refusal
}

// notAllowed is the refusal of a method.
func notAllowed() *graphError {
	return &graphError{status: http.StatusMethodNotAllowed, code: "Request_BadRequest", message: "Specified HTTP method is not allowed for the request target."}
}

// prefers reports whether a request has a preference.
func prefers(h http.Header, word string) bool {
	for part := range strings.SplitSeq(strings.Join(h.Values("Prefer"), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(part), word) {
			return true
		}
	}
	return false
}

// equalFilter is the only filter that applications and service principals take here: a property that equals a text.
var equalFilter = regexp.MustCompile(`^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$`)

// parseEqual reads $filter where there is one: a property of those that may be filtered by, and the text that it must equal.
func parseEqual(query url.Values, properties ...string) (property, text string, refusal *graphError) {
	for name := range query {
		if strings.HasPrefix(name, "$") && !slices.Contains([]string{"$filter", "$select", "$top", "$count"}, name) {
			return "", "", badBody("The query parameter '" + cut(name, 50) + "' is not supported.")
		}
	}
	if !query.Has("$filter") {
		return "", "", nil
	}
	m := equalFilter.FindStringSubmatch(query.Get("$filter"))
	if m == nil || !slices.Contains(properties, m[1]) {
		return "", "", &graphError{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: "Unsupported or invalid query filter clause specified."}
	}
	return m[1], strings.ReplaceAll(m[2], "''", "'"), nil
}

// selected keeps of an object what $select names, or everything.
func selected(all map[string]any, query url.Values) map[string]any {
	if !query.Has("$select") {
		return all
	}
	some := map[string]any{}
	for name := range strings.SplitSeq(query.Get("$select"), ",") {
		if v, ok := all[strings.TrimSpace(name)]; ok {
			some[strings.TrimSpace(name)] = v
		}
	}
	return some
}
