package connectors

import (
	"strconv"

	"workbench"
	"workbench/views/link"
)

// The names of the fields of the forms.
const (
	FieldApplication  = "application"
	FieldFrom         = "from"
	FieldName         = "name"
	FieldDescription  = "description"
	FieldParent       = "parent"
	FieldBackfillDays = "backfillDays"
	FieldTenant       = "tenant"
	FieldTopology     = "topology"
	FieldCloud        = "cloud"
	FieldShared       = "shared"
	FieldClientID     = "clientId"
	FieldObjectID     = "objectId"
	FieldCredential   = "credential"
	FieldCertificate  = "certificate"
	FieldSecret       = "secret"
	FieldSecretEnds   = "secretEnds"
	FieldRevision     = "revision"
	FieldBack         = "return"
)

// What a tenant can sign in with.
const (
	CredentialMade        = "made"
	CredentialCertificate = "certificate"
	CredentialSecret      = "secret"
)

// The anchors of parts of a connector's page.
const (
	EditAnchor       = "edit"
	CredentialAnchor = "credential"
)

// CredentialURL leads to where another certificate or secret is given.
func CredentialURL(id workbench.ConnectorID) string {
	return link.Connector(id, "") + "#" + CredentialAnchor
}

// Typed is what a person sent, for a form that comes back. Secrets are not among it: they have to be entered again.
type Typed struct {
	Values map[string]string
	Errors map[string]string // as in workbench.Invalid
}

// Drawer is the panel beside a list: New Connector or New Integration, or what became of it.
type Drawer struct {
	Title     string
	From      string
	CloseURL  string
	KindLabel string // SaaS Application or Integration
	Kinds     []Option
	Kind      workbench.ConnectorKind
	Child     bool
	Makes     bool   // there is a parent that makes an application for what is put under it
	NoParent  bool   // a child is wanted, and there is nothing to put it under
	ParentURL string // where a parent is made
	Name      TextField
	NameAsked bool
	Text      TextField // description
	Parents   ChoiceField
	Days      TextField
	Tenant    TextField
	Whose     TopologyField
	Cloud     ChoiceField
	Shared    ChoiceField
	SharedURL string // where a shared app is added
	Client    TextField
	Object    TextField
	Credential
	Other    []string // what is wrong and belongs to no field
	Problems []Problem
	Follow   string // gives what became of the parent that is made in another tab; "" = nothing is followed
	Made     *Made
}

// Problem is what is wrong with one field of a form.
type Problem struct{ Field, Label, Words string }

// TextField is one field of a form.
type TextField struct {
	Name, Label, Value, Hint, Error string
	First                           bool // whoever opens the form begins here
}

// ChoiceField is one choice of a form.
type ChoiceField struct {
	Name, Label, Hint, Error string
	Options                  []Option
	First                    bool
}

// Option is one value of a choice.
type Option struct {
	Value, Label string
	Selected     bool
	Disabled     bool // it is there, and can't be chosen
}

// Credential is the part of a form that says what a tenant signs in with.
type Credential struct {
	Chosen            string
	Certificate       TextField
	Secret, SecretEnd TextField
}

// Made is a connector right after it was saved.
type Made struct {
	ID      string // of its element
	URL     string // gives it alone
	App     string
	Name    workbench.Untrusted
	Badge   Badge
	Said    string   // what that means, in a few words: the list has the rest
	Asks    bool     // Microsoft will ask for permissions
	Button  *Button  // Authorize; nil where nothing new is needed
	Adds    []Button // what can be put under it next
	OpenURL string
}

// NewDrawer makes the form for a kind, with what was typed before. Sources tell which parents there are, may what a parent can choose from.
func NewDrawer(from string, kind workbench.ConnectorKind, sources []Source, may Choices, typed Typed) *Drawer {
	from = known(from)
	d := &Drawer{Title: "New Connector", From: from, CloseURL: link.ConnectorList(from), KindLabel: "SaaS Application", Kind: kind, NameAsked: true}
	if from == link.FromConfigured {
		d.Title, d.KindLabel, d.NameAsked = "New Integration", "Integration", false
	}
	for _, k := range workbench.ConnectorKinds {
		if from == link.FromConfigured && !k.Child() {
			continue
		}
		d.Kinds = append(d.Kinds, Option{Value: string(k), Label: kindLabel(k, from), Selected: k == kind})
	}
	field := func(name, label, hint string) TextField {
		return TextField{Name: name, Label: label, Value: typed.Values[name], Hint: hint, Error: typed.Errors[name]}
	}
	d.Name = field(FieldName, "Connector Name", "Unique among connectors, at most 64 characters.")
	d.Text = field(FieldDescription, "Description (optional)", "")
	shown := map[string]bool{FieldDescription: true, FieldName: d.NameAsked}
	if d.Child = kind.Child() && kind != ""; d.Child {
		d.fillChild(sources, typed, field)
		shown[FieldParent], shown[FieldBackfillDays] = true, true
	} else {
		d.Tenant = field(FieldTenant, "Tenant id or domain", "As in contoso.onmicrosoft.com, or the directory (tenant) id.")
		d.Client = field(FieldClientID, "Application (client) id", "Of the app registration, on its Overview in Microsoft Entra.")
		d.Object = field(FieldObjectID, "Object id", "Of the same app registration, not of the enterprise application. The renewal of the certificate needs it.")
		d.Credential = newCredential(typed)
		d.Whose, d.Cloud, d.Shared, d.SharedURL = newTopologyField(typed), newCloudField(may, typed), newSharedField(may, typed), link.NewSharedApp()
		for _, name := range []string{FieldTopology, FieldCloud, FieldShared, FieldTenant, FieldClientID, FieldObjectID, FieldCertificate, FieldSecret, FieldSecretEnds} {
			shown[name] = true
		}
	}
	if len(typed.Errors) == 0 && kind != "" {
		d.Name.First, d.Parents.First = !d.Child, d.Child
	}
	for _, name := range sortedNames(typed.Errors) {
		if !shown[name] {
			d.Other = append(d.Other, typed.Errors[name])
		}
	}
	for _, f := range []TextField{{Name: FieldParent, Label: d.Parents.Label, Error: d.Parents.Error}, d.Name, d.Tenant, {Name: FieldTopology, Label: d.Whose.Label, Error: d.Whose.Error},
		{Name: FieldShared, Label: d.Shared.Label, Error: d.Shared.Error}, {Name: FieldCloud, Label: d.Cloud.Label, Error: d.Cloud.Error}, d.Client, d.Object, d.Certificate, d.Secret, d.SecretEnd, d.Text, d.Days} {
		if f.Error != "" && shown[f.Name] {
			d.Problems = append(d.Problems, Problem{"field-" + f.Name, f.Label, f.Error})
		}
	}
	return d
}

func (d *Drawer) fillChild(sources []Source, typed Typed, field func(name, label, hint string) TextField) {
	label := "Connector Tenant"
	d.ParentURL = link.NewConnector(d.From, workbench.Microsoft365)
	if d.From == link.FromConfigured {
		label, d.ParentURL = "Auth", link.NewConnector(link.FromApps, workbench.Microsoft365)
	}
	d.Parents = ChoiceField{Name: FieldParent, Label: label, Error: typed.Errors[FieldParent], Hint: "The Microsoft 365 connector of the tenant whose incidents you want."}
	for _, s := range sources {
		if !s.Kind.Child() {
			d.Parents.Options = append(d.Parents.Options, Option{Value: string(s.ID), Label: s.tenant().Brief() + " · " + s.Name, Selected: typed.Values[FieldParent] == string(s.ID)})
		}
	}
	for _, s := range sources {
		d.Makes = d.Makes || makes(s.Connector)
	}
	d.NoParent = len(d.Parents.Options) == 0
	d.Days = field(FieldBackfillDays, "Days to look back", "The first ingest goes so far back, at most 180 days: Microsoft keeps no more.")
	if d.Days.Value == "" {
		d.Days.Value = strconv.Itoa(DefaultBackfillDays)
	}
}

// DefaultBackfillDays is how far back the first ingest goes where nobody says otherwise.
const DefaultBackfillDays = 30

func newCredential(typed Typed) Credential {
	c := Credential{
		Chosen:      typed.Values[FieldCredential],
		Certificate: TextField{Name: FieldCertificate, Label: "Certificate with its private key (PEM)", Error: typed.Errors[FieldCertificate], Hint: "It is kept encrypted and never shown again. The workbench does not renew it."},
		Secret:      TextField{Name: FieldSecret, Label: "Client secret", Error: typed.Errors[FieldSecret], Hint: "Its value, not its id. It is kept encrypted and never shown again."},
		SecretEnd:   TextField{Name: FieldSecretEnds, Label: "The secret ends on (optional)", Value: typed.Values[FieldSecretEnds], Error: typed.Errors[FieldSecretEnds], Hint: "You are warned before."},
	}
	if c.Chosen != CredentialCertificate && c.Chosen != CredentialSecret {
		c.Chosen = CredentialMade
	}
	if typed.Errors != nil && c.Chosen == CredentialCertificate {
		c.Certificate.Hint = "Paste it again: it is not sent back to the page. " + c.Certificate.Hint
	}
	if typed.Errors != nil && c.Chosen == CredentialSecret {
		c.Secret.Hint = "Enter it again: it is not sent back to the page. " + c.Secret.Hint
	}
	return c
}

// NewMade makes the panel that follows on Save.
func NewMade(from string, s Source, in Input) *Drawer {
	from = known(from)
	v := in.viewer()
	v.back = link.MadeConnector(from, s.ID)
	m := &Made{ID: "made-" + string(s.ID), URL: link.MadeConnector(from, s.ID), App: s.Kind.Label(), Name: workbench.Text(s.Name), Badge: badgeOf(s), OpenURL: link.Connector(s.ID, "")}
	w := whyOf(s, v)
	switch {
	case w == nil && s.Health.Status == workbench.StatusConnected && !s.Kind.Child():
		m.Said, m.Adds = "Microsoft confirmed the tenant. Add what comes in next; each asks for consent once.", addButtons(from, s.ID)
	case w == nil && s.Health.Status == workbench.StatusConnected:
		m.Said = "Microsoft answered, and nothing new is needed: the permissions cover all Defender products. Stories arrive by themselves."
		if s.Health.Empty {
			m.Said = "Microsoft answered, and nothing new is needed: the permissions cover all Defender products. " + emptyAnswer(s) + "."
		}
	case !s.Kind.Child() && s.Health.Status == workbench.StatusPending:
		m.Said = "Go on in the new browser tab: it leads to Microsoft. This panel changes by itself."
	case w != nil && s.Health.Status == workbench.StatusPending && s.NeedsConsent && s.Health.Reason != workbench.ReasonOwnershipMissing:
		m.Said = "Press Authorize: Microsoft asks an administrator of the tenant for the permissions below, in a new browser tab. This panel changes by itself."
	case w != nil:
		m.Said = w.What + " " + w.Mend
	}
	if in.CanEdit && (s.NeedsConsent || s.Health.Status != workbench.StatusConnected) && s.Health.Reason != workbench.ReasonParent {
		b := authorizeButton(s, "Authorize")
		b.Primary, b.About = s.Kind.Child(), workbench.Untrusted{}
		m.Button, m.Asks = &b, s.Kind.Child() && s.Health.Reason != workbench.ReasonOwnershipMissing
	}
	d := &Drawer{Title: "New Connector", From: from, CloseURL: link.ConnectorList(from), Made: m}
	if from == link.FromConfigured {
		d.Title = "New Integration"
	}
	return d
}

// describedBy names the element with hint and error of a field.
func (f TextField) describedBy() string { return "note-" + f.Name }
