package sample

import "time"

// cloudApplication renders a cloud application as evidence.
func cloudApplication(r record, id int, name string) object {
	return evidence("cloudApplicationEvidence", r, object{
		{"appId", id}, {"displayName", name}, {"instanceId", 0}, {"instanceName", name}, {"saasAppId", id}, {"stream", nil},
	})
}

// oauthApplication renders an application that users granted access to.
func oauthApplication(r record, name, publisher string) object {
	return evidence("oauthApplicationEvidence", r, object{
		{"appId", guid("oauth/" + name)}, {"displayName", name}, {"objectId", guid("oauth/object/" + name)}, {"publisher", publisher},
	})
}

// servicePrincipal renders an application's identity in a tenant.
func servicePrincipal(r record, t tenant, name string) object {
	return evidence("servicePrincipalEvidence", r, object{
		{"appId", guid("oauth/" + name)}, {"appOwnerTenantId", guid("owner/" + name)}, {"servicePrincipalName", name},
		{"servicePrincipalObjectId", guid("principal/" + name)}, {"servicePrincipalType", "application"}, {"tenantId", t.id},
	})
}

// securityGroup renders a group of a directory.
func securityGroup(r record, t tenant, name string) object {
	return evidence("securityGroupEvidence", r, object{
		{"activeDirectoryObjectGuid", guid("group/" + t.id + name)}, {"displayName", name},
		{"distinguishedName", "CN=" + name + ",OU=Groups,DC=" + t.domain},
		{"friendlyName", name}, {"securityGroupId", guid("group/entra/" + t.id + name)},
		{"sid", "S-1-5-21-" + digits(t.id, 10) + "-" + digits(t.name, 10) + "-512"},
	})
}

// hostLogon renders a session of a person on a device.
func hostLogon(r record, p person, d device, session string, from, to time.Time) object {
	return evidence("hostLogonSessionEvidence", r, object{
		{"account", noted(r.at).members(object{{"stream", nil}, {"userAccount", p.userAccount()}})}, {"host", noted(r.at).members(d.members())},
		{"sessionId", session}, {"startUtcDateTime", from}, {"endUtcDateTime", timeOrNull(to)},
	})
}

// cloudLogon renders a session of a person in the cloud.
func cloudLogon(r record, p person, browser, system, agent string, from, previous time.Time) object {
	return evidence("cloudLogonSessionEvidence", r, object{
		{"account", noted(r.at).members(object{{"stream", nil}, {"userAccount", p.userAccount()}})}, {"browser", browser}, {"deviceName", nil},
		{"operatingSystem", system}, {"previousLogonDateTime", timeOrNull(previous)}, {"protocol", "OAuth2"},
		{"sessionId", guid("session/" + p.upn() + agent)},
		{"startUtcDateTime", from}, {"userAgent", agent},
	})
}

// azureResource renders a resource of a subscription.
func azureResource(r record, t tenant, path, name, kind string) object {
	return evidence("azureResourceEvidence", r, object{{"resourceId", subscription(t) + path}, {"resourceName", name}, {"resourceType", kind}})
}

// subscription is the path of the tenant's subscription in Azure.
func subscription(t tenant) string { return "/subscriptions/" + guid("subscription/"+t.id) }
