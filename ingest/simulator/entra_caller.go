package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// caller is who calls Graph, by the token.
type caller struct {
	tenant *Tenant
	app    *App     // of whichever tenant; nil when the registration is gone
	user   *User    // nil for an application by itself
	roles  []string // as they were when the token was issued
	scopes []string // likewise
}

// graphError is a refusal of Graph.
type graphError struct {
	status  int
	code    string
	message string
	header  http.Header // more headers, or nil
	details []graphDetail
}

// graphDetail is what else Graph says of a refusal.
type graphDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target"`
}

// unauthorized is the refusal of a token.
func unauthorized(message string) *graphError {
	return &graphError{status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message}
}

// denied is the refusal of directory calls.
func denied() *graphError {
	return &graphError{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
}

// caller finds who calls, whatever the permissions.
func (s *Simulator) caller(r *http.Request) (*caller, *graphError) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, unauthorized("Access token is empty.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	claims, refused := s.access(token)
	if refused != nil {
		return nil, refused
	}
	c := &caller{tenant: s.tenant(claims.Tenant), roles: claims.Roles, scopes: strings.Fields(claims.Scopes)}
	if c.tenant == nil {
		return nil, unauthorized("Access token validation failure. Invalid tenant.")
	}
	c.app = s.app(claims.App)
	if claims.Type == "user" {
		u, ok := c.tenant.user(claims.Object)
		if !ok {
			return nil, unauthorized("Access token validation failure. Unknown user.")
		}
		c.user = &u
	}
	return c, nil
}

// authorize finds who calls and demands one of the permissions that follow, in the order in which Graph names them. A person needs a role in
// the directory besides; of the roles here only that of a Global Administrator reads security data.
func (s *Simulator) authorize(r *http.Request, anyOf ...string) (*caller, *graphError) {
	c, refused := s.caller(r)
	if refused != nil {
		return nil, refused
	}
	has := func(p string) bool { return slices.Contains(anyOf, p) }
	switch {
	case c.user == nil && !slices.ContainsFunc(c.roles, has):
		return nil, &graphError{status: http.StatusForbidden, code: "Forbidden", message: fmt.Sprintf(
			"Missing application roles. API required roles: %s, application roles: %s.", strings.Join(anyOf, ","), strings.Join(c.roles, ","))}
	case c.user != nil && !slices.ContainsFunc(c.scopes, has):
		return nil, &graphError{status: http.StatusForbidden, code: "Forbidden", message: fmt.Sprintf(
			"Missing scope permissions on the request. API requires one of '%s'. Scopes on the request '%s'", strings.Join(anyOf, ", "), strings.Join(c.scopes, ", "))}
	case c.user != nil && c.user.Role != GlobalAdministrator:
		return nil, denied()
	}
	return c, nil
}

// graphMediaType is the type of Graph's answers.
const graphMediaType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// refuse writes a refusal in Graph's form. The request-id is that which the header has already, or a new one.
func (s *Simulator) refuse(w http.ResponseWriter, r *http.Request, e *graphError) {
	type inner struct {
		Date   string `json:"date"`
		ID     string `json:"request-id"`
		Client string `json:"client-request-id"`
	}
	type detail struct {
		Code    string        `json:"code"`
		Message string        `json:"message"`
		Details []graphDetail `json:"details,omitempty"`
		Inner   inner         `json:"innerError"`
	}
	s.identify(w, r)
	for name, values := range e.header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if e.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="", authorization_uri="%s", client_id="%s"`,
			s.address("/common/oauth2/authorize"), graphResource))
	}
	body, err := json.Marshal(map[string]detail{"error": {e.code, e.message, e.details, inner{
		s.time().Format("2006-01-02T15:04:05"), w.Header().Get("request-id"), w.Header().Get("client-request-id")}}})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", graphMediaType)
	w.WriteHeader(e.status)
	w.Write(body)
}

// identify sets the headers by which a request to Graph can be found again.
func (s *Simulator) identify(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if h.Get("request-id") == "" {
		h.Set("request-id", newGUID())
	}
	client := r.Header.Get("client-request-id")
	if client == "" || len(client) > 64 {
		client = h.Get("request-id")
	}
	h.Set("client-request-id", client)
	h.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"LOCALHOST"}}`)
}
