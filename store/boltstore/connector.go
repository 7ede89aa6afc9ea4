package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"workbench"
	"workbench/store"
)

// Connectors implements store.Connectors.
func (s *Store) Connectors(ctx context.Context, scope workbench.Scope) ([]workbench.Connector, error) {
	list := []workbench.Connector{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for k, v := range under(tx, bucketConnectors, nil) {
			c, err := decodeRow[workbench.Connector]("connector", k, v)
			if err != nil {
				return err
			}
			if seesConnector(scope, c) {
				list = append(list, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing connectors: %w", err)
	}
	slices.SortFunc(list, func(a, b workbench.Connector) int {
		return cmp.Or(strings.Compare(folded(a.Name), folded(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// seesConnector also holds that a connector without tenant is nobody's but the program's and of those who see every tenant.
func seesConnector(scope workbench.Scope, c workbench.Connector) bool {
	if c.Tenant == "" {
		return scope.Equal(workbench.EveryTenant())
	}
	return scope.Sees(c.Tenant)
}

// Connector implements store.Connectors.
func (s *Store) Connector(ctx context.Context, scope workbench.Scope, id workbench.ConnectorID) (workbench.Connector, error) {
	var c workbench.Connector
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		if c, err = connector(tx, id); err == nil && !seesConnector(scope, c) {
			err = workbench.ErrNotFound
		}
		return err
	})
	if err != nil {
		return workbench.Connector{}, fmt.Errorf("reading connector %q: %w", workbench.Text(string(id)), err)
	}
	return c, nil
}

func connector(tx *bbolt.Tx, id workbench.ConnectorID) (workbench.Connector, error) {
	return decodeRow[workbench.Connector]("connector", []byte(id), get(tx, bucketConnectors, []byte(id)))
}

// SaveConnector implements store.Connectors. The children of a parent whose tenant becomes known get it with the parent. A registration
// without name that no connector names any more goes.
func (s *Store) SaveConnector(ctx context.Context, c workbench.Connector, what string, by workbench.AccountID, at workbench.Time) (workbench.Connector, error) {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		if err := checkConnector(c); err != nil {
			return err
		}
		former, err := connector(tx, c.ID)
		switch {
		case errors.Is(err, workbench.ErrNotFound) && c.Revision == 0:
		case err != nil:
			return err
		case former.Revision != c.Revision:
			return workbench.ErrConflict
		}
		if err := checkAgainst(tx, c, former); err != nil {
			return err
		}
		c.Revision++
		if err := putConnector(tx, c, former); err != nil {
			return err
		}
		if err := recordConnector(tx, c, what, by, at); err != nil {
			return err
		}
		if former.ID != "" && former.Tenant != c.Tenant {
			if err := giveTenant(tx, c, by, at); err != nil {
				return err
			}
		}
		return dropRegistration(tx, former.Registration, by, at)
	})
	if err != nil {
		return workbench.Connector{}, fmt.Errorf("saving connector %q: %w", workbench.Text(c.Name), err)
	}
	return c, nil
}

// giveTenant gives the tenant that a parent got to its children.
func giveTenant(tx *bbolt.Tx, parent workbench.Connector, by workbench.AccountID, at workbench.Time) error {
	for _, id := range childrenOf(tx, parent.ID) {
		former, err := connector(tx, id)
		if err != nil {
			return err
		}
		child := former
		child.Tenant = parent.Tenant
		child.Revision++
		if err := putConnector(tx, child, former); err != nil {
			return err
		}
		if err := recordConnector(tx, child, "gave its parent's tenant to", by, at); err != nil {
			return err
		}
	}
	return nil
}

// DeleteConnector implements store.Connectors.
func (s *Store) DeleteConnector(ctx context.Context, id workbench.ConnectorID, by workbench.AccountID, at workbench.Time) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		c, err := connector(tx, id)
		if err != nil {
			return err
		}
		if len(childrenOf(tx, id)) > 0 {
			return fmt.Errorf("%w: other connectors stand under it", workbench.ErrConflict)
		}
		for _, k := range keysOf(c) {
			if err := tx.Bucket(bucketConnectorKeys).Delete(k); err != nil {
				return err
			}
		}
		for _, name := range [][]byte{bucketConnectors, bucketHealths, bucketProgress} {
			if err := tx.Bucket(name).Delete([]byte(id)); err != nil {
				return err
			}
		}
		links, err := consentRows(tx)
		if err == nil {
			err = dropConsentLinks(tx, links, func(l workbench.ConsentLink) bool { return l.Connector == id })
		}
		if err != nil {
			return err
		}
		if err := recordConnector(tx, c, "deleted", by, at); err != nil {
			return err
		}
		return dropRegistration(tx, c.Registration, by, at)
	})
	if err != nil {
		return fmt.Errorf("deleting connector %q: %w", workbench.Text(string(id)), err)
	}
	return nil
}

func recordConnector(tx *bbolt.Tx, c workbench.Connector, what string, by workbench.AccountID, at workbench.Time) error {
	return record(tx, store.AuditEntry{At: at, By: by, What: cmp.Or(what, "changed") + " connector", About: aboutConnector(c)})
}

func aboutConnector(c workbench.Connector) string {
	tenant := "a tenant not known yet"
	if c.Tenant != "" {
		tenant = "tenant " + c.Tenant.Text().String()
	}
	return fmt.Sprintf("connector %s, named %s, of %s", workbench.Text(string(c.ID)), workbench.Text(c.Name), tenant)
}
