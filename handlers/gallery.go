package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"workbench/views/connectors"
	"workbench/views/gallery"
	"workbench/views/stories"
	"workbench/views/story"
)

// galleryShow shows every view in every state, for whoever works on them.
func (s *Server) galleryShow(c echo.Context) error {
	exhibits := slices.Concat(gallery.Exhibits(), stories.Exhibits(), story.Exhibits(), connectors.Exhibits())
	return s.render(c, http.StatusOK, gallery.Page(s.props(c, "Gallery", ""), exhibits, c.QueryParam("show")))
}
