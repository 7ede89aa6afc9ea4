package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// shownApplication is an application in Graph's form. The caller holds mu.
func (a *App) shownApplication(withKeys bool) map[string]any {
	keys := []shownKey{}
	for _, k := range a.keys {
		keys = append(keys, k.shownKey(withKeys))
	}
	access := []accessGiven{}
	if asked := requested(a.permissions, a.scopes); len(asked) > 0 {
		access = append(access, accessGiven{Resource: graphResource, Access: asked})
	}
	var name *string
	if a.uniqueName != "" {
		name = &a.uniqueName
	}
	return map[string]any{
		"id": a.objectID, "appId": a.clientID, "displayName": a.name, "uniqueName": name, "signInAudience": a.audience, "notes": a.notes, "deletedDateTime": nil,
		"createdDateTime": a.created.UTC().Format(time.RFC3339), "publisherDomain": a.tenant.domains[0], "identifierUris": []string{}, "tags": []string{},
		"keyCredentials": keys, "passwordCredentials": []struct{}{}, "requiredResourceAccess": access,
		"web": map[string]any{"redirectUris": append([]string{}, a.redirectURIs...), "homePageUrl": nil, "logoutUrl": nil,
			"implicitGrantSettings": map[string]bool{"enableIdTokenIssuance": false, "enableAccessTokenIssuance": false}},
	}
}

// requested are permissions as applications list those that they ask for.
func requested(roles, scopes []string) []permissionGiven {
	var all []permissionGiven
	for _, p := range permissions() {
		if slices.Contains(roles, p.name) {
			all = append(all, permissionGiven{p.role, "Role"})
		}
		if slices.Contains(scopes, p.name) {
			all = append(all, permissionGiven{p.scope, "Scope"})
		}
	}
	return all
}

// readApplication answers one application. Its keys are shown only to whom asks for nothing else. The caller holds mu.
func (s *Simulator) readApplication(c *caller, at target, query url.Values) (any, *graphError) {
	a := c.tenant.find(at, s.moment())
	if a == nil {
		return nil, at.notThere()
	}
	out := selected(a.shownApplication(query.Get("$select") == "keyCredentials"), query)
	out["@odata.context"] = s.address("/v1.0/$metadata#applications/$entity")
	return out, nil
}

// listApplications answers the applications that are registered in the caller's tenant, whoever owns them. The caller holds mu.
func (s *Simulator) listApplications(c *caller, query url.Values) (any, *graphError) {
	property, text, refusal := parseEqual(query, "uniqueName", "displayName", "appId", "id")
	if refusal != nil {
		return nil, refusal
	}
	list := []map[string]any{}
	for _, a := range c.tenant.apps {
		named := property == "" || property == "displayName" && strings.EqualFold(a.name, text) || a.is(target{by: property, key: text})
		if named && !s.moment().Before(a.known) {
			list = append(list, selected(a.shownApplication(false), query))
		}
	}
	return map[string]any{"@odata.context": s.address("/v1.0/$metadata#applications"), "value": list}, nil
}

// createApplication registers an application, which the caller owns, without an enterprise application. The caller of the function holds mu.
func (s *Simulator) createApplication(c *caller, body []byte, uniqueName string) (any, *graphError) {
	creator := (*principal)(nil)
	if c.app != nil {
		creator = c.tenant.principal(c.app)
	}
	if creator == nil {
		return nil, denied()
	}
	q, refusal := parseApplication(body)
	if refusal != nil {
		return nil, refusal
	}
	if q.Name == nil || *q.Name == "" {
		return nil, invalidProperty("displayName")
	}
	if len(c.tenant.apps) >= mostApps {
		return nil, &graphError{status: http.StatusForbidden, code: "Directory_QuotaExceeded", message: "The directory object quota limit for the Principal has been exceeded. " +
			"Please ask your administrator to increase the quota limit or delete objects to reduce the used quota."}
	}
	if uniqueName != "" && slices.ContainsFunc(c.tenant.recentlyDeleted(), func(a *App) bool { return a.uniqueName == uniqueName }) {
		return nil, &graphError{status: http.StatusBadRequest, code: "Request_MultipleObjectsWithSameKeyValue",
			message: "Another object with the same value for property uniqueName already exists."}
	}
	a := c.tenant.newApp(AppOptions{Permissions: []string{}, Scopes: []string{}, UniqueName: uniqueName})
	a.known = s.moment().Add(s.settings.ReplicationDelay)
	a.owners = []string{creator.id}
	if refusal := a.change(q); refusal != nil {
		c.tenant.apps = c.tenant.apps[:len(c.tenant.apps)-1]
		return nil, refusal
	}
	out := a.shownApplication(false)
	out["@odata.context"] = s.address("/v1.0/$metadata#applications/$entity")
	return out, nil
}

// patchApplication changes an application, or makes it where it is missing and the caller wants that: nothing and nothing means changed. Names
// that clients give are unique, so that who writes by one sees also what not all servers know yet. The caller of the function holds mu.
func (s *Simulator) patchApplication(c *caller, at target, body []byte, create bool) (any, *graphError) {
	now := s.moment()
	if at.by == "uniqueName" && create {
		now = now.Add(s.settings.ReplicationDelay)
	}
	a := c.tenant.find(at, now)
	switch {
	case a == nil && at.by == "uniqueName" && create && at.key != "" && len(at.key) <= 120:
		return s.createApplication(c, body, at.key)
	case a == nil:
		return nil, at.notThere()
	case !c.owns(a):
		return nil, denied()
	}
	q, refusal := parseApplication(body)
	if refusal != nil {
		return nil, refusal
	}
	return nil, a.change(q)
}

// deleteApplication deletes an application; Microsoft keeps it for a while. The caller of the function holds mu.
func (s *Simulator) deleteApplication(c *caller, at target) *graphError {
	a := c.tenant.find(at, s.moment())
	switch {
	case a == nil:
		return at.notThere()
	case !c.owns(a):
		return denied()
	}
	a.delete()
	return nil
}
