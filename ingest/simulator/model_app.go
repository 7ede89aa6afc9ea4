package simulator

import (
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// mostApps is how many app registrations a directory has at most.
const mostApps = 250

// deletedLifetime is how long Microsoft keeps app registrations that were deleted.
const deletedLifetime = 30 * 24 * time.Hour

// AppOptions say what an app registration is.
type AppOptions struct {
	Name         string
	ClientID     string   // GUID in lower case; made up when empty
	ObjectID     string   // likewise
	RedirectURIs []string // compared byte by byte
	Permissions  []string // names, of applications: nil = SecurityIncident.Read.All and SecurityAlert.Read.All
	Scopes       []string // names, delegated: nil = User.Read
	Audience     Audience // "" = SingleTenant
	UniqueName   string   // by which Graph finds it, unique in the tenant, among those that were deleted too; "" = none
	NoPrincipal  bool     // without an enterprise application at home, as Graph registers apps
	Owner        *App     // whose enterprise application in this tenant made the app and may change it; nil = people did
}

// Audience says of which directories an app's users are.
type Audience string

// The audiences of apps for work accounts.
const (
	SingleTenant Audience = "AzureADMyOrg"
	MultiTenant  Audience = "AzureADMultipleOrgs"
)

// App is an app registration. As in the portal of Entra, registering makes an enterprise application (service principal) in the same tenant
// too; nothing is consented to. Other tenants have one of their own once they consented to the app.
type App struct {
	tenant       *Tenant
	name         string
	clientID     string
	objectID     string
	redirectURIs []string
	permissions  []string
	scopes       []string
	keys         []*keyCredential
	secrets      []secret
	audience     Audience
	uniqueName   string
	notes        string
	owners       []string  // ids of the enterprise applications that may change it
	created      time.Time // by Microsoft's clock
	known        time.Time // from when on Entra's servers all know it
	deletedAt    time.Time // by Microsoft's clock; zero = it is not deleted
}

// keyCredential is a certificate of an app registration.
type keyCredential struct {
	id          string
	name        string // "" = the certificate's subject
	certificate *x509.Certificate
	works       time.Time // from when on Entra's servers all know it
}

// secret is a client secret.
type secret struct {
	id      string
	value   string
	expires time.Time
}

// AddApp registers an app.
func (t *Tenant) AddApp(o AppOptions) *App {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	a := t.newApp(o)
	if !o.NoPrincipal {
		t.addPrincipal(a, time.Time{})
	}
	if o.Owner != nil {
		if p := t.principal(o.Owner); p != nil {
			a.owners = []string{p.id}
		}
	}
	return a
}

// newApp registers an app without an enterprise application. The caller holds mu.
func (t *Tenant) newApp(o AppOptions) *App {
	a := &App{
		tenant: t, name: o.Name, clientID: strings.ToLower(o.ClientID), objectID: strings.ToLower(o.ObjectID), audience: o.Audience, uniqueName: o.UniqueName,
		redirectURIs: slices.Clone(o.RedirectURIs), permissions: slices.Clone(o.Permissions), scopes: slices.Clone(o.Scopes), created: t.s.now(),
	}
	if a.clientID == "" {
		a.clientID = newGUID()
	}
	if a.objectID == "" {
		a.objectID = newGUID()
	}
	if a.audience == "" {
		a.audience = SingleTenant
	}
	if o.Permissions == nil {
		a.permissions = []string{"SecurityIncident.Read.All", "SecurityAlert.Read.All"}
	}
	if o.Scopes == nil {
		a.scopes = []string{"User.Read"}
	}
	t.apps = append(t.apps, a)
	return a
}

// Tenant is the directory that the app is registered in.
func (a *App) Tenant() *Tenant { return a.tenant }

// Name is the app's.
func (a *App) Name() string {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	return a.name
}

// ClientID is the application id.
func (a *App) ClientID() string { return a.clientID }

// ObjectID is the id of the app registration, not of the enterprise application.
func (a *App) ObjectID() string { return a.objectID }

// UniqueName is the name by which Graph finds the app; "" = it has none.
func (a *App) UniqueName() string { return a.uniqueName }

// Audience says of which directories the app's users are.
func (a *App) Audience() Audience {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	return a.audience
}

// SetAudience says of which directories the app's users shall be. Where an app is no longer for other tenants, these can't use it from then
// on.
func (a *App) SetAudience(audience Audience) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.audience = audience
}

// serves reports whether a tenant may use the app at all. The caller holds mu.
func (a *App) serves(t *Tenant) bool { return t == a.tenant || a.audience == MultiTenant }

// Delete deletes the app registration and its enterprise application at home. Those of other tenants remain, and are good for nothing.
func (a *App) Delete() {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.delete()
}

// delete is Delete for callers that hold mu.
func (a *App) delete() {
	t := a.tenant
	if !slices.Contains(t.apps, a) {
		return
	}
	t.apps = slices.DeleteFunc(t.apps, func(other *App) bool { return other == a })
	t.removePrincipal(a)
	a.deletedAt = t.s.now()
	t.deleted = append(t.deleted, a)
}

// DeletedApps are the app registrations that were deleted in the last 30 days.
func (t *Tenant) DeletedApps() []*App {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return slices.Clone(t.recentlyDeleted())
}

// recentlyDeleted is DeletedApps for callers that hold mu.
func (t *Tenant) recentlyDeleted() []*App {
	now := t.s.now()
	t.deleted = slices.DeleteFunc(t.deleted, func(a *App) bool { return now.Sub(a.deletedAt) > deletedLifetime })
	return t.deleted
}

// SetSecret makes a text the app's only client secret. A zero time never expires.
func (a *App) SetSecret(value string, expires time.Time) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.secrets = []secret{{id: newGUID(), value: value, expires: expires}}
}

// AddRedirectURI lets answers go to one more address. It fails if Entra would refuse the address.
func (a *App) AddRedirectURI(address string) error {
	if err := checkRedirectURI(address); err != nil {
		return err
	}
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	if !slices.Contains(a.redirectURIs, address) {
		a.redirectURIs = append(a.redirectURIs, address)
	}
	return nil
}

// checkRedirectURI says what Entra has against a redirect address: it demands https, or http on this machine, and no fragment.
func checkRedirectURI(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Fragment != "" || u.User != nil || len(address) > 256 || strings.ContainsAny(address, "* "):
		return errors.New("the redirect URI is not a complete address")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()):
		return nil
	}
	return errors.New("the redirect URI must start with https, or with http://localhost")
}

// SetPermissions says what the app asks for: application permissions and delegated ones. What was granted stays.
func (a *App) SetPermissions(permissions, scopes []string) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.permissions, a.scopes = slices.Clone(permissions), slices.Clone(scopes)
}
