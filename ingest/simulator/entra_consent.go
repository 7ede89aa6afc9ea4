package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// adminConsent is the page on which an administrator allows an app what it asks for. The caller holds mu.
func (s *Simulator) adminConsent(r *http.Request, d directoryOf) answer {
	if d.word == "common" {
		return s.errorPage(r, refused("invalid_request", 900144, "The provided request must include a 'response_type' input parameter."))
	}
	q, wrong := s.appRequest(r, d)
	if wrong != nil {
		return s.errorPage(r, wrong)
	}
	back := func(e *refusal) answer {
		return redirect(query(q.redirect, withState(append(s.parameters(r, e), pair{"admin_consent", "True"}), q.state)))
	}
	asked := r.URL.Query().Get("scope")
	if asked == "" {
		return s.errorPage(r, lacking("scope"))
	}
	scopes, all, wrong := s.scopes(asked)
	if wrong != nil {
		return back(wrong)
	}
	var roles []string
	if all {
		roles, scopes = q.app.permissions, append(scopes, q.app.scopes...)
	}
	person, home, next := s.whoSignsIn(r, q)
	if next != nil {
		return *next
	}
	if wrong := q.enter(home); wrong != nil {
		return back(wrong)
	}
	view := choice{App: q.app.name, Tenant: q.app.tenant.name, For: q.tenant.name, Redirect: q.redirect, User: person, Permissions: texts(slices.Concat(roles, scopes)...),
		Application: len(roles) > 0, Organisation: true}
	if !mayConsent(person.Role, len(roles) > 0) {
		return s.approvalPage(r, view)
	}
	switch r.PostForm.Get("decision") {
	case "accept":
	case "cancel":
		return back(declined())
	default:
		return htmlPage(http.StatusOK, "consent", view, origin(q.redirect))
	}
	q.tenant.grant(q.app, roles, scopes)
	var granted []string
	for _, p := range permissions() {
		if slices.Contains(roles, p.name) || slices.Contains(scopes, p.name) {
			granted = append(granted, s.address("/"+p.name))
		}
	}
	return redirect(query(q.redirect, append(withState([]pair{{"admin_consent", "True"}, {"tenant", q.tenant.id}}, q.state), pair{"scope", strings.Join(granted, " ")})))
}
