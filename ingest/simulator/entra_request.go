package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// appRequest is a browser that an app has sent to Entra: what both the sign-in and the admin consent have in common.
type appRequest struct {
	tenant   *Tenant // in which the app is to be used; nil = the person's, whichever it is
	app      *App
	redirect string
	state    string
}

// appRequest checks what must be right before a browser may be sent anywhere: the app is known and the redirect address is registered. The
// caller holds mu.
func (s *Simulator) appRequest(r *http.Request, d directoryOf) (appRequest, *refusal) {
	q := r.URL.Query()
	for name, values := range q {
		if len(values) > 1 {
			return appRequest{}, refused("invalid_request", 9002313, "Invalid request. Request is malformed or invalid. The parameter '%s' is repeated.", cut(name, 50))
		}
	}
	id := q.Get("client_id")
	if id == "" {
		return appRequest{}, lacking("client_id")
	}
	a := s.app(id)
	if a == nil || s.moment().Before(a.known) {
		return appRequest{}, notFound(id, d)
	}
	if d.tenant != nil && !a.serves(d.tenant) {
		return appRequest{}, notMultiTenant(a, d)
	}
	address := q.Get("redirect_uri")
	if address == "" {
		return appRequest{}, lacking("redirect_uri")
	}
	if !slices.Contains(a.redirectURIs, address) {
		return appRequest{}, refused("invalid_request", 50011, "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. "+
			"Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.", cut(address, 300), a.clientID)
	}
	used := appRequest{tenant: d.tenant, app: a, redirect: address, state: q.Get("state")}
	if used.tenant == nil && a.audience == SingleTenant {
		used.tenant = a.tenant
	}
	if used.tenant != nil && used.tenant.disables(a) {
		return appRequest{}, disabled(a)
	}
	return used, nil
}

// enter settles in which directory the app is used, now that a person of a directory signed in: it must be the person's own.
func (q *appRequest) enter(home *Tenant) *refusal {
	if q.tenant == nil {
		q.tenant = home
	}
	switch {
	case home == nil || home != q.tenant:
		return foreign(home, q.tenant, q.app)
	case home.disables(q.app):
		return disabled(q.app)
	}
	return nil
}

// disables reports whether the tenant has switched an app's enterprise application off. The caller holds mu.
func (t *Tenant) disables(a *App) bool {
	p := t.principal(a)
	return p != nil && !p.enabled
}

// notMultiTenant is the refusal of an app of another tenant that is for its own alone.
func notMultiTenant(a *App, d directoryOf) *refusal {
	return refused("invalid_request", 50194, "Application '%s'(%s) is not configured as a multi-tenant application. Usage of the /%s endpoint is not supported for "+
		"such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.", a.clientID, a.name, d.name())
}

// lacking is the refusal of a request without a parameter that it needs.
func lacking(name string) *refusal {
	return refused("invalid_request", 900144, "The request body must contain the following parameter: '%s'.", name)
}

// notFound is the refusal of an app that a directory does not have.
func notFound(clientID string, d directoryOf) *refusal {
	name := d.word
	if d.tenant != nil {
		name = d.tenant.name
	}
	return refused("unauthorized_client", 700016, "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been "+
		"installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", cut(clientID, 100), name)
}

// disabled is the refusal of an app whose enterprise application is switched off.
func disabled(a *App) *refusal {
	return refused("unauthorized_client", 7000112, "Application '%s'(%s) is disabled.", a.clientID, a.name)
}

// foreign is the refusal of a person of another directory than the one that was asked.
func foreign(home, asked *Tenant, a *App) *refusal {
	id := strangersTenant
	if home != nil {
		id = home.id
	}
	if asked == nil {
		asked = a.tenant
	}
	return refused("access_denied", 50020, "User account '{EmailHidden}' from identity provider 'https://sts.windows.net/%s/' does not exist in tenant '%s' and cannot access the "+
		"application '%s'(%s) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active "+
		"Directory user account.", id, asked.name, a.clientID, a.name)
}

// declined is that somebody pressed Cancel.
func declined() *refusal {
	return refused("access_denied", 65004, "User declined to consent to access the app.")
}

// whoSignsIn takes the browser to the person: either the person and the person's directory, or the page to show next. The caller holds mu.
func (s *Simulator) whoSignsIn(r *http.Request, q appRequest) (User, *Tenant, *answer) {
	view := choice{App: q.app.name, Tenant: q.app.tenant.name}
	picked := r.PostForm.Get("user")
	if r.Method != http.MethodPost || picked == "" {
		view.Accounts = s.accounts(q.tenant, r.URL.Query().Get("login_hint"))
		return User{}, nil, new(htmlPage(http.StatusOK, "picker", view, origin(q.redirect)))
	}
	if picked == "other" {
		picked = strings.TrimSpace(r.PostForm.Get("name"))
		view.Typed = picked
		if picked == "" {
			return User{}, nil, new(htmlPage(http.StatusOK, "other", view, origin(q.redirect)))
		}
	}
	u, home, ok := s.person(picked)
	if !ok {
		view.Wrong = true
		return User{}, nil, new(htmlPage(http.StatusUnprocessableEntity, "other", view, origin(q.redirect)))
	}
	return u, home, nil
}

// scopes reads what a request asks for: names of delegated permissions, and whether it asks for everything that is registered. The caller
// holds mu.
func (s *Simulator) scopes(text string) (names []string, all bool, wrong *refusal) {
	for _, word := range strings.Fields(text) {
		name, ours := strings.CutPrefix(word, s.base.String()+"/")
		name = strings.TrimPrefix(name, "/")
		switch p, known := permissionOf(name); {
		case ours && name == ".default":
			all = true
		case !ours && (strings.Contains(name, "://") || strings.HasSuffix(name, "/.default")):
			return nil, false, refused("invalid_resource", 500011, "The resource principal named %s was not found in the tenant. This can happen if the application has not been "+
				"installed by the administrator of the tenant or consented to by any user in the tenant.", resourceOf(name))
		case !known || p.scope == "":
			return nil, false, refused("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid. The scope '%s' is not valid.", cut(word, 200))
		case !slices.Contains(names, name):
			names = append(names, name)
		}
	}
	return names, all, nil
}

// resourceOf is the address in front of a scope's name.
func resourceOf(scope string) string {
	if i := strings.LastIndex(scope, "/"); i > 0 {
		scope = scope[:i]
	}
	return cut(scope, 200)
}

// texts are the words of the consent page, each once.
func texts(names ...string) []string {
	var all []string
	for _, p := range permissions() {
		if slices.Contains(names, p.name) && !slices.Contains(all, p.text) && (!ofOpenID(p.name) || p.name == "offline_access") {
			all = append(all, p.text)
		}
	}
	return all
}

// respond sends a browser back to the app in the way that it asked for. The caller holds mu.
func respond(address, mode string, parameters []pair) answer {
	switch mode {
	case "fragment":
		return redirect(address + "#" + encode(parameters))
	case "form_post":
		type field struct{ Name, Value string }
		view := struct {
			Redirect   string
			Parameters []field
		}{Redirect: address}
		for _, p := range parameters {
			view.Parameters = append(view.Parameters, field{p.name, p.value})
		}
		return htmlPage(http.StatusOK, "formpost", view, origin(address))
	}
	return redirect(query(address, parameters))
}

// withState adds the app's state, which every answer carries if there was one.
func withState(parameters []pair, state string) []pair {
	if state == "" {
		return parameters
	}
	return append(parameters, pair{"state", state})
}

// repeated finds a parameter of a form that occurs twice.
func repeated(form url.Values) (string, bool) {
	for name, values := range form {
		if len(values) > 1 {
			return name, true
		}
	}
	return "", false
}
