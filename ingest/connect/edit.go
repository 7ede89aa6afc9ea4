package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"workbench"
)

// Edit is the form of changes. Fields that a connector of its kind does not have are passed over.
type Edit struct {
	Name, Description  string
	ClientID, ObjectID string // parents
	BackfillDays       int    // children
	Revision           int    // that the form was filled with
}

// Edit saves changes. *workbench.Invalid, workbench.ErrConflict.
func (s *Service) Edit(ctx context.Context, by By, id workbench.ConnectorID, e Edit) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	if c.Revision != e.Revision {
		return fmt.Errorf("connector %s: %w", c.ID, workbench.ErrConflict)
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return err
	}
	c.Name, c.Description = strings.TrimSpace(e.Name), strings.TrimSpace(e.Description)
	r := s.registration(s.appOf(t))
	application := workbench.Registration{ClientID: lower(e.ClientID), ObjectID: lower(e.ObjectID)}
	var bad *workbench.Invalid
	own := !c.Kind.Child() && c.Topology != workbench.SharedApp // the application is edited with its connector
	if c.Kind.Child() {
		c.BackfillDays = e.BackfillDays
	} else if own {
		bad = s.checkApplication(application)
	}
	if bad = s.checkName(merge(bad, c.Check()), c); bad != nil {
		return bad
	}
	saved, err := s.Store.SaveConnector(ctx, c, "edited", by.Account.ID, s.now())
	if err != nil {
		return fmt.Errorf("keeping the connector: %w", err)
	}
	s.remember(saved)
	if !own || application.ClientID == r.ClientID && application.ObjectID == r.ObjectID {
		return nil
	}
	return s.changeApplication(ctx, by, s.appOf(t), application)
}

// changeApplication gives an application other ids. What Microsoft accepted for the former one is on offer again.
func (s *Service) changeApplication(ctx context.Context, by By, a *application, application workbench.Registration) error {
	other := s.registration(a).ClientID != application.ClientID
	err := s.saveRegistration(ctx, a, "changed the application", by.Account.ID, func(r *workbench.Registration) bool {
		r.ClientID, r.ObjectID, r.Renewal = application.ClientID, application.ObjectID, workbench.Renewal{}
		for i := range r.Credentials {
			if c := &r.Credentials[i]; other && c.State == workbench.CredentialActive {
				c.State, c.AcceptedAt, c.AddedAt, c.KeyID = workbench.CredentialOffered, workbench.Time{}, workbench.Time{}, ""
			}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("keeping the app registration: %w", err)
	}
	if other {
		s.flushTokens(a)
	}
	s.mu.Lock()
	a.stepAt = time.Time{}
	users := s.tenanciesOf(a)
	s.mu.Unlock()
	for _, t := range users {
		s.hurry(t)
	}
	s.stir()
	return nil
}

// SetDisabled stops or starts a connector; a parent with all its children, which keep what was set for each of them.
func (s *Service) SetDisabled(ctx context.Context, by By, id workbench.ConnectorID, disabled bool) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	what := "enabled"
	if disabled {
		what = "disabled"
	}
	changed := false
	err = s.saveConnector(ctx, id, what, by.Account.ID, func(c *workbench.Connector) bool {
		changed = c.Disabled != disabled
		c.Disabled = disabled
		return changed
	})
	if err != nil {
		return fmt.Errorf("keeping the connector: %w", err)
	}
	if !changed {
		return nil
	}
	at := s.now()
	s.setHealth(ctx, id, true, func(_ workbench.Connector, h workbench.Health) workbench.Health {
		h.Since, h.NextAt = at, workbench.Time{} // while it is off: since when
		return h
	})
	if t, _, err := s.tenancyOf(c); err == nil && !disabled {
		s.hurry(t)
	}
	return nil
}

// Delete takes a connector away. Stories stay. Nothing is changed at Microsoft, but that an application which a parent made for the connector is
// deleted by that parent, as far as Microsoft lets it; what remains there says Remaining, before. A parent that still has children is refused with an
// error that is both a *workbench.Invalid with the field children and workbench.ErrConflict.
func (s *Service) Delete(ctx context.Context, by By, id workbench.ConnectorID) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	s.mu.RLock()
	var names []string
	for _, k := range s.childrenOf(id) {
		names = append(names, k.connector.Name)
	}
	s.mu.RUnlock()
	if len(names) > 0 {
		var bad *workbench.Invalid
		return errors.Join(bad.Set("children", "Delete what stands under it first: "+strings.Join(names, ", ")+"."), workbench.ErrConflict)
	}
	ctx = context.WithoutCancel(ctx) // what is gone at Microsoft is gone here, too
	if t, _, err := s.tenancyOf(c); err == nil && t.child {
		a := s.appOf(t)
		a.turn <- struct{}{} // whoever holds it asks Microsoft, and not for longer than upkeepTimeout
		defer func() { <-a.turn }()
		s.dismiss(ctx, a)
	}
	if err := s.Store.DeleteConnector(ctx, id, by.Account.ID, s.now()); err != nil {
		return fmt.Errorf("deleting the connector: %w", err)
	}
	s.forget(id)
	return nil
}
