package simulator

import (
	"net/http"
	"regexp"
	"strings"
)

// maxForm bounds what is read of a form, in bytes.
const maxForm = 256 << 10

// guidPattern is a GUID in either case.
var guidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// address is a path of ours in full.
func (s *Simulator) address(path string) string { return s.base.String() + path }

// directoryOf is what a path names: a tenant, or nil with one of the words that stand for all.
type directoryOf struct {
	tenant *Tenant
	word   string // common or organizations, if that is what the path says
}

// name is the segment that addresses of this directory have.
func (d directoryOf) name() string {
	if d.tenant == nil {
		return d.word
	}
	return d.tenant.id
}

// find finds the directory of a path segment. The caller holds mu.
func (s *Simulator) find(segment string) (directoryOf, *refusal) {
	if segment == "common" || segment == "organizations" {
		return directoryOf{word: segment}, nil
	}
	if t := s.tenant(segment); t != nil {
		return directoryOf{tenant: t}, nil
	}
	segment = cut(segment, 100)
	if !guidPattern.MatchString(segment) && !strings.Contains(segment, ".") {
		return directoryOf{}, refused("invalid_request", 900023, "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain.", segment)
	}
	return directoryOf{}, refused("invalid_request", 90002, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "+
		"Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", segment)
}

// cut shortens text that an error repeats.
func cut(text string, limit int) string {
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}

// entra answers what is Entra ID's.
func (s *Simulator) entra(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		plain(http.StatusMethodNotAllowed, "Method not allowed.").write(w)
		return
	}
	segment, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	page := rest == "oauth2/v2.0/authorize" || rest == "v2.0/adminconsent"
	if err := s.cross.Check(r); page && err != nil {
		plain(http.StatusForbidden, "This form was sent from another site.").write(w)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		plain(http.StatusBadRequest, "The form cannot be read.").write(w)
		return
	}
	if other := s.elsewhere(segment); other != nil {
		s.answerElsewhere(r, segment, rest, other).write(w)
		return
	}
	s.answer(r, segment, rest).write(w)
}

// answer decides, under the lock.
func (s *Simulator) answer(r *http.Request, segment, rest string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	if segment == "common" && rest == "discovery/instance" {
		return s.discoverInstance(r)
	}
	switch rest {
	case "oauth2/v2.0/authorize", "v2.0/adminconsent":
		d, refused := s.find(segment)
		if refused != nil {
			return s.errorPage(r, refused)
		}
		if rest == "v2.0/adminconsent" {
			return s.adminConsent(r, d)
		}
		return s.signIn(r, d)
	case "oauth2/v2.0/token", "v2.0/.well-known/openid-configuration", "discovery/v2.0/keys":
		d, refused := s.find(segment)
		if refused != nil {
			return s.refuseToken(r, refused)
		}
		switch rest {
		case "oauth2/v2.0/token":
			return s.token(r, d)
		case "discovery/v2.0/keys":
			return s.publishKeys()
		}
		return s.discover(d)
	}
	return plain(http.StatusNotFound, "Simulated Microsoft: there is nothing at this address.")
}

// forget drops codes, tokens and ids that could not be used any more. The caller holds mu.
func (s *Simulator) forget() {
	now := s.now()
	for text, c := range s.codes {
		if now.Sub(c.expires) > codeLifetime { // kept for a while longer, to be refused by its right name
			delete(s.codes, text)
		}
	}
	for text, t := range s.refresh {
		if now.Sub(t.expires) > refreshLifetime {
			delete(s.refresh, text)
		}
	}
	for id, until := range s.seen {
		if now.After(until) {
			delete(s.seen, id)
		}
	}
}
