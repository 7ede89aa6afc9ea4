// Package connectors has the pages of Connectors Settings and Integrations: what is connected, how it is, and how it is mended in place.
package connectors

import (
	"time"

	"workbench"
)

// Source is all that is known of one connector. The pages are made from nothing else.
type Source struct {
	workbench.Connector
	Parent       *workbench.Connector // of a child
	TenantName   workbench.Untrusted
	Registration workbench.Registration // its own or its parent's
	OpensShared  bool                   // the reader may open the page of the shared app that it signs in with
	Health       workbench.Health
	Progress     workbench.Progress // of a child
	CatchingUp   bool
	Share        float64 // of the wanted time that is covered, from 0 to 1
	Lag          time.Duration
	Quarantined  int
	Children     int
	NeedsConsent bool // a child: pressing Authorize would lead to something new
	Throttled    bool
	Testing      bool // somebody had Microsoft asked, which did not answer yet
	Stories      int  // that have alerts of it; -1 = not counted
}

// parentID is the id of the parent that a connector belongs to, its own for a parent.
func (s Source) parentID() workbench.ConnectorID {
	if s.Kind.Child() {
		return s.Connector.Parent
	}
	return s.ID
}

// tenant is what people call the tenant: its name, else what the administrator entered, else its id.
func (s Source) tenant() workbench.Untrusted {
	entered := s.Entered
	if s.Parent != nil {
		entered = s.Parent.Entered
	}
	return s.TenantName.Or(workbench.Text(entered)).Or(s.Tenant.Text())
}
