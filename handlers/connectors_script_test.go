package handlers_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"workbench"
)

// offering adds a connector whose certificate waits to be uploaded.
func (f *connections) offering(name string, r workbench.Registration, certificate string) {
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: name, Tenant: "0f8fad5b-d9cb-469f-a165-70867728950e"}, workbench.StatusPending, workbench.ReasonCertificateUnknown)
	r.Credentials = []workbench.Credential{
		{Kind: workbench.CertificateCredential, State: workbench.CredentialOffered, Certificate: []byte(certificate)},
		{Kind: workbench.CertificateCredential, State: workbench.CredentialActive, Certificate: []byte("active")},
	}
	f.states[len(f.states)-1].Registration = r
}

// The script is the one that the page shows, for what was chosen, with our redirect address and the certificate that waits.
func TestScriptIsOfferedAndDownloaded(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	f.offering("contoso <b>", workbench.Registration{ID: "r1"}, "a certificate")
	for _, want := range []struct{ query, file, has string }{
		{"", "register-own-global.sh", "#!/usr/bin/env bash\n# Registers the tenant's own app."},
		{"?shell=powershell&topology=shared&cloud=usgov-dod", "register-shared-usgov-dod.ps1", "'AzureADMultipleOrgs'"},
		{"?topology=managed&cloud=nowhere&shell=fish&name=" + url.QueryEscape("a'; touch pwned; '"), "register-managed-global.sh", `a'\''; touch pwned; '\''`},
		{"?name=" + url.QueryEscape("\u202Eevil") + "&certificate=" + strings.Repeat("x", 100), "register-own-global.sh", `"displayName":"Stories Workbench"`},
		{"?certificate=r1", "register-own-global.sh", base64.StdEncoding.EncodeToString([]byte("a certificate"))},
	} {
		page := s.mustGet("/connectors/setup" + want.query)
		var shown, address string
		for _, n := range elements(mustParse(t, page), func(n *html.Node) bool {
			return n.Data == "pre" || n.Data == "a" && attribute(n, "download") != "" || n.Data == "a" && strings.HasPrefix(words(n), "Download register")
		}) {
			if n.Data == "pre" {
				shown = n.FirstChild.Data
			} else {
				address = attribute(n, "href")
			}
		}
		w := s.do(http.MethodGet, address, nil)
		body, h := w.Body.String(), w.Header()
		if w.Code != http.StatusOK || h.Get("Content-Type") != "text/plain; charset=UTF-8" || h.Get("Content-Disposition") != `attachment; filename="`+want.file+`"` || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: %s answers %d with %v", want.query, address, w.Code, h)
		}
		if !strings.Contains(body, want.has) || !strings.Contains(body, "http://localhost:8080/connectors/callback") {
			t.Errorf("%q: the script has no %q: %s", want.query, want.has, body)
		}
		if shown != body {
			t.Errorf("%q: the page shows another script than the one that is downloaded: %.2000s", want.query, shown)
		}
		if strings.Contains(page, "contoso <b>") {
			t.Error("a connector's name stands in the page as markup")
		}
	}
	if body := s.mustGet("/connectors/setup/script?certificate=r1"); !strings.Contains(body, "\ntenant='0f8fad5b-d9cb-469f-a165-70867728950e'\n") {
		t.Errorf("the script does not say in which tenant it is to run: %s", body)
	}
}

// A registration that tenants share is offered once and by its own name, the certificate in use never.
func TestScriptsOfferWhatWaits(t *testing.T) {
	s, f := withConnectors(t, workbench.IntegrationsEditor)
	shared := workbench.Registration{ID: "shared", Name: "provider's app", Tenant: "11111111-2222-3333-4444-555555555555"}
	f.offering("first", shared, "one")
	f.offering("second", shared, "one")
	f.offering("third", workbench.Registration{ID: "own"}, "two")
	f.add(workbench.Connector{Kind: workbench.Microsoft365, Name: "fourth"}, workbench.StatusConnected, "")
	f.states[len(f.states)-1].Registration = workbench.Registration{ID: "used", Credentials: []workbench.Credential{{Kind: workbench.CertificateCredential, State: workbench.CredentialActive, Certificate: []byte("active")}}}
	var got []string
	for _, n := range elements(mustParse(t, s.mustGet("/connectors/setup")), func(n *html.Node) bool { return n.Data == "select" && attribute(n, "name") == "certificate" }) {
		for _, o := range elements(n, func(n *html.Node) bool { return n.Data == "option" }) {
			got = append(got, words(o))
		}
	}
	if strings.Join(got, ", ") != "None yet, provider's app, third" {
		t.Errorf("certificates of %q are offered", got)
	}
	for _, id := range []string{"shared", "own", "used"} {
		if body := s.mustGet("/connectors/setup/script?certificate=" + id); strings.Contains(body, base64.StdEncoding.EncodeToString([]byte("active"))) {
			t.Error("a script registers a certificate that is registered")
		}
	}
	if body := s.mustGet("/connectors/setup/script?certificate=shared"); !strings.Contains(body, "\ntenant='11111111-2222-3333-4444-555555555555'\n") {
		t.Errorf("the script of a shared app does not run in its home: %s", body)
	}
}
