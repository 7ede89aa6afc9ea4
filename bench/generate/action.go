package generate

import (
	"strings"
	"time"

	"workbench"
)

// Action is what an analyst did to story i. Two of five stories were acted on; ok is false for the others.
func (s *Source) Action(i int, h workbench.Head) (a workbench.Action, ok bool) {
	d := roll(s.Seed^0xac7104, uint64(i))
	if !d.chance(40) {
		return a, false
	}
	by := s.owners[d.skewed(Owners)]
	a = workbench.Action{ID: workbench.NewID("bench", Incident(i)), Story: h.ID, By: workbench.AccountID(by.Raw()), ByName: by, Expect: -1,
		At: workbench.At(h.UpdatedAt.Add(time.Duration(d.IntN(72*3600)) * time.Second))}
	set := func(f workbench.ActionField, v string) {
		a.Changes = append(a.Changes, workbench.FieldChange{Field: f, After: workbench.Text(v)})
	}
	status := pick(d, []workbench.Status{workbench.StatusClosed, workbench.StatusClosed, workbench.StatusClosed, workbench.StatusPendingAnalysis, workbench.StatusPendingAnalysis,
		workbench.StatusPendingMoreInfo, workbench.StatusMonitoring, workbench.StatusReopened, workbench.StatusOpen})
	set(workbench.FieldStatus, string(status))
	if d.chance(70) {
		verdict := pick(d, []workbench.Verdict{workbench.VerdictMalicious, workbench.VerdictSuspicious, workbench.VerdictBenign, workbench.VerdictBenign, workbench.VerdictInformational})
		set(workbench.FieldVerdict, string(verdict))
		if verdict == workbench.VerdictMalicious {
			set(workbench.FieldAnalystSeverity, string(pick(d, workbench.AnalystSeverities)))
			set(workbench.FieldThreatType, pick(d, []string{"Malware", "Phishing", "Intrusion", "Misuse"}))
		}
	}
	if d.chance(80) {
		set(workbench.FieldOwner, by.Raw())
	}
	var labels []string
	for range d.few(3) {
		labels = append(labels, s.labels[d.skewed(Labels)])
	}
	if len(labels) > 0 {
		set(workbench.FieldLabels, strings.Join(labels, ", "))
	}
	if d.chance(15) {
		a.Comment = workbench.Text("Asked the owner of " + h.Source.Raw() + "; " + d.word(4) + ".")
	}
	return a, true
}

// State is what the store makes of the actions of story i.
func (s *Source) State(i int, h workbench.Head) workbench.State {
	a, ok := s.Action(i, h)
	if !ok {
		return workbench.State{}
	}
	stored, err := workbench.State{}.Prepare(a)
	if err != nil { // the generator's own mistake
		panic(err)
	}
	return workbench.StateOf([]workbench.Action{stored})
}
