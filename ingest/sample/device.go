package sample

import "time"

// device is a machine of a tenant.
type device struct {
	tenant        tenant
	host          string
	platform      string // Windows11, Linux …
	version       string
	build         int    // 0 = none, as on Linux
	group         string // device group
	risk          string // "" = none
	health        string // "" = active
	antivirus     string // "" = updated
	localIP       string
	externalIP    string
	interfaces    []string // further addresses
	firstSeen     time.Time
	loggedOn      []person
	vm            object
	notInEntra    bool   // known by its name alone
	unmanagedName string // the whole name, where it is not host and domain
}

// id is the device's id in Defender for Endpoint.
func (d device) id() string { return inventSHA1("device/" + d.tenant.id + "/" + d.host) }

// fqdn is the name with its domain.
func (d device) fqdn() string {
	if d.unmanagedName != "" {
		return d.unmanagedName
	}
	return d.host + "." + d.tenant.domain
}

// members renders what Microsoft says of a device beyond its verdict.
func (d device) members() object {
	var directory, vm, build any
	if d.build > 0 {
		build = d.build
	}
	if !d.notInEntra {
		directory = guid("device/" + d.fqdn())
	}
	if d.vm != nil {
		vm = d.vm
	}
	users := make([]object, 0, len(d.loggedOn))
	for _, p := range d.loggedOn {
		users = append(users, object{{"accountName", p.account}, {"domainName", orNull(p.domain())}})
	}
	interfaces := append([]string{d.localIP}, d.interfaces...)
	return object{
		{"firstSeenDateTime", timeOrNull(d.firstSeen)}, {"mdeDeviceId", d.id()}, {"azureAdDeviceId", directory}, {"deviceDnsName", d.fqdn()},
		{"hostName", d.host}, {"ntDomain", nil}, {"dnsDomain", d.tenant.domain}, {"osPlatform", d.platform}, {"osBuild", build},
		{"version", orNull(d.version)}, {"healthStatus", word(d.health, "active")}, {"riskScore", word(d.risk, "none")},
		{"rbacGroupId", 20 + len(d.group)},
		{"rbacGroupName", orNull(d.group)}, {"onboardingStatus", "onboarded"}, {"defenderAvStatus", word(d.antivirus, "updated")},
		{"lastIpAddress", orNull(d.localIP)}, {"lastExternalIpAddress", orNull(d.externalIP)},
		{"ipInterfaces", append(interfaces, "127.0.0.1", "::1")},
		{"vmMetadata", vm}, {"loggedOnUsers", users}, {"resourceAccessEvents", []object{}},
	}
}

// evidence renders the device as evidence.
func (d device) evidence(r record) object {
	if d.group != "" {
		r = r.tagged(d.group)
	}
	return evidence("deviceEvidence", r, d.members())
}
