package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"workbench"
)

// Shared is the form of an app that several tenants share: one registration, in the operator's own tenant, that each of them consents to.
type Shared struct {
	Name               string
	Home               string // id or domain of the tenant that holds the registration
	Cloud              string // by name; "" = the default
	ClientID, ObjectID string
	Credential         CredentialChoice
	Revision           int // of EditShared: that the form was filled with
}

// shared is an application that several tenants may share, or nil.
func (s *Service) shared(id workbench.RegistrationID) *application {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if a := s.applications[id]; a != nil && a.registration.Name != "" {
		return a
	}
	return nil
}

// mayShare is nil for an account that may change apps that several tenants share.
func mayShare(by By) error {
	if !by.Account.May(workbench.EditIntegration) || !by.Account.AllGrants {
		return fmt.Errorf("changing a shared app: %w", workbench.ErrForbidden)
	}
	return nil
}

// AddShared saves an app that several tenants share, with its first credential. *workbench.Invalid with the fields name, tenant (its home),
// cloud, clientId, objectId, credential, certificate, secret; workbench.ErrForbidden for an account that does not see every tenant.
func (s *Service) AddShared(ctx context.Context, by By, form Shared) (workbench.Registration, error) {
	if err := mayShare(by); err != nil {
		return workbench.Registration{}, err
	}
	r := workbench.Registration{ID: workbench.RegistrationID(newID()), Name: strings.TrimSpace(form.Name), Cloud: form.Cloud, ClientID: lower(form.ClientID), ObjectID: lower(form.ObjectID)}
	bad := s.checkShared(r)
	if !s.knows(r.Cloud) {
		bad = bad.Set("cloud", "Choose one of the clouds that this workbench is set up for.")
	} else {
		var problem *workbench.Invalid
		if r.Tenant, problem = s.tenantNamed(ctx, r.Cloud, strings.TrimSpace(form.Home)); problem != nil {
			bad = merge(bad, problem)
		}
	}
	credential, err := s.credential(r, form.Credential)
	if problem := (*workbench.Invalid)(nil); errors.As(err, &problem) {
		bad = merge(bad, problem)
	} else if err != nil {
		return workbench.Registration{}, err
	}
	if bad != nil {
		return workbench.Registration{}, bad
	}
	r.Credentials = []workbench.Credential{credential}
	if r, err = s.Store.SaveRegistration(ctx, r, "added", by.Account.ID, s.now()); err != nil {
		return workbench.Registration{}, fmt.Errorf("keeping the app registration: %w", err)
	}
	a := s.newApplication(r)
	s.mu.Lock()
	s.applications[r.ID] = a
	s.mu.Unlock()
	s.tryNow(ctx, a)
	return public(s.registration(a)), nil
}

// checkShared says what is wrong with the name and the ids of a shared app.
func (s *Service) checkShared(r workbench.Registration) *workbench.Invalid {
	bad := s.checkApplication(r)
	if err := (workbench.Connector{Kind: workbench.Microsoft365, Name: r.Name}).Check(); err != nil {
		bad = bad.Set("name", "Give the app a name of 1 to 64 visible characters, without spaces around it.")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, a := range s.applications {
		if a.id != r.ID && a.registration.Name != "" && strings.EqualFold(a.registration.Name, r.Name) {
			bad = bad.Set("name", "Another shared app has this name already.")
		}
	}
	return bad
}

// EditShared saves another name or other ids. *workbench.Invalid as AddShared, workbench.ErrNotFound, workbench.ErrConflict.
func (s *Service) EditShared(ctx context.Context, by By, id workbench.RegistrationID, form Shared) error {
	a := s.shared(id)
	if a == nil {
		return fmt.Errorf("shared app: %w", workbench.ErrNotFound)
	}
	if err := mayShare(by); err != nil {
		return err
	}
	r := s.registration(a)
	if r.Revision != form.Revision {
		return fmt.Errorf("shared app: %w", workbench.ErrConflict)
	}
	application := workbench.Registration{ID: id, Name: strings.TrimSpace(form.Name), ClientID: lower(form.ClientID), ObjectID: lower(form.ObjectID)}
	if bad := s.checkShared(application); bad != nil {
		return bad
	}
	if application.ClientID != r.ClientID || application.ObjectID != r.ObjectID {
		if err := s.changeApplication(ctx, by, a, application); err != nil {
			return err
		}
	}
	return s.saveRegistration(ctx, a, "renamed", by.Account.ID, func(r *workbench.Registration) bool {
		other := r.Name != application.Name
		r.Name = application.Name
		return other
	})
}

// DeleteShared takes a shared app away that no connector uses; nothing is changed at Microsoft. workbench.ErrNotFound; an error that is both a
// *workbench.Invalid with the field connectors and workbench.ErrConflict while one does.
func (s *Service) DeleteShared(ctx context.Context, by By, id workbench.RegistrationID) error {
	a := s.shared(id)
	if a == nil {
		return fmt.Errorf("shared app: %w", workbench.ErrNotFound)
	}
	if err := mayShare(by); err != nil {
		return err
	}
	if n := len(s.usersOf(a)); n > 0 {
		var bad *workbench.Invalid
		return errors.Join(bad.Set("connectors", fmt.Sprintf("Delete the connectors that use it first: there are %d.", n)), workbench.ErrConflict)
	}
	if err := s.Store.DeleteRegistration(ctx, id, by.Account.ID, s.now()); err != nil {
		return fmt.Errorf("deleting a shared app: %w", err)
	}
	s.mu.Lock()
	delete(s.applications, id)
	a.registration = workbench.Registration{}
	s.mu.Unlock()
	return nil
}

// SharedState is what is known of a shared app. It holds nothing secret.
type SharedState struct {
	workbench.Registration
	HomeName workbench.Untrusted // of the tenant that holds it, where it is known
	Refusal  *workbench.Fault    // why Microsoft does not accept the credential on offer, as last asked; nil where it does or was not asked
	Users    int                 // connectors that sign in with it
}

// SharedApps lists the apps that several tenants share, by name. It is nothing for an account that does not see every tenant.
func (s *Service) SharedApps(_ context.Context, by By) ([]SharedState, error) {
	if !by.Account.AllGrants {
		return nil, nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []SharedState
	for _, a := range s.applications {
		if a.registration.Name != "" {
			out = append(out, s.sharedState(a))
		}
	}
	slices.SortFunc(out, func(a, b SharedState) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, nil
}

// SharedApp is what is known of one. workbench.ErrNotFound, also for an account that does not see every tenant.
func (s *Service) SharedApp(_ context.Context, by By, id workbench.RegistrationID) (SharedState, error) {
	a := s.shared(id)
	if a == nil || !by.Account.AllGrants {
		return SharedState{}, fmt.Errorf("shared app: %w", workbench.ErrNotFound)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sharedState(a), nil
}

// sharedState puts together what is known. The caller holds mu.
func (s *Service) sharedState(a *application) SharedState {
	st := SharedState{Registration: public(a.registration), HomeName: s.names[a.registration.Tenant], Users: len(s.tenanciesOf(a))}
	if _, offered := a.registration.Offered(); offered {
		st.Refusal = a.offeredRefusal
	}
	return st
}

// SetSharedCredential is SetCredential for a shared app.
func (s *Service) SetSharedCredential(ctx context.Context, by By, id workbench.RegistrationID, c CredentialChoice) error {
	a := s.shared(id)
	if a == nil {
		return fmt.Errorf("shared app: %w", workbench.ErrNotFound)
	}
	if err := mayShare(by); err != nil {
		return err
	}
	if _, err := s.offerTo(ctx, by, a, c, setCredential(c)); err != nil {
		return err
	}
	s.tryNow(ctx, a)
	return nil
}

// TestShared asks Microsoft now whether it accepts what a shared app signs in with.
func (s *Service) TestShared(ctx context.Context, by By, id workbench.RegistrationID) (SharedState, error) {
	a := s.shared(id)
	if a == nil {
		return SharedState{}, fmt.Errorf("shared app: %w", workbench.ErrNotFound)
	}
	if err := mayShare(by); err != nil {
		return SharedState{}, err
	}
	s.tryNow(ctx, a)
	return s.SharedApp(ctx, by, id)
}

// tryNow asks Microsoft about what is on offer, for somebody who waits.
func (s *Service) tryNow(ctx context.Context, a *application) {
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	s.tryOffered(asked, a)
	s.mu.Lock()
	a.stepAt = s.Now()
	s.mu.Unlock()
	s.stir()
}
