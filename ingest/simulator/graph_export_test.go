package simulator

import (
	"net/http"
	"time"
)

// FilterOfIncidents reads a filter of the list of incidents; it returns what it reads as when written again, and whether facts pass it.
func FilterOfIncidents(text string) (again string, passes func(status, severity, assignedTo string, created, updated time.Time) bool, err error) {
	f, err := parseFilter(text, incidentFields, incidentEnums)
	if err != nil {
		return "", nil, err
	}
	return f.String(), func(status, severity, assignedTo string, created, updated time.Time) bool {
		x := facts{status: status, severity: severity, assignedTo: assignedTo, created: created, updated: updated}
		passes := f.matches(&x)
		if passes && !f.updated().holds(updated) {
			panic("a filter lets pass what lies outside of its span: " + text)
		}
		return passes
	}, nil
}

// EntraUnderFaults answers for Entra as a tenant's faults let it.
func EntraUnderFaults(s *Simulator) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.observe(w, r, s.entra) })
}
