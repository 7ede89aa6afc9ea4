package connect

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/store"
)

// Arrival is what became of a browser that came back.
type Arrival struct {
	Next      string // where the browser goes on to: Microsoft, to sign in after consent; "" = it stays
	Connector workbench.Connector
	Purpose   workbench.FlowPurpose
	State     State
	Fault     *workbench.Fault // why it did not work; nil where Microsoft confirmed it, or where consent was given and is not seen yet
}

// arriveWait is how long a browser that came back waits for the first good read, so that its page can say Connected.
const arriveWait = 5 * time.Second

// entry is a line of the audit trail about a connector.
func (s *Service) entry(by By, what string, c workbench.Connector) store.AuditEntry {
	return store.AuditEntry{At: s.now(), By: by.Account.ID, What: what, About: fmt.Sprintf("connector %s, named %s, of tenant %s", c.ID, workbench.Text(c.Name).Brief(), c.Tenant.Text())}
}

// Arrive ends a flow with the query of the callback. workbench.ErrNotFound for a state that is unknown, used, expired, or of another
// session or account: the page then says to press Authorize again.
func (s *Service) Arrive(ctx context.Context, by By, query url.Values) (Arrival, error) {
	answer, malformed := entra.ParseAnswer(query)
	state := answer.State
	if states := query["state"]; malformed != nil && len(states) == 1 {
		state = states[0]
	}
	if _, _, err := s.flow(ctx, by, state); err != nil {
		return Arrival{}, err
	}
	f, err := s.Store.UseFlow(ctx, state, s.Now())
	if err != nil {
		return Arrival{}, fmt.Errorf("flow: %w", err)
	}
	c, err := s.editable(by, f.Connector)
	if err != nil {
		return Arrival{}, fmt.Errorf("flow: %w", workbench.ErrNotFound)
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return Arrival{}, err
	}
	ctx = context.WithoutCancel(ctx) // the flow is used up: what became of it is kept, whoever waits
	a := Arrival{Purpose: f.Purpose, Fault: refusalOf(f, answer, malformed)}
	switch {
	case a.Fault != nil:
	case f.Purpose == workbench.FlowSignIn:
		a.Fault, err = s.signedIn(ctx, by, t, f, answer)
	case f.Then:
		if a.Next, err = s.goOn(ctx, t, f); err == nil {
			err = s.Store.Record(ctx, s.entry(by, "consent answered", c))
		}
	default:
		a.Fault, err = s.consented(ctx, by, t, c)
	}
	if err != nil {
		return Arrival{}, err
	}
	if a.Fault != nil {
		if err := s.refuse(ctx, by, c, f.Purpose, a.Fault); err != nil {
			return Arrival{}, err
		}
	}
	if a.State, err = s.State(ctx, by.Account.Scope(), c.ID); err != nil {
		return Arrival{}, err
	}
	a.Connector = a.State.Connector
	return a, nil
}

// refusalOf is why an answer of Microsoft ends the flow, or nil. What an answer to consent says of the tenant is compared and never used.
func refusalOf(f workbench.Flow, answer entra.Answer, malformed error) *workbench.Fault {
	consent := f.Purpose == workbench.FlowConsent
	switch {
	case malformed != nil:
		return &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: malformed}
	case !answer.From(f.Issuer):
		return &workbench.Fault{Reason: workbench.ReasonWrongTenant, Err: errors.New("the answer names another issuer")}
	case answer.Fault != nil:
		return cut(answer.Fault)
	case !consent && answer.Code == "":
		return &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: errors.New("the answer to a sign-in has no code")}
	case consent && !answer.Tenant.IsZero() && !answer.Tenant.Is(string(f.Tenant)):
		return &workbench.Fault{Reason: workbench.ReasonWrongTenant, Err: errors.New("the answer names another tenant")}
	case consent && !answer.Consented:
		return &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: errors.New("the answer says neither yes nor no")}
	}
	return nil
}

// refuse keeps that a browser came back without what it went for. A connector that works meanwhile still does.
func (s *Service) refuse(ctx context.Context, by By, c workbench.Connector, purpose workbench.FlowPurpose, fault *workbench.Fault) error {
	what := "sign-in refused"
	if purpose == workbench.FlowConsent {
		what = "consent refused"
	}
	if fault.Reason == workbench.ReasonWrongTenant {
		what = "answer named another tenant"
	}
	s.Log.InfoContext(ctx, what, "connector", c.ID, "reason", fault.Reason, "trace", fault.Trace.String())
	e := s.entry(by, what, c)
	e.About += ": " + string(fault.Reason)
	if err := s.Store.Record(ctx, e); err != nil {
		return fmt.Errorf("keeping what became of it: %w", err)
	}
	at := s.now()
	s.setHealth(ctx, c.ID, false, func(_ workbench.Connector, h workbench.Health) workbench.Health {
		if h.Status == workbench.StatusConnected {
			return h
		}
		return h.After(fault, at)
	})
	return nil
}

// signedIn ends the sign-in of a parent: Microsoft's signed answer says who it was and of which tenant.
func (s *Service) signedIn(ctx context.Context, by By, t *tenancy, f workbench.Flow, answer entra.Answer) (*workbench.Fault, error) {
	who, err := s.redeem(ctx, t, f, answer)
	if err != nil {
		return faultOf(err), nil
	}
	at, name := s.now(), who.UserName
	err = s.saveConnector(ctx, t.id, "authorised", by.Account.ID, func(c *workbench.Connector) bool {
		c.AuthorizedAt, c.AuthorizedBy, c.ConsentedAt, c.ConsentedBy = at, name, workbench.Time{}, workbench.Untrusted{}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("keeping who authorised: %w", err)
	}
	if err := s.addProducts(ctx, by.Account.ID, t.id); err != nil {
		return nil, err
	}
	s.nameTenant(ctx, f.Tenant, who.TenantName)
	s.setHealth(ctx, t.id, false, func(_ workbench.Connector, h workbench.Health) workbench.Health { return h.Authorized(at) })
	s.hurry(t)
	asked, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return s.ask(asked, t, s.unconnected(t), asking{fresh: true}).signIn, nil
}

// redeem has Microsoft say, signed, who signed in, and makes sure that it was in the tenant of the flow. It fails with a fault.
func (s *Service) redeem(ctx context.Context, t *tenancy, f workbench.Flow, answer entra.Answer) (entra.Identity, error) {
	r := s.registration(s.appOf(t))
	signIn, err := s.signInOf(f, answer.State, r)
	if err != nil {
		return entra.Identity{}, err
	}
	active, ok := r.Active()
	if !ok {
		return entra.Identity{}, s.withoutActive(r)
	}
	key, err := s.key(r, active)
	if err != nil {
		return entra.Identity{}, err
	}
	asked, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	who, err := t.cloud.entra.Redeem(asked, signIn, answer.Code, key)
	if err != nil {
		return entra.Identity{}, err
	}
	if who.Tenant != f.Tenant {
		return entra.Identity{}, &workbench.Fault{Reason: workbench.ReasonWrongTenant, Err: errors.New("the signed answer names another tenant")}
	}
	who.UserName, _ = who.UserName.Cut(maxDetail)
	return who, nil
}

// nameTenant gives a tenant the name that Microsoft shows, where nobody gave it one.
func (s *Service) nameTenant(ctx context.Context, id workbench.TenantID, name workbench.Untrusted) {
	name, _ = name.Cut(maxTenantName)
	s.mu.RLock()
	named := !s.names[id].IsZero()
	s.mu.RUnlock()
	if tenants, err := s.Store.TenantList(ctx, workbench.ScopeOf(id)); err == nil {
		for _, t := range tenants {
			named = named || !t.Name.IsZero()
		}
	}
	if named || name.IsZero() {
		return
	}
	if err := s.Store.NameTenant(ctx, id, name); err != nil {
		s.Log.ErrorContext(ctx, "name of a tenant can't be kept", "tenant", id.Text().String(), "error", err)
		return
	}
	s.mu.Lock()
	s.names[id] = name
	s.mu.Unlock()
}

// maxTenantName is how many characters of the name of an organisation are kept.
const maxTenantName = 200

// consented ends the consent for a child. The answer proves nothing but that the browser came back. Whether consent was given is asked of Microsoft: here for some seconds, and after that by upkeep.
func (s *Service) consented(ctx context.Context, by By, t *tenancy, c workbench.Connector) (*workbench.Fault, error) {
	if err := s.Store.Record(ctx, s.entry(by, "consent answered", c)); err != nil {
		return nil, fmt.Errorf("keeping what became of it: %w", err)
	}
	at := s.now()
	s.setHealth(ctx, c.ID, false, func(_ workbench.Connector, h workbench.Health) workbench.Health { return h.Authorized(at) })
	s.hurry(t)
	wait, cancel := context.WithTimeout(ctx, arriveWait)
	defer cancel()
	for pause := time.Second; ; pause *= 2 {
		if s.askWithin(ctx, wait, t, c.ID) {
			return nil, nil
		}
		select {
		case <-wait.Done():
			return nil, nil // upkeep goes on
		case <-time.After(pause):
		}
	}
}

// askWithin asks once for a connector and reports whether it is connected. What Microsoft has not answered when wait ends is found out
// all the same, after this returns.
func (s *Service) askWithin(ctx, wait context.Context, t *tenancy, id workbench.ConnectorID) bool {
	done := make(chan struct{})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	go func() {
		defer cancel()
		defer close(done)
		s.ask(ctx, t, unique(append(s.unconnected(t), id)), asking{fresh: true})
	}()
	select {
	case <-done:
	case <-wait.Done():
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k := s.connectors[id]
	return k != nil && k.health.Status == workbench.StatusConnected && k.health.Reason == ""
}
