package connect_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"workbench"
	"workbench/ingest/connect"
	"workbench/ingest/defender"
	"workbench/ingest/entra"
	"workbench/ingest/msgraph"
	"workbench/ingest/simulator"
	"workbench/store/boltstore"
	"workbench/store/seal"
)

// microsoft is a name that the certificate of package httptest is for.
const microsoft = "example.com"

// elsewhere are addresses that answers try to lead to, in the spellings that get past careless checks.
var elsewhere = []string{"http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:169.254.169.254]/", "https://[fe80::1%25eth0]/",
	"https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0/", "http://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://metadata.internal/", "https://evil.example/",
	"https://example.com.evil.example/", "https://example.com@evil.example/", "https://evil.example#example.com/", "https://evil.example?example.com/", "https://example.com:444/", "http://example.com/", "https://sub.example.com/",
	"https://example.com./", "https://EXAMPLE.com%2eevil.example/", "https://ex\u0430mple.com/", "https://example\uff0ecom.evil.example/", "//evil.example/", "\\\\evil.example\\", "https:\\\\evil.example", "https:/evil.example", "file:///etc/passwd",
	"gopher://example.com/", "ftp://example.com/", "javascript:alert(1)", "https://user:pass@example.com/", "https://example.com\t.evil.example/", " https://evil.example/"}

// bent is Microsoft with answers that lead elsewhere.
type bent struct {
	sim  http.Handler
	mode atomic.Pointer[[2]string] // what is bent, and where to
	bent atomic.Int32
}

func (b *bent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mode := b.mode.Load()
	is := func(what, path string) bool {
		return mode != nil && mode[0] == what && strings.Contains(r.URL.Path, path)
	}
	switch {
	case is("redirect of lists", "/v1.0/security/"), is("redirect of tokens", "/token"), is("redirect of discovery", "openid-configuration"):
		b.bent.Add(1)
		w.Header()["Location"] = []string{strings.NewReplacer("\t", "%09").Replace(mode[1])}
		w.WriteHeader([]int{301, 302, 303, 307, 308}[int(b.bent.Load())%5])
		return
	}
	rec := httptest.NewRecorder()
	r.Header.Del("Accept-Encoding")
	b.sim.ServeHTTP(rec, r)
	var body map[string]any
	if bends := is("link", "/v1.0/security/") || is("discovery", "openid-configuration"); bends && rec.Code == 200 && json.Unmarshal(rec.Body.Bytes(), &body) == nil {
		b.bent.Add(1)
		if mode[0] == "link" {
			body["@odata.nextLink"], body["@odata.deltaLink"] = mode[1]+"v1.0/security/incidents?$skiptoken=x", mode[1]
		}
		for _, name := range []string{"token_endpoint", "jwks_uri", "authorization_endpoint"} {
			if _, there := body[name]; there {
				body[name] = mode[1]
			}
		}
		text, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		rec.Body = bytes.NewBuffer(text)
		rec.Header().Set("Content-Length", "")
		rec.Header().Del("Content-Length")
	}
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes())
}

// Whatever answers, redirects, discovery documents, callbacks and forms name as address, through the transport as the program makes it,
// nothing is connected to but Microsoft's host and port, and a host that answers in its place after DNS was changed gets no request.
func TestNothingIsDialledButMicrosoft(t *testing.T) {
	address := mustURL(t, "https://"+microsoft)
	sim := simulator.New(simulator.Options{Base: address})
	w := &world{t: t, sim: sim, log: &journal{}, by: administrator(), folder: t.TempDir()}
	w.tenant = sim.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.com"}, Licensed: true, Users: []simulator.User{{Name: "Dana", UserName: globalAdministrator, Role: simulator.GlobalAdministrator}}})
	w.app = w.tenant.AddApp(simulator.AppOptions{Name: "Stories", RedirectURIs: []string{base + "/connectors/callback"}})
	w.tenant.World().Generate(3, 1, 24*time.Hour)
	w.tenant.World().SetLimit(1_000_000)
	front := &bent{sim: sim}
	quiet := log.New(io.Discard, "", 0)
	server := httptest.NewUnstartedServer(front)
	server.Config.ErrorLog = quiet
	server.StartTLS()
	defer server.Close()
	var reached atomic.Int32
	impostor := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	impostor.Config.ErrorLog = quiet
	impostor.TLS = &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	impostor.StartTLS()
	defer impostor.Close()

	var mu sync.Mutex
	dialled := map[string]int{}
	rebound := false
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	way := http.DefaultTransport.(*http.Transport).Clone()
	way.Proxy, way.TLSClientConfig = nil, &tls.Config{RootCAs: pool}
	defer way.CloseIdleConnections()
	way.DialContext = func(ctx context.Context, network, at string) (net.Conn, error) {
		mu.Lock()
		dialled[at]++
		to := server.Listener.Addr()
		if rebound {
			to = impostor.Listener.Addr()
		}
		mu.Unlock()
		return (&net.Dialer{}).DialContext(ctx, network, to.String())
	}
	st, err := boltstore.Open(filepath.Join(w.folder, "store.db"), defender.NewDeriver(nil), boltstore.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w.store = st
	if w.ring, err = seal.New(); err != nil {
		t.Fatal(err)
	}
	w.config = connect.Config{Store: st, Seal: w.ring, Clouds: []entra.Cloud{{Name: "custom", Authority: address, Graph: address}}, Transport: way, BaseURL: mustURL(t, base),
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Limits: msgraph.Limits{PerMinute: 600_000, Burst: 10_000, Attempts: 1}}
	w.open()
	p, child := w.working(w.connected())
	targets, err := w.service.Targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := targets[0].Client
	window := msgraph.Window{From: workbench.At(time.Now().Add(-48 * time.Hour))}
	none := func(msgraph.Page) error { return nil }
	use := func() (worked int) {
		_, probed := client.Probe(t.Context())
		_, listed := client.Incidents(t.Context(), window, none)
		_, alerts := client.Alerts(t.Context(), window, none)
		for _, err := range []error{probed, listed, alerts} {
			if err == nil {
				worked++
			}
		}
		return worked
	}
	if n := use(); n != 3 {
		t.Fatalf("with nothing bent %d of 3 reads work", n)
	}
	for _, what := range []string{"link", "redirect of lists", "redirect of tokens", "redirect of discovery", "discovery"} {
		before := front.bent.Load()
		for _, to := range elsewhere {
			front.mode.Store(&[2]string{what, to})
			if n := use(); strings.HasSuffix(what, "lists") && n > 0 {
				t.Errorf("%s to %q: %d reads work all the same", what, to, n)
			}
			if strings.HasSuffix(what, "tokens") {
				if _, err := w.service.Test(t.Context(), w.by, child); err != nil {
					t.Fatal(err)
				}
			}
			form := w.form()
			form.Name, form.Tenant, form.Credential = "Another", w.tenant.Domain(), connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "a.Secret~value"}
			if strings.Contains(what, "discovery") {
				if _, err := w.service.AddParent(t.Context(), w.by, form); err == nil {
					t.Errorf("%s to %q: a tenant was resolved", what, to)
				}
			}
		}
		front.mode.Store(nil)
		if n := int(front.bent.Load() - before); n < len(elsewhere) {
			t.Errorf("%s: only %d answers were bent", what, n)
		}
	}
	for _, to := range elsewhere { // what people type, and what callbacks claim
		form := w.form()
		form.Name, form.Tenant, form.Credential = "Typed", to, connect.CredentialChoice{Kind: connect.ChoiceSecret, Secret: "a.Secret~value"}
		if _, err := w.service.AddParent(t.Context(), w.by, form); err == nil {
			t.Errorf("%q was taken for a tenant", to)
		}
		state := mustURL(t, w.depart(p).URL).Query().Get("state")
		if _, err := w.service.Arrive(t.Context(), w.by, url.Values{"state": {state}, "code": {to}, "iss": {to}, "tenant": {to}, "redirect_uri": {to}}); err != nil {
			t.Error(err)
		}
	}
	mu.Lock()
	rebound = true
	mu.Unlock()
	way.CloseIdleConnections()
	client.Probe(t.Context())
	if st, err := w.service.Test(t.Context(), w.by, child); err != nil || st.Health.Reason != workbench.ReasonUnreachable {
		t.Errorf("with another host behind the name: got %q, %v", st.Health.Reason, err)
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the other host got %d requests", n)
	}
	mu.Lock()
	rebound = false
	defer mu.Unlock()
	if at := slices.DeleteFunc(slices.Collect(maps.Keys(dialled)), func(at string) bool { return at == microsoft+":443" }); len(at) > 0 || dialled[microsoft+":443"] < 2 {
		t.Errorf("dialled %q, and Microsoft %d times", at, dialled[microsoft+":443"])
	}
}

// selfSigned is a certificate for Microsoft's name that nobody trusts.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	der, private, err := entra.NewCertificate(microsoft, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
