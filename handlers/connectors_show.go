package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/link"
)

// connectorsShow is the page of one connector, the part of it that changes by itself, or its data.
func (s *Server) connectorsShow(c echo.Context) error {
	st, err := s.Connect.State(c.Request().Context(), who(c).Scope(), connectorID(c))
	if err != nil {
		return err
	}
	if form(c) == link.JSON {
		return writeJSON(c, http.StatusOK, dataOf(st))
	}
	return s.showConnector(c, http.StatusOK, connectors.DetailInput{Source: sourceOf(st)})
}

// showConnector renders the page of the connector that in names, with the forms that in brings back.
func (s *Server) showConnector(c echo.Context, code int, in connectors.DetailInput) error {
	all, err := s.sources(c)
	if err != nil {
		return err
	}
	if err := s.countStories(c, all); err != nil {
		return err
	}
	for _, source := range all {
		if source.ID == in.Source.ID {
			in.Source.Stories, in.Source.OpensShared = source.Stories, source.OpensShared
		}
	}
	if in.Source.Quarantined > 0 {
		if in.Quarantined, err = s.quarantinedOf(c, in.Source.ID); err != nil {
			return err
		}
	}
	in.Layout, in.Family, in.CanEdit = s.connectorProps(c), family(all, in.Source), who(c).May(workbench.EditIntegration)
	if c.Request().Method != http.MethodGet {
		in.Layout.Return = link.Connector(in.Source.ID, "")
	}
	if err := s.whereabouts(c, &in); err != nil {
		return err
	}
	d := connectors.NewDetail(in)
	if in.Fresh != nil { // only the page shows it
		return s.render(c, code, connectors.DetailPage(d))
	}
	return s.show(c, code, connectors.DetailPage(d), connectors.DetailPartial(d))
}

// whereabouts fills in whose application reads the tenant, in which cloud, and who was asked to consent.
func (s *Server) whereabouts(c echo.Context, in *connectors.DetailInput) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ctx, source := c.Request().Context(), in.Source
	cloud := source.Cloud
	if source.Parent != nil {
		cloud = source.Parent.Cloud
	}
	in.Cloud = s.cloudLabel(cloud)
	if r := source.Registration; r.Name != "" && who(c).AllGrants {
		app, err := s.Connect.SharedApp(ctx, by, r.ID)
		if err != nil {
			return err
		}
		in.HomeName, in.Shared = app.HomeName, &connectors.SharedUse{Name: workbench.Text(r.Name), URL: link.SharedApp(r.ID, ""), Users: app.Users}
	}
	if in.CanEdit {
		in.Links, err = s.Connect.ConsentLinks(ctx, by, source.ID)
	}
	return err
}

// quarantinedOf are the oldest records that could not be read of what a connector took in, with their bytes.
func (s *Server) quarantinedOf(c echo.Context, id workbench.ConnectorID) ([]workbench.Quarantined, error) {
	ctx, scope := c.Request().Context(), who(c).Scope()
	all, err := s.Store.QuarantinedRecords(ctx, scope)
	if err != nil {
		return nil, err
	}
	var list []workbench.Quarantined
	for _, q := range all {
		if q.Source != string(id) {
			continue
		}
		if len(list) == connectors.MaxQuarantined {
			break
		}
		whole, err := s.Store.QuarantinedRecord(ctx, scope, q.ID)
		if errors.Is(err, workbench.ErrNotFound) { // discarded or read meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, whole)
	}
	return list, nil
}

// connectorsEdit saves the form of changes.
func (s *Server) connectorsEdit(c echo.Context) error {
	if _, err := c.FormParams(); err != nil {
		return formError(err)
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), connectorID(c)
	st, err := s.Connect.State(ctx, who(c).Scope(), id)
	if err != nil {
		return err
	}
	change := connect.Edit{Name: entered(c, connectors.FieldName), Description: entered(c, connectors.FieldDescription), ClientID: entered(c, connectors.FieldClientID),
		ObjectID: entered(c, connectors.FieldObjectID), BackfillDays: st.BackfillDays}
	if st.Kind.Child() {
		change.BackfillDays, err = daysForm(c)
	}
	if change.Revision, _ = strconv.Atoi(c.FormValue(connectors.FieldRevision)); err == nil {
		err = s.Connect.Edit(ctx, by, id, change)
	}
	fields, ok := correctable(err, connectors.FieldClientID)
	switch {
	case err == nil:
		return done(c, link.Connector(id, ""), "saved")
	case errors.Is(err, workbench.ErrConflict):
		typed := typedConnector(c, nil)
		return s.showConnector(c, http.StatusConflict, connectors.DetailInput{Source: sourceOf(st), Edited: &typed, Conflict: true})
	case ok:
		typed := typedConnector(c, fields)
		return s.showConnector(c, http.StatusUnprocessableEntity, connectors.DetailInput{Source: sourceOf(st), Edited: &typed})
	}
	return err
}
