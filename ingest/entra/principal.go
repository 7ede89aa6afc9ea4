package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"workbench"
)

// there finds what Graph says of a service principal that exists already.
var there = regexp.MustCompile(`(?i)MultipleObjectsWithSameKeyValue|ObjectConflict|is already in use|same value for property`)

// CreateServicePrincipal makes the enterprise application of an app registration in its own tenant, which is what people consent to, and
// returns its object id. One that exists is no failure. Right after CreateApplication it may be refused with ReasonApplicationMissing, which
// passes.
func (c *Client) CreateServicePrincipal(ctx context.Context, t Token, clientID string) (objectID string, err error) {
	id, ok := GUID(clientID)
	if !ok {
		return "", internal("creating a service principal: the client id is no GUID")
	}
	a, e, err := c.ask(ctx, c.cloud.graph("/v1.0/servicePrincipals"), t.Access, map[string]string{"appId": id})
	if err == nil && (a.status == http.StatusConflict || a.status == http.StatusBadRequest) && there.MatchString(complained(a).words()) {
		a, e, err = c.ask(ctx, c.cloud.graph("/v1.0/servicePrincipals(appId='"+id+"')?$select=id,appId"), t.Access, nil)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("creating a service principal: %w", err)
	case !a.good():
		return "", fmt.Errorf("creating a service principal: %w", c.refusedApplication(e, a, t, workbench.ReasonApplicationRefused))
	}
	var said struct {
		ID    string `json:"id"`
		AppID string `json:"appId"`
	}
	if json.Unmarshal(a.body, &said) == nil {
		object, ok := GUID(said.ID)
		if of, _ := GUID(said.AppID); ok && of == id {
			return object, nil
		}
	}
	return "", fmt.Errorf("creating a service principal: %w", e.unreadable(errors.New("the answer does not say under which id")))
}
