package workbench

import (
	"strings"
	"unicode/utf8"
)

// ConnectorID is the id of a connector: random, 16 bytes in base32 in lower case.
type ConnectorID string

// ConnectorKind says what a connector connects.
type ConnectorKind string

// The kinds. A parent signs in to a tenant; its children take in what one product, or all others, say there.
const (
	Microsoft365      ConnectorKind = "microsoft365" // the parent, called MS Tenant on the page Integrations
	DefenderEndpoint  ConnectorKind = "defenderForEndpoint"
	DefenderOffice365 ConnectorKind = "defenderForOffice365"
	DefenderOther     ConnectorKind = "defenderOther" // identity, cloud apps, XDR and every further product of the same incidents
)

// ConnectorKinds are all kinds, the parent first, in the order in which pages offer them.
var ConnectorKinds = []ConnectorKind{Microsoft365, DefenderEndpoint, DefenderOffice365, DefenderOther}

// Label is the name that people read.
func (k ConnectorKind) Label() string {
	switch k {
	case Microsoft365:
		return "Microsoft 365"
	case DefenderEndpoint:
		return "Microsoft Defender for Endpoint"
	case DefenderOffice365:
		return "Microsoft Defender for Office 365"
	case DefenderOther:
		return "Microsoft Defender, other products"
	}
	return string(k)
}

// Child reports whether connectors of this kind stand under a parent.
func (k ConnectorKind) Child() bool { return k != Microsoft365 }

// Takes reports whether a connector of this kind takes in alerts of the product with this key.
func (k ConnectorKind) Takes(product string) bool {
	switch k {
	case DefenderEndpoint:
		return product == ProductEndpoint
	case DefenderOffice365:
		return product == ProductOffice365
	case DefenderOther:
		return product != ProductEndpoint && product != ProductOffice365
	}
	return false
}

// Topology says whose app registration reads a tenant.
type Topology string

// The topologies.
const (
	OwnApp      Topology = ""        // the tenant's own: registered in it, for it alone
	SharedApp   Topology = "shared"  // one of the operator's home tenant, which many tenants consent to
	ManagedApps Topology = "managed" // the tenant's own app makes one for each child, and only those read
)

// Label is the name that people read.
func (t Topology) Label() string {
	switch t {
	case SharedApp:
		return "Shared app"
	case ManagedApps:
		return "Managed apps"
	}
	return "The tenant's own app"
}

// Connector is an authorised link to Microsoft: a parent to a tenant, a child to what one kind of product says there.
type Connector struct {
	ID           ConnectorID     `json:"id"`
	Kind         ConnectorKind   `json:"kind"`
	Name         string          `json:"name"` // unique among all connectors whatever the case, 1 to 64 characters
	Description  string          `json:"description"`
	Parent       ConnectorID     `json:"parent"`             // of children
	Topology     Topology        `json:"topology"`           // whose app registration reads the tenant; parents alone
	Cloud        string          `json:"cloud"`              // of Microsoft, that the tenant is in, by name; "" = the first that the workbench is set up for; parents alone
	Entered      string          `json:"entered"`            // tenant id or domain as the administrator wrote it; parents alone
	Tenant       TenantID        `json:"tenant"`             // GUID: of the directory that Entered names, confirmed once AuthorizedAt is set; a child has its parent's
	Registration RegistrationID  `json:"registration"`       // the app registration it signs in with; parents, and children of a parent that manages apps
	Products     []ConnectorKind `json:"products,omitempty"` // children that it gets once its tenant is confirmed; parents alone, never changed in place
	BackfillDays int             `json:"backfillDays"`       // how far back the first ingest goes; of children, and of those that Products will become
	Disabled     bool            `json:"disabled"`
	CreatedAt    Time            `json:"createdAt"`
	CreatedBy    AccountID       `json:"createdBy"`
	AuthorizedAt Time            `json:"authorizedAt"` // parents: when Microsoft signed who authorised it; children: when somebody last went to consent
	AuthorizedBy Untrusted       `json:"authorizedBy"` // parents: user name in the signed answer; children: name of the account here
	ConsentedAt  Time            `json:"consentedAt"`  // when somebody without an account here consented, signed by Microsoft, and nobody here confirmed it yet; parents
	ConsentedBy  Untrusted       `json:"consentedBy"`  // user name in that signed answer
	Revision     int             `json:"revision"`     // grows with every save
}

// The limits of what an administrator may enter.
const (
	MaxConnectorName = 64
	MaxDescription   = 1_000
	MaxBackfillDays  = 180 // Microsoft keeps no more
)

// Confirmed reports whether Microsoft signed which tenant a parent belongs to.
func (c Connector) Confirmed() bool { return !c.Kind.Child() && !c.AuthorizedAt.IsZero() }

// Check says what is wrong with the fields that a person enters, or nil.
func (c Connector) Check() error {
	var bad *Invalid
	if c.Name == "" || !visibleName(c.Name, MaxConnectorName) {
		bad = bad.Set("name", "Give the connector a name of 1 to 64 visible characters, without spaces around it.")
	}
	if utf8.RuneCountInString(c.Description) > MaxDescription {
		bad = bad.Set("description", "The description is longer than 1,000 characters.")
	}
	if Text(c.Description).Raw() != c.Description {
		bad = bad.Set("description", "The description has characters that are no text.")
	}
	if c.Kind.Child() && (c.BackfillDays < 1 || c.BackfillDays > MaxBackfillDays) {
		bad = bad.Set("backfillDays", "Choose between 1 and 180 days: Microsoft keeps incidents for 180 days.")
	}
	if c.Kind.Child() && c.Parent == "" {
		bad = bad.Set("parent", "Choose the Microsoft 365 connector of the tenant.")
	}
	if c.Kind.Label() == string(c.Kind) {
		bad = bad.Set("kind", "Choose what to connect.")
	}
	bad = c.checkProducts(c.checkTenancy(bad))
	if bad != nil {
		return bad
	}
	return nil
}

// checkProducts checks the children that a parent will get.
func (c Connector) checkProducts(bad *Invalid) *Invalid {
	seen := map[ConnectorKind]bool{}
	for _, k := range c.Products {
		if !k.Child() || k.Label() == string(k) || seen[k] || c.Kind.Child() || c.Topology == ManagedApps {
			return bad.Set("products", "Choose each product once, for a Microsoft 365 connector whose own app reads the tenant.")
		}
		seen[k] = true
	}
	if len(c.Products) > 0 && (c.BackfillDays < 1 || c.BackfillDays > MaxBackfillDays) {
		return bad.Set("backfillDays", "Choose between 1 and 180 days: Microsoft keeps incidents for 180 days.")
	}
	return bad
}

// checkTenancy checks what parents alone say: whose app registration reads the tenant, which cloud it is in, and who consented there.
func (c Connector) checkTenancy(bad *Invalid) *Invalid {
	switch {
	case c.Kind.Child() && c.Topology != OwnApp:
		bad = bad.Set("topology", "The Microsoft 365 connector says whose app registration reads the tenant.")
	case c.Topology != OwnApp && c.Topology != SharedApp && c.Topology != ManagedApps:
		bad = bad.Set("topology", "Choose whose app registration reads the tenant.")
	}
	switch {
	case c.Kind.Child() && c.Cloud != "":
		bad = bad.Set("cloud", "The Microsoft 365 connector says which cloud the tenant is in.")
	case !cloudName(c.Cloud):
		bad = bad.Set("cloud", "Choose the cloud that the tenant is in.")
	}
	if c.Kind.Child() && (!c.ConsentedAt.IsZero() || !c.ConsentedBy.IsZero()) {
		bad = bad.Set("consentedAt", "A consent is confirmed at the Microsoft 365 connector.")
	}
	return bad
}

// visibleName reports whether people can read all of a name, which may be "": at most so many characters, none of them hidden, without
// spaces around it.
func visibleName(name string, most int) bool {
	return utf8.RuneCountInString(name) <= most && strings.TrimSpace(name) == name && Text(name).String() == name
}

// maxCloudName is how long the name of a cloud may be.
const maxCloudName = 32

// cloudName reports whether a text can name a cloud, as settings do, or is "".
func cloudName(name string) bool {
	for i := range len(name) {
		if b := name[i]; b != '-' && (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return false
		}
	}
	return len(name) <= maxCloudName
}

// FlowPurpose is why a browser was sent to Microsoft.
type FlowPurpose string

// The purposes.
const (
	FlowSignIn  FlowPurpose = "signIn"       // a parent: who authorises, and of which tenant
	FlowConsent FlowPurpose = "adminConsent" // the application permissions
)

// Flow is what is remembered of a browser that went to Microsoft, until it comes back: once, within ten minutes, in the same session.
type Flow struct {
	Purpose   FlowPurpose `json:"purpose"`
	Connector ConnectorID `json:"connector"`
	Account   AccountID   `json:"account"`
	Session   Hash        `json:"session"` // SHA-256 of the id of the session that began it; where Link is set, of the browser's secret
	Link      string      `json:"link"`    // id of the consent link that was followed; "" = an account here began it
	Then      bool        `json:"then"`    // after consent the browser goes on to sign in
	Tenant    TenantID    `json:"tenant"`  // that must answer
	Issuer    string      `json:"issuer"`  // that must answer
	Sealed    []byte      `json:"sealed"`  // PKCE verifier and nonce, encrypted
	Expires   Time        `json:"expires"`
}
