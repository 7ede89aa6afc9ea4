package entra_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

func TestNewCertificate(t *testing.T) {
	der, private, err := entra.NewCertificate("Stories Workbench", clock)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("reading it: %v", err)
	}
	if c.Subject.String() != "CN=Stories Workbench" || c.Issuer.String() != c.Subject.String() || c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil || c.IsCA {
		t.Errorf("got subject %s, issuer %s", c.Subject, c.Issuer)
	}
	if !c.NotBefore.Equal(clock.Add(-10*time.Minute)) || !c.NotAfter.Equal(time.Date(2026, 8, 4, 3, 2, 1, 0, time.UTC)) {
		t.Errorf("got %s to %s", c.NotBefore, c.NotAfter)
	}
	if key, ok := c.PublicKey.(*rsa.PublicKey); !ok || key.N.BitLen() != 3072 || c.KeyUsage != x509.KeyUsageDigitalSignature || c.SerialNumber.Sign() <= 0 {
		t.Errorf("got key %T, usage %b", c.PublicKey, c.KeyUsage)
	}
	for _, e := range c.Extensions {
		if e.Id.String() == "2.5.29.15" && !e.Critical {
			t.Error("the key usage is not critical")
		}
	}
	if _, err := entra.NewKey(der, private); err != nil {
		t.Errorf("reading the pair: %v", err)
	}
	other := ourKey()
	if c.SerialNumber.Cmp(other.Certificate.SerialNumber) == 0 {
		t.Error("two certificates have one serial number")
	}
	for name, pair := range map[string][2][]byte{"of another": {other.Certificate.Raw, private}, "no key": {der, nil}, "no certificate": {nil, private}, "swapped": {private, der}} {
		if _, err := entra.NewKey(pair[0], pair[1]); err == nil {
			t.Errorf("%s: was taken for a pair", name)
		}
	}
}

// block is DER as PEM.
func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestParseCertificate(t *testing.T) {
	issue := func(public, private any, until time.Time) []byte {
		template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "brought"}, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
		der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
		if err != nil {
			t.Fatalf("making a certificate: %v", err)
		}
		return der
	}
	pkcs8 := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatalf("writing a key: %v", err)
		}
		return der
	}
	key, other := signers()[0], signers()[1]
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	good := block("CERTIFICATE", issue(&key.PublicKey, key, clock.AddDate(0, 6, 0)))
	authority := block("CERTIFICATE", issue(&other.PublicKey, other, clock.AddDate(0, 6, 0)))
	private := block("PRIVATE KEY", pkcs8(key))
	locked := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte{1}})

	for name, text := range map[string][]byte{
		"certificate and key": bytes.Join([][]byte{good, private}, nil), "key and certificate": bytes.Join([][]byte{private, good}, nil), "older form of key": bytes.Join([][]byte{good, block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))}, nil),
		"with authority": bytes.Join([][]byte{[]byte("Bag Attributes\n"), authority, good, private}, nil), "with parameters": bytes.Join([][]byte{block("DH PARAMETERS", []byte{1}), good, private}, nil),
	} {
		der, pkcs, err := entra.ParseCertificate(text, clock)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := entra.NewKey(der, pkcs)
		if err != nil || !key.PublicKey.Equal(got.Signer.Public()) {
			t.Errorf("%s: got another key, %v", name, err)
		}
	}
	for name, test := range map[string]struct {
		text [][]byte
		says string
	}{
		"nothing":           {nil, "no certificate"},
		"text":              {[][]byte{[]byte("hello")}, "no certificate"},
		"no key":            {[][]byte{good}, "no private key"},
		"no certificate":    {[][]byte{private}, "no certificate"},
		"two keys":          {[][]byte{good, private, private}, "more than one"},
		"key of another":    {[][]byte{authority, private}, "does not belong"},
		"small":             {[][]byte{block("CERTIFICATE", issue(&small.PublicKey, small, clock.AddDate(0, 6, 0))), block("PRIVATE KEY", pkcs8(small))}, "2,048"},
		"elliptic":          {[][]byte{block("CERTIFICATE", issue(&curve.PublicKey, curve, clock.AddDate(0, 6, 0))), block("PRIVATE KEY", pkcs8(curve))}, "not RSA"},
		"expired":           {[][]byte{block("CERTIFICATE", issue(&key.PublicKey, key, clock.Add(-time.Second))), private}, "expired"},
		"not yet":           {[][]byte{block("CERTIFICATE", issue(&key.PublicKey, key, clock.AddDate(2, 0, 0))), private}, "not valid yet"},
		"encrypted":         {[][]byte{good, block("ENCRYPTED PRIVATE KEY", []byte{1})}, "password"},
		"encrypted, older":  {[][]byte{good, locked}, "password"},
		"broken":            {[][]byte{block("CERTIFICATE", []byte{1, 2}), private}, "can't be read"},
		"broken key":        {[][]byte{good, block("PRIVATE KEY", []byte{1, 2})}, "can't be read"},
		"huge key":          {[][]byte{good, block("PRIVATE KEY", make([]byte, 9<<10))}, "too long"},
		"more than 64 KB":   {[][]byte{good, private, bytes.Repeat([]byte("x"), 64<<10)}, "longer than"},
		"elliptic in brief": {[][]byte{good, block("EC PRIVATE KEY", []byte{1})}, "can't be read"},
	} {
		_, _, err := entra.ParseCertificate(bytes.Join(test.text, nil), clock)
		var bad *workbench.Invalid
		if !errors.As(err, &bad) || !strings.Contains(bad.Fields["certificate"], test.says) {
			t.Errorf("%s: got %v, want a sentence with %q", name, err, test.says)
		}
	}
}

func FuzzParseCertificate(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"))
	f.Add(append(block("CERTIFICATE", []byte{0x30, 0}), block("PRIVATE KEY", []byte{0x30, 0})...))
	f.Fuzz(func(t *testing.T, text []byte) {
		der, private, err := entra.ParseCertificate(text, clock)
		if err != nil {
			return
		}
		if _, err := entra.NewKey(der, private); err != nil {
			t.Errorf("what was read is no pair: %v", err)
		}
	})
}
