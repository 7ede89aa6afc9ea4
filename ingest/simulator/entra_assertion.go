package simulator

import (
	"bytes"
	"crypto/sha1" // Microsoft names certificates by it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// assertionClaims are those of a client assertion and of a proof of possession.
type assertionClaims struct {
	Audience string  `json:"aud"`
	Issuer   string  `json:"iss"`
	Subject  string  `json:"sub"`
	ID       string  `json:"jti"`
	Before   float64 `json:"nbf"` // seconds; some libraries write fractions
	Expires  float64 `json:"exp"`
}

// from and until are the range in which the claims hold.
func (c assertionClaims) from() time.Time  { return time.Unix(int64(c.Before), 0).UTC() }
func (c assertionClaims) until() time.Time { return time.Unix(int64(c.Expires), 0).UTC() }

// checkAssertion says what is wrong with an assertion of a client to a tenant, or nothing. The caller holds mu.
func (s *Simulator) checkAssertion(a *App, t *Tenant, text string) *refusal {
	j, err := parseJWT(text)
	if err != nil {
		return refused("invalid_client", 50013, "Assertion failed signature validation. [Reason - The assertion is malformed: %s.]", err)
	}
	if j.header.Alg != "RS256" && j.header.Alg != "PS256" {
		return refused("invalid_client", 50013, "Assertion failed signature validation. [Reason - The algorithm '%s' is not supported.]", cut(j.header.Alg, 20))
	}
	if wrong := s.checkSigner(a, j); wrong != nil {
		return wrong
	}
	var c assertionClaims
	if err := json.Unmarshal(j.claims, &c); err != nil {
		return refused("invalid_client", 50013, "Assertion failed signature validation. [Reason - The claims cannot be read.]")
	}
	now := s.now()
	switch {
	case c.Before == 0 || c.Expires == 0 || !within(now, c.from(), c.until()):
		const layout = "2006-01-02T15:04:05.0000000Z"
		return refused("invalid_client", 700024, "Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, expiry time of assertion %s.",
			now.Format(layout), c.from().Format(layout), c.until().Format(layout))
	case !s.isTokenAudience(t, c.Audience):
		return refused("invalid_client", 50012, "Client assertion audience claim does not match Realm issuer. Audience: '%s'.", cut(c.Audience, 300))
	case !strings.EqualFold(c.Issuer, a.clientID) || !strings.EqualFold(c.Subject, a.clientID):
		return refused("invalid_client", 50012, "Client assertion application identifier doesn't match 'client_id' parameter.")
	case c.ID == "" || len(c.ID) > 256:
		return refused("invalid_client", 50013, "Client assertion has no usable 'jti' claim.")
	}
	id := a.clientID + "/" + c.ID
	if _, ok := s.seen[id]; ok {
		return refused("invalid_client", 50012, "Client assertion was used before. Make a new one for every request.")
	}
	s.seen[id] = c.until().Add(10 * time.Minute)
	return nil
}

// isTokenAudience reports whether an audience is the token endpoint of a tenant, by id or domain. The caller holds mu.
func (s *Simulator) isTokenAudience(t *Tenant, audience string) bool {
	for _, name := range append([]string{t.id}, t.domains...) {
		if strings.EqualFold(audience, s.address("/"+name+"/oauth2/v2.0/token")) {
			return true
		}
	}
	return false
}

// checkSigner says what is wrong with who signed a token, or nothing: it must be a certificate of the app that Entra's servers know and that
// is valid now. The caller holds mu.
func (s *Simulator) checkSigner(a *App, j jwt) *refusal {
	thumbprint, key := a.signer(j.header)
	shown := strings.ToUpper(hex.EncodeToString(thumbprint))
	now := s.now()
	switch {
	case key == nil || s.moment().Before(key.works):
		return refused("invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., "+
			"Thumbprint of key used by client: '%s', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '%s'.]", shown, a.clientID)
	case now.Before(key.certificate.NotBefore.Add(-5*time.Minute)) || now.After(key.certificate.NotAfter):
		return refused("invalid_client", 700027, "The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., "+
			"Thumbprint of key used by client: '%s', Found key 'Start=%s, End=%s'.]", shown, key.certificate.NotBefore.UTC().Format("01/02/2006 15:04:05"),
			key.certificate.NotAfter.UTC().Format("01/02/2006 15:04:05"))
	case !j.verify(key.certificate.PublicKey):
		return refused("invalid_client", 700027, "Client assertion contains an invalid signature. [Reason - The key was found, but use of the key to verify the signature failed., "+
			"Thumbprint of key used by client: '%s'.]", shown)
	}
	return nil
}

// signer finds the certificate that a header names, and returns the thumbprint as it was given. The caller holds mu.
func (a *App) signer(h jwtHeader) (thumbprint []byte, key *keyCredential) {
	named, sum := h.X5t2, func(der []byte) []byte { s := sha256.Sum256(der); return s[:] }
	if named == "" {
		named, sum = h.X5t, func(der []byte) []byte { s := sha1.Sum(der); return s[:] }
	}
	thumbprint, err := decodeThumbprint(named)
	if err != nil || len(thumbprint) == 0 {
		return nil, nil
	}
	for _, k := range a.keys {
		if bytes.Equal(sum(k.certificate.Raw), thumbprint) {
			return thumbprint, k
		}
	}
	return thumbprint, nil
}

// decodeThumbprint reads base64 in either alphabet, padded or not: Microsoft's own library for Go writes the standard one.
func decodeThumbprint(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	return base64.RawURLEncoding.DecodeString(text)
}
