package story

import (
	"slices"

	"workbench"
	"workbench/views/link"
)

// Timeline is what happened to the story, newest first.
type Timeline struct {
	Items   []TimelineItem
	Total   int
	Rest    int // older items beyond the limit
	URL     string
	CanAct  bool
	Comment string // where a comment is posted to
	Seen    int
}

// TimelineItem is one thing that happened.
type TimelineItem struct {
	Anchor  string
	Day     string // set where the day differs from the item above
	At      workbench.Time
	Clock   string
	Who     workbench.Untrusted
	Origin  string // microsoft, workbench, analyst
	Label   string // the origin in a word, where Who is a person or program
	Comment bool
	Title   workbench.Untrusted
	Text    workbench.Untrusted
	Changes []Change
	FromURL string // story that the comment came from
	Undo    *Undo
}

// Change is one field before and after.
type Change struct {
	Field         workbench.Untrusted
	Before, After workbench.Untrusted
}

// Undo is the form that takes the newest action of the reader back.
type Undo struct {
	URL    string
	Action string
}

// overviewTimeline is how many items the overview shows.
const overviewTimeline = 8

// NewTimeline shows the items newest first, at most limit of them; 0 is no limit.
func NewTimeline(in Input, limit int) Timeline {
	t := Timeline{Total: len(in.Story.Timeline), URL: link.Story(in.Story.ID, link.Timeline), CanAct: in.CanAct, Comment: link.Act(in.Story.ID, "comment"),
		Seen: len(in.Story.State.Actions)}
	undo := undoOf(in)
	day := ""
	for _, item := range slices.Backward(in.Story.Timeline) {
		if limit > 0 && len(t.Items) >= limit {
			t.Rest++
			continue
		}
		v := TimelineItem{Anchor: "item-" + item.ID, At: item.At, Clock: clock(item.At, in.Layout.Display), Who: whoOf(item), Origin: item.Origin,
			Comment: item.Kind == workbench.CommentItem, Title: item.Title, Text: item.Text}
		if today := in.Layout.Display.Day(item.At); today != day {
			v.Day, day = today, today
		}
		if item.From != "" && item.From != in.Story.ID {
			v.FromURL = link.Story(item.From, link.Timeline)
		}
		for _, c := range item.Changes {
			v.Changes = append(v.Changes, Change{Field: fieldLabel(c.Field), Before: valueLabel(c.Field, c.Before), After: valueLabel(c.Field, c.After)})
		}
		if !item.By.IsZero() {
			v.Label = origin(item.Origin)
		}
		if undo != nil && undo.Action == item.ID {
			v.Undo = undo
		}
		t.Items = append(t.Items, v)
	}
	return t
}

func whoOf(item workbench.TimelineItem) workbench.Untrusted {
	switch {
	case !item.By.IsZero():
		return item.By
	case item.Origin == "microsoft":
		return workbench.Text("Microsoft")
	case item.Origin == "workbench":
		return workbench.Text("Workbench")
	}
	return workbench.Text("Analyst")
}

// fieldLabel is the name of a field of ours, or the field as it came.
func fieldLabel(field string) workbench.Untrusted {
	if label := workbench.ActionField(field).Label(); label != "" {
		return workbench.Text(label)
	}
	return workbench.Text(field)
}

// valueLabel writes the words of our own enums as people read them.
func valueLabel(field string, v workbench.Untrusted) workbench.Untrusted {
	label := ""
	switch workbench.ActionField(field) {
	case workbench.FieldStatus:
		label = workbench.Status(v.Raw()).Label()
	case workbench.FieldVerdict, workbench.FieldAnalystSeverity:
		label = workbench.Verdict(asciiWord(v)).Label()
	}
	if label == "" {
		return v
	}
	return workbench.Text(label)
}

// asciiWord is the text where it is a plain word, so that its first byte may be made a capital.
func asciiWord(u workbench.Untrusted) string {
	for _, r := range u.Raw() {
		if r < 'a' || r > 'z' {
			return ""
		}
	}
	return u.Raw()
}

// undoOf finds the newest action, where it is the reader's own and does not itself take something back.
func undoOf(in Input) *Undo {
	actions := in.Story.State.Actions
	if !in.CanAct || in.Account == "" || len(actions) == 0 {
		return nil
	}
	last := actions[len(actions)-1]
	if last.By != in.Account || last.Undoes != "" {
		return nil
	}
	return &Undo{URL: link.Act(in.Story.ID, "undo"), Action: last.ID}
}
