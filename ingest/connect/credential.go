package connect

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"workbench"
	"workbench/ingest/entra"
)

// CredentialChoice is how a registration will sign in.
type CredentialChoice struct {
	Kind        string // "made" (the workbench makes a certificate), "certificate" or "secret"
	Certificate []byte // PEM with private key
	Secret      string
	SecretEnds  workbench.Time // may be zero
}

// The kinds of choices.
const (
	ChoiceMade        = "made"
	ChoiceCertificate = "certificate"
	ChoiceSecret      = "secret"
)

// String names the kind alone.
func (c CredentialChoice) String() string { return "credential " + c.Kind }

// GoString is String.
func (c CredentialChoice) GoString() string { return c.String() }

// The limits of what an administrator may bring.
const (
	maxSecret = 512
	maxPEM    = 64 << 10
)

// commonName is the name in the certificates that the workbench makes.
const commonName = "Stories Workbench"

// credential makes or takes what a registration is to sign in with, sealed, in the state offered. *workbench.Invalid with the fields
// credential, certificate, secret.
func (s *Service) credential(r workbench.Registration, choice CredentialChoice) (workbench.Credential, error) {
	now := s.now()
	c := workbench.Credential{ID: newCredentialID(), Kind: workbench.CertificateCredential, State: workbench.CredentialOffered, MadeAt: now}
	var plain []byte
	var err error
	var bad *workbench.Invalid
	switch choice.Kind {
	case ChoiceMade, "":
		c.Made = true
		if c.Certificate, plain, err = entra.NewCertificate(commonName, s.Now()); err != nil {
			return workbench.Credential{}, fmt.Errorf("making a certificate: %w", err)
		}
	case ChoiceCertificate:
		if len(choice.Certificate) > maxPEM {
			return workbench.Credential{}, bad.Set("certificate", "This is larger than 64 KiB: a certificate with its key is much smaller.")
		}
		if c.Certificate, plain, err = entra.ParseCertificate(choice.Certificate, s.Now()); err != nil {
			return workbench.Credential{}, err
		}
	case ChoiceSecret:
		secret := strings.TrimSpace(choice.Secret)
		_, isID := entra.GUID(secret)
		switch {
		case secret == "" || len(secret) > maxSecret || !utf8.ValidString(secret):
			return workbench.Credential{}, bad.Set("secret", "Enter the value of the client secret.")
		case isID:
			return workbench.Credential{}, bad.Set("secret", "This is the id of the client secret. Enter its value, which Entra shows only once.")
		case !choice.SecretEnds.IsZero() && choice.SecretEnds.Before(now):
			return workbench.Credential{}, bad.Set("secret", "By the date that you entered, this client secret has expired.")
		}
		c.Kind, c.NotAfter, plain = workbench.SecretCredential, choice.SecretEnds, []byte(secret)
	default:
		return workbench.Credential{}, bad.Set("credential", "Choose how the workbench signs in.")
	}
	defer clear(plain)
	if c.Kind == workbench.CertificateCredential {
		parsed, err := x509.ParseCertificate(c.Certificate)
		if err != nil {
			return workbench.Credential{}, fmt.Errorf("reading a certificate: %w", err)
		}
		c.NotBefore, c.NotAfter = workbench.At(parsed.NotBefore), workbench.At(parsed.NotAfter)
	}
	if c.Sealed, err = s.ring.Seal(plain, placeOf(r, c.ID)); err != nil {
		return workbench.Credential{}, fmt.Errorf("sealing a credential: %w", err)
	}
	return c, nil
}

// newCredentialID is 16 hexadecimal digits.
func newCredentialID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// OfferCertificate makes a new certificate to be uploaded by hand; the active one stays until the new one works.
func (s *Service) OfferCertificate(ctx context.Context, by By, id workbench.ConnectorID) error {
	return s.offer(ctx, by, id, CredentialChoice{Kind: ChoiceMade}, "offered a new certificate")
}

// SetCredential replaces what a parent signs in with by what the operator brings: Microsoft is asked at once, and what it accepts is active;
// what it does not accept yet is tried again by itself, and the active one stays until then. *workbench.Invalid as AddParent.
func (s *Service) SetCredential(ctx context.Context, by By, id workbench.ConnectorID, c CredentialChoice) error {
	return s.offer(ctx, by, id, c, setCredential(c))
}

// setCredential is the verb of the audit entry.
func setCredential(c CredentialChoice) string {
	return "set a " + map[string]string{ChoiceMade: "made certificate", ChoiceCertificate: "certificate", ChoiceSecret: "client secret"}[c.Kind]
}

func (s *Service) offer(ctx context.Context, by By, id workbench.ConnectorID, choice CredentialChoice, what string) error {
	c, err := s.editable(by, id)
	if err != nil {
		return err
	}
	if c.Registration == "" {
		return fmt.Errorf("connector %s signs in by its parent: %w", c.ID, workbench.ErrNotFound)
	}
	t, _, err := s.tenancyOf(c)
	if err != nil {
		return err
	}
	if c.Topology == workbench.SharedApp {
		return fmt.Errorf("connector %s signs in by a shared app: %w", c.ID, workbench.ErrNotFound)
	}
	if _, err := s.offerTo(ctx, by, s.appOf(t), choice, what); err != nil {
		return err
	}
	s.hurry(t)
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	s.ask(asked, t, s.unconnected(t), asking{fresh: true, eager: true})
	return nil
}

// offerTo gives an application one more credential, which Microsoft has yet to accept, and returns its id.
func (s *Service) offerTo(ctx context.Context, by By, a *application, choice CredentialChoice, what string) (id string, err error) {
	credential, err := s.credential(s.registration(a), choice)
	if err != nil {
		return "", err
	}
	err = s.saveRegistration(ctx, a, what, by.Account.ID, func(r *workbench.Registration) bool {
		*r = r.Offer(credential)
		return true
	})
	if err != nil {
		return "", fmt.Errorf("keeping the credential: %w", err)
	}
	s.mu.Lock()
	a.offeredAt = time.Time{}
	s.mu.Unlock()
	return credential.ID, nil
}
