package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/account"
	"workbench/views/link"
)

// home leads to the queue.
func (s *Server) home(c echo.Context) error { return c.Redirect(http.StatusSeeOther, link.Queue()) }

// signInPage signs in by a one-time link, or says how to get one. A link is used up only by a real visit: not by HEAD, not by a browser that
// loads it ahead.
func (s *Server) signInPage(c echo.Context) error {
	target := local(c.QueryParam("return"))
	token := c.QueryParam("token")
	if token == "" {
		if who(c).ID != "" {
			return c.Redirect(http.StatusSeeOther, target)
		}
		return s.render(c, http.StatusOK, account.SignIn(s.props(c, "Sign in", ""), ""))
	}
	r := c.Request()
	ahead := strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose")+r.Header.Get("X-Moz"), "prefetch")
	if r.Method == http.MethodHead || ahead {
		return c.NoContent(http.StatusNoContent)
	}
	id, err := s.Store.UseLink(r.Context(), token, s.Now())
	if errors.Is(err, workbench.ErrNotFound) {
		return s.render(c, http.StatusForbidden, account.SignIn(s.props(c, "Sign in", ""), "This sign-in link was used already, or its time is over."))
	}
	if err != nil {
		return err
	}
	if err := s.signIn(c, id); err != nil {
		return err
	}
	s.Log.Info("signed in", "account", string(id), "request", c.Get(requestIDKey))
	return c.Redirect(http.StatusSeeOther, target)
}

// signOutDone ends the session.
func (s *Server) signOutDone(c echo.Context) error {
	if err := s.signOut(c); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.SignIn())
}
