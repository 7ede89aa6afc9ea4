package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"workbench"
)

// connectorModel is connectors in a list, with the rules of the contract said in the plainest way.
type connectorModel []workbench.Connector

func (m connectorModel) find(id workbench.ConnectorID) int {
	return slices.IndexFunc(m, func(c workbench.Connector) bool { return c.ID == id })
}

// wrong lists the fields that saving c should complain about.
func (m connectorModel) wrong(c workbench.Connector) map[string]bool {
	bad := map[string]bool{}
	former := workbench.Connector{}
	if i := m.find(c.ID); i >= 0 {
		former = m[i]
	}
	if former.ID != "" && former.Kind != c.Kind {
		bad["kind"] = true
	}
	if c.Kind.Child() {
		if i := m.find(c.Parent); i < 0 || m[i].Kind.Child() || m[i].Tenant != c.Tenant {
			bad["parent"] = true
		}
	}
	if c.Kind.Child() && !bad["parent"] {
		if managed := m[m.find(c.Parent)].Topology == workbench.ManagedApps; managed != (c.Registration != "") {
			bad["registration"] = true
		}
	}
	if shared := c.Topology == workbench.SharedApp; shared != (c.Registration == theShared.ID) {
		bad["registration"] = true
	} else if shared && c.Cloud != theShared.Cloud {
		bad["cloud"] = true
	}
	for _, o := range m {
		if o.Parent == c.ID && former.Topology != c.Topology && (former.Topology == workbench.ManagedApps || c.Topology == workbench.ManagedApps) {
			bad["topology"] = true
		}
		if o.Parent == c.ID && former.Tenant != "" && former.Tenant != c.Tenant {
			bad["tenant"] = true
		}
		if o.ID == c.ID {
			continue
		}
		if strings.EqualFold(o.Name, c.Name) {
			bad["name"] = true
		}
		if c.Kind.Child() && o.Parent == c.Parent && o.Kind == c.Kind {
			bad["kind"] = true
		}
		if !c.Kind.Child() && !o.Kind.Child() && c.Tenant != "" && o.Tenant == c.Tenant {
			bad["tenant"] = true
		}
	}
	return bad
}

// save does what SaveConnector should have done.
func (m connectorModel) save(c workbench.Connector) connectorModel {
	i := m.find(c.ID)
	c.Revision++
	if i < 0 {
		return append(m, c)
	}
	given := m[i].Tenant != c.Tenant
	m[i] = c
	for j := range m {
		if m[j].Parent == c.ID && given {
			m[j].Tenant = c.Tenant
			m[j].Revision++
		}
	}
	return m
}

// theShared is the registration that connectors of the model may share.
var theShared = sharedBy("shared", "Operator", "usgov")

// testConnectorModel takes random steps with a store and a model, and compares them after each.
func testConnectorModel(t *testing.T, open opener) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, Deriver{Name: "one"})
		defer s.Close()
		mustRegister(t, s, theShared)
		var m connectorModel
		for range rapid.IntRange(1, 15).Draw(r, "steps") {
			id := workbench.ConnectorID(rapid.SampledFrom([]string{"1", "2", "3", "4", "5"}).Draw(r, "id"))
			i := m.find(id)
			if i >= 0 && rapid.IntRange(0, 3).Draw(r, "delete") == 0 {
				parent := slices.ContainsFunc(m, func(c workbench.Connector) bool { return c.Parent == id })
				err := s.DeleteConnector(ctx, id, "kim", Minute(5))
				if parent != errors.Is(err, workbench.ErrConflict) || !parent && err != nil {
					r.Fatalf("deleting %s, a parent: %v, got %v", id, parent, err)
				}
				if !parent {
					m = slices.Delete(m, i, i+1)
				}
			} else {
				c := drawConnector(r, id)
				if i >= 0 {
					c.Revision = m[i].Revision
				}
				wrong := m.wrong(c)
				_, err := s.SaveConnector(ctx, c, "saved", "kim", Minute(5))
				got := map[string]bool{}
				if invalid := (*workbench.Invalid)(nil); errors.As(err, &invalid) {
					for field := range invalid.Fields {
						got[field] = true
					}
				} else if err != nil {
					r.Fatalf("saving %+v: %v", c, err)
				}
				if fmt.Sprint(got) != fmt.Sprint(wrong) {
					r.Fatalf("saving %+v among %+v: got %v, want complaints about %v", c, m, err, wrong)
				}
				if len(wrong) == 0 {
					m = m.save(c)
				}
			}
			list, err := s.Connectors(ctx, everyone)
			if err != nil {
				r.Fatal(err)
			}
			byID := func(a, b workbench.Connector) int { return strings.Compare(string(a.ID), string(b.ID)) }
			if got, want := fmt.Sprint(slices.SortedFunc(slices.Values(list), byID)), fmt.Sprint(slices.SortedFunc(slices.Values(m), byID)); got != want {
				r.Fatalf("connectors: got\n%s\nwant\n%s", got, want)
			}
		}
		mustVerify(t, s)
	})
}

func drawConnector(r *rapid.T, id workbench.ConnectorID) workbench.Connector {
	kinds := []workbench.ConnectorKind{workbench.Microsoft365, workbench.Microsoft365, workbench.DefenderEndpoint, workbench.DefenderOther}
	c := workbench.Connector{ID: id, Kind: rapid.SampledFrom(kinds).Draw(r, "kind"),
		Name:   rapid.SampledFrom([]string{"alpha", "Alpha", "beta", "BETA", "gamma", "delta", "\u212a", "k"}).Draw(r, "name"),
		Tenant: rapid.SampledFrom([]workbench.TenantID{"", TenantA, TenantB}).Draw(r, "tenant")}
	if c.Kind.Child() {
		c.BackfillDays = 30
		c.Parent = workbench.ConnectorID(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(r, "parent"))
		c.Registration = rapid.SampledFrom([]workbench.RegistrationID{"", "registration of " + workbench.RegistrationID(id)}).Draw(r, "registration")
		return c
	}
	c.Registration = workbench.RegistrationID("registration of " + id)
	c.Topology = rapid.SampledFrom([]workbench.Topology{workbench.OwnApp, workbench.OwnApp, workbench.SharedApp, workbench.ManagedApps}).Draw(r, "topology")
	if shared, other := c.Topology == workbench.SharedApp, rapid.IntRange(0, 4).Draw(r, "what it should not name") == 0; shared != other {
		c.Registration = theShared.ID
	}
	c.Cloud = rapid.SampledFrom([]string{theShared.Cloud, theShared.Cloud, ""}).Draw(r, "cloud")
	return c
}
