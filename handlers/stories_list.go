package handlers

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
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
		return echo.NewHTTPError(http.StatusRequestURITooLong, addressTooLong)
	}
	if led, err := s.openView(c); led || err != nil {
		return err
	}
	if adding(c) {
		return s.storiesFilterForm(c)
	}
	if field := unfolding(c); field != "" {
		return s.storiesFacet(c, field)
	}
	c.Response().Header().Set("Cache-Control", cacheList)
	l := s.listing(c)
	if form(c) == "" || form(c) == link.JSON {
		if done, err := l.again(s.Queries.Applied()); done {
			return err
		}
	}
	values, wrong := s.asked(c)
	if sent(c) && len(wrong) == 0 {
		return c.Redirect(http.StatusSeeOther, link.Stories(values))
	}
	if known := stories.KnownColumns(strings.Split(values.Get("columns"), ",")); known != nil {
		values.Set("columns", strings.Join(known, ","))
	} else {
		values.Del("columns")
	}
	q, invalid := storiesQuery(values, s.Now())
	maps.Copy(invalid, wrong)
	scope := who(c).Scope()
	whole := form(c) == link.CSV || form(c) == link.NDJSON
	by := store.Field(values.Get("group"))
	if by != "" && form(c) != "" && len(invalid) == 0 {
		return s.groupsData(c, q, by, values.Has("after") || values.Has("limit"))
	}
	if whole && !values.Has("after") && !values.Has("limit") {
		return s.storiesWhole(c, q, invalid, values.Get("columns"))
	}
	if len(invalid) > 0 && form(c) != "" {
		return &workbench.Invalid{Fields: invalid}
	}
	q.Bare = q.Bare || form(c) == ""
	groups := q
	if by != "" {
		q.Limit, q.After = 1, "" // what is counted is the same; rows are those of open groups
	}
	var page store.Page
	var err error
	if len(invalid) == 0 {
		page, err = s.Queries.Stories(c.Request().Context(), scope, q)
		if errors.Is(err, workbench.ErrBadCursor) && form(c) == "" {
			invalid["after"], err = badCursor, nil
		}
		if bad := (*workbench.Invalid)(nil); form(c) == "" && errorsAs(err, &bad) { // a text that no search can be made for
			maps.Copy(invalid, bad.Fields)
			err = nil
		}
		if err != nil {
			return err
		}
	}
	incomplete, read := s.incomplete(c), readingOf(q, page)
	columns, err := s.columns(c, values.Get("columns"), len(page.Facets[store.Tenant]) > 1)
	if err != nil {
		return err
	}
	switch form(c) {
	case link.JSON:
		return l.sendJSON(page, read.in(listJSON(page, incomplete)), q.Text != "")
	case link.CSV:
		return s.streamCSV(c, columns, incomplete, read, each(page.Rows))
	case link.NDJSON:
		return streamNDJSON(c, incomplete, read, each(page.Rows))
	}
	everything, err := s.Queries.Stories(c.Request().Context(), scope, store.Query{Limit: 1, Bare: true})
	if err != nil {
		return err
	}
	if by != "" {
		page.Versions, page.Next = nil, ""
	}
	fragments, called, err := s.fragments(c.Request().Context(), scope, page.Versions, columns, s.display(c))
	if err != nil {
		return err
	}
	in := stories.Input{
		Layout: s.props(c, "Stories Workbench", "stories"), Fragments: fragments, Total: page.Total, Query: values, Next: page.Next, Columns: columns,
		Everything: everything.Total, Invalid: invalid, ManyTenants: len(everything.Facets[store.Tenant]) > 1, AsOf: uint64(page.AsOf), Unread: read.unread(),
	}
	in.Layout.Search, in.Layout.Blind = q.Text, s.blindness(c)
	if in.Views, in.Query, err = s.basis(c, values); err != nil {
		return err
	}
	if by != "" && len(invalid) == 0 {
		in.Groups, called, err = s.groups(c, groups, by, values, columns)
		if errors.Is(err, workbench.ErrBadCursor) {
			in.Invalid, invalid = map[string]string{"after": badCursor}, map[string]string{"after": badCursor}
			err = nil
		}
		if err != nil {
			return err
		}
	}
	in.Facets = facets(page)
	in.Edit = stories.EditOf(c.QueryParams())
	if err := s.complete(c.Request().Context(), scope, q, page, &in); err != nil {
		return err
	}
	if len(invalid) > 0 {
		view := stories.New(in)
		return s.show(c, http.StatusBadRequest, stories.Page(view), stories.TablePartial(view))
	}
	return l.sendPage(in, page, q.Text != "", called)
}

// columns are those that the address names, else those that the account chose, else the default ones.
func (s *Server) columns(c echo.Context, names string, manyTenants bool) ([]string, error) {
	if names == "" {
		preferred, err := s.preferences(c)
		if err != nil {
			return nil, err
		}
		names = strings.Join(preferred.Columns, ",")
	}
	known := stories.KnownColumns(strings.Split(names, ","))
	if known == nil {
		return stories.DefaultColumns(manyTenants), nil
	}
	return known, nil
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

// rows calls yield with rows until it fails.
type rows func(yield func(workbench.Row) error) error

func each(list []workbench.Row) rows {
	return func(yield func(workbench.Row) error) error {
		for _, r := range list {
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// storiesWhole answers with every row as CSV or NDJSON, however many they are.
func (s *Server) storiesWhole(c echo.Context, q store.Query, invalid map[string]string, names string) error {
	if len(invalid) > 0 {
		return &workbench.Invalid{Fields: invalid}
	}
	scope := who(c).Scope()
	one := q
	one.Limit, one.Bare = 1, true
	first, err := s.Queries.Stories(c.Request().Context(), scope, one) // so that a query that fails is answered with its error
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", cacheList)
	all := func(yield func(workbench.Row) error) error {
		return s.Queries.Each(c.Request().Context(), scope, q, yield)
	}
	incomplete, read := s.incomplete(c), readingOf(q, first)
	if form(c) != link.CSV {
		return streamNDJSON(c, incomplete, read, all)
	}
	columns, err := s.columns(c, names, len(first.Facets[store.Tenant]) > 1)
	if err != nil {
		return err
	}
	return s.streamCSV(c, columns, incomplete, read, all)
}

// streamCSV sends the chosen columns of every row. Where sending fails midway the connection breaks, so that nobody takes a part for the
// whole.
func (s *Server) streamCSV(c echo.Context, columns []string, incomplete []connect.Blind, read reading, all rows) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+read.name(exportName("stories", incomplete))+`.csv"`)
	sayIncomplete(h, incomplete)
	read.say(h)
	c.Response().WriteHeader(http.StatusOK)
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	display := s.display(c)
	if err := w.Write(stories.Heads(columns)); err != nil {
		panic(http.ErrAbortHandler)
	}
	err := all(func(row workbench.Row) error { return w.Write(stories.Cells(row, columns, display)) })
	if w.Flush(); err != nil || w.Error() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// streamNDJSON sends one row a line, breaking the connection where that fails midway.
func streamNDJSON(c echo.Context, incomplete []connect.Blind, read reading, all rows) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/x-ndjson")
	h.Set("Content-Disposition", `attachment; filename="`+read.name(exportName("stories", incomplete))+`.ndjson"`)
	sayIncomplete(h, incomplete)
	read.say(h)
	c.Response().WriteHeader(http.StatusOK)
	enc := json.NewEncoder(c.Response())
	enc.SetEscapeHTML(false)
	if err := all(func(row workbench.Row) error { return enc.Encode(row) }); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// settingsColumns keeps the columns that an account wants, in the order of their numbers.
func (s *Server) settingsColumns(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	preferred, err := s.preferences(c)
	if err != nil {
		return err
	}
	preferred.Columns = stories.ColumnsFromForm(form)
	if err := s.Store.SavePreferences(c.Request().Context(), who(c).ID, preferred); err != nil {
		return err
	}
	return s.back(c)
}
