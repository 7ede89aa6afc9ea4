package entra

import (
	"context"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"workbench"
)

// skew is how far Microsoft's clock and this one may be apart.
const skew = 5 * time.Minute

// keySet is the keys that a tenant's ID tokens are signed with, by kid. It remembers what it verified, so that a token that is genuine but of
// another tenant can be told from one that is not.
type keySet struct {
	keys     map[string]*rsa.PublicKey
	verified []byte
}

// VerifySignature implements oidc.KeySet.
func (s *keySet) VerifySignature(_ context.Context, signed string) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(signed, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(jws.Signatures) != 1 {
		return nil, errors.New("no token with one signature by RS256")
	}
	key, ok := s.keys[jws.Signatures[0].Protected.KeyID]
	if !ok {
		return nil, errors.New("signed with a key that the tenant does not have")
	}
	payload, err := jws.Verify(key)
	if err != nil {
		return nil, errors.New("the signature does not fit")
	}
	s.verified = payload
	return payload, nil
}

// signingKeys reads the keys of a tenant. They are read for every sign-in, so that a key that was rolled is never missing.
func (c *Client) signingKeys(ctx context.Context, about metadata) (*keySet, error) {
	a, e, err := c.ask(ctx, about.keys, "", nil)
	if err != nil {
		return nil, err
	}
	if a.status != 200 {
		return nil, c.refused(e, a)
	}
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(a.body, &list); err != nil || len(list.Keys) > 100 {
		return nil, e.unreadable(errors.New("the list of signing keys is no JSON, or too long"))
	}
	set := &keySet{keys: map[string]*rsa.PublicKey{}}
	for _, raw := range list.Keys {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) != nil || k.KeyID == "" || k.Use != "" && k.Use != "sig" {
			continue // of a kind that ID tokens are not signed with
		}
		if public, ok := k.Key.(*rsa.PublicKey); ok && public.N.BitLen() >= 2048 {
			set.keys[k.KeyID] = public
		}
	}
	return set, nil
}

// verify checks an ID token and returns whom it names.
func (c *Client) verify(ctx context.Context, e *exchange, s SignIn, signed string, about metadata) (Identity, error) {
	keys, err := c.signingKeys(ctx, about)
	if err != nil {
		return Identity{}, err
	}
	var claims struct {
		Tenant   string              `json:"tid"`
		Object   string              `json:"oid"`
		UserName workbench.Untrusted `json:"preferred_username"`
		Name     workbench.Untrusted `json:"name"`
		Before   *float64            `json:"nbf"`
	}
	config := &oidc.Config{ClientID: s.ClientID, SupportedSigningAlgs: []string{oidc.RS256}, SkipExpiryCheck: true, Now: c.now} // times are checked below, with leeway both ways
	token, err := oidc.NewVerifier(c.cloud.Issuer(s.Tenant), keys, config).Verify(ctx, signed)
	if keys.verified != nil && json.Unmarshal(keys.verified, &claims) != nil {
		return Identity{}, e.unreadable(errors.New("the ID token has claims of another kind than Microsoft's"))
	}
	if id, ok := GUID(claims.Tenant); ok && workbench.TenantID(id) != s.Tenant {
		return Identity{}, &workbench.Fault{Reason: workbench.ReasonWrongTenant, Detail: workbench.Text("It is signed for tenant " + id + "."), Trace: e.traced(), Err: errors.New("ID token of another tenant")}
	}
	if err != nil {
		return Identity{}, e.unreadable(fmt.Errorf("the ID token is not accepted: %w", quiet{errors.New(without(err.Error(), []string{signed}))}))
	}
	object, ok := GUID(claims.Object)
	if tenant, named := GUID(claims.Tenant); !ok || !named || workbench.TenantID(tenant) != s.Tenant || len(token.Audience) != 1 || token.Expiry.IsZero() {
		return Identity{}, e.unreadable(errors.New("the ID token does not name one audience, a tenant, an object and an end"))
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(s.Nonce)) != 1 {
		return Identity{}, &workbench.Fault{Reason: workbench.ReasonSignInExpired, Trace: e.traced(), Err: errors.New("the ID token is of another sign-in")}
	}
	now := c.now()
	late := claims.Before != nil && time.Unix(int64(*claims.Before), 0).After(now.Add(skew)) || token.IssuedAt.After(now.Add(skew))
	if late || !token.Expiry.After(now.Add(-skew)) {
		return Identity{}, &workbench.Fault{Reason: workbench.ReasonClock, Trace: e.traced(), Err: errors.New("the ID token, which was just made, is not valid at this machine's time")}
	}
	return Identity{Tenant: s.Tenant, Object: object, UserName: cut(claims.UserName.Raw(), 256), Name: cut(claims.Name.Raw(), 256)}, nil
}
