package workbench

import "strings"

// ProducerType is the kind of producer that makes a story.
type ProducerType string

// The two producer types, as the model product names them.
const (
	MicrosoftEndpointAlert ProducerType = "microsoftEndpointAlert" // stories of Defender for Endpoint
	GenericIncident        ProducerType = "genericIncident"        // stories of every other product
)

// Label is the name that people read.
func (p ProducerType) Label() string {
	if p == MicrosoftEndpointAlert {
		return "Microsoft Endpoint Alert"
	}
	return "Generic Incident"
}

// Product is the Defender product behind an alert. Key is part of story ids: changing the table below is a migration.
type Product struct {
	Key  string    // short and stable; for a product that the table does not know, its service source in lower case
	Name Untrusted // what people read
	Type ProducerType
}

// The keys that code asks for by name.
const (
	ProductEndpoint  = "endpoint"
	ProductOffice365 = "office365"
	ProductIdentity  = "identity"
	ProductXDR       = "xdr"
)

// productTable maps serviceSource, in lower case, in its present spelling and those of the older interfaces, to key and name.
var productTable = map[string][2]string{
	"microsoftdefenderforendpoint":                  {ProductEndpoint, "Microsoft Defender for Endpoint"},
	"microsoftdefenderatp":                          {ProductEndpoint, "Microsoft Defender for Endpoint"},
	"windowsdefenderatp":                            {ProductEndpoint, "Microsoft Defender for Endpoint"},
	"microsoft defender advanced threat protection": {ProductEndpoint, "Microsoft Defender for Endpoint"},
	"microsoftdefenderforoffice365":                 {ProductOffice365, "Microsoft Defender for Office 365"},
	"officeatp":                                     {ProductOffice365, "Microsoft Defender for Office 365"},
	"office365advancedthreatprotection":             {ProductOffice365, "Microsoft Defender for Office 365"},
	"office 365 advanced threat protection":         {ProductOffice365, "Microsoft Defender for Office 365"},
	"microsoftdefenderforidentity":                  {ProductIdentity, "Microsoft Defender for Identity"},
	"azureatp":                                      {ProductIdentity, "Microsoft Defender for Identity"},
	"azureadvancedthreatprotection":                 {ProductIdentity, "Microsoft Defender for Identity"},
	"microsoftdefenderforcloudapps":                 {"cloudapps", "Microsoft Defender for Cloud Apps"},
	"microsoftcloudappsecurity":                     {"cloudapps", "Microsoft Defender for Cloud Apps"},
	"mcas":                                          {"cloudapps", "Microsoft Defender for Cloud Apps"},
	"microsoft365defender":                          {ProductXDR, "Microsoft Defender XDR"},
	"microsoftdefenderxdr":                          {ProductXDR, "Microsoft Defender XDR"},
	"microsoftthreatprotection":                     {ProductXDR, "Microsoft Defender XDR"},
	"mtp":                                           {ProductXDR, "Microsoft Defender XDR"},
	"azureadidentityprotection":                     {"entraid", "Microsoft Entra ID Protection"},
	"aadidentityprotection":                         {"entraid", "Microsoft Entra ID Protection"},
	"ipc":                                           {"entraid", "Microsoft Entra ID Protection"},
	"microsoftappgovernance":                        {"appgovernance", "Microsoft App Governance"},
	"appgovernance":                                 {"appgovernance", "Microsoft App Governance"},
	"datalossprevention":                            {"dlp", "Microsoft Data Loss Prevention"},
	"microsoftdatalossprevention":                   {"dlp", "Microsoft Data Loss Prevention"},
	"microsoftdefenderforcloud":                     {"cloud", "Microsoft Defender for Cloud"},
	"azuresecuritycenter":                           {"cloud", "Microsoft Defender for Cloud"},
	"microsoftsentinel":                             {"sentinel", "Microsoft Sentinel"},
	"azuresentinel":                                 {"sentinel", "Microsoft Sentinel"},
	"microsoftinsiderriskmanagement":                {"insiderrisk", "Microsoft Insider Risk Management"},
	"microsoftthreatintelligence":                   {"threatintelligence", "Microsoft Threat Intelligence"},
	"microsoftsecurityforai":                        {"securityforai", "Microsoft Security for AI"},
	"unknownfuturevalue":                            {"unknownfuturevalue", "Unknown Microsoft product"},
	"unknown":                                       {"unknown", "Unknown Microsoft product"},
	"":                                              {"unknown", "Unknown Microsoft product"},
}

// ProductOf finds the product of a serviceSource. A source that the table does not know becomes a product of its own, with the text as
// its name and the text in lower case, cut at 64 bytes, as its key.
func ProductOf(serviceSource Untrusted) Product {
	key := strings.ToLower(strings.TrimSpace(serviceSource.Raw()))
	if known, ok := productTable[key]; ok {
		return newProduct(known[0], Text(known[1]))
	}
	if len(key) > 64 {
		key = strings.ToValidUTF8(key[:64], "")
	}
	return newProduct(key, serviceSource)
}

func newProduct(key string, name Untrusted) Product {
	p := Product{Key: key, Name: name, Type: GenericIncident}
	if key == ProductEndpoint {
		p.Type = MicrosoftEndpointAlert
	}
	return p
}
