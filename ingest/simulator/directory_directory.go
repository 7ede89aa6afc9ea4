package simulator

import (
	"net/http"
	"strings"
)

// directory answers what Graph has outside of security: who am I, which organisation, applications and their service principals.
func (s *Simulator) directory(w http.ResponseWriter, r *http.Request) {
	s.identify(w, r)
	c, refusal := s.caller(r)
	if refusal != nil {
		s.refuse(w, r, refusal)
		return
	}
	if at, ok := parseObject(r.URL.Path); ok {
		s.directoryObject(w, r, c, at)
		return
	}
	var out any
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		refusal = &graphError{status: http.StatusMethodNotAllowed, code: "Request_BadRequest", message: "Specified HTTP method is not allowed for the request target."}
	case r.URL.Path == "/v1.0/me":
		out, refusal = s.me(c)
	case r.URL.Path == "/v1.0/organization":
		out, refusal = s.organization(c)
	default:
		refusal = &graphError{status: http.StatusNotFound, code: "ResourceNotFound", message: "Resource not found for the segment."}
	}
	if refusal != nil {
		s.refuse(w, r, refusal)
		return
	}
	s.writeGraph(w, http.StatusOK, out)
}

// writeGraph writes an answer in Graph's form.
func (s *Simulator) writeGraph(w http.ResponseWriter, status int, v any) {
	a := object(status, v)
	a.header.Set("Content-Type", graphMediaType)
	a.write(w)
}

// holds reports whether the caller has one of the permissions: those of the application, or those that the person gave it.
func (c *caller) holds(names ...string) bool {
	for _, name := range names {
		for _, p := range append(c.roles, c.scopes...) {
			if p == name {
				return true
			}
		}
	}
	return false
}

// me is the person who signed in.
func (s *Simulator) me(c *caller) (any, *graphError) {
	if c.user == nil {
		return nil, &graphError{status: http.StatusBadRequest, code: "BadRequest", message: "/me request is only valid with delegated authentication flow."}
	}
	if !c.holds("User.Read") {
		return nil, denied()
	}
	given, surname, _ := strings.Cut(c.user.Name, " ")
	return struct {
		Context   string   `json:"@odata.context"`
		Phones    []string `json:"businessPhones"`
		Name      string   `json:"displayName"`
		Given     string   `json:"givenName"`
		Job       *string  `json:"jobTitle"`
		Mail      string   `json:"mail"`
		Mobile    *string  `json:"mobilePhone"`
		Office    *string  `json:"officeLocation"`
		Language  *string  `json:"preferredLanguage"`
		Surname   string   `json:"surname"`
		Principal string   `json:"userPrincipalName"`
		ID        string   `json:"id"`
	}{Context: s.address("/v1.0/$metadata#users/$entity"), Phones: []string{}, Name: c.user.Name, Given: given, Mail: c.user.UserName, Surname: surname,
		Principal: c.user.UserName, ID: c.user.ID}, nil
}

// organization is the caller's.
func (s *Simulator) organization(c *caller) (any, *graphError) {
	if !c.holds("Organization.Read.All") && (c.user == nil || !c.holds("User.Read")) {
		return nil, denied()
	}
	type domain struct {
		Capabilities string `json:"capabilities"`
		Default      bool   `json:"isDefault"`
		Initial      bool   `json:"isInitial"`
		Name         string `json:"name"`
		Type         string `json:"type"`
	}
	type organisation struct {
		ID      string   `json:"id"`
		Name    string   `json:"displayName"`
		Type    string   `json:"tenantType"`
		Country string   `json:"countryLetterCode"`
		Created string   `json:"createdDateTime"`
		Domains []domain `json:"verifiedDomains"`
	}
	o := organisation{ID: c.tenant.id, Name: c.tenant.name, Type: "AAD", Country: "US", Created: "2019-03-11T08:19:44Z"}
	for i, name := range c.tenant.domains {
		o.Domains = append(o.Domains, domain{"Email, OfficeCommunicationsOnline", i == 0, i > 0, name, "Managed"})
	}
	return struct {
		Context string         `json:"@odata.context"`
		Value   []organisation `json:"value"`
	}{s.address("/v1.0/$metadata#organization"), []organisation{o}}, nil
}
