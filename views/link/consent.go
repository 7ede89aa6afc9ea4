package link

import (
	"net/url"

	"workbench"
)

// What can be asked of one connector about consent by somebody without an account, and about the application that its parent made.
const (
	MakeLink     = "link" // makes a consent link
	WithdrawLink = "link/withdraw"
	Confirm      = "confirm" // the tenant whose administrator consented
	Refuse       = "refuse"
	Replace      = "replace" // the certificate, by the hand of the parent
)

// Consent is the page of a consent link, for whoever has its secret. As that of a sign-in link it stands in the query, which no log holds. With ""
// it is where the page sends its form.
func Consent(secret string) string {
	if secret == "" {
		return "/consent"
	}
	return with("/consent", url.Values{"token": {secret}})
}

// ConsentDeparting is the page between the page of a consent link and Microsoft.
func ConsentDeparting(flow string) string {
	return with("/consent/depart", url.Values{"flow": {flow}})
}

// SharedApps is the page of the apps that several tenants share.
func SharedApps() string { return "/connectors/apps" }

// NewSharedApp is the page on which one is added.
func NewSharedApp() string { return "/connectors/apps/new" }

// SharedApp is the page of one, or what can be asked of it: TestNow, Delete, Certificate, Credential.
func SharedApp(id workbench.RegistrationID, what string) string {
	path := "/connectors/apps/" + url.PathEscape(string(id))
	if what != "" {
		path += "/" + what
	}
	return path
}

// SharedCertificateFile is the public part of a shared app's newest certificate.
func SharedCertificateFile(id workbench.RegistrationID) string {
	return SharedApp(id, "certificate.cer")
}
