package ingest_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"workbench/ingest/simulator"
)

// asSimulator makes the test binary act as a simulated Microsoft, so that its memory and its time are not the workbench's.
const asSimulator = "WORKBENCH_TEST_AS_SIMULATOR"

func TestMain(m *testing.M) {
	if text := os.Getenv(asSimulator); text != "" {
		if err := simulate(text, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// microsoft says what to simulate: so many tenants, each with so many incidents of 50 KB whose last updates spread over some days.
type microsoft struct {
	Tenants, Incidents, Days int
	Unlimited                bool // without Microsoft's limits
}

// simulated is what a simulated Microsoft says of itself.
type simulated struct {
	Base        string
	Certificate []byte // that its TLS shows
	Apps        []simulatedApp
}

type simulatedApp struct{ Tenant, ClientID, ObjectID string }

// appSecret is the client secret of every app.
const appSecret = "a.Client~secret"

// simulate serves by HTTPS until its input ends. Each line of input changes the oldest incident of the tenant with that number.
func simulate(text string, in io.Reader, out io.Writer) error {
	var m microsoft
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return err
	}
	server := httptest.NewUnstartedServer(nil)
	address := "https://" + server.Listener.Addr().String()
	base, err := url.Parse(address)
	if err != nil {
		return err
	}
	sim := simulator.New(simulator.Options{Base: base, TokenLifetime: 24 * time.Hour})
	var said simulated
	var tenants []*simulator.Tenant
	for i := range m.Tenants {
		t := sim.AddTenant(simulator.TenantOptions{Name: fmt.Sprint("Tenant ", i), Domains: []string{fmt.Sprintf("tenant%d.example", i)}, Licensed: true})
		t.World().Generate(m.Incidents, uint64(i)+7, time.Duration(m.Days)*24*time.Hour)
		if m.Unlimited {
			t.World().SetLimit(0)
		}
		a := t.AddApp(simulator.AppOptions{Name: "Stories Workbench"})
		a.SetSecret(appSecret, time.Time{})
		a.Consent()
		tenants, said.Apps = append(tenants, t), append(said.Apps, simulatedApp{t.ID(), a.ClientID(), a.ObjectID()})
	}
	server.Config.Handler, server.EnableHTTP2 = sim, true
	server.StartTLS()
	defer server.Close()
	said.Base, said.Certificate = address, server.Certificate().Raw
	if err := json.NewEncoder(out).Encode(said); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var i int
		if _, err := fmt.Sscan(lines.Text(), &i); err != nil {
			return err
		}
		w := tenants[i].World()
		if err := w.Touch(w.Incidents()[0]); err != nil {
			return err
		}
	}
	return nil
}

// elsewhere is a simulated Microsoft in a process of its own.
type elsewhere struct {
	simulated
	process *exec.Cmd
	in      io.WriteCloser
}

func (m microsoft) start(t testing.TB) *elsewhere {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	e := &elsewhere{process: exec.Command(os.Args[0])}
	e.process.Env = append(os.Environ(), asSimulator+"="+string(text))
	var complaint strings.Builder
	e.process.Stderr = &complaint
	if e.in, err = e.process.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := e.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.stop() })
	if err := json.NewDecoder(out).Decode(&e.simulated); err != nil {
		t.Fatalf("the simulated Microsoft does not start: %v, %s", err, complaint.String())
	}
	return e
}

// touch changes an incident of a tenant.
func (e *elsewhere) touch(t testing.TB, tenant int) {
	if _, err := fmt.Fprintln(e.in, tenant); err != nil {
		t.Error(err)
	}
}

// stop ends the process and returns how many seconds processors worked for it.
func (e *elsewhere) stop() float64 {
	if e.process.ProcessState == nil {
		e.in.Close()
		_ = e.process.Wait()
	}
	return (e.process.ProcessState.UserTime() + e.process.ProcessState.SystemTime()).Seconds()
}

// roots trusts it alone.
func (e *elsewhere) roots(t testing.TB) *x509.CertPool {
	t.Helper()
	c, err := x509.ParseCertificate(e.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return pool
}

// transport is how the workbench reaches Microsoft, trusting the simulator alone.
func (e *elsewhere) transport(t testing.TB) http.RoundTripper {
	way := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: e.roots(t), MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true, MaxIdleConns: 256, MaxIdleConnsPerHost: 64,
		IdleConnTimeout: 90 * time.Second}
	t.Cleanup(way.CloseIdleConnections)
	return way
}
