package workbench

import "time"

// ConsentLifetime is how long a consent link is good for.
const ConsentLifetime = 7 * 24 * time.Hour

// ConsentLink lets somebody who has no account here, such as an administrator of a customer, grant what a connector asks for: once, and for
// the tenant that was entered. Its secret is in the address that is handed on, and kept only as SHA-256.
type ConsentLink struct {
	ID        string      `json:"id"` // random, 16 bytes in base32 in lower case; no secret
	Connector ConnectorID `json:"connector"`
	Tenant    TenantID    `json:"tenant"` // that must answer
	Requester AccountID   `json:"requester"`
	Name      string      `json:"name"` // of the requester, as the page shows it
	MadeAt    Time        `json:"madeAt"`
	Expires   Time        `json:"expires"`
	UsedAt    Time        `json:"usedAt"` // when Microsoft signed who consented; the link leads nowhere from then on
	UsedBy    Untrusted   `json:"usedBy"` // user name in the signed answer
}

// Open reports whether the link still leads to Microsoft.
func (l ConsentLink) Open(now time.Time) bool { return l.UsedAt.IsZero() && now.Before(l.Expires.Time) }
