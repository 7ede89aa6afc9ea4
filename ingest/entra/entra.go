// Package entra speaks with Microsoft Entra ID: who a tenant is, tokens for an application by certificate or secret, the sign-in of an
// administrator by code and PKCE, admin consent, app registrations and their keys. It keeps nothing; what it needs is passed in, and
// every refusal is a *workbench.Fault. Tokens, assertions, codes and secrets stand in no error, log or JSON that comes from here.
//
//	Cloud, Pinned     two addresses, and nothing ever goes elsewhere
//	Clouds            what an operator configured
//	Client            tenant, token, sign-in, keys, applications: each call is one conversation with Entra
//	ParseAnswer       what a browser brings back
//	Tokens            one token for many callers
package entra

import (
	"net/http"
	"time"
)

// Client speaks with the Entra of one cloud. It is safe for concurrent use.
type Client struct {
	cloud  Cloud
	pinned http.RoundTripper
	now    func() time.Time
}

// NewClient makes a client over a transport, which it pins. A request takes at most half a minute.
func NewClient(c Cloud, transport http.RoundTripper, now func() time.Time) *Client {
	return &Client{cloud: c, pinned: Pinned(c, transport), now: now}
}
