package connectors

import (
	"maps"
	"slices"
	"strconv"

	"github.com/a-h/templ"

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
	Pending        *Confirmation // somebody consented by a link
	Whys           []Why
	Whose          *Whose // nil where the tenant's own app reads it
	Links          *Links // nil where the account may not make any
	Fresh          *FreshLink
	Replace        *Button // of a child with an application that its parent manages
	Facts          []ui.Fact
	Coverage       Coverage
	Certificates   []CertificateRow
	Offered        *Offered // the certificate that waits, where it is looked after on this page
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
	Cloud       string                  // label of the tenant's cloud; "" = not told
	HomeName    workbench.Untrusted     // of the tenant that a shared app is at home in, where it is known
	Shared      *SharedUse              // of a connector that signs in with a shared app
	Links       []workbench.ConsentLink // that were made for it, the newest first
	Fresh       *FreshLink              // that was just made
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
	if w := whyOf(s, v); w != nil && (s.ConsentedAt.IsZero() || s.Health.Reason != workbench.ReasonNotConsented) { // which the consent answers
		w.Missing = missing(in.Family, s, v.display)
		w.Buttons = withoutLast(w.Buttons) // Test stands in the head
		d.Whys = append(d.Whys, *w)
	}
	if w := renewalWhy(s, v); w != nil {
		d.Whys = append(d.Whys, *w)
	}
	d.Pending, d.Whose, d.Fresh = confirmationOf(s, v), whoseOf(s, in.Shared), in.Fresh
	d.Facts = append(facts(s, v.display), whereFacts(in)...)
	d.Quarantined, d.QuarantinedAll = quarantinedRows(in.Quarantined, v.display), s.Quarantined
	if s.hasCredentials() {
		d.Certificates = certificateRows(s.Registration, v.display)
		if c, ok := s.Registration.Offered(); ok && !s.managed() { // the parent gives it to Microsoft
			d.Offered = newOffered(s.ID, c)
		}
	}
	if !s.Kind.Child() {
		if in.CanEdit && s.Children == 0 && d.Badge == badgeConnected {
			d.Adds = addButtons(link.FromConnectors, s.ID)
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
		if s.hasCredentials() {
			d.Credential = newCredentialForm(link.Connector(s.ID, link.Credential), link.Connector(s.ID, link.Certificate), in.Brought)
		}
		if s.managed() {
			d.Credential.MakeURL = "" // the parent makes one
		}
		if s.managed() && s.Registration.ClientID != "" {
			b := replaceButton(s, v)
			b.About = workbench.Untrusted{}
			d.Replace = &b
		}
		if invites(s) {
			d.Links = newLinks(s, in.Links, v.display)
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
	}
	if !s.Kind.Child() || s.managed() {
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

// whereFacts say where the tenant is, and where the application that reads it is at home.
func whereFacts(in DetailInput) []ui.Fact {
	var out []ui.Fact
	add := func(label string, c templ.Component) { out = append(out, ui.Fact{Label: label, Value: c}) }
	s := in.Source
	if in.Cloud != "" {
		add("Cloud", ui.Text(workbench.Text(in.Cloud)))
	}
	if s.Parent != nil {
		return out
	}
	add("App registration", ui.Text(workbench.Text(s.Topology.Label())))
	if home := s.Registration.Tenant; home != "" && s.Topology == workbench.SharedApp {
		if !in.HomeName.IsZero() {
			add("Home tenant of the app", ui.Text(in.HomeName))
		}
		add("Id of its home tenant", ui.Code(home.Text()))
	}
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
	} else if s.Topology != workbench.SharedApp {
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

func newCredentialForm(address, makeURL string, brought *Typed) *CredentialForm {
	typed := Typed{}
	if brought != nil {
		typed = *brought
	}
	f := &CredentialForm{URL: address, MakeURL: makeURL, Credential: newCredential(typed)}
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
