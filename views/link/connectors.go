package link

import (
	"net/url"
	"strconv"

	"workbench"
)

// Where the pages of connectors are entered from: their wording differs, what they show does not.
const (
	FromConnectors = "connectors"   // Security > Connectors
	FromApps       = "integrations" // Resources > Integrations, tab Integrated Apps
	FromConfigured = "configured"   // Resources > Integrations, tab Configured Integrations
)

// What can be asked of one connector, as it stands in its address. The empty text is the connector's own page.
const (
	Authorize   = "authorize"
	TestNow     = "test"
	Disable     = "disable"
	Enable      = "enable"
	Delete      = "delete"
	Certificate = "certificate" // makes a new one
	Credential  = "credential"  // takes one that is brought
)

// Connectors is the page Connectors Settings; with a form, its data.
func Connectors(form string) string { return "/connectors" + form }

// ConnectorPanel is the panel of one parent and its children.
func ConnectorPanel(parent workbench.ConnectorID) string {
	return with(Connectors(""), url.Values{"panel": {string(parent)}})
}

// ConnectorChanges gives a list of Connectors Settings, as a query asks for it, where there are other connectors than those known.
func ConnectorChanges(known string, query url.Values) string {
	return ConnectorsFound(also(query, "known", known))
}

// ConnectorPage is one page of a list, counted from 1.
func ConnectorPage(from string, page int) string {
	if page <= 1 {
		return ConnectorList(from)
	}
	return with(ConnectorList(from), url.Values{"page": {strconv.Itoa(page)}})
}

// Integrations is the page Integrations with the tab Integrated Apps; Configured has its other tab.
func Integrations() string { return "/integrations" }
func Configured() string   { return "/integrations/configured" }

// ConnectorList is the list that pages are entered from.
func ConnectorList(from string) string {
	switch from {
	case FromApps:
		return Integrations()
	case FromConfigured:
		return Configured()
	}
	return Connectors("")
}

// NewConnector is the list with the panel for a new connector beside it. A kind of "" leaves the choice open.
func NewConnector(from string, kind workbench.ConnectorKind) string {
	query := url.Values{"from": {from}}
	if kind != "" {
		query.Set("application", string(kind))
	}
	return with("/connectors/new", query)
}

// NewConnectorUnder is the same with the parent chosen.
func NewConnectorUnder(from string, kind workbench.ConnectorKind, parent workbench.ConnectorID) string {
	return with("/connectors/new", url.Values{"from": {from}, "application": {string(kind)}, "parent": {string(parent)}})
}

// FollowConnector gives what became of the parent that the reader made after a moment, in milliseconds since 1970, and nothing while there is none.
func FollowConnector(from string, since int64) string {
	return with("/connectors/new", url.Values{"from": {from}, "since": {strconv.FormatInt(since, 10)}})
}

// MadeConnector is the same panel after a connector was made.
func MadeConnector(from string, id workbench.ConnectorID) string {
	return with("/connectors/new", url.Values{"from": {from}, "connector": {string(id)}})
}

// SetUp tells how to register the application in Microsoft Entra.
func SetUp() string { return "/connectors/setup" }

// ConnectorCallback is where Microsoft sends browsers back to.
func ConnectorCallback() string { return "/connectors/callback" }

// Connector is the page of one connector, or what can be asked of it.
func Connector(id workbench.ConnectorID, what string) string {
	path := "/connectors/" + url.PathEscape(string(id))
	if what != "" {
		path += "/" + what
	}
	return path
}

// ConnectorJSON is what is known of one connector, as data.
func ConnectorJSON(id workbench.ConnectorID) string { return Connector(id, "") + JSON }

// CertificateFile is the public part of a connector's newest certificate.
func CertificateFile(id workbench.ConnectorID) string { return Connector(id, "certificate.cer") }

// Departing is the page between the workbench and Microsoft.
func Departing(id workbench.ConnectorID, flow string) string {
	return with(Connector(id, Authorize), url.Values{"flow": {flow}})
}

// ConnectorAnchor is the id of the element that shows a connector.
func ConnectorAnchor(id workbench.ConnectorID) string { return "connector-" + string(id) }

// StoriesFrom lists the stories that a child takes in.
func StoriesFrom(tenant workbench.TenantID, kind workbench.ConnectorKind) string {
	query := url.Values{"tenant": {string(tenant)}}
	switch kind {
	case workbench.DefenderEndpoint:
		query.Set("producer", workbench.ProductEndpoint)
	case workbench.DefenderOffice365:
		query.Set("producer", workbench.ProductOffice365)
	case workbench.DefenderOther:
		query["producer"] = []string{"!" + workbench.ProductEndpoint, "!" + workbench.ProductOffice365}
	}
	return Stories(query)
}

// Blindness is the part of a page that says whose data is missing; with the lines themselves, or the rail's mark alone.
func Blindness(lines bool) string {
	if lines {
		return "/connectors/blindness?lines=1"
	}
	return "/connectors/blindness"
}
