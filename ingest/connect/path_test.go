package connect_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/simulator"
)

func TestWholePath(t *testing.T) { synctest.Test(t, wholePath) }

func wholePath(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	p := w.addParent()
	w.want(p.ID, workbench.StatusPending, workbench.ReasonNotConsented)
	if string(p.Tenant) != w.tenant.ID() || p.Entered != "contoso.com" || p.Confirmed() {
		t.Errorf("parent: got %+v", p)
	}
	if _, err := w.service.AddChild(t.Context(), w.by, connect.Child{Kind: workbench.DefenderEndpoint, Parent: p.ID}); !errors.As(err, new(*workbench.Invalid)) {
		t.Errorf("child of a parent that nobody authorised: got %v, want it refused", err)
	}

	d, err := w.service.Authorize(t.Context(), w.by, p.ID)
	if err != nil || d.URL != "" || d.Waiting == nil || d.Waiting.Reason != workbench.ReasonCertificateUnknown {
		t.Fatalf("before the upload: got %q, waiting for %v, %v; want it to wait for the certificate", d.URL, d.Waiting, err)
	}
	if len(d.Offered.Certificate) == 0 || d.Offered.Sealed != nil || d.Offered.SHA1() == "" {
		t.Errorf("offered: got %+v", d.Offered)
	}
	w.upload(p.ID)
	if d, err = w.service.Departing(t.Context(), w.by, d.Flow); err != nil || d.URL != "" {
		t.Errorf("at once: got %q, %v; want Microsoft not to be asked again so soon", d.URL, err)
	}
	pass(3 * time.Second)
	d, err = w.service.Departing(t.Context(), w.by, d.Flow)
	if err != nil || d.URL == "" || d.Waiting != nil {
		t.Fatalf("after the upload: got %q, waiting for %v, %v", d.URL, d.Waiting, err)
	}
	w.want(p.ID, workbench.StatusPending, workbench.ReasonNotConsented)
	a, err := w.service.Arrive(t.Context(), w.by, w.browse(d.URL, globalAdministrator, "accept"))
	if err != nil || a.Fault != nil || a.Purpose != workbench.FlowSignIn {
		t.Fatalf("Arrive: got %+v, %v", a, err)
	}
	w.want(p.ID, workbench.StatusConnected, "")
	st := w.state(p.ID)
	if !st.Confirmed() || st.AuthorizedBy.Raw() != globalAdministrator || st.TenantName.Raw() != "Contoso" {
		t.Errorf("authorised parent: got %+v", st)
	}

	child := w.addChild(p.ID, workbench.DefenderEndpoint)
	if child.Name != "Contoso · Microsoft Defender for Endpoint" || !child.NeedsConsent || child.Parent.ID != p.ID || child.BackfillDays != 30 {
		t.Errorf("child: got %+v", child)
	}
	w.want(child.ID, workbench.StatusPending, workbench.ReasonRolesMissing)
	if a := w.authorise(child.ID, globalAdministrator, "accept"); a.Fault != nil || a.Purpose != workbench.FlowConsent {
		t.Fatalf("consent: got %+v", a)
	}
	w.want(child.ID, workbench.StatusConnected, "")
	if w.state(child.ID).NeedsConsent {
		t.Error("consent is still asked for")
	}
	second := w.addChild(p.ID, workbench.DefenderOffice365)
	if second.Health.Status != workbench.StatusConnected || second.NeedsConsent {
		t.Errorf("second child: got %+v, want it connected with nothing new to consent to", second.Health)
	}

	states, err := w.service.States(t.Context(), workbench.EveryTenant())
	if err != nil || len(states) != 3 || states[0].ID != p.ID || states[1].ID != child.ID || states[2].ID != second.ID || states[0].Children != 2 {
		t.Errorf("States: got %d in a wrong order, %v", len(states), err)
	}
	targets, err := w.service.Targets(t.Context())
	if err != nil || len(targets) != 1 || len(targets[0].Children) != 2 || targets[0].Progress[0].Connector != child.ID {
		t.Fatalf("Targets: got %+v, %v", targets, err)
	}
	w.open() // a restart forgets nothing
	w.want(child.ID, workbench.StatusConnected, "")
	if again := w.state(p.ID); again.AuthorizedBy != st.AuthorizedBy || !again.Confirmed() {
		t.Errorf("after a restart: got %+v", again)
	}
}
