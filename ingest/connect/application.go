package connect

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"workbench"
)

// application is an app registration with all that is needed to keep its credentials. One belongs to a tenancy, or, where it is shared, to
// many. Its fields are guarded by Service.mu, but for those that never change.
type application struct {
	id    workbench.RegistrationID
	cloud *cloud
	turn  chan struct{} // one slot: whoever holds it tries, adds or removes credentials; taken after a tenancy's turn, never before

	registration   workbench.Registration
	offeredAt      time.Time        // when those on offer were last tried
	offeredRefusal *workbench.Fault // what the newest of them was refused with then
	stepAt         time.Time        // when the plan of the credentials is looked at again
	busy           bool             // upkeep is at it
}

// newApplication makes what is needed to keep the credentials of a registration.
func (s *Service) newApplication(r workbench.Registration) *application {
	return &application{id: r.ID, cloud: s.cloudOf(r.Cloud), turn: make(chan struct{}, 1), registration: r}
}

// dropRegistration takes a registration away whose connector could not be kept. What a crash leaves of one is nobody's: see read.
func (s *Service) dropRegistration(ctx context.Context, id workbench.RegistrationID, by By) {
	if err := s.Store.DeleteRegistration(context.WithoutCancel(ctx), id, by.Account.ID, s.now()); err != nil {
		s.Log.ErrorContext(ctx, "an app registration without a connector can't be deleted", "registration", id, "error", err)
	}
}

// registration returns a copy of an app registration.
func (s *Service) registration(a *application) workbench.Registration {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := a.registration
	r.Credentials = slices.Clone(r.Credentials)
	return r
}

// tenanciesOf lists those that sign in with an application. The caller holds mu.
func (s *Service) tenanciesOf(a *application) []*tenancy {
	var out []*tenancy
	for _, id := range s.order {
		if t := s.tenancies[id]; t != nil && t.app == a {
			out = append(out, t)
		}
	}
	return out
}

// usersOf are the connectors that sign in with an application, for listeners and logs.
func (s *Service) usersOf(a *application) []workbench.ConnectorID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []workbench.ConnectorID
	for _, t := range s.tenanciesOf(a) {
		out = append(out, t.id)
	}
	return out
}

// flushTokens has everybody who signs in with an application ask for a new token.
func (s *Service) flushTokens(a *application) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, t := range s.tenanciesOf(a) {
		t.tokens.Flush()
	}
}

// saveRegistration is saveConnector for an app registration.
func (s *Service) saveRegistration(ctx context.Context, a *application, what string, by workbench.AccountID, change func(*workbench.Registration) bool) error {
	r := s.registration(a)
	for tries := 0; ; tries++ {
		if !change(&r) {
			return nil
		}
		saved, err := s.Store.SaveRegistration(ctx, r, what, by, s.now())
		if err == nil {
			s.mu.Lock()
			if saved.Revision > a.registration.Revision { // another save may have come between
				a.registration = saved
			}
			s.mu.Unlock()
			for _, id := range s.usersOf(a) {
				s.listeners.tell(id)
			}
			return nil
		}
		if !errors.Is(err, workbench.ErrConflict) || tries == maxTries {
			return err
		}
		if r, err = s.Store.Registration(ctx, r.ID); err != nil {
			return err
		}
	}
}

// appOf is the application that a tenancy signs in with.
func (s *Service) appOf(t *tenancy) *application {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return t.app
}

// about names an application in the log: by the connector that it belongs to, or, where it is shared, by itself.
func (s *Service) about(a *application) slog.Attr {
	if users := s.usersOf(a); len(users) == 1 && s.registration(a).Name == "" {
		return slog.String("connector", string(users[0]))
	}
	return slog.String("registration", string(a.id))
}
