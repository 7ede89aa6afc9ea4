package link

import (
	"maps"
	"net/url"

	"workbench"
)

// ConnectorsFound is Connectors Settings with the tenants that a query asks for.
func ConnectorsFound(query url.Values) string { return with(Connectors(""), query) }

// ConnectorSum is the line that counts the tenants of a query by how they are.
func ConnectorSum(query url.Values) string { return ConnectorsFound(also(query, "sum", "tenants")) }

// ConnectorRow is the row of one tenant among many.
func ConnectorRow(parent workbench.ConnectorID) string {
	return ConnectorsFound(url.Values{"row": {string(parent)}})
}

// TestConnectors is where the form posts to that has Microsoft asked about many tenants.
func TestConnectors() string { return "/connectors/test" }

// Customers is the page on which a list of tenants is imported; its forms post there.
func Customers() string { return "/connectors/customers" }

// CustomerLinks is where a page posts what became of an import, to have it as a file.
func CustomerLinks() string { return "/connectors/customers/links.csv" }

// also is a copy of a query with one more value.
func also(query url.Values, name, value string) url.Values {
	all := maps.Clone(query)
	if all == nil {
		all = url.Values{}
	}
	all.Set(name, value)
	return all
}
