package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench/ingest/simulator"
)

// The portal shows what tenants allowed apps of others, and people take it back there.
func TestPortalOfEnterpriseApplications(t *testing.T) {
	e := newEntra(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	far, app := "/portal/"+e.fabrikam.ID(), "/portal/"+e.contoso.ID()+"/apps/"+e.app.ClientID()
	page := far + "/enterprise/" + e.app.ClientID()
	if status, _, _ := visit(t, server, "GET", page, "", nil); status != http.StatusNotFound {
		t.Errorf("of an app that the tenant does not have: got %d", status)
	}
	if _, body := submit(t, server, app+"/audience", url.Values{"audience": {"AzureADMultipleOrgs"}}); e.app.Audience() != simulator.MultiTenant || !strings.Contains(body, "account types were changed") {
		t.Errorf("for all: got %s", e.app.Audience())
	}
	e.fabrikam.Consent(e.app)
	if _, _, body := visit(t, server, "GET", app, "", nil); !strings.Contains(body, page) {
		t.Errorf("the app's page does not lead to the tenant that has it:\n%s", body)
	}
	_, _, body := visit(t, server, "GET", far+"/", "", nil)
	for _, want := range []string{page, "registered in Contoso", "granted: SecurityIncident.Read.All, SecurityAlert.Read.All, User.Read"} {
		if !strings.Contains(body, want) {
			t.Errorf("the tenant's page lacks %q:\n%s", want, body)
		}
	}
	if _, _, body := visit(t, server, "GET", page, "", nil); !strings.Contains(body, "Granted for Fabrikam") || strings.Contains(body, "no longer registered") {
		t.Errorf("got %s", body)
	}
	if submit(t, server, page+"/revoke", url.Values{"permission": {"User.Read"}}); len(e.fabrikam.Enterprises()[0].Scopes) != 0 {
		t.Error("the permission is still there")
	}
	if submit(t, server, page+"/disable", nil); e.tokenAt(t, e.fabrikam).code() != 7000112 {
		t.Error("it is not disabled")
	}
	if submit(t, server, page+"/enable", nil); e.tokenAt(t, e.fabrikam).code() != 0 {
		t.Error("it is not enabled")
	}
	if submit(t, server, page+"/consent", nil); len(e.fabrikam.Enterprises()[0].Scopes) != 1 {
		t.Error("consent gave nothing")
	}
	if status, _ := submit(t, server, page+"/nothing", nil); status != http.StatusNotFound {
		t.Errorf("an unknown form: got %d", status)
	}
	if _, body := submit(t, server, page+"/delete", nil); e.tokenAt(t, e.fabrikam).code() != 700016 || !strings.Contains(body, "and with it every consent") {
		t.Errorf("deleted: got %s", body)
	}
	e.mustToken(t)

	e.fabrikam.Consent(e.app)
	if _, body := submit(t, server, app+"/unregister", nil); len(e.contoso.Apps()) != 0 || !strings.Contains(body, "<h3>Deleted</h3>") || !strings.Contains(body, e.app.ClientID()) {
		t.Errorf("deleting the registration: got %s", body)
	}
	if _, _, body := visit(t, server, "GET", page, "", nil); !strings.Contains(body, "no longer registered") {
		t.Errorf("the other tenant then: got %s", body)
	}
}

// The portal shows what an app made through Graph, and by whom.
func TestPortalOfManagedApps(t *testing.T) {
	e, token := newParent(t)
	server := httptest.NewServer(e.s)
	defer server.Close()
	tenant := "/portal/" + e.contoso.ID()
	body := child(given(e.key.der))
	body["notes"] = "Made by <the> workbench."
	made := e.made(t, e.directory(t, token, "PATCH", "/v1.0/applications(uniqueName='workbench-1')", body, "create-if-missing"))
	_, _, page := visit(t, server, "GET", tenant+"/apps/"+made.ClientID(), "", nil)
	for _, want := range []string{"<code>workbench-1</code>", "May be changed by Stories Workbench.", "Made by &lt;the&gt; workbench.", made.Certificates()[0].SHA1, "or never made", "Not granted for Contoso"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if status, _ := submit(t, server, tenant+"/policy", url.Values{"days": {"0"}, "authorities": {"nonsense"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("authorities that are none: got %d", status)
	}
	if submit(t, server, tenant+"/apps", url.Values{"name": {"Shared"}, "audience": {"AzureADMultipleOrgs"}}); e.contoso.Apps()[2].Audience() != simulator.MultiTenant {
		t.Error("an app that was registered for all is not")
	}
	gov := simulator.New(simulator.Options{Base: &url.URL{Scheme: "https", Host: "login.government.example"}, Now: func() time.Time { return e.now }})
	simulator.Neighbours(e.s, gov)
	if _, _, home := visit(t, server, "GET", "/portal/", "", nil); !strings.Contains(home, "https://login.government.example/portal/") {
		t.Errorf("the first page does not lead to the other cloud:\n%s", home)
	}
	if submit(t, server, tenant+"/faults", url.Values{"do": {"lost"}, "match": {"addKey"}, "method": {"post"}, "after": {"0"}, "times": {"1"}, "n": {"0"}}); len(e.contoso.World().Faults()) != 1 ||
		e.contoso.World().Faults()[0].Method != "POST" {
		t.Errorf("got %v", e.contoso.World().Faults())
	}
}

// An app that its owner made is again what it was when the owner is named at the start.
func TestOwnerIsRemembered(t *testing.T) {
	e, token := newParent(t)
	again := e.contoso.AddApp(simulator.AppOptions{Name: "Child", UniqueName: "workbench-1", Owner: e.app})
	if a := e.directory(t, token, "DELETE", "/v1.0/applications/"+again.ObjectID(), nil); a.status != http.StatusNoContent {
		t.Errorf("got %d %s", a.status, a.raw)
	}
}
