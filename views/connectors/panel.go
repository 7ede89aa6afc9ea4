package connectors

import (
	"strings"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// Panel is one tenant: its parent connector and the children under it.
type Panel struct {
	ID         string
	URL        string // gives this panel alone
	Connectors string // ids of all that it shows, parted by spaces
	Tenant     workbench.Untrusted
	TenantID   workbench.Untrusted
	Badge      Badge
	Credential Line
	Whys       []Why
	Rows       []Row
	Adds       []Button // products that can be put under a parent which has none
	Display    ui.Display
}

// Row is one connector.
type Row struct {
	ID          string // of its element
	URL         string
	Icon        string
	App         string // what its kind is called
	AppHere     string // the same on the page Integrations
	Name        workbench.Untrusted
	Description workbench.Untrusted
	Tenant      workbench.Untrusted
	Auth        workbench.Untrusted // name of the parent
	Child       bool
	Badge       Badge
	About       []string // facts under the name
	Authorized  workbench.Untrusted
	Stories     string // address of its stories; "" = it has none
	HowMany     string // of them, in words
	Read        Moment // last good read
	Next        []string
	Coverage    Coverage
	Press       *Button // what mends it in one press, where its row alone can show it
	Menu        []Button
	MenuID      string
}

// Input is what every page of a list is made from.
type Input struct {
	Layout  layout.Props
	Sources []Source // each parent followed by its children
	CanEdit bool
	From    string        // link.FromConnectors and so on
	Query   Query         // which tenants; of the tabs of Integrations its page alone
	Clouds  []CloudChoice // that the workbench is set up for, the default first
	SeesAll bool          // the reader sees every tenant, and so what is shared among them
	Drawer  *Drawer
	Portal  string // address of the simulated Microsoft of a demonstration; "" = there is none
}

func (in Input) viewer() viewer {
	return viewer{display: in.Layout.Display, canEdit: in.CanEdit, back: link.ConnectorList(in.From)}
}

// Panels makes a panel of each parent.
func Panels(in Input) []Panel {
	var out []Panel
	for _, f := range families(in.Sources) {
		out = append(out, newPanel(f, in.viewer()))
	}
	return out
}

// families parts the sources by parent.
func families(sources []Source) [][]Source {
	var out [][]Source
	for i := 0; i < len(sources); {
		end := i + 1
		for end < len(sources) && sources[end].parentID() == sources[i].parentID() {
			end++
		}
		out = append(out, sources[i:end])
		i = end
	}
	return out
}

func newPanel(family []Source, v viewer) Panel {
	head := family[0]
	p := Panel{ID: "tenant-" + string(head.parentID()), URL: link.ConnectorPanel(head.parentID()), Tenant: head.tenant(), Badge: worst(family), Display: v.display}
	if head.tenant().Raw() != string(head.Tenant) {
		p.TenantID = head.Tenant.Text()
	}
	p.Credential = credentialLine(head.Registration, v.display)
	var ids []string
	for _, s := range family {
		ids = append(ids, string(s.ID))
		if w := whyOf(s, v); w != nil && !told(p.Whys, *w, s) {
			if s.Kind.Child() {
				w.About = []string{s.Name}
			}
			w.Missing = missing(family, s, v.display)
			p.Whys = append(p.Whys, *w)
		}
		if w := renewalWhy(s, v); w != nil && badgeOf(s) != badgeOff {
			p.Whys = append(p.Whys, *w)
		}
		row := newRow(s, v)
		row.Press = nil // it stands beside the explanation
		p.Rows = append(p.Rows, row)
	}
	if v.canEdit && len(family) == 1 && p.Badge == badgeConnected {
		p.Adds = addButtons(link.FromConnectors, head.ID)
	}
	p.Connectors = strings.Join(ids, " ")
	return p
}

// told reports whether an explanation says the same of s as one before it. One that consent mends is made to name s as well: consent is
// given to all of a tenant at once. What the parent lacks, its children lack too.
func told(whys []Why, w Why, s Source) bool {
	for i := range whys {
		if before := &whys[i]; before.What == w.What && before.Tone == w.Tone && (len(before.About) == 0 || s.Health.Reason.Consent()) {
			if len(before.About) > 0 {
				before.About = append(before.About, s.Name)
			}
			return true
		}
	}
	return false
}

// addButtons lead to what can be put under a parent.
func addButtons(from string, parent workbench.ConnectorID) []Button {
	var list []Button
	for _, k := range workbench.ConnectorKinds {
		if k.Child() {
			list = append(list, Button{Label: "Add " + k.Label(), URL: link.NewConnectorUnder(from, k, parent), Primary: len(list) == 0})
		}
	}
	return list
}

// missing says what a fault of s keeps from the family's data.
func missing(family []Source, s Source, d ui.Display) string {
	if badgeOf(s) != badgeError {
		return ""
	}
	var until workbench.Time
	for _, c := range family {
		if !c.Kind.Child() || s.Kind.Child() && c.ID != s.ID || len(c.Progress.Covered) == 0 {
			continue
		}
		until = workbench.Earliest(until, c.Progress.Covered[len(c.Progress.Covered)-1].To)
	}
	if until.IsZero() {
		return ""
	}
	return "What Microsoft had up to " + minute(until, d) + " was read; the last " + lasting(d.Now.Sub(until.Time)) + " are missing and will be fetched once it works again."
}

func newRow(s Source, v viewer) Row {
	d := v.display
	r := Row{
		ID: link.ConnectorAnchor(s.ID), URL: link.Connector(s.ID, ""), Icon: iconOf(s.Kind), App: s.Kind.Label(), AppHere: s.Kind.Label(), Name: workbench.Text(s.Name),
		Description: workbench.Text(s.Description), Tenant: s.tenant(), Child: s.Kind.Child(), Badge: badgeOf(s), Coverage: coverageOf(s, d),
		Menu: rowMenu(s, v), MenuID: "menu-" + string(s.ID),
	}
	if s.Parent != nil {
		r.Auth = workbench.Text(s.Parent.Name)
	}
	if !s.Kind.Child() {
		r.AppHere = "MS Tenant"
	}
	if v.canEdit && r.Badge == badgePending && s.Health.Reason.Consent() && s.Health.Reason != workbench.ReasonCertificateUnknown {
		b := authorizeButton(s, "Authorize")
		r.Press = &b
	}
	r.About = about(s)
	if !s.Kind.Child() && !s.AuthorizedAt.IsZero() {
		r.Authorized = s.AuthorizedBy
		r.About = append(r.About, "authorised "+d.Day(s.AuthorizedAt))
	}
	if s.Kind.Child() && s.Tenant != "" && (s.Stories > 0 || s.Stories < 0 && s.Progress.Alerts > 0) {
		r.Stories, r.HowMany = link.StoriesFrom(s.Tenant, s.Kind), "Stories"
		if s.Stories > 0 {
			r.HowMany = many(s.Stories, "story", "stories")
		}
	}
	r.Read, r.Next = reading(s, d)
	return r
}

// about is what stands under the name of a connector.
func about(s Source) []string {
	if !s.Kind.Child() {
		list := []string{"parent of " + many(s.Children, "connector", "connectors")}
		if s.Children == 0 {
			list[0] = "nothing under it yet"
		}
		if s.Quarantined > 0 {
			list = append(list, many(s.Quarantined, "record", "records")+" quarantined")
		}
		return list
	}
	var list []string
	switch {
	case s.Health.Empty && s.Health.Status == workbench.StatusConnected && s.Progress.Incidents == 0:
		list = []string{emptyAnswer(s)}
	case s.Stories == 0 && !s.Health.GoodAt.IsZero():
		list = []string{"no stories yet"}
	}
	if s.Quarantined > 0 {
		list = append(list, many(s.Quarantined, "record", "records")+" quarantined")
	}
	return list
}

// kept counts the documents of a child.
func kept(s Source) string {
	return many(int(s.Progress.Incidents), "incident", "incidents") + " and " + many(int(s.Progress.Alerts), "alert", "alerts") + ", every version counted"
}

func emptyAnswer(s Source) string {
	n := s.BackfillDays
	if n == 0 {
		return "Microsoft answered: no incidents"
	}
	return "Microsoft answered: no incidents in " + many(n, "day", "days")
}

// reading says when a connector was last read well, and what comes next.
func reading(s Source, d ui.Display) (Moment, []string) {
	read := Moment{Words: "not read yet"}
	if !s.Health.GoodAt.IsZero() {
		verb := "last read "
		if s.Kind.Child() {
			verb = "polled "
		}
		read = Moment{verb + ago(s.Health.GoodAt, d.Now), s.Health.GoodAt}
	}
	b := badgeOf(s)
	if b == badgeOff {
		return read, nil
	}
	if s.Health.Reason == workbench.ReasonParent {
		return read, []string{"waits for its parent"}
	}
	var next []string
	if s.Kind.Child() && s.Lag > 0 && b != badgePending {
		next = append(next, "lag "+lasting(s.Lag))
	}
	if s.Throttled {
		next = append(next, "throttled by Microsoft")
	}
	if !s.Health.NextAt.IsZero() && (b != badgeConnected && b != badgeCatchingUp || s.Throttled || s.Health.Reason != "") {
		next = append(next, "next try "+ahead(s.Health.NextAt, d.Now))
	}
	return read, next
}
