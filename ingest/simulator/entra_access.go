package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// accessClaims are those of an access token for Graph, in the form of version 1.
type accessClaims struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	IssuedAt int64    `json:"iat"`
	Before   int64    `json:"nbf"`
	Expires  int64    `json:"exp"`
	App      string   `json:"appid"`
	AppACR   string   `json:"appidacr"` // 1 = secret, 2 = certificate
	Provider string   `json:"idp"`
	Type     string   `json:"idtyp"` // app or user
	Name     string   `json:"name,omitempty"`
	Object   string   `json:"oid"`
	Roles    []string `json:"roles,omitempty"`
	Scopes   string   `json:"scp,omitempty"`
	Subject  string   `json:"sub"`
	Tenant   string   `json:"tid"`
	UserName string   `json:"upn,omitempty"`
	ID       string   `json:"uti"`
	Version  string   `json:"ver"`
	WIDs     []string `json:"wids,omitempty"`
}

// signAccess writes an access token. As with Microsoft's for Graph, the signature is over a header in which the nonce is hashed, so that
// nobody but Graph can verify it. The caller holds mu.
func (s *Simulator) signAccess(c accessClaims) (string, error) {
	keys, err := s.signing(1)
	if err != nil {
		return "", err
	}
	header := jwtHeader{Type: "JWT", Nonce: newHandle(), Alg: "RS256", X5t: keys[0].id, KeyID: keys[0].id}
	shown, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	token, err := signJWT(header.hashed(), c, keys[0].private)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(shown) + token[len(header.encodedHashed()):], nil
}

// hashed is the header that the signature of an access token is over.
func (h jwtHeader) hashed() jwtHeader {
	sum := sha256.Sum256([]byte(h.Nonce))
	h.Nonce = base64.RawURLEncoding.EncodeToString(sum[:])
	return h
}

func (h jwtHeader) encodedHashed() string {
	text, err := json.Marshal(h.hashed())
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// access finds the claims of an access token of ours. The caller holds mu.
func (s *Simulator) access(token string) (accessClaims, *graphError) {
	j, err := parseJWT(token)
	if err != nil {
		return accessClaims{}, unauthorized("CompactToken parsing failed with error code: 80049217")
	}
	j.signed = j.header.encodedHashed() + "." + j.payload
	k := s.signingKeyOf(j.header.KeyID)
	if k == nil || j.header.Alg != "RS256" || !j.verify(&k.private.PublicKey) {
		return accessClaims{}, unauthorized("Access token validation failure. Invalid signature.")
	}
	var c accessClaims
	if err := json.Unmarshal(j.claims, &c); err != nil {
		return accessClaims{}, unauthorized("CompactToken parsing failed with error code: 80049217")
	}
	now := s.now()
	switch {
	case c.Audience != s.base.String():
		return accessClaims{}, unauthorized("Access token validation failure. Invalid audience.")
	case !now.Before(time.Unix(c.Expires, 0)):
		return accessClaims{}, unauthorized("Lifetime validation failed, the token is expired.")
	case now.Add(5 * time.Minute).Before(time.Unix(c.Before, 0)):
		return accessClaims{}, unauthorized("Access token has expired or is not yet valid.")
	}
	return c, nil
}
