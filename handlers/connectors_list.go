package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/connectors"
	"workbench/views/link"
)

// connectorsList is Connectors Settings: the page, one panel of it, or its data.
func (s *Server) connectorsList(c echo.Context) error {
	if form(c) == link.JSON {
		return s.connectorsData(c)
	}
	in, err := s.connectorInput(c, link.FromConnectors)
	if err != nil {
		return err
	}
	if wantsPartial(c.Request()) {
		if c.QueryParam("sum") != "" {
			if sum := connectors.NewSum(in.Sources); sum != nil {
				return s.render(c, http.StatusOK, connectors.SumPartial(*sum))
			}
			return c.HTML(http.StatusOK, "")
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

// connectorPanel answers one panel. One that is no more is nothing, so that it leaves the page.
func (s *Server) connectorPanel(c echo.Context, in connectors.Input, parent workbench.ConnectorID) error {
	var members []connectors.Source
	for _, source := range in.Sources {
		if source.ID == parent || source.Connector.Parent == parent {
			members = append(members, source)
		}
	}
	in.Folded, in.Sources = connectors.Many(in.Sources), members
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

// connectorInput is what a list is made from.
func (s *Server) connectorInput(c echo.Context, from string) (connectors.Input, error) {
	list, err := s.sources(c)
	if err == nil {
		err = s.countStories(c, list)
	}
	if err != nil {
		return connectors.Input{}, err
	}
	page, _ := strconv.Atoi(c.QueryParam("page")) // the first where it is none
	return connectors.Input{Page: page, Layout: s.connectorProps(c), Sources: list, CanEdit: who(c).May(workbench.EditIntegration), From: from, Portal: s.Portal}, nil
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
