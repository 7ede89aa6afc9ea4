package entra

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"workbench"
)

// NewCertificate makes a key pair (RSA 3072) and a self-signed certificate for it, valid from ten minutes before now for three months. The
// private key is PKCS #8 in DER.
func NewCertificate(commonName string, now time.Time) (certificate, private []byte, err error) {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return nil, nil, fmt.Errorf("making a private key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, fmt.Errorf("making a serial number: %w", err)
	}
	now = now.UTC()
	template := &x509.Certificate{SerialNumber: serial.Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: commonName}, NotBefore: now.Add(-workbench.ClockLeeway),
		NotAfter: now.AddDate(0, workbench.CertificateMonths, 0), KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true, SignatureAlgorithm: x509.SHA256WithRSA}
	if certificate, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		return nil, nil, fmt.Errorf("making a certificate: %w", err)
	}
	if private, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		return nil, nil, fmt.Errorf("writing a private key: %w", err)
	}
	return certificate, private, nil
}

// The limits of what an operator brings.
const (
	pemLimit    = 64 << 10 // bytes
	smallestRSA = 2048     // bits
	largestRSA  = 8192
)

const encrypted = "The private key is encrypted with a password. Give it without one; the workbench encrypts it itself."

// ParseCertificate reads a certificate with its private key from PEM. It fails with *workbench.Invalid (field "certificate"): no key, more
// than one, a key that does not fit, RSA under 2048 bits, another algorithm, expired. Certificates of authorities may follow.
func ParseCertificate(text []byte, now time.Time) (certificate, private []byte, err error) {
	refuse := func(sentence string) ([]byte, []byte, error) { return nil, nil, invalid("certificate", sentence) }
	if len(text) > pemLimit {
		return refuse("The file is longer than 64 KB. Give one certificate with its private key.")
	}
	var certificates []*x509.Certificate
	var keys []any
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return refuse("A certificate in the file can't be read.")
			}
			certificates = append(certificates, c)
		case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
			if block.Headers["DEK-Info"] != "" {
				return refuse(encrypted)
			}
			if len(block.Bytes) > 8<<10 {
				return refuse("The private key is too long. RSA keys of 2,048 to 8,192 bits are taken.")
			}
			k, err := privateKey(block)
			if err != nil {
				return refuse("The private key can't be read.")
			}
			keys = append(keys, k)
		case "ENCRYPTED PRIVATE KEY":
			return refuse(encrypted)
		}
	}
	switch {
	case len(certificates) == 0:
		return refuse("There is no certificate in it. Give a PEM file with the certificate and its private key.")
	case len(keys) == 0:
		return refuse("There is no private key in it. Give a PEM file with the certificate and its private key.")
	case len(keys) > 1:
		return refuse("There is more than one private key in it. Give one certificate with its private key.")
	}
	key, ok := keys[0].(*rsa.PrivateKey)
	if !ok {
		return refuse("The key is not RSA, which is what Microsoft Entra signs applications in with.")
	}
	if bits := key.N.BitLen(); bits < smallestRSA || bits > largestRSA {
		return refuse("RSA keys of 2,048 to 8,192 bits are taken.")
	}
	for _, c := range certificates {
		if !key.PublicKey.Equal(c.PublicKey) {
			continue
		}
		if now.After(c.NotAfter) || now.Add(workbench.ClockLeeway).Before(c.NotBefore) {
			return refuse("The certificate has expired or is not valid yet.")
		}
		if private, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
			return nil, nil, fmt.Errorf("writing a private key: %w", err)
		}
		return bytes.Clone(c.Raw), private, nil
	}
	return refuse("The private key does not belong to the certificate.")
}

func privateKey(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

// NewKey reads what NewCertificate or ParseCertificate gave.
func NewKey(certificate, private []byte) (Key, error) {
	c, err := x509.ParseCertificate(certificate)
	if err != nil {
		return Key{}, fmt.Errorf("reading a certificate: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("reading the private key of a certificate: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(c.PublicKey) {
		return Key{}, fmt.Errorf("reading a certificate: %w", errNoKey)
	}
	return Key{Certificate: c, Signer: key}, nil
}
