package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/connectors"
	"workbench/views/layout"
	"workbench/views/link"
)

// connectorsList is Connectors Settings: the page, one panel of it, or its data.
func (s *Server) connectorsList(c echo.Context) error {
	if form(c) == link.JSON {
		return s.connectorsData(c)
	}
	if parent := short(c.QueryParam("row")); parent != "" && wantsPartial(c.Request()) {
		return s.tenantRow(c, workbench.ConnectorID(parent))
	}
	in, err := s.connectorInput(c, link.FromConnectors)
	if err != nil {
		return err
	}
	in.Query = connectors.ReadQuery(c.QueryParams())
	if wantsPartial(c.Request()) {
		if c.QueryParam("sum") != "" {
			return s.render(c, http.StatusOK, connectors.CountsPartial(connectors.NewCounts(in)))
		}
		if parent := c.QueryParam("panel"); parent != "" {
			return s.connectorPanel(c, in, workbench.ConnectorID(parent))
		}
		if known := c.QueryParam("known"); known != "" {
			if known == connectors.Known(in.Sources) {
				return c.NoContent(http.StatusNoContent)
			}
			c.Response().Header().Set("HX-Retarget", "#connector-list")
		}
	}
	l := connectors.NewList(in)
	return s.show(c, http.StatusOK, connectors.Page(l), connectors.ListPartial(l))
}

// tenantRow answers one row of the table of tenants, for which nothing else is looked at. One that is no more is nothing, so that it leaves the
// page.
func (s *Server) tenantRow(c echo.Context, parent workbench.ConnectorID) error {
	states, err := s.Connect.Family(c.Request().Context(), who(c).Scope(), parent)
	if errors.Is(err, workbench.ErrNotFound) {
		return c.HTML(http.StatusOK, "")
	}
	if err != nil {
		return err
	}
	in := s.listInput(c, link.FromConnectors)
	for _, st := range states {
		in.Sources = append(in.Sources, sourceOf(st))
	}
	return s.render(c, http.StatusOK, connectors.TenantRowPartial(connectors.TenantRowOf(in)))
}

// connectorPanel answers one panel. One that is no more is nothing, so that it leaves the page.
func (s *Server) connectorPanel(c echo.Context, in connectors.Input, parent workbench.ConnectorID) error {
	in.Sources = slices.DeleteFunc(in.Sources, func(o connectors.Source) bool { return o.ID != parent && o.Connector.Parent != parent })
	for _, p := range connectors.Panels(in) {
		return s.render(c, http.StatusOK, connectors.PanelPartial(p))
	}
	return c.HTML(http.StatusOK, "")
}

// integrationsList is one of the tabs of Integrations.
func (s *Server) integrationsList(from string) echo.HandlerFunc {
	return func(c echo.Context) error {
		in, err := s.connectorInput(c, from)
		if err != nil {
			return err
		}
		l := connectors.NewList(in)
		return s.show(c, http.StatusOK, connectors.Page(l), connectors.ListPartial(l))
	}
}

// connectorInput is what a list is made from. Stories are counted where there is room to show them.
func (s *Server) connectorInput(c echo.Context, from string) (connectors.Input, error) {
	in := s.listInput(c, from)
	var err error
	if in.Sources, err = s.sources(c); err == nil && !connectors.Many(in.Sources) {
		err = s.countStories(c, in.Sources)
	}
	return in, err
}

// listInput is what lists of connectors are made from, besides the connectors.
func (s *Server) listInput(c echo.Context, from string) connectors.Input {
	in := connectors.Input{Layout: layout.Props{Display: s.display(c)}, CanEdit: who(c).May(workbench.EditIntegration), SeesAll: who(c).AllGrants, From: from, Portal: s.Portal}
	query := c.QueryParams()
	if part := query.Has("row") || query.Has("sum") || query.Has("known"); !part || !wantsPartial(c.Request()) {
		in.Layout = s.connectorProps(c) // the whole frame, which counts what is not well
	}
	in.Query.Page = connectors.ReadQuery(url.Values{connectors.FieldPage: query[connectors.FieldPage]}).Page
	for _, cloud := range s.Connect.Clouds() {
		in.Clouds = append(in.Clouds, connectors.CloudChoice{Name: cloud.Name, Label: cloud.Label()})
	}
	return in
}

// connectorsSetUp tells how to register the application.
func (s *Server) connectorsSetUp(c echo.Context) error {
	page := connectors.NewSetUp(s.connectorProps(c), s.Connect.RedirectURI())
	var err error
	if page.Scripts, err = s.scripts(c); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, connectors.SetUpPage(page))
}
