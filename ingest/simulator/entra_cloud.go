package simulator

import (
	"net/http"
	"slices"
)

// Neighbours lets several clouds know of each other's tenants, as Microsoft's do: who asks one of them for a tenant of another is told so.
func Neighbours(clouds ...*Simulator) {
	for _, s := range clouds {
		others := slices.DeleteFunc(slices.Clone(clouds), func(other *Simulator) bool { return other == s })
		s.mu.Lock()
		s.others = others
		s.mu.Unlock()
	}
}

// neighbours are the clouds that this one knows of.
func (s *Simulator) neighbours() []*Simulator {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.others // nothing changes it: Neighbours sets another
}

// elsewhere finds the cloud that a tenant belongs to, if not to this one; nil = nobody knows it, or it is ours. The caller must not hold mu: no
// cloud holds its own while it asks another.
func (s *Simulator) elsewhere(idOrDomain string) *Simulator {
	if s.lookup(idOrDomain) != nil {
		return nil
	}
	for _, other := range s.neighbours() {
		if other.lookup(idOrDomain) != nil {
			return other
		}
	}
	return nil
}

// answerElsewhere answers what is asked of a tenant of another cloud. The discovery document is that cloud's and leads there, as Microsoft's
// does; tokens are refused; a browser comes back with a refusal where we know where back is. The caller must not hold mu.
func (s *Simulator) answerElsewhere(r *http.Request, segment, rest string, other *Simulator) answer {
	if rest == "v2.0/.well-known/openid-configuration" {
		other.mu.Lock()
		defer other.mu.Unlock()
		d, unknown := other.find(segment)
		if unknown != nil {
			return other.refuseToken(r, unknown)
		}
		return other.discover(d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch rest {
	case "oauth2/v2.0/token", "discovery/v2.0/keys":
		return s.refuseToken(r, refused("invalid_request", 90038, "Tenant '%s' request is being redirected to the National Cloud '%s'.", cut(segment, 100), other.base.Host))
	case "oauth2/v2.0/authorize", "v2.0/adminconsent":
		crossed := refused("invalid_request", 900382, "Confidential Client is not supported in Cross Cloud request.")
		q, wrong := s.appRequest(r, directoryOf{word: "organizations"})
		if wrong != nil {
			return s.errorPage(r, crossed)
		}
		parameters := s.parameters(r, crossed)
		if rest == "v2.0/adminconsent" {
			return redirect(query(q.redirect, withState(append(parameters, pair{"admin_consent", "True"}), q.state)))
		}
		return respond(q.redirect, r.URL.Query().Get("response_mode"), withState(parameters, q.state))
	}
	return plain(http.StatusNotFound, "Simulated Microsoft: there is nothing at this address.")
}
