package connectors

import (
	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
)

// Removal asks before a connector is deleted.
type Removal struct {
	Layout   layout.Props
	Name     workbench.Untrusted
	App      string
	Child    bool
	Children []Row
	URL      string
	KeepURL  string
	Remains  *Remains // nil where it leaves nothing at Microsoft
}

// Remains is what a connector leaves behind at Microsoft.
type Remains struct {
	Client      workbench.Untrusted // application (client) id
	Name        workbench.Untrusted // of the application, where the workbench gave it
	Tenant      workbench.Untrusted // id
	Home        bool                // the app registration itself is there
	Shared      bool                // others still sign in with it
	Removes     bool                // the workbench removes it by itself
	Certificate workbench.Untrusted // thumbprint of the certificate in use
	Portal      string
	Commands    []workbench.Untrusted // of the Azure CLI
}

// RemainsInput says what a connector would leave behind.
type RemainsInput struct {
	Tenant      workbench.TenantID
	ClientID    string // "" = nothing
	Name        string
	Home        bool
	Shared      bool
	Removes     bool
	Certificate string
}

func newRemains(in RemainsInput) *Remains {
	if in.ClientID == "" {
		return nil
	}
	r := &Remains{Client: workbench.Text(in.ClientID), Name: workbench.Text(in.Name), Tenant: in.Tenant.Text(), Home: in.Home, Shared: in.Shared, Removes: in.Removes, Certificate: workbench.Text(in.Certificate)}
	command := func(text string) { r.Commands = append(r.Commands, workbench.Text(text)) }
	command("az login --allow-no-subscriptions --tenant " + string(in.Tenant))
	r.Portal = "Microsoft Entra admin center → Enterprise applications → the application → Properties → Delete"
	command("az ad sp delete --id " + in.ClientID)
	if in.Home && !in.Shared {
		r.Portal = "Microsoft Entra admin center → App registrations → All applications → the application → Delete. That takes its enterprise application away as well"
		command("az ad app delete --id " + in.ClientID)
	}
	return r
}

// NewRemoval makes the page.
func NewRemoval(in DetailInput, remains RemainsInput) Removal {
	s := in.Source
	in.Layout.Title, in.Layout.Section = "Delete "+s.Name, layout.SectionConnectors
	r := Removal{Layout: in.Layout, Name: workbench.Text(s.Name), App: s.Kind.Label(), Child: s.Kind.Child(), URL: link.Connector(s.ID, link.Delete), KeepURL: link.Connector(s.ID, ""), Remains: newRemains(remains)}
	if !s.Kind.Child() {
		for _, o := range in.Family {
			if o.Kind.Child() {
				r.Children = append(r.Children, newRow(o, viewer{display: in.Layout.Display}))
			}
		}
	}
	return r
}
