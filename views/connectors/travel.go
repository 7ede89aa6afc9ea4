package connectors

import (
	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// Offered is a certificate that Microsoft does not know yet, as a person uploads it.
type Offered struct {
	File         string // address of its public part
	SHA1, SHA256 workbench.Untrusted
}

func newOffered(id workbench.ConnectorID, c workbench.Credential) *Offered {
	if len(c.Certificate) == 0 {
		return nil
	}
	return &Offered{File: link.CertificateFile(id), SHA1: workbench.Text(c.SHA1()), SHA256: workbench.Text(c.SHA256())}
}

// Departure is the page between the workbench and Microsoft.
type Departure struct {
	Layout     layout.Props
	Name       workbench.Untrusted
	Tenant     workbench.Untrusted
	SignIn     bool    // alone; else consent is asked for
	Then       bool    // after consent the browser goes on to sign in
	Grants     []Grant // where they are not the usual ones
	URL        string  // where to go; "" while Microsoft does not accept the certificate yet
	Over       bool    // the way was used or took too long
	Title      string
	Offered    *Offered
	Upload     *Offered // the same, where uploading it is what is waited for
	Why        *Why
	Until      string
	Again      Button
	ConnectURL string
}

// DepartureInput is what the page is made from.
type DepartureInput struct {
	Layout    layout.Props
	Connector workbench.Connector
	URL       string
	Over      bool
	Waiting   *workbench.Fault
	Offered   workbench.Credential
	Expires   workbench.Time
}

// NewDeparture makes the page.
func NewDeparture(in DepartureInput) Departure {
	in.Layout.Section = layout.SectionConnectors
	c := in.Connector
	d := Departure{Layout: in.Layout, Name: workbench.Text(c.Name), Tenant: workbench.Text(c.Entered).Or(c.Tenant.Text()), SignIn: !c.Kind.Child() && c.Topology == workbench.OwnApp, URL: in.URL, Over: in.Over, ConnectURL: link.Connector(c.ID, "")}
	d.Again = Button{Label: "Authorize", URL: link.Connector(c.ID, link.Authorize), Post: true, Primary: true}
	owner := c.ID
	if c.Kind.Child() && c.Registration == "" {
		owner = c.Parent
	}
	d.Offered, d.Then = newOffered(owner, in.Offered), !c.Kind.Child() && !d.SignIn
	if makes(c) {
		d.Grants = makeGrants
	}
	if in.Over {
		d.Title = "Press Authorize again"
		d.Layout.Title = d.Title
		return d
	}
	if d.Title = "Continuing to Microsoft"; in.URL == "" {
		d.Title = "Not on the way to Microsoft yet"
		if in.Waiting != nil && in.Waiting.Reason == workbench.ReasonCertificateUnknown {
			d.Title = "Microsoft does not know the certificate yet"
			if d.Upload = d.Offered; c.Kind.Child() && c.Registration != "" {
				d.Upload, d.Offered = nil, nil // the parent gave it to Microsoft
			}
		}
	}
	d.Layout.Title = d.Title
	d.Until = minute(in.Expires, in.Layout.Display)
	if in.Waiting != nil {
		d.Why = &Why{ID: "said", Tone: "medium", Detail: in.Waiting.Detail, Trace: in.Waiting.Trace}
		d.Why.What, d.Why.Mend = in.Waiting.Reason.Explain()
	}
	return d
}

// Arrival is the page on which a browser ends that comes back from Microsoft.
type Arrival struct {
	Layout   layout.Props
	Title    string
	Good     bool
	Name     workbench.Untrusted
	Who      workbench.Untrusted // user name of who authorised, from the signed answer
	Tenant   workbench.Untrusted
	Badge    *Badge
	Sentence string
	Why      *Why
	Again    *Button
	NextURL  string // the list
	ChildURL string // where a child is added, after a parent was authorised
}

// ArrivalInput is what the page is made from. A zero Source is an answer that belongs to nothing here.
type ArrivalInput struct {
	Layout layout.Props
	Source Source
	Fault  *workbench.Fault
	Wrong  string // a sentence of ours where the answer belongs to nothing here
}

// NewArrival makes the page.
func NewArrival(in ArrivalInput) Arrival {
	s := in.Source
	in.Layout.Section = layout.SectionConnectors
	a := Arrival{Layout: in.Layout, Name: workbench.Text(s.Name), NextURL: link.Connectors("")}
	switch {
	case in.Wrong != "":
		a.Title, a.Sentence = "Nothing was changed", in.Wrong
	case in.Fault != nil:
		a.Title = "Permissions were not applied"
		a.Why = &Why{ID: "said", Tone: "high", Detail: in.Fault.Detail, Trace: in.Fault.Trace}
		a.Why.What, a.Why.Mend = in.Fault.Reason.Explain()
		again := Button{Label: "Authorize again", URL: link.Connector(s.ID, link.Authorize), Post: true, Primary: true}
		a.Again = &again
	default:
		a.Title, a.Good = "Permissions were applied", true
		a.Sentence = "You can close this tab and return to the workbench."
		badge := badgeOf(s)
		a.Badge = &badge
		if badge == badgePending {
			a.Sentence = "Microsoft can take some minutes until it knows. The workbench looks again by itself. You can close this tab and return to the workbench."
		}
		if !s.Kind.Child() {
			a.Who, a.Tenant, a.ChildURL = s.AuthorizedBy, s.tenant(), link.NewConnector(link.FromConnectors, workbench.DefenderEndpoint)
		}
		if w := whyOf(s, viewer{display: in.Layout.Display}); w != nil && badge != badgePending {
			a.Why = w
		}
	}
	a.Layout.Title = a.Title
	return a
}

// SetUp is the page that tells how to register the application.
type SetUp struct {
	Layout      layout.Props
	Tabs        []ui.Tab
	RedirectURI workbench.Untrusted
	NewURL      string
	Scripts     Scripts
}

// NewSetUp makes the page, with the usual script.
func NewSetUp(p layout.Props, redirectURI string) SetUp {
	p.Title, p.Section = "Set up in Microsoft Entra", layout.SectionConnectors
	tabs := []ui.Tab{{Label: "Connectors Settings", URL: link.Connectors(""), Count: -1}, {Label: "Set up in Microsoft Entra", URL: link.SetUp(), Count: -1, Current: true}}
	return SetUp{Layout: p, Tabs: tabs, RedirectURI: workbench.Text(redirectURI), NewURL: link.NewConnector(link.FromConnectors, workbench.Microsoft365), Scripts: NewScripts(ReadScriptChoice(nil), redirectURI, nil)}
}
