package story

import (
	"net/url"
	"strconv"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// OpenAlerts selects the fields that name the open alerts, so that a script sends them along with what was clicked. The summary bar, which
// has no fields, is among them because htmx complains of a selector that finds nothing.
const OpenAlerts = "#" + SummaryRegion + ", #" + AlertsRegion + " [data-open] [name=alert]"

const loggedOn = "merely logged on"

func boolean(b bool) string { return strconv.FormatBool(b) }

func number64(n int) string { return strconv.Itoa(n) }

func scoreLabel(n int) string {
	return "Criticality " + strconv.Itoa(n) + " of 10, " + ui.Band(n) + ". Why?"
}

func tabName(tab string) string {
	if tab == link.Overview {
		return "overview"
	}
	return tab
}

func treeLabel(t Tree) string {
	return "Process tree of " + t.Device.Or(workbench.Text("a device without name")).Brief()
}

// hostOf is the host of an address that is known to be one of Microsoft's.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "Microsoft Defender"
	}
	return workbench.Text(u.Host).String()
}

func iso(t workbench.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999999Z")
}

func momentTitle(m Moment, d ui.Display) string {
	title := d.Format(m.At) + " " + d.ZoneLabel()
	if m.Recorded {
		title += ": when Microsoft recorded it, not when it happened"
	}
	return title
}

// origin is who stands behind a timeline item, in a word that is also an attribute.
func origin(o string) string {
	switch o {
	case "microsoft", "analyst":
		return o
	}
	return "workbench"
}

func timelineIcon(i TimelineItem) string {
	switch {
	case i.Comment:
		return "comment"
	case i.Origin == "analyst":
		return "user"
	case i.Origin == "microsoft":
		return "shield"
	}
	return "clock"
}

// treeSummary says how much a tree holds and whether it is whole.
func treeSummary(t Tree) string {
	s := many(t.Processes, "process", "processes")
	if n := t.Bad(); n > 0 {
		s += ", " + many(n, "malicious item", "malicious items")
	}
	if t.Partial {
		s += " · Microsoft did not report every parent"
	}
	return s
}

// hiddenSummary says what stands beyond the limit.
func hiddenSummary(t Tree) string {
	s := ui.Count(t.Hidden) + " more"
	if t.HiddenBad > 0 {
		s += ", " + ui.Count(t.HiddenBad) + " of them malicious"
	}
	return s
}
