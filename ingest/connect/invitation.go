package connect

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/time/rate"

	"workbench"
	"workbench/ingest/entra"
	"workbench/store"
)

// A consent link is for somebody without an account here. Whoever has it is shown what is asked for, and goes to Microsoft: first to consent,
// then to sign in, so that Microsoft signs who it was and of which tenant. The link is used up only then. A parent that nobody authorised
// before waits for an editor here to confirm that this is the tenant that was meant; nothing is read until then.

// Invitation is what the page of a consent link says.
type Invitation struct {
	Link       workbench.ConsentLink
	Connector  workbench.Connector
	Entered    string // tenant id or domain, as the requester wrote it
	TenantName workbench.Untrusted
	Topology   workbench.Topology // of the parent
	Makes      bool               // what is asked for is to create and manage applications, and not to read
	Open       bool               // it still leads to Microsoft
}

// MakeConsentLink makes a link for somebody who may consent in the tenant of a connector; one that was made before and not used leads nowhere from
// then on. The secret is returned once, for the address of the page.
func (s *Service) MakeConsentLink(ctx context.Context, by By, id workbench.ConnectorID) (l workbench.ConsentLink, secret string, err error) {
	c, err := s.editable(by, id)
	if err != nil {
		return workbench.ConsentLink{}, "", err
	}
	now := s.now()
	l = workbench.ConsentLink{ID: newID(), Connector: c.ID, Tenant: c.Tenant, Requester: by.Account.ID, Name: by.Account.Name, MadeAt: now,
		Expires: workbench.At(now.Add(workbench.ConsentLifetime))}
	secret = entra.NewSecret()
	if err := s.Store.AddConsentLink(ctx, secret, l); err != nil {
		return workbench.ConsentLink{}, "", fmt.Errorf("keeping a consent link: %w", err)
	}
	s.listeners.tell(c.ID)
	return l, secret, nil
}

// WithdrawConsentLink has a link of a connector lead nowhere. workbench.ErrNotFound where it was used meanwhile, has expired or is not there.
func (s *Service) WithdrawConsentLink(ctx context.Context, by By, id workbench.ConnectorID, link string) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	l, err := s.Store.ConsentLinkNamed(ctx, link, s.Now())
	if err != nil {
		return err
	}
	if l.Connector != c.ID {
		return fmt.Errorf("consent link: %w", workbench.ErrNotFound)
	}
	if err := s.Store.WithdrawConsentLink(ctx, link, by.Account.ID, s.Now()); err != nil {
		return err
	}
	s.listeners.tell(c.ID)
	return nil
}

// ConsentLinks are the links of a connector, the newest first, those that were used included. workbench.ErrNotFound.
func (s *Service) ConsentLinks(ctx context.Context, by By, id workbench.ConnectorID) ([]workbench.ConsentLink, error) {
	if _, err := s.editable(by, id); err != nil {
		return nil, err
	}
	all, err := s.Store.ConsentLinks(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading consent links: %w", err)
	}
	return slices.DeleteFunc(all, func(l workbench.ConsentLink) bool { return l.Connector != id }), nil
}

// Invited is what the page of a link says to whoever has it. workbench.ErrNotFound for a secret that is unknown, or whose connector is gone.
func (s *Service) Invited(ctx context.Context, secret string) (Invitation, error) {
	if secret == "" || len(secret) > maxState {
		return Invitation{}, fmt.Errorf("consent link: %w", workbench.ErrNotFound)
	}
	l, err := s.Store.ConsentLink(ctx, secret, s.Now())
	if err != nil {
		return Invitation{}, err
	}
	return s.invitation(l)
}

func (s *Service) invitation(l workbench.ConsentLink) (Invitation, error) {
	c, ok := s.connector(l.Connector)
	if !ok || c.Tenant != l.Tenant {
		return Invitation{}, fmt.Errorf("consent link: %w", workbench.ErrNotFound)
	}
	p, ok := s.connector(parentOf(c))
	if !ok {
		return Invitation{}, fmt.Errorf("consent link: %w", workbench.ErrNotFound)
	}
	return Invitation{Link: l, Connector: c, Entered: p.Entered, TenantName: s.TenantName(c.Tenant), Topology: p.Topology,
		Makes: !c.Kind.Child() && p.Topology == workbench.ManagedApps, Open: l.Open(s.Now())}, nil
}

// departures is how often a link may be followed: it is a stranger's to press.
const (
	departureEvery = 6 // seconds
	departureBurst = 10
	refusalEvery   = 600 // seconds
)

// Follow begins the way to Microsoft for a browser that has the secret of a link. browser is a secret of that browser's own, which it must show
// again when it comes back. workbench.ErrNotFound for a link that does not lead to Microsoft any more.
func (s *Service) Follow(ctx context.Context, secret, browser string) (Departure, error) {
	i, err := s.Invited(ctx, secret)
	if err != nil {
		return Departure{}, err
	}
	if !i.Open || browser == "" {
		return Departure{}, fmt.Errorf("consent link: %w", workbench.ErrNotFound)
	}
	if !s.seldom(i.Link.ID, departureEvery, departureBurst) {
		return Departure{}, &workbench.Fault{Reason: workbench.ReasonThrottled, Err: errors.New("the link was followed too often in too short a time")}
	}
	t, _, err := s.tenancyOf(i.Connector)
	if err != nil {
		return Departure{}, err
	}
	f := workbench.Flow{Purpose: workbench.FlowConsent, Connector: i.Connector.ID, Account: i.Link.Requester, Session: sha256.Sum256([]byte(browser)), Tenant: i.Link.Tenant, Link: i.Link.ID, Then: true}
	state, err := s.addFlow(ctx, t, f)
	if err != nil {
		return Departure{}, err
	}
	return s.FollowOn(ctx, browser, state)
}

// seldom counts what a stranger does, and reports whether it is still as seldom as it may be: burst times, and then once in so many seconds.
func (s *Service) seldom(what string, every, burst int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.following == nil || len(s.following) > maxFollowed {
		s.following = map[string]*rate.Limiter{}
	}
	l := s.following[what]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(1/float64(every)), burst)
		s.following[what] = l
	}
	return l.AllowN(s.Now(), 1)
}

const maxFollowed = 10_000

// FollowOn looks at a flow that Follow began, as Departing does. workbench.ErrNotFound for one of another browser, used or expired.
func (s *Service) FollowOn(ctx context.Context, browser, flow string) (Departure, error) {
	f, _, c, err := s.linkFlow(ctx, browser, flow)
	if err != nil {
		return Departure{}, err
	}
	return s.departing(ctx, flow, f, c)
}

// linkFlow looks at a flow that this browser began by a link that still leads to Microsoft. ErrNotFound says nothing of why not.
func (s *Service) linkFlow(ctx context.Context, browser, state string) (workbench.Flow, workbench.ConsentLink, workbench.Connector, error) {
	none := fmt.Errorf("flow: %w", workbench.ErrNotFound)
	refuse := func(err error) (workbench.Flow, workbench.ConsentLink, workbench.Connector, error) {
		return workbench.Flow{}, workbench.ConsentLink{}, workbench.Connector{}, err
	}
	if state == "" || len(state) > maxState || browser == "" {
		return refuse(none)
	}
	f, err := s.Store.Flow(ctx, state, s.Now())
	if err != nil {
		return refuse(fmt.Errorf("flow: %w", err))
	}
	session := sha256.Sum256([]byte(browser))
	if f.Link == "" || subtle.ConstantTimeCompare(session[:], f.Session[:]) != 1 {
		return refuse(none)
	}
	l, err := s.Store.ConsentLinkNamed(ctx, f.Link, s.Now())
	if err != nil {
		return refuse(fmt.Errorf("flow: %w", err))
	}
	c, ok := s.connector(f.Connector)
	if !ok || !l.Open(s.Now()) || l.Connector != c.ID || l.Tenant != f.Tenant || c.Tenant != f.Tenant {
		return refuse(none)
	}
	return f, l, c, nil
}

// LinkArrival is what became of a browser that followed a link and came back.
type LinkArrival struct {
	Invitation
	Next  string           // where the browser goes on to: Microsoft, to sign in after consent; "" = it stays
	Fault *workbench.Fault // why it did not work; nil where Microsoft signed who consented
}

// ByLink reports whether an answer of Microsoft belongs to a flow that this browser began by a link.
func (s *Service) ByLink(ctx context.Context, browser string, query url.Values) bool {
	states := query["state"]
	if len(states) != 1 {
		return false
	}
	_, _, _, err := s.linkFlow(ctx, browser, states[0])
	return err == nil
}

// ArriveByLink ends a flow that Follow began, with the query of the callback. workbench.ErrNotFound for a state that is unknown, used, expired, or
// of another browser, and for a link that was used meanwhile.
func (s *Service) ArriveByLink(ctx context.Context, browser string, query url.Values) (LinkArrival, error) {
	answer, malformed := entra.ParseAnswer(query)
	state := answer.State
	if states := query["state"]; malformed != nil && len(states) == 1 {
		state = states[0]
	}
	_, l, c, err := s.linkFlow(ctx, browser, state)
	if err != nil {
		return LinkArrival{}, err
	}
	f, err := s.Store.UseFlow(ctx, state, s.Now())
	if err != nil {
		return LinkArrival{}, fmt.Errorf("flow: %w", err)
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return LinkArrival{}, err
	}
	ctx = context.WithoutCancel(ctx) // the flow is used up: what became of it is kept, whoever waits
	a := LinkArrival{Fault: refusalOf(f, answer, malformed)}
	switch {
	case a.Fault != nil:
	case f.Purpose == workbench.FlowConsent:
		a.Next, err = s.goOn(ctx, t, f)
	default:
		a.Fault, err = s.signedByLink(ctx, t, f, l, answer)
	}
	if err != nil {
		return LinkArrival{}, err
	}
	if a.Fault != nil && s.seldom("refused "+l.ID, refusalEvery, departureBurst) { // what came back can be made up, and the trail is for reading
		if err := s.Store.Record(ctx, s.linkEntry("consent by link refused", l, c, string(a.Fault.Reason))); err != nil {
			return LinkArrival{}, fmt.Errorf("keeping what became of it: %w", err)
		}
	}
	if l, err = s.Store.ConsentLinkNamed(ctx, l.ID, s.Now()); err != nil {
		return LinkArrival{}, err
	}
	a.Invitation, err = s.invitation(l)
	return a, err
}

func (s *Service) linkEntry(what string, l workbench.ConsentLink, c workbench.Connector, more string) store.AuditEntry {
	e := s.entry(By{}, what, c)
	e.About += ", consent link " + l.ID + ": " + more
	return e
}

// signedByLink ends the sign-in that proves who consented.
func (s *Service) signedByLink(ctx context.Context, t *tenancy, f workbench.Flow, l workbench.ConsentLink, answer entra.Answer) (*workbench.Fault, error) {
	who, err := s.redeem(ctx, t, f, answer)
	if err != nil {
		return faultOf(err), nil
	}
	if _, err := s.Store.UseConsentLink(ctx, l.ID, who.UserName, s.Now()); err != nil {
		return nil, err // another browser was first
	}
	at := s.now()
	err = s.saveConnector(ctx, l.Connector, "consented by link to", "", func(c *workbench.Connector) bool {
		if c.Kind.Child() || c.Confirmed() { // the tenant is known: this is consent once more
			c.AuthorizedAt, c.AuthorizedBy = at, who.UserName
		} else {
			c.ConsentedAt, c.ConsentedBy = at, who.UserName
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("keeping who consented: %w", err)
	}
	s.nameTenant(ctx, f.Tenant, who.TenantName)
	s.setHealth(ctx, l.Connector, false, func(_ workbench.Connector, h workbench.Health) workbench.Health { return h.Authorized(at) })
	s.hurry(t)
	return nil, nil
}

// Confirm says that the tenant whose administrator consented by a link is the one that was meant: what stands under the connector is read from now
// on. workbench.ErrNotFound where nobody consented, or it is confirmed already.
func (s *Service) Confirm(ctx context.Context, by By, id workbench.ConnectorID) error {
	return s.decide(ctx, by, id, "confirmed the tenant of", true)
}

// Refuse says that it is not: the consent is forgotten here, and stays at Microsoft until somebody there removes it.
func (s *Service) Refuse(ctx context.Context, by By, id workbench.ConnectorID) error {
	return s.decide(ctx, by, id, "refused the consent to", false)
}

func (s *Service) decide(ctx context.Context, by By, id workbench.ConnectorID, what string, yes bool) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return err
	}
	found := false
	at := s.now()
	ctx = context.WithoutCancel(ctx) // what stands under it follows, whoever waits
	err = s.saveConnector(ctx, id, what, by.Account.ID, func(c *workbench.Connector) bool {
		if found = !c.ConsentedAt.IsZero(); !found {
			return false
		}
		if yes {
			c.AuthorizedAt, c.AuthorizedBy = at, c.ConsentedBy
		}
		c.ConsentedAt, c.ConsentedBy = workbench.Time{}, workbench.Untrusted{}
		return true
	})
	if err != nil {
		return fmt.Errorf("keeping the decision: %w", err)
	}
	if !found {
		return fmt.Errorf("connector %s: nobody consented whom somebody has to confirm: %w", c.ID, workbench.ErrNotFound)
	}
	s.setHealth(ctx, id, false, func(_ workbench.Connector, h workbench.Health) workbench.Health { return h.Authorized(at) })
	s.hurry(t)
	if !yes {
		return nil
	}
	if err := s.addProducts(ctx, by.Account.ID, id); err != nil {
		return err
	}
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	s.ask(asked, t, s.unconnected(t), asking{fresh: true})
	return nil
}
