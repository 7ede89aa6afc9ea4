package simulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// applicationGiven is an application as clients write it. What is absent stays as it is.
type applicationGiven struct {
	Name     *string `json:"displayName"`
	Audience *string `json:"signInAudience"`
	Notes    *string `json:"notes"`
	Web      *struct {
		RedirectURIs *[]string `json:"redirectUris"`
	} `json:"web"`
	Access *[]accessGiven `json:"requiredResourceAccess"`
	Keys   *[]keyGiven    `json:"keyCredentials"`
}

// accessGiven is what an application asks of a resource.
type accessGiven struct {
	Resource string            `json:"resourceAppId"`
	Access   []permissionGiven `json:"resourceAccess"`
}

// permissionGiven is a permission by its id.
type permissionGiven struct {
	ID   string `json:"id"`
	Type string `json:"type"` // Role = of the application, Scope = delegated
}

// parseApplication reads a body.
func parseApplication(body []byte) (applicationGiven, *graphError) {
	var members map[string]json.RawMessage
	var q applicationGiven
	if json.Unmarshal(body, &members) != nil || json.Unmarshal(body, &q) != nil {
		return q, badBody("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	for _, name := range []string{"appId", "id", "uniqueName", "createdDateTime", "deletedDateTime", "publisherDomain"} {
		if _, ok := members[name]; ok {
			return q, badBody("Property '" + name + "' is read-only and cannot be set.")
		}
	}
	if _, ok := members["passwordCredentials"]; ok {
		return q, badBody("Updates to PasswordCredentials via PATCH are not allowed.")
	}
	return q, nil
}

// invalidProperty is the refusal of a property of an application.
func invalidProperty(name string) *graphError {
	return badBody("Invalid value specified for property '" + name + "' of resource 'Application'.")
}

// change takes over what a client wrote: all of it, or nothing. The caller holds mu.
func (a *App) change(q applicationGiven) *graphError {
	changed := *a
	if q.Name != nil {
		if changed.name = *q.Name; changed.name == "" || len(changed.name) > 256 {
			return invalidProperty("displayName")
		}
	}
	if q.Notes != nil {
		if changed.notes = *q.Notes; len(changed.notes) > 1024 {
			return invalidProperty("notes")
		}
	}
	if q.Audience != nil {
		changed.audience = Audience(*q.Audience)
		if changed.audience != SingleTenant && changed.audience != MultiTenant {
			return invalidProperty("signInAudience")
		}
	}
	if q.Web != nil && q.Web.RedirectURIs != nil {
		changed.redirectURIs = slices.Clone(*q.Web.RedirectURIs)
		for _, address := range changed.redirectURIs {
			if err := checkRedirectURI(address); err != nil {
				return invalidProperty("redirectUris")
			}
		}
	}
	if q.Access != nil {
		var refusal *graphError
		if changed.permissions, changed.scopes, refusal = readAccess(*q.Access); refusal != nil {
			return refusal
		}
	}
	if q.Keys != nil {
		if refusal := changed.replaceKeys(*q.Keys); refusal != nil {
			return refusal
		}
	}
	*a = changed
	return nil
}

// readAccess finds the permissions that an application asks for. Microsoft takes ids that mean nothing, and fails at the consent; here they are
// refused at once, as nothing good comes of them.
func readAccess(given []accessGiven) (roles, scopes []string, refusal *graphError) {
	roles, scopes = []string{}, []string{}
	for _, resource := range given {
		if !strings.EqualFold(resource.Resource, graphResource) {
			return nil, nil, invalidProperty("requiredResourceAccess")
		}
		for _, asked := range resource.Access {
			i := slices.IndexFunc(permissions(), func(p permission) bool {
				return asked.Type == "Role" && p.role != "" && strings.EqualFold(p.role, asked.ID) || asked.Type == "Scope" && p.scope != "" && strings.EqualFold(p.scope, asked.ID)
			})
			switch {
			case i < 0:
				return nil, nil, invalidProperty("requiredResourceAccess")
			case asked.Type == "Role":
				roles = append(roles, permissions()[i].name)
			default:
				scopes = append(scopes, permissions()[i].name)
			}
		}
	}
	return roles, scopes, nil
}

// replaceKeys replaces all credentials by those that are given. One that is there already is kept, by its id without its key or as it is. The
// caller holds mu.
func (a *App) replaceKeys(given []keyGiven) *graphError {
	before := a.keys
	a.keys = nil
	for _, g := range given {
		i := slices.IndexFunc(before, func(k *keyCredential) bool { return k.id == strings.ToLower(g.ID) })
		if i >= 0 && g.Key == nil {
			if slices.Contains(a.keys, before[i]) {
				return invalidProperty("keyCredentials")
			}
			a.keys = append(a.keys, before[i])
			continue
		}
		if g.Key == nil {
			return invalidProperty("keyCredentials")
		}
		known := slices.IndexFunc(before, func(k *keyCredential) bool { return *k.shownKey(true).Key == *g.Key })
		switch {
		case i >= 0 && known != i:
			return badBody("Update to existing credential with KeyId '" + before[i].id + "' is not allowed.")
		case known >= 0:
			if slices.Contains(a.keys, before[known]) {
				return invalidProperty("keyCredentials")
			}
			a.keys = append(a.keys, before[known])
			continue
		}
		k, refusal := a.readKey(&g)
		if refusal != nil {
			return refusal
		}
		if err := a.addKey(k); err != nil {
			return badKey(err, a.tenant)
		}
	}
	return nil
}
