package connectors

import (
	"maps"
	"slices"
	"strconv"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// Detail is the page of one connector.
type Detail struct {
	Layout         layout.Props
	ListURL        string
	ListLabel      string
	ID             string // of its live part
	URL            string
	Connectors     string
	Name           workbench.Untrusted
	App            string
	Icon           string
	Badge          Badge
	Whys           []Why
	Facts          []ui.Fact
	Coverage       Coverage
	Certificates   []CertificateRow
	Offered        *Offered // parents: the certificate that waits
	Children       []Row
	Quarantined    []QuarantinedRow
	QuarantinedAll int
	Adds           []Button
	Buttons        []Button
	Form           *EditForm // nil where the account may not
	Credential     *CredentialForm
	DeleteURL      string
	JSON           string
}

// EditForm is the form of changes.
type EditForm struct {
	URL      string
	Revision string
	Name     TextField
	Text     TextField
	Client   *TextField
	Object   *TextField
	Days     *TextField
	Conflict bool
	Other    []string
}

// CredentialForm takes another certificate or secret.
type CredentialForm struct {
	URL, MakeURL string
	Credential
	Other []string
}

// DetailInput is what the page of one connector is made from.
type DetailInput struct {
	Layout      layout.Props
	Source      Source
	Family      []Source // the parent and all its children
	CanEdit     bool
	Quarantined []workbench.Quarantined // the oldest of them, with their first bytes
	Edited      *Typed                  // the form of changes came back
	Conflict    bool                    // because somebody else saved first
	Brought     *Typed                  // the form of credentials came back
}

// NewDetail makes the page.
func NewDetail(in DetailInput) Detail {
	s := in.Source
	v := viewer{display: in.Layout.Display, canEdit: in.CanEdit, back: link.Connector(s.ID, "")}
	in.Layout.Title, in.Layout.Section = s.Name, layout.SectionConnectors
	d := Detail{
		Layout: in.Layout, ListURL: link.Connectors(""), ListLabel: "Connectors Settings", ID: "detail-" + string(s.ID), URL: link.Connector(s.ID, ""), Connectors: string(s.parentID()) + " " + string(s.ID),
		Name: workbench.Text(s.Name), App: s.Kind.Label(), Icon: iconOf(s.Kind), Badge: badgeOf(s), Coverage: coverageOf(s, v.display), JSON: link.ConnectorJSON(s.ID),
	}
	if w := whyOf(s, v); w != nil {
		w.Missing = missing(in.Family, s, v.display)
		w.Buttons = withoutLast(w.Buttons) // Test stands in the head
		d.Whys = append(d.Whys, *w)
	}
	if w := renewalWhy(s, v); w != nil {
		d.Whys = append(d.Whys, *w)
	}
	d.Facts = facts(s, v.display)
	d.Quarantined, d.QuarantinedAll = quarantinedRows(in.Quarantined, v.display), s.Quarantined
	if !s.Kind.Child() {
		d.Certificates = certificateRows(s.Registration, v.display)
		if in.CanEdit && s.Children == 0 && d.Badge == badgeConnected {
			d.Adds = addButtons(link.FromConnectors, s.ID)
		}
		if c, ok := s.Registration.Offered(); ok {
			d.Offered = newOffered(s.ID, c)
		}
		for _, o := range in.Family {
			if o.Kind.Child() {
				d.Children = append(d.Children, newRow(o, v))
			}
		}
	}
	if in.CanEdit {
		d.Buttons = []Button{testButton(s, v), authorizeButton(s, "Authorize"), switchButton(s, v)}
		if s.Disabled {
			d.Buttons = []Button{switchButton(s, v)}
		}
		for i := range d.Buttons {
			d.Buttons[i].About = workbench.Untrusted{}
		}
		d.Form = newEditForm(in)
		if !s.Kind.Child() {
			d.Credential = newCredentialForm(in)
		}
		d.DeleteURL = link.Connector(s.ID, link.Delete)
	}
	return d
}

func withoutLast(list []Button) []Button {
	if len(list) == 0 {
		return nil
	}
	return list[:len(list)-1]
}

func facts(s Source, d ui.Display) []ui.Fact {
	var out []ui.Fact
	add := func(label string, u workbench.Untrusted) {
		if !u.IsZero() {
			out = append(out, ui.Fact{Label: label, Value: ui.Text(u)})
		}
	}
	when := func(label string, t workbench.Time) {
		if !t.IsZero() {
			out = append(out, ui.Fact{Label: label, Value: ui.Time(t, d)})
		}
	}
	add("Tenant", s.tenant())
	out = append(out, ui.Fact{Label: "Tenant id", Value: ui.Code(s.Tenant.Text())})
	if s.Parent != nil {
		add("Connector Tenant", workbench.Text(s.Parent.Name))
	} else {
		add("Entered as", workbench.Text(s.Entered))
		out = append(out, ui.Fact{Label: "Application (client) id", Value: ui.Code(workbench.Text(s.Registration.ClientID))},
			ui.Fact{Label: "Object id", Value: ui.Code(workbench.Text(s.Registration.ObjectID))})
		add("Signs in with", workbench.Text(credentialLine(s.Registration, d).Words))
	}
	add("Description", workbench.Text(s.Description))
	when("Status since", s.Health.Since)
	when("Last good read", s.Health.GoodAt)
	when("Last asked", s.Health.CheckedAt)
	when("Next try", s.Health.NextAt)
	if s.Health.Failures > 0 {
		add("Failures in a row", workbench.Text(strconv.Itoa(s.Health.Failures)))
	}
	if s.Kind.Child() {
		if s.Lag > 0 {
			add("Lag", workbench.Text(lasting(s.Lag)))
		}
		if s.Stories >= 0 {
			add("Stories", workbench.Text(ui.Count(s.Stories)))
		}
		add("Kept", workbench.Text(kept(s)))
		when("Newest change kept", s.Progress.LatestAt)
		when("Last days read again", s.Progress.RescanAt)
		add("Looks back", workbench.Text(many(s.BackfillDays, "day", "days")))
	}
	if s.Throttled {
		add("Throttled", workbench.Text("Microsoft asks the workbench to slow down"))
	}
	add("Quarantined records", workbench.Text(strconv.Itoa(s.Quarantined)))
	when("Created", s.CreatedAt)
	when("Authorised", s.AuthorizedAt)
	add("Authorised by", s.AuthorizedBy)
	return out
}

func newEditForm(in DetailInput) *EditForm {
	s := in.Source
	values := map[string]string{FieldName: s.Name, FieldDescription: s.Description, FieldClientID: s.Registration.ClientID, FieldObjectID: s.Registration.ObjectID,
		FieldBackfillDays: strconv.Itoa(s.BackfillDays)}
	var errors map[string]string
	if in.Edited != nil {
		errors = in.Edited.Errors
		for name := range values {
			if v, ok := in.Edited.Values[name]; ok {
				values[name] = v
			}
		}
	}
	field := func(name, label, hint string) TextField {
		return TextField{Name: name, Label: label, Value: values[name], Hint: hint, Error: errors[name]}
	}
	f := &EditForm{URL: link.Connector(s.ID, ""), Revision: strconv.Itoa(s.Revision), Conflict: in.Conflict,
		Name: field(FieldName, "Connector Name", "Unique among connectors, at most 64 characters."), Text: field(FieldDescription, "Description (optional)", "")}
	shown := map[string]bool{FieldName: true, FieldDescription: true}
	if s.Kind.Child() {
		days := field(FieldBackfillDays, "Days to look back", "At most 180. A larger number makes the workbench fetch what is older.")
		f.Days = &days
		shown[FieldBackfillDays] = true
	} else {
		client, object := field(FieldClientID, "Application (client) id", ""), field(FieldObjectID, "Object id", "Of the app registration, not of the enterprise application.")
		f.Client, f.Object = &client, &object
		shown[FieldClientID], shown[FieldObjectID] = true, true
	}
	for _, name := range sortedNames(errors) {
		if !shown[name] {
			f.Other = append(f.Other, errors[name])
		}
	}
	return f
}

func newCredentialForm(in DetailInput) *CredentialForm {
	typed := Typed{}
	if in.Brought != nil {
		typed = *in.Brought
	}
	f := &CredentialForm{URL: link.Connector(in.Source.ID, link.Credential), MakeURL: link.Connector(in.Source.ID, link.Certificate), Credential: newCredential(typed)}
	if f.Chosen == CredentialMade {
		f.Chosen = CredentialCertificate
	}
	for _, name := range sortedNames(typed.Errors) {
		if name != FieldCertificate && name != FieldSecret && name != FieldSecretEnds {
			f.Other = append(f.Other, typed.Errors[name])
		}
	}
	return f
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
