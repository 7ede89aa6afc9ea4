// Package handlers is the workbench's outside: routes, permissions, sessions, and the turning of requests into questions to the store and
// of answers into pages, JSON or CSV. It alone knows Echo. routes.go is the site map.
package handlers

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
)

// Config is what a Server needs. Every field is required unless it says otherwise.
type Config struct {
	Store   store.Store
	Queries store.Queries
	Connect Connections // nil: there are no connectors, and no pages of theirs
	BaseURL *url.URL    // scheme, host and path that every link and redirect begins with; cookies are Secure exactly where it is https
	Now     func() time.Time
	Log     *slog.Logger
	Demo    bool     // pages say that the data is invented
	Portal  string   // address of the portal of a simulated Microsoft, which a page leads to while nothing is connected; "" = there is none
	Gallery bool     // serve the gallery of views
	Hosts   []string // further Host headers to answer, besides the base URL's and loopback ones
	// TenantName is how lists call a tenant now. Optional: nil where names stay as they are.
	TenantName func(workbench.TenantID) workbench.Untrusted
	Busy       func() string // what the program is doing that makes pages incomplete, as a plain sentence; "" = nothing. Optional
}

// Server answers requests.
type Server struct {
	Config
	echo      *echo.Echo
	sessions  sessions.Store
	hub       *hub
	passwords *passwords
	tries     *tries
	closing   <-chan struct{} // event streams end with it
	kept      *kept
	encoders  *encoders
	buffers   sync.Pool // of *bytes.Buffer, for answers
	origins   *http.CrossOriginProtection
	writes    atomic.Uint64 // grows with every request that may have changed something
}

// New makes a server. It fails where the store cannot give the cookie keys.
func New(ctx context.Context, c Config) (*Server, error) {
	keys, err := cookieKeys(ctx, c.Store)
	if err != nil {
		return nil, fmt.Errorf("reading the cookie keys: %w", err)
	}
	s := &Server{Config: c, hub: newHub(), passwords: newPasswords(), tries: newTries(), closing: ctx.Done(), kept: newKept(c.TenantName), encoders: newEncoders(), origins: http.NewCrossOriginProtection()}
	s.sessions = newSessionStore(c.Store, keys, c.BaseURL.Scheme == "https", c.Now)
	s.echo = echo.New()
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.IPExtractor = echo.ExtractIPDirect()
	s.echo.HTTPErrorHandler = s.fail
	s.echo.Use(s.recovered, requestID, s.accessLog, s.securityHeaders, s.hostCheck, s.compressed, s.crossOrigin)
	s.mount()
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if prefix := strings.TrimSuffix(s.BaseURL.Path, "/"); prefix != "" {
		s.serveBelow(prefix, w, r)
		return
	}
	s.echo.ServeHTTP(w, r)
}

// cookieKeys reads or makes the two key pairs of the session cookie, so that a change of keys is a restart and not a sign-out.
func cookieKeys(ctx context.Context, st store.Settings) ([][]byte, error) {
	var keys [][]byte
	for _, name := range []string{"cookie/hash", "cookie/block", "cookie/hash/former", "cookie/block/former"} {
		key, err := st.Setting(ctx, name, func() []byte { b := make([]byte, 32); rand.Read(b); return b })
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Routes lists the site map, one route a line: method, path, permission; sorted.
func (s *Server) Routes() []string {
	var lines []string
	for _, r := range s.echo.Routes() {
		lines = append(lines, r.Method+" "+r.Path+" "+r.Name)
	}
	slices.Sort(lines)
	return lines
}
