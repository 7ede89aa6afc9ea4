package connect

import (
	"context"
	"fmt"
	"slices"

	"workbench"
	"workbench/ingest/entra"
)

// maxSteps is how many steps of a plan one visit carries out.
const maxSteps = 16

// followPlan carries out what workbench.Registration.Due says is due, each step stored before the next, and remembers when to look again.
func (s *Service) followPlan(ctx context.Context, a *application) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return
	}
	at := s.Now().Add(lookAgain)
	for range maxSteps {
		step := s.registration(a).Due(s.now())
		if step.Kind == workbench.StepWait {
			if !step.At.IsZero() && step.At.Time.Before(at) {
				at = step.At.Time
			}
			break
		}
		if err := s.carryOut(ctx, a, step); err != nil {
			s.Log.ErrorContext(ctx, "certificate plan", s.about(a), "step", step.Kind, "credential", step.Credential, "error", err)
			at = s.Now().Add(certificate)
			break
		}
		if ctx.Err() != nil {
			at = s.Now()
			break
		}
	}
	s.mu.Lock()
	a.stepAt = at
	s.mu.Unlock()
}

// carryOut carries out one step. What Microsoft refuses is stored and is no error; an error is that something could not be stored.
func (s *Service) carryOut(ctx context.Context, a *application, step workbench.Step) error {
	r := s.registration(a)
	i := slices.IndexFunc(r.Credentials, func(c workbench.Credential) bool { return c.ID == step.Credential })
	if i < 0 && step.Kind != workbench.StepMake {
		return fmt.Errorf("credential: %w", workbench.ErrNotFound)
	}
	switch step.Kind {
	case workbench.StepMake:
		c, err := s.credential(r, CredentialChoice{Kind: ChoiceMade})
		if err != nil {
			return err
		}
		s.Log.InfoContext(ctx, "certificate made", s.about(a), "credential", c.ID, "sha1", c.SHA1())
		return s.store(ctx, a, "made a certificate for", func(r workbench.Registration) workbench.Registration { return r.Offer(c) })
	case workbench.StepEnrol:
		return s.enrol(ctx, a, step)
	case workbench.StepReplace:
		return s.replace(ctx, a, step)
	case workbench.StepAdd:
		return s.add(ctx, a, step)
	case workbench.StepTry:
		fault := s.try(ctx, a, r, r.Credentials[i])
		if fault == nil || ctx.Err() != nil {
			return nil
		}
		s.mu.Lock()
		a.offeredAt, a.offeredRefusal = s.Now(), fault
		s.mu.Unlock()
		return s.store(ctx, a, "", func(r workbench.Registration) workbench.Registration { return r.Refused(step.Credential, s.now()) })
	case workbench.StepRemove:
		return s.remove(ctx, a, step, r.Credentials[i].KeyID)
	case workbench.StepForget:
		return s.store(ctx, a, "forgot a credential of", func(r workbench.Registration) workbench.Registration { return r.Removed(step.Credential) })
	case workbench.StepWarn:
		s.Log.WarnContext(ctx, "credential ends soon", s.about(a), "credential", step.Credential, "days", step.Days, "ends", r.Credentials[i].NotAfter,
			"reason", r.Renewal.Reason)
		err := s.store(ctx, a, fmt.Sprintf("warned %d days before the end of a credential of", step.Days),
			func(r workbench.Registration) workbench.Registration { return r.Warn(step.Days) })
		s.showRenewal(ctx, a)
		return err
	}
	return fmt.Errorf("unknown step %q", step.Kind)
}

// store keeps the registration as a step leaves it.
func (s *Service) store(ctx context.Context, a *application, what string, change func(workbench.Registration) workbench.Registration) error {
	return s.saveRegistration(context.WithoutCancel(ctx), a, what, "", func(r *workbench.Registration) bool {
		*r = change(*r)
		return true
	})
}

// add registers a new key at Microsoft, proven by the active one.
func (s *Service) add(ctx context.Context, a *application, step workbench.Step) error {
	err := s.store(ctx, a, "", func(r workbench.Registration) workbench.Registration { return r.Adding(step.Credential, s.now()) })
	if err != nil {
		return err
	}
	r := s.registration(a)
	keyID, err := func() (string, error) {
		proof, token, err := s.prove(ctx, a, r, step.Proof)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(r.Credentials, func(c workbench.Credential) bool { return c.ID == step.Credential })
		if i < 0 {
			return "", fmt.Errorf("credential: %w", workbench.ErrNotFound)
		}
		return a.cloud.entra.AddKey(ctx, token, r.ObjectID, proof, r.Credentials[i].Certificate)
	}()
	if err == nil {
		s.Log.InfoContext(ctx, "certificate added at Microsoft", s.about(a), "credential", step.Credential, "key", workbench.Text(keyID).Brief())
		return s.store(ctx, a, "added a certificate at Microsoft for", func(r workbench.Registration) workbench.Registration {
			return r.Added(step.Credential, keyID, s.now())
		})
	}
	fault := faultOf(err)
	s.Log.WarnContext(ctx, "certificate not renewed", s.about(a), "credential", step.Credential, "reason", fault.Reason,
		"detail", fault.Detail.String(), "trace", fault.Trace.String())
	err = s.store(ctx, a, "", func(r workbench.Registration) workbench.Registration { return r.RenewalFailed(fault, s.now()) })
	s.showRenewal(ctx, a)
	return err
}

// prove opens the key that proves who asks, and gets a token with it.
func (s *Service) prove(ctx context.Context, a *application, r workbench.Registration, credential string) (key entra.Key, token entra.Token, err error) {
	i := slices.IndexFunc(r.Credentials, func(c workbench.Credential) bool { return c.ID == credential })
	if i < 0 {
		return key, token, fmt.Errorf("credential: %w", workbench.ErrNotFound)
	}
	if key, err = s.key(r, r.Credentials[i]); err != nil {
		return key, token, err
	}
	token, err = s.tokenWith(ctx, a.cloud, r.Tenant, r, r.Credentials[i])
	return key, token, err
}

// remove takes a former key away at Microsoft.
func (s *Service) remove(ctx context.Context, a *application, step workbench.Step, keyID string) error {
	r := s.registration(a)
	proof, token, err := s.prove(ctx, a, r, step.Proof)
	if err == nil {
		err = a.cloud.entra.RemoveKey(ctx, token, r.ObjectID, proof, keyID)
	}
	if err != nil {
		fault := faultOf(err)
		s.Log.WarnContext(ctx, "former certificate not removed", s.about(a), "credential", step.Credential, "reason", fault.Reason, "trace", fault.Trace.String())
		return s.store(ctx, a, "", func(r workbench.Registration) workbench.Registration { return r.Refused(step.Credential, s.now()) })
	}
	return s.store(ctx, a, "removed a certificate at Microsoft of", func(r workbench.Registration) workbench.Registration { return r.Removed(step.Credential) })
}

// showRenewal puts what is wrong with the renewal into the health of those who sign in with the application.
func (s *Service) showRenewal(ctx context.Context, a *application) {
	r, at := s.registration(a), s.now()
	for _, id := range s.usersOf(a) {
		s.setHealth(context.WithoutCancel(ctx), id, false, func(_ workbench.Connector, h workbench.Health) workbench.Health {
			plain := h
			if h.Status == workbench.StatusConnected && h.Reason == r.Renewal.Reason {
				plain.Reason = "" // it is what stands there
			}
			out := withRenewal(plain, r)
			if out.Reason != h.Reason {
				out.Since = at
			}
			return out
		})
	}
}
