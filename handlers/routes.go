package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/static"
	"workbench/views/link"
)

// mount registers every route with the permission that it asks for. This is the site map.
func (s *Server) mount() {
	s.get("/", workbench.ReadStory, s.home)
	s.get("/stories", workbench.ReadStory, s.storiesList, link.JSON, link.CSV, link.NDJSON)
	s.get("/stories/news", workbench.ReadStory, s.storiesNews, link.JSON)
	s.route(http.MethodGet, "/events", workbench.ReadStory, s.events)
	s.get("/stories/:id", workbench.ReadStory, s.storiesShow, link.JSON)
	for _, tab := range []string{link.Alerts, link.Evidence, link.Entities, link.Timeline, link.Raw} {
		s.get("/stories/:id/"+tab, workbench.ReadStory, s.storiesTab(tab), link.JSON, link.CSV)
	}
	s.get("/stories/:id/raw/:hash", workbench.ReadStory, s.storiesDocument)
	s.post("/stories/:id/manage", workbench.ActOnStory, s.storiesManage)
	s.post("/stories/:id/comment", workbench.ActOnStory, s.storiesComment)
	s.post("/stories/:id/undo", workbench.ActOnStory, s.storiesUndo)
	s.get("/alerts/:id", workbench.ReadStory, s.alertsShow)

	s.mountConnectors()

	s.mountViews()

	s.post("/settings/columns", workbench.ReadStory, s.settingsColumns)
	s.post("/settings/display", workbench.Public, s.settingsDisplay)
	s.get("/sign-in", workbench.Public, s.signInPage)
	s.post("/sign-in", workbench.Public, s.signInTry)
	s.get("/password", workbench.Public, s.passwordPage)
	s.post("/password", workbench.Public, s.passwordSet)
	s.post("/sign-out", workbench.Public, s.signOutDone)
	if s.Gallery {
		s.get("/gallery", workbench.ReadStory, s.galleryShow)
	}
	s.get("/static/*", workbench.Public, echo.WrapHandler(static.Handler()))
	s.get("/healthz", workbench.Public, s.healthz)
	s.get("/readyz", workbench.Public, s.readyz)
}

// get registers a page, also for HEAD, and in further forms under its path with their endings.
func (s *Server) get(path string, permission workbench.Permission, handle echo.HandlerFunc, forms ...string) {
	if len(forms) > 0 {
		handle = withForms(handle, forms)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		s.route(method, path, permission, handle)
		for _, form := range forms {
			if !strings.HasSuffix(path, ":id") { // there the ending is part of the parameter
				s.route(method, path+form, permission, handle)
			}
		}
	}
}

func (s *Server) post(path string, permission workbench.Permission, handle echo.HandlerFunc) {
	s.route(http.MethodPost, path, permission, handle)
}

// route registers a handler behind its permission. A route without one does not start.
func (s *Server) route(method, path string, permission workbench.Permission, handle echo.HandlerFunc) {
	if permission == "" {
		panic(fmt.Sprintf("route %s %s names no permission", method, path))
	}
	if method != http.MethodGet && method != http.MethodHead {
		handle = s.written(handle)
	}
	s.echo.Add(method, path, s.permitted(permission, handle)).Name = string(permission)
}

// written counts a request that may have changed something: before its answer is on its way, so that whoever reads the answer and asks
// again is never shown what was kept from before.
func (s *Server) written(handle echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Before(func() { s.writes.Add(1) })
		defer s.writes.Add(1) // also where there was no answer
		return handle(c)
	}
}

const accountKey = "account"

// permitted lets a request through that holds the permission. Public routes learn who is signed in where somebody is.
func (s *Server) permitted(permission workbench.Permission, handle echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasPrefix(c.Path(), "/static/") || c.Path() == "/healthz" || c.Path() == "/readyz" {
			return handle(c)
		}
		account, err := s.account(c)
		switch {
		case err == nil:
			c.Set(accountKey, account)
		case !errors.Is(err, workbench.ErrNotFound):
			return err // nobody is signed out because the store can't be read
		case permission == workbench.Public:
			return handle(c)
		default:
			return errSignedOut
		}
		if permission != workbench.Public && !account.May(permission) {
			return workbench.ErrForbidden
		}
		return handle(c)
	}
}

// who returns the account that permitted found; the zero Account for nobody.
func who(c echo.Context) workbench.Account {
	account, _ := c.Get(accountKey).(workbench.Account)
	return account
}

const formKey = "form"

// withForms finds out which form of a page is wanted: by the ending of the path, else by the Accept header, else HTML ("").
func withForms(next echo.HandlerFunc, forms []string) echo.HandlerFunc {
	accepted := map[string]string{link.JSON: "application/json", link.CSV: "text/csv", link.NDJSON: "application/x-ndjson"}
	return func(c echo.Context) error {
		c.Response().Header().Add("Vary", "Accept")
		path := c.Request().URL.Path
		accept := c.Request().Header.Get("Accept")
		for _, form := range forms {
			if strings.HasSuffix(path, form) {
				c.Set(formKey, form)
				if id, ok := strings.CutSuffix(c.Param("id"), form); ok {
					c.SetParamValues(id)
				}
				return next(c)
			}
		}
		for _, form := range forms {
			if !strings.Contains(accept, "text/html") && strings.Contains(accept, accepted[form]) {
				c.Set(formKey, form)
				break
			}
		}
		return next(c)
	}
}

// form is the wanted form of the page, "" for HTML.
func form(c echo.Context) string {
	f, _ := c.Get(formKey).(string)
	return f
}
