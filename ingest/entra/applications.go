package entra

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"unicode/utf8"

	"workbench"
)

// OwnedBy is the permission that a token must hold here: to create applications, and to manage those alone.
const OwnedBy = "Application.ReadWrite.OwnedBy"

// microsoftGraph is the resource that permissions are of.
const microsoftGraph = "00000003-0000-0000-c000-000000000000"

// The limits of what an application is made of.
const (
	nameLimit       = 256   // characters
	notesLimit      = 1_024 // characters; the rest is cut
	keyNameLimit    = 90    // characters; the rest is cut
	mostPermissions = 64
)

// uniqueName is the form of Application.Unique: it stands in an address between quotes.
var uniqueName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,118}[A-Za-z0-9]$`)

// Application is an app registration to make, for its tenant alone.
type Application struct {
	Name         string // display name, at most 256 characters
	Unique       string // names it for good: 2 to 120 letters, digits, dots, hyphens and underscores. Microsoft keeps it 30 days after a deletion
	RedirectURIs []string
	Permissions  []Permission // of Microsoft Graph; what people consent to
	Certificate  []byte       // DER; says itself from when to when it is valid
	Notes        string       // for administrators of the tenant
}

// Permission is one of Microsoft Graph's.
type Permission struct {
	ID        string // GUID
	Delegated bool   // of a person who signs in, and not of the application
}

// Created is an app registration that there is.
type Created struct {
	ClientID string
	ObjectID string
	KeyID    string // Microsoft's id of the certificate; "" where Microsoft does not tell yet: Keys will
}

type resourceAccess struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type requiredResource struct {
	Resource string           `json:"resourceAppId"`
	Access   []resourceAccess `json:"resourceAccess"`
}

type web struct {
	RedirectURIs []string `json:"redirectUris"`
}

// request is what Graph is told of an application.
type request struct {
	Name     string             `json:"displayName"`
	Audience string             `json:"signInAudience"`
	Notes    string             `json:"notes"`
	Web      web                `json:"web"`
	Required []requiredResource `json:"requiredResourceAccess"`
	Keys     []keyToRegister    `json:"keyCredentials"`
}

// keyToRegister is a certificate as it is sent. Its times are those of the certificate: Graph refuses an end after the certificate's.
type keyToRegister struct {
	Type  string `json:"type"`
	Usage string `json:"usage"`
	Name  string `json:"displayName"`
	Start string `json:"startDateTime"`
	End   string `json:"endDateTime"`
	Key   []byte `json:"key"` // base64 in JSON
}

func register(certificate []byte) (keyToRegister, error) {
	c, err := x509.ParseCertificate(certificate)
	if err != nil {
		return keyToRegister{}, errors.New("the certificate can't be read")
	}
	const form = "2006-01-02T15:04:05Z"
	return keyToRegister{"AsymmetricX509Cert", "Verify", cut(c.Subject.String(), keyNameLimit).Raw(),
		c.NotBefore.UTC().Format(form), c.NotAfter.UTC().Format(form), certificate}, nil
}

func (a Application) request() (request, error) {
	if n := utf8.RuneCountInString(a.Name); n == 0 || n > nameLimit || !uniqueName.MatchString(a.Unique) {
		return request{}, errors.New("its name or its unique name is missing, too long or of another form")
	}
	if len(a.Permissions) == 0 || len(a.Permissions) > mostPermissions {
		return request{}, errors.New("it asks for no permission, or for too many")
	}
	required := requiredResource{Resource: microsoftGraph}
	for _, p := range a.Permissions {
		id, ok := GUID(p.ID)
		if !ok {
			return request{}, errors.New("the id of a permission is no GUID")
		}
		kind := "Role"
		if p.Delegated {
			kind = "Scope"
		}
		required.Access = append(required.Access, resourceAccess{id, kind})
	}
	key, err := register(a.Certificate)
	if err != nil {
		return request{}, err
	}
	return request{Name: a.Name, Audience: "AzureADMyOrg", Notes: cut(a.Notes, notesLimit).Raw(), Web: web{append([]string{}, a.RedirectURIs...)},
		Required: []requiredResource{required}, Keys: []keyToRegister{key}}, nil
}

// CreateApplication makes an app registration in the token's tenant, which the token's application then owns. Where there is one with the
// same unique name, as after an answer that was lost, it becomes what a says, and has the certificate of a alone. The unique name of one that
// was deleted is not to be had for 30 days. With ReasonUnreachable, ReasonUnavailable and ReasonUnreadable nobody knows whether it was made;
// with ReasonApplicationMissing, too, calling once more is the way.
func (c *Client) CreateApplication(ctx context.Context, t Token, a Application) (Created, error) {
	body, err := a.request()
	if err != nil {
		return Created{}, internal("creating an application: %w", err)
	}
	at := c.cloud.graph("/v1.0/applications(uniqueName='" + a.Unique + "')")
	said, e, err := c.send(ctx, http.MethodPatch, at, t.Access, body, http.Header{"Prefer": {"create-if-missing"}})
	if err == nil && said.status == http.StatusNoContent { // there was one, and it was changed
		said, e, err = c.ask(ctx, at+"?$select=id,appId,keyCredentials", t.Access, nil)
	}
	switch {
	case err != nil:
		return Created{}, fmt.Errorf("creating an application: %w", err)
	case !said.good():
		return Created{}, fmt.Errorf("creating an application: %w", c.refusedApplication(e, said, t, workbench.ReasonApplicationRefused))
	}
	var made struct {
		ObjectID string `json:"id"`
		ClientID string `json:"appId"`
	}
	if json.Unmarshal(said.body, &made) == nil {
		object, ok := GUID(made.ObjectID)
		client, also := GUID(made.ClientID)
		if ok && also {
			keys, _ := registered(said.body) // without them it is made all the same
			return Created{ClientID: client, ObjectID: object, KeyID: idOf(keys, a.Certificate)}, nil
		}
	}
	return Created{}, fmt.Errorf("creating an application: %w", e.unreadable(errors.New("the answer does not say under which ids")))
}

// DeleteApplication takes an app registration away, with its enterprise application in the tenant. One that is not there any more is no failure.
func (c *Client) DeleteApplication(ctx context.Context, t Token, objectID string) error {
	id, ok := GUID(objectID)
	if !ok {
		return internal("deleting an application: its object id is no GUID")
	}
	a, e, err := c.send(ctx, http.MethodDelete, c.cloud.graph("/v1.0/applications/"+id), t.Access, nil, nil)
	if err == nil && !a.good() {
		if f := c.refusedApplication(e, a, t, workbench.ReasonApplicationRefused); f.Reason != workbench.ReasonApplicationMissing {
			err = f
		}
	}
	if err != nil {
		return fmt.Errorf("deleting an application: %w", err)
	}
	return nil
}

// behind finds what Graph says of an application that it made a moment ago and does not know everywhere yet, or whose unique name is taken
// by one that it does not show: the same one, or one that was deleted.
var behind = regexp.MustCompile(`(?i)does not reference a valid application|NoBackingApplicationObject|the backing application of the service principal|same value for property uniqueName`)

// refusedApplication is refusedByGraph for the applications that another one manages.
func (c *Client) refusedApplication(e *exchange, a answer, t Token, otherwise workbench.Reason) *workbench.Fault {
	f, said := c.refusedByGraph(e, a, otherwise, t.Access), complained(a)
	switch {
	case f.Reason != otherwise:
	case behind.MatchString(said.words()), a.status == http.StatusNotFound:
		f.Reason = workbench.ReasonApplicationMissing
	case a.status == http.StatusForbidden && said.Code == "Authorization_RequestDenied":
		f.Reason = workbench.ReasonOwnershipMissing
		if slices.Contains(t.Roles, OwnedBy) { // the token explains the refusal
			f.Reason = workbench.ReasonNotOwner
		}
	}
	return f
}
