package simulator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// directoryAudience is who proofs of possession are made for: the directory service of old.
const directoryAudience = "00000002-0000-0000-c000-000000000000"

// applicationPath is where an application's keys are changed: by object id, or by client id in brackets.
var applicationPath = regexp.MustCompile(`^/v1\.0/applications(?:/([0-9a-fA-F-]{36})|\(appId='([0-9a-fA-F-]{36})'\))/(addKey|removeKey)$`)

// directory answers what Graph has outside of security: who am I, which organisation, keys of applications.
func (s *Simulator) directory(w http.ResponseWriter, r *http.Request) {
	s.identify(w, r)
	c, refusal := s.caller(r)
	if refusal != nil {
		s.refuse(w, r, refusal)
		return
	}
	if m := applicationPath.FindStringSubmatch(r.URL.Path); m != nil && r.Method == http.MethodPost {
		s.changeKeys(w, r, c, m[1], m[2], m[3])
		return
	}
	var out any
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		refusal = &graphError{status: http.StatusMethodNotAllowed, code: "Request_BadRequest", message: "Specified HTTP method is not allowed for the request target."}
	case r.URL.Path == "/v1.0/me":
		out, refusal = s.me(c)
	case r.URL.Path == "/v1.0/organization":
		out, refusal = s.organization(c)
	default:
		refusal = &graphError{status: http.StatusNotFound, code: "ResourceNotFound", message: "Resource not found for the segment."}
	}
	if refusal != nil {
		s.refuse(w, r, refusal)
		return
	}
	s.writeGraph(w, http.StatusOK, out)
}

// writeGraph writes an answer in Graph's form.
func (s *Simulator) writeGraph(w http.ResponseWriter, status int, v any) {
	a := object(status, v)
	a.header.Set("Content-Type", graphMediaType)
	a.write(w)
}

// holds reports whether the caller has one of the permissions: those of the application, or those that the person gave it.
func (c *caller) holds(names ...string) bool {
	for _, name := range names {
		for _, p := range append(c.roles, c.scopes...) {
			if p == name {
				return true
			}
		}
	}
	return false
}

// me is the person who signed in.
func (s *Simulator) me(c *caller) (any, *graphError) {
	if c.user == nil {
		return nil, &graphError{status: http.StatusBadRequest, code: "BadRequest", message: "/me request is only valid with delegated authentication flow."}
	}
	if !c.holds("User.Read") {
		return nil, denied()
	}
	given, surname, _ := strings.Cut(c.user.Name, " ")
	return struct {
		Context   string   `json:"@odata.context"`
		Phones    []string `json:"businessPhones"`
		Name      string   `json:"displayName"`
		Given     string   `json:"givenName"`
		Job       *string  `json:"jobTitle"`
		Mail      string   `json:"mail"`
		Mobile    *string  `json:"mobilePhone"`
		Office    *string  `json:"officeLocation"`
		Language  *string  `json:"preferredLanguage"`
		Surname   string   `json:"surname"`
		Principal string   `json:"userPrincipalName"`
		ID        string   `json:"id"`
	}{Context: s.address("/v1.0/$metadata#users/$entity"), Phones: []string{}, Name: c.user.Name, Given: given, Mail: c.user.UserName, Surname: surname,
		Principal: c.user.UserName, ID: c.user.ID}, nil
}

// organization is the caller's.
func (s *Simulator) organization(c *caller) (any, *graphError) {
	if !c.holds("Organization.Read.All") && (c.user == nil || !c.holds("User.Read")) {
		return nil, denied()
	}
	type domain struct {
		Capabilities string `json:"capabilities"`
		Default      bool   `json:"isDefault"`
		Initial      bool   `json:"isInitial"`
		Name         string `json:"name"`
		Type         string `json:"type"`
	}
	type organisation struct {
		ID      string   `json:"id"`
		Name    string   `json:"displayName"`
		Type    string   `json:"tenantType"`
		Country string   `json:"countryLetterCode"`
		Created string   `json:"createdDateTime"`
		Domains []domain `json:"verifiedDomains"`
	}
	o := organisation{ID: c.tenant.id, Name: c.tenant.name, Type: "AAD", Country: "US", Created: "2019-03-11T08:19:44Z"}
	for i, name := range c.tenant.domains {
		o.Domains = append(o.Domains, domain{"Email, OfficeCommunicationsOnline", i == 0, i > 0, name, "Managed"})
	}
	return struct {
		Context string         `json:"@odata.context"`
		Value   []organisation `json:"value"`
	}{s.address("/v1.0/$metadata#organization"), []organisation{o}}, nil
}

// keyRequest is the body of addKey and removeKey.
type keyRequest struct {
	Credential *struct {
		Type  string `json:"type"`
		Usage string `json:"usage"`
		Key   string `json:"key"`
		Name  string `json:"displayName"`
	} `json:"keyCredential"`
	Password json.RawMessage `json:"passwordCredential"`
	KeyID    string          `json:"keyId"`
	Proof    string          `json:"proof"`
}

// changeKeys answers addKey and removeKey: an app changes its own keys, with a proof that it holds one of them.
func (s *Simulator) changeKeys(w http.ResponseWriter, r *http.Request, c *caller, objectID, clientID, action string) {
	var q keyRequest
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err == nil {
		err = json.Unmarshal(body, &q)
	}
	if err != nil {
		s.refuse(w, r, badKey("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."))
		return
	}
	out, refusal := s.changeKey(c, q, objectID, clientID, action)
	switch {
	case refusal != nil:
		s.refuse(w, r, refusal)
	case out == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		s.writeGraph(w, http.StatusOK, out)
	}
}

func badKey(message string) *graphError {
	return &graphError{status: http.StatusBadRequest, code: "Request_BadRequest", message: message}
}

// addedKey is what addKey answers.
type addedKey struct {
	Context    string  `json:"@odata.context"`
	Identifier string  `json:"customKeyIdentifier"`
	Name       string  `json:"displayName"`
	End        string  `json:"endDateTime"`
	Key        *string `json:"key"`
	ID         string  `json:"keyId"`
	Start      string  `json:"startDateTime"`
	Type       string  `json:"type"`
	Usage      string  `json:"usage"`
}

// changeKey adds or removes a key. Nothing and nothing means removed.
func (s *Simulator) changeKey(c *caller, q keyRequest, objectID, clientID, action string) (any, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := c.app
	if a == nil || c.user != nil || a.principal == nil || !strings.EqualFold(objectID, a.objectID) && !strings.EqualFold(clientID, a.clientID) {
		return nil, denied()
	}
	if refusal := s.checkProof(a, q.Proof); refusal != nil {
		return nil, refusal
	}
	if action == "removeKey" {
		if !a.removeKey(q.KeyID) {
			return nil, &graphError{status: http.StatusNotFound, code: "Request_ResourceNotFound", message: "No credential with this keyId is registered on the application."}
		}
		return nil, nil
	}
	switch {
	case q.Credential == nil || q.Credential.Type != "AsymmetricX509Cert" || q.Credential.Usage != "Verify":
		return nil, badKey("A keyCredential of type AsymmetricX509Cert with usage Verify is needed.")
	case len(q.Password) > 0 && string(q.Password) != "null":
		return nil, badKey("passwordCredential must be null for a keyCredential of type AsymmetricX509Cert.")
	}
	der, err := base64.StdEncoding.DecodeString(q.Credential.Key)
	if err != nil {
		return nil, badKey("The key is not base64 of a certificate.")
	}
	k, err := a.addKey(der)
	if errors.Is(err, ErrPolicy) {
		return nil, &graphError{status: http.StatusBadRequest, code: "CredentialInvalidLifetimeAsPerAppPolicy", message: "Credential lifetime exceeds the max value allowed as per assigned policy."}
	}
	if err != nil {
		return nil, badKey("The key was refused: " + err.Error() + ".")
	}
	shown := a.certificates()[len(a.keys)-1]
	return addedKey{Context: s.address("/v1.0/$metadata#microsoft.graph.keyCredential"), Identifier: shown.SHA1, Name: shown.Subject, End: shown.NotAfter.Format(time.RFC3339),
		ID: k.id, Start: shown.NotBefore.Format(time.RFC3339), Type: "AsymmetricX509Cert", Usage: "Verify"}, nil
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
