package defender

import (
	"net/netip"
	"net/url"
	"strings"

	"workbench"
)

// DefaultPortals are the hosts of Microsoft's portals in its public, government and Chinese clouds. A leading *. stands for one or more
// labels.
func DefaultPortals() []string {
	return []string{
		"security.microsoft.com", "*.security.microsoft.com", "security.microsoft.us", "*.security.microsoft.us", "security.apps.mil",
		"security.microsoftonline.cn", "portal.azure.com", "portal.azure.us", "portal.azure.cn", "protection.office.com",
		"*.protection.office.com", "protection.office365.us", "scc.office365.us", "securitycenter.microsoft.com",
		"*.securitycenter.microsoft.us", "securitycenter.windows.com", "*.securitycenter.windows.com",
	}
}

// portalURL returns the address where it is safe to follow: https, a host of the portals, no user, no port, nothing but visible ASCII.
// It returns "" for everything else.
func portalURL(u workbench.Untrusted, portals []string) string {
	text := u.Raw()
	if len(text) > 4_096 || text == "" || strings.ContainsFunc(text, forbiddenInURL) {
		return ""
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "https" || parsed.User != nil || parsed.Port() != "" || strings.Contains(parsed.Host, ":") {
		return ""
	}
	host := strings.ToLower(parsed.Host)
	for _, p := range portals {
		p = strings.ToLower(p)
		suffix, wild := strings.CutPrefix(p, "*")
		if host == p || wild && strings.HasPrefix(suffix, ".") && strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return text
		}
	}
	return ""
}

func forbiddenInURL(r rune) bool {
	switch r {
	case '"', '\'', '<', '>', '\\', '`':
		return true
	}
	return r <= ' ' || r > '~'
}

// canonicalIP writes an address in one way; text that is no address comes back folded.
func canonicalIP(u workbench.Untrusted) string {
	text := fold(u)
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return text
	}
	return ip.Unmap().String()
}

// canonicalURL lowers scheme and host, which ignore case, and leaves the rest, which does not.
func canonicalURL(u workbench.Untrusted) string {
	text := strings.TrimSpace(u.Raw())
	scheme, rest := "", text
	if i := strings.Index(text, "://"); i >= 0 {
		scheme, rest = strings.ToLower(text[:i+3]), text[i+3:]
	}
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if path == "/" {
		path = ""
	}
	return scheme + strings.ToLower(host) + path
}

// hostOf is the host name of a URL, or of text that is nothing but a host; "" where there is none.
func hostOf(u workbench.Untrusted) string {
	text := canonicalURL(u)
	if i := strings.Index(text, "://"); i >= 0 {
		text = text[i+3:]
	}
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		text = text[:i]
	}
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		text = text[i+1:]
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 && !strings.HasSuffix(text, "]") {
		text = text[:i]
	}
	return strings.TrimSuffix(text, ".")
}
