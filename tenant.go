package workbench

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// TenantID names a tenant in every stored key: the GUID of a Microsoft Entra tenant in lower case, or the name given at import. It is
// 1 to 128 bytes of valid UTF-8 without control characters. The text may come from a document: views show it as Untrusted.
type TenantID string

// ImportedTenant is the tenant of documents that name none and were imported without a name.
const ImportedTenant TenantID = "imported"

// NewTenantID trims and lowers text, and reports false where it cannot name a tenant.
func NewTenantID(text string) (TenantID, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" || len(text) > 128 || !utf8.ValidString(text) {
		return "", false
	}
	for _, r := range text {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return "", false
		}
	}
	return TenantID(text), true
}

// Text returns the id for showing.
func (id TenantID) Text() Untrusted { return Text(string(id)) }

// Tenant is one Microsoft Entra tenant, or a name given at import, as lists and pages show it.
type Tenant struct {
	ID   TenantID  `json:"id"`
	Name Untrusted `json:"name"` // display name given here; absent where nobody gave one
}

// Label is the name, or the id where there is no name.
func (t Tenant) Label() Untrusted { return t.Name.Or(t.ID.Text()) }
