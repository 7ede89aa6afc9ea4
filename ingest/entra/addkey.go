package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"workbench"
)

// AddKey adds a certificate to an app registration, proven by a key that it has already, and returns Microsoft's id of it. A policy of the
// tenant that refuses it is ReasonKeyPolicy, any other refusal ReasonRenewalRefused. With ReasonUnreachable, ReasonUnavailable and
// ReasonUnreadable nobody knows whether it was added.
func (c *Client) AddKey(ctx context.Context, t Token, objectID string, proof Key, certificate []byte) (keyID string, err error) {
	type credential struct {
		Type  string `json:"type"`
		Usage string `json:"usage"`
		Key   []byte `json:"key"` // base64 in JSON
	}
	a, e, err := c.keys(ctx, t, objectID, proof, "addKey", func(proof string) any {
		return struct {
			Credential credential `json:"keyCredential"`
			Password   *struct{}  `json:"passwordCredential"` // null: there is none
			Proof      string     `json:"proof"`
		}{credential{"AsymmetricX509Cert", "Verify", certificate}, nil, proof}
	})
	if err != nil {
		return "", fmt.Errorf("adding a certificate: %w", err)
	}
	var said struct {
		ID string `json:"keyId"`
	}
	if json.Unmarshal(a.body, &said) == nil {
		if id, ok := GUID(said.ID); ok {
			return id, nil
		}
	}
	return "", fmt.Errorf("adding a certificate: %w", e.unreadable(errors.New("the answer does not say under which id")))
}

// RemoveKey takes a certificate away. One that is not there any more is no failure.
func (c *Client) RemoveKey(ctx context.Context, t Token, objectID string, proof Key, keyID string) error {
	id, ok := GUID(keyID)
	if !ok {
		return internal("removing a certificate: its key id is no GUID")
	}
	a, _, err := c.keys(ctx, t, objectID, proof, "removeKey", func(proof string) any {
		return struct {
			ID    string `json:"keyId"`
			Proof string `json:"proof"`
		}{id, proof}
	})
	if err != nil && a.status != 404 {
		return fmt.Errorf("removing a certificate: %w", err)
	}
	return nil
}

// keys asks Graph to change the keys of a registration.
func (c *Client) keys(ctx context.Context, t Token, objectID string, proof Key, action string, body func(proof string) any) (answer, *exchange, error) {
	id, ok := GUID(objectID)
	if !ok {
		return answer{}, nil, internal("the object id is no GUID")
	}
	signed, err := proof.proof(id, c.now())
	if err != nil {
		return answer{}, nil, internal("proving a key: %w", err)
	}
	a, e, err := c.ask(ctx, c.cloud.graph("/v1.0/applications/"+id+"/"+action), t.Access, body(signed))
	if err == nil && !a.good() {
		f := c.refusedByGraph(e, a, workbench.ReasonRenewalRefused, t.Access, signed)
		if f.Reason == workbench.ReasonTokenRefused && complained(a).Code == "Authentication_MissingOrMalformed" {
			f.Reason = workbench.ReasonRenewalRefused // that is said of the proof
		}
		err = f
	}
	return a, e, err
}
