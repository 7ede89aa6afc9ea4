package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"workbench"
)

// Child is the form of a child.
type Child struct {
	Kind              workbench.ConnectorKind
	Parent            workbench.ConnectorID
	Name, Description string
	BackfillDays      int // 0 = 30
}

// defaultBackfillDays is how far back the first ingest goes where nobody says otherwise.
const defaultBackfillDays = 30

// AddChild saves a child and really asks Microsoft whether it may read, for at most 20 seconds. What Microsoft said is in the returned
// state; it is no error. A Name of "" is made from kind and parent. *workbench.Invalid with the fields kind, parent, name, description,
// backfillDays; a parent that the account does not see is as one that is not there.
func (s *Service) AddChild(ctx context.Context, by By, c Child) (State, error) {
	if !by.Account.May(workbench.EditIntegration) {
		return State{}, fmt.Errorf("adding a connector: %w", workbench.ErrForbidden)
	}
	var bad *workbench.Invalid
	if !c.Kind.Child() {
		bad = bad.Set("kind", "Choose what to connect.")
	}
	parent, err := s.editable(by, c.Parent)
	switch {
	case err != nil || parent.Kind.Child():
		bad = bad.Set("parent", "Choose the Microsoft 365 connector of the tenant.")
	case !parent.Confirmed():
		bad = bad.Set("parent", fmt.Sprintf("%s is not authorised yet. Authorise it first, then add what stands under it.", parent.Name))
	}
	child := workbench.Connector{ID: workbench.ConnectorID(newID()), Kind: c.Kind, Name: strings.TrimSpace(c.Name), Description: strings.TrimSpace(c.Description),
		Parent: c.Parent, Tenant: parent.Tenant, BackfillDays: c.BackfillDays, CreatedAt: s.now(), CreatedBy: by.Account.ID}
	if child.BackfillDays == 0 {
		child.BackfillDays = defaultBackfillDays
	}
	if child.Name == "" && bad == nil {
		child.Name = s.freeName(parent.Name + " · " + child.Kind.Label())
	}
	bad = s.checkName(mergeMissing(bad, child.Check()), child)
	if other, ok := s.sibling(child); ok {
		bad = bad.Set("kind", fmt.Sprintf("%s takes this in already for the same tenant.", other.Name))
	}
	if bad != nil {
		return State{}, bad
	}
	t, _, err := s.tenancyOf(parent)
	if err != nil {
		return State{}, err
	}
	if parent.Topology == workbench.ManagedApps {
		return s.addManaged(ctx, by, t, parent, child)
	}
	if child, err = s.Store.SaveConnector(ctx, child, "added", by.Account.ID, child.CreatedAt); err != nil {
		return State{}, fmt.Errorf("keeping the connector: %w", err)
	}
	s.begin(ctx, child, t)
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	s.ask(asked, t, []workbench.ConnectorID{child.ID}, asking{fresh: true})
	return s.State(ctx, by.Account.Scope(), child.ID)
}

// addManaged saves a child with a registration of its own, and has the parent make the application within the call. Where that fails the child
// is there, says why, and it is tried again.
func (s *Service) addManaged(ctx context.Context, by By, t *tenancy, parent, child workbench.Connector) (State, error) {
	r, err := s.newManaged(parent, s.registration(s.appOf(t)))
	if err != nil {
		return State{}, err
	}
	if r, err = s.Store.SaveRegistration(ctx, r, "added", by.Account.ID, child.CreatedAt); err != nil {
		return State{}, fmt.Errorf("keeping the app registration: %w", err)
	}
	child.Registration = r.ID
	if child, err = s.Store.SaveConnector(ctx, child, "added", by.Account.ID, child.CreatedAt); err != nil {
		s.dropRegistration(ctx, r.ID, by)
		return State{}, fmt.Errorf("keeping the connector: %w", err)
	}
	own := s.newTenancy(child, s.newApplication(r))
	s.begin(ctx, child, own)
	if fault := s.enrolNow(ctx, own.app); fault != nil {
		at := s.now()
		s.setHealth(ctx, child.ID, true, func(_ workbench.Connector, h workbench.Health) workbench.Health { return h.After(cut(fault), at) })
	} else {
		asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
		defer cancel()
		s.ask(asked, own, []workbench.ConnectorID{child.ID}, asking{fresh: true, eager: true})
	}
	return s.State(ctx, by.Account.Scope(), child.ID)
}

// mergeMissing is merge, but a field that has a sentence keeps it.
func mergeMissing(bad *workbench.Invalid, err error) *workbench.Invalid {
	var more *workbench.Invalid
	if errors.As(err, &more) && more != nil {
		for field, sentence := range more.Fields {
			if bad == nil || bad.Fields[field] == "" {
				bad = bad.Set(field, sentence)
			}
		}
	}
	return bad
}

// sibling returns the child of the same kind under the same parent.
func (s *Service) sibling(c workbench.Connector) (workbench.Connector, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id, k := range s.connectors {
		if id != c.ID && c.Parent != "" && k.connector.Parent == c.Parent && k.connector.Kind == c.Kind {
			return k.connector, true
		}
	}
	return workbench.Connector{}, false
}

// freeName is a name that no other connector has, made from a wish by cutting and counting.
func (s *Service) freeName(wish string) string {
	name := fit(wish, "")
	for n := 2; s.taken(name, ""); n++ {
		name = fit(wish, fmt.Sprintf(" %d", n))
	}
	return name
}

func fit(wish, suffix string) string {
	room := workbench.MaxConnectorName - utf8.RuneCountInString(suffix)
	if r := []rune(wish); len(r) > room {
		wish = strings.TrimSpace(string(r[:room-1])) + "…"
	}
	return wish + suffix
}
