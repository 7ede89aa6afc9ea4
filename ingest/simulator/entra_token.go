package simulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// refreshLifetime is how long a refresh token can be used.
const refreshLifetime = 90 * 24 * time.Hour

// refreshToken is what a refresh token stands for.
type refreshToken struct {
	app     *App
	tenant  *Tenant
	user    User
	scopes  []string
	expires time.Time
}

// tokenAnswer is a success of the token endpoint.
type tokenAnswer struct {
	Type       string `json:"token_type"`
	Scope      string `json:"scope,omitempty"`
	Expires    int    `json:"expires_in"`
	ExtExpires int    `json:"ext_expires_in"`
	Access     string `json:"access_token"`
	Refresh    string `json:"refresh_token,omitempty"`
	ID         string `json:"id_token,omitempty"`
	Client     string `json:"client_info,omitempty"`
}

// tokenRequest is a request to the token endpoint whose client has proven itself.
type tokenRequest struct {
	app  *App
	in   *principal // of the tenant that was asked
	acr  string     // how the client proved itself: 1 = secret, 2 = certificate
	form url.Values
}

// token answers the token endpoint. The caller holds mu.
func (s *Simulator) token(r *http.Request, d directoryOf) answer {
	q, wrong := s.tokenRequest(r, d)
	if wrong != nil {
		return s.refuseToken(r, wrong)
	}
	var out tokenAnswer
	var err error
	switch q.form.Get("grant_type") {
	case "client_credentials":
		out, wrong, err = s.appToken(q)
	case "authorization_code":
		out, wrong, err = s.redeem(q)
	case "refresh_token":
		out, wrong, err = s.renew(q)
	}
	if wrong != nil {
		return s.refuseToken(r, wrong)
	}
	if err != nil {
		return plain(http.StatusInternalServerError, err.Error())
	}
	a := object(http.StatusOK, out)
	a.header.Set("Cache-Control", "no-store, no-cache")
	a.header.Set("Pragma", "no-cache")
	a.header.Set("x-ms-request-id", newGUID())
	if id := r.Header.Get("client-request-id"); guidPattern.MatchString(id) {
		a.header.Set("client-request-id", id)
	}
	return a
}

// tokenRequest reads a request and finds out which client it comes from. The caller holds mu.
func (s *Simulator) tokenRequest(r *http.Request, d directoryOf) (tokenRequest, *refusal) {
	form := r.PostForm
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return tokenRequest{}, refused("invalid_request", 900561, "The endpoint only accepts POST requests with a form. Received a %s request.", cut(r.Method, 10))
	}
	if name, found := repeated(form); found {
		return tokenRequest{}, refused("invalid_request", 9002313, "Invalid request. Request is malformed or invalid. The parameter '%s' is repeated.", cut(name, 50))
	}
	switch grant := form.Get("grant_type"); grant {
	case "":
		return tokenRequest{}, lacking("grant_type")
	case "client_credentials", "authorization_code", "refresh_token":
	default:
		return tokenRequest{}, refused("unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'.", cut(grant, 50))
	}
	id, given := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		name, err := url.QueryUnescape(user)
		text, err2 := url.QueryUnescape(password)
		if err != nil || err2 != nil || given != "" || id != "" && id != name {
			return tokenRequest{}, refused("invalid_request", 9002313, "Invalid request. Request is malformed or invalid.")
		}
		id, given = name, text
	}
	if id == "" {
		return tokenRequest{}, lacking("client_id")
	}
	if d.tenant == nil {
		return tokenRequest{}, notFound(id, d)
	}
	a := s.app(id)
	if a == nil || !a.serves(d.tenant) {
		return tokenRequest{}, notFound(id, d)
	}
	p := d.tenant.principal(a)
	if now := s.moment(); p == nil || now.Before(p.works) || now.Before(a.known) {
		return tokenRequest{}, notFound(id, d)
	}
	if !p.enabled {
		return tokenRequest{}, disabled(a)
	}
	q := tokenRequest{app: a, in: p, form: form}
	switch assertion := form.Get("client_assertion"); {
	case assertion != "" && given != "":
		return tokenRequest{}, refused("invalid_request", 9002313, "Invalid request. Request is malformed or invalid. Both a secret and an assertion were given.")
	case assertion != "":
		q.acr = "2"
		if kind := form.Get("client_assertion_type"); kind != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
			return tokenRequest{}, refused("invalid_request", 900144, "The request body must contain the following parameter: 'client_assertion_type' with a value that is supported.")
		}
		return q, s.checkAssertion(a, d.tenant, assertion)
	case given != "":
		q.acr = "1"
		return q, s.checkSecret(a, given)
	}
	return tokenRequest{}, refused("invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
}

// checkSecret says what is wrong with a client secret, or nothing. The caller holds mu.
func (s *Simulator) checkSecret(a *App, given string) *refusal {
	for _, known := range a.secrets {
		if subtle.ConstantTimeCompare([]byte(known.value), []byte(given)) != 1 {
			continue
		}
		if !known.expires.IsZero() && !s.now().Before(known.expires) {
			return refused("invalid_client", 7000222, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app, or consider using "+
				"certificate credentials for added security.", a.clientID)
		}
		return nil
	}
	return refused("invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a "+
		"secret added to app '%s'.", a.clientID)
}

// appToken gives a token of the application itself. The caller holds mu.
func (s *Simulator) appToken(q tokenRequest) (tokenAnswer, *refusal, error) {
	asked := q.form.Get("scope")
	if asked == "" {
		return tokenAnswer{}, lacking("scope"), nil
	}
	names, all, wrong := s.scopes(asked)
	if wrong != nil && wrong.code != 70011 {
		return tokenAnswer{}, wrong, nil
	}
	names = slices.DeleteFunc(names, ofOpenID) // Microsoft's own libraries add those of sign-in here too
	if wrong != nil || !all || len(names) > 0 {
		return tokenAnswer{}, refused("invalid_scope", 1002012, "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to "+
			"the resource identifier (application ID URI).", cut(asked, 200)), nil
	}
	c := s.claims(q)
	c.Type, c.Object, c.Subject = "app", q.in.id, q.in.id
	c.Roles = in(q.in.roles, s.moment())
	access, err := s.signAccess(c)
	return s.tokenAnswer(access), nil, err
}

// claims are those that every access token has. The caller holds mu.
func (s *Simulator) claims(q tokenRequest) accessClaims {
	now := s.now()
	issuer := "https://sts.windows.net/" + q.in.tenant.id + "/"
	return accessClaims{Audience: s.base.String(), Issuer: issuer, Provider: issuer, IssuedAt: now.Unix(), Before: now.Unix(),
		Expires: now.Add(s.settings.TokenLifetime).Unix(), App: q.app.clientID, AppACR: q.acr, Tenant: q.in.tenant.id, ID: newHandle()[:22], Version: "1.0"}
}

func (s *Simulator) tokenAnswer(access string) tokenAnswer {
	seconds := max(int(s.settings.TokenLifetime/time.Second)-1, 1)
	return tokenAnswer{Type: "Bearer", Expires: seconds, ExtExpires: seconds, Access: access}
}

// redeem gives tokens of a person for a code. Whoever presents a code has used it up. The caller holds mu.
func (s *Simulator) redeem(q tokenRequest) (tokenAnswer, *refusal, error) {
	for _, name := range []string{"code", "redirect_uri"} {
		if q.form.Get(name) == "" {
			return tokenAnswer{}, lacking(name), nil
		}
	}
	c, ok := s.codes[q.form.Get("code")]
	if ok && c.tenant != q.in.tenant {
		return tokenAnswer{}, refused("invalid_grant", 700005, "The provided authorization code is intended to be used against another tenant."), nil
	}
	if !ok || c.app != q.app {
		return tokenAnswer{}, refused("invalid_grant", 70000, "The provided value for the 'code' parameter is not valid."), nil
	}
	used := c.used
	c.used = true
	verifier := q.form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case used:
		return tokenAnswer{}, refused("invalid_grant", 54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."), nil
	case !s.now().Before(c.expires):
		return tokenAnswer{}, refused("invalid_grant", 70008, "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request "+
			"for this user and resource."), nil
	case c.redirect != q.form.Get("redirect_uri"):
		return tokenAnswer{}, refused("invalid_client", 500112, "The reply address '%s' does not match the reply address '%s' provided when requesting Authorization code.",
			cut(q.form.Get("redirect_uri"), 300), c.redirect), nil
	case verifier == "":
		return tokenAnswer{}, lacking("code_verifier"), nil
	case !verifierPattern.MatchString(verifier) || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge:
		return tokenAnswer{}, refused("invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request."), nil
	}
	return s.personTokens(q, c.user, c.scopes, c.nonce)
}

// renew gives tokens of a person for a refresh token. The caller holds mu.
func (s *Simulator) renew(q tokenRequest) (tokenAnswer, *refusal, error) {
	text := q.form.Get("refresh_token")
	if text == "" {
		return tokenAnswer{}, lacking("refresh_token"), nil
	}
	t, ok := s.refresh[text]
	switch {
	case !ok || t.app != q.app || t.tenant != q.in.tenant:
		return tokenAnswer{}, refused("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."), nil
	case !s.now().Before(t.expires):
		return tokenAnswer{}, refused("invalid_grant", 700082, "The refresh token has expired due to inactivity."), nil
	}
	return s.personTokens(q, t.user, t.scopes, "")
}

// personTokens gives the tokens of a person: those scopes of the ones that were asked for which are still allowed. The caller holds mu.
func (s *Simulator) personTokens(q tokenRequest, person User, had []string, nonce string) (tokenAnswer, *refusal, error) {
	scopes := had
	if asked := q.form.Get("scope"); asked != "" {
		names, all, wrong := s.scopes(asked)
		if wrong != nil {
			return tokenAnswer{}, wrong, nil
		}
		if scopes = names; all {
			scopes = append(scopes, had...)
		}
	}
	if !q.in.tenant.allows(q.app, person, scopes) {
		return tokenAnswer{}, refused("invalid_grant", 65001, "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive "+
			"authorization request for this user and resource.", q.app.clientID, q.app.name), nil
	}
	var shown []string
	for _, p := range permissions() {
		if slices.Contains(scopes, p.name) && p.name != "offline_access" {
			shown = append(shown, p.name)
		}
	}
	subject := sha256.Sum256([]byte(q.app.clientID + "/" + person.ID))
	c := s.claims(q)
	c.Type, c.Object, c.Subject, c.Name, c.UserName = "user", person.ID, base64.RawURLEncoding.EncodeToString(subject[:]), person.Name, person.UserName
	c.Scopes = strings.Join(shown, " ")
	if person.Role == GlobalAdministrator {
		c.WIDs = []string{"62e90394-69f5-4237-9190-012177145e10"}
	}
	access, err := s.signAccess(c)
	if err != nil {
		return tokenAnswer{}, nil, err
	}
	out := s.tokenAnswer(access)
	out.Scope = c.Scopes
	if slices.Contains(scopes, "openid") {
		if out.ID, err = s.signID(q, person, c.Subject, nonce); err != nil {
			return tokenAnswer{}, nil, err
		}
	}
	if slices.Contains(scopes, "offline_access") {
		out.Refresh = newHandle()
		s.refresh[out.Refresh] = &refreshToken{app: q.app, tenant: q.in.tenant, user: person, scopes: scopes, expires: s.now().Add(refreshLifetime)}
	}
	if q.form.Get("client_info") == "1" {
		info, err := json.Marshal(map[string]string{"uid": person.ID, "utid": q.in.tenant.id})
		if err != nil {
			return tokenAnswer{}, nil, err
		}
		out.Client = base64.RawURLEncoding.EncodeToString(info)
	}
	return out, nil, nil
}

// idClaims are those of an ID token.
type idClaims struct {
	Version  string `json:"ver"`
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
	IssuedAt int64  `json:"iat"`
	Before   int64  `json:"nbf"`
	Name     string `json:"name"`
	UserName string `json:"preferred_username"`
	Object   string `json:"oid"`
	Tenant   string `json:"tid"`
	Nonce    string `json:"nonce,omitempty"`
	ID       string `json:"uti"`
}

// signID writes an ID token. The caller holds mu.
func (s *Simulator) signID(q tokenRequest, person User, subject, nonce string) (string, error) {
	keys, err := s.signing(1)
	if err != nil {
		return "", err
	}
	now := s.now()
	return signJWT(jwtHeader{Type: "JWT", Alg: "RS256", KeyID: keys[0].id}, idClaims{
		Version: "2.0", Issuer: s.issuer(q.in.tenant), Subject: subject, Audience: q.app.clientID, Expires: now.Add(time.Hour).Unix(), IssuedAt: now.Unix(), Before: now.Unix(),
		Name: person.Name, UserName: person.UserName, Object: person.ID, Tenant: q.in.tenant.id, Nonce: nonce, ID: newHandle()[:22],
	}, keys[0].private)
}
