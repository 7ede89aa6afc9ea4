package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/link"
)

// Bulk is what pages ask of many connectors at once.
type Bulk interface {
	Family(ctx context.Context, scope workbench.Scope, parent workbench.ConnectorID) ([]connect.State, error)
	TestAll(ctx context.Context, by connect.By, ids []workbench.ConnectorID) (n int, err error)
	ImportCustomers(ctx context.Context, by connect.By, form connect.CustomerImport) ([]connect.Imported, error)
}

// mountBulk registers what is done with many connectors at once.
func (s *Server) mountBulk() {
	change := workbench.EditIntegration
	s.post("/connectors/test", change, s.connected(s.connectorsTestMany))
	s.get("/connectors/customers", change, s.connected(s.customersForm))
	s.post("/connectors/customers", change, s.connected(s.customersImport))
	s.post("/connectors/customers/links.csv", change, s.connected(s.customersLinks))
}

// connectorsTestMany has Microsoft asked about the tenants that were chosen, or all that the list's query asks for, in the background.
func (s *Server) connectorsTestMany(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	in, err := s.connectorInput(c, link.FromConnectors)
	if err != nil {
		return err
	}
	in.Query = connectors.ReadQuery(form)
	var ids []workbench.ConnectorID
	if form.Get(connectors.FieldWhat) == connectors.WhatShown {
		ids = connectors.TenantsFound(in)
	} else {
		for _, id := range form[connectors.FieldSelected] {
			ids = append(ids, workbench.ConnectorID(short(id)))
		}
	}
	n, err := s.Connect.TestAll(c.Request().Context(), by, ids)
	if err != nil {
		return err
	}
	what := "testing"
	if n == 0 {
		what = "none"
	}
	return done(c, link.ConnectorsFound(in.Query.Values()), what)
}
