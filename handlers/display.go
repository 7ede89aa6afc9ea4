package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"workbench/views/layout"
	"workbench/views/ui"
)

// displayCookie keeps how a browser wants pages to look. It holds no secret and outlives sessions, so that the sign-in page and errors
// have the right colours from their first byte.
const displayCookie = "display"

var (
	themes    = []string{"system", "light", "dark", "dim"}
	densities = []string{"comfortable", "standard", "compact"}
)

// display reads how the browser wants pages to look. What is not understood is as if it were not set.
func (s *Server) display(c echo.Context) ui.Display {
	d := ui.Display{Theme: "system", Density: "standard", ZoneName: "UTC", Now: s.Now()}
	cookie, err := c.Cookie(displayCookie)
	if err != nil {
		return d
	}
	values, err := url.ParseQuery(cookie.Value)
	if err != nil {
		return d
	}
	if v := values.Get("theme"); slices.Contains(themes, v) {
		d.Theme = v
	}
	if v := values.Get("density"); slices.Contains(densities, v) {
		d.Density = v
	}
	if zone, ok := loadZone(values.Get("zone")); ok {
		d.Zone, d.ZoneName = zone, zone.String()
	}
	return d
}

// loadZone finds a zone by its IANA name. "Local" would be the server's own zone, which is nobody's.
func loadZone(name string) (*time.Location, bool) {
	if name == "" || name == "UTC" || name == "Local" || len(name) > 64 {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// settingsDisplay sets theme, density and zone, each where it is given, and goes back.
func (s *Server) settingsDisplay(c echo.Context) error {
	d := s.display(c)
	values := url.Values{"theme": {d.Theme}, "density": {d.Density}, "zone": {d.ZoneName}}
	if v := c.FormValue("theme"); slices.Contains(themes, v) {
		values.Set("theme", v)
	}
	if v := c.FormValue("density"); slices.Contains(densities, v) {
		values.Set("density", v)
	}
	if v := c.FormValue("zone"); v != "" {
		values.Set("zone", "UTC")
		if zone, ok := loadZone(v); ok {
			values.Set("zone", zone.String())
		}
	}
	s.setPreference(c, displayCookie, values.Encode())
	return s.back(c)
}

func (s *Server) setPreference(c echo.Context, name, value string) {
	c.SetCookie(&http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: s.BaseURL.Scheme == "https", SameSite: http.SameSiteLaxMode})
}

// back goes to the local address that the form names, else to the list that the account opens first.
func (s *Server) back(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, local(c.FormValue("return")))
}

// props fills what every page needs.
func (s *Server) props(c echo.Context, title, section string) layout.Props {
	p := layout.Props{Title: title, Section: section, Account: who(c).Name, Demo: s.Demo, Display: s.display(c), Path: c.Request().URL.Path, Home: s.homeAddress(c)}
	if c.Request().Method == http.MethodGet {
		p.Return = here(c)
	} else {
		p.Return = strings.TrimSuffix(c.Request().URL.Path, "/"+lastSegment(c.Request().URL.Path))
	}
	if s.Busy != nil {
		p.Problem = s.Busy()
	}
	s.integrationProps(c, &p)
	return p
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
