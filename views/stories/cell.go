package stories

import (
	"cmp"
	"slices"
	"strings"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// Story is one row of the list.
type Story struct {
	Anchor string // id of the row's element
	Cells  []Cell
}

// Cell is one value of a row, ready to be drawn as its kind says.
type Cell struct {
	Key  string
	Kind kind

	Text     workbench.Untrusted
	Lead     string // beginning of Text that a narrow column leaves to screen readers
	Rest     workbench.Untrusted
	Sub      string // second line
	SubLead  string
	More     string // "+4": how many others there are
	Icon     string
	Number   int
	Figure   string
	At       workbench.Time
	Status   workbench.Status
	Verdict  workbench.Verdict
	Tags     []workbench.Untrusted
	Values   []Value // of a cell that holds several
	Notes    []Note
	URL      string // of the story, or of the incident at Microsoft
	Defender string // the incident at Microsoft; "" where there is no link that is safe to follow
	Menu     *Menu
	Stated   *string // the value as a query, field=value, where its cell neither leads to it nor shows it as it is; "" = it has no menu
	Absent   string  // word for "nothing"; "" = a dash
	Severity workbench.AnalystSeverity
}

// Value is one of several values of a cell.
type Value struct {
	Text workbench.Untrusted
	Menu *Menu
}

// Note is a remark under an indication, sometimes with an address.
type Note struct{ Text, URL string }

// maxShown is how many characters of one text a list shows: the story's page has the whole of it.
const maxShown = 300

// Techniques that stand under an indication, and in a cell of their own.
const (
	fewTechniques  = 2
	manyTechniques = 4
)

// newStory makes a row. It depends on the story alone: whatever the list is narrowed by, the row is the same.
func newStory(r workbench.Row, shown []column) Story {
	s := Story{Anchor: "story-" + string(r.ID)}
	for _, c := range shown {
		s.Cells = append(s.Cells, newCell(r, c))
	}
	return s
}

// defender is the incident's address once more checked: https, and nothing that could be read as another host.
func defender(u workbench.Untrusted) string {
	if text := u.Raw(); strings.HasPrefix(text, "https://") && !strings.ContainsAny(text, "\\\r\n\t @") {
		return text
	}
	return ""
}

func newCell(r workbench.Row, c column) Cell {
	cell := Cell{Key: c.key, Kind: c.kind, Text: clipped(textOf(r, c.key)), At: timeOf(r, c.key)}
	switch c.key {
	case "criticality":
		cell.Number = r.Criticality
	case "indication":
		cell.URL, cell.Tags, cell.More = link.Story(r.ID, link.Overview), few(r.MitreTechniques, fewTechniques), over(r.MitreTechniques, fewTechniques)
		cell.Figure, cell.Notes = counted(r.AlertCount, "alert", "alerts"), notes(r)
		if len(cell.Notes) > 0 {
			cell.Tags, cell.More = nil, ""
		}
		if r.AlertCount == 0 {
			cell.Figure = ""
		}
		cell.Menu, cell.Defender = outside(c.key, r.Indication), defender(r.IncidentURL)
		cell.Stated = cell.stated(r.Indication)
	case "source":
		cell.Icon, cell.More = sourceOf(r)
		cell.Menu = outside(c.key, r.Source)
	case "sourceIp":
		cell.Menu = outside(c.key, r.SourceIP)
	case "producer":
		cell.Icon = producerIcon(r)
		cell.Lead, cell.Rest = productName(clipped(r.Producer))
		cell.SubLead, cell.Sub = typeName(r.ProducerType)
		cell.Menu = outside(c.key, r.Producer)
	case "producerType":
		cell.Menu = own(c, string(r.ProducerType), cell.Text)
	case "status":
		cell.Status = r.Status
		if r.ClosedByVendor {
			cell.Sub = "by Microsoft"
		}
		cell.Menu = own(c, string(r.Status), workbench.Text(r.Status.Label()))
	case "verdict":
		cell.Verdict, cell.Severity = r.Verdict, r.AnalystSeverity
		cell.Menu = own(c, string(r.Verdict), workbench.Text(ownLabel("verdict", cmp.Or(string(r.Verdict), "none"))))
	case "analystSeverity":
		cell.Text, cell.Absent = workbench.Text(r.AnalystSeverity.Label()), "not set"
		cell.Menu = own(c, string(r.AnalystSeverity), workbench.Text(ownLabel("analystSeverity", cmp.Or(string(r.AnalystSeverity), "none"))))
	case "severity":
		cell.Menu = outside(c.key, r.Severity)
	case "tenant":
		cell.Menu = own(c, string(r.Tenant.ID), r.Tenant.Label())
	case "owner":
		cell.Absent = "nobody"
		if cell.Menu = outside(c.key, r.Owner); r.Owner.IsZero() {
			cell.Menu = own(c, "", workbench.Text(cell.Absent))
		}
	case "alerts":
		cell.Figure = ui.Count(r.AlertCount)
	case "devices":
		cell.Figure = ui.Count(r.DeviceCount)
	case "users":
		cell.Figure = ui.Count(r.UserCount)
	case "mailboxes":
		cell.Figure = ui.Count(r.MailboxCount)
	case "techniques":
		cell.Values, cell.More = values("mitre", r.MitreTechniques), over(r.MitreTechniques, manyTechniques)
	case "labels":
		cell.Values, cell.More = values("label", r.Labels), over(r.Labels, manyTechniques)
	case "incident":
		cell.URL = defender(r.IncidentURL)
		if id := string(r.Tenant.ID) + "/" + r.IncidentID.Raw(); !r.IncidentID.IsZero() && sayable(id) { // ids are Microsoft's, unique within a tenant only
			cell.Menu = own(c, id, r.IncidentID)
			cell.Stated = cell.stated(r.IncidentID)
		}
	}
	return cell
}

// values are the first of several values, each with its menu.
func values(field string, list []workbench.Untrusted) []Value {
	var out []Value
	for _, u := range few(list, manyTechniques) {
		out = append(out, Value{u, outside(field, u)})
	}
	return out
}

// clipped is text for one line of a list.
func clipped(u workbench.Untrusted) workbench.Untrusted {
	if len(u.Raw()) <= maxShown {
		return u
	}
	if text := []rune(u.Raw()); len(text) > maxShown {
		return workbench.Text(string(text[:maxShown]) + "…")
	}
	return u
}

func few[T any](list []T, n int) []T { return list[:min(len(list), n)] }

func over[T any](list []T, n int) string {
	if len(list) <= n {
		return ""
	}
	return "+" + ui.Count(len(list)-n)
}

// known drops columns that do not exist; none leaves the default.
func known(keys []string, manyTenants bool) []column {
	keys = KnownColumns(keys)
	if keys == nil {
		keys = DefaultColumns(manyTenants)
	}
	var out []column
	for _, key := range keys {
		c, _ := columnOf(key)
		out = append(out, c)
	}
	return slices.Clip(out)
}
