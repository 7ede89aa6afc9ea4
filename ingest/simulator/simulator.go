// Package simulator is a Microsoft on localhost: Entra ID with its consent pages and the app registrations of its portal, and the part of
// Microsoft Graph that Defender's incidents come from, for several tenants, with attacks that unfold while one looks on and faults that can
// be switched on. To the workbench it is one more cloud. It follows Microsoft's documented protocols as far as a client can see them.
//
// An app is registered in one tenant, by people or through Graph by an app that may, and has an enterprise application in each tenant that
// uses it: there the consent is. Several simulators are several clouds, which know of each other's tenants once Neighbours was called.
//
// It keeps nothing beyond its process: whoever starts it again adds tenants and apps with the ids that they had, and names the owners of those
// that were made through Graph.
//
//	/{tenant}/oauth2/v2.0/…, /{tenant}/v2.0/…, /{tenant}/discovery/…   Entra ID
//	/v1.0/…                                                            Microsoft Graph
//	/portal/…                                                          the portal, for people: app registrations, consent, faults, attacks
package simulator

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options say what to simulate.
type Options struct {
	Base *url.URL         // scheme and host that it is reached at; authority and Graph address of the cloud
	Now  func() time.Time // nil = time.Now

	TokenLifetime    time.Duration // of access tokens; 0 = 75 minutes, the mean of Microsoft's
	PropagationDelay time.Duration // until a consent shows in tokens
	KeyDelay         time.Duration // until an added certificate is accepted
	ReplicationDelay time.Duration // until what was made through Graph is found: app registrations, enterprise applications
}

// Simulator is an http.Handler.
type Simulator struct {
	base  *url.URL
	clock func() time.Time
	cross *http.CrossOriginProtection

	mu       sync.Mutex   // guards everything below, and what hangs on it unless its comment says otherwise
	tenants  []*Tenant    // in the order in which they were added
	others   []*Simulator // clouds that this one knows of
	settings Settings
	keys     []*signingKey // the newest first: it signs
	codes    map[string]*authorizationCode
	refresh  map[string]*refreshToken
	seen     map[string]time.Time // ids of assertions and proofs, until they would be too old anyway
}

// Settings are what can be turned while the simulator runs.
type Settings struct {
	TokenLifetime    time.Duration // of access tokens, at least a second
	PropagationDelay time.Duration // until a consent shows in tokens
	KeyDelay         time.Duration // until an added certificate is accepted
	ReplicationDelay time.Duration // until what was made through Graph is found: app registrations, enterprise applications
	ClockSkew        time.Duration // by which Microsoft's clock is ahead of ours; negative = behind
}

// New makes a simulator without tenants.
func New(o Options) *Simulator {
	s := &Simulator{
		base:     &url.URL{Scheme: o.Base.Scheme, Host: o.Base.Host},
		clock:    o.Now,
		cross:    http.NewCrossOriginProtection(),
		settings: Settings{TokenLifetime: o.TokenLifetime, PropagationDelay: o.PropagationDelay, KeyDelay: o.KeyDelay, ReplicationDelay: o.ReplicationDelay},
		codes:    map[string]*authorizationCode{},
		refresh:  map[string]*refreshToken{},
		seen:     map[string]time.Time{},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.settings.TokenLifetime <= 0 {
		s.settings.TokenLifetime = 75 * time.Minute
	}
	return s
}

// Base is the address that it is reached at: authority and Graph address, and with "/.default" the scope of tokens.
func (s *Simulator) Base() *url.URL { return new(*s.base) }

// Settings are those in force.
func (s *Simulator) Settings() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// Set changes the settings. A token lifetime of 0 keeps the one in force.
func (s *Simulator) Set(settings Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if settings.TokenLifetime < time.Second {
		settings.TokenLifetime = s.settings.TokenLifetime
	}
	s.settings = settings
}

// now is Microsoft's clock, in UTC. The caller holds mu.
func (s *Simulator) now() time.Time { return s.clock().Add(s.settings.ClockSkew).UTC() }

// moment is the clock by which changes spread among Entra's servers: a skew does not delay them. The caller holds mu.
func (s *Simulator) moment() time.Time { return s.clock().UTC() }

// time is Microsoft's clock for callers that do not hold mu.
func (s *Simulator) time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// ServeHTTP answers as Microsoft would.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.time().Format(http.TimeFormat))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch path := r.URL.Path; {
	case path == "/v1.0" || strings.HasPrefix(path, "/v1.0/"):
		s.graph(w, r)
	case path == "/favicon.ico":
		w.WriteHeader(http.StatusNoContent)
	case path == "/":
		http.Redirect(w, r, "/portal/", http.StatusSeeOther)
	case path == "/portal" || strings.HasPrefix(path, "/portal/"):
		s.portal(w, r)
	default:
		s.observe(w, r, s.entra)
	}
}
