package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// shownPrincipal is an enterprise application in Graph's form. The caller holds mu.
func (p *principal) shownPrincipal() map[string]any {
	return map[string]any{
		"id": p.id, "appId": p.app.clientID, "appDisplayName": p.app.name, "displayName": p.app.name, "appOwnerOrganizationId": p.app.tenant.id, "accountEnabled": p.enabled,
		"createdDateTime": p.created.UTC().Format(time.RFC3339), "deletedDateTime": nil, "servicePrincipalType": "Application", "signInAudience": p.app.audience,
		"servicePrincipalNames": []string{p.app.clientID}, "replyUrls": append([]string{}, p.app.redirectURIs...), "tags": []string{}, "appRoleAssignmentRequired": false,
		"keyCredentials": []struct{}{}, "passwordCredentials": []struct{}{},
	}
}

// is reports whether the enterprise application is the one that a path names.
func (p *principal) is(o target) bool {
	return o.by == "id" && strings.EqualFold(p.id, o.key) || o.by == "appId" && strings.EqualFold(p.app.clientID, o.key)
}

// servicePrincipals answers what is asked of enterprise applications. Nothing and nothing means done. The caller of the function holds mu.
func (s *Simulator) servicePrincipals(c *caller, at target, method string, body []byte, query url.Values) (int, any, *graphError) {
	if at.by == "" {
		switch method {
		case http.MethodGet:
			out, refusal := s.listPrincipals(c, query)
			return http.StatusOK, out, refusal
		case http.MethodPost:
			out, refusal := s.createPrincipal(c, body)
			return http.StatusCreated, out, refusal
		}
		return 0, nil, notAllowed()
	}
	i := slices.IndexFunc(c.tenant.principals, func(p *principal) bool { return !s.moment().Before(p.works) && p.is(at) })
	if i < 0 {
		return 0, nil, at.notThere()
	}
	p := c.tenant.principals[i]
	switch method {
	case http.MethodGet:
		out := selected(p.shownPrincipal(), query)
		out["@odata.context"] = s.address("/v1.0/$metadata#servicePrincipals/$entity")
		return http.StatusOK, out, nil
	case http.MethodDelete:
		if mine := c.tenant.principal(c.app); mine == nil || !slices.Contains(p.owners, mine.id) {
			return 0, nil, denied()
		}
		c.tenant.removePrincipal(p.app)
		return 0, nil, nil
	}
	return 0, nil, notAllowed()
}

// listPrincipals answers the enterprise applications of the caller's tenant. The caller of the function holds mu.
func (s *Simulator) listPrincipals(c *caller, query url.Values) (any, *graphError) {
	property, text, refusal := parseEqual(query, "displayName", "appId", "id")
	if refusal != nil {
		return nil, refusal
	}
	list := []map[string]any{}
	for _, p := range c.tenant.principals {
		named := property == "" || property == "displayName" && strings.EqualFold(p.app.name, text) || p.is(target{by: property, key: text})
		if named && !s.moment().Before(p.works) {
			list = append(list, selected(p.shownPrincipal(), query))
		}
	}
	return map[string]any{"@odata.context": s.address("/v1.0/$metadata#servicePrincipals"), "value": list}, nil
}

// createPrincipal makes the enterprise application of an app that the caller owns. The caller of the function holds mu.
func (s *Simulator) createPrincipal(c *caller, body []byte) (any, *graphError) {
	var q struct {
		ClientID string `json:"appId"`
	}
	if json.Unmarshal(body, &q) != nil {
		return nil, badBody("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	now := s.moment()
	a := s.app(q.ClientID)
	switch {
	case a == nil || now.Before(a.known) || !a.serves(c.tenant):
		return nil, badBody("The appId '" + cut(q.ClientID, 100) + "' of the service principal does not reference a valid application object.")
	case a.tenant != c.tenant:
		return nil, &graphError{status: http.StatusForbidden, code: "Authorization_RequestDenied",
			message: "When using this permission, the backing application of the service principal being created must in the local tenant"}
	case !c.owns(a):
		return nil, denied()
	case c.tenant.principal(a) != nil:
		return nil, &graphError{status: http.StatusConflict, code: "Request_MultipleObjectsWithSameKeyValue", message: "The service principal cannot be created, updated, or " +
			"restored because the service principal name " + a.clientID + " is already in use."}
	}
	p := c.tenant.addPrincipal(a, now.Add(s.settings.ReplicationDelay))
	p.owners = []string{c.tenant.principal(c.app).id}
	out := p.shownPrincipal()
	out["@odata.context"] = s.address("/v1.0/$metadata#servicePrincipals/$entity")
	return out, nil
}
