package connectors

import "workbench"

// Grant is a permission of Microsoft Graph that an administrator is asked for.
type Grant struct {
	Permission
	Plain string // what it means here, as a plain sentence
}

// signInGrant is asked for by every application: it says who consented.
var signInGrant = Grant{Permission{"User.Read", "Sign in and read user profile", "delegated"}, "Lets Microsoft tell the workbench who you are, once, when you consent."}

// readGrants are what an application asks for that reads a tenant.
var readGrants = []Grant{
	{Permission{"SecurityIncident.Read.All", "Read all security incidents", "application"}, "The workbench reads the incidents of all Microsoft Defender products, and makes its stories from them."},
	{Permission{"SecurityAlert.Read.All", "Read all security alerts", "application"}, "The workbench reads the alerts in these incidents, with their evidence."},
	signInGrant,
}

// makeGrants are what the application of a parent asks for that makes an application for each connector.
var makeGrants = []Grant{
	{Permission{"Application.ReadWrite.OwnedBy", "Manage apps that this app creates or owns", "application"},
		"The workbench creates applications of its own in this tenant, replaces their certificates and deletes them again. It can do nothing with any other application."},
	signInGrant,
}

// grantsOf is what Microsoft asks the administrator of a tenant for.
func grantsOf(c workbench.Connector) []Grant {
	if makes(c) {
		return makeGrants
	}
	return readGrants
}

// makes reports whether a connector is a parent that creates applications, and reads nothing.
func makes(c workbench.Connector) bool { return !c.Kind.Child() && c.Topology == workbench.ManagedApps }
