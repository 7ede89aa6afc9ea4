package handlers

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
	"workbench/views/stories"
)

// asked reads what the address of a list asks for, whether a form of the page sent it or a link. What cannot be read is named in wrong, by
// parameter, as a plain sentence: to leave it out without a word would answer another question than was asked.
func (s *Server) asked(c echo.Context) (values url.Values, wrong map[string]string) {
	given, err := url.ParseQuery(c.Request().URL.RawQuery)
	values, wrong = stories.FormQuery(given, s.display(c).Zone)
	if err != nil {
		wrong["address"] = "has a part that cannot be read; a % needs two hexadecimal digits behind it, and a ; is written %3B"
	}
	return values, wrong
}

// sent reports whether a form of the page sent the query, so that the browser is to be led to the list's own address, which says the same to
// everybody: a time of one's own zone is in UTC there.
func sent(c echo.Context) bool { return form(c) == "" && stories.Sent(c.QueryParams()) }

// adding reports whether only the part of the filter form that depends on the field is wanted.
func adding(c echo.Context) bool {
	return form(c) == "" && wantsPartial(c.Request()) && c.Request().Header.Get("HX-Target") == stories.AdderPart && stories.EditOf(c.QueryParams()).Field != ""
}

// storiesFilterForm answers with that part alone. Where the rest of the address makes no sense, it proposes what there is in all stories.
func (s *Server) storiesFilterForm(c echo.Context) error {
	q, in, err := s.choices(c)
	if err != nil {
		return err
	}
	in.Edit = stories.EditOf(c.QueryParams())
	if err := s.propose(c.Request().Context(), who(c).Scope(), q, &in); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.render(c, http.StatusOK, stories.AdderPartial(stories.New(in).Adder.Form))
}

// choices are the facets of the list, without the list.
func (s *Server) choices(c echo.Context) (store.Query, stories.Input, error) {
	values, wrong := s.asked(c)
	q, invalid := storiesQuery(values, s.Now())
	if len(invalid)+len(wrong) > 0 {
		q = store.Query{}
	}
	q.Bare, q.Limit, q.After = true, 1, ""
	page, err := s.Queries.Stories(c.Request().Context(), who(c).Scope(), q)
	return q, stories.Input{Query: values, Facets: facets(page), ManyTenants: true}, err
}

// unfolding is the field of the facet of which alone the rest is wanted; "" where the page is.
func unfolding(c echo.Context) string {
	field, found := strings.CutPrefix(c.Request().Header.Get("HX-Target"), stories.FacetPart)
	if !found || form(c) != "" || !wantsPartial(c.Request()) {
		return ""
	}
	return field
}

// storiesFacet answers with that rest.
func (s *Server) storiesFacet(c echo.Context, field string) error {
	_, in, err := s.choices(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	facet, ok := stories.New(in).FacetOf(field)
	if !ok {
		return workbench.ErrNotFound
	}
	return s.render(c, http.StatusOK, stories.FacetPartial(facet))
}

func facets(page store.Page) []stories.Facet {
	var out []stories.Facet
	for _, f := range store.FacetFields {
		facet := stories.Facet{Field: string(f)}
		for _, v := range page.Facets[f] {
			facet.Values = append(facet.Values, stories.FacetValue{Value: v.Value, Label: v.Label, Count: v.Count})
		}
		out = append(out, facet)
	}
	return out
}

const badCursor = "continues another list, or was changed; start from the first page"

// maxMoreCounts is how many further counts a page may cost.
const maxMoreCounts = stories.MaxWider

// complete adds to a list's page what only further questions to the index tell: the counts of chosen values that a long facet leaves out, where
// an empty list could be widened to, and values that the filter form proposes.
func (s *Server) complete(ctx context.Context, scope workbench.Scope, q store.Query, page store.Page, in *stories.Input) error {
	if len(in.Invalid) > 0 {
		return nil
	}
	if err := s.countBeyond(ctx, scope, q, page, in); err != nil {
		return err
	}
	if page.Total == 0 {
		for _, w := range stories.Wider(*in) {
			wider, invalid := storiesQuery(w.Query, s.Now())
			if len(invalid) > 0 {
				continue
			}
			n, err := s.count(ctx, scope, wider)
			if err != nil {
				return err
			}
			w.Count = n
			in.Wider = append(in.Wider, w)
		}
	}
	return s.propose(ctx, scope, q, in)
}

func (s *Server) count(ctx context.Context, scope workbench.Scope, q store.Query) (int, error) {
	q.Bare, q.Limit, q.After = true, 1, ""
	page, err := s.Queries.Stories(ctx, scope, q)
	return page.Total, err
}

// countBeyond counts the chosen values that are not among the most frequent ones of their facet, and so have stories that nobody counted. Those
// that it leaves out, where they are very many, show no number.
func (s *Server) countBeyond(ctx context.Context, scope workbench.Scope, q store.Query, page store.Page, in *stories.Input) error {
	counted := 0
	for i, facet := range in.Facets {
		field := store.Field(facet.Field)
		if len(page.Facets[field]) < stories.MaxFacet {
			continue
		}
		f := q.Filters[field]
		for _, v := range slices.Concat(f.Any, f.Not) {
			if slices.ContainsFunc(facet.Values, func(w stories.FacetValue) bool { return strings.EqualFold(w.Value, v) }) {
				continue
			}
			value := stories.FacetValue{Value: v, Label: workbench.Text(v), Count: stories.NotCounted}
			if counted++; counted <= maxMoreCounts {
				alone := q
				alone.Filters = maps.Clone(q.Filters)
				alone.Filters[field] = store.Filter{Any: []string{v}}
				n, err := s.count(ctx, scope, alone)
				if err != nil {
					return err
				}
				value.Count = n
			}
			in.Facets[i].Values = append(in.Facets[i].Values, value)
		}
	}
	return nil
}

// propose looks up values of a field that no facet counts, for the filter form that is open for it.
func (s *Server) propose(ctx context.Context, scope workbench.Scope, q store.Query, in *stories.Input) error {
	if !in.Edit.Uncounted() {
		return nil
	}
	field := store.Field(in.Edit.Field)
	others := q
	others.Filters = maps.Clone(q.Filters)
	delete(others.Filters, field)
	others.Bare, others.Limit, others.After = true, store.DefaultLimit, ""
	groups, err := s.Queries.Groups(ctx, scope, others, field)
	if err != nil {
		return err
	}
	for _, g := range groups.Groups {
		in.Edit.Known = append(in.Edit.Known, stories.FacetValue{Value: g.Value, Label: g.Label, Count: g.Count.Count})
	}
	return nil
}
