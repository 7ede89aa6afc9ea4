package entra

import (
	"net/url"
	"slices"
	"strings"

	"workbench"
)

// labels are what people call Microsoft's clouds.
var labels = map[string]string{"global": "Microsoft 365 Global and GCC", "usgov": "GCC High", "usgov-dod": "DoD"}

// parts are what discovery calls the clouds that share an authority.
var parts = map[string]string{"DODCON": "usgov", "DOD": "usgov-dod"}

// UnavailableCloud is one of Microsoft's that nobody can connect.
type UnavailableCloud struct {
	Name  string
	Label string // for people
	Why   string // a sentence

	also        string // a further name
	authorities []string
}

var unavailable = []UnavailableCloud{{Name: "china", Label: "Microsoft 365 operated by 21Vianet (China)", also: "21vianet",
	Why:         "Microsoft's cloud in China (21Vianet) has no incidents and alerts in its Graph, so there is nothing to connect to.",
	authorities: []string{"https://login.partner.microsoftonline.cn", "https://login.chinacloudapi.cn"}}}

// Unavailable are the clouds that exist and can't be connected, with the reason.
func Unavailable() []UnavailableCloud { return slices.Clone(unavailable) }

// Label is the name that people read: of a custom cloud the one that the operator gave.
func (c Cloud) Label() string {
	if l, ok := labels[c.Name]; ok {
		return l
	}
	return c.Name
}

// mostClouds is how many an operator may configure.
const mostClouds = 32

// Clouds reads what an operator configured, each as ParseCloud does; the first is the default. No name may come twice. It fails with
// *workbench.Invalid (field "cloud").
func Clouds(names []string) ([]Cloud, error) {
	if len(names) == 0 || len(names) > mostClouds {
		return nil, invalid("cloud", "Name at least one cloud, and at most 32.")
	}
	var all []Cloud
	for _, text := range names {
		c, err := ParseCloud(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(other Cloud) bool { return other.Name == c.Name }) {
			return nil, invalid("cloud", "The cloud "+c.Name+" comes twice. Give each a name of its own: NAME=AUTHORITY,GRAPH.")
		}
		all = append(all, c)
	}
	for i := range all {
		all[i].beside = slices.Concat(all[:i:i], all[i+1:])
	}
	return all, nil
}

// elsewhere says which other of Microsoft's clouds an address belongs to: a label, or "" for none.
func (c Cloud) elsewhere(u *url.URL) string {
	if origin(u) == origin(c.Authority) {
		return ""
	}
	var found []string
	at := func(label, authority string) {
		if a, ok := address(authority); ok && origin(a) == origin(u) {
			found = append(found, label)
		}
	}
	for name, pair := range clouds {
		at(labels[name], pair[0])
	}
	for _, other := range c.beside {
		at(other.Label(), other.Authority.String())
	}
	for _, other := range unavailable {
		for _, authority := range other.authorities {
			at(other.Label, authority)
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " or ")
}

// otherPart says to which other cloud at the same authority a tenant belongs, by what discovery says of it: a label, or "" where it is this
// one or none is named.
func (c Cloud) otherPart(part string) string {
	name, known := parts[part]
	if !known || name == c.Name || clouds[name][0] != clouds[c.Name][0] {
		return ""
	}
	return labels[name]
}

// inCloud is the sentence for a tenant that is in another cloud, or in one of several, of which part names one.
func inCloud(label, part string) workbench.Untrusted {
	if one := labels[parts[part]]; one != "" && strings.Contains(label, one) {
		label = one
	}
	for _, c := range unavailable {
		if c.Label == label {
			return workbench.Text("The tenant is in " + label + ". " + c.Why)
		}
	}
	return workbench.Text("The tenant is in the cloud " + label + ".")
}
