package workbench

import "maps"

// AccountID is the id of an account: random, 16 bytes in base32, except the first account's.
type AccountID string

// Administrator is the id of the account that the first start creates. It signs the first actions and stays.
const Administrator AccountID = "administrator"

// Account is a person who may sign in.
type Account struct {
	ID        AccountID  `json:"id"`
	Name      string     `json:"name"` // unique, 1 to 64 characters, as written by whoever made the account
	CreatedAt Time       `json:"createdAt"`
	Grants    []TenantID `json:"grants"`     // tenants that the account may see
	AllGrants bool       `json:"allTenants"` // sees every tenant, also those that come later
}

// Permission is what a route asks for.
type Permission string

// The permissions. Public needs no account; every other is declared at a route and held by an account.
const (
	Public     Permission = "public"
	ReadStory  Permission = "stories.read"
	ActOnStory Permission = "stories.act"
)

// May reports whether the account holds the permission. Every account of this version is an administrator of the workbench.
func (a Account) May(p Permission) bool { return a.ID != "" }

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
