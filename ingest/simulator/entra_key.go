package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // the name that Microsoft gives its keys
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"time"
)

// signingKey is one of the keys that Entra signs with.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
	der     []byte // of its certificate
}

// signing is the keys, of which the first signs: at least so many, made when they are first needed, as that takes a while. The caller holds mu.
func (s *Simulator) signing(atLeast int) ([]*signingKey, error) {
	for len(s.keys) < atLeast {
		k, err := newSigningKey(s.now())
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, k)
	}
	return s.keys, nil
}

// RotateSigningKeys lets Entra sign with a new key. The key before it is still published and believed; older ones are gone.
func (s *Simulator) RotateSigningKeys() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys, err := s.signing(1)
	if err != nil {
		return err
	}
	k, err := newSigningKey(s.now())
	if err != nil {
		return err
	}
	s.keys = []*signingKey{k, keys[0]}
	return nil
}

func newSigningKey(now time.Time) (*signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "simulated signing key"},
		NotBefore:    now.AddDate(0, 0, -1),
		NotAfter:     now.AddDate(5, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, fmt.Errorf("making the certificate of a signing key: %w", err)
	}
	sum := sha1.Sum(der)
	return &signingKey{id: base64.RawURLEncoding.EncodeToString(sum[:]), private: private, der: der}, nil
}

// signingKeyOf finds a key by its id, or returns nil. The caller holds mu.
func (s *Simulator) signingKeyOf(id string) *signingKey {
	i := slices.IndexFunc(s.keys, func(k *signingKey) bool { return k.id == id })
	if i < 0 {
		return nil
	}
	return s.keys[i]
}

// publishedKey is a key as the JWKS document shows it.
type publishedKey struct {
	Type   string   `json:"kty"`
	Use    string   `json:"use"`
	ID     string   `json:"kid"`
	X5t    string   `json:"x5t"`
	N      string   `json:"n"`
	E      string   `json:"e"`
	X5c    []string `json:"x5c"`
	Cloud  string   `json:"cloud_instance_name"`
	Issuer string   `json:"issuer"`
}

// publishKeys answers /{tenant}/discovery/v2.0/keys. The caller holds mu.
func (s *Simulator) publishKeys() answer {
	keys, err := s.signing(2)
	if err != nil {
		return plain(http.StatusInternalServerError, err.Error())
	}
	var out struct {
		Keys []publishedKey `json:"keys"`
	}
	for _, k := range keys {
		out.Keys = append(out.Keys, publishedKey{
			Type: "RSA", Use: "sig", ID: k.id, X5t: k.id,
			N:      base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
			E:      base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
			X5c:    []string{base64.StdEncoding.EncodeToString(k.der)},
			Cloud:  s.base.Hostname(),
			Issuer: s.address("/{tenantid}/v2.0"),
		})
	}
	return object(http.StatusOK, out)
}
