package handlers

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/link"
)

// connectorsNew is a list with the panel New Connector or New Integration beside it; or, with the id of a connector, what became of it.
func (s *Server) connectorsNew(c echo.Context) error {
	from := c.QueryParam(connectors.FieldFrom)
	in, err := s.connectorInput(c, from)
	if err != nil {
		return err
	}
	if id := short(c.QueryParam("connector")); id != "" {
		st, err := s.Connect.State(c.Request().Context(), who(c).Scope(), workbench.ConnectorID(id))
		if err != nil {
			return err
		}
		in.Drawer = connectors.NewMade(from, sourceOf(st), in)
		return s.show(c, http.StatusOK, connectors.Page(connectors.NewList(in)), connectors.MadePartial(*in.Drawer.Made, in.Drawer.CloseURL))
	}
	if since := c.QueryParam("since"); since != "" && wantsPartial(c.Request()) {
		return s.followParent(c, in, since)
	}
	kind := workbench.ConnectorKind(c.QueryParam(connectors.FieldApplication))
	if !slices.Contains(workbench.ConnectorKinds, kind) {
		kind = ""
	}
	may, err := s.connectorChoices(c)
	if err != nil {
		return err
	}
	in.Drawer = connectors.NewDrawer(from, kind, in.Sources, may, connectors.Typed{Values: proposed(c)})
	if kind == workbench.Microsoft365 {
		in.Drawer.Follow = link.FollowConnector(from, s.Now().UnixMilli())
	}
	l := connectors.NewList(in)
	return s.show(c, http.StatusOK, connectors.Page(l), connectors.DrawerPartial(*l.Drawer))
}

// proposed are the values that an address proposes for the fields of a new connector, such as one that the simulated portal links to. They
// are a stranger's text: shown in the fields, changed and saved by nobody but the reader.
func proposed(c echo.Context) map[string]string {
	values := map[string]string{}
	for _, name := range []string{connectors.FieldName, connectors.FieldTenant, connectors.FieldClientID, connectors.FieldObjectID, connectors.FieldParent, connectors.FieldTopology, connectors.FieldCloud,
		connectors.FieldShared} {
		values[name] = strings.TrimSpace(cutText(c.QueryParam(name), maxProposed))
	}
	return values
}

const maxProposed = 253 // bytes: the longest name of a domain

// followParent answers the panel from which a parent was made in another tab: what became of it, or nothing while there is none.
func (s *Server) followParent(c echo.Context, in connectors.Input, since string) error {
	after, err := strconv.ParseInt(since, 10, 64)
	if err != nil {
		return workbench.ErrNotFound
	}
	for _, source := range slices.Backward(in.Sources) {
		if !source.Kind.Child() && source.CreatedBy == who(c).ID && source.CreatedAt.UnixMilli() >= after {
			c.Response().Header().Set("HX-Retarget", "#drawer")
			return s.render(c, http.StatusOK, connectors.DrawerPartial(*connectors.NewMade(in.From, source, in)))
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// connectorsCreate saves what New Connector or New Integration holds. A parent goes on to Microsoft; a child says what Microsoft answered.
func (s *Server) connectorsCreate(c echo.Context) error {
	if _, err := c.FormParams(); err != nil {
		return formError(err)
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	kind := workbench.ConnectorKind(c.FormValue(connectors.FieldApplication))
	if kind.Child() {
		child, err := childForm(c, kind)
		if err != nil {
			return s.refused(c, kind, err)
		}
		st, err := s.Connect.AddChild(ctx, by, child)
		if err != nil {
			return s.refused(c, kind, err)
		}
		return c.Redirect(http.StatusSeeOther, link.MadeConnector(c.FormValue(connectors.FieldFrom), st.ID))
	}
	choice := connect.CredentialChoice{}
	if connectors.ReadTopology(entered(c, connectors.FieldTopology)) != workbench.SharedApp {
		if choice, err = credentialForm(c); err != nil {
			return s.refused(c, kind, err)
		}
	}
	made, err := s.Connect.AddParent(ctx, by, connect.Parent{Name: entered(c, connectors.FieldName), Description: entered(c, connectors.FieldDescription), Tenant: entered(c, connectors.FieldTenant),
		Topology: connectors.ReadTopology(entered(c, connectors.FieldTopology)), Cloud: entered(c, connectors.FieldCloud), Shared: workbench.RegistrationID(entered(c, connectors.FieldShared)), ClientID: entered(c, connectors.FieldClientID), ObjectID: entered(c, connectors.FieldObjectID), Credential: choice})
	if errors.Is(err, workbench.ErrForbidden) {
		return echo.NewHTTPError(http.StatusForbidden, "Only an account that sees every tenant may connect another one. Ask whoever runs the workbench.")
	}
	if err != nil {
		return s.refused(c, kind, err)
	}
	return s.depart(c, ctx, by, made.ID)
}

func childForm(c echo.Context, kind workbench.ConnectorKind) (connect.Child, error) {
	days, err := daysForm(c)
	return connect.Child{Kind: kind, Parent: workbench.ConnectorID(entered(c, connectors.FieldParent)), Name: entered(c, connectors.FieldName), Description: entered(c, connectors.FieldDescription),
		BackfillDays: days}, err
}

// daysForm reads how far back to look; 0 where nobody says.
func daysForm(c echo.Context) (int, error) {
	text := entered(c, connectors.FieldBackfillDays)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > workbench.MaxBackfillDays {
		var bad *workbench.Invalid
		return 0, bad.Set(connectors.FieldBackfillDays, "Choose between 1 and 180 days: Microsoft keeps incidents for 180 days.")
	}
	return n, nil
}

// credentialForm reads what a tenant shall sign in with.
func credentialForm(c echo.Context) (connect.CredentialChoice, error) {
	choice := connect.CredentialChoice{Kind: connectors.CredentialMade}
	var bad *workbench.Invalid
	switch c.FormValue(connectors.FieldCredential) {
	case connectors.CredentialCertificate:
		choice.Kind, choice.Certificate = connectors.CredentialCertificate, []byte(c.FormValue(connectors.FieldCertificate))
		if len(choice.Certificate) == 0 {
			return choice, bad.Set(connectors.FieldCertificate, "Paste the certificate and its private key, both in PEM.")
		}
	case connectors.CredentialSecret:
		choice.Kind, choice.Secret = connectors.CredentialSecret, c.FormValue(connectors.FieldSecret)
		if choice.Secret == "" {
			return choice, bad.Set(connectors.FieldSecret, "Enter the value of the client secret.")
		}
		if text := entered(c, connectors.FieldSecretEnds); text != "" {
			ends, err := time.Parse(time.DateOnly, text)
			if err != nil {
				return choice, bad.Set(connectors.FieldSecretEnds, "Write the day as 2027-03-31.")
			}
			choice.SecretEnds = workbench.At(ends)
		}
	}
	return choice, nil
}

// refused shows the panel again with what was typed, where a person can correct it.
func (s *Server) refused(c echo.Context, kind workbench.ConnectorKind, err error) error {
	fields, ok := correctable(err, connectors.FieldTenant)
	if !ok {
		return err
	}
	if connectors.ReadTopology(entered(c, connectors.FieldTopology)) == workbench.SharedApp { // its ids are not asked for here
		fields = maps.Clone(fields)
		delete(fields, connectors.FieldClientID)
		delete(fields, connectors.FieldObjectID)
	}
	from := c.FormValue(connectors.FieldFrom)
	in, err := s.connectorInput(c, from)
	if err != nil {
		return err
	}
	in.Layout.Return = link.NewConnector(from, kind)
	if !slices.Contains(workbench.ConnectorKinds, kind) {
		kind = ""
	}
	may, err := s.connectorChoices(c)
	if err != nil {
		return err
	}
	in.Drawer = connectors.NewDrawer(from, kind, in.Sources, may, typedConnector(c, fields))
	l := connectors.NewList(in)
	return s.show(c, http.StatusUnprocessableEntity, connectors.Page(l), connectors.DrawerPartial(*l.Drawer))
}

// correctable gives the sentences beside the fields of a form, where a person can mend what went wrong. What Microsoft refuses stands at
// the field at.
func correctable(err error, at string) (map[string]string, bool) {
	var invalid *workbench.Invalid
	if errors.As(err, &invalid) {
		return invalid.Fields, true
	}
	var fault *workbench.Fault
	if errors.As(err, &fault) && fault.Reason != workbench.ReasonInternal {
		what, mend := fault.Reason.Explain()
		return map[string]string{at: what + " " + mend}, true
	}
	return nil, false
}

// typedConnector is what a person sent, without what is secret.
func typedConnector(c echo.Context, wrong map[string]string) connectors.Typed {
	t := connectors.Typed{Values: map[string]string{}, Errors: wrong}
	for _, name := range []string{connectors.FieldName, connectors.FieldDescription, connectors.FieldParent, connectors.FieldBackfillDays, connectors.FieldTenant, connectors.FieldClientID,
		connectors.FieldObjectID, connectors.FieldCredential, connectors.FieldSecretEnds, connectors.FieldTopology, connectors.FieldCloud, connectors.FieldShared} {
		t.Values[name] = entered(c, name)
	}
	return t
}

// depart begins the way to Microsoft and leads to the page between.
func (s *Server) depart(c echo.Context, ctx context.Context, by connect.By, id workbench.ConnectorID) error {
	d, err := s.Connect.Authorize(ctx, by, id)
	var fault *workbench.Fault
	if errors.As(err, &fault) {
		st, err := s.Connect.State(ctx, who(c).Scope(), id)
		if err != nil {
			return err
		}
		return s.arrived(c, http.StatusBadGateway, connectors.ArrivalInput{Source: sourceOf(st), Fault: fault})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Departing(id, d.Flow))
}
