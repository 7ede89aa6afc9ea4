package entra_test

import (
	"errors"
	"testing"

	"workbench"
	"workbench/ingest/entra"
)

func TestParseCloud(t *testing.T) {
	for text, want := range map[string][3]string{
		"global":    {"global", "https://login.microsoftonline.com", "https://graph.microsoft.com"},
		" USGov ":   {"usgov", "https://login.microsoftonline.us", "https://graph.microsoft.us"},
		"usgov-dod": {"usgov-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"},
		"https://A.example:8443/, https://b.example":    {"custom", "https://a.example:8443", "https://b.example"},
		"http://127.0.0.1:9,http://[::1]:9":             {"custom", "http://127.0.0.1:9", "http://[::1]:9"},
		"http://localhost:7000,http://localhost:7000":   {"custom", "http://localhost:7000", "http://localhost:7000"},
		"http://127.9.9.9:7000,https://graph.localhost": {"custom", "http://127.9.9.9:7000", "https://graph.localhost"},
	} {
		got, err := entra.ParseCloud(text)
		if err != nil || [3]string{got.Name, got.Authority.String(), got.Graph.String()} != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "china", "moon", "https://a.example", "http://a.example,https://b.example", "https://a.example,http://10.0.0.1", "https://u:p@a.example,https://b.example",
		"https://a.example/x,https://b.example", "https://a.example?x,https://b.example", "https://a.example?,https://b.example", "https://a.example#,https://b.example", "ftp://localhost,https://b",
		"https://,https://b", "https:a,https://b", "https://a,https://b,https://c", "http://localhost.evil.example,https://b"} {
		_, err := entra.ParseCloud(text)
		var bad *workbench.Invalid
		if !errors.As(err, &bad) || bad.Fields["cloud"] == "" {
			t.Errorf("%q: got %v, want a sentence about the cloud", text, err)
		}
	}
}

func TestIssuer(t *testing.T) {
	c, err := entra.ParseCloud("global")
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	if got, want := c.Issuer(tenantA), "https://login.microsoftonline.com/"+string(tenantA)+"/v2.0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
