package entra_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/entra"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// closed is a body that knows whether it was closed.
type closed struct {
	io.Reader
	was bool
}

func (c *closed) Close() error { c.was = true; return nil }

func TestPinnedSendsNothingElsewhere(t *testing.T) {
	global, err := entra.ParseCloud("global")
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	sent := 0
	pinned := entra.Pinned(global, transport(func(r *http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
	}))
	for _, address := range []string{"https://graph.microsoft.com/v1.0/x", "https://GRAPH.microsoft.com:443/v1.0", "https://login.microsoftonline.com/t"} {
		before := sent
		response, err := pinned.RoundTrip(httptest.NewRequest("GET", address, nil))
		if err != nil || sent != before+1 {
			t.Errorf("%s: got %v and %d requests, want one", address, err, sent-before)
			continue
		}
		response.Body.Close()
	}
	sent = 0
	for _, address := range []string{
		"http://graph.microsoft.com/", "https://graph.microsoft.com:444/", "https://graph.microsoft.com.evil.example/", "https://graph.microsoft.com@evil.example/",
		"https://evil.example/https://graph.microsoft.com/", "https://user@graph.microsoft.com/", "https://user:pass@graph.microsoft.com/", "//evil.example/", "/v1.0/security/incidents",
		"https://graph.microsoft.com./", "https://169.254.169.254/latest/meta-data", "http://127.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/",
		"https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://localhost/", "https://graph.microsoft.us/", "https://graph.microsoft.com%2eevil.example/", "https://gràph.microsoft.com/",
		"https://graph\uff0emicrosoft.com/", "file:///etc/passwd", "gopher://graph.microsoft.com/", "HTTPS:graph.microsoft.com", "javascript:alert(1)", "https://graph.microsoft.com\\@evil.example/", "https:///x",
		"wss://graph.microsoft.com/", "https://sub.graph.microsoft.com/", "https://microsoft.com/", "https://com/", "",
	} {
		u, err := url.Parse(address)
		if err != nil {
			continue // it never becomes a request
		}
		body := &closed{Reader: strings.NewReader("secret")}
		_, err = pinned.RoundTrip(&http.Request{Method: "POST", URL: u, Header: http.Header{"Authorization": {"Bearer secret"}}, Body: body})
		if !errors.Is(err, entra.ErrElsewhere) || reasonOf(err) != workbench.ReasonUnreadable || !body.was {
			t.Errorf("%s: got %v, body closed %t", address, err, body.was)
		}
	}
	r := httptest.NewRequest("GET", "https://graph.microsoft.com/", nil)
	r.Host = "evil.example"
	if _, err := pinned.RoundTrip(r); !errors.Is(err, entra.ErrElsewhere) {
		t.Errorf("another Host header: got %v", err)
	}
	if sent != 0 {
		t.Errorf("%d requests were sent", sent)
	}
}

func TestPinnedFollowsNoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a request came to another host, with %v", r.Header)
	}))
	defer other.Close()
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
		for _, to := range []string{other.URL, "/here", "//127.0.0.1/", "", "http://169.254.169.254/"} {
			f := newFake(t)
			f.handle["/x"] = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			}
			request, err := http.NewRequest("GET", f.URL+"/x", nil)
			if err != nil {
				t.Fatalf("making a request: %v", err)
			}
			request.Header.Set("Authorization", "Bearer secret")
			_, err = (&http.Client{Transport: entra.Pinned(f.cloud(), f.Client().Transport)}).Do(request)
			if reasonOf(err) != workbench.ReasonUnreadable || f.count("") != 1 {
				t.Errorf("%d to %q: got %v and %d requests, want one", status, to, err, f.count(""))
			}
		}
	}
}

// certify makes a certificate for names, signed by a parent or by itself.
func certify(t *testing.T, authority bool, until time.Time, parent *tls.Certificate, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: until.AddDate(-2, 0, 0), NotAfter: until, DNSNames: names,
		IsCA: authority, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	above, by := template, any(key)
	if parent != nil {
		above, by = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above, key.Public(), by)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("reading it: %v", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestPinnedTakesNoBadTLS(t *testing.T) {
	next, past := time.Now().AddDate(1, 0, 0), time.Now().AddDate(0, 0, -1)
	authority := certify(t, true, next, nil)
	ended := certify(t, true, past, nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.Leaf)
	trusted.AddCert(ended.Leaf)
	for _, test := range []struct {
		name, says string
		config     *tls.Config
		plain      bool
	}{
		{"good", "", &tls.Config{Certificates: []tls.Certificate{certify(t, false, next, &authority, "login.test")}}, false},
		{"wrong CA", "--ca-file", &tls.Config{Certificates: []tls.Certificate{certify(t, false, next, nil, "login.test")}}, false},
		{"wrong name", "another name", &tls.Config{Certificates: []tls.Certificate{certify(t, false, next, &authority, "other.test")}}, false},
		{"expired", "expired", &tls.Config{Certificates: []tls.Certificate{certify(t, false, past, &authority, "login.test")}}, false},
		{"expired CA", "expired", &tls.Config{Certificates: []tls.Certificate{certify(t, false, next, &ended, "login.test")}}, false},
		{"TLS 1.1", "TLS 1.2", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, Certificates: []tls.Certificate{certify(t, false, next, &authority, "login.test")}}, false},
		{"no TLS", "does not speak TLS", nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			reached := false
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.TLS = test.config
			if test.plain {
				server.Start()
			} else {
				server.StartTLS()
			}
			defer server.Close()
			_, port, err := net.SplitHostPort(server.Listener.Addr().String())
			if err != nil {
				t.Fatalf("reading the port: %v", err)
			}
			dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
			}
			c, err := entra.ParseCloud("https://login.test:" + port + ",https://graph.test")
			if err != nil {
				t.Fatalf("parsing: %v", err)
			}
			next := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: trusted}}
			defer next.CloseIdleConnections()
			response, err := entra.Pinned(c, next).RoundTrip(httptest.NewRequest("GET", "https://login.test:"+port+"/", nil))
			if err == nil {
				response.Body.Close()
			}
			if test.says == "" {
				if err != nil || !reached {
					t.Errorf("got %v", err)
				}
				return
			}
			if reasonOf(err) != workbench.ReasonUnreachable || reached {
				t.Fatalf("got %v, and it was reached: %t", err, reached)
			}
			if got := workbench.FaultOf(err).Detail.Raw(); !strings.Contains(got, test.says) {
				t.Errorf("got %q, want a sentence with %q", got, test.says)
			}
		})
	}
}

func TestPinnedSaysWhyNobodyAnswers(t *testing.T) {
	c, err := entra.ParseCloud("global")
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	for says, cause := range map[string]error{
		"can't be resolved": &net.DNSError{Err: "no such host", Name: "x"},
		"in time":           context.DeadlineExceeded,
		"proxy":             errors.New("proxyconnect tcp: EOF"),
		"broke":             io.ErrUnexpectedEOF,
	} {
		_, err := entra.Pinned(c, transport(func(*http.Request) (*http.Response, error) { return nil, cause })).RoundTrip(httptest.NewRequest("GET", "https://graph.microsoft.com/", nil))
		if fault := workbench.FaultOf(err); fault.Reason != workbench.ReasonUnreachable || !strings.Contains(fault.Detail.Raw(), says) || !errors.Is(err, cause) {
			t.Errorf("%v: got %v", cause, err)
		}
	}
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listening: %v", err)
	}
	at := "http://" + refused.Addr().String()
	refused.Close()
	local, err := entra.ParseCloud(at + "," + at)
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	if _, err := entra.NewClient(local, &http.Transport{}, now).Resolve(t.Context(), string(tenantA)); !strings.Contains(err.Error(), "is refused") {
		t.Errorf("a closed port: got %v", err)
	}
}
