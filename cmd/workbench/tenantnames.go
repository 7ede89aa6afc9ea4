package main

import (
	"context"
	"fmt"

	"workbench"
	"workbench/store"
)

// tenantNames reads the display names of tenants, for lists. What it does not know is asked of later, which learns names of tenants while
// the program runs.
func tenantNames(ctx context.Context, st store.Tenants, later func(workbench.TenantID) workbench.Untrusted) (func(workbench.TenantID) workbench.Untrusted, error) {
	list, err := st.TenantList(ctx, workbench.EveryTenant())
	if err != nil {
		return nil, fmt.Errorf("reading the names of tenants: %w", err)
	}
	names := map[workbench.TenantID]workbench.Untrusted{}
	for _, tenant := range list {
		names[tenant.ID] = tenant.Name
	}
	return func(id workbench.TenantID) workbench.Untrusted {
		if name, ok := names[id]; ok && !name.IsZero() {
			return name
		}
		return later(id)
	}, nil
}
