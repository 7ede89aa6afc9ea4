package entra

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"workbench"
)

// Cloud is a Microsoft cloud: two addresses that everything goes to, and nowhere else.
type Cloud struct {
	Name      string   // "global", "usgov", "usgov-dod", or the name of a custom one
	Authority *url.URL // Entra: scheme and host
	Graph     *url.URL // Microsoft Graph: scheme and host; with "/.default" the scope of tokens

	beside []Cloud // those that are configured with it, which a tenant may be in instead
}

// clouds are Microsoft's own, by name: authority and Graph.
var clouds = map[string][2]string{
	"global":    {"https://login.microsoftonline.com", "https://graph.microsoft.com"},
	"usgov":     {"https://login.microsoftonline.us", "https://graph.microsoft.us"},
	"usgov-dod": {"https://login.microsoftonline.us", "https://dod-graph.microsoft.us"},
}

// cloudName is the form of a name that an operator gives: it stands in forms, addresses and what is stored.
var cloudName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// ParseCloud reads global (also the cloud of GCC), usgov (GCC High), usgov-dod, or two addresses parted by a comma: authority, Graph, which
// NAME= may precede, also the name of a known cloud. Both are https, or http on a loopback address; without a name they are "custom". It
// fails with *workbench.Invalid (field "cloud"), and for China says why there is none.
func ParseCloud(text string) (Cloud, error) {
	addresses, name := text, "custom"
	before, after, named := strings.Cut(text, "=")
	if named {
		addresses, name = after, strings.ToLower(strings.TrimSpace(before))
	} else if !strings.Contains(text, ",") {
		addresses, name = "", strings.ToLower(strings.TrimSpace(text))
	}
	for _, c := range unavailable {
		if name == c.Name || name == c.also {
			return Cloud{}, invalid("cloud", c.Why)
		}
	}
	pair, known := clouds[name]
	switch {
	case !cloudName.MatchString(name):
		return Cloud{}, invalid("cloud", "The name of a cloud is 1 to 32 lower-case letters, digits and hyphens.")
	case addresses != "" && strings.Contains(addresses, ","):
		authority, graph, _ := strings.Cut(addresses, ",")
		pair = [2]string{authority, graph}
	case named || !known:
		return Cloud{}, invalid("cloud", "Choose global, usgov or usgov-dod, or give two addresses parted by a comma: Entra's and Graph's.")
	}
	authority, ok := address(pair[0])
	graph, also := address(pair[1])
	if !ok || !also {
		return Cloud{}, invalid("cloud", "Both addresses are https with a host and nothing after it. Plain http is for loopback addresses alone.")
	}
	return Cloud{Name: name, Authority: authority, Graph: graph}, nil
}

// address reads scheme and host, and nothing else.
func address(text string) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(text), "/"))
	if err != nil || u.Hostname() == "" || u.User != nil || u.Opaque != "" || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#") {
		return nil, false
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, false
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, true
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// origin is scheme, host and port of an address in one spelling.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// Issuer is the issuer of a tenant's ID tokens.
func (c Cloud) Issuer(tenant workbench.TenantID) string {
	return c.entra(tenant, "v2.0")
}

// entra is an address of a tenant's Entra. The tenant is a GUID: nothing else that a person entered ever stands in a path.
func (c Cloud) entra(tenant workbench.TenantID, path string) string {
	return c.Authority.Scheme + "://" + c.Authority.Host + "/" + string(tenant) + "/" + path
}

func (c Cloud) tokenEndpoint(tenant workbench.TenantID) string {
	return c.entra(tenant, "oauth2/v2.0/token")
}

// graph is an address of Microsoft Graph.
func (c Cloud) graph(path string) string {
	return c.Graph.Scheme + "://" + c.Graph.Host + path
}

func invalid(field, sentence string) error {
	var e *workbench.Invalid
	return e.Set(field, sentence)
}
