package entra

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"workbench"
)

var (
	guidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	label    = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	digits   = regexp.MustCompile(`^[0-9]+$`)
)

// GUID reads an id as Microsoft writes it, and returns it in lower case; false for anything else.
func GUID(text string) (string, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	return text, guidForm.MatchString(text)
}

// isTenant reports whether an id is that of a Microsoft tenant: only then it may stand in an address.
func isTenant(id workbench.TenantID) bool { return guidForm.MatchString(string(id)) }

// domain reports whether text is a DNS name of at least two labels, in lower case.
func domain(text string) bool {
	labels := strings.Split(text, ".")
	for _, l := range labels {
		if !label.MatchString(l) {
			return false
		}
	}
	return len(text) <= 253 && len(labels) >= 2 && !digits.MatchString(labels[len(labels)-1])
}

// newGUID is a fresh random id.
func newGUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// NewSecret is fresh random text for a state, nonce or verifier: 43 characters.
func NewSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
