package simulator

import "slices"

// graphResource is the application id of Microsoft Graph.
const graphResource = "00000003-0000-0000-c000-000000000000"

// ownedByPermission lets an application make others, and change those that it owns. Nobody can delegate it.
const ownedByPermission = "Application.ReadWrite.OwnedBy"

// permission is one of Microsoft Graph, with the words of its consent screens.
type permission struct {
	name  string
	role  string // id of the application permission, or empty
	scope string // id of the delegated permission, or empty
	admin bool   // the delegated one needs an administrator too
	text  string
}

// permissions are those that an app registration can ask for here, in the order in which pages show them.
func permissions() []permission {
	return []permission{
		{"SecurityIncident.Read.All", "45cc0394-e837-488b-a098-1918f48d186c", "b9abcc4f-94fc-4457-9141-d20ce80ec952", true, "Read all security incidents"},
		{"SecurityIncident.ReadWrite.All", "34bf0e97-1971-4929-b999-9e2442d941d7", "128ca929-1a19-45e6-a3b8-435ec44a36ba", true,
			"Read and write to all security incidents"},
		{"SecurityAlert.Read.All", "472e4a4d-bb4a-4026-98d1-0b0d74cb74a5", "bc257fb8-46b4-4b15-8713-01e91bfbe4ea", true, "Read all security alerts"},
		{"SecurityAlert.ReadWrite.All", "ed4fca05-be46-441f-9803-1873825f8fdb", "471f2a7f-2a42-4d45-a2bf-594d0838070d", true, "Read and write to all security alerts"},
		{"ThreatHunting.Read.All", "dd98c7f5-2d42-42d3-a0e4-633161547251", "b152eca8-ea73-4a48-8c98-1a6742673d99", true, "Run hunting queries"},
		{"Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6", "4908d5b9-3fb2-4b1e-9336-1888b7937185", true, "Read organization information"},
		{ownedByPermission, "18a4783c-866b-4cc7-a460-3d5e5662c884", "", true, "Manage apps that this app creates or owns"},
		{"User.Read", "", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", false, "Sign in and read user profile"},
		{"openid", "", "37f7f235-527c-4136-accd-4a02d197296e", false, "Sign users in"},
		{"profile", "", "14dad69e-099b-42c9-810b-d002981feec1", false, "View users' basic profile"},
		{"email", "", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", false, "View users' email address"},
		{"offline_access", "", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", false, "Maintain access to data you have given it access to"},
	}
}

// permissionOf finds a permission by name.
func permissionOf(name string) (permission, bool) {
	all := permissions()
	i := slices.IndexFunc(all, func(p permission) bool { return p.name == name })
	if i < 0 {
		return permission{}, false
	}
	return all[i], true
}

// ofOpenID reports whether a scope belongs to sign-in itself, which nobody is asked about alone.
func ofOpenID(scope string) bool {
	return scope == "openid" || scope == "profile" || scope == "email" || scope == "offline_access"
}

// mayConsent reports whether somebody with a role may grant for the whole organisation.
func mayConsent(role Role, applicationPermissions bool) bool {
	switch role {
	case GlobalAdministrator, PrivilegedRoleAdministrator:
		return true
	case ApplicationAdministrator, CloudApplicationAdministrator:
		return !applicationPermissions // those of Microsoft Graph are beyond these roles
	}
	return false
}
