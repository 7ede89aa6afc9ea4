package simulator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// directoryAudience is who proofs of possession are made for: the directory service of old.
const directoryAudience = "00000002-0000-0000-c000-000000000000"

// keyRequest is the body of addKey and removeKey.
type keyRequest struct {
	Credential *keyGiven       `json:"keyCredential"`
	Password   json.RawMessage `json:"passwordCredential"`
	KeyID      string          `json:"keyId"`
	Proof      string          `json:"proof"`
}

// keyGiven is a keyCredential as clients write it.
type keyGiven struct {
	Type  string     `json:"type"`
	Usage string     `json:"usage"`
	Key   *string    `json:"key"` // base64 of DER
	Name  *string    `json:"displayName"`
	ID    string     `json:"keyId"`
	End   *time.Time `json:"endDateTime"`
}

// shownKey is a keyCredential as Graph writes it.
type shownKey struct {
	Identifier string  `json:"customKeyIdentifier"`
	Name       string  `json:"displayName"`
	End        string  `json:"endDateTime"`
	Key        *string `json:"key"` // base64 of DER, where it was asked for
	ID         string  `json:"keyId"`
	Start      string  `json:"startDateTime"`
	Type       string  `json:"type"`
	Usage      string  `json:"usage"`
}

// shownKey is a credential in Graph's form.
func (k *keyCredential) shownKey(withKey bool) shownKey {
	c := k.shown()
	out := shownKey{Identifier: c.SHA1, Name: k.name, End: c.NotAfter.Format(time.RFC3339), ID: k.id, Start: c.NotBefore.Format(time.RFC3339),
		Type: "AsymmetricX509Cert", Usage: "Verify"}
	if out.Name == "" {
		out.Name = c.Subject
	}
	if withKey {
		out.Key = new(base64.StdEncoding.EncodeToString(k.certificate.Raw))
	}
	return out
}

// changeKey adds or removes a key: an app changes its own keys, or those of an app that it owns, with a proof that it holds one of them.
// Nothing and nothing means removed. The caller holds mu.
func (s *Simulator) changeKey(c *caller, at target, q keyRequest) (any, *graphError) {
	a := c.tenant.find(at, s.moment())
	switch {
	case c.user != nil:
		return nil, denied()
	case a != nil && a == c.app && c.tenant.principal(a) != nil:
	case a == nil && (c.holds(ownedByPermission) || c.app != nil && c.app.tenant != c.tenant):
		return nil, at.notThere()
	case a == nil || !c.owns(a):
		return nil, denied()
	}
	if refusal := s.checkProof(a, q.Proof); refusal != nil {
		return nil, refusal
	}
	if at.action == "removeKey" {
		if !a.removeKey(q.KeyID) {
			return nil, &graphError{status: http.StatusNotFound, code: "Request_ResourceNotFound", message: "No credential with this keyId is registered on the application."}
		}
		return nil, nil
	}
	if len(q.Password) > 0 && string(q.Password) != "null" {
		return nil, badBody("passwordCredential must be null for a keyCredential of type AsymmetricX509Cert.")
	}
	k, refusal := a.readKey(q.Credential)
	if refusal != nil {
		return nil, refusal
	}
	if err := a.addKey(k); err != nil {
		return nil, badKey(err, a.tenant)
	}
	return struct {
		Context string `json:"@odata.context"`
		shownKey
	}{s.address("/v1.0/$metadata#microsoft.graph.keyCredential"), k.shownKey(false)}, nil
}

// readKey makes a credential of what a client wrote. The caller holds mu.
func (a *App) readKey(given *keyGiven) (*keyCredential, *graphError) {
	if given == nil || given.Type != "AsymmetricX509Cert" || given.Usage != "Verify" || given.Key == nil {
		return nil, badBody("A keyCredential of type AsymmetricX509Cert with usage Verify is needed.")
	}
	der, err := base64.StdEncoding.DecodeString(*given.Key)
	if err != nil {
		return nil, badBody("The key is not base64 of a certificate.")
	}
	k, err := a.checkKey(der)
	if err != nil {
		return nil, badKey(err, a.tenant)
	}
	if given.End != nil && given.End.After(k.certificate.NotAfter) {
		return nil, badBody("Key credential end date is invalid.")
	}
	if given.Name != nil {
		if k.name = *given.Name; len(k.name) > 90 {
			return nil, badBody("The displayName of a keyCredential has at most 90 characters.")
		}
	}
	if guidPattern.MatchString(given.ID) {
		k.id = strings.ToLower(given.ID)
	}
	return k, nil
}

// badBody is the refusal of a body.
func badBody(message string) *graphError {
	return &graphError{status: http.StatusBadRequest, code: "Request_BadRequest", message: message}
}

// badKey is the refusal of a certificate. That of the lifetime has Microsoft's words; for that of the authority none are published, so it
// is called as its neighbours are.
func badKey(err error, t *Tenant) *graphError {
	policy := func(code, message, detail, target string) *graphError {
		message += " '" + t.policyID + "'."
		return &graphError{status: http.StatusBadRequest, code: code, message: message, details: []graphDetail{{detail, message, target}}}
	}
	switch {
	case errors.Is(err, ErrPolicy):
		return policy("CredentialInvalidLifetimeAsPerAppPolicy", "Credential lifetime exceeds the max value allowed as per assigned policy", "InvalidKeyEndDate", "EndDate")
	case errors.Is(err, ErrAuthority):
		return policy("CredentialInvalidIssuerAsPerAppPolicy", "The certificate is not issued by a trusted certificate authority as per assigned policy", "InvalidKeyIssuer", "Key")
	}
	return badBody("The key was refused: " + err.Error() + ".")
}

// checkProof says what is wrong with a proof that an app holds one of its keys, or nothing. The caller holds mu.
func (s *Simulator) checkProof(a *App, text string) *graphError {
	j, err := parseJWT(text)
	var c assertionClaims
	if err == nil {
		err = json.Unmarshal(j.claims, &c)
	}
	if err != nil {
		return &graphError{status: http.StatusUnauthorized, code: "Authentication_MissingOrMalformed", message: "Access Token missing or malformed."}
	}
	refuse := func(why string) *graphError {
		return &graphError{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "The proof of possession was refused: " + why}
	}
	switch now := s.now(); {
	case s.checkSigner(a, j) != nil:
		return refuse("it is not signed by a valid key of the application.")
	case c.Audience != directoryAudience:
		return refuse("its audience is not " + directoryAudience + ".")
	case !strings.EqualFold(c.Issuer, a.objectID):
		return refuse("its issuer is not the object id of the application.")
	case c.Before == 0 || c.Expires == 0 || !within(now, c.from(), c.until()):
		return refuse("it is not within its valid time range.")
	case c.until().Sub(c.from()) > 10*time.Minute:
		return refuse("it is valid for more than 10 minutes.")
	}
	return nil
}
