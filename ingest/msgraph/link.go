package msgraph

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// version is the part of Graph below which everything is read.
const version = "/v1.0/"

// below is the address of something under the version, with a query that is already escaped.
func (c *Client) below(path, query string) *url.URL {
	u := *c.base
	u.User, u.Opaque, u.Fragment, u.RawFragment = nil, "", "", ""
	root := strings.TrimSuffix(c.base.EscapedPath(), "/") + version
	u.RawPath = root + path
	u.Path, _ = url.PathUnescape(u.RawPath) // what was escaped here can be unescaped
	u.RawQuery, u.ForceQuery = query, false
	return &u
}

// follow parses a link to the next page and refuses one that leads anywhere but below the version of this client's Graph: the token would
// go with it.
func (c *Client) follow(link string) (*url.URL, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("the link to the next page can't be read")
	}
	root := strings.TrimSuffix(c.base.Path, "/") + version
	switch {
	case u.Scheme != c.base.Scheme || !strings.EqualFold(u.Hostname(), c.base.Hostname()) || port(u) != port(c.base) || u.User != nil || u.Opaque != "":
		return nil, fmt.Errorf("the link to the next page leads away from Microsoft Graph, to %q", cut(u.Scheme+"://"+u.Host, 100))
	case !strings.HasPrefix(u.Path, root) || slices.ContainsFunc(strings.Split(u.Path, "/"), dots) || strings.Contains(u.Path, `\`):
		return nil, fmt.Errorf("the link to the next page leads out of %s", root)
	case u.Fragment != "":
		return nil, errors.New("the link to the next page has a fragment")
	}
	return u, nil
}

func dots(segment string) bool { return segment == "." || segment == ".." }

// port is the port of an address, whether it is written or not.
func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// address is path and query for showing where an answer came from: the values of parameters that are called tokens are left out.
func address(u *url.URL) string {
	path, query, asked := strings.Cut(u.RequestURI(), "?")
	if !asked {
		return cut(path, 2_000)
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		if name, _, ok := strings.Cut(part, "="); ok && strings.Contains(strings.ToLower(name), "token") {
			parts[i] = name + "=…"
		}
	}
	return cut(path+"?"+strings.Join(parts, "&"), 2_000)
}
