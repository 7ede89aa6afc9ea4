package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/layout"
)

// connectorsBlindness answers what a page asks for when a connector changed: whose data is missing, where the page shows lists, and the mark
// of the rail. Nobody looks at connectors by that.
func (s *Server) connectorsBlindness(c echo.Context) error {
	if s.Connect == nil {
		return workbench.ErrNotFound
	}
	p := s.props(c, "", "")
	if c.QueryParam("lines") != "" {
		p.Section, p.Blind = "stories", s.blindness(c)
	}
	return s.render(c, http.StatusOK, layout.Watch(p))
}
