package connectors

import (
	"time"

	"workbench"
	"workbench/views/ui"
)

// sharedApp is one that forty-one tenants share.
func sharedApp() SharedSource {
	return SharedSource{Registration: workbench.Registration{ID: "s1", Name: "Contoso SOC <b>", Tenant: "3ac1f0d0-0000-4000-8000-000000003b4c", ClientID: "6f0c1c9e-5b1c-4e63-9a8e-0a1b2c3d4e5f", ObjectID: "d2b0f7aa-33c1-4b9f-8f57-9b1c2d3e4f50",
		Credentials: []workbench.Credential{certificate(workbench.CredentialActive, 9*day)}, Revision: 2}, HomeName: workbench.Text("Contoso " + hostileText), Cloud: "Microsoft 365 Global and GCC", Users: 41}
}

func sharedExhibits() []ui.Exhibit {
	waiting := sharedApp()
	waiting.ID, waiting.Users, waiting.Credentials = "s2", 0, []workbench.Credential{certificate(workbench.CredentialOffered, time.Hour)}
	waiting.Refusal = &workbench.Fault{Reason: workbench.ReasonCertificateUnknown, Detail: workbench.Text("AADSTS700027: " + hostileText)}
	failed := sharedApp()
	failed.Renewal = workbench.Renewal{TriedAt: at(day), Failures: 2, Reason: workbench.ReasonKeyPolicy}
	wrong := Typed{Values: map[string]string{FieldName: hostileText, FieldTenant: "nowhere.example", FieldClientID: "x", FieldCredential: CredentialSecret},
		Errors: map[string]string{FieldName: "Another shared app has this name already.", FieldTenant: "Microsoft knows no tenant of this id or domain.", FieldClientID: "This is no application id.", FieldSecret: "Enter the value of the client secret.", "kind": "?"}}
	var out []ui.Exhibit
	add := func(name string, e ui.Exhibit) {
		e.Name, e.Page = "connectors/shared/"+name, true
		out = append(out, e)
	}
	detail := func(name string, in SharedInput) {
		in.Layout = frame()
		add(name, ui.Exhibit{Component: sharedDetailInner(NewSharedDetail(in))})
	}
	add("list", ui.Exhibit{Component: sharedListInner(NewSharedList(frame(), []SharedSource{sharedApp(), waiting, failed}, true))})
	add("list, read only", ui.Exhibit{Component: sharedListInner(NewSharedList(frame(), []SharedSource{sharedApp()}, false))})
	add("list, empty", ui.Exhibit{Component: sharedListInner(NewSharedList(frame(), nil, true))})
	add("new", ui.Exhibit{Component: sharedNewInner(NewSharedForm(frame(), choices(), Typed{}))})
	add("new, refused", ui.Exhibit{Component: sharedNewInner(NewSharedForm(frame(), choices(), wrong))})
	detail("one", SharedInput{App: sharedApp(), Using: sharing(), CanEdit: true})
	detail("one, read only", SharedInput{App: sharedApp(), Using: sharing()})
	detail("certificate to upload", SharedInput{App: waiting, CanEdit: true})
	detail("renewal failed", SharedInput{App: failed, CanEdit: true, Edited: &wrong})
	detail("conflict", SharedInput{App: sharedApp(), CanEdit: true, Conflict: true, Edited: &Typed{Values: map[string]string{FieldName: "SOC"}}, Brought: &wrong})
	add("delete", ui.Exhibit{Component: sharedRemovalInner(NewSharedRemoval(frame(), waiting))})
	add("delete, used", ui.Exhibit{Component: sharedRemovalInner(NewSharedRemoval(frame(), sharedApp()))})
	return out
}
