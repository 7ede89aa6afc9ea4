package workbench

import (
	"crypto/sha1" // the thumbprint by which Microsoft's portal shows certificates
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// RegistrationID is the id of an app registration here: random, 16 bytes in base32 in lower case.
type RegistrationID string

// Registration is an app registration in Microsoft Entra, and what the workbench signs in to it with.
type Registration struct {
	ID          RegistrationID `json:"id"`
	Name        string         `json:"name"`        // of one that several tenants share; "" = it belongs to one connector
	Tenant      TenantID       `json:"tenant"`      // its home: the directory that holds it
	Cloud       string         `json:"cloud"`       // of Microsoft, that its home and all its tenants are in: see Connector
	Manager     RegistrationID `json:"manager"`     // that made it and may replace its certificates; "" = people registered it
	ClientID    string         `json:"clientId"`    // application (client) id: GUID in lower case
	ObjectID    string         `json:"objectId"`    // of the app registration, not of the enterprise application: GUID in lower case
	Credentials []Credential   `json:"credentials"` // newest first, at most MaxCredentials
	Renewal     Renewal        `json:"renewal"`
	Revision    int            `json:"revision"` // grows with every save
}

// The limits of a registration.
const (
	MaxRegistrationName = 64
	MaxCredentials      = 8
)

// Check says what is wrong with where a registration stands, or nil: its name, its home and its cloud.
func (r Registration) Check() error {
	var bad *Invalid
	if !visibleName(r.Name, MaxRegistrationName) {
		bad = bad.Set("name", "Give the app a name of at most 64 visible characters, without spaces around it.")
	}
	id, ok := NewTenantID(string(r.Tenant))
	switch {
	case r.Tenant == "" && r.Name != "": // stores from before homes were kept have none, but they share no app either
		bad = bad.Set("tenant", "Enter the tenant that the app is registered in.")
	case r.Tenant != "" && (!ok || id != r.Tenant):
		bad = bad.Set("tenant", "is not the id of a tenant")
	}
	if !cloudName(r.Cloud) {
		bad = bad.Set("cloud", "Choose the cloud that the app is registered in.")
	}
	if bad != nil {
		return bad
	}
	return nil
}

// Renewal is how the last try to renew the certificate went.
type Renewal struct {
	TriedAt  Time      `json:"triedAt"`
	Failures int       `json:"failures"` // in a row
	Reason   Reason    `json:"reason"`   // "" = it went well, or was never tried
	Detail   Untrusted `json:"detail"`
	Trace    Untrusted `json:"trace"`
	NextAt   Time      `json:"nextAt"` // not to be tried again before
	Warned   int       `json:"warned"` // fewest days before expiry at which a warning was given; 0 = none yet
}

// CredentialKind says what a credential is.
type CredentialKind string

// The kinds of credentials.
const (
	CertificateCredential CredentialKind = "certificate"
	SecretCredential      CredentialKind = "secret"
)

// CredentialState says where a credential stands.
type CredentialState string

// The states. A credential is offered until Microsoft accepts it, then active until a newer one works, then former until it is removed.
const (
	CredentialOffered CredentialState = "offered"
	CredentialActive  CredentialState = "active"
	CredentialFormer  CredentialState = "former"
)

// Credential is a certificate with its private key, or a client secret.
type Credential struct {
	ID          string          `json:"id"` // 16 hexadecimal digits
	Kind        CredentialKind  `json:"kind"`
	State       CredentialState `json:"state"`
	Made        bool            `json:"made"`        // the workbench made it, and renews it
	Certificate []byte          `json:"certificate"` // DER; certificates alone
	KeyID       string          `json:"keyId"`       // Microsoft's id of the key, where the workbench added it
	NotBefore   Time            `json:"notBefore"`
	NotAfter    Time            `json:"notAfter"` // zero for a secret whose end nobody entered
	MadeAt      Time            `json:"madeAt"`
	AddingAt    Time            `json:"addingAt"`   // when addKey was about to be asked and its answer is not known
	AddedAt     Time            `json:"addedAt"`    // when addKey answered
	AcceptedAt  Time            `json:"acceptedAt"` // when Microsoft first signed in with it
	FormerAt    Time            `json:"formerAt"`
	Tries       int             `json:"tries"`  // in vain, of what is due next: signing in with it, or removing it
	NextAt      Time            `json:"nextAt"` // not to be tried again before
	Sealed      []byte          `json:"sealed"` // private key (PKCS #8) or secret, encrypted; never leaves the workbench
}

// SHA1 is the thumbprint that Microsoft's portal shows: upper-case hexadecimal. "" for a secret.
func (c Credential) SHA1() string {
	if len(c.Certificate) == 0 {
		return ""
	}
	sum := sha1.Sum(c.Certificate)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// SHA256 is the SHA-256 of the certificate in lower-case hexadecimal. "" for a secret.
func (c Credential) SHA256() string {
	if len(c.Certificate) == 0 {
		return ""
	}
	sum := sha256.Sum256(c.Certificate)
	return hex.EncodeToString(sum[:])
}

// The life of a certificate that the workbench makes.
const (
	CertificateMonths = 3                  // it is valid for
	RenewBefore       = 7 * 24 * time.Hour // its end it is renewed
	KeepFormer        = 24 * time.Hour     // the old one is kept at least, after the new one works
	ClockLeeway       = 10 * time.Minute   // a certificate begins so long before it is made
)

// Active returns the credential to sign in with: the active one, and false where there is none.
func (r Registration) Active() (Credential, bool) { return r.first(CredentialActive) }

// Offered returns the newest credential that Microsoft has not accepted yet, and false where there is none.
func (r Registration) Offered() (Credential, bool) { return r.first(CredentialOffered) }

func (r Registration) first(state CredentialState) (Credential, bool) {
	for _, c := range r.Credentials {
		if c.State == state {
			return c, true
		}
	}
	return Credential{}, false
}
