package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/ingest/connect"
	"workbench/views/connectors"
	"workbench/views/link"
)

// sharedCertificate gives the public part of the newest certificate of a shared app, for uploading.
func (s *Server) sharedCertificate(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	st, err := s.Connect.SharedApp(c.Request().Context(), by, sharedID(c))
	if err != nil {
		return err
	}
	found, err := newest(st.Registration)
	if err != nil {
		return err
	}
	return sendCertificate(c, st.Name, found)
}

// sharedOfferCertificate makes a certificate to be uploaded by hand.
func (s *Server) sharedOfferCertificate(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := sharedID(c)
	if err := s.Connect.SetSharedCredential(c.Request().Context(), by, id, connect.CredentialChoice{Kind: connect.ChoiceMade}); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.SharedApp(id, "")+"?done=certificate#offered")
}

// sharedSetCredential takes the certificate or secret that the operator brings.
func (s *Server) sharedSetCredential(c echo.Context) error {
	if _, err := c.FormParams(); err != nil {
		return formError(err)
	}
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := sharedID(c)
	choice, err := credentialForm(c)
	if err == nil && choice.Kind == connectors.CredentialMade {
		var bad *workbench.Invalid
		err = bad.Set(connectors.FieldCredential, "Choose a certificate or a client secret.")
	}
	if err == nil {
		err = s.Connect.SetSharedCredential(c.Request().Context(), by, id, choice)
	}
	if err == nil {
		return done(c, link.SharedApp(id, ""), "credential")
	}
	at := connectors.FieldCertificate
	if choice.Kind == connectors.CredentialSecret {
		at = connectors.FieldSecret
	}
	fields, ok := correctable(err, at)
	if !ok {
		return err
	}
	typed := typedConnector(c, fields)
	return s.showShared(c, http.StatusUnprocessableEntity, connectors.SharedInput{Brought: &typed})
}

// sharedTest asks Microsoft now whether it accepts what a shared app signs in with.
func (s *Server) sharedTest(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := sharedID(c)
	if _, err := s.Connect.TestShared(c.Request().Context(), by, id); err != nil {
		return err
	}
	return done(c, link.SharedApp(id, ""), "tested")
}

// sharedDeleteForm asks first, and says what remains at Microsoft.
func (s *Server) sharedDeleteForm(c echo.Context) error { return s.askDeleteShared(c, http.StatusOK) }

func (s *Server) askDeleteShared(c echo.Context, code int) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	st, err := s.Connect.SharedApp(c.Request().Context(), by, sharedID(c))
	if err != nil {
		return err
	}
	return s.render(c, code, connectors.SharedRemovalPage(connectors.NewSharedRemoval(s.connectorProps(c), s.sharedSource(st))))
}

// sharedDelete takes one away that nothing uses. One that is used is not deleted: the page says so.
func (s *Server) sharedDelete(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	err = s.Connect.DeleteShared(c.Request().Context(), by, sharedID(c))
	if errors.Is(err, workbench.ErrConflict) {
		return s.askDeleteShared(c, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return done(c, link.SharedApps(), "gone")
}
