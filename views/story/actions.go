package story

import (
	"maps"
	"slices"
	"strconv"

	"workbench"
	"workbench/views/link"
)

// Actions is the panel of story actions: one form whose Save applies everything at once. An empty status means "leave it as it is".
type Actions struct {
	URL      string
	CanAct   bool
	Open     bool // the form was refused: shown at once
	Conflict bool
	Seen     string
	Status   Choice
	Verdict  Choice
	Severity Choice
	Type     TextField
	Class    TextField
	Info     TextField
	Owner    TextField
	Labels   TextField
	Comment  TextField
	Other    []string // sentences about fields that the form has not
}

// Choice is a field with fixed values.
type Choice struct {
	Field
	Options []Option
}

// Option is one value of a choice.
type Option struct {
	Value, Label string
	Selected     bool
}

// Field is what every field of the form has.
type Field struct {
	Name  string
	Label string
	Error string              // what to correct
	Now   workbench.Untrusted // what stands now, where somebody else saved first and it differs from what was typed
}

// ID is the id of the field's element, ErrorID that of its error.
func (f Field) ID() string      { return "manage-" + f.Name }
func (f Field) ErrorID() string { return "manage-" + f.Name + "-error" }

// TextField is a field of free text.
type TextField struct {
	Field
	Value string
	Max   int
}

// MaxText is Max as the element takes it.
func (t TextField) MaxText() string { return strconv.Itoa(t.Max) }

// The names of fields of the forms that are not fields of a story.
const (
	CommentField = "comment"
	SeenField    = "seen"   // number of actions that the reader had seen
	UndoField    = "action" // id of the action to take back
)

// ThreatTypes and Classifications are offered beside the free text.
var (
	ThreatTypes = []string{"Malware", "Phishing", "Ransomware", "Credential theft", "Lateral movement", "Data exfiltration", "Command and control", "Unwanted software",
		"Policy violation", "Suspicious activity", "Testing"}
	Classifications = []string{"True positive", "Benign true positive", "False positive", "Security test", "Undetermined"}
)

// NewActions starts the form from the story, or from what was sent and refused.
func NewActions(in Input) Actions {
	s, f := in.Story.State, in.Form
	a := Actions{URL: link.Act(in.Story.ID, "manage"), CanAct: in.CanAct, Open: f.Sent || f.Conflict || len(f.Errors) > 0, Conflict: f.Conflict, Seen: strconv.Itoa(len(s.Actions))}
	a.Status = newChoice(f, s, workbench.FieldStatus)
	if a.Status.Now.Is("not set") {
		a.Status.Now = workbench.Text(in.Story.Status.Label())
	}
	if shown := in.Story.Status; s.Status != shown {
		a.Status.Options = append(a.Status.Options, Option{"", "Leave as it is: " + shown.Label(), f.value(workbench.FieldStatus, "") == ""})
	}
	unsent := ""
	if s.Status == in.Story.Status {
		unsent = string(s.Status)
	}
	for _, v := range workbench.Statuses {
		selected := f.value(workbench.FieldStatus, unsent) == string(v)
		a.Status.Options = append(a.Status.Options, Option{string(v), v.Label(), selected})
	}
	a.Verdict = newChoice(f, s, workbench.FieldVerdict)
	a.Verdict.Options = []Option{{"", "not set", f.value(workbench.FieldVerdict, string(s.Verdict)) == ""}}
	for _, v := range workbench.Verdicts {
		a.Verdict.Options = append(a.Verdict.Options, Option{string(v), v.Label(), f.value(workbench.FieldVerdict, string(s.Verdict)) == string(v)})
	}
	a.Severity = newChoice(f, s, workbench.FieldAnalystSeverity)
	a.Severity.Options = []Option{{"", "not set", f.value(workbench.FieldAnalystSeverity, string(s.AnalystSeverity)) == ""}}
	for _, v := range workbench.AnalystSeverities {
		a.Severity.Options = append(a.Severity.Options, Option{string(v), v.Label(), f.value(workbench.FieldAnalystSeverity, string(s.AnalystSeverity)) == string(v)})
	}
	a.Type = newTextField(f, s, workbench.FieldThreatType, workbench.MaxActionWord)
	a.Type.Label = "Type"
	a.Class = newTextField(f, s, workbench.FieldClassification, workbench.MaxActionWord)
	a.Info = newTextField(f, s, workbench.FieldAdditionalInfo, workbench.MaxActionText)
	a.Owner = newTextField(f, s, workbench.FieldOwner, workbench.MaxActionWord)
	a.Labels = newTextField(f, s, workbench.FieldLabels, workbench.MaxActionWord)
	a.Comment = TextField{Field: Field{Name: CommentField, Label: "Comment", Error: f.Errors[CommentField]}, Value: f.Values[CommentField], Max: workbench.MaxActionText}
	own := map[string]bool{CommentField: true}
	for _, name := range workbench.ActionFields {
		own[string(name)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(f.Errors)) {
		if !own[name] {
			a.Other = append(a.Other, workbench.Text(name).String()+": "+f.Errors[name])
		}
	}
	return a
}

// value is what the form shows: what was sent, or what stands where the field was not sent at all.
func (f Form) value(field workbench.ActionField, now string) string {
	if sent, ok := f.Values[string(field)]; ok && f.Sent {
		return sent
	}
	return now
}

func newField(f Form, s workbench.State, field workbench.ActionField) Field {
	out := Field{Name: string(field), Label: field.Label(), Error: f.Errors[string(field)]}
	now := s.Get(field)
	if f.Conflict && f.value(field, now.Raw()) != now.Raw() {
		out.Now = valueLabel(string(field), now).Or(workbench.Text("not set"))
	}
	return out
}

func newChoice(f Form, s workbench.State, field workbench.ActionField) Choice {
	return Choice{Field: newField(f, s, field)}
}

func newTextField(f Form, s workbench.State, field workbench.ActionField, limit int) TextField {
	return TextField{Field: newField(f, s, field), Value: f.value(field, s.Get(field).Raw()), Max: limit}
}
