package link_test

import (
	"net/url"
	"strings"
	"testing"

	"workbench"
	"workbench/views/link"
)

// The secret of a consent link stands in the query, which no log holds, and nowhere in the path.
func TestConsentAddresses(t *testing.T) {
	hostile := "../../x?y#z/<script>\r\n\\//evil.example"
	for name, got := range map[string]string{
		"link": link.Consent(hostile), "way": link.ConsentDeparting(hostile), "form": link.Consent(""), "shared": link.SharedApp(workbench.RegistrationID(hostile), link.Delete),
		"file": link.SharedCertificateFile(workbench.RegistrationID(hostile)),
	} {
		u, err := url.Parse(got)
		if err != nil || !link.Local(got) || strings.ContainsAny(got, "<>\r\n\\ ") || strings.Contains(got, "//") || u.Host != "" || u.Fragment != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if (name == "link" || name == "way" || name == "form") && !strings.HasPrefix(u.Path, "/consent") || name == "link" && (u.Path != "/consent" || u.Query().Get("token") != hostile) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
