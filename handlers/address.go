package handlers

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/link"
)

// What an address may ask for. Every link of a page repeats it, so that a long one is multiplied by their number.
const (
	maxShort      = 512 // bytes of an id, or of the name of a kind or column
	maxOpenAlerts = 100 // alerts that are expanded at once
	maxReturn     = 4096
	maxLogged     = 2000
)

// local is the address inside the workbench that a browser asks to go to, else the list that the account opens first. It is written anew, so that nothing stays in it
// that some browser reads in its own way.
func local(target string) string {
	u, err := url.Parse(target)
	if !link.Local(target) || err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.Contains(u.Path, "//") || strings.Contains(u.Path, `\`) || !plain(u.Path) || !plain(target) {
		return link.Home()
	}
	return u.String()
}

// plain reports whether text is UTF-8 without characters that nobody sees.
func plain(s string) bool {
	for _, r := range s {
		if r == unicode.ReplacementChar || !unicode.IsGraphic(r) {
			return false
		}
	}
	return true
}

// here is the address of the present page, for coming back to it. One that is too long is given up for the path, or for the list that the account opens first.
func here(c echo.Context) string {
	u := c.Request().URL
	if u.Path == link.ConnectorCallback() { // what Microsoft answered is good once, and for no other address
		return link.Connectors("")
	}
	for _, address := range []string{u.RequestURI(), u.EscapedPath()} {
		if len(address) <= maxReturn {
			return address
		}
	}
	return link.Home()
}

// short is a name from an address, or nothing where it is too long to be one.
func short(name string) string {
	if len(name) > maxShort {
		return ""
	}
	return name
}

// openAlerts are those of the given ids that the story has, each once.
func openAlerts(given []string, st workbench.Story) []string {
	if len(given) == 0 {
		return nil
	}
	has := map[string]bool{}
	for _, a := range st.Alerts {
		has[a.ID] = true
	}
	var open []string
	for _, id := range given {
		if has[id] && len(open) < maxOpenAlerts {
			open = append(open, id)
			delete(has, id)
		}
	}
	return open
}

// logged is text as it stands in a log line: what is not seen is written out, and what is too long is cut.
func logged(text string) string { return workbench.Text(cut(text, maxLogged)).String() }
