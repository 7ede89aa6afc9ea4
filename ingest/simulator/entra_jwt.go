package simulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// maxJWT bounds what is parsed, in bytes.
const maxJWT = 16 << 10

// jwt is a parsed token, not yet verified.
type jwt struct {
	header    jwtHeader
	claims    []byte // JSON
	payload   string // claims as they came
	signed    string // what the signature is over
	signature []byte
}

// jwtHeader is what a token says of its signature. The order is that in which our own are written.
type jwtHeader struct {
	Type  string `json:"typ,omitempty"`
	Nonce string `json:"nonce,omitempty"`
	Alg   string `json:"alg"`
	X5t   string `json:"x5t,omitempty"`
	X5t2  string `json:"x5t#S256,omitempty"`
	KeyID string `json:"kid,omitempty"`
}

// parseJWT reads a token in compact form without believing it.
func parseJWT(text string) (jwt, error) {
	if len(text) > maxJWT {
		return jwt{}, errors.New("the token is too long")
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return jwt{}, errors.New("the token does not have three parts")
	}
	raw := base64.RawURLEncoding.Strict()
	head, err := raw.DecodeString(parts[0])
	if err != nil {
		return jwt{}, fmt.Errorf("reading the header: %w", err)
	}
	j := jwt{payload: parts[1], signed: parts[0] + "." + parts[1]}
	if err := json.Unmarshal(head, &j.header); err != nil {
		return jwt{}, fmt.Errorf("reading the header: %w", err)
	}
	if j.claims, err = raw.DecodeString(parts[1]); err != nil {
		return jwt{}, fmt.Errorf("reading the claims: %w", err)
	}
	if j.signature, err = raw.DecodeString(parts[2]); err != nil {
		return jwt{}, fmt.Errorf("reading the signature: %w", err)
	}
	return j, nil
}

// verify reports whether a key made the signature, by RS256 or PS256.
func (j jwt) verify(key crypto.PublicKey) bool {
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return false
	}
	sum := sha256.Sum256([]byte(j.signed))
	switch j.header.Alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], j.signature) == nil
	case "PS256":
		return rsa.VerifyPSS(public, crypto.SHA256, sum[:], j.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	}
	return false
}

// signJWT writes a token with RS256.
func signJWT(header jwtHeader, claims any, key *rsa.PrivateKey) (string, error) {
	head, err := json.Marshal(header)
	if err != nil {
		return "", fmt.Errorf("writing a token: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing a token: %w", err)
	}
	signed := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
