package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"workbench"
	"workbench/ingest/entra"
)

// What an application that the workbench makes asks for: see Microsoft's list of Graph permissions.
var readPermissions = []entra.Permission{
	{ID: "45cc0394-e837-488b-a098-1918f48d186c"},                  // SecurityIncident.Read.All
	{ID: "472e4a4d-bb4a-4026-98d1-0b0d74cb74a5"},                  // SecurityAlert.Read.All
	{ID: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", Delegated: true}, // User.Read
}

// newManaged is the registration of a child whose application the parent is to make, with its first certificate.
func (s *Service) newManaged(parent workbench.Connector, manager workbench.Registration) (workbench.Registration, error) {
	r := workbench.Registration{ID: workbench.RegistrationID(newID()), Tenant: parent.Tenant, Cloud: manager.Cloud, Manager: manager.ID}
	c, err := s.credential(r, CredentialChoice{Kind: ChoiceMade})
	if err != nil {
		return workbench.Registration{}, err
	}
	return r.Offer(c), nil
}

// enrol has the manager make the application, with a credential as its first key. It may be called again whatever became of it before: the
// application is found under a name that it alone has.
func (s *Service) enrol(ctx context.Context, a *application, step workbench.Step) error {
	return s.byManager(ctx, a, step, "made an application for", func(token entra.Token, r workbench.Registration, certificate []byte) (func(workbench.Registration) workbench.Registration, error) {
		made, err := a.cloud.entra.CreateApplication(ctx, token, entra.Application{Name: s.applicationName(a), Unique: UniqueName(r.ID), RedirectURIs: []string{s.RedirectURI()},
			Permissions: readPermissions, Certificate: certificate})
		if err != nil {
			return nil, err
		}
		if r.ObjectID != made.ObjectID { // so that it can be deleted, whatever becomes of the rest
			if err := s.store(ctx, a, "", func(r workbench.Registration) workbench.Registration { r.ObjectID = made.ObjectID; return r }); err != nil {
				return nil, err
			}
		}
		if _, err := a.cloud.entra.CreateServicePrincipal(ctx, token, made.ClientID); err != nil {
			return nil, err
		}
		id := s.keyID(ctx, a, token, made.ObjectID, certificate, made.KeyID)
		return func(r workbench.Registration) workbench.Registration {
			return r.Enrolled(step.Credential, made.ClientID, made.ObjectID, id, s.now())
		}, nil
	})
}

// UniqueName is the name by which Graph finds an application that the workbench made, for ever.
func UniqueName(r workbench.RegistrationID) string { return "stories-workbench-" + string(r) }

// applicationName is what people in the tenant read in Entra.
func (s *Service) applicationName(a *application) string {
	for _, id := range s.usersOf(a) {
		if c, ok := s.connector(id); ok {
			name, _ := workbench.Text("Stories Workbench · " + c.Kind.Label()).Cut(maxApplicationName)
			return name.Raw()
		}
	}
	return "Stories Workbench"
}

const maxApplicationName = 120

// replace has the manager make a credential the application's only key, beside one that still works: Microsoft takes its time to sign in with a
// new one.
func (s *Service) replace(ctx context.Context, a *application, step workbench.Step) error {
	return s.byManager(ctx, a, step, "replaced the certificates at Microsoft of", func(token entra.Token, r workbench.Registration, certificate []byte) (func(workbench.Registration) workbench.Registration, error) {
		certificates := [][]byte{certificate}
		active, works := r.Active()
		if works = works && active.Kind == workbench.CertificateCredential && s.now().Before(active.NotAfter); works {
			certificates = append(certificates, active.Certificate)
		}
		keys, err := a.cloud.entra.ReplaceKeys(ctx, token, r.ObjectID, certificates)
		if err != nil {
			return nil, err
		}
		if len(keys) != len(certificates) {
			return nil, &workbench.Fault{Reason: workbench.ReasonUnreadable, Err: errors.New("the answer does not say under which id the certificate is kept")}
		}
		id := s.keyID(ctx, a, token, r.ObjectID, certificate, keys[0])
		return func(r workbench.Registration) workbench.Registration {
			r = r.Replaced(step.Credential, id, s.now())
			for i := range r.Credentials {
				if works && r.Credentials[i].ID == active.ID {
					r.Credentials[i].KeyID = keys[1]
				}
			}
			return r
		}, nil
	})
}

// keyID is Microsoft's id of a certificate that was just registered, asked for where the answer did not have it yet. Without it the key is not
// removed once a newer one works, and ends by itself.
func (s *Service) keyID(ctx context.Context, a *application, token entra.Token, objectID string, certificate []byte, given string) string {
	if given != "" {
		return given
	}
	keys, err := a.cloud.entra.Keys(ctx, token, objectID)
	if err != nil {
		s.Log.InfoContext(ctx, "id of a certificate not read", s.about(a), "reason", faultOf(err).Reason)
		return ""
	}
	thumbprint := workbench.Credential{Certificate: certificate}.SHA1()
	for _, k := range keys {
		if k.Thumbprint == thumbprint {
			return k.KeyID
		}
	}
	return ""
}

// byManager does with a token of the manager what an application cannot do itself, and stores what became of it.
func (s *Service) byManager(ctx context.Context, a *application, step workbench.Step, what string,
	do func(token entra.Token, r workbench.Registration, certificate []byte) (func(workbench.Registration) workbench.Registration, error)) error {
	r := s.registration(a)
	done, err := func() (func(workbench.Registration) workbench.Registration, error) {
		i := slices.IndexFunc(r.Credentials, func(c workbench.Credential) bool { return c.ID == step.Credential })
		if i < 0 {
			return nil, fmt.Errorf("credential: %w", workbench.ErrNotFound)
		}
		token, err := s.managerToken(ctx, r)
		if err != nil {
			return nil, err
		}
		return do(token, r, r.Credentials[i].Certificate)
	}()
	if err == nil {
		s.Log.InfoContext(ctx, what+" an app registration", s.about(a), "credential", step.Credential)
		return s.store(ctx, a, what, done)
	}
	fault := faultOf(err)
	s.Log.WarnContext(ctx, "not "+what+" an app registration", s.about(a), "credential", step.Credential, "reason", fault.Reason,
		"detail", fault.Detail.String(), "trace", fault.Trace.String())
	err = s.store(ctx, a, "", func(r workbench.Registration) workbench.Registration { return r.RenewalFailed(fault, s.now()) })
	s.showRenewal(ctx, a)
	return err
}

// managerToken is a token of the application that manages another one.
func (s *Service) managerToken(ctx context.Context, r workbench.Registration) (entra.Token, error) {
	s.mu.RLock()
	m := s.applications[r.Manager]
	s.mu.RUnlock()
	if m == nil {
		return entra.Token{}, &workbench.Fault{Reason: workbench.ReasonParent, Err: errors.New("the application that manages this one is not there")}
	}
	manager := s.registration(m)
	active, ok := manager.Active()
	if !ok {
		return entra.Token{}, &workbench.Fault{Reason: workbench.ReasonParent, Err: errors.New("what the parent signs in with is not accepted yet")}
	}
	token, err := s.tokenWith(ctx, m.cloud, r.Tenant, manager, active)
	if err != nil {
		return entra.Token{}, err
	}
	return token, nil
}

// enrolNow makes the application of a child while somebody waits, and returns why it could not be made yet, or nil.
func (s *Service) enrolNow(ctx context.Context, a *application) *workbench.Fault {
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	s.followPlan(asked, a)
	r := s.registration(a)
	if r.ClientID != "" {
		return nil
	}
	return &workbench.Fault{Reason: r.Renewal.Reason, Detail: r.Renewal.Detail, Trace: r.Renewal.Trace}
}

// ReplaceCertificate gives a child that has an application of its own a new certificate by the hand of its parent, at once: for one whose
// certificates have all ended, or were taken away at Microsoft. workbench.ErrNotFound for every other connector.
func (s *Service) ReplaceCertificate(ctx context.Context, by By, id workbench.ConnectorID) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return err
	}
	a := s.appOf(t)
	if !c.Kind.Child() || s.registration(a).Manager == "" || s.registration(a).ClientID == "" {
		return fmt.Errorf("connector %s has no application that its parent manages: %w", c.ID, workbench.ErrNotFound)
	}
	fresh, err := s.offerTo(ctx, by, a, CredentialChoice{Kind: ChoiceMade}, "had the certificate replaced of")
	if err != nil {
		return err
	}
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	select {
	case a.turn <- struct{}{}:
	case <-asked.Done():
		return faultOf(asked.Err())
	}
	err = s.replace(asked, a, workbench.Step{Kind: workbench.StepReplace, Credential: fresh})
	<-a.turn
	if err != nil {
		return err
	}
	s.hurry(t)
	s.ask(asked, t, []workbench.ConnectorID{id}, asking{fresh: true, eager: true})
	return nil
}

// Remains is what a connector leaves behind at Microsoft once it is deleted here, for a person to remove.
type Remains struct {
	Tenant      workbench.TenantID
	ClientID    string // application (client) id; "" = nothing remains
	Name        string // of the application, where the workbench gave it
	Home        bool   // the app registration itself is in the tenant, not only its enterprise application
	Shared      bool   // others still sign in with it
	Removes     bool   // the workbench removes it by itself, as far as Microsoft lets it
	Certificate string // SHA-1 thumbprint of the active certificate, as the portal shows it
}

// Remaining says what a connector would leave behind. workbench.ErrNotFound.
func (s *Service) Remaining(_ context.Context, by By, id workbench.ConnectorID) (Remains, error) {
	c, err := s.editable(by, id)
	if err != nil {
		return Remains{}, err
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return Remains{}, err
	}
	if c.Kind.Child() && c.Registration == "" {
		return Remains{Tenant: c.Tenant}, nil // the parent goes on to use it
	}
	r := s.registration(s.appOf(t))
	out := Remains{Tenant: c.Tenant, ClientID: r.ClientID, Home: r.Tenant == c.Tenant, Shared: r.Name != "", Removes: r.Manager != ""}
	if active, ok := r.Active(); ok {
		out.Certificate = active.SHA1()
	}
	if out.Removes {
		out.Name = s.applicationName(s.appOf(t))
	}
	return out, nil
}

// dismiss has the manager delete the application of a child that is being deleted. That it could not is said, and no error. The caller holds
// the application's turn, so that none is being made meanwhile.
func (s *Service) dismiss(ctx context.Context, a *application) bool {
	r := s.registration(a)
	if r.Manager == "" || r.ObjectID == "" {
		return false
	}
	asked, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	token, err := s.managerToken(asked, r)
	if err == nil {
		err = a.cloud.entra.DeleteApplication(asked, token, r.ObjectID)
	}
	if err != nil {
		fault := faultOf(err)
		s.Log.WarnContext(ctx, "application not deleted at Microsoft", s.about(a), "client", r.ClientID, "reason", fault.Reason, "trace", fault.Trace.String())
		return false
	}
	return true
}
