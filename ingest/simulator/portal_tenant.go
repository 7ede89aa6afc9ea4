package simulator

import (
	"crypto/x509"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tenantView is the page of a tenant.
type tenantView struct {
	ID            string
	Name          string
	Domains       string
	Users         []User
	Apps          []appLine
	Licensed      bool
	NoUserConsent bool
	MaxDays       int
	Authorities   string // in PEM
	Deleted       []appLine
	Enterprises   []enterpriseLine
	FormName      string
	FormRedirect  string
}

// appLine is an app registration in a list.
type appLine struct {
	Name, ClientID string
	Multi          bool
	When           string // it was deleted
}

// enterpriseLine is an enterprise application in a list.
type enterpriseLine struct {
	Name, Path, Home string
	Granted          string
	Enabled          bool
}

// portalTenant answers the page of a tenant, with what was wrong with a form of it.
func (s *Simulator) portalTenant(w http.ResponseWriter, r *http.Request, t *Tenant, problem string) {
	view := tenantView{ID: t.id, Name: t.name, Domains: strings.Join(t.domains, ", "), Users: t.Users(), Licensed: t.Licensed()}
	policy := t.Policy()
	view.NoUserConsent, view.MaxDays = policy.NoUserConsent, int(policy.MaxCertificateLifetime/(24*time.Hour))
	view.Authorities = policy.TrustedAuthorities
	for _, a := range t.Apps() {
		view.Apps = append(view.Apps, appLine{Name: a.Name(), ClientID: a.clientID, Multi: a.Audience() == MultiTenant})
	}
	for _, a := range t.DeletedApps() {
		view.Deleted = append(view.Deleted, appLine{Name: a.Name(), ClientID: a.clientID, When: a.deletedAt.Format("2006-01-02 15:04")})
	}
	for _, e := range t.Enterprises() {
		line := enterpriseLine{Name: e.App.Name(), Path: "/portal/" + t.id + "/enterprise/" + e.App.clientID, Home: e.App.tenant.name, Enabled: e.Enabled,
			Granted: strings.Join(slices.Concat(e.Permissions, e.Scopes), ", ")}
		if e.App.tenant == t {
			line.Path = "/portal/" + t.id + "/apps/" + e.App.clientID
		}
		view.Enterprises = append(view.Enterprises, line)
	}
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
		view.FormName, view.FormRedirect = r.PostForm.Get("name"), r.PostForm.Get("redirect")
	}
	s.showTemplate(w, status, portalView{Title: t.name, Tenant: t, Problem: problem, Notice: done(r.URL.Query().Get("done"))}, "tenant", view)
}

// changeTenant obeys the form of licence and policies.
func (s *Simulator) changeTenant(w http.ResponseWriter, r *http.Request, t *Tenant) {
	if r.Method != http.MethodPost {
		s.notThere(w)
		return
	}
	days, err := strconv.Atoi(r.PostForm.Get("days"))
	if err != nil || days < 0 || days > 36_500 {
		s.portalTenant(w, r, t, "Longest life of a certificate: enter days, or 0 for any.")
		return
	}
	authorities := strings.TrimSpace(r.PostForm.Get("authorities"))
	if authorities != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(authorities)) {
		s.portalTenant(w, r, t, "Trusted certificate authorities: enter certificates in PEM, or nothing.")
		return
	}
	t.SetLicensed(r.PostForm.Get("licensed") != "")
	t.SetPolicy(Policy{MaxCertificateLifetime: time.Duration(days) * 24 * time.Hour, TrustedAuthorities: authorities, NoUserConsent: r.PostForm.Get("noconsent") != ""})
	seeOther(w, "/portal/"+t.id+"/", "tenant")
}

// portalApps answers what is under /portal/{tenant}/apps.
func (s *Simulator) portalApps(w http.ResponseWriter, r *http.Request, t *Tenant, rest string) {
	if rest == "" {
		if r.Method != http.MethodPost {
			s.portalTenant(w, r, t, "")
			return
		}
		s.register(w, r, t)
		return
	}
	clientID, form, _ := strings.Cut(rest, "/")
	s.mu.Lock()
	a := t.app(clientID)
	s.mu.Unlock()
	switch {
	case a == nil || form != "" && r.Method != http.MethodPost:
		s.notThere(w)
	case form == "":
		s.showApp(w, r, a, portalView{Notice: done(r.URL.Query().Get("done"))}, "")
	default:
		s.changeApp(w, r, a, form)
	}
}

// register obeys the form that registers an app.
func (s *Simulator) register(w http.ResponseWriter, r *http.Request, t *Tenant) {
	name, address := strings.TrimSpace(r.PostForm.Get("name")), strings.TrimSpace(r.PostForm.Get("redirect"))
	if name == "" || len(name) > 120 {
		s.portalTenant(w, r, t, "Give the app a name of at most 120 characters.")
		return
	}
	o := AppOptions{Name: name, Audience: readAudience(r), Permissions: []string{}, Scopes: []string{"User.Read"}}
	if address != "" {
		if err := checkRedirectURI(address); err != nil {
			s.portalTenant(w, r, t, sentence(err))
			return
		}
		o.RedirectURIs = []string{address}
	}
	if len(t.Apps()) >= mostApps {
		s.portalTenant(w, r, t, "The directory has too many app registrations.")
		return
	}
	seeOther(w, "/portal/"+t.id+"/apps/"+t.AddApp(o).clientID, "registered")
}

// sentence is an error as a person reads it.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
