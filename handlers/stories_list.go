package handlers

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/stories"
)

func errorsAs[T error](err error, target *T) bool { return errors.As(err, target) }

// storiesList answers the Stories Workbench: a page, its table alone, or the rows as JSON, CSV or NDJSON.
func (s *Server) storiesList(c echo.Context) error {
	if queryLength(c.Request().URL) > maxQuery {
		return echo.NewHTTPError(http.StatusRequestURITooLong, "The address is too long to be a list of stories.")
	}
	values := stories.FormQuery(c.QueryParams(), s.display(c).Zone)
	if known := stories.KnownColumns(strings.Split(values.Get("columns"), ",")); known != nil {
		values.Set("columns", strings.Join(known, ","))
	} else {
		values.Del("columns")
	}
	q, invalid := storiesQuery(values, s.Now())
	scope := who(c).Scope()
	whole := form(c) == link.CSV || form(c) == link.NDJSON
	if whole && !values.Has("after") && !values.Has("limit") {
		q.Limit = -1
	}
	if len(invalid) > 0 && form(c) != "" {
		return &workbench.Invalid{Fields: invalid}
	}
	var page store.Page
	var err error
	if len(invalid) == 0 {
		if page, err = s.Queries.Stories(c.Request().Context(), scope, q); err != nil {
			return err
		}
	}
	c.Response().Header().Set("Cache-Control", cacheList)
	incomplete := s.incomplete(c)
	columns := s.columns(c, values.Get("columns"), len(page.Facets[store.Tenant]) > 1)
	switch form(c) {
	case link.JSON:
		return writeJSON(c, http.StatusOK, listJSON(page, incomplete))
	case link.CSV:
		return s.streamCSV(c, page.Rows, columns, incomplete)
	case link.NDJSON:
		return streamNDJSON(c, page.Rows, incomplete)
	}
	everything, err := s.Queries.Stories(c.Request().Context(), scope, store.Query{Limit: 1})
	if err != nil {
		return err
	}
	in := stories.Input{
		Layout: s.props(c, "Stories Workbench", "stories"), Rows: page.Rows, Total: page.Total, Query: values, Next: page.Next, Columns: columns,
		Everything: everything.Total, Invalid: invalid, ManyTenants: len(everything.Facets[store.Tenant]) > 1, AsOf: uint64(page.AsOf),
	}
	in.Layout.Search, in.Layout.Blind = q.Text, s.blindness(c)
	for _, f := range store.FilterFields {
		facet := stories.Facet{Field: string(f)}
		for _, v := range page.Facets[f] {
			facet.Values = append(facet.Values, stories.FacetValue{Value: v.Value, Label: v.Label, Count: v.Count})
		}
		in.Facets = append(in.Facets, facet)
	}
	view := stories.New(in)
	code := http.StatusOK
	if len(invalid) > 0 {
		code = http.StatusBadRequest
	}
	return s.show(c, code, stories.Page(view), stories.TablePartial(view))
}

// columns are those that the address names, else those that the browser chose, else the default ones.
func (s *Server) columns(c echo.Context, names string, manyTenants bool) []string {
	if names == "" {
		if cookie, err := c.Cookie(columnsCookie); err == nil {
			if value, err := url.QueryUnescape(cookie.Value); err == nil {
				names = value
			}
		}
	}
	known := stories.KnownColumns(strings.Split(names, ","))
	if known == nil {
		return stories.DefaultColumns(manyTenants)
	}
	return known
}

func listJSON(page store.Page, incomplete []connect.Blind) map[string]any {
	type count struct {
		Value string `json:"value"`
		Count int    `json:"count"`
	}
	facets := map[string][]count{}
	for field, values := range page.Facets {
		facets[string(field)] = []count{}
		for _, v := range values {
			facets[string(field)] = append(facets[string(field)], count{v.Value, v.Count})
		}
	}
	rows := page.Rows
	if rows == nil {
		rows = []workbench.Row{}
	}
	var next any
	if page.Next != "" {
		next = page.Next
	}
	return map[string]any{"stories": rows, "total": page.Total, "facets": facets, "next": next, "asOf": page.AsOf, "incomplete": incomplete}
}

// streamCSV sends the chosen columns of every row. Where sending fails midway the connection breaks, so that nobody takes a part for the
// whole.
func (s *Server) streamCSV(c echo.Context, rows []workbench.Row, columns []string, incomplete []connect.Blind) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+exportName("stories", incomplete)+`.csv"`)
	sayIncomplete(h, incomplete)
	c.Response().WriteHeader(http.StatusOK)
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	display := s.display(c)
	if err := w.Write(stories.Heads(columns)); err != nil {
		panic(http.ErrAbortHandler)
	}
	for _, row := range rows {
		if err := w.Write(stories.Cells(row, columns, display)); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if w.Flush(); w.Error() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// streamNDJSON sends one row a line, breaking the connection where that fails midway.
func streamNDJSON(c echo.Context, rows []workbench.Row, incomplete []connect.Blind) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/x-ndjson")
	h.Set("Content-Disposition", `attachment; filename="`+exportName("stories", incomplete)+`.ndjson"`)
	sayIncomplete(h, incomplete)
	c.Response().WriteHeader(http.StatusOK)
	enc := json.NewEncoder(c.Response())
	enc.SetEscapeHTML(false)
	for _, row := range rows {
		if err := enc.Encode(row); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	return nil
}

// settingsColumns keeps the columns that a browser wants, in the order of their numbers.
func (s *Server) settingsColumns(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	s.setPreference(c, columnsCookie, url.QueryEscape(strings.Join(stories.ColumnsFromForm(form), ",")))
	return s.back(c)
}
