package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"golang.org/x/oauth2"

	"workbench"
)

// SignIn is one sign-in of a person by code, PKCE and nonce. Printing it shows nothing of it.
type SignIn struct {
	Tenant      workbench.TenantID
	ClientID    string
	RedirectURI string
	State       string
	Nonce       string
	Verifier    string
}

// String says what it is, and not what it holds.
func (s SignIn) String() string { return "entra.SignIn (hidden)" }

// Format implements fmt.Formatter.
func (s SignIn) Format(f fmt.State, _ rune) { hide(f, "SignIn") }

// MarshalJSON refuses.
func (s SignIn) MarshalJSON() ([]byte, error) { return nil, errSecret }

func (c *Client) oauth(s SignIn) *oauth2.Config {
	return &oauth2.Config{ClientID: s.ClientID, RedirectURL: s.RedirectURI, Scopes: []string{"openid", "profile", c.cloud.graph("/User.Read")},
		Endpoint: oauth2.Endpoint{AuthURL: c.cloud.entra(s.Tenant, "oauth2/v2.0/authorize"), TokenURL: c.cloud.tokenEndpoint(s.Tenant), AuthStyle: oauth2.AuthStyleInParams}}
}

// SignInURL is where the browser goes to sign in: account chooser forced, User.Read, no other permission. It is "" where the tenant is no
// GUID, or where state, nonce or verifier is missing.
func (c *Client) SignInURL(s SignIn) string {
	if !isTenant(s.Tenant) || s.State == "" || s.Nonce == "" || s.Verifier == "" {
		return ""
	}
	return c.oauth(s).AuthCodeURL(s.State, oauth2.S256ChallengeOption(s.Verifier), oauth2.SetAuthURLParam("nonce", s.Nonce),
		oauth2.SetAuthURLParam("prompt", "select_account"), oauth2.SetAuthURLParam("response_mode", "query"))
}

// Identity is who signed in, as Microsoft signed it.
type Identity struct {
	Tenant     workbench.TenantID
	Object     string              // oid; with Tenant the identity
	UserName   workbench.Untrusted // for showing alone
	Name       workbench.Untrusted
	TenantName workbench.Untrusted // display name of the organisation, where it could be read
}

// Redeem exchanges the code, verifies the ID token (signature, issuer, audience, tenant, nonce, times) and reads the organisation's name
// with the person's token. It reads the tenant's discovery document first: where that is not as it must be, no code and no assertion is sent.
func (c *Client) Redeem(ctx context.Context, s SignIn, code string, key Key) (Identity, error) {
	if !isTenant(s.Tenant) || s.Nonce == "" || s.Verifier == "" || code == "" {
		return Identity{}, internal("signing in: there is no tenant id, nonce, verifier or code")
	}
	about, err := c.discover(ctx, string(s.Tenant))
	if err != nil {
		return Identity{}, err
	}
	now := c.now()
	parameters := url.Values{}
	secrets, err := key.grant(parameters, c.cloud.tokenEndpoint(s.Tenant), s.ClientID, now)
	if err != nil {
		return Identity{}, internal("signing in: %w", err)
	}
	config := c.oauth(s)
	config.ClientSecret = key.Secret
	options := []oauth2.AuthCodeOption{oauth2.VerifierOption(s.Verifier), oauth2.SetAuthURLParam("scope", "openid profile "+c.cloud.graph("/User.Read"))}
	for name := range parameters {
		options = append(options, oauth2.SetAuthURLParam(name, parameters.Get(name)))
	}
	e, h := c.begin()
	given, err := config.Exchange(forOAuth(ctx, h), code, options...)
	if err != nil {
		return Identity{}, key.blamed(c.refusedByOAuth(ctx, e, err, append(secrets, code, s.Verifier, s.Nonce, s.State)...), now)
	}
	signed, ok := given.Extra("id_token").(string)
	if !ok || !bearer(given) {
		return Identity{}, e.unreadable(errors.New("the answer to the sign-in holds no ID token"))
	}
	who, err := c.verify(ctx, e, s, signed, about)
	if err != nil {
		return Identity{}, err
	}
	who.TenantName = c.organisation(ctx, given.AccessToken, s.Tenant)
	return who, nil
}

// organisation is the display name of a tenant, or nothing where it can't be read.
func (c *Client) organisation(ctx context.Context, access string, tenant workbench.TenantID) workbench.Untrusted {
	a, _, err := c.ask(ctx, c.cloud.graph("/v1.0/organization"), access, nil)
	var list struct {
		Value []struct {
			ID   string              `json:"id"`
			Name workbench.Untrusted `json:"displayName"`
		} `json:"value"`
	}
	if err != nil || a.status != 200 || json.Unmarshal(a.body, &list) != nil {
		return workbench.Untrusted{}
	}
	for _, o := range list.Value {
		if id, _ := GUID(o.ID); workbench.TenantID(id) == tenant {
			return cut(o.Name.Raw(), 256)
		}
	}
	return workbench.Untrusted{}
}
