package handlers_test

import (
	"context"
	"fmt"

	"workbench"
	"workbench/ingest/connect"
)

// What the fake of package connect does with many connectors at once.

func (f *connections) Family(_ context.Context, scope workbench.Scope, parent workbench.ConnectorID) ([]connect.State, error) {
	var out []connect.State
	for _, st := range f.states {
		if scope.Sees(st.Tenant) && (st.ID == parent || len(out) > 0 && st.Connector.Parent == parent) {
			out = append(out, st)
		}
	}
	if len(out) == 0 {
		return nil, workbench.ErrNotFound
	}
	return out, nil
}

func (f *connections) TestAll(_ context.Context, by connect.By, ids []workbench.ConnectorID) (int, error) {
	return len(ids), f.did(by, "test many", ids)
}

func (f *connections) ImportCustomers(_ context.Context, by connect.By, form connect.CustomerImport) ([]connect.Imported, error) {
	if err := f.did(by, "import", fmt.Sprint(form.Shared, form.Products, form.Days, form.Fresh, len(form.Customers))); err != nil {
		return nil, err
	}
	var out []connect.Imported
	for _, c := range form.Customers {
		out = append(out, connect.Imported{Customer: c, New: true, Connector: "c", Secret: fmt.Sprint("secret", c.Line), Link: workbench.ConsentLink{Expires: workbench.At(noon.Add(workbench.ConsentLifetime))}})
	}
	return out, nil
}
