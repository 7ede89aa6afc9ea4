package simulator

import (
	"net/http"
	"regexp"
	"slices"
	"time"
)

// codeLifetime is how long an authorization code can be redeemed.
const codeLifetime = 10 * time.Minute

// challengePattern is a PKCE challenge by S256, or a verifier of that length and more.
var (
	challengePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	verifierPattern  = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)
)

// authorizationCode is what a code stands for.
type authorizationCode struct {
	app       *App
	tenant    *Tenant
	user      User
	redirect  string
	scopes    []string
	nonce     string
	challenge string
	expires   time.Time
	used      bool
}

// signIn is the page on which a person signs in to an app, and consents for himself if need be. The caller holds mu.
func (s *Simulator) signIn(r *http.Request, d directoryOf) answer {
	q, wrong := s.appRequest(r, d)
	if wrong != nil {
		return s.errorPage(r, wrong)
	}
	if d.tenant == nil && q.app.audience == SingleTenant {
		return s.errorPage(r, notMultiTenant(q.app, d))
	}
	p := r.URL.Query()
	mode := p.Get("response_mode")
	back := func(parameters []pair) answer { return respond(q.redirect, mode, withState(parameters, q.state)) }
	scopes, all, wrong := s.scopes(p.Get("scope"))
	if all {
		scopes = append(scopes, q.app.scopes...)
	}
	switch {
	case mode != "" && mode != "query" && mode != "fragment" && mode != "form_post":
		mode = "query"
		return back(s.parameters(r, refused("invalid_request", 90023, "Unsupported 'response_mode' value.")))
	case p.Get("response_type") == "":
		return back(s.parameters(r, lacking("response_type")))
	case p.Get("response_type") != "code":
		return back(s.parameters(r, refused("unsupported_response_type", 700051, "response_type '%s' is not enabled for the application.", cut(p.Get("response_type"), 50))))
	case p.Get("scope") == "":
		return back(s.parameters(r, lacking("scope")))
	case wrong != nil:
		return back(s.parameters(r, wrong))
	case p.Get("code_challenge_method") != "S256" || !challengePattern.MatchString(p.Get("code_challenge")):
		return back(s.parameters(r, refused("invalid_request", 50147, "The size of the code challenge parameter isn't valid. Only the method S256 is accepted here.")))
	case p.Get("prompt") == "none":
		return back(s.parameters(r, refused("login_required", 50058, "A silent sign-in request was sent but no user is signed in.")))
	}
	person, home, next := s.whoSignsIn(r, q)
	if next != nil {
		return *next
	}
	if wrong := q.enter(home); wrong != nil {
		return back(s.parameters(r, wrong))
	}
	if ask, next := s.askPerson(r, q, person, scopes); next != nil {
		return *next
	} else if ask != nil {
		return back(s.parameters(r, ask))
	}
	code := newHandle()
	s.codes[code] = &authorizationCode{app: q.app, tenant: q.tenant, user: person, redirect: q.redirect, scopes: scopes, nonce: p.Get("nonce"), challenge: p.Get("code_challenge"),
		expires: s.now().Add(codeLifetime)}
	return back([]pair{{"code", code}, {"session_state", newGUID()}})
}

// askPerson makes sure that somebody consented to what is asked: it returns the refusal that goes to the app, the page to show next, or
// neither. The caller holds mu.
func (s *Simulator) askPerson(r *http.Request, q appRequest, person User, scopes []string) (*refusal, *answer) {
	if r.URL.Query().Get("prompt") != "consent" && q.tenant.allows(q.app, person, scopes) {
		return nil, nil
	}
	wide := mayConsent(person.Role, false)
	view := choice{App: q.app.name, Tenant: q.app.tenant.name, For: q.tenant.name, Redirect: q.redirect, User: person, Permissions: texts(scopes...), MayBeWide: wide}
	forAdministrators := slices.ContainsFunc(scopes, func(name string) bool {
		p, _ := permissionOf(name)
		return p.admin
	})
	if !wide && (forAdministrators || q.tenant.policy.NoUserConsent) {
		return nil, new(s.approvalPage(r, view))
	}
	switch r.PostForm.Get("decision") {
	case "accept":
	case "cancel":
		return declined(), nil
	default:
		return nil, new(htmlPage(http.StatusOK, "consent", view, origin(q.redirect)))
	}
	if r.PostForm.Get("organization") != "" && wide {
		q.tenant.grant(q.app, nil, scopes)
	}
	q.tenant.grantOwn(q.app, person, scopes)
	return nil, nil
}
