package connect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
)

// known is what the service remembers of a connector. Its fields are guarded by Service.mu.
type known struct {
	connector workbench.Connector
	health    workbench.Health
	kept      workbench.Health // as it stands in the store
	keptAt    time.Time
	progress  workbench.Progress
	interval  time.Duration // between polls, as the poller said; 0 = not said yet
	failedAt  time.Time     // when a poll last failed for a reason that may pass by itself; zero where the last one worked
}

// tenancy is an application in a tenant, with all that is needed to speak with that tenant: that of a parent, or that of a child which has an
// application of its own. Its fields are guarded by Service.mu, but for those that never change.
type tenancy struct {
	id     workbench.ConnectorID
	child  bool // the connector is a child, and reads for itself alone
	tenant workbench.TenantID
	cloud  *cloud
	turn   chan struct{}   // one slot: whoever holds it asks Microsoft; nobody else does
	tokens *entra.Tokens   // one cache for all that is read
	client *msgraph.Client // with the limits of the tenant

	app       *application     // of nobody once the connector is deleted
	refusal   *workbench.Fault // what the last token was refused with; nil = it was given
	departAt  time.Time        // when a browser that wants to depart last had Microsoft asked
	quickFrom time.Time        // since when pending connectors are probed quickly
	probes    int              // since then
	probedAt  time.Time        // when Microsoft was last asked by a probe; also by a person's
	probeAt   time.Time        // when upkeep asks again; zero = the poller does, or nobody
	looked    bool             // somebody looked since the last probe
	busy      bool             // upkeep is at it
}

// read fills the memory with what the store keeps.
func (s *Service) read(ctx context.Context) error {
	connectors, err := s.Store.Connectors(ctx, workbench.EveryTenant())
	if err != nil {
		return err
	}
	registrations, err := s.Store.Registrations(ctx)
	if err != nil {
		return err
	}
	healths, err := s.Store.Healths(ctx)
	if err != nil {
		return err
	}
	progresses, err := s.Store.Progresses(ctx)
	if err != nil {
		return err
	}
	tenants, err := s.Store.TenantList(ctx, workbench.EveryTenant())
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range tenants {
		s.names[t.ID] = t.Name
	}
	named := map[workbench.RegistrationID]bool{}
	for _, c := range connectors {
		named[c.Registration] = true
	}
	for _, r := range registrations {
		if r.Name == "" && !named[r.ID] { // a crash came before its connector was kept: nothing may be done in its name
			s.Log.WarnContext(ctx, "app registration without a connector is passed over", "registration", r.ID)
			continue
		}
		s.applications[r.ID] = s.newApplication(r)
	}
	for _, c := range connectors {
		h, ok := healths[c.ID]
		if !ok {
			h = workbench.NewHealth(c.ID, c.CreatedAt)
		}
		s.connectors[c.ID] = &known{connector: c, health: h, kept: h, keptAt: s.Now(), progress: progresses[c.ID].Clone()}
		if c.Kind.Child() && c.Registration == "" {
			continue
		}
		a := s.applications[c.Registration]
		if a == nil {
			s.Log.ErrorContext(ctx, "connector has no app registration", "connector", c.ID)
			a = s.newApplication(workbench.Registration{ID: c.Registration, Tenant: c.Tenant, Cloud: c.Cloud})
			s.applications[c.Registration] = a
		}
		if a.registration.Tenant == "" { // kept before an app could be at home elsewhere
			a.registration.Tenant = c.Tenant
		}
		s.tenancies[c.ID] = s.newTenancy(c, a)
	}
	s.sort()
	return nil
}

// sort makes the order of lists anew.
func (s *Service) sort() {
	family := func(c workbench.Connector) workbench.Connector {
		if p := s.connectors[c.Parent]; p != nil {
			return p.connector
		}
		return c
	}
	s.order = s.order[:0:0]
	for id := range s.connectors {
		s.order = append(s.order, id)
	}
	slices.SortFunc(s.order, func(x, y workbench.ConnectorID) int {
		a, b := s.connectors[x].connector, s.connectors[y].connector
		if fa, fb := family(a), family(b); fa.ID != fb.ID {
			return byName(fa, fb)
		}
		rank := func(c workbench.Connector) int { return slices.Index(workbench.ConnectorKinds, c.Kind) }
		return cmp.Or(cmp.Compare(rank(a), rank(b)), byName(a, b))
	})
	s.children, s.reads = map[workbench.ConnectorID][]*known{}, map[workbench.ConnectorID][]*known{}
	for _, id := range s.order {
		k := s.connectors[id]
		if !k.connector.Kind.Child() {
			continue
		}
		by := k.connector.Parent
		s.children[by] = append(s.children[by], k)
		if k.connector.Registration != "" {
			by = id
		}
		s.reads[by] = append(s.reads[by], k)
	}
}

func byName(a, b workbench.Connector) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(string(a.ID), string(b.ID)))
}

// remember puts a saved connector into the memory.
func (s *Service) remember(c workbench.Connector) {
	s.mu.Lock()
	if k := s.connectors[c.ID]; k != nil {
		if c.Revision > k.connector.Revision { // another save may have come between
			k.connector = c
		}
	} else {
		h := workbench.NewHealth(c.ID, s.now())
		s.connectors[c.ID] = &known{connector: c, health: h}
	}
	s.sort()
	s.mu.Unlock()
	s.listeners.tell(c.ID)
}

// forget drops a connector that the store no longer has, with all that a client of it could still sign in with.
func (s *Service) forget(id workbench.ConnectorID) {
	s.mu.Lock()
	t := s.tenancies[id]
	delete(s.connectors, id)
	delete(s.tenancies, id)
	s.sort()
	if t != nil {
		t.tokens.Flush()
		if len(s.tenanciesOf(t.app)) == 0 && t.app.registration.Name == "" {
			delete(s.applications, t.app.id)
			t.app.registration = workbench.Registration{}
		}
		t.app = &application{cloud: t.app.cloud, turn: make(chan struct{}, 1)} // which signs in to nothing
	}
	s.mu.Unlock()
	s.listeners.tell(id)
}

// connector returns a connector from memory, whoever asks.
func (s *Service) connector(id workbench.ConnectorID) (workbench.Connector, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	k := s.connectors[id]
	if k == nil {
		return workbench.Connector{}, false
	}
	return k.connector, true
}

// childrenOf lists the children of a parent in the order of lists. The caller holds mu, and changes nothing in the list.
func (s *Service) childrenOf(parent workbench.ConnectorID) []*known { return s.children[parent] }

// tenancyOf returns what is needed to speak with the tenant of a connector, and the parent.
func (s *Service) tenancyOf(c workbench.Connector) (*tenancy, workbench.Connector, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.connectors[parentOf(c)]
	t := s.tenancyAt(c)
	if p == nil || t == nil {
		return nil, workbench.Connector{}, workbench.ErrNotFound
	}
	return t, p.connector, nil
}

// parentOf is the id of a child's parent, and of a parent itself.
func parentOf(c workbench.Connector) workbench.ConnectorID {
	if c.Kind.Child() {
		return c.Parent
	}
	return c.ID
}

// tenancyAt is the tenancy that a connector signs in by: its own, or its parent's. The caller holds mu.
func (s *Service) tenancyAt(c workbench.Connector) *tenancy {
	if t := s.tenancies[c.ID]; t != nil {
		return t
	}
	return s.tenancies[c.Parent]
}

// readBy lists the children that a tenancy reads for: itself, or those of the parent that have no application of their own. The caller holds
// mu, and changes nothing in the list.
func (s *Service) readBy(t *tenancy) []*known { return s.reads[t.id] }

// off reports whether a tenancy's connector, or its parent, is switched off or gone. The caller holds mu.
func (s *Service) off(t *tenancy) bool {
	k := s.connectors[t.id]
	if k == nil || k.connector.Disabled {
		return true
	}
	p := s.connectors[parentOf(k.connector)]
	return p == nil || p.connector.Disabled
}

// saveConnector changes a connector in the store and in memory. change is called with what is there now, again where somebody else's change
// came first; it returns false where nothing is to be done.
func (s *Service) saveConnector(ctx context.Context, id workbench.ConnectorID, what string, by workbench.AccountID, change func(*workbench.Connector) bool) error {
	c, ok := s.connector(id)
	if !ok {
		return workbench.ErrNotFound
	}
	for tries := 0; ; tries++ {
		if !change(&c) {
			return nil
		}
		saved, err := s.Store.SaveConnector(ctx, c, what, by, s.now())
		if err == nil {
			s.remember(saved)
			return nil
		}
		if !errors.Is(err, workbench.ErrConflict) || tries == maxTries {
			return err
		}
		if c, err = s.Store.Connector(ctx, workbench.EveryTenant(), id); err != nil {
			return err
		}
	}
}

// maxTries is how often a change is made again because another came first.
const maxTries = 5
