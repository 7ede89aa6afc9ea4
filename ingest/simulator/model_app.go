package simulator

import (
	"crypto/rsa"
	"crypto/sha1" // the thumbprint by which the portal shows certificates
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxCredentials bounds the certificates, and the secrets, of one app registration.
const maxCredentials = 50

// ErrPolicy is that a tenant's policy forbids a credential.
var ErrPolicy = errors.New("the credential lifetime exceeds the max value allowed as per assigned policy")

// AddApp registers an app.
func (t *Tenant) AddApp(o AppOptions) *App {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	a := &App{
		tenant: t, name: o.Name, clientID: strings.ToLower(o.ClientID), objectID: strings.ToLower(o.ObjectID),
		redirectURIs: slices.Clone(o.RedirectURIs), permissions: slices.Clone(o.Permissions), scopes: slices.Clone(o.Scopes),
	}
	if a.clientID == "" {
		a.clientID = newGUID()
	}
	if a.objectID == "" {
		a.objectID = newGUID()
	}
	if o.Permissions == nil {
		a.permissions = []string{"SecurityIncident.Read.All", "SecurityAlert.Read.All"}
	}
	if o.Scopes == nil {
		a.scopes = []string{"User.Read"}
	}
	a.principal = newPrincipal(time.Time{})
	t.apps = append(t.apps, a)
	return a
}

func newPrincipal(works time.Time) *principal {
	return &principal{id: newGUID(), works: works, enabled: true, roles: map[string]time.Time{}, scopes: map[string]time.Time{}, own: map[string][]string{}}
}

// Tenant is the directory that the app is registered in.
func (a *App) Tenant() *Tenant { return a.tenant }

// Name is the app's.
func (a *App) Name() string { return a.name }

// ClientID is the application id.
func (a *App) ClientID() string { return a.clientID }

// ObjectID is the id of the app registration, not of the enterprise application.
func (a *App) ObjectID() string { return a.objectID }

// Consent grants everything that the app asks for, as "Grant admin consent" in the portal does. An enterprise application that was deleted
// comes back. It shows in tokens after the propagation delay.
func (a *App) Consent() {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.grant(a.permissions, a.scopes)
}

// grant grants permissions for the whole organisation. The caller holds mu.
func (a *App) grant(permissions, scopes []string) {
	works := a.tenant.s.moment().Add(a.tenant.s.settings.PropagationDelay)
	if a.principal == nil {
		a.principal = newPrincipal(works)
	}
	for _, p := range permissions {
		if _, ok := a.principal.roles[p]; !ok {
			a.principal.roles[p] = works
		}
	}
	for _, p := range scopes {
		if _, ok := a.principal.scopes[p]; !ok {
			a.principal.scopes[p] = works
		}
	}
}

// Revoke takes one permission away, of whichever kind; without a name, all. Tokens that were issued keep it.
func (a *App) Revoke(name string) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	if a.principal == nil {
		return
	}
	gone := func(p string, _ time.Time) bool { return name == "" || p == name }
	maps.DeleteFunc(a.principal.roles, gone)
	maps.DeleteFunc(a.principal.scopes, gone)
	for user, own := range a.principal.own {
		a.principal.own[user] = slices.DeleteFunc(own, func(p string) bool { return gone(p, time.Time{}) })
	}
}

// DeleteServicePrincipal deletes the enterprise application and with it every consent.
func (a *App) DeleteServicePrincipal() {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.principal = nil
}

// SetEnabled enables or disables the enterprise application.
func (a *App) SetEnabled(yes bool) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	if a.principal != nil {
		a.principal.enabled = yes
	}
}

// SetSecret makes a text the app's only client secret. A zero time never expires.
func (a *App) SetSecret(value string, expires time.Time) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.secrets = []secret{{id: newGUID(), value: value, expires: expires}}
}

// AddRedirectURI lets answers go to one more address. It fails if Entra would refuse the address.
func (a *App) AddRedirectURI(address string) error {
	if err := checkRedirectURI(address); err != nil {
		return err
	}
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	if !slices.Contains(a.redirectURIs, address) {
		a.redirectURIs = append(a.redirectURIs, address)
	}
	return nil
}

// checkRedirectURI says what Entra has against a redirect address: it demands https, or http on this machine, and no fragment.
func checkRedirectURI(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Fragment != "" || u.User != nil || len(address) > 256 || strings.ContainsAny(address, "* "):
		return errors.New("the redirect URI is not a complete address")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()):
		return nil
	}
	return errors.New("the redirect URI must start with https, or with http://localhost")
}

// SetPermissions says what the app asks for: application permissions and delegated ones. What was granted stays.
func (a *App) SetPermissions(permissions, scopes []string) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	a.permissions, a.scopes = slices.Clone(permissions), slices.Clone(scopes)
}

// UploadCertificate registers a certificate, as an administrator does in the portal, and returns its key id. It fails with ErrPolicy if the
// tenant's policy forbids it. Entra accepts it after the key delay.
func (a *App) UploadCertificate(der []byte) (string, error) {
	a.tenant.s.mu.Lock()
	defer a.tenant.s.mu.Unlock()
	k, err := a.addKey(der)
	if err != nil {
		return "", err
	}
	return k.id, nil
}

// addKey registers a certificate. The caller holds mu.
func (a *App) addKey(der []byte) (*keyCredential, error) {
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
	case len(a.keys) >= maxCredentials:
		return nil, errors.New("the app registration has too many certificates")
	case slices.ContainsFunc(a.keys, func(k *keyCredential) bool { return k.certificate.Equal(c) }):
		return nil, errors.New("the certificate is registered already")
	}
	k := &keyCredential{id: newGUID(), certificate: c, works: a.tenant.s.moment().Add(a.tenant.s.settings.KeyDelay)}
	a.keys = append(a.keys, k)
	return k, nil
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
		one, two := sha1.Sum(k.certificate.Raw), sha256.Sum256(k.certificate.Raw)
		all = append(all, Certificate{k.id, k.certificate.Subject.String(), strings.ToUpper(hex.EncodeToString(one[:])), strings.ToUpper(hex.EncodeToString(two[:])),
			k.certificate.NotBefore.UTC(), k.certificate.NotAfter.UTC()})
	}
	return all
}

// in lists, in the order of the pages, the permissions that are granted and known everywhere at a moment.
func in(granted map[string]time.Time, now time.Time) []string {
	var names []string
	for _, p := range permissions() {
		if works, ok := granted[p.name]; ok && !now.Before(works) {
			names = append(names, p.name)
		}
	}
	return names
}
