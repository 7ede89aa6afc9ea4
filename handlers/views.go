package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/store"
	"workbench/views/link"
	"workbench/views/stories"
)

// viewsList shows the page on which views are kept in order, or all views as JSON.
func (s *Server) viewsList(c echo.Context) error {
	if form(c) != link.JSON {
		return s.showViews(c, http.StatusOK, nil)
	}
	list, err := s.views(c)
	if err != nil {
		return err
	}
	preferred, err := s.preferences(c)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, map[string]any{"views": list, "default": preferred.DefaultView})
}

// showViews answers with the page of views; problem is a form that was refused.
func (s *Server) showViews(c echo.Context, code int, problem *stories.ViewsProblem) error {
	in, err := s.viewsInput(c)
	if err != nil {
		return err
	}
	counted, err := s.Queries.Stories(c.Request().Context(), who(c).Scope(), store.Query{Limit: 1, Bare: true})
	if err != nil {
		return err
	}
	for _, f := range []store.Field{store.Producer, store.Tenant} {
		facet := stories.Facet{Field: string(f)}
		for _, v := range counted.Facets[f] {
			facet.Values = append(facet.Values, stories.FacetValue{Value: v.Value, Label: v.Label, Count: v.Count})
		}
		in.Facets = append(in.Facets, facet)
	}
	frame := s.props(c, "Views", "stories")
	frame.Notice = viewsDone[c.QueryParam("done")]
	if c.Request().Method != http.MethodGet {
		frame.Return = link.Views("")
	}
	return s.render(c, code, stories.Views(stories.NewViewsPage(frame, in, problem)))
}

// viewsDone says what was done, by what stands in the address.
var viewsDone = map[string]string{
	link.RenameView: "The view was renamed.", link.ShareView: "The view is shared: everybody who signs in sees its name and filters.",
	link.UnshareView: "The view is yours alone again.", link.DeleteView: "The view was deleted.",
}

// viewsCreate saves what a list asks for as a new view.
func (s *Server) viewsCreate(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	v := workbench.View{ID: workbench.ViewID(rand.Text()), Owner: who(c).ID, Name: viewName(form), Shared: form.Get(stories.FormShared) != ""}
	if v.Shared && !who(c).May(workbench.ActOnStory) {
		return workbench.ErrForbidden
	}
	problem := &stories.ViewsProblem{Name: v.Name, Query: form.Get(stories.FormFilters), Shared: v.Shared, Return: form.Get(stories.FormReturn)}
	v.Query, err = s.viewQuery(form)
	if err == nil {
		v, err = s.Store.SaveView(c.Request().Context(), v, workbench.At(s.Now()))
	}
	if err != nil {
		return s.refuseView(c, err, problem)
	}
	return c.Redirect(http.StatusSeeOther, link.Stories(stories.Composed(v, nil)))
}

// viewsSave puts what a list asks for in the place of what the view asked for.
func (s *Server) viewsSave(c echo.Context) error {
	v, form, err := s.ownView(c)
	if err != nil {
		return err
	}
	if v.Shared && !who(c).May(workbench.ActOnStory) {
		return workbench.ErrForbidden
	}
	problem := &stories.ViewsProblem{View: v.ID, Query: form.Get(stories.FormFilters), Return: form.Get(stories.FormReturn)}
	v.Query, err = s.viewQuery(form)
	if err == nil {
		v, err = s.Store.SaveView(c.Request().Context(), v, workbench.At(s.Now()))
	}
	if err != nil {
		return s.refuseView(c, err, problem)
	}
	return c.Redirect(http.StatusSeeOther, link.Stories(stories.Composed(v, nil)))
}

// viewsRename gives a view another name.
func (s *Server) viewsRename(c echo.Context) error {
	v, form, err := s.ownView(c)
	if err != nil {
		return err
	}
	if v.Shared && !who(c).May(workbench.ActOnStory) {
		return workbench.ErrForbidden
	}
	v.Name = viewName(form)
	return s.keepView(c, v, link.RenameView)
}

// viewsShare lets others see a view, or no longer.
func (s *Server) viewsShare(shared bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, _, err := s.ownView(c)
		if err != nil {
			return err
		}
		v.Shared = shared
		if shared {
			return s.keepView(c, v, link.ShareView)
		}
		return s.keepView(c, v, link.UnshareView)
	}
}

// keepView saves a view that was changed on the page of views.
func (s *Server) keepView(c echo.Context, v workbench.View, done string) error {
	if _, err := s.Store.SaveView(c.Request().Context(), v, workbench.At(s.Now())); err != nil {
		return s.refuseView(c, err, &stories.ViewsProblem{View: v.ID, Name: v.Name})
	}
	return viewDone(c, done)
}

func viewDone(c echo.Context, done string) error {
	return c.Redirect(http.StatusSeeOther, link.Views("")+"?"+url.Values{"done": {done}}.Encode())
}

// viewsDelete takes a view away, and its star with it.
func (s *Server) viewsDelete(c echo.Context) error {
	v, _, err := s.ownView(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.Store.DeleteView(ctx, v.Owner, v.ID, workbench.At(s.Now())); err != nil {
		return err
	}
	preferred, err := s.preferences(c)
	if err == nil && preferred.DefaultView == v.ID {
		preferred.DefaultView = ""
		err = s.Store.SavePreferences(ctx, v.Owner, preferred)
	}
	if err != nil {
		return err
	}
	return viewDone(c, link.DeleteView)
}

// viewsStar says which view opens first; none takes the star away.
func (s *Server) viewsStar(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	preferred, err := s.preferences(c)
	if err != nil {
		return err
	}
	preferred.DefaultView = ""
	if id := workbench.ViewID(form.Get(stories.FormView)); id != "" {
		v, err := s.view(c, id)
		if err != nil {
			return err
		}
		preferred.DefaultView = v.ID
	}
	if err := s.Store.SavePreferences(c.Request().Context(), who(c).ID, preferred); err != nil {
		return err
	}
	return s.back(c)
}

// refuseView shows the page of views with what is wrong with a form; what is no fault of the form stays the error that it is.
func (s *Server) refuseView(c echo.Context, err error, problem *stories.ViewsProblem) error {
	var invalid *workbench.Invalid
	switch {
	case errors.As(err, &invalid):
		problem.Error = invalid.Fields["name"]
		problem.Sentence = "Nothing was saved."
		if problem.Error != "" {
			problem.Error = "The name " + problem.Error
			problem.Sentence += " Correct the name, then try again."
		}
		for _, field := range slices.Sorted(maps.Keys(invalid.Fields)) {
			if field != "name" {
				problem.Sentence += " " + field + " " + invalid.Fields[field] + "."
			}
		}
		return s.showViews(c, http.StatusUnprocessableEntity, problem)
	case errors.Is(err, workbench.ErrConflict):
		problem.Sentence = "Nothing was saved: this view was changed in another tab or browser meanwhile. It is shown below as it is now."
		if problem.Query == "" {
			problem.Sentence += " Press the button again if you still want your change."
		}
		return s.showViews(c, http.StatusConflict, problem)
	}
	return err
}

// ownView is the view of a form's address, with the revision that the form was made from. One of somebody else's is seen where it is
// shared, and never changed.
func (s *Server) ownView(c echo.Context) (workbench.View, url.Values, error) {
	form, err := c.FormParams()
	if err != nil {
		return workbench.View{}, nil, formError(err)
	}
	v, err := s.view(c, workbench.ViewID(c.Param("id")))
	if err != nil {
		return v, nil, err
	}
	if v.Owner != who(c).ID {
		return v, nil, workbench.ErrForbidden
	}
	if v.Revision, err = strconv.Atoi(form.Get(stories.FormRevision)); err != nil || v.Revision < 1 {
		v.Revision = -1 // never that of a view
	}
	return v, form, nil
}

// viewName is the name that a form gives, without the white space around it.
func viewName(form url.Values) string { return strings.TrimSpace(form.Get(stories.FormName)) }

// viewQuery is the query that a form wants to be kept, checked as one that is asked.
func (s *Server) viewQuery(form url.Values) (string, error) {
	given, err := url.ParseQuery(form.Get(stories.FormFilters))
	if err != nil || len(form.Get(stories.FormFilters)) > maxQuery {
		return "", (*workbench.Invalid)(nil).Set("What the list asks for", "cannot be read, or is too long; open the list again, then save it")
	}
	query := stories.ViewQuery(given)
	columns := stories.KnownColumns(strings.Split(query.Get("columns"), ","))
	if shown := form.Get(stories.FormShown); shown != "" {
		if columns = nil; form.Get(stories.FormKeep) != "" {
			columns = stories.KnownColumns(strings.Split(shown, ","))
		}
	}
	query.Del("columns")
	if columns != nil {
		query.Set("columns", strings.Join(columns, ","))
	}
	if _, invalid := storiesQuery(query, s.Now()); len(invalid) > 0 {
		return "", &workbench.Invalid{Fields: invalid}
	}
	encoded := query.Encode()
	if len(encoded) > maxQuery-maxBase {
		return "", (*workbench.Invalid)(nil).Set("What the list asks for", "is too long to be kept as a view; filter by fewer values")
	}
	return encoded, nil
}

// maxBase is how many bytes of an address name the view that it began as.
const maxBase = 128

// views are the views that an account can open: those of the program, then its own and those that others share.
func (s *Server) views(c echo.Context) ([]workbench.View, error) {
	kept, err := s.Store.Views(c.Request().Context(), who(c).ID)
	if err != nil {
		return nil, err
	}
	return append(stories.BuiltInViews(who(c).Name), kept...), nil
}

// view is one of them. ErrNotFound for one that is not there, or is somebody else's alone.
func (s *Server) view(c echo.Context, id workbench.ViewID) (workbench.View, error) {
	list, err := s.views(c)
	if err != nil {
		return workbench.View{}, err
	}
	if i := slices.IndexFunc(list, func(v workbench.View) bool { return v.ID == id }); i >= 0 {
		return list[i], nil
	}
	return workbench.View{}, workbench.ErrNotFound
}

// viewsInput is what the menu and the page of views are made of.
func (s *Server) viewsInput(c echo.Context) (stories.ViewsInput, error) {
	list, err := s.views(c)
	if err != nil {
		return stories.ViewsInput{}, err
	}
	preferred, err := s.preferences(c)
	if err != nil {
		return stories.ViewsInput{}, err
	}
	in := stories.ViewsInput{List: list, Account: who(c).ID, Default: preferred.DefaultView, MayShare: who(c).May(workbench.ActOnStory)}
	in.Owners, err = s.ownerNames(c.Request().Context(), list)
	return in, err
}

func (s *Server) ownerNames(ctx context.Context, list []workbench.View) (map[workbench.AccountID]string, error) {
	names := map[workbench.AccountID]string{}
	for _, v := range list {
		if _, known := names[v.Owner]; known || v.Owner == "" {
			continue
		}
		owner, err := s.Store.Account(ctx, v.Owner)
		if err != nil && !errors.Is(err, workbench.ErrNotFound) {
			return nil, err
		}
		names[v.Owner] = owner.Name
	}
	return names, nil
}

const preferencesKey = "preferences"

// preferences is what the account prefers, read once for a request.
func (s *Server) preferences(c echo.Context) (workbench.Preferences, error) {
	if p, ok := c.Get(preferencesKey).(workbench.Preferences); ok {
		return p, nil
	}
	p, err := s.Store.Preferences(c.Request().Context(), who(c).ID)
	if err == nil {
		c.Set(preferencesKey, p)
	}
	return p, err
}

// mountViews registers the routes of views. Own views need no more than reading; what others see of them takes the permission to act.
func (s *Server) mountViews() {
	s.get(link.Views(""), workbench.ReadStory, s.viewsList, link.JSON)
	s.post(link.Views(""), workbench.ReadStory, s.viewsCreate)
	s.post(link.StarView(), workbench.ReadStory, s.viewsStar)
	of := link.Views("") + "/:id/"
	s.post(of+link.SaveView, workbench.ReadStory, s.viewsSave)
	s.post(of+link.RenameView, workbench.ReadStory, s.viewsRename)
	s.post(of+link.ShareView, workbench.ActOnStory, s.viewsShare(true))
	s.post(of+link.UnshareView, workbench.ReadStory, s.viewsShare(false))
	s.post(of+link.DeleteView, workbench.ReadStory, s.viewsDelete)
}
