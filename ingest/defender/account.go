package defender

import (
	"strings"

	"workbench"
)

// account is a user as one piece of evidence names it. Nobody fills all of it: the same user has a SID here and a principal name there.
type account struct {
	name, domain, sid, aad, upn, display workbench.Untrusted
}

// accountOf reads Graph's userAccount, a logged-on user, and the flat fields of the older interfaces, without taking them.
func accountOf(v value) account {
	text := func(names ...string) workbench.Untrusted {
		for _, n := range names {
			if u := v.get(n).untrusted(); !u.IsZero() {
				return u
			}
		}
		return workbench.Untrusted{}
	}
	return account{
		name: text("accountName", "userName"), domain: text("domainName"), sid: text("userSid"),
		aad: text("azureAdUserId", "aadUserId"), upn: text("userPrincipalName"), display: text("displayName"),
	}
}

func (a account) empty() bool { return a == account{display: a.display} && a.display.IsZero() }

// label is the name that people know: domain\account.
func (a account) label() workbench.Untrusted {
	if !a.name.IsZero() && !a.domain.IsZero() {
		return workbench.Text(a.domain.Raw() + `\` + a.name.Raw())
	}
	return a.short()
}

func (a account) short() workbench.Untrusted {
	return a.name.Or(a.upn).Or(a.display).Or(a.sid).Or(a.aad)
}

// filled takes from other what a lacks.
func (a account) filled(other account) account {
	return account{
		name: a.name.Or(other.name), domain: a.domain.Or(other.domain), sid: a.sid.Or(other.sid),
		aad: a.aad.Or(other.aad), upn: a.upn.Or(other.upn), display: a.display.Or(other.display),
	}
}

// service reports whether the account is one of the system or of a machine: nobody's, so no user of a story.
func (a account) service() bool {
	sid := strings.ToUpper(strings.TrimSpace(a.sid.Raw()))
	switch sid {
	case "S-1-5-18", "S-1-5-19", "S-1-5-20":
		return true
	}
	for _, p := range [...]string{"S-1-5-80-", "S-1-5-82-", "S-1-5-83-", "S-1-5-90-", "S-1-5-96-"} {
		if strings.HasPrefix(sid, p) {
			return true
		}
	}
	switch fold(a.domain) {
	case "nt authority", "nt service", "nt virtual machine", "window manager", "font driver host", "iis apppool":
		return true
	}
	switch name := fold(a.name); name {
	case "system", "local service", "network service", "localsystem", "localservice", "networkservice":
		return true
	default:
		return strings.HasSuffix(name, "$") && len(name) > 1
	}
}

// ids are the ways in which the account can be recognised, best first. Their order is that of their first characters.
func (a account) ids() []string {
	var ids []string
	add := func(prefix string, parts ...workbench.Untrusted) {
		text := prefix
		for i, p := range parts {
			if i > 0 {
				text += `\`
			}
			text += fold(p)
		}
		ids = append(ids, text)
	}
	if !a.aad.IsZero() {
		add("1:", a.aad)
	}
	if !a.sid.IsZero() {
		add("2:", a.sid)
	}
	if !a.upn.IsZero() {
		add("3:", a.upn)
	}
	if !a.name.IsZero() && !a.domain.IsZero() {
		add("4:", a.domain, a.name)
	}
	if len(ids) == 0 {
		add("5:", a.name.Or(a.display))
	}
	return ids
}

// user is an account with what is asked of it again and again. It is not changed any more.
type user struct {
	account
	ids    []string // as account.ids gives them
	system bool     // it is a service
}

// users are the accounts that the documents of a group name, each once.
type users map[account]*user

func (us users) of(a account) *user {
	u := us[a]
	if u == nil {
		u = &user{account: a, ids: a.ids(), system: a.service()}
		us[a] = u
	}
	return u
}

// people knows which accounts of a story are the same user.
type people struct{ parent map[string]string }

func newPeople() *people { return &people{parent: map[string]string{}} }

func (p *people) root(id string) string {
	for {
		up, ok := p.parent[id]
		if !ok || up == id {
			return id
		}
		if over, ok := p.parent[up]; ok {
			p.parent[id] = over
		}
		id = up
	}
}

// meet learns that all ids of the account are one user's.
func (p *people) meet(u *user) {
	for _, id := range u.ids[1:] {
		x, y := p.root(u.ids[0]), p.root(id)
		if x > y {
			x, y = y, x
		}
		if x != y {
			p.parent[y] = x
		}
	}
}

// key is the best id of the user that the account belongs to.
func (p *people) key(u *user) string { return p.root(u.ids[0]) }
