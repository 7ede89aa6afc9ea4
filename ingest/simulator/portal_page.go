package simulator

import (
	"html/template"
	"net/http"
)

// portalView is a page of the portal inside its frame.
type portalView struct {
	Title   string
	Tenant  *Tenant       // whose page it is, or nil
	Notice  string        // what was done
	Problem string        // what was refused
	Content template.HTML // of the caller's own template: see html
}

// framed is what the frame shows.
type framed struct {
	portalView
	TenantID   string
	TenantName string
}

// showPortal writes a page of the portal.
func (s *Simulator) showPortal(w http.ResponseWriter, status int, v portalView) {
	f := framed{portalView: v}
	if v.Tenant != nil {
		f.TenantID, f.TenantName = v.Tenant.id, v.Tenant.name
	}
	htmlPage(status, "frame", f).write(w)
}

// showTemplate writes a page of the portal whose content is one of our templates.
func (s *Simulator) showTemplate(w http.ResponseWriter, status int, v portalView, name string, data any) {
	t := templates.Lookup(name)
	content, err := html(t, data)
	if err != nil {
		plain(http.StatusInternalServerError, "writing a page: "+err.Error()).write(w)
		return
	}
	v.Content = content
	s.showPortal(w, status, v)
}

// done is the sentence for a word of an address that a form led to. Only these words have one.
func done(word string) string {
	switch word {
	case "registered":
		return "The app is registered."
	case "certificate":
		return "The certificate was added."
	case "certificate-removed":
		return "The certificate was removed."
	case "redirect":
		return "The redirect URI was added."
	case "permissions":
		return "The permissions were changed. What is new needs consent."
	case "consent":
		return "Admin consent was granted."
	case "revoked":
		return "The consent was revoked. Tokens that were issued before keep what they have until they expire."
	case "enabled":
		return "The enterprise application is enabled."
	case "disabled":
		return "The enterprise application is disabled."
	case "deleted":
		return "The enterprise application was deleted, and with it every consent."
	case "unregistered":
		return "The app registration was deleted. Microsoft would keep it for 30 days."
	case "audience":
		return "The supported account types were changed."
	case "settings":
		return "The settings are in force."
	case "rotated":
		return "Entra signs with a new key now."
	case "tenant":
		return "The tenant was changed."
	}
	return ""
}
