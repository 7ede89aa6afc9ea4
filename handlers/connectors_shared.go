package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/views/connectors"
	"workbench/views/link"
)

// SharedApps is what pages ask of apps that several tenants share. They are for accounts that see every tenant.
type SharedApps interface {
	SharedApps(ctx context.Context, by connect.By) ([]connect.SharedState, error)
	SharedApp(ctx context.Context, by connect.By, id workbench.RegistrationID) (connect.SharedState, error)
	AddShared(ctx context.Context, by connect.By, form connect.Shared) (workbench.Registration, error)
	EditShared(ctx context.Context, by connect.By, id workbench.RegistrationID, form connect.Shared) error
	DeleteShared(ctx context.Context, by connect.By, id workbench.RegistrationID) error
	SetSharedCredential(ctx context.Context, by connect.By, id workbench.RegistrationID, c connect.CredentialChoice) error
	TestShared(ctx context.Context, by connect.By, id workbench.RegistrationID) (connect.SharedState, error)
}

// mountSharedApps registers the pages of apps that several tenants share.
func (s *Server) mountSharedApps() {
	see, change := workbench.ReadIntegration, workbench.EditIntegration
	s.get("/connectors/apps", see, s.sharing(s.sharedList))
	s.post("/connectors/apps", change, s.sharing(s.sharedCreate))
	s.get("/connectors/apps/new", change, s.sharing(s.sharedNew))
	s.get("/connectors/apps/:id", see, s.sharing(s.sharedShow))
	s.post("/connectors/apps/:id", change, s.sharing(s.sharedEdit))
	s.get("/connectors/apps/:id/certificate.cer", see, s.sharing(s.sharedCertificate))
	s.post("/connectors/apps/:id/certificate", change, s.sharing(s.sharedOfferCertificate))
	s.post("/connectors/apps/:id/credential", change, s.sharing(s.sharedSetCredential))
	s.post("/connectors/apps/:id/test", change, s.sharing(s.sharedTest))
	s.get("/connectors/apps/:id/delete", change, s.sharing(s.sharedDeleteForm))
	s.post("/connectors/apps/:id/delete", change, s.sharing(s.sharedDelete))
}

// sharing answers accounts that see every tenant: an app here serves tenants that others may not know of.
func (s *Server) sharing(handle echo.HandlerFunc) echo.HandlerFunc {
	return s.connected(func(c echo.Context) error {
		if who(c).AllGrants {
			return handle(c)
		}
		if c.Param("id") != "" { // as one that is not there
			return workbench.ErrNotFound
		}
		return echo.NewHTTPError(http.StatusForbidden, "Shared apps are for accounts that see every tenant. Ask whoever runs the workbench.")
	})
}

func sharedID(c echo.Context) workbench.RegistrationID {
	return workbench.RegistrationID(short(c.Param("id")))
}

// sharedSource is what pages show of a state.
func (s *Server) sharedSource(st connect.SharedState) connectors.SharedSource {
	return connectors.SharedSource{Registration: st.Registration, HomeName: st.HomeName, Cloud: s.cloudLabel(st.Cloud), Refusal: st.Refusal, Users: st.Users}
}

// cloudLabel is what people call one of Microsoft's clouds.
func (s *Server) cloudLabel(name string) string {
	for _, cloud := range s.Connect.Clouds() {
		if name == "" || cloud.Name == name {
			return cloud.Label()
		}
	}
	if name == "" {
		return ""
	}
	return entra.Cloud{Name: name}.Label() + ", which this workbench is not set up for"
}

// connectorChoices are what a Microsoft 365 connector, and a shared app, can choose from.
func (s *Server) connectorChoices(c echo.Context) (connectors.Choices, error) {
	by, err := s.by(c)
	if err != nil {
		return connectors.Choices{}, err
	}
	var may connectors.Choices
	for _, cloud := range s.Connect.Clouds() {
		may.Clouds = append(may.Clouds, connectors.CloudChoice{Name: cloud.Name, Label: cloud.Label()})
	}
	for _, cloud := range entra.Unavailable() {
		may.Clouds = append(may.Clouds, connectors.CloudChoice{Name: cloud.Name, Label: cloud.Label, Why: cloud.Why})
	}
	apps, err := s.Connect.SharedApps(c.Request().Context(), by)
	for _, a := range apps {
		may.Shared = append(may.Shared, connectors.SharedChoice{ID: a.ID, Name: a.Name, Cloud: s.cloudLabel(a.Cloud)})
	}
	return may, err
}

// sharedList is the page of all of them.
func (s *Server) sharedList(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	states, err := s.Connect.SharedApps(c.Request().Context(), by)
	if err != nil {
		return err
	}
	apps := make([]connectors.SharedSource, len(states))
	for i, st := range states {
		apps[i] = s.sharedSource(st)
	}
	return s.render(c, http.StatusOK, connectors.SharedListPage(connectors.NewSharedList(s.connectorProps(c), apps, who(c).May(workbench.EditIntegration))))
}

// sharedNew is the form of a new one.
func (s *Server) sharedNew(c echo.Context) error {
	return s.askShared(c, http.StatusOK, connectors.Typed{Values: proposed(c)})
}

func (s *Server) askShared(c echo.Context, code int, typed connectors.Typed) error {
	may, err := s.connectorChoices(c)
	if err != nil {
		return err
	}
	return s.render(c, code, connectors.SharedNewPage(connectors.NewSharedForm(s.connectorProps(c), may, typed)))
}

// sharedForm reads what both forms send.
func sharedForm(c echo.Context) connect.Shared {
	form := connect.Shared{Name: entered(c, connectors.FieldName), Home: entered(c, connectors.FieldTenant), Cloud: entered(c, connectors.FieldCloud), ClientID: entered(c, connectors.FieldClientID),
		ObjectID: entered(c, connectors.FieldObjectID)}
	form.Revision, _ = strconv.Atoi(c.FormValue(connectors.FieldRevision)) // 0, which none has, where it is none
	return form
}

// sharedCreate saves a new one.
func (s *Server) sharedCreate(c echo.Context) error {
	if _, err := c.FormParams(); err != nil {
		return formError(err)
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	form := sharedForm(c)
	var made workbench.Registration
	if form.Credential, err = credentialForm(c); err == nil {
		made, err = s.Connect.AddShared(c.Request().Context(), by, form)
	}
	if err == nil {
		return done(c, link.SharedApp(made.ID, ""), "saved")
	}
	fields, ok := correctable(err, connectors.FieldTenant)
	if !ok {
		return err
	}
	return s.askShared(c, http.StatusUnprocessableEntity, typedConnector(c, fields))
}

// sharedShow is the page of one.
func (s *Server) sharedShow(c echo.Context) error {
	return s.showShared(c, http.StatusOK, connectors.SharedInput{})
}

// showShared renders the page of the one that the path names, with the forms that in brings back.
func (s *Server) showShared(c echo.Context, code int, in connectors.SharedInput) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	st, err := s.Connect.SharedApp(c.Request().Context(), by, sharedID(c))
	if err != nil {
		return err
	}
	all, err := s.sources(c)
	if err != nil {
		return err
	}
	for _, source := range all {
		if !source.Kind.Child() && source.Registration.ID == st.ID {
			in.Using = append(in.Using, source)
		}
	}
	in.Layout, in.App, in.CanEdit = s.connectorProps(c), s.sharedSource(st), who(c).May(workbench.EditIntegration)
	if c.Request().Method != http.MethodGet {
		in.Layout.Return = link.SharedApp(st.ID, "")
	}
	return s.render(c, code, connectors.SharedDetailPage(connectors.NewSharedDetail(in)))
}

// sharedEdit saves another name or other ids.
func (s *Server) sharedEdit(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := sharedID(c)
	err = s.Connect.EditShared(c.Request().Context(), by, id, sharedForm(c))
	if err == nil {
		return done(c, link.SharedApp(id, ""), "saved")
	}
	fields, ok := correctable(err, connectors.FieldClientID)
	typed := typedConnector(c, fields)
	switch {
	case errors.Is(err, workbench.ErrConflict):
		return s.showShared(c, http.StatusConflict, connectors.SharedInput{Edited: &typed, Conflict: true})
	case ok:
		return s.showShared(c, http.StatusUnprocessableEntity, connectors.SharedInput{Edited: &typed})
	}
	return err
}
