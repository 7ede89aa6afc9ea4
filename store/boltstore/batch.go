package boltstore

import (
	"fmt"

	"workbench"
	"workbench/store"
)

const (
	maxID       = 256      // bytes of the id of an alert, an incident, an action
	maxName     = 1 << 10  // bytes of the name of a product
	maxDocument = 64 << 20 // bytes of one document
)

// checkBatch checks the whole batch: what a person can mend first, then the scope.
func checkBatch(scope workbench.Scope, batch store.Batch) error {
	var bad *workbench.Invalid
	set := func(list string, i int, field, sentence string) {
		bad = bad.Set(fmt.Sprintf("%s[%d].%s", list, i, field), sentence)
	}
	allowed := true
	for i, d := range batch.Documents {
		if id, ok := workbench.NewTenantID(string(d.Tenant)); !ok || id != d.Tenant {
			set("documents", i, "tenant", "is missing or not the id of a tenant")
		}
		if d.Kind != workbench.IncidentDocument && d.Kind != workbench.AlertDocument {
			set("documents", i, "kind", "is neither incident nor alert")
		}
		if d.Object == "" || len(d.Object) > maxID {
			set("documents", i, "object", "is missing or longer than 256 bytes")
		}
		if len(d.Incident) > maxID {
			set("documents", i, "incident", "is longer than 256 bytes")
		}
		if len(d.JSON) == 0 || len(d.JSON) > maxDocument {
			set("documents", i, "json", "is missing or larger than 64 MiB")
		}
		allowed = allowed && scope.Sees(d.Tenant)
	}
	for i, q := range batch.Quarantined {
		if id, ok := workbench.NewTenantID(string(q.Tenant)); !ok || id != q.Tenant {
			set("quarantined", i, "tenant", "is missing or not the id of a tenant")
		}
		if q.ID == "" || len(q.ID) > maxID {
			set("quarantined", i, "id", "is missing or longer than 256 bytes")
		}
		if len(q.First) > maxDocument {
			set("quarantined", i, "first", "is larger than 64 MiB")
		}
		allowed = allowed && scope.Sees(q.Tenant)
	}
	for i, f := range batch.Foreign {
		if id, ok := workbench.NewTenantID(string(f.Tenant)); !ok || id != f.Tenant {
			set("foreign", i, "tenant", "is missing or not the id of a tenant")
		}
		if f.Alert == "" || len(f.Alert) > maxID {
			set("foreign", i, "alert", "is missing or longer than 256 bytes")
		}
		if len(f.Incident) > maxID {
			set("foreign", i, "incident", "is longer than 256 bytes")
		}
		if f.Product == "" || len(f.Product) > maxName || len(f.Name.Raw()) > maxName {
			set("foreign", i, "product", "is missing or longer than 1 KiB")
		}
		allowed = allowed && scope.Sees(f.Tenant)
	}
	switch {
	case bad != nil:
		return fmt.Errorf("adding documents: %w", bad)
	case !allowed:
		return fmt.Errorf("adding documents: %w: a tenant is outside what the caller may see", workbench.ErrForbidden)
	}
	return nil
}
