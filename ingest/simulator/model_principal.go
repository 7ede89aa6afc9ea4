package simulator

import (
	"maps"
	"slices"
	"time"
)

// principal is an enterprise application: what a tenant allows an app. The times are those at which Entra's servers all know.
type principal struct {
	tenant  *Tenant
	app     *App
	id      string
	owners  []string // ids of the enterprise applications that may change it
	created time.Time
	works   time.Time
	enabled bool
	roles   map[string]time.Time // application permissions that were granted
	scopes  map[string]time.Time // delegated permissions that were granted for the organisation
	own     map[string][]string  // delegated permissions that a user granted for himself, by the user's id
}

// Enterprise is an enterprise application: what a tenant allows an app, of its own or of another tenant.
type Enterprise struct {
	App         *App
	ID          string
	Enabled     bool
	Permissions []string // of the application, that tokens show now
	Scopes      []string // delegated, granted for the organisation, likewise
}

// Enterprises are the enterprise applications of the tenant, in the order in which they came.
func (t *Tenant) Enterprises() []Enterprise {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	var all []Enterprise
	for _, p := range t.principals {
		now := t.s.moment()
		all = append(all, Enterprise{p.app, p.id, p.enabled, in(p.roles, now), in(p.scopes, now)})
	}
	return all
}

// principal finds the enterprise application of an app, or returns nil. The caller holds mu.
func (t *Tenant) principal(a *App) *principal {
	i := slices.IndexFunc(t.principals, func(p *principal) bool { return p.app == a })
	if i < 0 {
		return nil
	}
	return t.principals[i]
}

// addPrincipal makes the enterprise application of an app that has none here. The caller holds mu.
func (t *Tenant) addPrincipal(a *App, works time.Time) *principal {
	p := &principal{tenant: t, app: a, id: newGUID(), created: t.s.now(), works: works, enabled: true,
		roles: map[string]time.Time{}, scopes: map[string]time.Time{}, own: map[string][]string{}}
	t.principals = append(t.principals, p)
	return p
}

// removePrincipal deletes the enterprise application of an app, and with it every consent. The caller holds mu.
func (t *Tenant) removePrincipal(a *App) {
	t.principals = slices.DeleteFunc(t.principals, func(p *principal) bool { return p.app == a })
}

// Consent grants everything that an app asks for, of this tenant or of another, as its administrator does. An enterprise application that was
// not there, or was deleted, is made. It shows in tokens after the propagation delay. A tenant can't use an app of another that is for its own
// tenant alone, whatever was granted.
func (t *Tenant) Consent(a *App) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.grant(a, a.permissions, a.scopes)
}

// grant grants permissions for the whole organisation. The caller holds mu.
func (t *Tenant) grant(a *App, permissions, scopes []string) {
	works := t.s.moment().Add(t.s.settings.PropagationDelay)
	p := t.principal(a)
	if p == nil {
		p = t.addPrincipal(a, works)
	}
	for _, name := range permissions {
		if _, ok := p.roles[name]; !ok {
			p.roles[name] = works
		}
	}
	for _, name := range scopes {
		if _, ok := p.scopes[name]; !ok {
			p.scopes[name] = works
		}
	}
}

// grantOwn grants delegated permissions for one person, at once. The caller holds mu.
func (t *Tenant) grantOwn(a *App, person User, scopes []string) {
	p := t.principal(a)
	if p == nil {
		p = t.addPrincipal(a, time.Time{})
	}
	for _, name := range scopes {
		if !slices.Contains(p.own[person.ID], name) {
			p.own[person.ID] = append(p.own[person.ID], name)
		}
	}
}

// allows reports whether delegated permissions are granted to an app: for everybody, or by this person. The caller holds mu.
func (t *Tenant) allows(a *App, person User, scopes []string) bool {
	p := t.principal(a)
	if p == nil {
		return false
	}
	wide := in(p.scopes, t.s.moment())
	return !slices.ContainsFunc(scopes, func(name string) bool {
		return !ofOpenID(name) && !slices.Contains(wide, name) && !slices.Contains(p.own[person.ID], name)
	})
}

// Revoke takes one permission of an app away, of whichever kind; without a name, all. Tokens that were issued keep it.
func (t *Tenant) Revoke(a *App, name string) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	p := t.principal(a)
	if p == nil {
		return
	}
	gone := func(granted string, _ time.Time) bool { return name == "" || granted == name }
	maps.DeleteFunc(p.roles, gone)
	maps.DeleteFunc(p.scopes, gone)
	for user, own := range p.own {
		p.own[user] = slices.DeleteFunc(own, func(granted string) bool { return gone(granted, time.Time{}) })
	}
}

// DeleteServicePrincipal deletes the enterprise application of an app and with it every consent.
func (t *Tenant) DeleteServicePrincipal(a *App) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.removePrincipal(a)
}

// SetEnabled enables or disables the enterprise application of an app.
func (t *Tenant) SetEnabled(a *App, yes bool) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	if p := t.principal(a); p != nil {
		p.enabled = yes
	}
}

// Consent is the home tenant's.
func (a *App) Consent() { a.tenant.Consent(a) }

// Revoke is the home tenant's.
func (a *App) Revoke(name string) { a.tenant.Revoke(a, name) }

// DeleteServicePrincipal is the home tenant's.
func (a *App) DeleteServicePrincipal() { a.tenant.DeleteServicePrincipal(a) }

// SetEnabled is the home tenant's.
func (a *App) SetEnabled(yes bool) { a.tenant.SetEnabled(a, yes) }

// in lists, in the order of the pages, the permissions that are granted and known everywhere at a moment.
func in(granted map[string]time.Time, now time.Time) []string {
	var names []string
	for _, p := range permissions() {
		if works, ok := granted[p.name]; ok && !now.Before(works) {
			names = append(names, p.name)
		}
	}
	return names
}
