package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"workbench"
)

// ParseTenant reads what a person enters: the GUID of a tenant or one of its domains, in lower case. It fails with *workbench.Invalid
// (field "tenant").
func ParseTenant(text string) (string, error) {
	if id, ok := GUID(text); ok {
		return id, nil
	}
	if name := strings.ToLower(strings.TrimSpace(text)); domain(name) {
		return name, nil
	}
	return "", invalid("tenant", "Give the tenant id, such as 72f988bf-86f1-41af-91ab-2d7cd011db47, or a domain of the tenant, such as contoso.onmicrosoft.com.")
}

// Resolve finds the tenant of a GUID or domain by its discovery document. It fails with *workbench.Invalid (field "tenant") for anything
// that is neither, without asking.
func (c *Client) Resolve(ctx context.Context, idOrDomain string) (workbench.TenantID, error) {
	entered, err := ParseTenant(idOrDomain)
	if err != nil {
		return "", err
	}
	m, err := c.discover(ctx, entered)
	return m.tenant, err
}

// metadata is what a discovery document says, checked: the issuer is a tenant's at this authority, and its addresses are there too.
type metadata struct {
	tenant workbench.TenantID
	keys   string // address
}

// discover reads the discovery document of a GUID or domain that ParseTenant returned.
func (c *Client) discover(ctx context.Context, entered string) (metadata, error) {
	a, e, err := c.ask(ctx, c.cloud.entra(workbench.TenantID(entered), "v2.0/.well-known/openid-configuration"), "", nil)
	if err != nil {
		return metadata{}, err
	}
	if a.status != 200 {
		return metadata{}, c.refused(e, a)
	}
	var said struct {
		Issuer    string `json:"issuer"`
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
		Keys      string `json:"jwks_uri"`
		Part      string `json:"tenant_region_sub_scope"` // which of the clouds that share an authority
	}
	if err := json.Unmarshal(a.body, &said); err != nil {
		return metadata{}, e.unreadable(errors.New("the discovery document is no JSON"))
	}
	for _, text := range []string{said.Issuer, said.Authorize, said.Token, said.Keys} {
		u, err := url.Parse(text)
		switch {
		case err == nil && c.cloud.elsewhere(u) != "":
			return metadata{}, &workbench.Fault{Reason: workbench.ReasonWrongCloud, Detail: inCloud(c.cloud.elsewhere(u), said.Part), Trace: e.traced(),
				Err: fmt.Errorf("the discovery document leads to %s", u.Host)}
		case err != nil || u.User != nil || u.Opaque != "" || origin(u) != origin(c.cloud.Authority):
			return metadata{}, e.unreadable(fmt.Errorf("the discovery document leads to %s", workbench.Text(text).Brief()))
		}
	}
	path, _ := strings.CutPrefix(said.Issuer, c.cloud.Authority.Scheme+"://"+c.cloud.Authority.Host+"/")
	id, _ := strings.CutSuffix(path, "/v2.0")
	tenant := workbench.TenantID(id)
	if _, given := GUID(entered); !isTenant(tenant) || said.Issuer != c.cloud.Issuer(tenant) || given && id != entered {
		return metadata{}, e.unreadable(fmt.Errorf("the discovery document is of the issuer %s", workbench.Text(said.Issuer).Brief()))
	}
	if other := c.cloud.otherPart(said.Part); other != "" {
		return metadata{}, &workbench.Fault{Reason: workbench.ReasonWrongCloud, Detail: inCloud(other, said.Part), Trace: e.traced(),
			Err: errors.New("the discovery document is of another cloud at the same address")}
	}
	return metadata{tenant: tenant, keys: said.Keys}, nil
}
