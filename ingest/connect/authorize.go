package connect

import (
	"context"
	"fmt"

	"workbench"
)

// Departure is the way of a browser to Microsoft.
type Departure struct {
	Flow      string // handle, for Departing; as secret as a cookie
	Connector workbench.Connector
	URL       string               // where to go; "" while Microsoft does not accept the certificate
	Waiting   *workbench.Fault     // why not yet; nil where there is a URL
	Offered   workbench.Credential // the certificate to upload, without what is secret; zero where none is offered
	Expires   workbench.Time
}

// Authorize begins a flow: for a parent the sign-in, for a child the admin consent.
func (s *Service) Authorize(ctx context.Context, by By, id workbench.ConnectorID) (Departure, error) {
	c, err := s.editable(by, id)
	if err != nil {
		return Departure{}, err
	}
	if by.Session == "" {
		return Departure{}, fmt.Errorf("authorising without a session: %w", workbench.ErrForbidden)
	}
	if c.Kind.Child() {
		at := s.now()
		err = s.saveConnector(ctx, id, "went to Microsoft to authorise", by.Account.ID, func(c *workbench.Connector) bool {
			c.AuthorizedAt, c.AuthorizedBy = at, by.name()
			return true
		})
	} else {
		err = s.Store.Record(ctx, s.entry(by, "went to Microsoft to authorise", c))
	}
	if err != nil {
		return Departure{}, fmt.Errorf("keeping who authorises: %w", err)
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return Departure{}, err
	}
	state, err := s.addFlow(ctx, t, flowOf(by, c))
	if err != nil {
		return Departure{}, err
	}
	return s.Departing(ctx, by, state)
}

// Departing looks at a flow that was begun and asks Microsoft again whether it accepts the certificate. ErrNotFound for a flow of another
// session, used or expired.
func (s *Service) Departing(ctx context.Context, by By, flow string) (Departure, error) {
	f, c, err := s.flow(ctx, by, flow)
	if err != nil {
		return Departure{}, err
	}
	return s.departing(ctx, flow, f, c)
}

// departing is where a browser of a flow goes, or why not yet.
func (s *Service) departing(ctx context.Context, flow string, f workbench.Flow, c workbench.Connector) (Departure, error) {
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return Departure{}, err
	}
	d := Departure{Flow: flow, Connector: c, Expires: f.Expires}
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	fault := s.mayDepart(asked, t)
	r := s.registration(s.appOf(t))
	if o, ok := r.Offered(); ok {
		o.Sealed = nil
		d.Offered = o
	}
	if fault != nil {
		d.Waiting = fault
		return d, nil
	}
	if f.Purpose == workbench.FlowConsent {
		d.URL = t.cloud.entra.ConsentURL(c.Tenant, r.ClientID, s.RedirectURI(), flow)
		return d, nil
	}
	signIn, err := s.signInOf(f, flow, r)
	if err != nil {
		return Departure{}, err
	}
	d.URL = t.cloud.entra.SignInURL(signIn)
	return d, nil
}

// goOn begins the sign-in that follows a consent, and returns where the browser goes.
func (s *Service) goOn(ctx context.Context, t *tenancy, f workbench.Flow) (string, error) {
	f.Purpose, f.Then = workbench.FlowSignIn, false
	state, err := s.addFlow(ctx, t, f)
	if err != nil {
		return "", err
	}
	if f, err = s.Store.Flow(ctx, state, s.Now()); err != nil {
		return "", fmt.Errorf("flow: %w", err)
	}
	signIn, err := s.signInOf(f, state, s.registration(s.appOf(t)))
	if err != nil {
		return "", err
	}
	return t.cloud.entra.SignInURL(signIn), nil
}

// mayDepart is why it would be of no use to send a browser to Microsoft, or nil. What the person at Microsoft can mend is no reason to stay.
func (s *Service) mayDepart(ctx context.Context, t *tenancy) *workbench.Fault {
	if r := s.registration(s.appOf(t)); r.ClientID == "" && r.Manager != "" {
		if fault := s.enrolNow(ctx, s.appOf(t)); fault != nil {
			return fault
		}
	}
	s.mu.Lock()
	fault, recently := t.refusal, s.Now().Sub(t.departAt) < tryEvery
	if !recently { // one asks, whoever comes meanwhile
		t.departAt = s.Now()
	}
	s.mu.Unlock()
	if !recently || fault == nil {
		fault = s.ask(ctx, t, nil, asking{eager: true}).signIn
	}
	if fault != nil && fault.Reason.Consent() && fault.Reason != workbench.ReasonCertificateUnknown {
		return nil
	}
	return fault
}
