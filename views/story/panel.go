package story

import (
	"workbench"
	"workbench/views/link"
)

// Panel is what stands beside a tree or table: one item of evidence, one node without evidence, or one alert with its description and
// recommended actions.
type Panel struct {
	Kind     string // "" = nothing is chosen
	Icon     string
	Title    workbench.Untrusted
	Verdict  workbench.Untrusted
	Facts    []PanelFact
	Alerts   []AlertLink
	Data     []workbench.Field
	CloseURL string
	CloseGet string
	Missing  bool // what was asked for is not in this story

	Alert *AlertText
}

// AlertText is what Microsoft wrote about an alert.
type AlertText struct {
	Description        workbench.Untrusted
	RecommendedActions workbench.Untrusted
	URL                string // https, on a host of Microsoft's portals
	Factors            []Factor
	Criticality        int
}

// PanelFact is one fact. Copy offers the exact text, Defang also the defanged one.
type PanelFact struct {
	Label  string
	Cell   Cell
	Copy   bool
	Defang bool
	Note   string
}

// AlertLink leads to an alert of the story.
type AlertLink struct {
	Name workbench.Untrusted
	URL  string
}

// NewPanel finds what ?show= names.
func NewPanel(in Input) Panel {
	if in.Selected == "" {
		return Panel{}
	}
	closed := in.place().showing("")
	p := Panel{CloseURL: closed.url(), CloseGet: closed.alone().url()}
	switch {
	case p.evidence(in), p.node(in), p.alert(in):
	default:
		p.Kind, p.Icon, p.Title, p.Missing = "Nothing", "search", workbench.Text("Not in this story"), true
	}
	return p
}

func (p *Panel) evidence(in Input) bool {
	for _, k := range evidenceSet(in.Story) {
		for _, r := range k.rows {
			if r.base.ID != in.Selected {
				continue
			}
			p.Kind, p.Icon, p.Verdict, p.Data = kindOne[k.key], kindIcons[k.key], r.base.Verdict, r.base.Data
			p.Alerts = alertLinks(in, r.base.AlertIDs)
			for i, c := range r.cells {
				if c.Kind == NameCell && p.Title.IsZero() {
					p.Title = c.Text
				}
				p.add(k.columns[i].Label, c)
			}
			p.add("Remediation status", word(r.base.RemediationStatus))
			p.add("Roles", text(joined(r.base.Roles)))
			p.add("Tags", text(joined(r.base.Tags)))
			p.extra(in.Story.Evidence, r.base.ID)
			p.place(in.Story.ProcessTrees, r.base.ID)
			p.add("Recorded by Microsoft", at(r.base.CreatedAt))
			p.Facts[len(p.Facts)-1].Note = "when the item was recorded, not when it happened"
			return true
		}
	}
	return false
}

// add leaves out what is not known, except the fields that every item should have.
func (p *Panel) add(label string, c Cell) {
	if emptiness(c) == 1 && c.Kind != TimeCell {
		return
	}
	if c.Kind == TimeCell && c.Time.IsZero() {
		return
	}
	f := PanelFact{Label: label, Cell: c}
	switch c.Kind {
	case CodeCell, NameCell, TextCell:
		f.Copy = true
	case AddressCell:
		f.Copy, f.Defang = true, true
	}
	p.Facts = append(p.Facts, f)
}

func (p *Panel) node(in Input) bool {
	for _, t := range in.Story.ProcessTrees {
		for i := range t.Nodes {
			n := &t.Nodes[i]
			if n.ID != in.Selected {
				continue
			}
			p.Kind, p.Icon, p.Title, p.Verdict = "Process that Microsoft did not report", "gap", n.Name, n.Verdict
			p.add("Process ID", num(n.ProcessID))
			p.add("Started", at(n.StartedAt))
			p.add("Device", text(t.Device))
			p.add("Why it is a gap", Cell{Kind: TextCell, Text: workbench.Text(n.Reason)})
			p.Alerts = alertLinks(in, n.AlertIDs)
			return true
		}
	}
	return false
}

func (p *Panel) alert(in Input) bool {
	for i := range in.Story.Alerts {
		a := &in.Story.Alerts[i]
		if a.ID != in.Selected {
			continue
		}
		p.Kind, p.Icon, p.Title, p.Data = "Alert", "alert", a.Name, a.Other
		p.Alert = &AlertText{Description: a.Description, RecommendedActions: a.RecommendedActions, URL: a.URL, Factors: factors(a.CriticalityFactors), Criticality: a.Criticality}
		for _, f := range []PanelFact{
			{Label: "Severity (Microsoft)", Cell: word(a.Severity)}, {Label: "Status (Microsoft)", Cell: word(a.Status)}, {Label: "Product", Cell: text(workbench.ProductOf(a.ServiceSource).Name)},
			{Label: "Detection source", Cell: word(a.DetectionSource)}, {Label: "Categories", Cell: text(joined(a.Categories))}, {Label: "Classification (Microsoft)", Cell: word(a.Classification)},
			{Label: "Determination (Microsoft)", Cell: word(a.Determination)}, {Label: "Investigation", Cell: word(a.InvestigationState)}, {Label: "Assigned to (Microsoft)", Cell: text(a.AssignedTo)},
			{Label: "Detector ID", Cell: code(a.DetectorID)}, {Label: "Alert policy ID", Cell: code(a.AlertPolicyID)}, {Label: "Created", Cell: at(a.CreatedAt)}, {Label: "Updated", Cell: at(a.UpdatedAt)},
			{Label: "Resolved", Cell: at(a.ResolvedAt)}, {Label: "Alert ID", Cell: code(workbench.Text(a.ID))},
		} {
			p.add(f.Label, f.Cell)
		}
		return true
	}
	return false
}

func alertLinks(in Input, ids []string) []AlertLink {
	var out []AlertLink
	for _, id := range ids {
		for i := range in.Story.Alerts {
			if a := &in.Story.Alerts[i]; a.ID == id {
				out = append(out, AlertLink{Name: a.Name, URL: in.place().opening(id).at(link.AlertAnchor(id))})
			}
		}
	}
	return out
}

// kindOne names one item of a kind; kindIcons its picture.
var (
	kindOne = map[string]string{Processes: "Process", Files: "File", Registry: "Registry value", Network: "Network", Messages: "Message", Mailboxes: "Mailbox",
		MailClusters: "Mail cluster", URLs: "URL", MailboxRules: "Mailbox rule", Other: "Evidence"}
	kindIcons = map[string]string{Processes: "process", Files: "file", Registry: "registry", Network: "network", Messages: "mail", Mailboxes: "mail",
		MailClusters: "mail", URLs: "url", MailboxRules: "filter", Other: "evidence"}
)
