package workbench

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Status is where a story stands.
type Status string

// The statuses.
const (
	StatusOpen            Status = "open"
	StatusPendingAnalysis Status = "pendingAnalysis"
	StatusPendingMoreInfo Status = "pendingMoreInfo"
	StatusMonitoring      Status = "monitoring"
	StatusClosed          Status = "closed"
	StatusReopened        Status = "reopened"
)

// Statuses are all statuses in the order in which they are offered.
var Statuses = []Status{StatusOpen, StatusReopened, StatusPendingAnalysis, StatusPendingMoreInfo, StatusMonitoring, StatusClosed}

// Label is the name that people read.
func (s Status) Label() string {
	return map[Status]string{StatusOpen: "Open", StatusPendingAnalysis: "Pending Analysis", StatusPendingMoreInfo: "Pending More Info",
		StatusMonitoring: "Monitoring", StatusClosed: "Closed", StatusReopened: "Reopened"}[s]
}

// Verdict is an analyst's verdict; "" is none.
type Verdict string

// The verdicts.
const (
	VerdictMalicious     Verdict = "malicious"
	VerdictSuspicious    Verdict = "suspicious"
	VerdictBenign        Verdict = "benign"
	VerdictInformational Verdict = "informational"
)

// Verdicts are all verdicts in the order in which they are offered.
var Verdicts = []Verdict{VerdictMalicious, VerdictSuspicious, VerdictBenign, VerdictInformational}

// Label is the name that people read.
func (v Verdict) Label() string { return capital(string(v)) }

// MarshalJSON writes null for none.
func (v Verdict) MarshalJSON() ([]byte, error) { return marshalWord(v) }

// UnmarshalJSON reads null as none.
func (v *Verdict) UnmarshalJSON(b []byte) error { return unmarshalWord(v, b) }

// AnalystSeverity is an analyst's severity, only with the verdict malicious; "" is none.
type AnalystSeverity string

// The severities.
const (
	SeverityHigh   AnalystSeverity = "high"
	SeverityMedium AnalystSeverity = "medium"
	SeverityLow    AnalystSeverity = "low"
)

// AnalystSeverities are all severities in the order in which they are offered.
var AnalystSeverities = []AnalystSeverity{SeverityHigh, SeverityMedium, SeverityLow}

// Label is the name that people read.
func (s AnalystSeverity) Label() string { return capital(string(s)) }

// MarshalJSON writes null for none.
func (s AnalystSeverity) MarshalJSON() ([]byte, error) { return marshalWord(s) }

// UnmarshalJSON reads null as none.
func (s *AnalystSeverity) UnmarshalJSON(b []byte) error { return unmarshalWord(s, b) }

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// ActionField names what an action can change.
type ActionField string

// The fields.
const (
	FieldStatus          ActionField = "status"
	FieldVerdict         ActionField = "verdict"
	FieldAnalystSeverity ActionField = "analystSeverity"
	FieldThreatType      ActionField = "threatType"
	FieldClassification  ActionField = "classification"
	FieldAdditionalInfo  ActionField = "additionalInfo"
	FieldOwner           ActionField = "owner"
	FieldLabels          ActionField = "labels" // comma-separated, sorted, without repeats
)

// ActionFields are all fields in the order in which pages show them.
var ActionFields = []ActionField{FieldStatus, FieldVerdict, FieldAnalystSeverity, FieldThreatType, FieldClassification, FieldAdditionalInfo, FieldOwner, FieldLabels}

// Label is the name that people read.
func (f ActionField) Label() string {
	return map[ActionField]string{FieldStatus: "Status", FieldVerdict: "Verdict", FieldAnalystSeverity: "Severity", FieldThreatType: "Threat type",
		FieldClassification: "Classification", FieldAdditionalInfo: "Additional information", FieldOwner: "Owner", FieldLabels: "Labels"}[f]
}

// The limits of what an analyst writes, in characters.
const (
	MaxActionText = 4_000 // additional information, comment
	MaxActionWord = 200   // every other field
)

// FieldChange is one field that an action changes. Before is filled in by Prepare.
type FieldChange struct {
	Field  ActionField `json:"field"`
	Before Untrusted   `json:"before"`
	After  Untrusted   `json:"after"`
}

// Action is one thing that an analyst did to a story: changes of fields, a comment, or both, saved at once. It is never edited; its inverse
// takes it back.
type Action struct {
	ID      string        `json:"id"`
	Story   StoryID       `json:"story"`
	At      Time          `json:"at"`
	By      AccountID     `json:"by"`
	ByName  Untrusted     `json:"byName"` // the account's name at that time
	Changes []FieldChange `json:"changes"`
	Comment Untrusted     `json:"comment"`
	Undoes  string        `json:"undoes"` // id of the action that this one takes back; "" = none

	// Expect is how many actions the analyst had seen, or -1 for "whatever there is". Prepare refuses with ErrConflict where there are more.
	Expect int `json:"-"`
}

// State is what analysts made of a story: a function of its actions, in their order.
type State struct {
	Actions         []Action // owned by the state; never changed
	Status          Status   // "" until somebody sets it
	StatusAt        Time     // when it was set
	Verdict         Verdict
	AnalystSeverity AnalystSeverity
	ThreatType      Untrusted
	Classification  Untrusted
	AdditionalInfo  Untrusted
	Owner           Untrusted
	Labels          []Untrusted
	Comments        []Comment // those not taken back, oldest first
	ActedAt         Time      // of the last action
}

// Comment is an analyst's comment.
type Comment struct {
	ID     string    `json:"id"` // of its action
	At     Time      `json:"at"`
	ByName Untrusted `json:"byName"`
	Text   Untrusted `json:"text"`
}

// StateOf folds actions, given in the order in which they were taken.
func StateOf(actions []Action) State {
	s := State{Actions: actions}
	for _, a := range actions {
		for _, c := range a.Changes {
			s.set(c.Field, c.After, a.At)
		}
		if a.Undoes != "" {
			s.Comments = slices.DeleteFunc(s.Comments, func(c Comment) bool { return c.ID == a.Undoes })
		}
		if !a.Comment.IsZero() {
			s.Comments = append(s.Comments, Comment{ID: a.ID, At: a.At, ByName: a.ByName, Text: a.Comment})
		}
		s.ActedAt = Latest(s.ActedAt, a.At)
	}
	return s
}

func (s *State) set(f ActionField, v Untrusted, at Time) {
	switch f {
	case FieldStatus:
		s.Status, s.StatusAt = Status(v.Raw()), at
	case FieldVerdict:
		s.Verdict = Verdict(v.Raw())
	case FieldAnalystSeverity:
		s.AnalystSeverity = AnalystSeverity(v.Raw())
	case FieldThreatType:
		s.ThreatType = v
	case FieldClassification:
		s.Classification = v
	case FieldAdditionalInfo:
		s.AdditionalInfo = v
	case FieldOwner:
		s.Owner = v
	case FieldLabels:
		s.Labels = splitLabels(v)
	}
}

// Get returns the present value of a field; absent where nobody set it.
func (s State) Get(f ActionField) Untrusted {
	switch f {
	case FieldStatus:
		return Text(string(s.Status))
	case FieldVerdict:
		return Text(string(s.Verdict))
	case FieldAnalystSeverity:
		return Text(string(s.AnalystSeverity))
	case FieldThreatType:
		return s.ThreatType
	case FieldClassification:
		return s.Classification
	case FieldAdditionalInfo:
		return s.AdditionalInfo
	case FieldOwner:
		return s.Owner
	case FieldLabels:
		return joinLabels(s.Labels)
	}
	return Untrusted{}
}

// LastComment is the newest comment's text.
func (s State) LastComment() Untrusted {
	if len(s.Comments) == 0 {
		return Untrusted{}
	}
	return s.Comments[len(s.Comments)-1].Text
}

// Timeline shows the actions as timeline items.
func (s State) Timeline() []TimelineItem {
	var items []TimelineItem
	for _, a := range s.Actions {
		item := TimelineItem{ID: a.ID, At: a.At, Kind: ActionItem, By: a.ByName, Origin: "analyst", Text: a.Comment, Changes: []TimelineChange{}}
		for _, c := range a.Changes {
			item.Changes = append(item.Changes, TimelineChange{Field: string(c.Field), Before: c.Before, After: c.After})
		}
		switch {
		case a.Undoes != "":
			item.Title = Text("took back an earlier action")
		case len(a.Changes) == 0:
			item.Kind, item.Title = CommentItem, Text("commented")
		case len(a.Changes) == 1:
			item.Title = Text("changed " + strings.ToLower(a.Changes[0].Field.Label()))
		default:
			item.Title = Text("changed the story")
		}
		items = append(items, item)
	}
	return items
}

// Prepare checks an action against the state it meets and returns what is to be stored: values trimmed, Before filled in, changes that
// change nothing dropped, a severity cleared where the verdict is no longer malicious. It fails with *Invalid, naming fields, or with
// ErrConflict. An action that is left without any effect is returned with no changes and no comment; it need not be stored.
func (s State) Prepare(a Action) (Action, error) {
	if a.Expect >= 0 && a.Expect < len(s.Actions) {
		return Action{}, ErrConflict
	}
	var bad *Invalid
	after := map[ActionField]Untrusted{}
	for _, c := range a.Changes {
		v := Text(strings.TrimSpace(c.After.Raw()))
		if c.Field == FieldLabels {
			v = joinLabels(splitLabels(v))
		}
		limit := MaxActionWord
		if c.Field == FieldAdditionalInfo {
			limit = MaxActionText
		}
		switch {
		case c.Field.Label() == "":
			bad = bad.Set(Text(string(c.Field)).String(), "is not a field of a story")
		case utf8.RuneCountInString(v.Raw()) > limit:
			bad = bad.Set(string(c.Field), "is longer than "+strconv.Itoa(limit)+" characters; shorten it")
		case c.Field == FieldStatus && !slices.Contains(Statuses, Status(v.Raw())) && (a.Undoes == "" || !v.IsZero()):
			bad = bad.Set(string(c.Field), "is not one of the statuses; choose one of the list")
		case c.Field == FieldVerdict && !v.IsZero() && !slices.Contains(Verdicts, Verdict(v.Raw())):
			bad = bad.Set(string(c.Field), "is not one of the verdicts; choose one of the list")
		case c.Field == FieldAnalystSeverity && !v.IsZero() && !slices.Contains(AnalystSeverities, AnalystSeverity(v.Raw())):
			bad = bad.Set(string(c.Field), "is not one of the severities; choose high, medium or low")
		}
		after[c.Field] = v
	}
	a.Comment = Text(strings.TrimSpace(a.Comment.Raw()))
	if utf8.RuneCountInString(a.Comment.Raw()) > MaxActionText {
		bad = bad.Set("comment", "is longer than "+strconv.Itoa(MaxActionText)+" characters; shorten it")
	}
	value := func(f ActionField) Untrusted {
		if v, ok := after[f]; ok {
			return v
		}
		return s.Get(f)
	}
	severity, asked := after[FieldAnalystSeverity]
	switch {
	case value(FieldVerdict).Is(string(VerdictMalicious)):
	case asked && !severity.IsZero() && severity != s.Get(FieldAnalystSeverity):
		bad = bad.Set(string(FieldAnalystSeverity), "goes only with the verdict malicious; set that verdict or leave the severity empty")
	case !s.Get(FieldAnalystSeverity).IsZero():
		after[FieldAnalystSeverity] = Untrusted{}
	}
	if bad != nil {
		return Action{}, bad
	}
	a.Changes = []FieldChange{}
	for _, f := range ActionFields {
		if v, ok := after[f]; ok && v != s.Get(f) {
			a.Changes = append(a.Changes, FieldChange{Field: f, Before: s.Get(f), After: v})
		}
	}
	return a, nil
}

// Inverse takes the action back: what it changed goes back to what it was, and its comment is withdrawn. Who, when and id are the
// caller's.
func (a Action) Inverse() Action {
	inv := Action{Story: a.Story, Undoes: a.ID, Expect: -1, Changes: []FieldChange{}}
	for _, c := range a.Changes {
		inv.Changes = append(inv.Changes, FieldChange{Field: c.Field, Before: c.After, After: c.Before})
	}
	return inv
}

// ReopenAfter is how long after an analyst closed a story a new alert reopens it. Alerts that come sooner are taken as part of what was
// handled.
const ReopenAfter = 12 * time.Hour

// StatusOf is the status that people see: what an analyst set; reopened where a new alert came more than ReopenAfter after an analyst closed
// the story; and until an analyst sets one, closed where Microsoft resolved all alerts, else open.
func StatusOf(h Head, s State) Status {
	switch {
	case s.Status == "" && h.AllResolved:
		return StatusClosed
	case s.Status == "":
		return StatusOpen
	case s.Status == StatusClosed && h.NewestAlertAt.After(s.StatusAt.Add(ReopenAfter)):
		return StatusReopened
	}
	return s.Status
}

// closedByVendor reports whether the story is closed only because Microsoft resolved all its alerts.
func closedByVendor(h Head, s State) bool { return s.Status == "" && h.AllResolved }

// waitingSince is when the story began to wait for an analyst; absent where it is closed.
func waitingSince(h Head, s State) Time {
	switch StatusOf(h, s) {
	case StatusClosed:
		return Time{}
	case StatusReopened:
		if s.Status == StatusClosed {
			return h.NewestAlertAt
		}
	}
	if !s.StatusAt.IsZero() {
		return s.StatusAt
	}
	return h.CreatedAt
}

func splitLabels(v Untrusted) []Untrusted {
	var out []Untrusted
	for _, l := range strings.Split(v.Raw(), ",") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, Text(l))
		}
	}
	slices.SortFunc(out, func(a, b Untrusted) int { return cmp.Compare(a.Raw(), b.Raw()) })
	return slices.Compact(out)
}

func joinLabels(labels []Untrusted) Untrusted {
	var out []string
	for _, l := range labels {
		out = append(out, l.Raw())
	}
	return Text(strings.Join(out, ", "))
}

// mergeTimeline puts items in the order of their times, then ids; items without a time come first.
func mergeTimeline(lists ...[]TimelineItem) []TimelineItem {
	all := []TimelineItem{}
	for _, l := range lists {
		all = append(all, l...)
	}
	slices.SortStableFunc(all, func(a, b TimelineItem) int { return cmp.Or(a.At.Compare(b.At.Time), cmp.Compare(a.ID, b.ID)) })
	return all
}
