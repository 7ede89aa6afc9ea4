package simulator

import (
	"net/http"
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
	FormName      string
	FormRedirect  string
}

// appLine is an app registration in a list.
type appLine struct{ Name, ClientID string }

// portalTenant answers the page of a tenant, with what was wrong with a form of it.
func (s *Simulator) portalTenant(w http.ResponseWriter, r *http.Request, t *Tenant, problem string) {
	view := tenantView{ID: t.id, Name: t.name, Domains: strings.Join(t.domains, ", "), Users: t.Users(), Licensed: t.Licensed()}
	policy := t.Policy()
	view.NoUserConsent, view.MaxDays = policy.NoUserConsent, int(policy.MaxCertificateLifetime/(24*time.Hour))
	for _, a := range t.Apps() {
		view.Apps = append(view.Apps, appLine{a.name, a.clientID})
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
	t.SetLicensed(r.PostForm.Get("licensed") != "")
	t.SetPolicy(Policy{MaxCertificateLifetime: time.Duration(days) * 24 * time.Hour, NoUserConsent: r.PostForm.Get("noconsent") != ""})
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
	o := AppOptions{Name: name, Permissions: []string{}, Scopes: []string{"User.Read"}}
	if address != "" {
		if err := checkRedirectURI(address); err != nil {
			s.portalTenant(w, r, t, sentence(err))
			return
		}
		o.RedirectURIs = []string{address}
	}
	if len(t.Apps()) >= 250 {
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
