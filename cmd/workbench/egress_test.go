package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/simulator"
)

// authority makes certificates for names. Only who knows it trusts them.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key = a.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Private CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	return a
}

func (a *authority) issue(of, by *x509.Certificate, with *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	of.SerialNumber, of.NotBefore, of.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	if by == nil {
		by, with = of, key
	}
	der, err := x509.CreateCertificate(rand.Reader, of, by, &key.PublicKey, with)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// certificate is one for a name.
func (a *authority) certificate(name string) tls.Certificate {
	a.t.Helper()
	cert, key := a.issue(&x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, a.cert, a.key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

// gateway is the only way out: an HTTP proxy that leads every connection to one server, and remembers where it was to go.
type gateway struct {
	address string
	mu      sync.Mutex
	wanted  []string
}

func newGateway(t *testing.T, server string) *gateway {
	t.Helper()
	g := &gateway{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.wanted = append(g.wanted, r.Method+" "+r.Host)
		g.mu.Unlock()
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		out, err := net.Dial("tcp", server)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer out.Close()
		in, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer in.Close()
		if _, err := io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			return
		}
		go func() {
			_, _ = bufio.NewReader(buffered).WriteTo(out)
			out.Close()
		}()
		_, _ = io.Copy(in, out)
	}))
	t.Cleanup(front.CloseClientConnections)
	g.address = front.URL
	return g
}

// to are the places that were asked for, each once.
func (g *gateway) to() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := slices.Clone(g.wanted)
	slices.Sort(list)
	return slices.Compact(list)
}

// behindTLS is a simulated Microsoft at https://microsoft.example, reached by the gateway alone.
func behindTLS(t *testing.T, a *authority) (*simulatedTenant, *gateway) {
	t.Helper()
	m := &simulatedTenant{t: t}
	m.server = httptest.NewUnstartedServer(m)
	m.server.TLS = &tls.Config{Certificates: []tls.Certificate{a.certificate("microsoft.example")}}
	m.server.Config.ErrorLog = quietLog()
	m.server.StartTLS()
	t.Cleanup(m.server.Close)
	m.settle("https://microsoft.example", 3)
	return m, newGateway(t, m.server.Listener.Addr().String())
}

// Everything goes by the proxy, to the two hosts of the cloud and to nothing else, whatever answers say; and only where the certificate is one
// of an authority that is trusted, for the name that was asked for.
func TestEveryConnectionGoesWhereItMay(t *testing.T) {
	t.Parallel()
	f := shortFolder(t)
	a := newAuthority(t)
	m, out := behindTLS(t, a)
	ca := f.file("ca.pem", a.pem)
	variables := []string{"HTTPS_PROXY=" + out.address, "HTTP_PROXY=" + out.address, "NO_PROXY=", "https_proxy=", "http_proxy=", "no_proxy="}

	doctor := func(more ...string) (string, int) {
		t.Helper()
		c := process(t, append([]string{"--store", f.store("a.db"), "doctor"}, more...)...)
		c.Env = append(c.Env, variables...)
		var said bytes.Buffer
		c.Stdout = &said
		_ = c.Run() // its code is looked at
		return said.String(), c.ProcessState.ExitCode()
	}
	if said, code := doctor("--cloud", m.cloud()); code != 1 || strings.Count(said, "signed by an authority that this machine does not trust. Where a proxy opens TLS, give its CA with --ca-file.") != 2 {
		t.Errorf("without the CA doctor exits %d: %s", code, said)
	}
	if said, code := doctor("--cloud", "https://other.example,https://other.example", "--ca-file", ca); code != 1 || strings.Count(said, "shows a certificate for another name") != 2 {
		t.Errorf("with a certificate for another name doctor exits %d: %s", code, said)
	}
	if said, code := doctor("--cloud", m.cloud(), "--ca-file", ca); code != 0 || strings.Count(said, "answers by way of the proxy "+strings.TrimPrefix(out.address, "http://")) != 2 {
		t.Errorf("with the CA doctor exits %d: %s", code, said)
	}
	if said, code := doctor("--cloud", m.cloud(), "--ca-file", f.file("empty.pem", nil)); code != 2 || said != "" {
		t.Errorf("with an empty --ca-file doctor exits %d: %s", code, said)
	}

	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	proxy, err := url.Parse(out.address)
	if err != nil {
		t.Fatal(err)
	}
	p := newPerson(t, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Host == "microsoft.example" {
			return proxy, nil
		}
		return nil, nil
	}})
	untrusting := f.launchServe(variables, "--cloud", m.cloud())
	p.get(untrusting.link)
	if refused := p.addParent(untrusting.base(), m.directory, m.secret()); refused.code != http.StatusUnprocessableEntity || !strings.Contains(refused.words(), "Microsoft can't be reached from this machine.") ||
		!strings.Contains(refused.words(), "--ca-file") {
		t.Errorf("without the CA connecting answers %d: %s", refused.code, refused.words())
	}
	untrusting.terminate()

	w := f.launchServe(variables, "--cloud", m.cloud(), "--ca-file", ca)
	m.register(w.base())
	p.get(w.link)
	p.throughMicrosoft(w.base(), p.addParent(w.base(), m.directory, m.secret()), m.admin)
	var trapped atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	trap.Config.ConnState = func(_ net.Conn, to http.ConnState) {
		if to == http.StateNew {
			trapped.Add(1)
		}
	}
	t.Cleanup(trap.Close)
	inside := strings.TrimPrefix(trap.URL, "http://")
	m.app.Consent()
	faults := []simulator.Fault{
		{Match: "incidents", Do: simulator.NextForeign, Text: "elsewhere.example", Times: 1}, {Match: "incidents", Do: simulator.NextForeign, Text: inside, Times: 1},
		{Match: "incidents", Do: simulator.Redirect, Text: trap.URL + "/latest/meta-data/", Times: 1}, {Match: "alerts", Do: simulator.Redirect, Text: "https://elsewhere.example/", Times: 1},
		{Match: "alerts", Do: simulator.NextForeign, Text: "[::ffff:127.0.0.1]:" + inside[strings.LastIndex(inside, ":")+1:], Times: 1},
		{Match: "token", Do: simulator.Redirect, Text: trap.URL, Times: 1}, {Match: "incidents", Do: simulator.ShortPages, N: 1, Times: 20},
	}
	for _, fault := range faults {
		if _, err := m.world.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
	p.addChild(w.base(), workbench.DefenderEndpoint, m.directory, "1")
	p.until(w.base(), "every fault has struck", func() bool {
		struck := map[simulator.Trouble]int{}
		for _, r := range m.world.Requests() {
			for _, trouble := range r.Faults {
				struck[trouble]++
			}
		}
		return struck[simulator.NextForeign] > 1 && struck[simulator.Redirect] > 1
	})
	w.terminate()
	if got := trapped.Load(); got > 0 {
		t.Errorf("it connected %d times to where an answer led", got)
	}
	if got := out.to(); !slices.Equal(got, []string{"CONNECT microsoft.example:443", "CONNECT other.example:443"}) {
		t.Errorf("it wanted to %q", got)
	}
}
