package boltstore

import (
	"errors"

	"go.etcd.io/bbolt"

	"workbench"
)

// checkConnector checks what needs no look at the store.
func checkConnector(c workbench.Connector) error {
	var bad *workbench.Invalid
	if err := c.Check(); err != nil && !errors.As(err, &bad) {
		return err
	}
	if c.ID == "" || len(c.ID) > maxID {
		bad = bad.Set("id", "is missing or longer than 256 bytes")
	}
	if len(c.Registration) > maxID {
		bad = bad.Set("registration", "is longer than 256 bytes")
	}
	if id, ok := workbench.NewTenantID(string(c.Tenant)); c.Tenant != "" && (!ok || id != c.Tenant) {
		bad = bad.Set("tenant", "is not the id of a tenant")
	}
	if !c.Kind.Child() && c.Parent != "" {
		bad = bad.Set("parent", "A Microsoft 365 connector stands under no other.")
	}
	if bad != nil {
		return bad
	}
	return nil
}

// checkAgainst checks a connector against the others; former is what it replaces, or the zero value.
func checkAgainst(tx *bbolt.Tx, c, former workbench.Connector) error {
	var bad *workbench.Invalid
	if c.Kind.Child() {
		parent, err := connector(tx, c.Parent)
		switch {
		case errors.Is(err, workbench.ErrNotFound) || err == nil && parent.Kind.Child():
			bad = bad.Set("parent", "The Microsoft 365 connector is not there any more. Choose another.")
		case err != nil:
			return err
		case parent.Tenant != c.Tenant:
			bad = bad.Set("parent", "The Microsoft 365 connector belongs to another tenant. Choose another.")
		case parent.Topology != workbench.ManagedApps && c.Registration != "":
			bad = bad.Set("registration", "Connectors under this Microsoft 365 connector have no app of their own: they sign in with its app.")
		case parent.Topology == workbench.ManagedApps && c.Registration == "":
			bad = bad.Set("registration", "Each connector under this Microsoft 365 connector needs an app of its own.")
		}
	}
	if c.Registration != "" || c.Topology == workbench.SharedApp {
		var err error
		if bad, err = checkNamed(tx, c, bad); err != nil {
			return err
		}
	}
	if former.ID != "" && (former.Topology == workbench.ManagedApps) != (c.Topology == workbench.ManagedApps) && len(childrenOf(tx, c.ID)) > 0 {
		bad = bad.Set("topology", "Connectors under this one sign in as they were added. Delete them before their apps are managed, or are no longer.")
	}
	if former.ID != "" && former.Kind != c.Kind {
		bad = bad.Set("kind", "What a connector connects can't be changed. Delete it and add another.")
	}
	if former.Tenant != "" && former.Tenant != c.Tenant && len(childrenOf(tx, c.ID)) > 0 {
		bad = bad.Set("tenant", "Connectors under this one take in data of its tenant. Delete them before it gets another tenant.")
	}
	for _, k := range uniqueKeys(c) {
		if holder := get(tx, bucketConnectorKeys, k.key); holder != nil && string(holder) != string(c.ID) {
			bad = bad.Set(k.field, k.sentence)
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}
