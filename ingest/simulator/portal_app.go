package simulator

import (
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// appView is the page of an app registration.
type appView struct {
	Name         string
	ClientID     string
	ObjectID     string
	TenantID     string
	TenantName   string
	RedirectURIs []string
	Certificates []certificateLine
	Secrets      []secretLine
	NewSecret    string // shown once
	Multi        bool   // for users of any directory
	UniqueName   string
	Notes        string
	Owners       []string     // names of the apps that may change it
	Elsewhere    []tenantLine // other tenants that consented to it
	principalView
	Connect string // address of the workbench with the ids filled in; "" = the redirect URIs name none
}

type certificateLine struct {
	Certificate
	State string
}

type secretLine struct{ ID, Ends string }

// view is the page of an app. The caller holds mu.
func (a *App) view() appView {
	now, moment := a.tenant.s.now(), a.tenant.s.moment()
	v := appView{Connect: a.connectAddress(), Name: a.name, ClientID: a.clientID, ObjectID: a.objectID, TenantID: a.tenant.id, TenantName: a.tenant.name,
		RedirectURIs: slices.Clone(a.redirectURIs), Multi: a.audience == MultiTenant, UniqueName: a.uniqueName, Notes: a.notes}
	v.Path = "/portal/" + a.tenant.id + "/apps/" + a.clientID
	for i, c := range a.certificates() {
		line := certificateLine{c, "Valid"}
		switch {
		case !now.Before(c.NotAfter):
			line.State = "Expired"
		case moment.Before(a.keys[i].works):
			line.State = "Not yet known to all servers"
		}
		v.Certificates = append(v.Certificates, line)
	}
	for _, k := range a.secrets {
		ends := "never"
		if !k.expires.IsZero() {
			ends = k.expires.UTC().Format("2006-01-02")
		}
		v.Secrets = append(v.Secrets, secretLine{k.id, ends})
	}
	for _, t := range a.tenant.s.tenants {
		if p := t.principal(a); p != nil && t != a.tenant {
			v.Elsewhere = append(v.Elsewhere, tenantLine{t.id, t.name, t.Domain()})
		}
	}
	for _, p := range a.tenant.principals {
		if slices.Contains(a.owners, p.id) {
			v.Owners = append(v.Owners, p.app.name)
		}
	}
	v.principalView = a.tenant.principalView(a, v.Path)
	return v
}

// connectAddress leads to the workbench that the app's redirect URIs name, with the app's ids filled in; "" where they name none.
func (a *App) connectAddress() string {
	for _, uri := range a.redirectURIs {
		base, ok := strings.CutSuffix(uri, "/connectors/callback")
		u, err := url.Parse(base)
		if !ok || err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			continue
		}
		query := url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {a.tenant.name}, "tenant": {a.tenant.id}, "clientId": {a.clientID}, "objectId": {a.objectID}}
		return base + "/connectors/new?" + query.Encode()
	}
	return ""
}

// showApp writes the page of an app.
func (s *Simulator) showApp(w http.ResponseWriter, r *http.Request, a *App, v portalView, newSecret string) {
	s.mu.Lock()
	view := a.view()
	s.mu.Unlock()
	view.NewSecret = newSecret
	v.Title, v.Tenant = view.Name, a.tenant
	status := http.StatusOK
	if v.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.showTemplate(w, status, v, "app", view)
}

// changeApp obeys a form of the page of an app.
func (s *Simulator) changeApp(w http.ResponseWriter, r *http.Request, a *App, form string) {
	word, err := form, error(nil)
	switch form {
	case "redirects":
		word, err = "redirect", a.AddRedirectURI(strings.TrimSpace(r.PostForm.Get("redirect")))
	case "certificates":
		word, err = "certificate", a.upload(r)
	case "remove-certificate":
		word = "certificate-removed"
		if !a.RemoveCertificate(r.PostForm.Get("key")) {
			err = errors.New("the certificate is not there")
		}
	case "secrets":
		value := newHandle()
		a.SetSecret(value, s.time().AddDate(0, 6, 0))
		s.showApp(w, r, a, portalView{Notice: "A client secret was made. It replaces the one before."}, value)
		return
	case "permissions":
		roles, scopes := []string{}, []string{}
		for _, field := range r.PostForm["permission"] {
			kind, name, _ := strings.Cut(field, ":")
			switch p, ok := permissionOf(name); {
			case ok && kind == "role" && p.role != "":
				roles = append(roles, name)
			case ok && kind == "scope" && p.scope != "":
				scopes = append(scopes, name)
			}
		}
		a.SetPermissions(roles, scopes)
	case "audience":
		a.SetAudience(readAudience(r))
	case "unregister":
		a.Delete()
		seeOther(w, "/portal/"+a.tenant.id+"/", "unregistered")
		return
	default:
		if word = a.tenant.changePrincipal(a, form, r.PostForm.Get("permission")); word == "" {
			s.notThere(w)
			return
		}
	}
	if err != nil {
		s.showApp(w, r, a, portalView{Problem: sentence(err)}, "")
		return
	}
	seeOther(w, "/portal/"+a.tenant.id+"/apps/"+a.clientID, word)
}

// readAudience reads the field of a form.
func readAudience(r *http.Request) Audience {
	if r.PostForm.Get("audience") == string(MultiTenant) {
		return MultiTenant
	}
	return SingleTenant
}

// upload registers the certificate of a form.
func (a *App) upload(r *http.Request) error {
	file, _, err := r.FormFile("certificate")
	if err != nil {
		return errors.New("choose a certificate file: .cer, .pem or .crt")
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxForm))
	if err != nil {
		return errors.New("the file could not be read")
	}
	der, err := readCertificate(text)
	if err != nil {
		return err
	}
	if _, err := a.UploadCertificate(der); err != nil {
		return err
	}
	return nil
}

// readCertificate finds the first certificate in PEM, or takes the whole for DER.
func readCertificate(text []byte) ([]byte, error) {
	var der []byte
	for rest := text; ; {
		block, more := pem.Decode(rest)
		if block == nil {
			break
		}
		if strings.Contains(block.Type, "PRIVATE KEY") {
			return nil, errors.New("the file holds a private key: upload the certificate alone, and keep the key to yourself")
		}
		if block.Type == "CERTIFICATE" && der == nil {
			der = block.Bytes
		}
		rest = more
	}
	if der == nil {
		return text, nil
	}
	return der, nil
}
