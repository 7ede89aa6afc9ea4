package connect

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"workbench"
	"workbench/ingest/entra"
	"workbench/store/seal"
)

// flowFor is how long a browser may be away.
const flowFor = 10 * time.Minute

// maxState is how long a state may be that is looked up at all.
const maxState = 128

// secrets are what a flow remembers sealed.
type secrets struct {
	Verifier string `json:"verifier"`
	Nonce    string `json:"nonce"`
}

// flowPlace is where the secrets of a flow stand. The state itself is kept nowhere.
func flowPlace(tenant workbench.TenantID, state string) seal.Place {
	sum := sha256.Sum256([]byte(state))
	return seal.Place{Tenant: string(tenant), Record: hex.EncodeToString(sum[:]), Field: "flow"}
}

// flowOf is the flow of a browser that goes to Microsoft for an account: a parent that reads by its own application signs in, and its children
// ask for consent; others ask for consent first, and then say who gave it.
func flowOf(by By, c workbench.Connector) workbench.Flow {
	f := workbench.Flow{Purpose: workbench.FlowConsent, Connector: c.ID, Account: by.Account.ID, Session: by.session(), Tenant: c.Tenant}
	switch {
	case c.Kind.Child():
	case c.Topology == workbench.OwnApp:
		f.Purpose = workbench.FlowSignIn
	default:
		f.Then = true
	}
	return f
}

// addFlow keeps a new flow and returns its state. Issuer, Expires and what is sealed are set here.
func (s *Service) addFlow(ctx context.Context, t *tenancy, f workbench.Flow) (string, error) {
	state := entra.NewSecret()
	plain, err := json.Marshal(secrets{Verifier: entra.NewSecret(), Nonce: entra.NewSecret()})
	if err != nil {
		return "", err
	}
	defer clear(plain)
	f.Issuer, f.Expires = t.cloud.Issuer(f.Tenant), workbench.At(s.Now().Add(flowFor))
	if f.Sealed, err = s.ring.Seal(plain, flowPlace(f.Tenant, state)); err != nil {
		return "", fmt.Errorf("sealing a flow: %w", err)
	}
	if err := s.Store.AddFlow(ctx, state, f); err != nil {
		return "", fmt.Errorf("keeping a flow: %w", err)
	}
	return state, nil
}

// flow looks at a flow that this account began in this session and may still end. ErrNotFound says nothing of why not.
func (s *Service) flow(ctx context.Context, by By, state string) (workbench.Flow, workbench.Connector, error) {
	if state == "" || len(state) > maxState {
		return workbench.Flow{}, workbench.Connector{}, fmt.Errorf("flow: %w", workbench.ErrNotFound)
	}
	f, err := s.Store.Flow(ctx, state, s.Now())
	if err != nil {
		return workbench.Flow{}, workbench.Connector{}, fmt.Errorf("flow: %w", err)
	}
	session := by.session()
	c, err := s.editable(by, f.Connector)
	if err != nil || by.Session == "" || f.Link != "" || subtle.ConstantTimeCompare(session[:], f.Session[:]) != 1 || f.Account != by.Account.ID || f.Tenant != c.Tenant {
		return workbench.Flow{}, workbench.Connector{}, fmt.Errorf("flow: %w", workbench.ErrNotFound)
	}
	return f, c, nil
}

// signInOf is the sign-in that a flow is about.
func (s *Service) signInOf(f workbench.Flow, state string, r workbench.Registration) (entra.SignIn, error) {
	plain, err := s.ring.Open(f.Sealed, flowPlace(f.Tenant, state))
	if err != nil {
		return entra.SignIn{}, &workbench.Fault{Reason: workbench.ReasonUnsealable, Err: fmt.Errorf("opening a flow: %w", err)}
	}
	defer clear(plain)
	var kept secrets
	if err := json.Unmarshal(plain, &kept); err != nil {
		return entra.SignIn{}, fmt.Errorf("reading a flow: %w", err)
	}
	return entra.SignIn{Tenant: f.Tenant, ClientID: r.ClientID, RedirectURI: s.RedirectURI(), State: state, Nonce: kept.Nonce, Verifier: kept.Verifier}, nil
}
