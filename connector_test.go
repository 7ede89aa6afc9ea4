package workbench_test

import (
	"errors"
	"strings"
	"testing"

	"workbench"
)

func TestConnectorCheck(t *testing.T) {
	child := workbench.Connector{Kind: workbench.DefenderEndpoint, Name: "Endpoint", Parent: "p", BackfillDays: 30}
	for _, c := range []struct {
		name   string
		change func(*workbench.Connector)
		field  string // that is wrong; "" = none
	}{
		{"as it should be", func(*workbench.Connector) {}, ""},
		{"longest name", func(c *workbench.Connector) { c.Name = strings.Repeat("é", workbench.MaxConnectorName) }, ""},
		{"no name", func(c *workbench.Connector) { c.Name = "" }, "name"},
		{"blank name", func(c *workbench.Connector) { c.Name = "  " }, "name"},
		{"space after the name", func(c *workbench.Connector) { c.Name = "Endpoint " }, "name"},
		{"hidden character in the name", func(c *workbench.Connector) { c.Name = "End\u202epoint" }, "name"},
		{"name with a line end", func(c *workbench.Connector) { c.Name = "End\npoint" }, "name"},
		{"name that is no text", func(c *workbench.Connector) { c.Name = "End\xff" }, "name"},
		{"long name", func(c *workbench.Connector) { c.Name = strings.Repeat("é", workbench.MaxConnectorName+1) }, "name"},
		{"longest description", func(c *workbench.Connector) { c.Description = strings.Repeat("é", workbench.MaxDescription) }, ""},
		{"description with lines", func(c *workbench.Connector) { c.Description = "one\ntwo" }, ""},
		{"long description", func(c *workbench.Connector) { c.Description = strings.Repeat("é", workbench.MaxDescription+1) }, "description"},
		{"description with NUL", func(c *workbench.Connector) { c.Description = "a\x00b" }, "description"},
		{"no days", func(c *workbench.Connector) { c.BackfillDays = 0 }, "backfillDays"},
		{"most days", func(c *workbench.Connector) { c.BackfillDays = workbench.MaxBackfillDays }, ""},
		{"too many days", func(c *workbench.Connector) { c.BackfillDays = workbench.MaxBackfillDays + 1 }, "backfillDays"},
		{"child without parent", func(c *workbench.Connector) { c.Parent = "" }, "parent"},
		{"parent", func(c *workbench.Connector) { c.Kind, c.Parent, c.BackfillDays = workbench.Microsoft365, "", 0 }, ""},
		{"shared app", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Topology, c.Cloud = workbench.Microsoft365, "", workbench.SharedApp, "usgov-dod"
		}, ""},
		{"managed apps, consented", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Topology, c.ConsentedAt, c.ConsentedBy = workbench.Microsoft365, "", workbench.ManagedApps, minute(1), workbench.Text("ada")
		}, ""},
		{"unknown topology", func(c *workbench.Connector) { c.Kind, c.Parent, c.Topology = workbench.Microsoft365, "", "Shared" }, "topology"},
		{"longest cloud", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Cloud = workbench.Microsoft365, "", strings.Repeat("a", 32)
		}, ""},
		{"long cloud", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Cloud = workbench.Microsoft365, "", strings.Repeat("a", 33)
		}, "cloud"},
		{"cloud in capitals", func(c *workbench.Connector) { c.Kind, c.Parent, c.Cloud = workbench.Microsoft365, "", "USGov" }, "cloud"},
		{"cloud with an address", func(c *workbench.Connector) { c.Kind, c.Parent, c.Cloud = workbench.Microsoft365, "", "login.example/" }, "cloud"},
		{"topology of a child", func(c *workbench.Connector) { c.Topology = workbench.SharedApp }, "topology"},
		{"cloud of a child", func(c *workbench.Connector) { c.Cloud = "global" }, "cloud"},
		{"child that somebody consented to", func(c *workbench.Connector) { c.ConsentedAt = minute(1) }, "consentedAt"},
		{"child that somebody named consented to", func(c *workbench.Connector) { c.ConsentedBy = workbench.Text("ada") }, "consentedAt"},
		{"child with a registration", func(c *workbench.Connector) { c.Registration = "r" }, ""}, // where its parent manages apps
		{"products to come", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Products = workbench.Microsoft365, "", []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderOther}
		}, ""},
		{"products to come, no days", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Products, c.BackfillDays = workbench.Microsoft365, "", []workbench.ConnectorKind{workbench.DefenderEndpoint}, 0
		}, "backfillDays"},
		{"product twice", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Products = workbench.Microsoft365, "", []workbench.ConnectorKind{workbench.DefenderEndpoint, workbench.DefenderEndpoint}
		}, "products"},
		{"parent as a product", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Products = workbench.Microsoft365, "", []workbench.ConnectorKind{workbench.Microsoft365}
		}, "products"},
		{"unknown product", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Products = workbench.Microsoft365, "", []workbench.ConnectorKind{"other"}
		}, "products"},
		{"products of managed apps", func(c *workbench.Connector) {
			c.Kind, c.Parent, c.Topology, c.Products = workbench.Microsoft365, "", workbench.ManagedApps, []workbench.ConnectorKind{workbench.DefenderEndpoint}
		}, "products"},
		{"products of a child", func(c *workbench.Connector) { c.Products = []workbench.ConnectorKind{workbench.DefenderOther} }, "products"},
		{"unknown kind", func(c *workbench.Connector) { c.Kind = "other" }, "kind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			connector := child
			c.change(&connector)
			err := connector.Check()
			var bad *workbench.Invalid
			switch {
			case c.field == "" && err != nil:
				t.Errorf("got %v, want none", err)
			case c.field != "" && (!errors.As(err, &bad) || bad.Fields[c.field] == "" || len(bad.Fields) != 1):
				t.Errorf("got %v, want a sentence for %s alone", err, c.field)
			}
		})
	}
}

func TestEveryProductIsTakenByOneKind(t *testing.T) {
	for _, product := range []string{workbench.ProductEndpoint, workbench.ProductOffice365, workbench.ProductIdentity, workbench.ProductXDR, "cloudapps", "nobody knows it", ""} {
		var takers []workbench.ConnectorKind
		for _, kind := range workbench.ConnectorKinds {
			if kind.Takes(product) {
				takers = append(takers, kind)
			}
		}
		if len(takers) != 1 || !takers[0].Child() {
			t.Errorf("product %q is taken by %v, want one child", product, takers)
		}
	}
}

func TestConnectorIsConfirmedBySignature(t *testing.T) {
	parent := workbench.Connector{Kind: workbench.Microsoft365, Tenant: "t"}
	if parent.Confirmed() {
		t.Error("a parent that nobody authorised is confirmed")
	}
	parent.AuthorizedAt = minute(1)
	if !parent.Confirmed() {
		t.Error("an authorised parent is not confirmed")
	}
	if child := (workbench.Connector{Kind: workbench.DefenderOther, AuthorizedAt: minute(1)}); child.Confirmed() {
		t.Error("a child is confirmed, which only its parent can be")
	}
}
