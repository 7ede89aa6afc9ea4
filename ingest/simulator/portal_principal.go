package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// principalView is what a tenant allows an app, as pages show it.
type principalView struct {
	Path        string // under which its forms are
	Permissions []permissionLine
	Exists      bool // the enterprise application
	Enabled     bool
	PrincipalID string
}

// permissionLine is a permission that an app asks for, could ask for, or was granted once.
type permissionLine struct {
	Field   string // of the form: "role:NAME" or "scope:NAME"
	Name    string
	Kind    string
	Text    string
	Asked   bool
	Granted bool
	Status  string
}

// principalView is what the tenant allows an app. The caller holds mu.
func (t *Tenant) principalView(a *App, path string) principalView {
	v := principalView{Path: path}
	moment := t.s.moment()
	roles, scopes := map[string]time.Time{}, map[string]time.Time{}
	if p := t.principal(a); p != nil {
		v.Exists, v.Enabled, v.PrincipalID = true, p.enabled, p.id
		roles, scopes = p.roles, p.scopes
	}
	add := func(kind, field, name, text string, asked bool, granted map[string]time.Time) {
		works, ok := granted[name]
		line := permissionLine{field + ":" + name, name, kind, text, asked, ok, ""}
		switch {
		case ok && moment.Before(works):
			line.Status = "Granted for " + t.name + ", not yet known to all servers"
		case ok:
			line.Status = "Granted for " + t.name
		case asked:
			line.Status = "Not granted for " + t.name
		}
		v.Permissions = append(v.Permissions, line)
	}
	for _, p := range permissions() {
		if p.role != "" {
			add("Application", "role", p.name, p.text, slices.Contains(a.permissions, p.name), roles)
		}
	}
	for _, p := range permissions() {
		if p.role == "" {
			add("Delegated", "scope", p.name, p.text, slices.Contains(a.scopes, p.name), scopes)
		}
	}
	return v
}

// enterpriseView is the page of an enterprise application whose app is registered elsewhere.
type enterpriseView struct {
	ClientID   string
	HomeID     string
	HomeName   string
	TenantName string
	Gone       bool // the app is no longer registered, or no longer for this tenant
	principalView
}

// portalEnterprise answers what is under /portal/{tenant}/enterprise.
func (s *Simulator) portalEnterprise(w http.ResponseWriter, r *http.Request, t *Tenant, rest string) {
	clientID, form, _ := strings.Cut(rest, "/")
	path := "/portal/" + t.id + "/enterprise/" + clientID
	s.mu.Lock()
	i := slices.IndexFunc(t.principals, func(p *principal) bool { return p.app.clientID == clientID })
	if i < 0 || form != "" && r.Method != http.MethodPost {
		s.mu.Unlock()
		s.notThere(w)
		return
	}
	a := t.principals[i].app
	view := enterpriseView{ClientID: a.clientID, HomeID: a.tenant.id, HomeName: a.tenant.name, TenantName: t.name, Gone: !a.deletedAt.IsZero() || !a.serves(t),
		principalView: t.principalView(a, path)}
	title := a.name
	s.mu.Unlock()
	if form == "" {
		s.showTemplate(w, http.StatusOK, portalView{Title: title, Tenant: t, Notice: done(r.URL.Query().Get("done"))}, "enterprise", view)
		return
	}
	switch word := t.changePrincipal(a, form, r.PostForm.Get("permission")); word {
	case "":
		s.notThere(w)
	case "deleted":
		seeOther(w, "/portal/"+t.id+"/", word)
	default:
		seeOther(w, path, word)
	}
}

// changePrincipal obeys a form about what the tenant allows an app, and returns the word for what was done; "" = there is no such form.
func (t *Tenant) changePrincipal(a *App, form, permission string) string {
	switch form {
	case "consent":
		t.Consent(a)
		return form
	case "revoke":
		t.Revoke(a, permission)
		return "revoked"
	case "enable", "disable":
		t.SetEnabled(a, form == "enable")
		return form + "d"
	case "delete":
		t.DeleteServicePrincipal(a)
		return "deleted"
	}
	return ""
}
