package simulator

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"workbench"
)

// Fault makes answers to some requests of a tenant wrong.
type Fault struct {
	// Match tells which requests: a path with everything below it where it begins with a slash, else a kind: incidents, incident,
	// incidentAlerts, alerts, alert, applications (the list, and making one), application (one, however it is named), servicePrincipals,
	// servicePrincipal; for all others the last word of the path: token, authorize, addKey, removeKey, organization, me. Empty = all.
	Match  string
	Method string // of the request: POST, PATCH; empty = any
	Query  string // that the query contains when decoded: "$expand", "$skiptoken"; empty = any
	After  int    // so many matching requests are spared first
	Times  int    // then so many are hit; 0 = all
	Do     Trouble
	N      int    // see Troubles
	Text   string // likewise
}

// ActiveFault is a fault that was switched on.
type ActiveFault struct {
	Fault
	ID   int
	Met  int  // requests that matched
	Hit  int  // of these, that it made go wrong
	Over bool // it has hit as often as it should
}

type activeFault = ActiveFault

// AddFault switches a fault on and returns its id.
func (w *World) AddFault(f Fault) (int, error) {
	if !slices.ContainsFunc(Troubles(), func(k TroubleKind) bool { return k.Trouble == f.Do }) {
		return 0, fmt.Errorf("trouble %q: %w", f.Do, workbench.ErrNotFound)
	}
	if f.After < 0 || f.Times < 0 {
		return 0, fmt.Errorf("a fault can't spare %d and hit %d requests: %w", f.After, f.Times, workbench.ErrConflict)
	}
	w.lock()
	defer w.mu.Unlock()
	if len(w.faults) >= mostFaults {
		return 0, fmt.Errorf("%d faults are switched on: %w", len(w.faults), workbench.ErrTooLarge)
	}
	id := 1
	for _, other := range w.faults {
		id = max(id, other.ID+1)
	}
	w.faults = append(w.faults, &activeFault{Fault: f, ID: id})
	return id, nil
}

// mostFaults is how many faults a tenant has at a time.
const mostFaults = 100

// RemoveFault switches a fault off; one that is not there stays away.
func (w *World) RemoveFault(id int) {
	w.lock()
	defer w.mu.Unlock()
	w.faults = slices.DeleteFunc(w.faults, func(f *activeFault) bool { return f.ID == id })
}

// ClearFaults switches all faults off.
func (w *World) ClearFaults() {
	w.lock()
	defer w.mu.Unlock()
	w.faults = nil
}

// Faults are those that are switched on, in the order in which they were.
func (w *World) Faults() []ActiveFault {
	w.lock()
	defer w.mu.Unlock()
	var list []ActiveFault
	for _, f := range w.faults {
		list = append(list, *f)
	}
	return list
}

// matches reports whether the fault is about a request.
func (f *Fault) matches(kind, method string, u *url.URL) bool {
	switch {
	case f.Method != "" && f.Method != method:
		return false
	case strings.HasPrefix(f.Match, "/"):
		if u.Path != f.Match && !strings.HasPrefix(u.Path, strings.TrimSuffix(f.Match, "/")+"/") {
			return false
		}
	case f.Match != "" && f.Match != kind:
		return false
	}
	query, err := url.QueryUnescape(u.RawQuery)
	return f.Query == "" || err == nil && strings.Contains(query, f.Query)
}

// troubles are the faults that hit one request.
type troubles []Fault

// strike counts a request and tells what hits it. The caller holds mu.
func (w *World) strike(kind, method string, u *url.URL) troubles {
	var hits troubles
	for _, f := range w.faults {
		if !f.matches(kind, method, u) {
			continue
		}
		if f.Met++; f.Met > f.After && (f.Times == 0 || f.Hit < f.Times) {
			f.Hit++
			hits = append(hits, f.Fault)
		}
		f.Over = f.Times > 0 && f.Hit == f.Times
	}
	return hits
}

// find returns the first fault of a kind.
func (t troubles) find(kind Trouble) (Fault, bool) {
	i := slices.IndexFunc(t, func(f Fault) bool { return f.Do == kind })
	if i < 0 {
		return Fault{}, false
	}
	return t[i], true
}

func (t troubles) has(kind Trouble) bool {
	_, ok := t.find(kind)
	return ok
}

// number is the N of a fault, and another where it is zero; 0 where there is no such fault.
func (t troubles) number(kind Trouble, other int) int {
	f, ok := t.find(kind)
	if ok && f.N == 0 {
		return other
	}
	return f.N
}

// troublesKey is where a request's context has its troubles.
type troublesKey struct{}

func withTroubles(r *http.Request, t troubles) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), troublesKey{}, t))
}

// troublesOf are what hits a request.
func troublesOf(r *http.Request) troubles {
	t, _ := r.Context().Value(troublesKey{}).(troubles)
	return t
}

// expandTrouble is from how many alerts on expanding fails; 0 = never.
func expandTrouble(r *http.Request) int { return troublesOf(r).number(FailingExpand, expandLimit) }
