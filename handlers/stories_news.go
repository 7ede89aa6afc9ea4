package handlers

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/stories"
)

// storiesNews answers what came to a list since the reader loaded it: a line for the page, or JSON.
func (s *Server) storiesNews(c echo.Context) error {
	if queryLength(c.Request().URL) > maxQuery {
		return echo.NewHTTPError(http.StatusRequestURITooLong, addressTooLong)
	}
	if _, err := s.openView(c); err != nil {
		return err
	}
	values, wrong := s.asked(c)
	since, err := strconv.ParseUint(values.Get(link.Since), 10, 64)
	if err != nil {
		return (*workbench.Invalid)(nil).Set(link.Since, "is not the number of a change")
	}
	values.Del(link.Since)
	values.Del("columns")
	q, invalid := storiesQuery(values, s.Now())
	maps.Copy(invalid, wrong)
	if len(invalid) > 0 {
		return &workbench.Invalid{Fields: invalid}
	}
	news, err := s.Queries.News(c.Request().Context(), who(c).Scope(), q, store.Change(since))
	if err != nil {
		return err
	}
	if form(c) == link.JSON {
		return writeJSON(c, http.StatusOK, news)
	}
	query := c.QueryParams()
	query.Del(link.Since)
	return s.render(c, http.StatusOK, stories.NewsLine(stories.NewNews(query, since, news.New, news.Changed)))
}
