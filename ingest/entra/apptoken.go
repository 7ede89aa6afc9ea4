package entra

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"workbench"
)

// Token is an access token of the application. Printing it does not show it.
type Token struct {
	Access  string
	Expires time.Time
	Roles   []string // of the token, for explaining a refusal; never to decide by
	Tenant  workbench.TenantID
	Trace   string // Microsoft's id of the request
}

// String says what it is, and not what it holds.
func (t Token) String() string { return "entra.Token (hidden)" }

// Format implements fmt.Formatter.
func (t Token) Format(f fmt.State, _ rune) { hide(f, "Token") }

// MarshalJSON refuses.
func (t Token) MarshalJSON() ([]byte, error) { return nil, errSecret }

// AppToken asks for a token of the application itself for Microsoft Graph (client credentials).
func (c *Client) AppToken(ctx context.Context, tenant workbench.TenantID, clientID string, key Key) (Token, error) {
	if !isTenant(tenant) {
		return Token{}, internal("asking for a token: %s is no tenant id", tenant.Text().Brief())
	}
	now := c.now()
	parameters := url.Values{}
	secrets, err := key.grant(parameters, c.cloud.tokenEndpoint(tenant), clientID, now)
	if err != nil {
		return Token{}, internal("asking for a token: %w", err)
	}
	config := clientcredentials.Config{ClientID: clientID, ClientSecret: key.Secret, TokenURL: c.cloud.tokenEndpoint(tenant), Scopes: []string{c.cloud.graph("/.default")},
		EndpointParams: parameters, AuthStyle: oauth2.AuthStyleInParams}
	e, h := c.begin()
	given, err := config.Token(forOAuth(ctx, h))
	if err != nil {
		err = c.refusedByOAuth(ctx, e, err, secrets...)
		var fault *workbench.Fault
		if errors.As(err, &fault) && fault.Reason == workbench.ReasonSignInExpired {
			fault.Reason = workbench.ReasonNotConsented // nobody signs in here: invalid_grant is about what was granted
		}
		return Token{}, key.blamed(err, now)
	}
	life, ok := lifetime(given.Extra("expires_in"))
	if !ok || !bearer(given) {
		return Token{}, e.unreadable(errors.New("the token that was answered has no end, or is none to be used"))
	}
	t := Token{Access: given.AccessToken, Expires: now.Add(life), Trace: e.trace}
	if t.Trace == "" {
		t.Trace = e.id
	}
	t.Roles, t.Tenant = peek(t.Access)
	return t, nil
}

// bearer reports whether a token can be sent as a bearer token.
func bearer(t *oauth2.Token) bool {
	return strings.EqualFold(t.Type(), "bearer") && !strings.ContainsFunc(t.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' })
}

// lifetime reads expires_in, a number or a text. More than a day is not believed.
func lifetime(v any) (time.Duration, bool) {
	seconds := 0.0
	switch v := v.(type) {
	case float64:
		seconds = v
	case int64:
		seconds = float64(v)
	case string:
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return 0, false
		}
		seconds = n
	}
	if !(seconds >= 1) {
		return 0, false
	}
	return time.Duration(min(seconds, 86_400)) * time.Second, true
}

// peek looks into an access token without verifying it, which only Graph can: roles and tenant explain a refusal.
func peek(access string) (roles []string, tenant workbench.TenantID) {
	parts := strings.Split(access, ".")
	if len(parts) != 3 {
		return nil, ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, ""
	}
	var claims struct {
		Roles []string `json:"roles"`
		TID   string   `json:"tid"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return nil, ""
	}
	for _, r := range claims.Roles {
		if len(roles) < 64 && len(r) <= 128 && !strings.ContainsFunc(r, func(c rune) bool { return c <= ' ' || c > '~' }) {
			roles = append(roles, r)
		}
	}
	if id, ok := GUID(claims.TID); ok {
		tenant = workbench.TenantID(id)
	}
	return roles, tenant
}
