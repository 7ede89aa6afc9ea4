package connect

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
)

// Parent is the form of a Microsoft 365 connector.
type Parent struct {
	Name, Description  string
	Tenant             string // id or domain
	Topology           workbench.Topology
	Cloud              string                   // by name; "" = the default; that of the shared app where there is one
	Shared             workbench.RegistrationID // of SharedApp; what follows is of the others
	ClientID, ObjectID string
	Credential         CredentialChoice
}

// askTimeout is how long a page waits for Microsoft.
const askTimeout = 20 * time.Second

// maxEntered is how long an id or domain of a tenant may be.
const maxEntered = 253

// AddParent saves a Microsoft 365 connector with its registration and first credential, or with one that is shared. *workbench.Invalid with the
// fields name, tenant, topology, cloud, shared, clientId, objectId, credential, certificate, secret; workbench.ErrForbidden for an account that does not see every tenant.
func (s *Service) AddParent(ctx context.Context, by By, p Parent) (workbench.Connector, error) {
	if !by.Account.May(workbench.EditIntegration) || !by.Account.AllGrants {
		return workbench.Connector{}, fmt.Errorf("adding a tenant: %w", workbench.ErrForbidden)
	}
	now := s.now()
	c := workbench.Connector{ID: workbench.ConnectorID(newID()), Kind: workbench.Microsoft365, Name: strings.TrimSpace(p.Name), Description: strings.TrimSpace(p.Description),
		Topology: p.Topology, Cloud: p.Cloud, Entered: strings.TrimSpace(p.Tenant), CreatedAt: now, CreatedBy: by.Account.ID}
	var bad *workbench.Invalid
	var shared *application
	if c.Topology == workbench.SharedApp {
		if shared = s.shared(p.Shared); shared == nil {
			bad = bad.Set("shared", "Choose the app that this tenant shares with others, or add one first.")
		} else {
			c.Registration, c.Cloud = shared.id, s.registration(shared).Cloud
		}
	} else {
		c.Registration = workbench.RegistrationID(newID())
	}
	if !s.knows(c.Cloud) {
		bad = bad.Set("cloud", "Choose one of the clouds that this workbench is set up for.")
	} else {
		var problem *workbench.Invalid
		if c.Tenant, problem = s.resolve(ctx, c.Cloud, c.Entered); problem != nil {
			bad = merge(bad, problem)
		}
	}
	bad = s.checkName(mergeMissing(bad, c.Check()), c)
	if c.Topology != workbench.SharedApp {
		bad = merge(bad, s.checkApplication(workbench.Registration{ClientID: lower(p.ClientID), ObjectID: lower(p.ObjectID)}))
	}
	r := workbench.Registration{ID: c.Registration, Tenant: c.Tenant, Cloud: c.Cloud, ClientID: lower(p.ClientID), ObjectID: lower(p.ObjectID)}
	if c.Topology != workbench.SharedApp {
		credential, err := s.credential(r, p.Credential)
		if problem := (*workbench.Invalid)(nil); errors.As(err, &problem) {
			bad = merge(bad, problem)
		} else if err != nil {
			return workbench.Connector{}, err
		}
		r.Credentials = []workbench.Credential{credential}
	}
	if bad != nil {
		return workbench.Connector{}, bad
	}
	a, err := shared, error(nil)
	if a == nil {
		if r, err = s.Store.SaveRegistration(ctx, r, "added", by.Account.ID, now); err != nil {
			return workbench.Connector{}, fmt.Errorf("keeping the app registration: %w", err)
		}
		a = s.newApplication(r)
	}
	if c, err = s.Store.SaveConnector(ctx, c, "added", by.Account.ID, now); err != nil {
		if shared == nil {
			s.dropRegistration(ctx, a.id, by)
		}
		return workbench.Connector{}, fmt.Errorf("keeping the connector: %w", err)
	}
	s.begin(ctx, c, s.newTenancy(c, a))
	return c, nil
}

// begin remembers a connector that was just saved, with its first health.
func (s *Service) begin(ctx context.Context, c workbench.Connector, t *tenancy) {
	s.mu.Lock()
	s.connectors[c.ID] = &known{connector: c, health: workbench.NewHealth(c.ID, s.now())}
	if t.id == c.ID {
		s.tenancies[c.ID] = t
		s.applications[t.app.id] = t.app
	}
	s.sort()
	s.mu.Unlock()
	s.setHealth(ctx, c.ID, true, func(_ workbench.Connector, h workbench.Health) workbench.Health { return h })
	s.listeners.tell(c.ID)
	s.hurry(t)
}

// newTenancy makes what is needed to speak with the tenant of a connector by an application.
func (s *Service) newTenancy(c workbench.Connector, a *application) *tenancy {
	t := &tenancy{id: c.ID, child: c.Kind.Child(), tenant: c.Tenant, cloud: a.cloud, app: a, turn: make(chan struct{}, 1), quickFrom: s.Now()}
	t.tokens = entra.NewTokens(func(ctx context.Context) (entra.Token, error) { return s.activeToken(ctx, t) }, s.Now)
	t.client = msgraph.New(a.cloud.Graph, a.cloud.pinned, t.tokens, s.Limits)
	return t
}

// resolve finds the tenant that an administrator named, which has no connector yet. What can be wrong is a problem of the field tenant.
func (s *Service) resolve(ctx context.Context, cloud, entered string) (workbench.TenantID, *workbench.Invalid) {
	id, bad := s.tenantNamed(ctx, cloud, entered)
	if bad != nil {
		return "", bad
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.connectors {
		if !k.connector.Kind.Child() && k.connector.Tenant == id {
			return "", bad.Set("tenant", fmt.Sprintf("This tenant is connected already, by %s. One Microsoft 365 connector serves a whole tenant.", k.connector.Name))
		}
	}
	return id, nil
}

// tenantNamed finds the tenant of an id or domain.
func (s *Service) tenantNamed(ctx context.Context, cloud, entered string) (workbench.TenantID, *workbench.Invalid) {
	var bad *workbench.Invalid
	if entered == "" || len(entered) > maxEntered {
		return "", bad.Set("tenant", "Give the tenant's id or one of its domains, as in contoso.com.")
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	id, err := s.cloudOf(cloud).entra.Resolve(ctx, entered)
	if err != nil {
		if problem := (*workbench.Invalid)(nil); errors.As(err, &problem) {
			return "", bad.Set("tenant", strings.Join(sentences(problem), " "))
		}
		fault := workbench.FaultOf(err)
		s.Log.InfoContext(ctx, "tenant not resolved", "reason", fault.Reason, "trace", fault.Trace.String())
		what, mend := fault.Reason.Explain()
		return "", bad.Set("tenant", what+" "+mend)
	}
	return id, nil
}

func sentences(bad *workbench.Invalid) []string {
	var out []string
	for s := range maps.Values(bad.Fields) {
		out = append(out, s)
	}
	return out
}

// checkApplication says what is wrong with the ids of an app registration.
func (s *Service) checkApplication(r workbench.Registration) *workbench.Invalid {
	var bad *workbench.Invalid
	if _, ok := entra.GUID(r.ClientID); !ok {
		bad = bad.Set("clientId", "Copy the application (client) id from the overview of the app registration: 32 hexadecimal digits with four hyphens.")
	}
	if _, ok := entra.GUID(r.ObjectID); !ok {
		bad = bad.Set("objectId", "Copy the object id from the overview of the app registration: 32 hexadecimal digits with four hyphens.")
	} else if r.ObjectID == r.ClientID {
		bad = bad.Set("objectId", "This is the application id again. Copy the object id, which stands beside it on the overview of the app registration.")
	}
	return bad
}

// checkName adds that a name is another connector's.
func (s *Service) checkName(bad *workbench.Invalid, c workbench.Connector) *workbench.Invalid {
	if s.taken(c.Name, c.ID) {
		bad = bad.Set("name", "Another connector has this name already.")
	}
	return bad
}

func (s *Service) taken(name string, except workbench.ConnectorID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id, k := range s.connectors {
		if id != except && strings.EqualFold(k.connector.Name, name) {
			return true
		}
	}
	return false
}

// merge adds the sentences of a *workbench.Invalid, or nothing for another error or nil.
func merge(bad *workbench.Invalid, err error) *workbench.Invalid {
	var more *workbench.Invalid
	if errors.As(err, &more) && more != nil {
		for field, sentence := range more.Fields {
			bad = bad.Set(field, sentence)
		}
	}
	return bad
}

func lower(id string) string { return strings.ToLower(strings.TrimSpace(id)) }

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// newID is a random id: 16 bytes in base32 in lower case.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(idEncoding.EncodeToString(b[:]))
}
