package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
)

// sessionLife is how long a session lasts at most.
const sessionLife = 12 * time.Hour

// The values of a session.
const (
	sessionAccount = "account"
	sessionBegan   = "began" // RFC 3339
)

// sessionStore is gorilla's session interface over store.Sessions: the cookie carries a signed, encrypted, opaque id and nothing else.
type sessionStore struct {
	store  store.Sessions
	codecs []securecookie.Codec
	name   string
	secure bool
	now    func() time.Time
}

func newSessionStore(st store.Sessions, keys [][]byte, secure bool, now func() time.Time) *sessionStore {
	s := &sessionStore{store: st, codecs: securecookie.CodecsFromPairs(keys...), name: "workbench", secure: secure, now: now}
	for _, c := range s.codecs {
		c.(*securecookie.SecureCookie).MaxAge(int(sessionLife.Seconds()))
	}
	if secure {
		s.name = "__Host-workbench"
	}
	return s
}

// Get returns the request's session, the same on every call for one request.
func (s *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, s.name)
}

// New reads the session that the cookie names. A cookie that cannot be read, or whose session is over, gives a new session without error:
// nobody is helped by a failing page.
func (s *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	fresh := sessions.NewSession(s, name)
	fresh.IsNew = true
	fresh.Options = &sessions.Options{Path: "/", MaxAge: int(sessionLife.Seconds()), HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
	cookie, err := r.Cookie(name)
	if err != nil {
		return fresh, nil
	}
	var id string
	if err := securecookie.DecodeMulti(name, cookie.Value, &id, s.codecs...); err != nil {
		return fresh, nil
	}
	values, err := s.store.Session(r.Context(), id, s.now())
	if errors.Is(err, workbench.ErrNotFound) {
		return fresh, nil
	}
	if err != nil {
		return fresh, err
	}
	for k, v := range values {
		fresh.Values[k] = v
	}
	fresh.ID, fresh.IsNew = id, false
	return fresh, nil
}

// Save keeps the session and sets the cookie; a negative MaxAge ends the session.
func (s *sessionStore) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		if err := s.store.DeleteSession(r.Context(), session.ID); err != nil {
			return err // the cookie stays, so that signing out can be tried again
		}
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return nil
	}
	if session.ID == "" {
		session.ID = rand.Text() + rand.Text()
	}
	values := map[string]string{}
	for k, v := range session.Values {
		values[k.(string)] = v.(string)
	}
	now := s.now()
	if err := s.store.SaveSession(r.Context(), session.ID, values, now, now.Add(sessionLife)); err != nil {
		return err
	}
	encoded, err := securecookie.EncodeMulti(session.Name(), session.ID, s.codecs...)
	if err != nil {
		return err
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), encoded, session.Options))
	return nil
}

// signIn starts a new session for an account, ending the one that the browser had.
func (s *Server) signIn(c echo.Context, id workbench.AccountID) error {
	old, err := s.sessions.Get(c.Request(), "")
	if err != nil {
		return err
	}
	if old.ID != "" {
		if err := s.Store.DeleteSession(c.Request().Context(), old.ID); err != nil {
			return err
		}
	}
	old.ID, old.Values = "", map[any]any{sessionAccount: string(id), sessionBegan: s.Now().UTC().Format(time.RFC3339Nano)}
	return old.Save(c.Request(), c.Response())
}

// sessionID is the id of the browser's session, to which a way to Microsoft is bound; "" where there is none.
func (s *Server) sessionID(c echo.Context) (string, error) {
	session, err := s.sessions.Get(c.Request(), "")
	if err != nil {
		return "", err
	}
	return session.ID, nil
}

// signOut ends the browser's session.
func (s *Server) signOut(c echo.Context) error {
	session, err := s.sessions.Get(c.Request(), "")
	if err != nil || session.ID == "" {
		return err
	}
	session.Options.MaxAge = -1
	return session.Save(c.Request(), c.Response())
}

// account returns who is signed in; ErrNotFound for nobody.
func (s *Server) account(c echo.Context) (workbench.Account, error) {
	session, err := s.sessions.Get(c.Request(), "")
	if err != nil {
		return workbench.Account{}, err
	}
	id, _ := session.Values[sessionAccount].(string)
	began, _ := session.Values[sessionBegan].(string)
	return s.accountOf(c.Request().Context(), id, began)
}

// renewed reads again whose a session is, past what its request learned when it began; ErrNotFound for nobody.
func (s *Server) renewed(ctx context.Context, session string) (workbench.Account, error) {
	values, err := s.Store.Session(ctx, session, s.Now())
	if err != nil {
		return workbench.Account{}, err
	}
	return s.accountOf(ctx, values[sessionAccount], values[sessionBegan])
}

// accountOf is the account of a session that still counts.
func (s *Server) accountOf(ctx context.Context, id, began string) (workbench.Account, error) {
	if id == "" {
		return workbench.Account{}, workbench.ErrNotFound
	}
	a, err := s.Store.Account(ctx, workbench.AccountID(id))
	if err != nil {
		return workbench.Account{}, err
	}
	if at, _ := workbench.ParseTime(began); a.Disabled || at.Before(a.SessionsFrom) {
		return workbench.Account{}, workbench.ErrNotFound
	}
	return a, nil
}
