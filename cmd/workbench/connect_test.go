package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"

	"workbench"
)

// directory is where a person finds a tenant's app registration: the portal, and what its pages say.
type directory struct {
	tenant, client, object string
	admin                  string // user name of a Global Administrator
	app                    string // address of the app's page in the portal
}

// tailspin is the first tenant of simulate and demo, whose portal is there.
func tailspin(portal string) directory {
	t := demoTenants()[0]
	d := directory{tenant: t.ID, client: within(t.ID, 16), object: within(t.ID, 17), admin: "dana@" + t.Domains[0]}
	d.app = strings.TrimSuffix(portal, "/") + "/" + d.tenant + "/apps/" + d.client
	return d
}

// addParent types what the panel New Connector asks for, and returns the page between the workbench and Microsoft.
func (p *person) addParent(base string, d directory, more url.Values) page {
	p.t.Helper()
	form := url.Values{"from": {"connectors"}, "application": {"microsoft365"}, "name": {"tailspin-m365"}, "tenant": {d.tenant}, "clientId": {d.client}, "objectId": {d.object}, "credential": {"made"}}
	for name, values := range more {
		form[name] = values
	}
	return p.post(base+"/connectors", form)
}

// uploadOffered uploads the certificate that the page between offers, in the portal.
func (p *person) uploadOffered(between page, d directory) {
	p.t.Helper()
	found := false
	between.each(func(n *html.Node) {
		if address := attribute(n, "href"); n.Data == "a" && path.Base(address) == "certificate.cer" && !found {
			found = true
			offered := p.get(between.resolve(address))
			if after := p.upload(d.app+"/certificates", "certificate", []byte(offered.body)); after.code != http.StatusOK {
				p.t.Fatalf("uploading the certificate: %d %s", after.code, after.words())
			}
		}
	})
	if !found {
		p.t.Fatalf("no certificate is offered: %s", between.words())
	}
}

// throughMicrosoft goes on from the page between, as soon as it leads to Microsoft, signs in there and accepts.
func (p *person) throughMicrosoft(base string, between page, admin string) page {
	p.t.Helper()
	p.until(base, "the page between leads to Microsoft", func() bool {
		if between.refresh() == "" {
			between = p.get(between.at.String())
		}
		return between.refresh() != ""
	})
	asked := p.get(between.refresh())
	for range 6 {
		switch {
		case strings.HasPrefix(asked.at.String(), base):
			if got := asked.words(); asked.code != http.StatusOK || !strings.Contains(got, "Permissions were applied") {
				p.t.Fatalf("back from Microsoft, got %d: %s", asked.code, got)
			}
			return asked
		case strings.Contains(asked.body, "Pick an account"):
			asked = p.post(asked.at.String(), url.Values{"user": {"other"}, "name": {admin}})
		default:
			_, fields := asked.form("Accept")
			fields.Set("decision", "accept")
			asked = p.post(asked.at.String(), fields)
		}
	}
	p.t.Fatalf("Microsoft's pages do not end: %s", asked.words())
	return page{}
}

// addChild connects a product under the parent, looking back so many days, and consents where that is asked for.
func (p *person) addChild(base string, kind workbench.ConnectorKind, d directory, days string) {
	p.t.Helper()
	panel := p.get(base + "/connectors/new?from=connectors&application=" + string(kind))
	action, fields := panel.form("Save")
	panel.each(func(n *html.Node) {
		if n.Data == "option" && strings.Contains(words(n), "tailspin-m365") {
			fields.Set("parent", attribute(n, "value"))
		}
	})
	fields.Set("name", "tailspin-"+string(kind))
	fields.Set("backfillDays", days)
	made := p.post(action, fields)
	if made.code != http.StatusOK {
		p.t.Fatalf("saving a child: %d %s", made.code, made.words())
	}
	if strings.Contains(made.words(), "nothing new is needed") {
		return
	}
	action, fields = made.form("Authorize")
	p.throughMicrosoft(base, p.post(action, fields), d.admin)
}

// source is a connector as the page's data has it.
type source struct {
	workbench.Connector
	Status, What, Mend string
	CatchingUp         bool
	Share              float64
	Health             workbench.Health
}

// sources reads the connectors.
func (p *person) sources(base string) map[string]source {
	p.t.Helper()
	var list struct{ Connectors []source }
	pg := p.get(base + "/connectors.json")
	if err := json.Unmarshal([]byte(pg.body), &list); err != nil {
		p.t.Fatalf("%v: %d %.300s", err, pg.code, pg.body)
	}
	named := map[string]source{}
	for _, c := range list.Connectors {
		named[c.Name] = c
	}
	return named
}

// stories counts those of a tenant.
func (p *person) stories(base, tenant string) int {
	p.t.Helper()
	var list struct{ Total int }
	pg := p.get(base + "/stories.json?limit=1&tenant=" + tenant)
	if err := json.Unmarshal([]byte(pg.body), &list); err != nil {
		p.t.Fatalf("%v: %d %.300s", err, pg.code, pg.body)
	}
	return list.Total
}

// caughtUp waits until a connector has read everything.
func (p *person) caughtUp(base, name string) {
	p.t.Helper()
	p.until(base, name+" has caught up", func() bool {
		c := p.sources(base)[name]
		return c.Status == "Connected" && !c.CatchingUp && c.Share > 0.99
	})
}
