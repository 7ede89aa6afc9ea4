package handlers

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/stories"
)

// group is a row of the list in groups, as data.
type group struct {
	Value     string              `json:"value"`
	Label     workbench.Untrusted `json:"label"`
	Count     int                 `json:"count"`
	High      int                 `json:"high"`
	Medium    int                 `json:"medium"`
	Low       int                 `json:"low"`
	UpdatedAt workbench.Time      `json:"updatedAt"`
}

func newGroup(by store.Field, g store.Group) group {
	return group{g.Value, stories.GroupLabel(string(by), g.Value, g.Label), g.Count.Count, g.High, g.Medium, g.Low, g.UpdatedAt}
}

// groupsData answers a list in groups as JSON, a page of it, or as CSV or NDJSON, whole unless a page is asked for.
func (s *Server) groupsData(c echo.Context, q store.Query, by store.Field, page bool) error {
	incomplete := s.incomplete(c)
	read, err := s.readUpTo(c, q)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", cacheList)
	if !page && form(c) != link.JSON {
		q.Limit = store.MaxLimit
	}
	first, err := s.Queries.Groups(c.Request().Context(), who(c).Scope(), q, by) // so that a query that fails is answered with its error
	if err != nil {
		return err
	}
	if form(c) == link.JSON {
		list := make([]group, 0, len(first.Groups))
		for _, g := range first.Groups {
			list = append(list, newGroup(by, g))
		}
		var next any
		if first.Next != "" {
			next = first.Next
		}
		return writeJSON(c, http.StatusOK, read.in(map[string]any{"groups": list, "count": first.Count, "total": first.Total, "next": next, "asOf": first.AsOf, "incomplete": incomplete}))
	}
	all := func(yield func(group) error) error {
		for groups := first; ; {
			for _, g := range groups.Groups {
				if err := yield(newGroup(by, g)); err != nil {
					return err
				}
			}
			if page || groups.Next == "" {
				return nil
			}
			q.After = groups.Next
			var err error
			if groups, err = s.Queries.Groups(c.Request().Context(), who(c).Scope(), q, by); err != nil {
				return err
			}
		}
	}
	if form(c) == link.CSV {
		return s.streamGroupsCSV(c, by, incomplete, read, all)
	}
	return streamGroupsNDJSON(c, incomplete, read, all)
}

// groupRows calls yield with groups until it fails.
type groupRows func(yield func(group) error) error

// streamGroupsCSV sends one group a line. Where sending fails midway the connection breaks, so that nobody takes a part for the whole.
func (s *Server) streamGroupsCSV(c echo.Context, by store.Field, incomplete []connect.Blind, read reading, all groupRows) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+read.name(exportName("groups-"+string(by), incomplete))+`.csv"`)
	sayIncomplete(h, incomplete)
	read.say(h)
	c.Response().WriteHeader(http.StatusOK)
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	display := s.display(c)
	if err := w.Write([]string{"value", "label", "count", "high", "medium", "low", "updatedAt"}); err != nil {
		panic(http.ErrAbortHandler)
	}
	err := all(func(g group) error {
		return w.Write([]string{workbench.CSVCell(g.Value), workbench.CSVCell(g.Label.Raw()), strconv.Itoa(g.Count), strconv.Itoa(g.High), strconv.Itoa(g.Medium), strconv.Itoa(g.Low), stories.TimeCell(g.UpdatedAt, display)})
	})
	if w.Flush(); err != nil || w.Error() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func streamGroupsNDJSON(c echo.Context, incomplete []connect.Blind, read reading, all groupRows) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/x-ndjson")
	h.Set("Content-Disposition", `attachment; filename="`+read.name(exportName("groups", incomplete))+`.ndjson"`)
	sayIncomplete(h, incomplete)
	read.say(h)
	c.Response().WriteHeader(http.StatusOK)
	enc := json.NewEncoder(c.Response())
	enc.SetEscapeHTML(false)
	if err := all(func(g group) error { return enc.Encode(g) }); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// groups is a page of groups with the first stories of those that are open. called are the tenants that these name.
func (s *Server) groups(c echo.Context, q store.Query, by store.Field, open url.Values, columns []string) (in *stories.GroupsInput, called names, err error) {
	ctx, scope := c.Request().Context(), who(c).Scope()
	page, err := s.Queries.Groups(ctx, scope, q, by)
	if err != nil {
		return nil, nil, err
	}
	in = &stories.GroupsInput{Field: string(by), Count: page.Count, Next: page.Next}
	opened := 0
	for _, g := range page.Groups {
		one := stories.GroupInput{Value: g.Value, Label: g.Label, Count: g.Count.Count, High: g.High, Medium: g.Medium, Low: g.Low, UpdatedAt: g.UpdatedAt}
		if opened < stories.MaxOpenGroups && slices.Contains(open[stories.OpenGroups], stories.GroupID(string(by), g.Value)) {
			opened++
			one.Open = true
			found, err := s.Queries.Stories(ctx, scope, within(q, by, g.Value))
			if err != nil {
				return nil, nil, err
			}
			var named names
			if one.Fragments, named, err = s.fragments(ctx, scope, found.Versions, columns, s.display(c)); err != nil {
				return nil, nil, err
			}
			called = called.with(named...)
		}
		in.Groups = append(in.Groups, one)
	}
	return in, called, nil
}

// within asks for the first stories of one group. All that have its value match what the query asks of the field.
func within(q store.Query, by store.Field, value string) store.Query {
	q.Filters = maps.Clone(q.Filters)
	q.Filters[by] = store.Filter{Any: []string{value}}
	q.After, q.Limit, q.Bare = "", stories.GroupRows, true
	return q
}
