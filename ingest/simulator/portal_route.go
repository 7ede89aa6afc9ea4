package simulator

import (
	"errors"
	"net/http"
	"strings"
)

// portal answers what people look at.
func (s *Simulator) portal(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/portal/simulator.css" {
		s.stylesheet(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		s.showPortal(w, http.StatusMethodNotAllowed, portalView{Title: "Not possible", Problem: "This address takes no such request."})
		return
	}
	if err := s.cross.Check(r); err != nil {
		s.showPortal(w, http.StatusForbidden, portalView{Title: "Not possible", Problem: "This form was sent from another site."})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseMultipartForm(maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		s.showPortal(w, http.StatusBadRequest, portalView{Title: "Not possible", Problem: "The form cannot be read, or is too large."})
		return
	}
	segment, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/portal"), "/"), "/")
	if segment == "" || segment == "settings" || segment == "keys" {
		s.portalHome(w, r, segment)
		return
	}
	t := s.lookup(segment)
	if t == nil {
		s.notThere(w)
		return
	}
	area, below, _ := strings.Cut(rest, "/")
	switch area {
	case "faults", "attacks":
		s.portalWorld(w, r, t, rest)
	case "":
		s.portalTenant(w, r, t, "")
	case "apps":
		s.portalApps(w, r, t, below)
	case "enterprise":
		s.portalEnterprise(w, r, t, below)
	case "policy":
		s.changeTenant(w, r, t)
	default:
		s.notThere(w)
	}
}

// notThere is the answer to an address that leads nowhere.
func (s *Simulator) notThere(w http.ResponseWriter) {
	s.showPortal(w, http.StatusNotFound, portalView{Title: "Not found", Problem: "There is nothing at this address."})
}

// stylesheet answers the portal's own style.
func (s *Simulator) stylesheet(w http.ResponseWriter, r *http.Request) {
	css, err := pages.ReadFile("pages/simulator.css")
	if err != nil {
		plain(http.StatusInternalServerError, err.Error()).write(w)
		return
	}
	answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/css; charset=utf-8"}, "Cache-Control": {"no-cache"}}, body: css}.write(w)
}

// seeOther leads a browser on after a form was obeyed.
func seeOther(w http.ResponseWriter, path, word string) {
	answer{status: http.StatusSeeOther, header: http.Header{"Location": {path + "?done=" + word}}}.write(w)
}
