// Package connect keeps connectors alive: adding, authorising, testing and mending them, their tokens and their certificates, and what is
// known of their health. Pages ask it; the poller of package ingest asks it for clients and tells it what became of them.
//
//	pages ──► Service ──► store.Connectors (what is kept) · store/seal (secrets) · entra (Microsoft Entra) · msgraph (a real read)
//	                 └──► Changed: somebody should look again (poller, live pages)
//
// Connected is never said because a browser came back with nice words: it takes a token of the application for the tenant that was
// remembered, and for a child a real read with it. Everything that a method is asked is checked here once more, whoever asks: the account
// holds the permission, and sees the connector.
package connect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"workbench"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/store"
	"workbench/store/seal"
)

// Config is what a Service needs. Every field is required unless it says otherwise.
type Config struct {
	Store     store.Store
	Seal      *seal.Ring
	Clouds    []entra.Cloud     // that tenants may be in, the default first
	Transport http.RoundTripper // not pinned yet
	BaseURL   *url.URL          // of the workbench, for the redirect address
	Now       func() time.Time
	Log       *slog.Logger
	Limits    msgraph.Limits // of each tenant
}

// Service is the connectors of a workbench. It is safe for concurrent use.
type Service struct {
	Config
	clouds []*cloud
	ring   sealer
	wake   chan struct{} // one slot: the plan of upkeep changed

	testWake chan struct{} // one slot: something waits to be tested

	mu           sync.RWMutex // guards what follows, and every field of known, tenancy and application
	connectors   map[workbench.ConnectorID]*known
	applications map[workbench.RegistrationID]*application
	tenancies    map[workbench.ConnectorID]*tenancy // by the connector that has a registration: parents, and children with an app of their own
	names        map[workbench.TenantID]workbench.Untrusted
	order        []workbench.ConnectorID            // each parent followed by its children
	children     map[workbench.ConnectorID][]*known // by parent, in that order
	following    map[string]*rate.Limiter           // by id of a consent link
	testing      testing                            // what TestAll asked for
	reads        map[workbench.ConnectorID][]*known // by the connector of a tenancy: the children that it reads for

	keeping     sync.Mutex // held while a health is kept, so that the newest is kept last
	listeners   listeners
	quarantined quarantined
}

// authority is what is asked of package entra.
type authority interface {
	Resolve(ctx context.Context, idOrDomain string) (workbench.TenantID, error)
	AppToken(ctx context.Context, tenant workbench.TenantID, clientID string, key entra.Key) (entra.Token, error)
	SignInURL(s entra.SignIn) string
	Redeem(ctx context.Context, s entra.SignIn, code string, key entra.Key) (entra.Identity, error)
	ConsentURL(tenant workbench.TenantID, clientID, redirectURI, state string) string
	AddKey(ctx context.Context, t entra.Token, objectID string, proof entra.Key, certificate []byte) (string, error)
	RemoveKey(ctx context.Context, t entra.Token, objectID string, proof entra.Key, keyID string) error
	CreateApplication(ctx context.Context, t entra.Token, a entra.Application) (entra.Created, error)
	CreateServicePrincipal(ctx context.Context, t entra.Token, clientID string) (objectID string, err error)
	ReplaceKeys(ctx context.Context, t entra.Token, objectID string, certificates [][]byte) (keyIDs []string, err error)
	Keys(ctx context.Context, t entra.Token, objectID string) ([]entra.RegisteredKey, error)
	DeleteApplication(ctx context.Context, t entra.Token, objectID string) error
}

// sealer is what is asked of package seal.
type sealer interface {
	Seal(plain []byte, p seal.Place) ([]byte, error)
	Open(sealed []byte, p seal.Place) ([]byte, error)
	Resealed(sealed []byte, p seal.Place) (fresh []byte, changed bool, err error)
}

// New makes a service and reads what is kept.
func New(ctx context.Context, c Config) (*Service, error) {
	if len(c.Clouds) == 0 {
		return nil, errors.New("reading connectors: there is no cloud to connect to")
	}
	s := &Service{Config: c, ring: c.Seal, wake: make(chan struct{}, 1), testWake: make(chan struct{}, 1), connectors: map[workbench.ConnectorID]*known{}, applications: map[workbench.RegistrationID]*application{},
		tenancies: map[workbench.ConnectorID]*tenancy{}, names: map[workbench.TenantID]workbench.Untrusted{}}
	for _, of := range c.Clouds {
		s.clouds = append(s.clouds, c.newCloud(of))
	}
	if err := s.read(ctx); err != nil {
		return nil, fmt.Errorf("reading connectors: %w", err)
	}
	return s, nil
}

// callbackPath is where Microsoft sends browsers back to, below the address of the workbench.
const callbackPath = "/connectors/callback"

// RedirectURI is the address that Microsoft sends browsers back to.
func (s *Service) RedirectURI() string { return s.BaseURL.JoinPath(callbackPath).String() }

// now is the moment, as it is kept.
func (s *Service) now() workbench.Time { return workbench.At(s.Now()) }
