package handlers

import (
	"crypto/rand"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// trip is what a browser remembers that follows a consent link: a secret of its own, which its way to Microsoft is bound to, and the link.
type trip struct{ browser, token string }

// tripFor is how long a browser remembers it: as long as a way to Microsoft, with room.
const tripFor = 15 * time.Minute

func (s *Server) tripCookie(value string, age time.Duration) *http.Cookie {
	cookie := &http.Cookie{Name: "workbench-consent", Value: value, Path: "/", MaxAge: int(age.Seconds()), HttpOnly: true, Secure: s.BaseURL.Scheme == "https", SameSite: http.SameSiteLaxMode}
	if cookie.Secure {
		cookie.Name = "__Host-" + cookie.Name
	}
	return cookie
}

// trip reads what the browser remembers; nothing where that is not as it was set.
func (s *Server) trip(c echo.Context) trip {
	cookie, err := c.Cookie(s.tripCookie("", 0).Name)
	if err != nil || len(cookie.Value) > maxShort {
		return trip{}
	}
	browser, token, ok := strings.Cut(cookie.Value, ".")
	if !ok || len(browser) != len(rand.Text())*2 {
		return trip{}
	}
	return trip{browser, token}
}

func (s *Server) setTrip(c echo.Context, t trip) {
	c.SetCookie(s.tripCookie(t.browser+"."+t.token, tripFor))
}

// visit counts a look at a consent link from an address, and reports whether it may be answered.
func (t *tries) visit(address string, now time.Time) bool {
	if ip := net.ParseIP(address); ip != nil && ip.IsLoopback() { // behind a proxy on this machine every address is the same
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.take("c "+address, triesByAddress, now)
}
