package connectors

import (
	"strconv"
	"strings"
	"time"

	"workbench"
	"workbench/views/layout"
	"workbench/views/link"
	"workbench/views/ui"
)

// Exhibits shows every page and panel of connectors in every state.
func Exhibits() []ui.Exhibit {
	var out []ui.Exhibit
	page := func(name string, in Input) {
		out = append(out, ui.Exhibit{Name: "connectors/" + name, Component: inner(NewList(in)), Page: true})
	}
	all := func(from string, canEdit bool, families ...[]Source) Input {
		in := Input{Layout: frame(), From: from, CanEdit: canEdit}
		for _, f := range families {
			in.Sources = append(in.Sources, f...)
		}
		return in
	}
	good, bad, pending := contoso(), fabrikam(), northwind()
	page("settings/all", all(link.FromConnectors, true, good, bad, pending))
	page("settings/read only", all(link.FromConnectors, false, good, bad, pending))
	page("settings/empty", all(link.FromConnectors, true))
	page("settings/empty, read only", all(link.FromConnectors, false))
	page("settings/many tenants", all(link.FromConnectors, true, thirty()...))
	page("settings/no product yet", all(link.FromConnectors, true, barren()))
	page("settings/certificate to upload", all(link.FromConnectors, true, uploading()))
	page("settings/roles missing", all(link.FromConnectors, true, rolesMissing()))
	demo := all(link.FromConnectors, true)
	demo.Portal = "http://localhost:8081/portal/"
	page("settings/empty, demonstration", demo)
	page("settings/switched off", all(link.FromConnectors, true, switchedOff()))
	page("settings/hostile text", all(link.FromConnectors, true, hostile()))
	for _, r := range Reasons {
		page("settings/reason "+string(r), all(link.FromConnectors, true, faulty(r)))
	}
	page("integrations/apps", all(link.FromApps, true, good, bad, pending))
	page("integrations/configured", all(link.FromConfigured, true, good, bad, pending))
	page("integrations/empty", all(link.FromApps, true))
	page("integrations/configured, empty", all(link.FromConfigured, true))
	drawer := func(name, from string, kind workbench.ConnectorKind, typed Typed, families ...[]Source) {
		in := all(from, true, families...)
		in.Drawer = NewDrawer(from, kind, in.Sources, choices(), typed)
		page("new/"+name, in)
	}
	drawer("choose", link.FromConnectors, "", Typed{}, good)
	drawer("parent", link.FromConnectors, workbench.Microsoft365, Typed{}, good)
	drawer("parent from integrations", link.FromApps, workbench.Microsoft365, Typed{})
	drawer("parent refused", link.FromConnectors, workbench.Microsoft365, Typed{
		Values: map[string]string{FieldName: "contoso-m365", FieldTenant: "nowhere.example", FieldClientID: "x", FieldCredential: CredentialSecret, FieldDescription: `"><script>alert(1)</script>`},
		Errors: map[string]string{FieldName: "Another connector has this name.", FieldTenant: "Microsoft knows no tenant of this id or domain.", FieldClientID: "This is no application id.", FieldSecret: "Enter the value of the client secret.",
			"kind": "Choose what to connect."}}, good)
	drawer("own certificate refused", link.FromConnectors, workbench.Microsoft365, Typed{Values: map[string]string{FieldCredential: CredentialCertificate}, Errors: map[string]string{FieldCertificate: "There is no private key in it."}}, good)
	drawer("child", link.FromConnectors, workbench.DefenderEndpoint, Typed{}, good, bad)
	drawer("child without parent", link.FromConnectors, workbench.DefenderEndpoint, Typed{})
	drawer("integration", link.FromConfigured, workbench.DefenderOffice365, Typed{}, good)
	made := func(name string, s Source) {
		in := all(link.FromConnectors, true, good)
		in.Drawer = NewMade(link.FromConnectors, s, in)
		page("made/"+name, in)
	}
	made("connected", good[1])
	made("parent waits", uploading()[0])
	made("parent connected", barren()[0])
	made("empty tenant", emptyChild())
	made("needs consent", northwindChild())
	made("error", bad[1])
	detail := func(name string, in DetailInput) {
		in.Layout = frame()
		out = append(out, ui.Exhibit{Name: "connectors/one/" + name, Component: detailInner(NewDetail(in)), Page: true})
	}
	detail("parent", DetailInput{Source: good[0], Family: good, CanEdit: true})
	detail("parent with an expired certificate", DetailInput{Source: bad[0], Family: bad, CanEdit: true})
	detail("child", DetailInput{Source: good[2], Family: good, CanEdit: true})
	detail("quarantined records", DetailInput{Source: good[2], Family: good, CanEdit: true, Quarantined: quarantined()})
	detail("read only", DetailInput{Source: good[1], Family: good})
	detail("edit refused", DetailInput{Source: good[1], Family: good, CanEdit: true, Edited: &Typed{Values: map[string]string{FieldName: "", FieldBackfillDays: "900"},
		Errors: map[string]string{FieldName: "Give the connector a name of 1 to 64 visible characters.", FieldBackfillDays: "Choose between 1 and 180 days."}}})
	detail("edit conflict", DetailInput{Source: good[0], Family: good, CanEdit: true, Conflict: true, Edited: &Typed{Values: map[string]string{FieldName: "contoso"}}})
	detail("credential refused", DetailInput{Source: bad[0], Family: bad, CanEdit: true, Brought: &Typed{Values: map[string]string{FieldCredential: CredentialSecret}, Errors: map[string]string{FieldSecret: "Microsoft refuses the client secret."}}})
	depart := func(name string, in DepartureInput) {
		in.Layout, in.Connector, in.Expires = frame(), good[0].Connector, at(-9*time.Minute)
		out = append(out, ui.Exhibit{Name: "connectors/departure/" + name, Component: departureInner(NewDeparture(in)), Page: true})
	}
	depart("ready", DepartureInput{URL: "https://login.example/authorize?client_id=1"})
	depart("certificate to upload", DepartureInput{Offered: certificate(workbench.CredentialOffered, 0), Waiting: &workbench.Fault{Reason: workbench.ReasonCertificateUnknown, Detail: workbench.Text("AADSTS700027: The certificate is not registered.")}})
	depart("unreachable", DepartureInput{Waiting: &workbench.Fault{Reason: workbench.ReasonUnreachable}})
	depart("over", DepartureInput{Over: true})
	arrive := func(name string, in ArrivalInput) {
		in.Layout = frame()
		out = append(out, ui.Exhibit{Name: "connectors/arrival/" + name, Component: arrivalInner(NewArrival(in)), Page: true})
	}
	arrive("parent", ArrivalInput{Source: good[0]})
	arrive("child", ArrivalInput{Source: good[1]})
	arrive("not seen yet", ArrivalInput{Source: northwindChild()})
	arrive("not set up for Defender", ArrivalInput{Source: faulty(workbench.ReasonNotProvisioned)[1]})
	arrive("declined", ArrivalInput{Source: northwindChild(), Fault: &workbench.Fault{Reason: workbench.ReasonDeclined, Detail: workbench.Text("AADSTS65004: <script>alert(1)</script> \u202Eresu eht")}})
	arrive("unknown", ArrivalInput{Wrong: "This answer was used already, came later than ten minutes, or was not asked for in this browser. Press Authorize again in the workbench."})
	out = append(out, ui.Exhibit{Name: "connectors/set up", Component: setUpInner(NewSetUp(frame(), "https://workbench.example/connectors/callback")), Page: true})
	for _, in := range []DetailInput{{Source: good[1], Family: good}, {Source: pending[0], Family: pending[:1]}, {Source: good[0], Family: good}} {
		in.Layout = frame()
		out = append(out, ui.Exhibit{Name: "connectors/delete/" + in.Source.Name, Component: removalInner(NewRemoval(in, remaining(in.Source))), Page: true})
	}
	out = append(out, consentExhibits()...)
	out = append(out, customerExhibits()...)
	out = append(out, sharedExhibits()...)
	return append(out, ui.Exhibit{Name: "connectors/blind", Component: ui.Blindness(blind())})
}

// Reasons are all reasons, for showing each.
var Reasons = []workbench.Reason{
	workbench.ReasonNotConsented, workbench.ReasonDeclined, workbench.ReasonNotAdministrator, workbench.ReasonWrongAccount, workbench.ReasonWrongTenant, workbench.ReasonApplicationUnknown,
	workbench.ReasonApplicationDisabled, workbench.ReasonRolesMissing, workbench.ReasonNotProvisioned, workbench.ReasonCertificateUnknown, workbench.ReasonCertificateExpired, workbench.ReasonSecretWrong,
	workbench.ReasonSecretExpired, workbench.ReasonKeyPolicy, workbench.ReasonRenewalRefused, workbench.ReasonUnsealable, workbench.ReasonClock, workbench.ReasonTenantUnknown, workbench.ReasonWrongCloud,
	workbench.ReasonResourceMissing, workbench.ReasonConditionalAccess, workbench.ReasonSignInExpired, workbench.ReasonRedirectMismatch, workbench.ReasonRequestRefused, workbench.ReasonThrottled,
	workbench.ReasonUnavailable, workbench.ReasonUnreachable, workbench.ReasonUnreadable, workbench.ReasonTokenRefused, workbench.ReasonParent, workbench.ReasonInternal,
	workbench.ReasonOwnershipMissing, workbench.ReasonNotOwner, workbench.ReasonApplicationMissing, workbench.ReasonApplicationRefused, workbench.ReasonSingleTenant,
}

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// at is a moment before noon.
func at(ago time.Duration) workbench.Time { return workbench.At(noon().Add(-ago)) }

const day = 24 * time.Hour

func frame() layout.Props {
	return layout.Props{Account: "m.rossi", Display: ui.Display{Now: noon()}, Return: "/connectors", Integrations: true}
}

func certificate(state workbench.CredentialState, age time.Duration) workbench.Credential {
	return workbench.Credential{ID: "0123456789abcdef", Kind: workbench.CertificateCredential, State: state, Made: true, Certificate: []byte("not a real certificate " + state), NotBefore: at(age), NotAfter: at(age - 90*day)}
}

func parent(id, name, tenant, shown string) Source {
	return Source{
		Connector: workbench.Connector{ID: workbench.ConnectorID(id), Kind: workbench.Microsoft365, Name: name, Entered: shown, Tenant: workbench.TenantID(tenant), Registration: "r-" + workbench.RegistrationID(id),
			CreatedAt: at(8 * day), AuthorizedAt: at(8 * day), AuthorizedBy: workbench.Text("m.rossi@" + shown), Revision: 3},
		TenantName: workbench.Text(strings.TrimSuffix(shown, ".example")), Children: 2,
		Registration: workbench.Registration{ClientID: "6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f", ObjectID: "d2b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50", Credentials: []workbench.Credential{certificate(workbench.CredentialActive, 9*day)}},
		Health:       workbench.Health{Status: workbench.StatusConnected, Since: at(8 * day), CheckedAt: at(12 * time.Second), GoodAt: at(12 * time.Second), NextAt: at(-48 * time.Second)},
	}
}

func child(of Source, kind workbench.ConnectorKind, name string) Source {
	up := of.Connector
	s := Source{
		Connector: workbench.Connector{ID: of.ID + "-" + workbench.ConnectorID(strings.ToLower(string(kind))), Kind: kind, Name: name, Parent: of.ID, Tenant: of.Tenant, BackfillDays: 30, CreatedAt: at(8 * day), Revision: 1},
		Parent:    &up, TenantName: of.TenantName, Registration: of.Registration, Share: 1, Lag: 41 * time.Second, Health: of.Health,
		Stories:  4812,
		Progress: workbench.Progress{From: at(30 * day), Covered: []workbench.Span{{From: at(30 * day), To: at(time.Minute)}}, LatestAt: at(10 * time.Minute), PolledAt: at(time.Minute), Incidents: 4812, Alerts: 9310},
	}
	return s
}

// contoso is well, with one child that catches up under throttling.
func contoso() []Source {
	p := parent("contoso", "contoso-m365", "3ac1f0d0-0000-4000-8000-000000003b4c", "contoso.example")
	mail := child(p, workbench.DefenderOffice365, "contoso-mdo")
	mail.CatchingUp, mail.Throttled, mail.Share, mail.Quarantined, mail.Description = true, true, 0.62, 2, "Mail of the head office"
	mail.Progress.Covered = []workbench.Span{{From: at(30 * day), To: at(20 * day)}, {From: at(9 * day), To: at(time.Minute)}}
	p.Children = 3
	return []Source{p, child(p, workbench.DefenderEndpoint, "contoso-mde"), mail, child(p, workbench.DefenderOther, "contoso-others")}
}

// fabrikam has an expired certificate, whose successor waits.
func fabrikam() []Source {
	p := parent("fabrikam", "fabrikam", "e34d562e-0000-4000-8000-00000000c015", "fabrikam.example")
	p.Children = 1
	p.Registration.Credentials = []workbench.Credential{certificate(workbench.CredentialOffered, time.Hour), certificate(workbench.CredentialActive, 92*day)}
	p.Registration.Renewal = workbench.Renewal{TriedAt: at(2 * day), Failures: 3, Reason: workbench.ReasonKeyPolicy}
	p.Health = workbench.Health{Status: workbench.StatusError, Reason: workbench.ReasonCertificateExpired, Since: at(2*day + 3*time.Hour), CheckedAt: at(40 * time.Second), GoodAt: at(2*day + 3*time.Hour), NextAt: at(-4 * time.Minute), Failures: 31,
		Detail: workbench.Text("AADSTS700027: The certificate with identifier used to sign the client assertion is expired."), Trace: workbench.Text("7a0c1f7e-1111-4222-8333-123456789abc")}
	c := child(p, workbench.DefenderEndpoint, "fabrikam-mde")
	c.Health.Reason, c.Health.Detail, c.Health.Trace, c.Lag, c.Share = workbench.ReasonParent, workbench.Untrusted{}, workbench.Untrusted{}, 51*time.Hour, 0.93
	c.Progress.Covered = []workbench.Span{{From: at(30 * day), To: at(2*day + 3*time.Hour)}}
	return []Source{p, c}
}

// northwind waits for consent.
func northwind() []Source {
	p := parent("northwind", "northwind", "", "northwind.example")
	p.TenantName, p.AuthorizedAt, p.AuthorizedBy, p.Children = workbench.Untrusted{}, workbench.Time{}, workbench.Untrusted{}, 1
	p.Health = workbench.NewHealth(p.ID, at(3*time.Minute))
	p.Health.NextAt = at(-6 * time.Second)
	return []Source{p, northwindChild()}
}

func northwindChild() Source {
	c := child(parent("northwind", "northwind", "", "northwind.example"), workbench.DefenderEndpoint, "northwind-mde")
	c.Health, c.NeedsConsent, c.Progress, c.Lag, c.Share = workbench.NewHealth(c.ID, at(3*time.Minute)), true, workbench.Progress{}, 0, 0
	c.Stories = 0
	return c
}

// barren is a tenant with nothing under it.
func barren() []Source {
	p := contoso()[0]
	p.Children = 0
	return []Source{p}
}

// uploading is a tenant whose first certificate Microsoft does not know.
func uploading() []Source {
	p := northwind()[0]
	p.Children = 0
	p.Registration.Credentials = []workbench.Credential{certificate(workbench.CredentialOffered, time.Minute)}
	p.Health.Reason = workbench.ReasonCertificateUnknown
	p.Health.Detail = workbench.Text("AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: " +
		"'E4769196CF77A98DF01EEA0DC0CC69CDC4C70B4269D681FFCDD0BD1B4DEF167D']")
	p.Health.Trace = workbench.Text("Trace ID: 88ceb97d-e152-4d6b-8034-e6ff6c97cbee, Correlation ID: 9bf7e974-6d79-48ce-9dff-6f44bb867dec, Timestamp: 2026-11-22 11:26:35Z")
	return []Source{p}
}

// rolesMissing is a tenant that is signed in to, with two children that wait for the same consent.
func rolesMissing() []Source {
	list := contoso()[:3]
	list[2].CatchingUp, list[2].Throttled, list[2].Quarantined = false, false, 0
	for i := range list[1:] {
		c := &list[i+1]
		c.Health = workbench.Health{Connector: c.ID, Status: workbench.StatusPending, Reason: workbench.ReasonRolesMissing, Awaiting: true, Since: at(3 * time.Minute), NextAt: at(-6 * time.Second),
			Detail: workbench.Text("Missing application roles. API required roles: SecurityIncident.Read.All,SecurityIncident.ReadWrite.All, application roles: ."), Trace: workbench.Text("8c651ddd-ee19-46a3-92d4-76f368937391")}
		c.NeedsConsent, c.Progress, c.Stories, c.Lag = true, workbench.Progress{}, 0, 0
	}
	return list
}

// thirty are the tenants of somebody who watches many.
func thirty() [][]Source {
	var list [][]Source
	for i := range 30 {
		family := contoso()
		switch i {
		case 7:
			family = fabrikam()
		case 11, 19:
			family = northwind()
		case 3, 5:
			family = switchedOff()
		default:
			family[2].CatchingUp, family[2].Throttled, family[2].Quarantined = i%9 == 4, false, 0
		}
		id := workbench.ConnectorID("tenant" + strconv.Itoa(i+1))
		name := "customer-" + strconv.Itoa(i+1) + ".example"
		for j := range family {
			s := &family[j]
			s.ID = id
			if s.Kind.Child() {
				s.ID, s.Connector.Parent = id+"-"+workbench.ConnectorID(strconv.Itoa(j)), id
			}
			s.TenantName = workbench.Text(name)
		}
		list = append(list, family)
	}
	return list
}

func quarantined() []workbench.Quarantined {
	return []workbench.Quarantined{
		{ID: "5f2b1c0e9a7d4c33a1b2c3d4e5f60718", Length: 84, Reason: "The alert has no id.", At: at(26 * time.Hour), Within: "4711", First: []byte(`{"@odata.type":"#microsoft.graph.security.alert","title":"Suspicious \u0000 sign-in"`)},
		{ID: "0a1b2c3d4e5f60718293a4b5c6d7e8f9", Length: 2_400_000, Reason: "The record is not a JSON object: <script>alert(1)</script>", At: at(2 * time.Hour), First: []byte("\x00\xff\u202e<b>" + strings.Repeat("A", 400))},
	}
}

func emptyChild() Source {
	c := child(parent("silent", "silent", "5f0c0d0e-0000-4000-8000-00000000abcd", "silent.example"), workbench.DefenderOffice365, "silent-mdo")
	c.Health.Empty, c.Progress.Incidents, c.Progress.Alerts, c.Stories = true, 0, 0, 0
	return c
}

func switchedOff() []Source {
	list := contoso()
	list[0].Disabled = true
	for i := range list[1:] {
		up := list[0].Connector
		list[i+1].Parent = &up
	}
	return list
}

func faulty(r workbench.Reason) []Source {
	list := contoso()[:2]
	for i := range list {
		list[i].Health.Status, list[i].Health.Reason, list[i].Health.Failures = workbench.StatusError, r, 4
		if r.Consent() {
			list[i].Health.Status = workbench.StatusPending
		}
		if r.Passing() {
			list[i].Health.Status = workbench.StatusConnected
		}
	}
	return list
}

func hostile() []Source {
	list := contoso()[:2]
	for i := range list {
		list[i].Name = `<script>alert(1)</script>"` + strings.Repeat("W", 30)
		list[i].TenantName = workbench.Text("<b>Contoso</b> \u202Emoc.live " + strings.Repeat("x", 400))
		list[i].AuthorizedBy = workbench.Text(`"><img src=x onerror=alert(1)>@contoso.example`)
		list[i].Health.Status, list[i].Health.Reason = workbench.StatusError, workbench.ReasonRequestRefused
		list[i].Health.Detail = workbench.Text("AADSTS900144: </p><script>alert(1)</script>\r\n\u200B" + strings.Repeat("A", 400))
		list[i].Health.Trace = workbench.Text("javascript:alert(1)")
	}
	return list
}

func blind() []ui.Blind {
	var list []ui.Blind
	for range 7 {
		list = append(list, ui.Blind{Name: workbench.Text("fabrikam-mde"), Product: "Microsoft Defender for Endpoint", Tenant: workbench.Text("fabrikam.example"),
			Sentence: "nothing came in since 20 Nov 2026 06:14 UTC; what is missing will be fetched once it works again.", URL: link.Connector("fabrikam", "")})
	}
	return list
}
