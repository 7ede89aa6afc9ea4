package connectors

import (
	"strconv"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// SharedSource is all that is known of an app that several tenants share.
type SharedSource struct {
	workbench.Registration
	HomeName workbench.Untrusted
	Cloud    string           // its label
	Refusal  *workbench.Fault // why Microsoft does not accept what is on offer
	Users    int
}

// SharedList is the page of the apps that several tenants share.
type SharedList struct {
	Layout layout.Props
	Tabs   []ui.Tab
	Rows   []SharedRow
	NewURL string // "" = the account may not
}

// SharedRow is one of them.
type SharedRow struct {
	URL   string
	Name  workbench.Untrusted
	Cloud string
	Home  workbench.Untrusted
	Users string
	Ends  Line
	Badge Badge
}

// NewSharedList makes the page.
func NewSharedList(p layout.Props, apps []SharedSource, canEdit bool) SharedList {
	p.Title, p.Section = "Shared apps", layout.SectionConnectors
	l := SharedList{Layout: p, Tabs: sharedTabs(canEdit)}
	if canEdit {
		l.NewURL = link.NewSharedApp()
	}
	for _, a := range apps {
		l.Rows = append(l.Rows, SharedRow{URL: link.SharedApp(a.ID, ""), Name: workbench.Text(a.Name), Cloud: a.Cloud, Home: a.HomeName.Or(a.Tenant.Text()),
			Users: many(a.Users, "connector", "connectors"), Ends: credentialLine(a.Registration, p.Display), Badge: sharedBadge(a)})
	}
	return l
}

func sharedTabs(canEdit bool) []ui.Tab {
	tabs := []ui.Tab{{Label: "Connectors Settings", URL: link.Connectors(""), Count: -1}, {Label: "Shared apps", URL: link.SharedApps(), Count: -1, Current: true}}
	if canEdit {
		tabs = append(tabs, ui.Tab{Label: "Set up in Microsoft Entra", URL: link.SetUp(), Count: -1})
	}
	return tabs
}

// sharedBadge is how a shared app is: whether Microsoft accepts what it signs in with.
func sharedBadge(a SharedSource) Badge {
	_, active := a.Active()
	switch {
	case a.Renewal.Reason != "":
		return Badge{badgeError.Tone, badgeError.Shape, "Renewal failed"}
	case !active && a.Refusal != nil && a.Refusal.Reason != workbench.ReasonCertificateUnknown:
		return Badge{badgeError.Tone, badgeError.Shape, badgeError.Label}
	case !active:
		return Badge{badgePending.Tone, badgePending.Shape, "Waits for its certificate"}
	}
	return Badge{badgeConnected.Tone, badgeConnected.Shape, "Accepted by Microsoft"}
}

// SharedForm is the form of a shared app, new or changed.
type SharedForm struct {
	Layout   layout.Props
	URL      string
	Revision string // "" = it is new
	Name     TextField
	Home     TextField
	Cloud    ChoiceField
	Client   TextField
	Object   TextField
	Credential
	Conflict bool
	Other    []string
	Problems []Problem
}

// NewSharedForm makes the form of a new one, with what was typed before.
func NewSharedForm(p layout.Props, may Choices, typed Typed) SharedForm {
	p.Title, p.Section = "New shared app", layout.SectionConnectors
	f := sharedForm(p, typed)
	f.URL = link.SharedApps()
	f.Home = TextField{Name: FieldTenant, Label: "Home tenant, id or domain", Value: typed.Values[FieldTenant], Error: typed.Errors[FieldTenant], Hint: "The tenant that holds the app registration: your own."}
	f.Cloud, f.Credential = newCloudField(may, typed), newCredential(typed)
	f.told(typed, f.Name, f.Home, TextField{Name: FieldCloud, Label: f.Cloud.Label, Error: f.Cloud.Error}, f.Client, f.Object, f.Certificate, f.Secret, f.SecretEnd)
	return f
}

func sharedForm(p layout.Props, typed Typed) SharedForm {
	field := func(name, label, hint string) TextField {
		return TextField{Name: name, Label: label, Value: typed.Values[name], Hint: hint, Error: typed.Errors[name]}
	}
	return SharedForm{Layout: p, Name: field(FieldName, "Name", "As people here call the app, at most 64 characters."),
		Client: field(FieldClientID, "Application (client) id", "Of the app registration, on its Overview in Microsoft Entra."),
		Object: field(FieldObjectID, "Object id", "Of the same app registration, not of the enterprise application. The renewal of the certificate needs it.")}
}

// told sorts what is wrong: beside its field, or above all.
func (f *SharedForm) told(typed Typed, fields ...TextField) {
	shown := map[string]bool{}
	for _, field := range fields {
		shown[field.Name] = true
		if field.Error != "" {
			f.Problems = append(f.Problems, Problem{"field-" + field.Name, field.Label, field.Error})
		}
	}
	for _, name := range sortedNames(typed.Errors) {
		if !shown[name] {
			f.Other = append(f.Other, typed.Errors[name])
		}
	}
}

// SharedDetail is the page of one shared app.
type SharedDetail struct {
	Layout       layout.Props
	Tabs         []ui.Tab
	Name         workbench.Untrusted
	Badge        Badge
	Whys         []Why
	Facts        []ui.Fact
	Offered      *Offered
	Certificates []CertificateRow
	Users        []Row
	UsersRest    int
	Test         *Button
	Form         *SharedForm
	Credential   *CredentialForm
	DeleteURL    string
}

// SharedInput is what the page of one is made from.
type SharedInput struct {
	Layout   layout.Props
	App      SharedSource
	Using    []Source // the connectors that sign in with it
	CanEdit  bool
	Edited   *Typed // the form of changes came back
	Conflict bool   // because somebody else saved first
	Brought  *Typed // the form of credentials came back
}

// maxUsing is how many of the connectors that use an app its page lists.
const maxUsing = 50

// NewSharedDetail makes the page.
func NewSharedDetail(in SharedInput) SharedDetail {
	a, display := in.App, in.Layout.Display
	in.Layout.Title, in.Layout.Section = a.Name, layout.SectionConnectors
	d := SharedDetail{Layout: in.Layout, Tabs: sharedTabs(in.CanEdit), Name: workbench.Text(a.Name), Badge: sharedBadge(a), Whys: sharedWhys(a, display), Facts: sharedFacts(a, display),
		Certificates: certificateRows(a.Registration, display), UsersRest: max(len(in.Using)-maxUsing, 0)}
	if c, ok := a.Offered(); ok {
		if d.Offered = newOffered("", c); d.Offered != nil {
			d.Offered.File = link.SharedCertificateFile(a.ID)
		}
	}
	for _, s := range in.Using[:min(len(in.Using), maxUsing)] {
		d.Users = append(d.Users, newRow(s, viewer{display: display}))
	}
	if !in.CanEdit {
		return d
	}
	d.Test = &Button{Label: "Test", URL: link.SharedApp(a.ID, link.TestNow), Post: true}
	d.Credential = newCredentialForm(link.SharedApp(a.ID, link.Credential), link.SharedApp(a.ID, link.Certificate), in.Brought)
	d.DeleteURL = link.SharedApp(a.ID, link.Delete)
	typed := Typed{Values: map[string]string{FieldName: a.Name, FieldClientID: a.ClientID, FieldObjectID: a.ObjectID}}
	if in.Edited != nil {
		typed = *in.Edited
	}
	f := sharedForm(in.Layout, typed)
	f.URL, f.Revision, f.Conflict = link.SharedApp(a.ID, ""), strconv.Itoa(a.Revision), in.Conflict
	f.told(typed, f.Name, f.Client, f.Object)
	d.Form = &f
	return d
}

func sharedWhys(a SharedSource, d ui.Display) []Why {
	var list []Why
	if a.Refusal != nil {
		w := Why{ID: "said-refusal", Tone: "medium", Detail: a.Refusal.Detail, Trace: a.Refusal.Trace}
		w.What, w.Mend = a.Refusal.Reason.Explain()
		list = append(list, w)
	}
	if r := a.Renewal; r.Reason != "" && (a.Refusal == nil || a.Refusal.Reason != r.Reason) {
		w := Why{ID: "said-renewal", Tone: "high", Detail: r.Detail, Trace: r.Trace}
		w.What, w.Mend = r.Reason.Explain()
		w.What = "The certificate could not be renewed. " + w.What
		if !r.TriedAt.IsZero() {
			w.Since = "Last tried " + minute(r.TriedAt, d)
		}
		list = append(list, w)
	}
	return list
}

func sharedFacts(a SharedSource, d ui.Display) []ui.Fact {
	var out []ui.Fact
	if !a.HomeName.IsZero() {
		out = append(out, ui.Fact{Label: "Home tenant", Value: ui.Text(a.HomeName)})
	}
	return append(out, ui.Fact{Label: "Id of its home tenant", Value: ui.Code(a.Tenant.Text())}, ui.Fact{Label: "Cloud", Value: ui.Text(workbench.Text(a.Cloud))},
		ui.Fact{Label: "Application (client) id", Value: ui.Code(workbench.Text(a.ClientID))}, ui.Fact{Label: "Object id", Value: ui.Code(workbench.Text(a.ObjectID))},
		ui.Fact{Label: "Signs in with", Value: ui.Text(workbench.Text(credentialLine(a.Registration, d).Words))}, ui.Fact{Label: "Used by", Value: ui.Text(workbench.Text(many(a.Users, "connector", "connectors")))})
}

// SharedRemoval asks before a shared app is deleted.
type SharedRemoval struct {
	Layout       layout.Props
	Name         workbench.Untrusted
	Users        string // that keep it from being deleted; "" = none
	URL, KeepURL string
	Client       workbench.Untrusted
	Command      workbench.Untrusted
}

// NewSharedRemoval makes the page.
func NewSharedRemoval(p layout.Props, a SharedSource) SharedRemoval {
	p.Title, p.Section = "Delete "+a.Name, layout.SectionConnectors
	r := SharedRemoval{Layout: p, Name: workbench.Text(a.Name), URL: link.SharedApp(a.ID, link.Delete), KeepURL: link.SharedApp(a.ID, ""), Client: workbench.Text(a.ClientID), Command: workbench.Text("az ad app delete --id " + a.ClientID)}
	if a.Users > 0 {
		r.Users = many(a.Users, "connector", "connectors")
	}
	return r
}
