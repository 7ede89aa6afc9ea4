package entra

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // the form of x5t in Microsoft's sample of a proof
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"workbench"
)

// Key is what proves to Microsoft who the application is: a certificate with its signer, or a client secret. Printing it shows neither.
type Key struct {
	Certificate *x509.Certificate
	Signer      crypto.Signer
	Secret      string
}

// String says what it is, and not what it holds.
func (k Key) String() string { return "entra.Key (hidden)" }

// Format implements fmt.Formatter.
func (k Key) Format(f fmt.State, _ rune) { hide(f, "Key") }

// MarshalJSON refuses.
func (k Key) MarshalJSON() ([]byte, error) { return nil, errSecret }

// The life of what is signed. Microsoft takes no more than ten minutes, and forgives clocks five.
const (
	signedSince = 2 * time.Minute // before now
	signedFor   = 10 * time.Minute
)

var errNoKey = errors.New("there is neither a certificate with an RSA key nor a secret")

// grant adds to a token request what proves who asks, and returns what of it is secret. Every call signs anew.
func (k Key) grant(v url.Values, endpoint, clientID string, now time.Time) (secrets []string, err error) {
	if k.Secret != "" {
		return []string{k.Secret}, nil
	}
	assertion, err := k.assertion(endpoint, clientID, now)
	if err != nil {
		return nil, err
	}
	v.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	v.Set("client_assertion", assertion)
	return []string{assertion}, nil
}

// assertion is what the token endpoint takes in place of a secret.
func (k Key) assertion(endpoint, clientID string, now time.Time) (string, error) {
	if k.Certificate == nil {
		return "", errNoKey
	}
	print := sha256.Sum256(k.Certificate.Raw)
	from := now.Add(-signedSince).Unix()
	return k.sign(map[string]any{"alg": "PS256", "typ": "JWT", "x5t#S256": base64.RawURLEncoding.EncodeToString(print[:])},
		map[string]any{"aud": endpoint, "iss": clientID, "sub": clientID, "jti": newGUID(), "nbf": from, "iat": from, "exp": from + int64(signedFor/time.Second)},
		&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
}

// proof is what addKey and removeKey take as evidence of a key that the registration has: RS256 with the SHA-1 thumbprint, as in Microsoft's
// sample. Its issuer is the object id of the registration.
func (k Key) proof(objectID string, now time.Time) (string, error) {
	if k.Certificate == nil {
		return "", errNoKey
	}
	print := sha1.Sum(k.Certificate.Raw)
	from := now.Add(-signedSince).Unix()
	return k.sign(map[string]any{"alg": "RS256", "typ": "JWT", "kid": strings.ToUpper(hex.EncodeToString(print[:])), "x5t": base64.RawURLEncoding.EncodeToString(print[:])},
		map[string]any{"aud": "00000002-0000-0000-c000-000000000000", "iss": objectID, "nbf": from, "iat": from, "exp": from + int64(signedFor/time.Second)}, crypto.SHA256)
}

func (k Key) sign(header, claims map[string]any, how crypto.SignerOpts) (string, error) {
	if k.Signer == nil {
		return "", errNoKey
	}
	if _, ok := k.Signer.Public().(*rsa.PublicKey); !ok {
		return "", errNoKey
	}
	head, err := json.Marshal(header)
	if err != nil {
		return "", fmt.Errorf("writing a header: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing claims: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := k.Signer.Sign(rand.Reader, sum[:], how)
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// blamed corrects what Entra said of a key by what is known of it here.
func (k Key) blamed(err error, now time.Time) error {
	var fault *workbench.Fault
	if !errors.As(err, &fault) || fault.Reason != workbench.ReasonCertificateUnknown {
		return err
	}
	switch {
	case k.Secret != "":
		fault.Reason = workbench.ReasonSecretWrong
	case k.Certificate != nil && now.After(k.Certificate.NotAfter):
		fault.Reason = workbench.ReasonCertificateExpired
	}
	return fault
}
