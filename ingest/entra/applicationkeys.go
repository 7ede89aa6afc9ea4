package entra

import (
	"context"
	"crypto/sha1" // the thumbprint by which Microsoft names certificates
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"workbench"
)

// RegisteredKey is a certificate that an app registration has.
type RegisteredKey struct {
	KeyID      string    // Microsoft's id of it
	Thumbprint string    // SHA-1 in upper-case hexadecimal, as workbench.Credential.SHA1; "" where Microsoft does not tell
	NotBefore  time.Time // zero where Microsoft does not tell
	NotAfter   time.Time
}

// mostKeys is how many certificates of a registration are read.
const mostKeys = 256

// Keys lists the certificates of an app registration.
func (c *Client) Keys(ctx context.Context, t Token, objectID string) ([]RegisteredKey, error) {
	id, ok := GUID(objectID)
	if !ok {
		return nil, internal("reading the certificates of an application: its object id is no GUID")
	}
	a, e, err := c.ask(ctx, c.cloud.graph("/v1.0/applications/"+id+"?$select=keyCredentials"), t.Access, nil)
	if err == nil && !a.good() {
		err = c.refusedApplication(e, a, t, workbench.ReasonApplicationRefused)
	}
	var keys []RegisteredKey
	if err == nil {
		if keys, err = registered(a.body); err != nil {
			err = e.unreadable(err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the certificates of an application: %w", err)
	}
	return keys, nil
}

// ReplaceKeys gives an app registration exactly these certificates, in DER: what it had besides is gone, so that one to keep is among them,
// and one that has expired is not. It needs no proof of a certificate that is valid. Without an error they are registered, and keyIDs are
// Microsoft's ids in the same order; "" where Microsoft does not tell yet: Keys will. A policy of the tenant that refuses one is
// ReasonKeyPolicy. With ReasonUnreachable, ReasonUnavailable and ReasonUnreadable nobody knows, and calling once more is the way.
func (c *Client) ReplaceKeys(ctx context.Context, t Token, objectID string, certificates [][]byte) (keyIDs []string, err error) {
	id, ok := GUID(objectID)
	if !ok || len(certificates) == 0 || len(certificates) > mostKeys {
		return nil, internal("replacing certificates: the object id is no GUID, or there are no certificates or too many")
	}
	var body struct {
		Keys []keyToRegister `json:"keyCredentials"`
	}
	for _, der := range certificates {
		key, err := register(der)
		if err != nil {
			return nil, internal("replacing certificates: %w", err)
		}
		body.Keys = append(body.Keys, key)
	}
	a, e, err := c.send(ctx, http.MethodPatch, c.cloud.graph("/v1.0/applications/"+id), t.Access, body, nil)
	if err == nil && !a.good() {
		err = c.refusedApplication(e, a, t, workbench.ReasonRenewalRefused)
	}
	if err != nil {
		return nil, fmt.Errorf("replacing certificates: %w", err)
	}
	now, _ := c.Keys(ctx, t, id) // they are replaced, whatever comes of this
	for _, der := range certificates {
		keyIDs = append(keyIDs, idOf(now, der))
	}
	return keyIDs, nil
}

// registered reads the certificates of an application that Graph answered with.
func registered(body []byte) ([]RegisteredKey, error) {
	var said struct {
		Keys []struct {
			ID    string  `json:"keyId"`
			Type  string  `json:"type"`
			Usage string  `json:"usage"`
			Named *string `json:"customKeyIdentifier"`
			Key   *string `json:"key"`
			Start *string `json:"startDateTime"`
			End   *string `json:"endDateTime"`
		} `json:"keyCredentials"`
	}
	if err := json.Unmarshal(body, &said); err != nil || len(said.Keys) > mostKeys {
		return nil, errors.New("the list of certificates is no JSON, or too long")
	}
	keys := []RegisteredKey{}
	for _, k := range said.Keys {
		id, ok := GUID(k.ID)
		if !ok || k.Type != "AsymmetricX509Cert" || k.Usage != "Verify" {
			continue // nothing that an application signs in with
		}
		key := RegisteredKey{KeyID: id, Thumbprint: thumbprint(k.Named), NotBefore: instant(k.Start), NotAfter: instant(k.End)}
		if k.Key != nil {
			if der, err := base64.StdEncoding.DecodeString(*k.Key); err == nil && len(der) > 0 {
				key.Thumbprint = printOf(der)
			}
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// idOf is Microsoft's id of a certificate; "" where it is not among keys.
func idOf(keys []RegisteredKey, certificate []byte) string {
	for _, k := range keys {
		if k.Thumbprint == printOf(certificate) {
			return k.KeyID
		}
	}
	return ""
}

func printOf(certificate []byte) string {
	sum := sha1.Sum(certificate)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

var hexPrint = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)

// thumbprint reads a customKeyIdentifier: the SHA-1 in hexadecimal, or in base64 as its type has it. "" for what is none.
func thumbprint(text *string) string {
	if text == nil || len(*text) > 64 {
		return ""
	}
	if hexPrint.MatchString(*text) {
		return strings.ToUpper(*text)
	}
	switch raw, err := base64.StdEncoding.DecodeString(*text); {
	case err != nil:
	case len(raw) == sha1.Size:
		return strings.ToUpper(hex.EncodeToString(raw))
	case hexPrint.Match(raw):
		return strings.ToUpper(string(raw))
	}
	return ""
}

// instant reads a time of Graph; zero for what is none.
func instant(text *string) time.Time {
	if text == nil || len(*text) > 64 {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
