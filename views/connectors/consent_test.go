package connectors_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"workbench"
	"workbench/views/connectors"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// visitor is the frame as a handler fills it for somebody who is signed in.
func visitor() layout.Props {
	return layout.Props{Account: "m.rossi", Integrations: true, Unwell: "3 connectors are not well", Notice: "Saved.", Problem: "Reading.", Return: "/consent?token=t", Display: ui.Display{Now: now}}
}

func aLink(made time.Duration) workbench.ConsentLink {
	return workbench.ConsentLink{ID: "l", Tenant: "5f0c0d0e-0000-4000-8000-00000000abcd", Name: "m.rossi", MadeAt: ago(made), Expires: workbench.At(ago(made).Add(workbench.ConsentLifetime))}
}

// Whoever is signed in, the pages of a consent link have nothing that asks for an account.
func TestGuestPagesNeedNoAccount(t *testing.T) {
	p := workbench.Connector{Kind: workbench.Microsoft365, Tenant: "5f0c"}
	pages := map[string]string{"invitation": render(t, connectors.InvitationPage(connectors.NewInvitation(connectors.InvitationInput{Layout: visitor(), Link: aLink(time.Hour), Connector: p, Token: "t"})))}
	for name, n := range map[string]connectors.ConsentNote{"closed": connectors.ClosedNote(visitor(), aLink(9*day)), "held": connectors.HeldNote(visitor(), "/consent?token=t"),
		"departing": connectors.DepartingNote(visitor(), "https://login.example/", nil, ago(0)), "waiting": connectors.DepartingNote(visitor(), "", &workbench.Fault{Reason: workbench.ReasonUnreachable}, ago(0)),
		"over": connectors.OverNote(visitor(), ""), "refused": connectors.RefusedNote(visitor(), &workbench.Fault{Reason: workbench.ReasonDeclined}, ""), "granted": connectors.GrantedNote(visitor(), p, workbench.Text("Contoso"))} {
		pages[name] = render(t, connectors.ConsentNotePage(n))
	}
	for name, page := range pages {
		for _, with := range []string{"m.rossi</bdi></strong>", link.Events(), link.SignOut(), link.Connectors("") + `"`, "not well", "Saved.", "Reading.", "data-live"} {
			if strings.Contains(page, with) {
				t.Errorf("%s: the page has %q", name, with)
			}
		}
		if !strings.Contains(page, `data-shell="visitor"`) {
			t.Errorf("%s: the page has the frame of an account", name)
		}
	}
}

// What is asked for follows from whose application it is: one that creates applications reads nothing.
func TestInvitationsSayWhatIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		connector    workbench.Connector
		want, absent []string
	}{
		{workbench.Connector{Kind: workbench.Microsoft365}, []string{"SecurityIncident.Read.All", "SecurityAlert.Read.All", "User.Read", "Nothing can be changed in the tenant"}, []string{"OwnedBy"}},
		{workbench.Connector{Kind: workbench.Microsoft365, Topology: workbench.SharedApp}, []string{"SecurityIncident.Read.All", "Nothing can be changed in the tenant"}, []string{"OwnedBy"}},
		{workbench.Connector{Kind: workbench.Microsoft365, Topology: workbench.ManagedApps}, []string{"Application.ReadWrite.OwnedBy", "User.Read", "can create applications and manage those that it created, and no others"},
			[]string{"SecurityIncident", "Nothing can be changed"}},
		{workbench.Connector{Kind: workbench.DefenderEndpoint, Registration: "r"}, []string{"SecurityIncident.Read.All", "Nothing can be changed in the tenant"}, []string{"OwnedBy"}},
	} {
		page := words(elements(t, render(t, connectors.InvitationPage(connectors.NewInvitation(connectors.InvitationInput{Layout: visitor(), Link: aLink(time.Hour), Entered: "contoso.example", Connector: c.connector}))), named("main"))[0])
		for _, want := range append(c.want, "m.rossi asks you", "contoso.example", "5f0c0d0e-0000-4000-8000-00000000abcd", "Global Administrator or Privileged Role Administrator", "An Application Administrator may not", "until 29 Nov 2026 11:00 UTC") {
			if !strings.Contains(page, want) {
				t.Errorf("%+v: %q is missing in %s", c.connector, want, page)
			}
		}
		for _, absent := range c.absent {
			if strings.Contains(page, absent) {
				t.Errorf("%+v: the page says %q", c.connector, absent)
			}
		}
	}
}

// Somebody without an account is never told to press what is not there.
func TestGuestsAreToldWhatTheyCanDo(t *testing.T) {
	for _, r := range connectors.Reasons {
		for _, n := range []connectors.ConsentNote{connectors.RefusedNote(visitor(), &workbench.Fault{Reason: r}, "/consent?token=t"), connectors.DepartingNote(visitor(), "", &workbench.Fault{Reason: r}, ago(0))} {
			text := words(elements(t, render(t, connectors.ConsentNotePage(n)), named("main"))[0])
			if n.Why == nil || n.Why.What == "" || n.Why.Mend == "" || !strings.Contains(text, n.Why.Mend) {
				t.Errorf("%s is not explained: %s", r, text)
			}
			if strings.Contains(text, "Authorize") || strings.Contains(text, "press Test") || strings.Contains(text, "--") {
				t.Errorf("%s: a guest is told %s", r, text)
			}
		}
	}
	for want, l := range map[string]workbench.ConsentLink{"This link does not work": {}, "The time of this link is over": aLink(8 * day)} {
		if got := connectors.ClosedNote(visitor(), l).Title; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	used := aLink(day)
	used.UsedAt, used.UsedBy = ago(time.Hour), workbench.Text("dana@contoso.example")
	if n := connectors.ClosedNote(visitor(), used); n.Title != "This link was used" || strings.Contains(strings.Join(n.Sentences, " "), "dana") {
		t.Errorf("of a used link strangers are told %q: %q", n.Title, n.Sentences)
	}
}

// The page of a connector says how its links stand; only one that is open can be withdrawn.
func TestLinksOfAConnector(t *testing.T) {
	s := tenant(connected)
	used := aLink(2 * day)
	used.UsedAt, used.UsedBy = ago(day), workbench.Text("dana@contoso.example")
	in := connectors.DetailInput{Layout: visitor(), Source: s, Family: []connectors.Source{s}, CanEdit: true, Links: []workbench.ConsentLink{aLink(time.Hour), used, aLink(8 * day)}}
	page := render(t, connectors.DetailPage(connectors.NewDetail(in)))
	rows := elements(t, page, func(n *html.Node) bool { class, _ := attribute(n, "class"); return class == "consent-link" })
	if len(rows) != 3 {
		t.Fatalf("got %d links", len(rows))
	}
	for i, want := range []string{"Open until 29 Nov 2026 11:00 UTC", "Used on 21 Nov 2026 12:00 UTC by dana@contoso.example", "Expired on 21 Nov 2026 12:00 UTC"} {
		got := words(rows[i])
		if !strings.HasPrefix(got, want) || strings.Contains(got, "Withdraw") != (i == 0) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	in.CanEdit = false
	if page := render(t, connectors.DetailPage(connectors.NewDetail(in))); strings.Contains(page, "consent-link") {
		t.Error("who may not edit sees the links")
	}
	child := endpoint(connected, workbench.Progress{})
	child.Parent = &workbench.Connector{ID: "p", Kind: workbench.Microsoft365, Topology: workbench.SharedApp}
	if page := render(t, connectors.DetailPage(connectors.NewDetail(connectors.DetailInput{Layout: visitor(), Source: child, CanEdit: true}))); strings.Contains(page, "Copy consent link") {
		t.Error("what stands under a shared app's connector has links of its own")
	}
}

// pressed are the labels and addresses of the buttons that mend a fault, Test left out.
func pressed(s connectors.Source) (labels, addresses []string) {
	for _, b := range connectors.Panels(input(s))[0].Whys[0].Buttons {
		if b.Label != "Test" {
			labels, addresses = append(labels, b.Label), append(addresses, b.URL)
		}
	}
	return labels, addresses
}

func TestMendsLeadToWhoHasTheApplication(t *testing.T) {
	unwell := func(r workbench.Reason) workbench.Health {
		return workbench.Health{Status: workbench.StatusError, Reason: r}
	}
	managed := func(r workbench.Reason) connectors.Source {
		s := endpoint(unwell(r), workbench.Progress{})
		s.Connector.Registration = "r"
		s.Registration = workbench.Registration{ID: "r", Manager: "m", ClientID: "c"}
		return s
	}
	shared := func(r workbench.Reason, opens bool) connectors.Source {
		s := tenant(unwell(r))
		s.Topology, s.Registration.ID, s.Registration.Name, s.OpensShared = workbench.SharedApp, "s1", "SOC", opens
		return s
	}
	for name, c := range map[string]struct {
		source    connectors.Source
		labels    []string
		addresses []string
	}{
		"own app": {tenant(unwell(workbench.ReasonCertificateExpired)), []string{"Make new certificate", "Use another certificate"}, []string{link.Connector("p", link.Certificate), connectors.CredentialURL("p")}},
		"managed": {managed(workbench.ReasonCertificateExpired), []string{"Replace the certificate by the parent", "Use another certificate"}, []string{link.Connector("c", link.Replace), connectors.CredentialURL("c")}},
		"shared": {shared(workbench.ReasonCertificateExpired, true), []string{"Make new certificate", "Use another certificate"},
			[]string{link.SharedApp("s1", link.Certificate), link.SharedApp("s1", "") + "#" + connectors.CredentialAnchor}},
		"shared, not the reader's": {shared(workbench.ReasonCertificateExpired, false), nil, nil},
		"ownership missing":        {managed(workbench.ReasonOwnershipMissing), []string{"Authorize the parent"}, []string{link.Connector("p", link.Authorize)}},
		"not the owner":            {managed(workbench.ReasonNotOwner), []string{"Delete it to add it again"}, []string{link.Connector("c", link.Delete)}},
		"application missing":      {managed(workbench.ReasonApplicationMissing), []string{"Delete it to add it again"}, []string{link.Connector("c", link.Delete)}},
		"application refused":      {managed(workbench.ReasonApplicationRefused), nil, nil},
		"single tenant":            {shared(workbench.ReasonSingleTenant, true), []string{"Open the shared app"}, []string{link.SharedApp("s1", "") + "#" + connectors.CredentialAnchor}},
		"single tenant, own":       {tenant(unwell(workbench.ReasonSingleTenant)), nil, nil},
	} {
		labels, addresses := pressed(c.source)
		if !slices.Equal(labels, c.labels) || !slices.Equal(addresses, c.addresses) {
			t.Errorf("%s: got %q to %q, want %q to %q", name, labels, addresses, c.labels, c.addresses)
		}
		for _, b := range connectors.Panels(input(c.source))[0].Whys[0].Buttons {
			if b.Primary && strings.HasPrefix(b.Label, "Delete") {
				t.Errorf("%s: deleting is what is pressed first", name)
			}
		}
	}
}

// Where the parent may not make applications yet, whoever adds a connector under it is led to the parent.
func TestMadeLeadsToTheParentThatLacksOwnership(t *testing.T) {
	s := endpoint(workbench.Health{Status: workbench.StatusPending, Reason: workbench.ReasonOwnershipMissing}, workbench.Progress{})
	s.Connector.Registration, s.NeedsConsent = "r", true
	m := connectors.NewMade(link.FromConnectors, s, input(s)).Made
	if m.Button == nil || m.Button.URL != link.Connector("p", link.Authorize) || m.Asks || !strings.Contains(m.Said, "Application.ReadWrite.OwnedBy") {
		t.Errorf("got %+v", m)
	}
}

// Before a connector is deleted its page says what is left at Microsoft, and how it is removed there.
func TestRemovalsSayWhatRemains(t *testing.T) {
	for want, in := range map[string]connectors.RemainsInput{
		"":                   {Tenant: "3ac1"},
		"az ad sp delete":    {Tenant: "3ac1", ClientID: "c-1", Shared: true},
		"az ad app delete":   {Tenant: "3ac1", ClientID: "c-1", Home: true},
		"The workbench del":  {Tenant: "3ac1", ClientID: "c-1", Home: true, Removes: true, Name: "Stories Workbench"},
		"thumbprint AB12":    {Tenant: "3ac1", ClientID: "c-1", Home: true, Certificate: "AB12"},
		"stay for the other": {Tenant: "3ac1", ClientID: "c-1", Home: true, Shared: true},
	} {
		s := tenant(connected)
		text := words(elements(t, render(t, connectors.RemovalPage(connectors.NewRemoval(connectors.DetailInput{Layout: visitor(), Source: s}, in))), named("main"))[0])
		if !strings.Contains(text, want) || !strings.Contains(text, "the same incidents belong to the same stories") || !strings.Contains(text, "so is the tenant: it can be connected anew") {
			t.Errorf("%+v: %q is missing in %s", in, want, text)
		}
		if nothing := strings.Contains(text, "leaves nothing of its own at Microsoft"); nothing != (in.ClientID == "") || strings.Contains(text, "az ad sp delete --id c-1") == nothing || strings.Contains(text, "az login --allow-no-subscriptions --tenant 3ac1") == nothing {
			t.Errorf("%+v: the page says %s", in, text)
		}
		if in.Shared && strings.Contains(text, "az ad app delete") {
			t.Errorf("an app that others use is to be deleted: %s", text)
		}
	}
}
