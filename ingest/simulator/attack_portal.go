package simulator

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/ingest/sample"
)

// portalWorld answers the portal's pages of faults and attacks.
func (s *Simulator) portalWorld(w http.ResponseWriter, r *http.Request, t *Tenant, rest string) {
	area, action, _ := strings.Cut(rest, "/")
	post := r.Method == http.MethodPost
	switch {
	case area == "attacks" && action == "" && !post:
		s.showAttacks(w, r, t, "")
	case area == "attacks" && action != "" && post:
		s.changeAttacks(w, r, t, action)
	case area == "faults" && action == "" && !post:
		s.showFaults(w, r, t, "")
	case area == "faults" && post:
		s.changeFaults(w, r, t, action)
	default:
		s.notThere(w)
	}
}

// attacksView is the page of attacks.
type attacksView struct {
	ID, Now string
	Scripts []sample.Attack
	Running []runningLine
	Rate    string
	Speed   string
}

// runningLine is an attack in the page.
type runningLine struct {
	RunningAttack
	Begun string
	Lines []stepLine
}

// stepLine is a step in the page.
type stepLine struct {
	At, Says string
	Done     bool
}

// steps that are shown of an attack, around the one that comes next.
const shownSteps = 25

// clockText is a time in UTC as the portal shows it.
func clockText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// showAttacks answers the page of attacks, with what was wrong with a form of it.
func (s *Simulator) showAttacks(w http.ResponseWriter, r *http.Request, t *Tenant, problem string) {
	view := attacksView{ID: t.id, Now: clockText(s.time()), Scripts: sample.Attacks(), Speed: "10",
		Rate: strconv.FormatFloat(t.world.BackgroundRate(), 'g', 4, 64)}
	for _, a := range t.world.Attacks() {
		line := runningLine{RunningAttack: a, Begun: clockText(a.Started)}
		from := max(0, min(a.Done-shownSteps/2, len(a.Steps)-shownSteps))
		for _, step := range a.Steps[from:min(from+shownSteps, len(a.Steps))] {
			line.Lines = append(line.Lines, stepLine{clockText(step.At), step.Says, step.Done})
		}
		view.Running = append([]runningLine{line}, view.Running...)
	}
	status, notice := http.StatusOK, map[string]string{"started": "The attack has begun.", "stopped": "The attack stays where it is.",
		"background": "The rate is in force."}[r.URL.Query().Get("done")]
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.showTemplate(w, status, portalView{Title: "Attacks", Tenant: t, Notice: notice, Problem: problem}, "attacks", view)
}

// changeAttacks obeys a form of the page of attacks.
func (s *Simulator) changeAttacks(w http.ResponseWriter, r *http.Request, t *Tenant, action string) {
	var err error
	switch action {
	case "start":
		var speed float64
		if speed, err = strconv.ParseFloat(strings.TrimSpace(r.PostForm.Get("speed")), 64); err != nil {
			err = (*workbench.Invalid)(nil).Set("speed", "Enter a number as the speed.")
		} else {
			_, err = t.world.Start(r.PostForm.Get("attack"), speed)
		}
		action = "started"
	case "stop":
		id, _ := strconv.Atoi(r.PostForm.Get("id")) // 0 is no attack's
		t.world.Stop(id)
		action = "stopped"
	case "background":
		var rate float64
		if rate, err = strconv.ParseFloat(strings.TrimSpace(r.PostForm.Get("rate")), 64); err != nil {
			err = (*workbench.Invalid)(nil).Set("rate", "Enter a number of incidents an hour.")
		} else {
			err = t.world.Background(rate)
		}
	default:
		s.notThere(w)
		return
	}
	if err != nil {
		s.showAttacks(w, r, t, said(err))
		return
	}
	seeOther(w, "/portal/"+t.id+"/attacks", action)
}

// said is an error as a person reads it.
func said(err error) string {
	var invalid *workbench.Invalid
	if errors.As(err, &invalid) {
		for _, text := range invalid.Fields {
			return text
		}
	}
	return sentence(err)
}
