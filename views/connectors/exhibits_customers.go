package connectors

import (
	"strings"
	"time"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

// customerExhibits shows many tenants in a table, and the pages of an import.
func customerExhibits() []ui.Exhibit {
	many := Input{Layout: frame(), From: link.FromConnectors, CanEdit: true, SeesAll: true, Clouds: choices().Clouds}
	for i, f := range thirty() {
		switch i {
		case 3:
			f[0].Topology, f[0].ConsentedAt, f[0].Products = workbench.SharedApp, f[0].CreatedAt, []workbench.ConnectorKind{workbench.DefenderEndpoint}
		case 4:
			f[0].Cloud, f[0].Testing = "usgov", true
		case 5:
			f[0].TenantName = workbench.Text("<b>Fabrikam</b> \u202Emoc.live " + strings.Repeat("x", 200))
		}
		many.Sources = append(many.Sources, f...)
	}
	var out []ui.Exhibit
	page := func(name string, q Query) {
		in := many
		in.Query = q
		out = append(out, ui.Exhibit{Name: "connectors/tenants/" + name, Component: inner(NewList(in)), Page: true})
	}
	page("all", Query{})
	page("narrowed", Query{Search: "a", Status: "connected", Sort: "-tenant"})
	page("none fits", Query{Search: "nowhere", Status: "off"})
	form := func(name string, in CustomersInput) {
		in.Layout = frame()
		out = append(out, ui.Exhibit{Name: "connectors/customers/" + name, Component: customersInner(NewCustomers(in)), Page: true})
	}
	hostile := workbench.Text(`"><script>alert(1)</script> ` + "\u202Emoc.live")
	form("no shared app", CustomersInput{})
	form("new", CustomersInput{Shared: choices().Shared, Products: workbench.ConnectorKinds[1:3]})
	form("refused", CustomersInput{Shared: choices().Shared, List: `</textarea><script>alert(1)</script>`, Days: "400", Errors: map[string]string{FieldBackfillDays: "Choose between 1 and 180 days.", FieldList: "There is no customer in the list.",
		FieldShared: "Choose the app that these tenants share.", FieldProducts: "Choose each product once."}})
	form("checked", CustomersInput{Shared: choices().Shared, List: "name,tenant\nFabrikam,fabrikam.example", Checked: true,
		Found:    []CustomerRow{{Line: 2, Name: workbench.Text("Fabrikam"), Tenant: workbench.Text("fabrikam.example")}, {Line: 5, Name: hostile, Tenant: hostile, Products: []workbench.ConnectorKind{workbench.DefenderOther}, Days: 90}},
		Mistakes: []CustomerRow{{Line: 3, Problem: workbench.Text("Its name is that of line 2.")}, {Line: 4, Problem: hostile}}})
	until := workbench.At(frame().Display.Now.Add(7 * 24 * time.Hour))
	done := ImportedInput{Layout: frame(), Rows: []CustomerRow{
		{Line: 2, Name: workbench.Text("Fabrikam"), Tenant: workbench.Text("fabrikam.example"), Connector: "fabrikam", New: true, Link: "https://workbench.example/consent?token=aaaa", Expires: until},
		{Line: 3, Name: workbench.Text("Contoso"), Tenant: workbench.Text("contoso.example"), Connector: "contoso", Note: "It is here already, and authorised."},
		{Line: 4, Name: hostile, Tenant: hostile, Problem: hostile},
	}}
	return append(out, ui.Exhibit{Name: "connectors/customers/imported", Component: importedInner(NewImported(done)), Page: true})
}
