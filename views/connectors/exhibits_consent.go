package connectors

import (
	"strings"
	"time"

	"workbench"
	"workbench/views/link"
	"workbench/views/ui"
)

const hostileText = `"><script>alert(1)</script> ` + "\u202Emoc.live"

// managing is a parent with managed apps, with a child that has its own.
func managing() []Source {
	list := contoso()[:2]
	list[0].Topology, list[0].Cloud, list[0].Children = workbench.ManagedApps, "usgov", 1
	up := list[0].Connector
	list[1].Parent, list[1].Connector.Registration = &up, "r-child"
	list[1].Registration = workbench.Registration{ID: "r-child", Manager: "r-contoso", ClientID: "7a0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f", ObjectID: "e3b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50",
		Credentials: []workbench.Credential{certificate(workbench.CredentialActive, 9*day)}}
	return list
}

// sharing is a parent that signs in with a shared app, and waits to be confirmed.
func sharing() []Source {
	p := northwind()[0]
	p.Topology, p.Children, p.TenantName, p.Tenant = workbench.SharedApp, 0, workbench.Text("Northwind <b>"), "5f0c0d0e-0000-4000-8000-00000000abcd"
	p.ConsentedAt, p.ConsentedBy = at(time.Hour), workbench.Text(hostileText+"@northwind.example")
	p.Registration = sharedApp().Registration
	p.OpensShared = true
	return []Source{p}
}

// remaining is what a connector of the exhibits would leave behind.
func remaining(s Source) RemainsInput {
	if s.Kind.Child() && !s.managed() {
		return RemainsInput{Tenant: s.Tenant}
	}
	return RemainsInput{Tenant: s.Tenant, ClientID: s.Registration.ClientID, Home: s.Registration.Name == "", Shared: s.Registration.Name != "", Removes: s.managed(), Name: "Stories Workbench · " + s.Kind.Label(), Certificate: "0A1B2C3D"}
}

func consentLink(name string, made time.Duration) workbench.ConsentLink {
	return workbench.ConsentLink{ID: name, Connector: "northwind", Tenant: "5f0c0d0e-0000-4000-8000-00000000abcd", Name: "m.rossi " + hostileText, MadeAt: at(made), Expires: workbench.At(at(made).Add(workbench.ConsentLifetime))}
}

func consentExhibits() []ui.Exhibit {
	var out []ui.Exhibit
	managed, shared := managing(), sharing()
	detail := func(name string, in DetailInput) {
		in.Layout = frame()
		out = append(out, ui.Exhibit{Name: "connectors/one/" + name, Component: detailInner(NewDetail(in)), Page: true})
	}
	used := consentLink("used", 9*day)
	used.UsedAt, used.UsedBy = at(8*day), workbench.Text(hostileText)
	detail("managed parent", DetailInput{Source: managed[0], Family: managed, CanEdit: true, Cloud: "GCC High"})
	detail("managed child", DetailInput{Source: managed[1], Family: managed, CanEdit: true, Cloud: "GCC High"})
	detail("shared, to be confirmed", DetailInput{Source: shared[0], Family: shared, CanEdit: true, Cloud: "Global", HomeName: workbench.Text("Contoso SOC"),
		Shared: &SharedUse{Name: workbench.Text(shared[0].Registration.Name), URL: link.SharedApp("s1", ""), Users: 41},
		Links:  []workbench.ConsentLink{consentLink("open", day), used, consentLink("over", 20*day)}, Fresh: &FreshLink{Address: "https://workbench.example/consent?token=secret", Until: "29 Nov 2026 12:00 UTC"}})
	detail("shared, read only", DetailInput{Source: shared[0], Family: shared})
	out = append(out, ui.Exhibit{Name: "connectors/delete/managed child", Component: removalInner(NewRemoval(DetailInput{Layout: frame(), Source: managed[1], Family: managed}, remaining(managed[1]))), Page: true},
		ui.Exhibit{Name: "connectors/delete/shared", Component: removalInner(NewRemoval(DetailInput{Layout: frame(), Source: shared[0], Family: shared}, remaining(shared[0]))), Page: true})
	for _, c := range []workbench.Connector{shared[0].Connector, managed[0].Connector} {
		i := NewInvitation(InvitationInput{Layout: frame(), Link: consentLink("open", day), Address: "https://workbench.example", Entered: "northwind.example", TenantName: workbench.Text(hostileText + strings.Repeat("x", 300)), Connector: c, Token: "secret"})
		d := NewDeparture(DepartureInput{Layout: frame(), Connector: c, URL: "https://login.example/adminconsent", Expires: at(-9 * time.Minute)})
		out = append(out, ui.Exhibit{Name: "connectors/consent/" + string(c.Topology), Component: invitationInner(i), Page: true},
			ui.Exhibit{Name: "connectors/departure/" + string(c.Topology), Component: departureInner(d), Page: true})
	}
	note := func(name string, n ConsentNote) {
		out = append(out, ui.Exhibit{Name: "connectors/consent/" + name, Component: consentNoteInner(n), Page: true})
	}
	fault := func(r workbench.Reason) *workbench.Fault {
		return &workbench.Fault{Reason: r, Detail: workbench.Text("AADSTS1: " + hostileText), Trace: workbench.Text("1-2-3")}
	}
	note("unknown", ClosedNote(frame(), workbench.ConsentLink{}))
	note("used", ClosedNote(frame(), used))
	note("expired", ClosedNote(frame(), consentLink("over", 20*day)))
	note("held", HeldNote(frame(), link.Consent("secret")))
	note("departing", DepartingNote(frame(), "https://login.example/adminconsent", nil, at(-time.Minute)))
	note("waiting", DepartingNote(frame(), "", fault(workbench.ReasonCertificateUnknown), at(-time.Minute)))
	note("over", OverNote(frame(), link.Consent("secret")))
	note("refused", RefusedNote(frame(), fault(workbench.ReasonNotAdministrator), link.Consent("secret")))
	note("granted", GrantedNote(frame(), shared[0].Connector, workbench.Text(hostileText)))
	return out
}
