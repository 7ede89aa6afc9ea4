// Package msal holds a test that Microsoft's own client library for Go takes the simulator for Microsoft. It is a module of its own, so that
// the workbench does not depend on that library.
package msal_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"workbench/ingest/simulator"
)

func newKey(t *testing.T) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "workbench"}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, private
}

// start serves a simulator over TLS, as Microsoft's library demands.
func start(t *testing.T) (*simulator.Simulator, policy.ClientOptions) {
	t.Helper()
	var s *simulator.Simulator
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s = simulator.New(simulator.Options{Base: base})
	return s, policy.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: server.URL + "/"}, Transport: &toSimulator{server.Client(), base.Host}, Retry: policy.RetryOptions{MaxRetries: -1}}
}

// toSimulator brings to the simulator what Microsoft's library asks of Microsoft wherever a cloud is: whether it is one.
type toSimulator struct {
	client *http.Client
	host   string
}

// Do sends a request.
func (c *toSimulator) Do(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "login.microsoftonline.com" && r.URL.Path == "/common/discovery/instance" {
		r = r.Clone(r.Context())
		r.URL.Host, r.Host = c.host, c.host
	}
	return c.client.Do(r)
}

func TestMicrosoftsLibraryReadsTheSimulator(t *testing.T) {
	s, options := start(t)
	tenant := s.AddTenant(simulator.TenantOptions{Name: "Contoso", Domains: []string{"contoso.example"}, Licensed: true})
	app := tenant.AddApp(simulator.AppOptions{Name: "Workbench"})
	certificate, private := newKey(t)
	if _, err := app.UploadCertificate(certificate.Raw); err != nil {
		t.Fatal(err)
	}
	app.Consent()
	want := fill(t, tenant)

	for name, offline := range map[string]bool{"with instance discovery": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			credential, err := azidentity.NewClientCertificateCredential(tenant.ID(), app.ClientID(), []*x509.Certificate{certificate}, crypto.PrivateKey(private),
				&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: offline})
			if err != nil {
				t.Fatal(err)
			}
			scope := s.Base().String() + "/.default"
			pipeline := runtime.NewPipeline("workbench", "v1", runtime.PipelineOptions{PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(credential, []string{scope}, nil)}}, &options)
			if got := read(t, pipeline, s.Base().String()+"/v1.0/security/incidents?$top=2"); !got.covers(want.incidents) || got.pages < 2 {
				t.Errorf("incidents: got %d on %d pages, want all %d on several", len(got.ids), got.pages, len(want.incidents))
			}
			if got := read(t, pipeline, s.Base().String()+"/v1.0/security/alerts_v2?$top=2"); !got.covers(want.alerts) || got.pages < 2 {
				t.Errorf("alerts: got %d on %d pages, want all %d on several", len(got.ids), got.pages, len(want.alerts))
			}
		})
	}
}

func TestMicrosoftsLibraryUnderstandsRefusals(t *testing.T) {
	s, options := start(t)
	tenant := s.AddTenant(simulator.TenantOptions{Name: "Contoso"})
	app := tenant.AddApp(simulator.AppOptions{Name: "Workbench"})
	certificate, private := newKey(t)
	credential, err := azidentity.NewClientCertificateCredential(tenant.ID(), app.ClientID(), []*x509.Certificate{certificate}, private,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{s.Base().String() + "/.default"}})
	if err == nil || !strings.Contains(err.Error(), "AADSTS700027") {
		t.Errorf("with a certificate that is not registered: got %v, want AADSTS700027", err)
	}
	var _ azcore.TokenCredential = credential
}

// list is what a list held.
type list struct {
	ids   map[string]int
	pages int
}

// covers reports whether exactly these ids are in the list, each once.
func (l list) covers(want []string) bool {
	for _, id := range want {
		if l.ids[id] != 1 {
			return false
		}
	}
	return len(want) > 0 && len(l.ids) == len(want)
}

// read reads a list to its end.
func read(t *testing.T, pipeline runtime.Pipeline, address string) list {
	t.Helper()
	got := list{ids: map[string]int{}}
	for address != "" {
		var page struct {
			Next  string `json:"@odata.nextLink"`
			Value []struct {
				ID string `json:"id"`
			} `json:"value"`
		}
		get(t, pipeline, address, &page)
		for _, v := range page.Value {
			got.ids[v.ID]++
		}
		address = page.Next
		if got.pages++; got.pages > 1000 {
			t.Fatal("the list does not end")
		}
	}
	return got
}

func get(t *testing.T, pipeline runtime.Pipeline, address string, into any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		t.Fatal(err)
	}
	response, err := pipeline.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", address, runtime.NewResponseError(response))
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
