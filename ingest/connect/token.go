package connect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/store/seal"
)

// placeOf is where a credential of a registration stands.
func placeOf(r workbench.Registration, credential string) seal.Place {
	return seal.Place{Tenant: string(r.Tenant), Record: string(r.ID), Field: "credential/" + credential}
}

// key opens a credential. It fails with a fault: ReasonUnsealable.
func (s *Service) key(r workbench.Registration, c workbench.Credential) (entra.Key, error) {
	plain, err := s.ring.Open(c.Sealed, placeOf(r, c.ID))
	if err != nil {
		return entra.Key{}, &workbench.Fault{Reason: workbench.ReasonUnsealable, Err: fmt.Errorf("opening a credential: %w", err)}
	}
	defer clear(plain)
	if c.Kind == workbench.SecretCredential {
		return entra.Key{Secret: string(plain)}, nil
	}
	key, err := entra.NewKey(c.Certificate, plain)
	if err != nil {
		return entra.Key{}, &workbench.Fault{Reason: workbench.ReasonUnsealable, Err: fmt.Errorf("reading a credential: %w", err)}
	}
	return key, nil
}

// activeToken asks Entra for a token with the active credential and remembers whether it was given.
func (s *Service) activeToken(ctx context.Context, t *tenancy) (entra.Token, error) {
	r := s.registration(s.appOf(t))
	var token entra.Token
	c, ok := r.Active()
	err := error(s.withoutActive(r))
	if ok {
		token, err = s.tokenWith(ctx, t.cloud, t.tenant, r, c)
	}
	s.mu.Lock()
	if err == nil {
		t.refusal = nil
	} else if ctx.Err() == nil || t.refusal == nil {
		t.refusal = faultOf(err)
	}
	s.mu.Unlock()
	return token, err
}

// withoutActive is why a registration without an active credential can't sign in.
func (s *Service) withoutActive(r workbench.Registration) *workbench.Fault {
	for _, c := range r.Credentials {
		if c.State == workbench.CredentialFormer && !c.NotAfter.IsZero() && c.NotAfter.Before(s.now()) && c.Kind == workbench.CertificateCredential {
			return &workbench.Fault{Reason: workbench.ReasonCertificateExpired}
		}
	}
	return &workbench.Fault{Reason: workbench.ReasonCertificateUnknown}
}

// tokenWith asks Entra for a token of a tenant with one credential. A refusal of one that has ended is called by that name, whatever Microsoft calls it.
func (s *Service) tokenWith(ctx context.Context, at *cloud, tenant workbench.TenantID, r workbench.Registration, c workbench.Credential) (entra.Token, error) {
	key, err := s.key(r, c)
	if err != nil {
		return entra.Token{}, err
	}
	token, err := at.entra.AppToken(ctx, tenant, r.ClientID, key)
	if err != nil {
		return entra.Token{}, s.expired(c, err)
	}
	if token.Tenant != "" && token.Tenant != tenant {
		return entra.Token{}, &workbench.Fault{Reason: workbench.ReasonWrongTenant, Trace: workbench.Text(token.Trace), Err: errors.New("the token is for another tenant")}
	}
	return token, nil
}

func (s *Service) expired(c workbench.Credential, err error) error {
	fault := faultOf(err)
	if c.NotAfter.IsZero() || s.now().Before(c.NotAfter) {
		return fault
	}
	switch fault.Reason {
	case workbench.ReasonCertificateUnknown, workbench.ReasonClock:
		if c.Kind == workbench.CertificateCredential {
			fault.Reason = workbench.ReasonCertificateExpired
		}
	case workbench.ReasonSecretWrong:
		fault.Reason = workbench.ReasonSecretExpired
	}
	return fault
}

// tryEvery is how often Microsoft is asked about the same credential at most, however often a page is loaded.
const tryEvery = 3 * time.Second

// signIn gets a token for reading, and returns why there is none, or nil. A credential that is offered is tried first where none is active,
// where the active one is refused, and where somebody waits for it (eager); it becomes the active one where Microsoft accepts it. The caller
// holds the tenancy's turn.
func (s *Service) signIn(ctx context.Context, t *tenancy, eager bool) *workbench.Fault {
	a := s.appOf(t)
	_, active := s.registration(a).Active()
	if eager || !active {
		refused := s.tryOffered(ctx, a)
		if _, active = s.registration(a).Active(); !active {
			if refused == nil {
				refused = s.withoutActive(s.registration(a))
			}
			return s.refused(ctx, t, refused)
		}
	}
	_, err := t.tokens.Token(ctx)
	if err == nil {
		return nil
	}
	fault := faultOf(err)
	if _, offered := s.registration(a).Offered(); !eager && offered && mendedByCertificate(fault.Reason) && s.tryOffered(ctx, a) == nil {
		if _, err = t.tokens.Token(ctx); err == nil {
			return nil
		}
		fault = faultOf(err)
	}
	return s.refused(ctx, t, fault)
}

// mendedByCertificate reports whether another credential mends it.
func mendedByCertificate(r workbench.Reason) bool {
	switch r {
	case workbench.ReasonCertificateUnknown, workbench.ReasonCertificateExpired, workbench.ReasonSecretWrong, workbench.ReasonSecretExpired, workbench.ReasonUnsealable:
		return true
	}
	return false
}

// faultOf is workbench.FaultOf with a time that ran out as what it is.
func faultOf(err error) *workbench.Fault {
	var fault *workbench.Fault
	if errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &fault) {
		return &workbench.Fault{Reason: workbench.ReasonUnreachable, Err: err}
	}
	return cut(workbench.FaultOf(err))
}

// refused remembers why there is no token. Where a former certificate has ended, that is the reason to name.
func (s *Service) refused(ctx context.Context, t *tenancy, fault *workbench.Fault) *workbench.Fault {
	r := s.registration(s.appOf(t))
	if _, active := r.Active(); !active && fault.Reason == workbench.ReasonCertificateUnknown {
		other := *fault
		other.Reason = s.withoutActive(r).Reason
		fault = &other
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.refusal = fault
	}
	return fault
}

// tryOffered asks Microsoft whether it accepts a credential that is offered, the newest first, and makes it the active one. It returns why
// it accepts none, as said of the newest, or nil, also where none is offered. It asks at most once in tryEvery.
func (s *Service) tryOffered(ctx context.Context, a *application) *workbench.Fault {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return faultOf(ctx.Err())
	}
	r := s.registration(a)
	if _, ok := r.Offered(); !ok {
		return nil
	}
	s.mu.Lock()
	if last := a.offeredRefusal; last != nil && s.Now().Sub(a.offeredAt) < tryEvery {
		s.mu.Unlock()
		return last
	}
	s.mu.Unlock()
	var refused *workbench.Fault
	for _, c := range r.Credentials {
		if c.State != workbench.CredentialOffered {
			continue
		}
		fault := s.try(ctx, a, r, c)
		if fault == nil {
			refused = nil
			break
		}
		if refused == nil {
			refused = fault
		}
		if fault.Reason.Passing() {
			break // nobody was there to ask
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.offeredAt, a.offeredRefusal = s.Now(), refused
	return refused
}

// try asks Microsoft, at the home of the application, whether it accepts one credential, and makes it the active one where it does.
func (s *Service) try(ctx context.Context, a *application, r workbench.Registration, c workbench.Credential) *workbench.Fault {
	if _, err := s.tokenWith(ctx, a.cloud, r.Tenant, r, c); err != nil {
		return faultOf(err)
	}
	at := s.now()
	err := s.saveRegistration(context.WithoutCancel(ctx), a, "Microsoft accepted a credential of", "", func(r *workbench.Registration) bool {
		*r = r.Accepted(c.ID, at)
		return true
	})
	if err != nil {
		s.Log.ErrorContext(ctx, "an accepted credential can't be kept as active", s.about(a), "credential", c.ID, "error", err)
		return faultOf(err)
	}
	s.flushTokens(a)
	s.Log.InfoContext(ctx, "credential accepted", s.about(a), "credential", c.ID, "sha1", c.SHA1())
	return nil
}
