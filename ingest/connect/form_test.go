package connect_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/entra"
	"workbench/ingest/simulator"
)

// refused fails where an error is no *workbench.Invalid with exactly these fields, and returns its sentences.
func refused(t *testing.T, what string, err error, names ...string) map[string]string {
	t.Helper()
	var bad *workbench.Invalid
	if !errors.As(err, &bad) {
		t.Errorf("%s: got %v, want *workbench.Invalid", what, err)
		return nil
	}
	if diff := cmp.Diff(names, fields(bad)); diff != "" {
		t.Errorf("%s: fields (-want +got)\n%s", what, diff)
	}
	return bad.Fields
}

func TestParentForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		w.connected()
		right := w.form()
		right.Name, right.Tenant, right.Credential = "Fabrikam", w.other.Domain(), connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "s"}
		for name, c := range map[string]struct {
			change func(*connect.Parent)
			bad    []string
		}{
			"everything":     {func(p *connect.Parent) { *p = connect.Parent{Credential: connect.CredentialChoice{Kind: "other"}} }, []string{"clientId", "credential", "name", "objectId", "tenant"}},
			"name taken":     {func(p *connect.Parent) { p.Name = " cONTOSO " }, []string{"name"}},
			"name too long":  {func(p *connect.Parent) { p.Name = strings.Repeat("n", 65) }, []string{"name"}},
			"tenant taken":   {func(p *connect.Parent) { p.Tenant = strings.ToUpper(w.tenant.ID()) }, []string{"tenant"}},
			"tenant unknown": {func(p *connect.Parent) { p.Tenant = "nobody.example" }, []string{"tenant"}},
			"tenant a path":  {func(p *connect.Parent) { p.Tenant = "../common" }, []string{"tenant"}},
			"tenant huge":    {func(p *connect.Parent) { p.Tenant = strings.Repeat("a", 64<<10) }, []string{"tenant"}},
			"no ids":         {func(p *connect.Parent) { p.ClientID, p.ObjectID = "app", "object" }, []string{"clientId", "objectId"}},
			"one id twice":   {func(p *connect.Parent) { p.ObjectID = strings.ToUpper(p.ClientID) }, []string{"objectId"}},
			"no secret":      {func(p *connect.Parent) { p.Credential.Secret = " " }, []string{"secret"}},
			"id of a secret": {func(p *connect.Parent) { p.Credential.Secret = w.app.ClientID() }, []string{"secret"}},
			"no certificate": {func(p *connect.Parent) {
				p.Credential = connect.CredentialChoice{Kind: connect.ChoiceCertificate, Certificate: []byte("x")}
			}, []string{"certificate"}},
			"huge PEM": {func(p *connect.Parent) {
				p.Credential = connect.CredentialChoice{Kind: connect.ChoiceCertificate, Certificate: make([]byte, 1<<20)}
			}, []string{"certificate"}},
			"description":     {func(p *connect.Parent) { p.Description = strings.Repeat("d", 1001) }, []string{"description"}},
			"tenant and name": {func(p *connect.Parent) { p.Tenant, p.Name = "nobody.example", "" }, []string{"name", "tenant"}},
		} {
			p := right
			c.change(&p)
			_, err := w.service.AddParent(t.Context(), w.by, p)
			refused(t, name, err, c.bad...)
		}
		if all, _ := w.store.Registrations(t.Context()); len(all) != 1 {
			t.Errorf("%d registrations, want no new one", len(all))
		}
		p := right
		p.ClientID, p.Name = " "+strings.ToUpper(p.ClientID)+"\n", " Fabrikam "
		c, err := w.service.AddParent(t.Context(), w.by, p)
		if err != nil || c.Name != "Fabrikam" || w.state(c.ID).Registration.ClientID != w.app.ClientID() || string(c.Tenant) != w.other.ID() {
			t.Errorf("right: got %+v, %v", c, err)
		}
	})
}

func TestParentWhereEntraIsNotReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorldWith(t, simulator.Options{}, func(next http.RoundTripper) http.RoundTripper {
			return dead{next, func(*http.Request) bool { return true }}
		})
		_, err := w.service.AddParent(t.Context(), w.by, w.form())
		if said := refused(t, "unreachable", err, "tenant")["tenant"]; !strings.Contains(said, "can't be reached") {
			t.Errorf("got %q", said)
		}
	})
}

func TestParentWithACertificateOfTheOperator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		text := operatorPEM(t)
		block, _ := pem.Decode(text)
		if _, err := w.app.UploadCertificate(block.Bytes); err != nil {
			t.Fatal(err)
		}
		form := w.form()
		form.Credential = connect.CredentialChoice{Kind: connect.ChoiceCertificate, Certificate: text}
		p, err := w.service.AddParent(t.Context(), w.by, form)
		if err != nil {
			t.Fatal(err)
		}
		w.authorised(p)
		if active, ok := w.state(p.ID).Registration.Active(); !ok || active.Made || !bytes.Equal(active.Certificate, block.Bytes) {
			t.Errorf("active: got %+v", active)
		}
	})
}

// operatorPEM is a certificate with its key, as an operator brings it.
func operatorPEM(t *testing.T) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, private := mustCertificate(t, key)
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
}

func TestChildForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p := w.connected()
		child := w.addChild(p.ID, workbench.DefenderEndpoint)
		for name, c := range map[string]struct {
			form connect.Child
			bad  []string
		}{
			"nothing":        {connect.Child{}, []string{"kind", "parent"}},
			"no parent":      {connect.Child{Kind: workbench.DefenderOther, Parent: "unknown", Name: "x"}, []string{"parent"}},
			"under a child":  {connect.Child{Kind: workbench.DefenderOther, Parent: child.ID, Name: "x"}, []string{"parent"}},
			"a parent":       {connect.Child{Kind: workbench.Microsoft365, Parent: p.ID, Name: "x"}, []string{"kind"}},
			"kind taken":     {connect.Child{Kind: workbench.DefenderEndpoint, Parent: p.ID}, []string{"kind"}},
			"name taken":     {connect.Child{Kind: workbench.DefenderOther, Parent: p.ID, Name: "CONTOSO"}, []string{"name"}},
			"too far back":   {connect.Child{Kind: workbench.DefenderOther, Parent: p.ID, BackfillDays: 181}, []string{"backfillDays"}},
			"before nothing": {connect.Child{Kind: workbench.DefenderOther, Parent: p.ID, BackfillDays: -1}, []string{"backfillDays"}},
		} {
			_, err := w.service.AddChild(t.Context(), w.by, c.form)
			if said := refused(t, name, err, withoutName(err, c.bad)...); name == "nothing" && said == nil {
				t.Error("nothing said")
			}
		}
		if err := w.service.Edit(t.Context(), w.by, child.ID, connect.Edit{Name: "Contoso · " + workbench.DefenderOther.Label(), BackfillDays: 30, Revision: child.Revision}); err != nil {
			t.Fatal(err)
		}
		if other := w.addChild(p.ID, workbench.DefenderOther); other.Name != "Contoso · "+workbench.DefenderOther.Label()+" 2" {
			t.Errorf("a name that is taken became %q", other.Name)
		}
	})
}

// withoutName passes over that a form without a right parent has no name either.
func withoutName(err error, want []string) []string {
	var bad *workbench.Invalid
	if errors.As(err, &bad) && bad.Fields["name"] != "" && !slices.Contains(want, "name") && bad.Fields["parent"]+bad.Fields["kind"] != "" {
		delete(bad.Fields, "name")
	}
	return want
}

func TestEditAndDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.connected())
		st := w.state(p)
		edit := connect.Edit{Name: "Contoso Ltd", Description: "all of it", ClientID: st.Registration.ClientID, ObjectID: st.Registration.ObjectID, Revision: st.Revision}
		if err := w.service.Edit(t.Context(), w.by, p, edit); err != nil {
			t.Fatal(err)
		}
		if err := w.service.Edit(t.Context(), w.by, p, edit); !errors.Is(err, workbench.ErrConflict) {
			t.Errorf("an old form: got %v, want ErrConflict", err)
		}
		edit.Revision, edit.Name, edit.ClientID = w.state(p).Revision, "", "x"
		refused(t, "edit", w.service.Edit(t.Context(), w.by, p, edit), "clientId", "name")
		w.want(p, workbench.StatusConnected, "")

		second := w.tenant.AddApp(simulator.AppOptions{Name: "Other"})
		edit.Name, edit.ClientID, edit.ObjectID = "Contoso Ltd", second.ClientID(), second.ObjectID()
		if err := w.service.Edit(t.Context(), w.by, p, edit); err != nil {
			t.Fatal(err)
		}
		defer w.run()()
		if _, err := w.service.Test(t.Context(), w.by, child); err != nil {
			t.Fatal(err)
		}
		if h := w.state(p).Health; h.Status == workbench.StatusConnected || w.state(child).Health.Status == workbench.StatusConnected {
			t.Errorf("another application: got %+v, want it not connected", h)
		}

		err := w.service.Delete(t.Context(), w.by, p)
		if said := refused(t, "a parent with a child", err, "children"); !errors.Is(err, workbench.ErrConflict) || !strings.Contains(said["children"], "Defender for Endpoint") {
			t.Errorf("got %v, want it to name the child", err)
		}
		for _, id := range []workbench.ConnectorID{child, p} {
			if err := w.service.Delete(t.Context(), w.by, id); err != nil {
				t.Fatal(err)
			}
			if _, err := w.service.State(t.Context(), workbench.EveryTenant(), id); !errors.Is(err, workbench.ErrNotFound) {
				t.Errorf("deleted: got %v", err)
			}
		}
		if all, _ := w.store.Registrations(t.Context()); len(all) != 0 {
			t.Errorf("%d registrations are left with their keys", len(all))
		}
		for _, what := range []string{"added", "edited", "changed the application"} {
			if !strings.Contains(w.audit(), what) {
				t.Errorf("the audit trail lacks %q:\n%s", what, w.audit())
			}
		}
	})
}

func TestWhoMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, simulator.Options{})
		p, child := w.working(w.connected())
		calls := map[string]func(by connect.By, id workbench.ConnectorID) error{
			"AddChild": func(by connect.By, id workbench.ConnectorID) error {
				_, err := w.service.AddChild(t.Context(), by, connect.Child{Kind: workbench.DefenderOther, Parent: id})
				return err
			},
			"Edit": func(by connect.By, id workbench.ConnectorID) error {
				return w.service.Edit(t.Context(), by, id, connect.Edit{})
			},
			"SetDisabled": func(by connect.By, id workbench.ConnectorID) error {
				return w.service.SetDisabled(t.Context(), by, id, true)
			},
			"Delete": func(by connect.By, id workbench.ConnectorID) error { return w.service.Delete(t.Context(), by, id) },
			"Test": func(by connect.By, id workbench.ConnectorID) error {
				_, err := w.service.Test(t.Context(), by, id)
				return err
			},
			"Authorize": func(by connect.By, id workbench.ConnectorID) error {
				_, err := w.service.Authorize(t.Context(), by, id)
				return err
			},
			"OfferCertificate": func(by connect.By, id workbench.ConnectorID) error {
				return w.service.OfferCertificate(t.Context(), by, id)
			},
			"SetCredential": func(by connect.By, id workbench.ConnectorID) error {
				return w.service.SetCredential(t.Context(), by, id, connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "s"})
			},
		}
		before := w.audit()
		for _, role := range []workbench.Role{workbench.Viewer, workbench.Analyst, ""} {
			by := w.by
			by.Account.Role = role
			for name, call := range calls {
				if err := call(by, p); !errors.Is(err, workbench.ErrForbidden) {
					t.Errorf("%s as %q: got %v, want ErrForbidden", name, role, err)
				}
			}
			if _, err := w.service.AddParent(t.Context(), by, w.form()); !errors.Is(err, workbench.ErrForbidden) {
				t.Errorf("AddParent as %q: got %v, want ErrForbidden", role, err)
			}
		}
		elsewhere := w.by
		elsewhere.Account.AllGrants, elsewhere.Account.Grants = false, []workbench.TenantID{workbench.TenantID(w.other.ID())}
		for name, call := range calls {
			for _, id := range []workbench.ConnectorID{p, child, "unknown"} {
				err := call(elsewhere, id)
				if name == "AddChild" {
					refused(t, name, withoutNameIn(err), "parent")
				} else if !errors.Is(err, workbench.ErrNotFound) {
					t.Errorf("%s of another tenant's connector: got %v, want ErrNotFound", name, err)
				}
			}
		}
		if _, err := w.service.AddParent(t.Context(), elsewhere, w.form()); !errors.Is(err, workbench.ErrForbidden) {
			t.Errorf("AddParent without every tenant: got %v, want ErrForbidden", err)
		}
		if w.audit() != before {
			t.Error("something was changed")
		}
		states, err := w.service.States(t.Context(), elsewhere.Account.Scope())
		if err != nil || len(states) != 0 {
			t.Errorf("States: got %d, %v", len(states), err)
		}
		within := elsewhere
		within.Account.Grants = []workbench.TenantID{workbench.TenantID(w.tenant.ID())}
		within.Account.Role = workbench.IntegrationsEditor
		if _, err := w.service.Test(t.Context(), within, child); err != nil {
			t.Errorf("Test by whoever sees the tenant: %v", err)
		}
	})
}

func withoutNameIn(err error) error {
	withoutName(err, nil)
	return err
}

// mustCertificate is a self-signed certificate for a key, and the key as PKCS #8.
func mustCertificate(t *testing.T, key *rsa.PrivateKey) (der, private []byte) {
	t.Helper()
	template, _, err := entra.NewCertificate("Operator", now())
	if err != nil {
		t.Fatal(err)
	}
	like, err := x509.ParseCertificate(template)
	if err != nil {
		t.Fatal(err)
	}
	like.PublicKey, like.SignatureAlgorithm = nil, x509.SHA256WithRSA
	if der, err = x509.CreateCertificate(rand.Reader, like, like, &key.PublicKey, key); err != nil {
		t.Fatal(err)
	}
	if private, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		t.Fatal(err)
	}
	return der, private
}
