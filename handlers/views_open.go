package handlers

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/link"
	"workbench/views/stories"
)

// home leads to the view that the account opens first. One that is there no longer gives way to the program's.
func (s *Server) home(c echo.Context) error {
	preferred, err := s.preferences(c)
	if err != nil {
		return err
	}
	target := link.Queue()
	if preferred.DefaultView != "" {
		list, err := s.views(c)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(list, func(v workbench.View) bool { return v.ID == preferred.DefaultView }); i >= 0 {
			target = link.Stories(stories.Composed(list[i], nil))
		}
	}
	return c.Redirect(http.StatusSeeOther, target)
}

// homeAddress is where the navigation leads to the list: the default view itself where it comes with the program, else the address that
// finds out about it. A store that can't be read is no reason for a page without navigation.
func (s *Server) homeAddress(c echo.Context) string {
	if who(c).ID == "" {
		return link.Queue()
	}
	preferred, err := s.preferences(c)
	if err != nil {
		s.Log.Warn("reading preferences", "request", c.Get(requestIDKey), "error", logged(err.Error()))
	}
	for _, v := range stories.BuiltInViews(who(c).Name) {
		if v.ID == preferred.DefaultView {
			return link.Stories(stories.Composed(v, nil))
		}
	}
	if preferred.DefaultView != "" {
		return link.Home()
	}
	return link.Queue()
}

// openView puts the view that a list's address names in its place. A page is led to the list that the view stands for, so that its address
// shows what is asked and can be passed on: led then is true. For a program the request goes on as if it had asked for that list; the view
// must fit as a whole then.
func (s *Server) openView(c echo.Context) (led bool, err error) {
	r := c.Request()
	query, err := url.ParseQuery(r.URL.RawQuery)
	ids := query[link.ViewParameter]
	if err != nil || len(ids) != 1 || ids[0] == "" {
		return false, nil // what is wrong with the address is said where the rest of it is read
	}
	v, err := s.view(c, workbench.ViewID(ids[0]))
	if err != nil {
		return false, err
	}
	left := s.unfit(v)
	maps.DeleteFunc(left, func(name, _ string) bool { return query.Has(name) }) // something else stands in its place
	page := form(c) == "" && r.URL.Path == link.Stories(nil)
	if !page && len(left) > 0 {
		return false, &workbench.Invalid{Fields: left}
	}
	opened := stories.Composed(v, query)
	for name := range left {
		opened.Del(name)
	}
	maps.DeleteFunc(opened, func(_ string, values []string) bool { return len(values) == 1 && values[0] == "" })
	if !page {
		r.URL.RawQuery = opened.Encode()
		return false, nil
	}
	return true, c.Redirect(http.StatusSeeOther, link.Stories(opened))
}

// unknownParameter is what is said of a parameter whose name is too long to be named.
const unknownParameter = "is not something that stories can be narrowed by"

// unfit names the parts of a view that are not understood any more, each with a sentence.
func (s *Server) unfit(v workbench.View) map[string]string {
	query, err := url.ParseQuery(v.Query)
	left := map[string]string{}
	if err != nil {
		left["view"] = "has a part that cannot be read"
	}
	for name, values := range query {
		_, invalid := storiesQuery(url.Values{name: values}, s.Now())
		columns := strings.Split(strings.Join(values, ","), ",")
		switch {
		case len(invalid) > 0:
			left[name] = strings.TrimSuffix(cmp.Or(invalid[name], unknownParameter), "; take it out of the address")
		case name == "columns" && len(stories.KnownColumns(columns)) < len(columns):
			left[name] = "names a column that there is not"
		}
	}
	return left
}

// basis is the menu of views for a list's query, which is changed so that links name the view that it began as.
func (s *Server) basis(c echo.Context, query url.Values) (stories.ViewsInput, url.Values, error) {
	in, err := s.viewsInput(c)
	if err != nil {
		return in, query, err
	}
	query = stories.Based(query, in.List)
	for _, v := range in.List {
		if string(v.ID) == query.Get(link.BaseParameter) {
			in.Unfit = s.unfit(v)
		}
	}
	return in, query, nil
}
