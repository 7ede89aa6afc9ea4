package simulator

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed pages
var pages embed.FS

// templates are the pages of Entra and of the portal. Nothing changes them after they were parsed.
var templates = template.Must(template.ParseFS(pages, "pages/*.html"))

// html renders a template of the caller's.
func html(t *template.Template, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// policyOf is the content security policy of our pages. Forms go to us, and where we then send the browser.
func policyOf(formTargets ...string) string {
	return strings.Join(append([]string{"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"}, formTargets...), " ")
}

// origin is the scheme and host of an address, or nothing if it has none that a policy can name.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, " ;,'\"") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// htmlPage renders one of our templates.
func htmlPage(status int, name string, data any, formTargets ...string) answer {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return plain(http.StatusInternalServerError, "writing a page: "+err.Error())
	}
	return answer{status: status, body: b.Bytes(), header: http.Header{
		"Content-Type":            {"text/html; charset=utf-8"},
		"Content-Security-Policy": {policyOf(formTargets...)},
		"Cache-Control":           {"no-store"},
		"Referrer-Policy":         {"same-origin"},
	}}
}

// errorView is a page that says what is wrong, and leads nowhere.
type errorView struct {
	Title       string
	Text        string
	Description string
	Code        int
	Trace       string
	Correlation string
	Timestamp   string
}

// errorPage is what a browser sees when Entra does not send it back to the app. The caller holds mu.
func (s *Simulator) errorPage(r *http.Request, e *refusal) answer {
	d := s.describe(r, e)
	return htmlPage(http.StatusBadRequest, "error", errorView{Title: "Sign in", Text: "Sorry, but we’re having trouble signing you in.", Description: d.text, Code: d.code,
		Trace: d.trace, Correlation: d.correlation, Timestamp: d.at})
}

// approvalPage is what somebody sees who may not consent. The caller holds mu.
func (s *Simulator) approvalPage(r *http.Request, v choice) answer {
	d := s.describe(r, refused("access_denied", 90094, "The grant requires admin permission."))
	return htmlPage(http.StatusForbidden, "approval", struct {
		choice
		Error errorView
	}{v, errorView{Title: "Need admin approval", Code: d.code, Trace: d.trace, Correlation: d.correlation, Timestamp: d.at}})
}

// account is a line of the account picker.
type account struct {
	User
	Tenant string // name of the organisation
}

// choice is what the pages show between sign-in and answer.
type choice struct {
	Title        string
	App          string
	Tenant       string // of the app
	For          string // the organisation that consents
	Redirect     string
	Accounts     []account
	Typed        string
	Wrong        bool
	User         User
	Permissions  []string
	Application  bool // permissions of the application itself are among them
	Organisation bool // the answer is for everybody
	MayBeWide    bool // the person may choose to answer for everybody
}

// stranger is somebody whose directory nobody here knows.
var stranger = User{ID: "00000000-0000-4000-8000-000000000001", Name: "Sam Stranger", UserName: "sam@elsewhere.example"}

// strangersTenant is the directory of the stranger.
const strangersTenant = "00000000-0000-4000-8000-000000000002"

// accounts are those that the picker offers: the people of a tenant (of all, without one) and one person of another. The caller holds mu.
func (s *Simulator) accounts(of *Tenant, hint string) []account {
	var near, far []account
	for _, t := range s.tenants {
		for i, u := range t.users {
			if of == nil || t == of {
				near = append(near, account{u, t.name})
			} else if i == 0 && len(far) == 0 {
				far = append(far, account{u, t.name})
			}
		}
	}
	if len(far) == 0 {
		far = []account{{stranger, "Elsewhere"}}
	}
	all := append(near, far...)
	for i, a := range all {
		if strings.EqualFold(a.UserName, hint) {
			copy(all[1:i+1], all[:i])
			all[0] = a
		}
	}
	return all
}

// person finds who signs in, by id or user name, and the person's directory; nil for the stranger's. The caller holds mu.
func (s *Simulator) person(idOrName string) (User, *Tenant, bool) {
	if idOrName == stranger.ID || strings.EqualFold(idOrName, stranger.UserName) {
		return stranger, nil, true
	}
	for _, t := range s.tenants {
		if u, ok := t.user(idOrName); ok {
			return u, t, true
		}
	}
	return User{}, nil, false
}
