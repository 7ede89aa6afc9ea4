package workbench

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// DocumentKind says what a raw document is.
type DocumentKind string

// The kinds of documents.
const (
	IncidentDocument DocumentKind = "incident"
	AlertDocument    DocumentKind = "alert"
)

// Form is the interface whose shape a document has.
type Form string

// The forms. A document of an older form never overrides a Graph document of the same object.
const (
	GraphForm    Form = "graph"    // Microsoft Graph: /security/incidents, /security/alerts_v2
	XDRForm      Form = "xdr"      // api.security.microsoft.com: incidents with entities
	EndpointForm Form = "endpoint" // api.securitycenter.microsoft.com: alerts of Defender for Endpoint
)

// Document is one alert, or one incident with its alerts cut out, exactly as received, with what is needed to file it. It never changes.
type Document struct {
	Tenant   TenantID
	Kind     DocumentKind
	Form     Form
	Object   string // id of the alert or incident, 1 to 256 bytes
	Incident string // alerts: incident that it belongs to, by its own word or else by the incident it came in; "" = none
	Own      bool   // alerts: Incident is the document's own word
	Product  string // alerts: product key
	Updated  string // last update as Microsoft wrote it; "" = none
	JSON     []byte // as received
}

// Hash is the SHA-256 of a document's JSON without insignificant white space.
type Hash [sha256.Size]byte

// HashJSON hashes JSON text. Text that is not JSON is hashed as it is.
func HashJSON(raw []byte) Hash {
	if !spaced(raw) { // as almost all that comes over the wire: then it is hashed as it is, JSON or not
		return sha256.Sum256(raw)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return sha256.Sum256(raw)
	}
	return sha256.Sum256(compact.Bytes())
}

// spaced reports whether there is white space outside of strings.
func spaced(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case ' ', '\t', '\r', '\n':
			return true
		case '"':
			i = closingQuote(raw, i+1)
		}
	}
	return false
}

// String is the hash in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String writes.
func ParseHash(s string) (Hash, bool) {
	var h Hash
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, false
	}
	copy(h[:], b)
	return h, true
}

// MarshalText writes the hash as String does.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(b []byte) error {
	v, ok := ParseHash(string(b))
	if !ok {
		return &Invalid{Fields: map[string]string{"hash": "is not 64 hexadecimal digits"}}
	}
	*h = v
	return nil
}

// Observed is a kept document with its hash and its first receipt.
type Observed struct {
	Document
	Hash        Hash
	Observation uint64 // number of the first receipt, growing over the whole store
	ReceivedAt  Time   // of the first receipt
}

// Receipt says that a document was seen.
type Receipt struct {
	Observation uint64 `json:"observation"`
	At          Time   `json:"at"`
	Source      string `json:"source"` // "import", or a connector's id
}

// Quarantined is a record that could not be understood. It stands beside the documents until it is retried or discarded.
type Quarantined struct {
	ID       string   `json:"id"` // first 16 bytes of Hash, in hexadecimal
	Tenant   TenantID `json:"tenant"`
	Source   string   `json:"source"`
	Name     string   `json:"name"`     // file or address it came from, as given by the operator
	Position int64    `json:"position"` // byte offset in the (unpacked) file
	Length   int64    `json:"length"`   // bytes of the whole record
	Hash     Hash     `json:"hash"`     // SHA-256 of the whole record as received
	Reason   string   `json:"reason"`   // a plain sentence of ours; text from the record only as Untrusted.String
	At       Time     `json:"at"`
	First    []byte   `json:"first"`  // the first MiB
	Within   string   `json:"within"` // incident whose alerts held the record; "" = none
}

// Whole reports whether all bytes of the record are kept, so that it can be retried.
func (q Quarantined) Whole() bool { return int64(len(q.First)) == q.Length }

// StoryID names a story: 26 characters of base32 in lower case.
type StoryID string

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID is the base32 of the first 16 bytes of the SHA-256 over the parts, each led by its length. No two lists of parts share a
// preimage.
func NewID(parts ...string) string {
	var few [512]byte
	b := few[:0]
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(p))), p...)
	}
	sum := sha256.Sum256(b)
	var id [26]byte
	lowerBase32.Encode(id[:], sum[:16])
	return string(id[:])
}

// IncidentStory is the id of the story that the alerts of one product make in one incident.
func IncidentStory(tenant TenantID, product, incident string) StoryID {
	return StoryID(NewID("story/1", strings.ToLower(string(tenant)), product, incident))
}

// AlertStory is the id of the story of an alert that belongs to no incident.
func AlertStory(tenant TenantID, product, alert string) StoryID {
	return StoryID(NewID("story/1", strings.ToLower(string(tenant)), product, "alert", alert))
}

// PlaceholderStory is the id of the story that stands for an imported incident whose alerts are not here.
func PlaceholderStory(tenant TenantID, incident string) StoryID {
	return StoryID(NewID("story/1", strings.ToLower(string(tenant)), "incident", "placeholder", incident))
}

// GroupKey names what is derived together: one incident, or one alert without incident, of one tenant.
type GroupKey struct {
	Tenant   TenantID
	Incident string // "" where the group is an alert
	Alert    string // "" where the group is an incident
}

// Groups returns the groups that a document takes part in by itself. The store adds those that other versions of the same alert name.
func (d Document) Groups() GroupKey {
	if d.Kind == IncidentDocument {
		return GroupKey{Tenant: d.Tenant, Incident: d.Object}
	}
	if d.Incident == "" {
		return GroupKey{Tenant: d.Tenant, Alert: d.Object}
	}
	return GroupKey{Tenant: d.Tenant, Incident: d.Incident}
}

// Group is all that the stories of one incident, or of one alert without incident, are derived from.
type Group struct {
	GroupKey
	// Documents are, in the order of their observations, every version of the incident and every version of every alert that has a
	// version in this group, also those of its versions that name another incident or none.
	Documents []Observed
	// Acted says which stories of the group have actions: they exist whatever the documents say.
	Acted []StoryID
}

// Deriver makes the stories of a group. It is pure: the same group gives the same bytes, on every machine, in every order of calls.
type Deriver interface {
	// Version names the derivation (parser, scoring, weights). A store remembers it and derives again where it differs.
	Version() string
	// Derive returns the stories of the group in the order of their ids. It never fails: what it does not understand it keeps as it is.
	Derive(Group) []Content
}
