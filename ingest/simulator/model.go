package simulator

// The seam between Entra with the portal (simulator.go, model*.go, entra_*.go, directory_*.go, portal_*.go) and Graph (graph_*.go, world_*.go,
// fault_*.go, attack_*.go):
//
//	s.graph(w, r)                     Graph's: gets every request under /v1.0/. What is not under /v1.0/security/ (me, organization,
//	                                  applications, servicePrincipals, and the answer to unknown paths) it passes on to s.directory(w, r) in
//	                                  directory_directory.go.
//	s.authorize(r, role, …)           Entra's, in entra_caller.go: who calls, if the token is ours, in time and holds one of the roles; else the
//	                                  *graphError with Microsoft's words. It does not look at the licence: see caller.tenant.Licensed().
//	s.refuse(w, r, *graphError)       Entra's, in entra_caller.go: writes a Graph error with its identifiers; graphError carries status, code,
//	                                  message and headers.
//	Tenant.world                      Graph's, of type world in world_*.go: guarded by a mutex of its own, never by Simulator.mu. newWorld(t)
//	                                  is called by AddTenant, which holds Simulator.mu.
//	s.portalWorld(w, r, tenant, rest) Graph's: gets /portal/{tenant}/faults… and /portal/{tenant}/attacks…; rest is the path after the tenant,
//	                                  without a leading slash. Form posts have passed the cross-origin check and the limit of size already.
//	s.showPortal(w, status, view)     Entra's, in portal_page.go: writes a page in the portal's frame. view.Content comes from
//	                                  html(template, data), view.Tenant may be nil.
//	s.time()                          Microsoft's clock, with its skew, in UTC.
//	s.lookup(idOrDomain)              the tenant, or nil.
//
// Nothing of Entra's calls into Graph's while it holds Simulator.mu, except newWorld; Graph's may take Simulator.mu (through the functions
// above) while it holds a world's mutex, but should not.

import (
	"slices"
	"strings"
	"time"
)

// Role is what a user may do in a directory.
type Role string

// The roles that matter here.
const (
	NoRole                        Role = ""
	GlobalAdministrator           Role = "Global Administrator"
	PrivilegedRoleAdministrator   Role = "Privileged Role Administrator"
	ApplicationAdministrator      Role = "Application Administrator"
	CloudApplicationAdministrator Role = "Cloud Application Administrator"
)

// User is a person of a tenant.
type User struct {
	ID       string // GUID; made up when empty
	Name     string // "Dana Admin"
	UserName string // "dana@contoso.com"
	Role     Role
}

// TenantOptions say what a tenant is.
type TenantOptions struct {
	ID       string   // GUID in lower case; made up when empty
	Name     string   // of the organisation
	Domains  []string // verified, in lower case, the default first
	Users    []User
	Licensed bool // for Defender
	Policy   Policy
}

// Policy is what a tenant's administrators have forbidden. What is registered already stays.
type Policy struct {
	MaxCertificateLifetime time.Duration // of certificates that are added; 0 = any
	TrustedAuthorities     string        // certificates in PEM, by whose keys certificates that are added must be issued; "" = anybody's
	NoUserConsent          bool          // users may not even consent to User.Read by themselves
}

// Tenant is one directory.
type Tenant struct {
	s     *Simulator
	world *world

	id         string
	name       string
	domains    []string
	users      []User
	licensed   bool
	policy     Policy
	policyID   string       // GUID, which refusals name
	apps       []*App       // that are registered here
	deleted    []*App       // likewise, and deleted: Microsoft keeps them for a while
	principals []*principal // of apps from here and elsewhere
}

// AddTenant adds a tenant.
func (s *Simulator) AddTenant(o TenantOptions) *Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &Tenant{s: s, id: strings.ToLower(o.ID), name: o.Name, users: slices.Clone(o.Users), licensed: o.Licensed, policy: o.Policy, policyID: newGUID()}
	if t.id == "" {
		t.id = newGUID()
	}
	for _, domain := range o.Domains {
		t.domains = append(t.domains, strings.ToLower(domain))
	}
	if len(t.domains) == 0 {
		t.domains = []string{"tenant-" + t.id[:8] + ".example"}
	}
	for i := range t.users {
		if t.users[i].ID == "" {
			t.users[i].ID = newGUID()
		}
	}
	t.world = newWorld(t)
	s.tenants = append(s.tenants, t)
	return t
}

// Tenants are all, in the order in which they were added.
func (s *Simulator) Tenants() []*Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tenants)
}

// lookup finds a tenant by id or domain whatever the case, or returns nil.
func (s *Simulator) lookup(idOrDomain string) *Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tenant(idOrDomain)
}

// tenant is lookup for callers that hold mu.
func (s *Simulator) tenant(idOrDomain string) *Tenant {
	name := strings.ToLower(idOrDomain)
	for _, t := range s.tenants {
		if t.id == name || slices.Contains(t.domains, name) {
			return t
		}
	}
	return nil
}

// app finds an app registration anywhere, in whichever tenant it is used. The caller holds mu.
func (s *Simulator) app(clientID string) *App {
	for _, t := range s.tenants {
		if a := t.app(clientID); a != nil {
			return a
		}
	}
	return nil
}

// ID is the tenant's GUID.
func (t *Tenant) ID() string { return t.id }

// Name is the organisation's.
func (t *Tenant) Name() string { return t.name }

// Domain is the default domain.
func (t *Tenant) Domain() string { return t.domains[0] }

// Users are the people of the tenant.
func (t *Tenant) Users() []User { return slices.Clone(t.users) }

// Licensed reports whether the tenant has Defender.
func (t *Tenant) Licensed() bool {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return t.licensed
}

// SetLicensed buys Defender, or lets it lapse.
func (t *Tenant) SetLicensed(yes bool) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.licensed = yes
}

// Policy is what is forbidden.
func (t *Tenant) Policy() Policy {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return t.policy
}

// SetPolicy forbids something else from now on.
func (t *Tenant) SetPolicy(p Policy) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.policy = p
}

// Apps are the app registrations of the tenant, without those that were deleted.
func (t *Tenant) Apps() []*App {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return slices.Clone(t.apps)
}

// app finds an app registration by client id. The caller holds mu.
func (t *Tenant) app(clientID string) *App {
	for _, a := range t.apps {
		if a.clientID == strings.ToLower(clientID) {
			return a
		}
	}
	return nil
}

// user finds a person by id or user name. The caller holds mu.
func (t *Tenant) user(idOrName string) (User, bool) {
	i := slices.IndexFunc(t.users, func(u User) bool { return u.ID == idOrName || strings.EqualFold(u.UserName, idOrName) })
	if i < 0 {
		return User{}, false
	}
	return t.users[i], true
}
