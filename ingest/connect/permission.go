package connect

import (
	"crypto/sha256"
	"fmt"

	"workbench"
)

// By is who asks: the account, and the id of its browser's session where a flow is begun or ended.
type By struct {
	Account workbench.Account
	Session string
}

// session is how a flow remembers the session.
func (by By) session() workbench.Hash { return sha256.Sum256([]byte(by.Session)) }

// name is what a connector shows of the account.
func (by By) name() workbench.Untrusted { return workbench.Text(by.Account.Name) }

// editable returns a connector that the account may change: ErrNotFound where it does not see it, ErrForbidden where it may only look.
func (s *Service) editable(by By, id workbench.ConnectorID) (workbench.Connector, error) {
	c, ok := s.connector(id)
	if !ok || !sees(by.Account.Scope(), c) {
		return workbench.Connector{}, fmt.Errorf("connector %s: %w", workbench.Text(string(id)), workbench.ErrNotFound)
	}
	if !by.Account.May(workbench.EditIntegration) {
		return workbench.Connector{}, fmt.Errorf("changing connectors: %w", workbench.ErrForbidden)
	}
	return c, nil
}

// sees reports whether a scope sees a connector; one whose tenant is not known is seen by a scope that sees every tenant, alone.
func sees(scope workbench.Scope, c workbench.Connector) bool {
	if c.Tenant == "" {
		return scope.Equal(workbench.EveryTenant())
	}
	return scope.Sees(c.Tenant)
}
