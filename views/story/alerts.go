package story

import (
	"workbench"
	"workbench/views/link"
)

// Alerts is the table of alerts.
type Alerts struct {
	Zone  string // of its dates
	Rows  []AlertRow
	Total int
	Rest  int // alerts beyond the limit of the overview
	URL   string
}

// AlertHeads are the columns of the table, in the order of the mission's document.
var AlertHeads = [15]string{"Alert Name", "Criticality", "Local IP", "External IP", "Vendor User Name", "Device Name", "OS", "Vendor Domain Name", "Alert ID",
	"MITRE Techniques", "Status", "First Activity Date", "Last Activity Date", "Threat Name", "Description & Recommended Actions"}

// AlertRow is one alert, and where it is expanded, what its evidence shows.
type AlertRow struct {
	workbench.Alert
	Anchor      string // id of its element
	Zone        string
	Open        bool
	ToggleURL   string // opens or closes it
	ToggleGet   string // the same, to which a script adds the other open alerts
	ToggleWith  string // selector of those
	ViewURL     string
	ViewGet     string
	Viewed      bool
	AlertIDText workbench.Untrusted
	Techniques  []workbench.Untrusted // the first ones
	Further     []workbench.Untrusted // the others
	MoreDevices []workbench.Untrusted
	Users       []UserLine // all, where there are several
	MoreUsers   int
	Trees       []Tree     // of an open alert, one a device
	Loose       []LooseRow // evidence of an open alert that stands in no tree
}

// UserLine is a user of an alert and why.
type UserLine struct {
	Name workbench.Untrusted
	Why  string
}

// LooseRow is evidence that no tree holds.
type LooseRow struct {
	Icon    string
	Kind    string
	Name    workbench.Untrusted
	Verdict workbench.Untrusted
	Defang  bool
	URL     string
	Get     string
}

const (
	techniquesShown = 2
	overviewAlerts  = 100
	looseShown      = 40
)

// NewAlerts makes the table, with at most limit rows; 0 is no limit. An expanded alert is always among them.
func NewAlerts(in Input, limit int) Alerts {
	open := map[string]bool{}
	for _, id := range in.OpenAlerts {
		open[id] = true
	}
	t := Alerts{Zone: in.Layout.Display.ZoneLabel(), Total: len(in.Story.Alerts), URL: link.Story(in.Story.ID, link.Alerts)}
	for i := range in.Story.Alerts {
		a := &in.Story.Alerts[i]
		if limit > 0 && len(t.Rows) >= limit && !open[a.ID] {
			t.Rest++
			continue
		}
		t.Rows = append(t.Rows, newAlertRow(in, a, open[a.ID]))
	}
	return t
}

func newAlertRow(in Input, a *workbench.Alert, open bool) AlertRow {
	p, anchor := in.place(), link.AlertAnchor(a.ID)
	r := AlertRow{Alert: *a, Anchor: anchor, Zone: in.Layout.Display.ZoneLabel(), Open: open, AlertIDText: workbench.Text(a.ID), Viewed: in.Selected == a.ID,
		ViewURL: p.showing(a.ID).at(anchor), ViewGet: p.alone().showing(a.ID).url(), ToggleWith: "#" + SummaryRegion + ", #" + AlertsRegion + " [data-open]:not(#" + anchor + ") [name=alert]"}
	if open {
		r.ToggleURL, r.ToggleGet = p.closing(a.ID).at(anchor), p.alone().url()
		r.Trees, r.Loose = treesOf(in, a.ID), looseOf(in, a)
	} else {
		r.ToggleURL, r.ToggleGet = p.opening(a.ID).at(anchor), p.alone().opening(a.ID).url()
	}
	r.Techniques = a.MitreTechniques
	if len(r.Techniques) > techniquesShown {
		r.Techniques, r.Further = r.Techniques[:techniquesShown], r.Techniques[techniquesShown:]
	}
	for _, d := range a.DeviceNames {
		if d != a.DeviceName {
			r.MoreDevices = append(r.MoreDevices, d)
		}
	}
	r.Users = userLines(a)
	r.MoreUsers = len(r.Users) - 1
	return r
}

// userLines names every user, those whom the alert names before those merely logged on.
func userLines(a *workbench.Alert) []UserLine {
	var named, others []UserLine
	for _, u := range a.Users {
		full := u.Name
		if !u.Domain.IsZero() && !u.Name.IsZero() {
			full = workbench.Text(u.Domain.Raw() + `\` + u.Name.Raw())
		}
		if u.Why == workbench.LoggedOn {
			others = append(others, UserLine{full, loggedOn})
		} else {
			named = append(named, UserLine{full, "named by the alert"})
		}
	}
	return append(named, others...)
}

// looseOf lists the evidence of an alert that none of its trees shows.
func looseOf(in Input, a *workbench.Alert) []LooseRow {
	inTree := map[string]bool{}
	for _, t := range in.Story.ProcessTrees {
		for i := range t.Nodes {
			inTree[t.Nodes[i].EvidenceID] = true
		}
	}
	mine := map[string]bool{}
	for _, id := range a.EvidenceIDs {
		mine[id] = true
	}
	var out []LooseRow
	for _, k := range evidenceSet(in.Story) {
		for _, r := range k.rows {
			if !mine[r.base.ID] || inTree[r.base.ID] || len(out) >= looseShown {
				continue
			}
			row := LooseRow{Icon: kindIcons[k.key], Kind: kindOne[k.key], Verdict: r.base.Verdict, URL: in.place().showing(r.base.ID).at(link.AlertAnchor(a.ID)),
				Get: in.place().alone().showing(r.base.ID).url()}
			row.Name, row.Defang = looseName(k.key, r)
			out = append(out, row)
		}
	}
	return out
}

// looseName is the text that best names an item outside a table.
func looseName(kind string, r row) (workbench.Untrusted, bool) {
	if kind == Network || kind == URLs || kind == Mailboxes {
		for _, c := range r.cells {
			if (c.Kind == AddressCell || c.Kind == CodeCell) && !c.Text.IsZero() {
				return c.Text, true
			}
		}
	}
	for _, c := range r.cells {
		if c.Kind == NameCell && !c.Text.IsZero() {
			return c.Text, false
		}
	}
	return workbench.Text(kindOne[kind]), false
}
