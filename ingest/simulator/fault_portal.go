package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// faultsView is the page of faults.
type faultsView struct {
	ID       string
	Kinds    []TroubleKind
	Active   []faultLine
	Matches  []string
	Requests []requestLine
	Limit    int
}

// faultLine is a fault in the page.
type faultLine struct {
	ActiveFault
	About, Says string
}

// requestLine is a request in the page.
type requestLine struct {
	When string
	Request
	Troubles string
}

// shownRequests is how many requests the page shows.
const shownRequests = 30

// showFaults answers the page of faults, with what was wrong with a form of it.
func (s *Simulator) showFaults(w http.ResponseWriter, r *http.Request, t *Tenant, problem string) {
	view := faultsView{ID: t.id, Kinds: Troubles(), Limit: t.world.Limit(),
		Matches: strings.Fields("incidents incident incidentAlerts alerts alert applications application servicePrincipals servicePrincipal token authorize adminconsent addKey removeKey organization me")}
	for _, f := range t.world.Faults() {
		line := faultLine{ActiveFault: f, About: f.Match}
		if f.Match == "" {
			line.About = "everything"
		}
		for _, k := range view.Kinds {
			if k.Trouble == f.Do {
				line.Says = k.Says
			}
		}
		view.Active = append(view.Active, line)
	}
	list := t.world.Requests()
	for i := len(list) - 1; i >= max(0, len(list)-shownRequests); i-- {
		line := requestLine{When: clockText(list[i].When), Request: list[i]}
		for _, f := range list[i].Faults {
			line.Troubles += string(f) + " "
		}
		view.Requests = append(view.Requests, line)
	}
	status, notice := http.StatusOK, map[string]string{"added": "The fault is switched on.", "removed": "The fault is switched off.",
		"cleared": "All faults are switched off.", "limit": "The limit is in force."}[r.URL.Query().Get("done")]
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.showTemplate(w, status, portalView{Title: "Faults", Tenant: t, Notice: notice, Problem: problem}, "faults", view)
}

// changeFaults obeys a form of the page of faults. The path itself switches a fault on.
func (s *Simulator) changeFaults(w http.ResponseWriter, r *http.Request, t *Tenant, action string) {
	var err error
	number := func(name string) int {
		text := strings.TrimSpace(r.PostForm.Get(name))
		if text == "" || err != nil {
			return 0
		}
		var n int
		n, err = strconv.Atoi(text)
		return n
	}
	switch action {
	case "":
		f := Fault{Match: strings.TrimSpace(r.PostForm.Get("match")), Method: strings.ToUpper(strings.TrimSpace(r.PostForm.Get("method"))), Query: r.PostForm.Get("query"), Do: Trouble(r.PostForm.Get("do")),
			After: number("after"), Times: number("times"), N: number("n"), Text: strings.TrimSpace(r.PostForm.Get("text"))}
		if err == nil && strings.ContainsAny(f.Text, "\r\n") {
			s.showFaults(w, r, t, "The text is one line.")
			return
		}
		if err == nil {
			_, err = t.world.AddFault(f)
		}
		action = "added"
	case "remove":
		t.world.RemoveFault(number("id"))
		action = "removed"
	case "clear":
		t.world.ClearFaults()
		action = "cleared"
	case "limit":
		if n := number("limit"); err == nil {
			t.world.SetLimit(max(n, 0))
		}
	default:
		s.notThere(w)
		return
	}
	if err != nil {
		s.showFaults(w, r, t, sentence(err))
		return
	}
	seeOther(w, "/portal/"+t.id+"/faults", action)
}
