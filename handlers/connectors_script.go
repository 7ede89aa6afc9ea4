package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"workbench"
	"workbench/views/connectors"
)

// connectorsScript gives the chosen script that registers an application, as a file.
func (s *Server) connectorsScript(c echo.Context) error {
	offered, err := s.offeredCertificates(c)
	if err != nil {
		return err
	}
	text, file, err := connectors.ReadScriptChoice(c.QueryParams()).Write(s.Connect.RedirectURI(), offered)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
	return send(c, http.StatusOK, echo.MIMETextPlainCharsetUTF8, []byte(text))
}

// scripts is the part of a page that offers scripts.
func (s *Server) scripts(c echo.Context) (connectors.Scripts, error) {
	offered, err := s.offeredCertificates(c)
	return connectors.NewScripts(connectors.ReadScriptChoice(c.QueryParams()), s.Connect.RedirectURI(), offered), err
}

// offeredCertificates are those that wait to be uploaded, each once: several tenants may share a registration.
func (s *Server) offeredCertificates(c echo.Context) ([]connectors.ScriptCertificate, error) {
	states, err := s.Connect.States(c.Request().Context(), who(c).Scope())
	if err != nil {
		return nil, err
	}
	var list []connectors.ScriptCertificate
	known := map[workbench.RegistrationID]bool{}
	for _, st := range states {
		r := st.Registration
		credential, ok := r.Offered()
		if !ok || len(credential.Certificate) == 0 || r.ID == "" || st.Kind.Child() || known[r.ID] || r.Name != "" && !who(c).AllGrants {
			continue
		}
		known[r.ID] = true
		offer := connectors.ScriptCertificate{Registration: r.ID, Name: st.Name, Tenant: r.Tenant, Credential: credential}
		if r.Name != "" {
			offer.Name = r.Name
		}
		if r.Tenant == "" {
			offer.Tenant = st.Tenant
		}
		list = append(list, offer)
	}
	return list, nil
}
