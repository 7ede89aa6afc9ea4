package workbench

import (
	"maps"
	"slices"
)

// AccountID is the id of an account: random, 16 bytes in base32, except the first account's.
type AccountID string

// Administrator is the id of the account that the first start creates. It signs the first actions and stays.
const Administrator AccountID = "administrator"

// Account is a person who may sign in.
type Account struct {
	ID           AccountID  `json:"id"`
	Name         string     `json:"name"` // unique, 1 to 64 characters, as written by whoever made the account
	CreatedAt    Time       `json:"createdAt"`
	Role         Role       `json:"role"`
	Grants       []TenantID `json:"grants"`       // tenants that the account may see
	AllGrants    bool       `json:"allTenants"`   // sees every tenant, also those that come later
	Password     string     `json:"password"`     // Argon2id in PHC format; "" = none set, sign-in by link alone
	Disabled     bool       `json:"disabled"`     // may not sign in, and every session has ended
	SessionsFrom Time       `json:"sessionsFrom"` // sessions that began before have ended
}

// MaxAccountName is how many characters an account's name has at most.
const MaxAccountName = 64

// Role says what an account may do.
type Role string

// The roles, each with more than the one before but for Integrations Editor, which is Viewer with the connectors.
const (
	Viewer             Role = "viewer"
	Analyst            Role = "analyst"
	IntegrationsEditor Role = "integrationsEditor"
	AdministratorRole  Role = "administrator"
)

// Roles are all roles in the order of the list above.
var Roles = []Role{Viewer, Analyst, IntegrationsEditor, AdministratorRole}

// Label is the name that people read.
func (r Role) Label() string {
	switch r {
	case Viewer:
		return "Viewer"
	case Analyst:
		return "Analyst"
	case IntegrationsEditor:
		return "Integrations Editor"
	case AdministratorRole:
		return "Administrator"
	}
	return string(r)
}

// Permission is what a route asks for.
type Permission string

// The permissions. Public needs no account; every other is declared at a route and held by an account.
const (
	Public          Permission = "public"
	ReadStory       Permission = "stories.read"
	ActOnStory      Permission = "stories.act"
	ReadIntegration Permission = "integrations.read"
	EditIntegration Permission = "integrations.edit"
)

// permissions is what each role holds. A role that is not here holds nothing.
var permissions = map[Role][]Permission{
	Viewer:             {ReadStory, ReadIntegration},
	Analyst:            {ReadStory, ActOnStory, ReadIntegration},
	IntegrationsEditor: {ReadStory, ReadIntegration, EditIntegration},
	AdministratorRole:  {ReadStory, ActOnStory, ReadIntegration, EditIntegration},
}

// May reports whether the account holds the permission.
func (a Account) May(p Permission) bool {
	return a.ID != "" && !a.Disabled && slices.Contains(permissions[a.Role], p)
}

// Scope is made from the account's grants.
func (a Account) Scope() Scope {
	if a.AllGrants {
		return Scope{all: true}
	}
	return ScopeOf(a.Grants...)
}

// Scope says which tenants a caller may see. Its zero value sees nothing. Every query and every write takes one.
type Scope struct {
	all     bool
	tenants map[TenantID]struct{}
}

// EveryTenant is the scope of the program itself: import, export, rebuild. Never give it to a request.
func EveryTenant() Scope { return Scope{all: true} }

// ScopeOf sees exactly the given tenants.
func ScopeOf(tenants ...TenantID) Scope {
	s := Scope{tenants: map[TenantID]struct{}{}}
	for _, t := range tenants {
		s.tenants[t] = struct{}{}
	}
	return s
}

// Sees reports whether the tenant is inside the scope.
func (s Scope) Sees(t TenantID) bool {
	if s.all {
		return true
	}
	_, ok := s.tenants[t]
	return ok
}

// Equal reports whether both scopes see the same tenants.
func (s Scope) Equal(o Scope) bool { return s.all == o.all && maps.Equal(s.tenants, o.tenants) }
