package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"workbench"
)

// CustomerImport is a list of tenants that shall share an app.
type CustomerImport struct {
	Shared    workbench.RegistrationID
	Products  []workbench.ConnectorKind // that each gets once its tenant is confirmed, where its line names none
	Days      int                       // that they look back; 0 = 30
	Fresh     bool                      // those that are here and still wait for consent get a new link, and their former one works no more
	Customers []Customer
}

// Imported is what became of one customer.
type Imported struct {
	Customer
	ID        workbench.TenantID // "" where Microsoft did not say which it is
	Connector workbench.ConnectorID
	New       bool                  // it was added; else it was here before
	Link      workbench.ConsentLink // that was made, with its Secret
	Secret    string                // of the link, returned this once; "" = none was made
	Note      string                // how one that was here stands
	Problem   string                // why there is none, or no link, as a sentence; "" = all is well
}

// The pace of an import.
const (
	resolvesAtOnce = 8
	resolveTimeout = 10 * time.Second // for the tenant of a line
)

// ImportCustomers adds a parent by a shared app for each customer, with a consent link of its own; what shall stand under it is added once
// its tenant is confirmed. What goes wrong with one keeps no other from being added. Customers that are here are left as they are; one that
// an import left without a link gets it. Where the context ends, the customers that nobody came to say so; the same list brings them
// later. *workbench.Invalid with the fields shared, products, backfillDays, list; workbench.ErrForbidden for an account that does not see
// every tenant.
func (s *Service) ImportCustomers(ctx context.Context, by By, form CustomerImport) ([]Imported, error) {
	if err := mayShare(by); err != nil {
		return nil, err
	}
	shared := s.shared(form.Shared)
	if form.Days == 0 {
		form.Days = defaultBackfillDays
	}
	if bad := checkImport(form, shared); bad != nil {
		return nil, bad
	}
	links, err := s.Store.ConsentLinks(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading consent links: %w", err)
	}
	i := customerImport{s: s, by: by, form: form, shared: shared, cloud: s.registration(shared).Cloud, here: s.sharing(shared), linked: map[workbench.ConnectorID]bool{}, given: map[workbench.ConnectorID]int{}}
	for _, l := range links {
		if l.Open(s.Now()) {
			i.linked[l.Connector] = true
		}
	}
	return i.run(ctx), nil
}

// checkImport says what is wrong with what was chosen for the whole list.
func checkImport(form CustomerImport, shared *application) error {
	var bad *workbench.Invalid
	if shared == nil {
		bad = bad.Set("shared", "Choose the app that these tenants share, or add one first.")
	}
	if len(form.Customers) == 0 || len(form.Customers) > MaxCustomers {
		bad = bad.Set("list", "Import between 1 and 5,000 customers at a time.")
	}
	example := workbench.Connector{Kind: workbench.Microsoft365, Name: "example", Products: form.Products, BackfillDays: form.Days}
	bad = mergeMissing(bad, example.Check())
	if form.Days < 1 || form.Days > workbench.MaxBackfillDays {
		bad = bad.Set("backfillDays", "Choose between 1 and 180 days: Microsoft keeps incidents for 180 days.")
	}
	if bad != nil {
		return bad
	}
	return nil
}

// sharing are the parents that use a shared app, by what was entered for them.
func (s *Service) sharing(a *application) map[string]workbench.TenantID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]workbench.TenantID{}
	for _, t := range s.tenanciesOf(a) {
		c := s.connectors[t.id].connector
		out[lower(c.Entered)], out[string(c.Tenant)] = c.Tenant, c.Tenant
	}
	return out
}

// customerImport is an import that runs.
type customerImport struct {
	s      *Service
	by     By
	form   CustomerImport
	shared *application
	cloud  string
	here   map[string]workbench.TenantID  // those that need not be asked for
	linked map[workbench.ConnectorID]bool // that had a link before, still open
	given  map[workbench.ConnectorID]int  // by which line of this list a connector got its link
}

// run asks Microsoft for the tenants of some lines at a time, and adds the customers in the order of their lines, each as soon as it can be.
func (i *customerImport) run(ctx context.Context) []Imported {
	type answer struct {
		id  workbench.TenantID
		bad *workbench.Invalid
	}
	list := i.form.Customers
	answers := make([]chan answer, len(list))
	for n := range answers {
		answers[n] = make(chan answer, 1)
	}
	var asking sync.WaitGroup
	var taken atomic.Int64
	for range min(resolvesAtOnce, len(list)) {
		asking.Go(func() {
			for n := int(taken.Add(1)) - 1; n < len(list) && ctx.Err() == nil; n = int(taken.Add(1)) - 1 {
				id, bad := i.tenant(ctx, list[n])
				answers[n] <- answer{id, bad}
			}
		})
	}
	out := make([]Imported, len(list))
	for n, c := range list {
		out[n] = Imported{Customer: c}
		select {
		case a := <-answers[n]:
			if ctx.Err() == nil {
				i.add(context.WithoutCancel(ctx), &out[n], a.id, a.bad)
				continue
			}
		case <-ctx.Done():
		}
		out[n].Problem = "Time ran out before this line was reached. Import the same list again: what is here already stays as it is."
	}
	asking.Wait()
	return out
}

// tenant finds out which tenant a line names.
func (i *customerImport) tenant(ctx context.Context, c Customer) (workbench.TenantID, *workbench.Invalid) {
	if id, here := i.here[c.Tenant]; here {
		return id, nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	return i.s.tenantNamed(ctx, i.cloud, c.Tenant)
}

// add makes what a customer lacks.
func (i *customerImport) add(ctx context.Context, out *Imported, id workbench.TenantID, bad *workbench.Invalid) {
	if bad != nil {
		out.Problem = strings.Join(sentences(bad), " ")
		return
	}
	out.ID = id
	c, here := i.s.parentFor(id)
	if here && c.Registration != i.shared.id {
		out.Problem = fmt.Sprintf("This tenant is connected already, by %s, which does not use this app.", c.Name)
		return
	}
	if !here {
		var err error
		if c, err = i.parent(ctx, out.Customer, id); err != nil {
			out.Problem = i.problem(ctx, out.Line, err)
			return
		}
		out.New = true
	}
	out.Connector = c.ID
	switch line, given := i.given[c.ID]; {
	case given:
		out.Note = fmt.Sprintf("Its tenant is that of line %d, which has the link.", line)
		return
	case c.Confirmed():
		out.Note = "It is here already, and authorised."
		return
	case !c.ConsentedAt.IsZero():
		out.Note = "It is here already, and somebody consented. Confirm its tenant."
		return
	case here && i.linked[c.ID] && !i.form.Fresh:
		out.Note = "It is here already, and waits for consent by the link that was made before."
		return
	case here:
		out.Note = "It is here already, and waits for consent."
	}
	var err error
	if out.Link, out.Secret, err = i.s.MakeConsentLink(ctx, i.by, c.ID); err != nil {
		out.Problem = i.problem(ctx, out.Line, err)
		return
	}
	i.given[c.ID] = out.Line
}

// parent saves the connector of a customer.
func (i *customerImport) parent(ctx context.Context, of Customer, id workbench.TenantID) (workbench.Connector, error) {
	s := i.s
	c := workbench.Connector{ID: workbench.ConnectorID(newID()), Kind: workbench.Microsoft365, Name: of.Name, Topology: workbench.SharedApp, Cloud: i.cloud, Entered: of.Tenant, Tenant: id,
		Registration: i.shared.id, Products: of.Products, CreatedAt: s.now(), CreatedBy: i.by.Account.ID}
	if c.Products == nil {
		c.Products = i.form.Products
	}
	if len(c.Products) > 0 {
		if c.BackfillDays = of.Days; of.Days == 0 {
			c.BackfillDays = i.form.Days
		}
	}
	if bad := s.checkName(mergeMissing(nil, c.Check()), c); bad != nil {
		return workbench.Connector{}, bad
	}
	c, err := s.Store.SaveConnector(ctx, c, "added from a list", i.by.Account.ID, c.CreatedAt)
	if err != nil {
		return workbench.Connector{}, fmt.Errorf("keeping the connector: %w", err)
	}
	s.begin(ctx, c, s.newTenancy(c, i.shared))
	return c, nil
}

// problem is a sentence for what kept a customer from being added. What no person can mend is told to the log.
func (i *customerImport) problem(ctx context.Context, line int, err error) string {
	var bad *workbench.Invalid
	if errors.As(err, &bad) {
		return strings.Join(sentences(bad), " ")
	}
	i.s.Log.ErrorContext(ctx, "customer not imported", "line", line, "error", err)
	return "The workbench could not keep it; its log says why. Import the same list again."
}

// parentFor is the parent that connects a tenant.
func (s *Service) parentFor(id workbench.TenantID) (workbench.Connector, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range s.connectors {
		if !k.connector.Kind.Child() && k.connector.Tenant == id {
			return k.connector, true
		}
	}
	return workbench.Connector{}, false
}
