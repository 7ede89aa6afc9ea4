package stories

import (
	"strings"
	"time"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// Choose is one entry of a menu: a link.
type Choose struct {
	Label   string
	URL     string
	Current bool
}

// Span is the menu of the time range.
type Span struct {
	Label          string   // of the button: the range in force
	Presets        []Choose // rolling ranges, and all
	Fields         []Choose // which time the range is about
	Earlier, Later string   // addresses of the ranges of the same length before and after; "" where there is none
	Step           string   // that length: "2 days"
	From, To       string   // of the range of one's own, as the form wants it
	Zone           string   // that From and To are in
	Action         string
	Carried        []Param
	Chip           *Chip // nil where the range is "all"
}

var presets = []struct{ value, label, within string }{
	{"1h", "Last hour", "last hour"}, {"2h", "Last 2 hours", "last 2 hours"}, {"24h", "Last day", "last day"}, {"48h", "Last 2 days", "last 2 days"},
	{"7d", "Last week", "last week"}, {"14d", "Last 2 weeks", "last 2 weeks"}, {"30d", "Last month", "last 30 days"}, {"90d", "Last 90 days", "last 90 days"}, {"all", "All time", ""},
}

var timeFields = []struct{ value, label string }{
	{"updated", "Updated"}, {"created", "Created"}, {"firstSignal", "First signal"}, {"lastSignal", "Last signal"},
}

const formTime = "2006-01-02T15:04"

func newSpan(a address, d ui.Display) Span {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	value := a.query.Get(paramTime)
	if value == "" {
		value = "all"
	}
	s := Span{Label: value, Zone: d.ZoneLabel(), Action: link.Stories(nil), Carried: a.hidden(paramTime)}
	chip := Chip{Sense: "in", Values: []workbench.Untrusted{workbench.Text(value)}, Remove: a.set(paramTime).url(), Label: "Remove the time range"}
	if length, ok := rolling(value); ok {
		s.Label, chip.Sense, chip.Values = "Last "+lengthWords(length), "in the", []workbench.Untrusted{workbench.Text("last " + lengthWords(length))}
	}
	for _, p := range presets {
		to := a.set(paramTime, p.value)
		if p.value == "all" {
			to = a.set(paramTime)
		}
		s.Presets = append(s.Presets, Choose{Label: p.label, URL: to.url(), Current: p.value == value})
		if p.value == value {
			s.Label, chip.Sense, chip.Values = p.label, "in the", []workbench.Untrusted{workbench.Text(p.within)}
		}
	}
	for _, f := range timeFields {
		current := a.query.Get(paramTimeField) == f.value || f.value == "updated" && a.query.Get(paramTimeField) == ""
		to := a.set(paramTimeField, f.value)
		if f.value == "updated" {
			to = a.set(paramTimeField)
		}
		s.Fields = append(s.Fields, Choose{Label: f.label, URL: to.url(), Current: current})
		if current {
			chip.Name = f.label
		}
	}
	if from, to, ok := strings.Cut(value, ".."); ok {
		s.Label, s.From, s.To = "Custom range", formOf(from, zone), formOf(to, zone)
		chip.Sense, chip.Values = rangeWords(from, to, d)
	}
	s.Earlier, s.Later, s.Step = steps(a, value, d.Now)
	if value != "all" {
		if chip.Name == "" {
			chip.Name = "Time"
		}
		s.Chip = &chip
	}
	return s
}

func rangeWords(from, to string, d ui.Display) (string, []workbench.Untrusted) {
	show := func(text string) workbench.Untrusted {
		if t, ok := workbench.ParseTime(text); ok {
			return workbench.Text(d.Format(t))
		}
		return workbench.Text(text)
	}
	switch {
	case from == "":
		return "before", []workbench.Untrusted{show(to)}
	case to == "":
		return "since", []workbench.Untrusted{show(from)}
	}
	return "from", []workbench.Untrusted{workbench.Text(show(from).Raw() + " to " + show(to).Raw())}
}

func formOf(text string, zone *time.Location) string {
	t, ok := workbench.ParseTime(text)
	if !ok {
		return ""
	}
	return t.In(zone).Format(formTime)
}
