package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/account"
	"workbench/views/link"
)

// linkOver is what is said of a link that does not work.
const linkOver = "This link was used already, or its time is over. Ask for a new one."

// signInPage signs in by a one-time link, or asks for a password. A link is used up only by a real visit: not by HEAD, not by a browser that
// loads it ahead.
func (s *Server) signInPage(c echo.Context) error {
	target := local(c.QueryParam("return"))
	token := c.QueryParam("token")
	if token == "" {
		if who(c).ID != "" {
			return c.Redirect(http.StatusSeeOther, target)
		}
		return s.askPassword(c, http.StatusOK, account.SignInForm{Return: target})
	}
	r := c.Request()
	ahead := strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose")+r.Header.Get("X-Moz"), "prefetch")
	if r.Method == http.MethodHead || ahead {
		return c.NoContent(http.StatusNoContent)
	}
	if l, err := s.Store.Link(r.Context(), token, s.Now()); err == nil && l.Password {
		return c.Redirect(http.StatusSeeOther, link.SetPassword(token))
	}
	id, err := s.Store.UseLink(r.Context(), token, s.Now())
	if err == nil {
		var a workbench.Account
		if a, err = s.Store.Account(r.Context(), id); err == nil && a.Disabled {
			err = workbench.ErrNotFound
		}
	}
	if errors.Is(err, workbench.ErrNotFound) {
		return s.askPassword(c, http.StatusForbidden, account.SignInForm{Return: target, Problem: linkOver})
	}
	if err != nil {
		return err
	}
	if err := s.signIn(c, id); err != nil {
		return err
	}
	s.Log.Info("signed in", "account", string(id), "by", "link", "request", c.Get(requestIDKey))
	return c.Redirect(http.StatusSeeOther, target)
}

func (s *Server) askPassword(c echo.Context, code int, f account.SignInForm) error {
	return s.render(c, code, account.SignIn(s.props(c, "Sign in", ""), f))
}

// signInTry signs in by name and password. Whatever is wrong, the answer is the same and takes as long.
func (s *Server) signInTry(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	ctx := c.Request().Context()
	name, password := strings.TrimSpace(form.Get(account.FieldName)), form.Get(account.FieldPassword)
	f := account.SignInForm{Name: cut(name, workbench.MaxAccountName), Return: local(form.Get(account.FieldReturn)), Held: account.HeldIn(form)}
	if f.Held != nil && !link.Local(f.Held.Target) {
		f.Held = nil
	}
	if len(name) > 256 || len(password) > maxPassword || !s.tries.allow(strings.ToLower(name), c.RealIP(), s.Now()) {
		f.Problem = "Too many tries for this account or from this address. Wait a minute, then try again."
		c.Response().Header().Set("Retry-After", "60")
		s.Log.Warn("sign-in held back", "name", logged(name), "address", logged(c.RealIP()), "request", c.Get(requestIDKey))
		return s.askPassword(c, http.StatusTooManyRequests, f)
	}
	who, err := s.Store.AccountNamed(ctx, name)
	if err != nil && !errors.Is(err, workbench.ErrNotFound) {
		return err
	}
	ok, err := s.passwords.check(ctx, password, who.Password)
	if err != nil {
		return err
	}
	if !ok || who.Disabled || who.ID == "" {
		f.Problem = "Account and password do not fit together, or the account may not sign in by password."
		s.Log.Warn("sign-in refused", "name", logged(name), "address", logged(c.RealIP()), "request", c.Get(requestIDKey))
		return s.askPassword(c, http.StatusUnauthorized, f)
	}
	s.tries.forget(strings.ToLower(name), c.RealIP())
	if err := s.signIn(c, who.ID); err != nil {
		return err
	}
	s.Log.Info("signed in", "account", string(who.ID), "by", "password", "request", c.Get(requestIDKey))
	if f.Held != nil {
		c.Set(accountKey, who)
		return s.render(c, http.StatusOK, account.Resume(s.props(c, "Signed in again", ""), *f.Held))
	}
	return c.Redirect(http.StatusSeeOther, f.Return)
}

// signOutDone ends the session.
func (s *Server) signOutDone(c echo.Context) error {
	if err := s.signOut(c); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.SignIn())
}

// passwordPage shows the form for a link that sets a password, and leaves the link as it is.
func (s *Server) passwordPage(c echo.Context) error {
	token := c.QueryParam("token")
	a, err := s.passwordLink(c, token)
	if errors.Is(err, workbench.ErrNotFound) {
		return s.askPassword(c, http.StatusForbidden, account.SignInForm{Problem: linkOver})
	}
	if err != nil {
		return err
	}
	return s.askNew(c, http.StatusOK, account.PasswordForm{Token: token, Name: a.Name})
}

func (s *Server) askNew(c echo.Context, code int, f account.PasswordForm) error {
	return s.render(c, code, account.Password(s.props(c, "Set a password", ""), f))
}

// passwordLink is the account of a link that sets a password; ErrNotFound where there is no such link, or the account is switched off.
func (s *Server) passwordLink(c echo.Context, token string) (workbench.Account, error) {
	ctx := c.Request().Context()
	l, err := s.Store.Link(ctx, token, s.Now())
	if err != nil {
		return workbench.Account{}, err
	}
	a, err := s.Store.Account(ctx, l.Account)
	if err == nil && (!l.Password || a.Disabled) {
		err = workbench.ErrNotFound
	}
	return a, err
}

// passwordSet sets a password, ends every other session of the account, and signs in.
func (s *Server) passwordSet(c echo.Context) error {
	ctx := c.Request().Context()
	token, password := c.FormValue(account.FieldToken), c.FormValue(account.FieldPassword)
	a, err := s.passwordLink(c, token)
	if errors.Is(err, workbench.ErrNotFound) {
		return s.askPassword(c, http.StatusForbidden, account.SignInForm{Problem: linkOver})
	}
	if err != nil {
		return err
	}
	problems := map[string]string{}
	if w := weak(password, a.Name); w != "" {
		problems[account.FieldPassword] = w
	} else if password != c.FormValue(account.FieldAgain) {
		problems[account.FieldAgain] = "This is not the same."
	}
	if len(problems) > 0 {
		return s.askNew(c, http.StatusUnprocessableEntity, account.PasswordForm{Token: token, Name: a.Name, Problems: problems})
	}
	hashed, err := s.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	if _, err := s.Store.UseLink(ctx, token, s.Now()); errors.Is(err, workbench.ErrNotFound) { // somebody else used it meanwhile
		return s.askPassword(c, http.StatusForbidden, account.SignInForm{Problem: linkOver})
	} else if err != nil {
		return err
	}
	a.Password, a.SessionsFrom = hashed, workbench.At(s.Now())
	if err := s.Store.SaveAccount(ctx, a, "set the password of", a.ID, workbench.At(s.Now())); err != nil {
		return err
	}
	if err := s.signIn(c, a.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Home())
}

// holdForm answers a form whose session has ended: what was typed stays in the page, and is sent once the person is signed in again.
func (s *Server) holdForm(c echo.Context) (held bool, err error) {
	r := c.Request()
	target := r.URL.Path
	if r.Method != http.MethodPost || form(c) != "" || r.Header.Get("HX-Request") == "true" || !link.Local(target) || target == link.SignOut() {
		return false, nil
	}
	var values url.Values
	if values, err = c.FormParams(); err != nil || len(values) == 0 || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return false, nil
	}
	return true, s.askPassword(c, http.StatusUnauthorized, account.SignInForm{Return: link.Home(), Held: account.Hold(target, r.PostForm)})
}
