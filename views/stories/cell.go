package stories

import (
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
	Notes    []Note
	URL      string // of the story, or of the incident at Microsoft
	Defender string // the incident at Microsoft; "" where there is no link that is safe to follow
	Menu     *Menu
	Absent   string // word for "nothing"; "" = a dash
	Severity workbench.AnalystSeverity
}

// Note is a remark under an indication, sometimes with an address.
type Note struct{ Text, URL string }

// What a list shows and carries of one text: the story's page has the whole of it.
const (
	maxShown  = 300   // characters
	maxCopied = 4_096 // bytes
)

// Techniques that stand under an indication, and in a cell of their own.
const (
	fewTechniques  = 2
	manyTechniques = 4
)

func newStory(a address, r workbench.Row, shown []column) Story {
	s := Story{Anchor: "story-" + string(r.ID)}
	for _, c := range shown {
		s.Cells = append(s.Cells, newCell(a, r, c))
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

func newCell(a address, r workbench.Row, c column) Cell {
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
		cell.Menu, cell.Defender = search(a, c, r.Indication, false), defender(r.IncidentURL)
	case "source":
		cell.Icon, cell.More = sourceOf(r)
		cell.Menu = search(a, c, r.Source, true)
	case "sourceIp":
		cell.Menu = search(a, c, r.SourceIP, true)
	case "producer":
		cell.Icon = producerIcon(r)
		cell.Lead, cell.Rest = productName(clipped(r.Producer))
		cell.SubLead, cell.Sub = typeName(r.ProducerType)
		cell.Menu = filter(a, c, r.Producer.Raw(), r.Producer)
	case "producerType":
		cell.Menu = filter(a, c, string(r.ProducerType), cell.Text)
	case "status":
		cell.Status = r.Status
		if r.ClosedByVendor {
			cell.Sub = "by Microsoft"
		}
		cell.Menu = filter(a, c, string(r.Status), workbench.Text(r.Status.Label()))
	case "verdict":
		cell.Verdict, cell.Severity = r.Verdict, r.AnalystSeverity
		cell.Menu = filter(a, c, orNone(string(r.Verdict)), workbench.Text(ownLabel("verdict", orNone(string(r.Verdict)))))
	case "analystSeverity":
		cell.Text, cell.Absent = workbench.Text(r.AnalystSeverity.Label()), "not set"
		cell.Menu = filter(a, c, orNone(string(r.AnalystSeverity)), workbench.Text(ownLabel("analystSeverity", orNone(string(r.AnalystSeverity)))))
	case "severity":
		if !r.Severity.IsZero() {
			cell.Menu = filter(a, c, r.Severity.Raw(), r.Severity)
		}
	case "tenant":
		cell.Menu = filter(a, c, string(r.Tenant.ID), r.Tenant.Label())
	case "owner":
		cell.Absent = "nobody"
		cell.Menu = filter(a, c, orNone(r.Owner.Raw()), r.Owner.Or(workbench.Text("nobody")))
	case "alerts":
		cell.Figure = ui.Count(r.AlertCount)
	case "devices":
		cell.Figure = ui.Count(r.DeviceCount)
	case "users":
		cell.Figure = ui.Count(r.UserCount)
	case "mailboxes":
		cell.Figure = ui.Count(r.MailboxCount)
	case "techniques":
		cell.Tags, cell.More = few(r.MitreTechniques, manyTechniques), over(r.MitreTechniques, manyTechniques)
	case "labels":
		cell.Tags, cell.More = few(r.Labels, manyTechniques), over(r.Labels, manyTechniques)
	case "incident":
		cell.URL = defender(r.IncidentURL)
	}
	return cell
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
