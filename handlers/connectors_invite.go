package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/link"
)

// Consents is what editors ask about consent by somebody without an account, and of the application that a parent made.
type Consents interface {
	MakeConsentLink(ctx context.Context, by connect.By, id workbench.ConnectorID) (l workbench.ConsentLink, secret string, err error)
	WithdrawConsentLink(ctx context.Context, by connect.By, id workbench.ConnectorID, link string) error
	ConsentLinks(ctx context.Context, by connect.By, id workbench.ConnectorID) ([]workbench.ConsentLink, error)
	Confirm(ctx context.Context, by connect.By, id workbench.ConnectorID) error
	Refuse(ctx context.Context, by connect.By, id workbench.ConnectorID) error
	ReplaceCertificate(ctx context.Context, by connect.By, id workbench.ConnectorID) error
	Remaining(ctx context.Context, by connect.By, id workbench.ConnectorID) (connect.Remains, error)
}

// consentAddress is the whole address of a consent link. Whoever shows it shows it once: its secret is kept nowhere.
func (s *Server) consentAddress(secret string) string {
	return strings.TrimSuffix(s.BaseURL.String(), "/") + link.Consent(secret)
}

// connectorsMakeLink makes a consent link, and shows it this once.
func (s *Server) connectorsMakeLink(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), connectorID(c)
	l, secret, err := s.Connect.MakeConsentLink(ctx, by, id)
	if err != nil {
		return err
	}
	st, err := s.Connect.State(ctx, who(c).Scope(), id)
	if err != nil {
		return err
	}
	fresh := &connectors.FreshLink{Address: s.consentAddress(secret), Until: s.display(c).Format(l.Expires) + " " + s.display(c).ZoneLabel()}
	return s.showConnector(c, http.StatusOK, connectors.DetailInput{Source: sourceOf(st), Fresh: fresh})
}

// connectorsWithdrawLink has a consent link lead nowhere.
func (s *Server) connectorsWithdrawLink(c echo.Context) error {
	return s.connectorsDo(c, "withdrawn", func(ctx context.Context, by connect.By, id workbench.ConnectorID) error {
		return s.Connect.WithdrawConsentLink(ctx, by, id, short(c.FormValue(connectors.FieldLink)))
	})
}

// connectorsConfirm says that the tenant whose administrator consented is the one that was meant.
func (s *Server) connectorsConfirm(c echo.Context) error {
	return s.connectorsDo(c, "confirmed", s.Connect.Confirm)
}

// connectorsRefuse says that it is not.
func (s *Server) connectorsRefuse(c echo.Context) error {
	return s.connectorsDo(c, "refused", s.Connect.Refuse)
}

// connectorsReplace has the parent give the application of a child a new certificate. Where Microsoft refuses it, the page says why.
func (s *Server) connectorsReplace(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), connectorID(c)
	err = s.Connect.ReplaceCertificate(ctx, by, id)
	var fault *workbench.Fault
	if err != nil && !errors.As(err, &fault) {
		return err
	}
	st, err := s.Connect.State(ctx, who(c).Scope(), id)
	if err != nil {
		return err
	}
	if fault != nil || st.Registration.Renewal.Reason != "" {
		return done(c, link.Connector(id, ""), "kept")
	}
	return done(c, link.Connector(id, ""), "replaced")
}

// connectorsDo does something to the connector that the path names, and leads back with the word for what was done.
func (s *Server) connectorsDo(c echo.Context, what string, do func(ctx context.Context, by connect.By, id workbench.ConnectorID) error) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := connectorID(c)
	if err := do(c.Request().Context(), by, id); err != nil {
		return err
	}
	return done(c, link.Connector(id, ""), what)
}
