package connectors

import (
	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// List is one of the three pages that list connectors: Connectors Settings, Integrated Apps, Configured Integrations.
type List struct {
	Layout  layout.Props
	From    string
	Title   string
	Tabs    []ui.Tab
	Panels  []Panel // Connectors Settings
	Rows    []Row   // the tabs of Integrations
	NewURL  string  // "" = the account may not
	Empty   Empty
	Drawer  *Drawer
	Self    string // address of the list, which gives its region alone where that is asked for
	Changes string // Connectors Settings: address that gives the list where other connectors stand in it than here, and nothing else
	CanEdit bool
	Table   *Table // Connectors Settings, instead of panels: many tenants, or those that are searched for
	Import  string // address of the page on which a list of tenants is imported; "" = the reader may not
	Paging
}

// Empty is what stands where nothing is connected.
type Empty struct {
	Title, Why string
	Portal     string // address of the simulated Microsoft of a demonstration
	ParentURL  string // where a Microsoft 365 connector is made
}

// NewList makes a page.
func NewList(in Input) List {
	in.From = known(in.From)
	l := List{Layout: in.Layout, From: in.From, Drawer: in.Drawer, Self: link.ConnectorList(in.From), CanEdit: in.CanEdit}
	apps, configured := len(in.Sources), 0
	for _, s := range in.Sources {
		if s.Kind.Child() {
			configured++
		}
	}
	if in.CanEdit {
		l.NewURL = link.NewConnector(in.From, "")
	}
	l.Empty = Empty{Title: "Nothing is connected yet", Why: "Connect a Microsoft 365 tenant first: press New, then Authorize and Save. Defender for Endpoint and Defender for Office 365 go under it, and stories arrive by themselves."}
	switch in.From {
	case link.FromApps, link.FromConfigured:
		l.Title, l.Layout.Section = "Integrations", layout.SectionIntegrations
		l.Tabs = []ui.Tab{
			{Label: "Integrated Apps", URL: link.Integrations(), Count: apps, Current: in.From == link.FromApps},
			{Label: "Configured Integrations", URL: link.Configured(), Count: configured, Current: in.From == link.FromConfigured},
		}
		var page int
		in.Sources, l.Paging, page = paged(in)
		l.Self = link.ConnectorPage(in.From, page)
		for _, s := range in.Sources {
			if in.From == link.FromApps || s.Kind.Child() {
				l.Rows = append(l.Rows, newRow(s, in.viewer()))
			}
		}
		if in.From == link.FromConfigured {
			l.Empty = Empty{Title: "No integration is configured yet", Why: "Create the MS Tenant on the tab Integrated Apps first. Then press New here, choose Microsoft Defender for Office 365, and the tenant under Auth."}
		}
	default:
		l.Title, l.Layout.Section = "Connectors Settings", layout.SectionConnectors
		l.Tabs = []ui.Tab{{Label: "Connectors Settings", URL: link.Connectors(""), Count: apps, Current: true}}
		if in.SeesAll {
			l.Tabs = append(l.Tabs, ui.Tab{Label: "Shared apps", URL: link.SharedApps(), Count: -1})
		}
		if in.CanEdit {
			l.Tabs = append(l.Tabs, ui.Tab{Label: "Set up in Microsoft Entra", URL: link.SetUp(), Count: -1})
		}
		if in.CanEdit && in.SeesAll {
			l.Import = link.Customers()
		}
		if apps > 0 && (Many(in.Sources) || in.Query.narrows()) {
			t := NewTable(in)
			l.Table, l.Paging = &t, t.Paging
		} else {
			l.Panels = Panels(in)
		}
		l.Changes = link.ConnectorChanges(Known(in.Sources), in.Query.Values())
	}
	if in.CanEdit {
		l.Empty.Portal, l.Empty.ParentURL = in.Portal, link.NewConnector(in.From, workbench.Microsoft365)
		if in.From == link.FromConfigured {
			l.Empty.ParentURL = link.NewConnector(link.FromApps, workbench.Microsoft365)
		}
	} else {
		l.Empty.Why = "Whoever has Edit on Integrations can connect a Microsoft 365 tenant here. Your account sees what is connected and how it is."
	}
	l.Layout.Title = l.Title
	return l
}

// Known is a short name for the connectors that stand in a list, whatever their states.
func Known(sources []Source) string {
	var ids []string
	for _, s := range sources {
		ids = append(ids, string(s.ID))
	}
	return workbench.NewID(ids...)
}

// none reports whether there is nothing to list.
func (l List) none() bool { return len(l.Panels) == 0 && len(l.Rows) == 0 && l.Table == nil }

// Permission is one that Microsoft will ask for.
type Permission struct {
	Name  string // as it stands in Microsoft Entra
	Words string // as Microsoft's screen says it
	Kind  string // application or delegated
}

// Permissions are all that the workbench asks for, of every kind of connector.
var Permissions = []Permission{
	{"SecurityIncident.Read.All", "Read all security incidents", "application"},
	{"SecurityAlert.Read.All", "Read all security alerts", "application"},
	{"User.Read", "Sign in and read user profile", "delegated"},
	{"openid", "Sign users in", "delegated"},
	{"profile", "View users' basic profile", "delegated"},
}

// kindLabel is what a kind is called in the choice of a new connector: the two pages call the parent by different names.
func kindLabel(k workbench.ConnectorKind, from string) string {
	if k == workbench.Microsoft365 && from != link.FromConnectors {
		return "MS Tenant (Configure a new MS Tenant)"
	}
	return k.Label()
}

func (p Permission) text() workbench.Untrusted { return workbench.Text(p.Name) }

// known is the list that a page is entered from, Connectors Settings where the address names none.
func known(from string) string {
	if from == link.FromApps || from == link.FromConfigured {
		return from
	}
	return link.FromConnectors
}
