package sample

import "strconv"

// person is a user of a tenant. A local account has no tenant.
type person struct {
	tenant  tenant
	account string // part before the at sign
	name    string // shown
	local   string // domain of an account that no directory knows
}

// upn is the address by which the directory knows the person, and the mailbox.
func (p person) upn() string {
	if p.tenant.domain == "" {
		return ""
	}
	return p.account + "@" + p.tenant.domain
}

// domain is the Windows domain, or the machine of a local account.
func (p person) domain() string { return word(p.local, p.tenant.ntDomain) }

// userAccount renders the account; Microsoft leaves null what only a directory could say.
func (p person) userAccount() object {
	var sid, directory any
	if p.upn() != "" {
		directory = guid("user/" + p.upn())
		sid = "S-1-5-21-" + digits(p.tenant.domain, 10) + "-" + digits(p.tenant.id, 10) + "-" + digits(p.tenant.name, 9) + "-" + digits(p.upn(), 4)
	}
	return object{
		{"accountName", p.account}, {"domainName", orNull(p.domain())}, {"userSid", sid}, {"azureAdUserId", directory}, {"tenantId", nil},
		{"userPrincipalName", orNull(p.upn())}, {"displayName", orNull(p.name)}, {"activeDirectoryObjectGuid", nil},
		{"resourceAccessEvents", []object{}},
	}
}

// system is the account of Windows itself.
func system() person { return person{account: "SYSTEM", local: "NT AUTHORITY"} }

// evidence renders the person as evidence.
func (p person) evidence(r record) object {
	return evidence("userEvidence", r, object{{"stream", nil}, {"userAccount", p.userAccount()}})
}

// digits invents a decimal number of so many digits for a name.
func digits(name string, n int) string {
	sum := inventSHA256("digits/" + name)
	low := uint64(1)
	for range n - 1 {
		low *= 10
	}
	v, err := strconv.ParseUint(sum[:15], 16, 64)
	if err != nil {
		panic("sample: a hash is hexadecimal")
	}
	return strconv.FormatUint(low+v%(low*3), 10)
}

// oldAlertID invents an id in the older form of Defender for Endpoint: ticks, an underscore, a number that may be negative.
func oldAlertID(key string) string {
	return "63908" + digits("ticks/"+key, 13) + "_-" + digits("number/"+key, 9)
}
