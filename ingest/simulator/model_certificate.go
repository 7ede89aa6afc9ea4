package simulator

import (
	"crypto/rsa"
	"crypto/sha1" // the thumbprint by which the portal shows certificates
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxCredentials bounds the certificates, and the secrets, of one app registration.
const maxCredentials = 50

// ErrPolicy is that a tenant's policy forbids a credential for its lifetime.
var ErrPolicy = errors.New("the credential lifetime exceeds the max value allowed as per assigned policy")

// ErrAuthority is that a tenant's policy forbids a certificate for who issued it.
var ErrAuthority = errors.New("the certificate is not issued by a trusted certificate authority as per assigned policy")

// UploadCertificate registers a certificate, as an administrator does in the portal, and returns its key id. It fails with ErrPolicy or
// ErrAuthority if the tenant's policy forbids it. Entra accepts it after the key delay.
func (a *App) UploadCertificate(der []byte) (string, error) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	k, err := a.checkKey(der)
	if err == nil {
		err = a.addKey(k)
	}
	if err != nil {
		return "", err
	}
	return k.id, nil
}

// checkKey makes a credential of a certificate, if the tenant lets it be used from now on. The caller holds mu.
func (a *App) checkKey(der []byte) (*keyCredential, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	now := a.tenant.s.now()
	public, ok := c.PublicKey.(*rsa.PublicKey)
	switch limit := a.tenant.policy.MaxCertificateLifetime; {
	case !ok || public.N.BitLen() < 2048:
		return nil, errors.New("the certificate's key is not RSA of 2048 bits or more")
	case !now.Before(c.NotAfter):
		return nil, errors.New("the certificate has expired")
	case limit > 0 && c.NotAfter.Sub(c.NotBefore) > limit:
		return nil, ErrPolicy
	case !a.tenant.policy.trusts(c, now):
		return nil, ErrAuthority
	}
	return &keyCredential{id: newGUID(), certificate: c, works: a.tenant.s.moment().Add(a.tenant.s.settings.KeyDelay)}, nil
}

// trusts reports whether one of the authorities, if there are any, issued a certificate. Who issued it must be among them itself.
func (p Policy) trusts(c *x509.Certificate, now time.Time) bool {
	if p.TrustedAuthorities == "" {
		return true
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM([]byte(p.TrustedAuthorities))
	_, err := c.Verify(x509.VerifyOptions{Roots: authorities, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err == nil
}

// addKey registers a credential. The caller holds mu.
func (a *App) addKey(k *keyCredential) error {
	switch {
	case len(a.keys) >= maxCredentials:
		return errors.New("the app registration has too many certificates")
	case slices.ContainsFunc(a.keys, func(other *keyCredential) bool { return other.certificate.Equal(k.certificate) }):
		return errors.New("the certificate is registered already")
	}
	a.keys = append(a.keys, k)
	return nil
}

// RemoveCertificate takes a certificate away and reports whether it was there.
func (a *App) RemoveCertificate(keyID string) bool {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	return a.removeKey(keyID)
}

func (a *App) removeKey(keyID string) bool {
	before := len(a.keys)
	a.keys = slices.DeleteFunc(a.keys, func(k *keyCredential) bool { return k.id == strings.ToLower(keyID) })
	return len(a.keys) < before
}

// Certificate is what the portal shows of one.
type Certificate struct {
	KeyID     string
	Subject   string
	SHA1      string // thumbprint, upper hex, as the portal shows it
	SHA256    string // upper hex
	NotBefore time.Time
	NotAfter  time.Time
}

// Certificates are the app's, in the order in which they came.
func (a *App) Certificates() []Certificate {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	return a.certificates()
}

func (a *App) certificates() []Certificate {
	var all []Certificate
	for _, k := range a.keys {
		all = append(all, k.shown())
	}
	return all
}

func (k *keyCredential) shown() Certificate {
	one, two := sha1.Sum(k.certificate.Raw), sha256.Sum256(k.certificate.Raw)
	return Certificate{k.id, k.certificate.Subject.String(), strings.ToUpper(hex.EncodeToString(one[:])), strings.ToUpper(hex.EncodeToString(two[:])),
		k.certificate.NotBefore.UTC(), k.certificate.NotAfter.UTC()}
}
