package handlers

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/connectors"
	"workbench/views/link"
)

// connectorsTest asks Microsoft now.
func (s *Server) connectorsTest(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := connectorID(c)
	if _, err := s.Connect.Test(c.Request().Context(), by, id); err != nil {
		return err
	}
	return done(c, link.Connector(id, ""), "tested")
}

// connectorsSwitch switches a connector off or on.
func (s *Server) connectorsSwitch(off bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		by, err := s.by(c)
		if err != nil {
			return err
		}
		id := connectorID(c)
		if err := s.Connect.SetDisabled(c.Request().Context(), by, id, off); err != nil {
			return err
		}
		if off {
			return done(c, link.Connector(id, ""), "off")
		}
		return done(c, link.Connector(id, ""), "on")
	}
}

// connectorsDeleteForm asks first, and says what becomes of the stories.
func (s *Server) connectorsDeleteForm(c echo.Context) error { return s.askDelete(c, http.StatusOK) }

func (s *Server) askDelete(c echo.Context, code int) error {
	st, err := s.Connect.State(c.Request().Context(), who(c).Scope(), connectorID(c))
	if err != nil {
		return err
	}
	all, err := s.sources(c)
	if err != nil {
		return err
	}
	source := sourceOf(st)
	by, err := s.by(c)
	if err != nil {
		return err
	}
	left, err := s.Connect.Remaining(c.Request().Context(), by, source.ID)
	if err != nil {
		return err
	}
	r := connectors.NewRemoval(connectors.DetailInput{Layout: s.connectorProps(c), Source: source, Family: family(all, source), CanEdit: true}, connectors.RemainsInput(left))
	return s.render(c, code, connectors.RemovalPage(r))
}

// connectorsDelete takes a connector away. One that others stand under is not deleted: the page says so.
func (s *Server) connectorsDelete(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	err = s.Connect.Delete(c.Request().Context(), by, connectorID(c))
	if errors.Is(err, workbench.ErrConflict) {
		return s.askDelete(c, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return done(c, link.Connectors(""), "deleted")
}

// connectorsOfferCertificate makes a certificate to be uploaded by hand.
func (s *Server) connectorsOfferCertificate(c echo.Context) error {
	by, err := s.by(c)
	if err != nil {
		return err
	}
	id := connectorID(c)
	if err := s.Connect.OfferCertificate(c.Request().Context(), by, id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Connector(id, "")+"?done=certificate#offered")
}

// connectorsSetCredential takes the certificate or secret that the operator brings.
func (s *Server) connectorsSetCredential(c echo.Context) error {
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
	choice, err := credentialForm(c)
	if err == nil && choice.Kind == connectors.CredentialMade {
		var bad *workbench.Invalid
		err = bad.Set(connectors.FieldCredential, "Choose a certificate or a client secret.")
	}
	if err == nil {
		err = s.Connect.SetCredential(ctx, by, id, choice)
	}
	at := connectors.FieldCertificate
	if choice.Kind == connectors.CredentialSecret {
		at = connectors.FieldSecret
	}
	if err == nil {
		return done(c, link.Connector(id, ""), "credential")
	}
	fields, ok := correctable(err, at)
	if !ok {
		return err
	}
	typed := typedConnector(c, fields)
	return s.showConnector(c, http.StatusUnprocessableEntity, connectors.DetailInput{Source: sourceOf(st), Brought: &typed})
}

var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// connectorsCertificate gives the public part of the newest certificate, for uploading.
func (s *Server) connectorsCertificate(c echo.Context) error {
	st, err := s.Connect.State(c.Request().Context(), who(c).Scope(), connectorID(c))
	if err != nil {
		return err
	}
	found, err := newest(st.Registration)
	if err != nil {
		return err
	}
	return sendCertificate(c, st.Name, found)
}

// sendCertificate gives the public part of a certificate as a file.
func sendCertificate(c echo.Context, name string, found workbench.Credential) error {
	name = strings.Trim(unsafeInName.ReplaceAllString(name, "-"), "-.")
	c.Response().Header().Set("Content-Disposition", `attachment; filename="workbench-`+cutText(name, 40)+`-`+found.SHA1()[:8]+`.cer"`)
	return send(c, http.StatusOK, "application/pkix-cert", found.Certificate)
}

// newest is the certificate of a registration that is to be uploaded: the one that waits, else the one in use. ErrNotFound where there is none.
func newest(r workbench.Registration) (workbench.Credential, error) {
	found, ok := r.Offered()
	if !ok || len(found.Certificate) == 0 {
		found, ok = r.Active()
	}
	if !ok || len(found.Certificate) == 0 {
		return workbench.Credential{}, workbench.ErrNotFound
	}
	return found, nil
}
