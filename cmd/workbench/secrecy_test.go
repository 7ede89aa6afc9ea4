package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"workbench"
)

func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

// canary is something secret that must be found nowhere but where it belongs.
type canary struct {
	what  string
	value []byte
	shown bool // to the person that it belongs to: not looked for in pages
}

// forms are the ways in which a value could stand somewhere.
func (c canary) forms() map[string][]byte {
	wide := make([]byte, 0, 2*len(c.value))
	for _, u := range utf16.Encode([]rune(string(c.value))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	forms := map[string][]byte{"as it is": c.value, "as UTF-16": wide, "in hexadecimal": []byte(hex.EncodeToString(c.value)), "in capital hexadecimal": []byte(strings.ToUpper(hex.EncodeToString(c.value)))}
	for shift := range 3 { // base64 looks different at each distance from where it began
		padded := append(make([]byte, shift), c.value...)
		for name, encoding := range map[string]*base64.Encoding{"in base64": base64.RawStdEncoding, "in base64url": base64.RawURLEncoding} {
			text := encoding.EncodeToString(padded)
			from, to := (shift*8+5)/6, len(text)
			if len(padded)%3 != 0 {
				to--
			}
			forms[name+strings.Repeat("+", shift)] = []byte(text[from:to])
		}
	}
	return forms
}

// found says in which forms a value stands in a text.
func (c canary) found(text []byte) []string {
	var list []string
	for name, form := range c.forms() {
		if bytes.Contains(text, form) {
			list = append(list, name)
		}
	}
	return list
}

func TestCanariesAreFound(t *testing.T) {
	c := canary{value: []byte("a canary that sings in a mine")}
	for _, around := range []string{"", "x", "xy", "xyz"} {
		whole := []byte(around + string(c.value) + "tail" + around)
		for what, text := range map[string]string{"plain": string(whole), "hex": hex.EncodeToString(whole), "base64": base64.StdEncoding.EncodeToString(whole), "base64url": base64.URLEncoding.EncodeToString(whole)} {
			if len(c.found([]byte(text))) == 0 {
				t.Errorf("%s after %d bytes is not found", what, len(around))
			}
		}
	}
	if c.found([]byte("nothing of it")) != nil {
		t.Error("it is found where it is not")
	}
}

// Nothing secret leaves the place that it belongs to: not into the store and its backups, logs, pages, exports, nor what commands print.
func TestNothingSecretGetsOut(t *testing.T) {
	t.Parallel()
	f := shortFolder(t)
	m := newSimulatedTenant(t, 3)
	s := f.serve("--log-level", "debug", "serve", "--cloud", m.cloud())
	base, p := s.base(), newPerson(t, nil)
	m.register(base)
	canaries := []canary{{what: "the client secret", value: []byte(clientSecret)}}
	tokenOf := func(link string) []byte {
		t.Helper()
		found := regexp.MustCompile(`token=([A-Za-z0-9]+)`).FindStringSubmatch(link)
		if found == nil {
			t.Fatalf("no token in %s", link)
		}
		return []byte(found[1])
	}
	canaries = append(canaries, canary{what: "the first link", value: tokenOf(s.link), shown: true})
	p.get(s.link)

	const password = "correct-horse-canary-battery"
	link := strings.TrimSpace(f.must("account", "add", "m.rossi", "--role", "administrator"))
	canaries = append(canaries, canary{what: "the password", value: []byte(password)}, canary{what: "the link for a password", value: tokenOf(link), shown: true})
	q := newPerson(t, nil)
	q.post(base+"/password", url.Values{"token": {string(tokenOf(link))}, "password": {password}, "again": {password}})
	if pg := q.post(base+"/sign-in", url.Values{"name": {"m.rossi"}, "password": {"wrong-" + password}}); pg.code == http.StatusOK {
		t.Error("a wrong password signs in")
	}
	if pg := q.post(base+"/sign-in", url.Values{"name": {"m.rossi"}, "password": {password}, "return": {"/connectors"}}); pg.code != http.StatusOK || !strings.HasSuffix(pg.at.Path, "/connectors") {
		t.Fatalf("signing in by password: %d %s", pg.code, pg.words())
	}
	for _, who := range []*person{p, q} {
		for _, c := range who.client.Jar.Cookies(who.seen[0].at) {
			canaries = append(canaries, canary{what: "a session", value: []byte(c.Value)})
		}
	}

	q.addParent(base, m.directory, url.Values{"credential": {"secret"}, "secret": {"wrong-" + clientSecret}})
	bring := func() url.Values {
		t.Helper()
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		of := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "brought"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 2, 0)}
		cert, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.app.UploadCertificate(cert); err != nil {
			t.Fatal(err)
		}
		private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		canaries = append(canaries, canary{what: "the private exponent", value: key.D.Bytes()[10:70]}, canary{what: "a prime of the private key", value: key.Primes[0].Bytes()}, canary{what: "a line of the private key's PEM", value: bytes.Split(private, []byte("\n"))[10]})
		return url.Values{"credential": {"certificate"}, "certificate": {string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})) + string(private)}}
	}
	id := p.sources(base)["tailspin-m365"].ID
	connector := base + "/connectors/" + string(id)
	if pg := p.post(connector+"/credential", m.secret()); pg.code != http.StatusOK {
		t.Fatalf("bringing a secret: %d %s", pg.code, pg.words())
	}
	if pg := p.post(connector+"/credential", bring()); pg.code != http.StatusOK {
		t.Fatalf("bringing a certificate: %d %s", pg.code, pg.words())
	}
	p.throughMicrosoft(base, p.post(connector+"/authorize", nil), m.admin)
	broken := bring()
	broken.Set("certificate", broken.Get("certificate")[40:])
	p.post(connector+"/credential", broken)
	m.app.Consent()
	p.addChild(base, workbench.DefenderEndpoint, m.directory, "1")
	p.caughtUp(base, "tailspin-defenderForEndpoint")
	for _, path := range []string{"/connectors", "/connectors.json", "/integrations", "/integrations/configured", "/connectors/setup", "/connectors/" + string(id), "/connectors/" + string(id) + ".json", "/stories", "/stories.json", "/nowhere?token=x"} {
		p.get(base + path)
		q.get(base + path)
	}

	text := map[string][]byte{"the log": []byte(s.logged.String())}
	if !strings.Contains(s.logged.String(), "level=DEBUG") && !strings.Contains(s.logged.String(), "level=INFO") {
		t.Error("nothing was logged")
	}
	for name, command := range map[string][]string{"export": {"export"}, "export --raw": {"export", "--raw"}, "doctor": {"doctor", "--cloud", m.cloud()}, "account list": {"account", "list"}} {
		r := f.run(command...)
		text[name] = []byte(r.out + r.err)
	}
	f.must("backup", filepath.Join(f.path, "backup"))
	s.stop()
	key, err := os.ReadFile(filepath.Join(f.path, "a.db.key"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Keyset json.RawMessage }
	if err := json.Unmarshal(key, &file); err != nil {
		t.Fatal(err)
	}
	for _, material := range regexp.MustCompile(`"value": *"([^"]+)"`).FindAllSubmatch(file.Keyset, -1) {
		raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(material[1]), `\/`, "/"))
		if err != nil {
			t.Fatal(err)
		}
		canaries = append(canaries, canary{what: "the key", value: raw[len(raw)-24:]})
	}
	for _, name := range []string{"a.db", "backup"} {
		if text[name], err = os.ReadFile(filepath.Join(f.path, name)); err != nil {
			t.Fatal(err)
		}
	}
	if kinds := slices.Compact(kindsOf(canaries)); len(kinds) < 8 {
		t.Errorf("only %q were planted", kinds)
	}
	for _, c := range canaries {
		for where, text := range text {
			if forms := c.found(text); forms != nil {
				t.Errorf("%s is in %s %q", c.what, where, forms)
			}
		}
		for _, pg := range slices.Concat(p.seen, q.seen) {
			if forms := c.found([]byte(pg.body)); forms != nil && !c.shown && strings.HasPrefix(pg.at.String(), base) {
				t.Errorf("%s is in the page %s %q", c.what, pg.at, forms)
			}
		}
	}
}

func kindsOf(list []canary) []string {
	var kinds []string
	for _, c := range list {
		kinds = append(kinds, c.what)
	}
	return kinds
}
