package simulator

import (
	"net/http"
	"net/url"
	"strings"
)

// discover answers the OpenID configuration of a directory. The caller holds mu.
func (s *Simulator) discover(d directoryOf) answer {
	at := "/" + d.name()
	issuer := s.address("/{tenantid}/v2.0") // to be filled in by the reader from the token
	if d.tenant != nil {
		issuer = s.issuer(d.tenant)
	}
	return object(http.StatusOK, struct {
		Token        string   `json:"token_endpoint"`
		Methods      []string `json:"token_endpoint_auth_methods_supported"`
		Keys         string   `json:"jwks_uri"`
		Modes        []string `json:"response_modes_supported"`
		Subjects     []string `json:"subject_types_supported"`
		Algorithms   []string `json:"id_token_signing_alg_values_supported"`
		Types        []string `json:"response_types_supported"`
		Scopes       []string `json:"scopes_supported"`
		Issuer       string   `json:"issuer"`
		RequestURI   bool     `json:"request_uri_parameter_supported"`
		UserInfo     string   `json:"userinfo_endpoint"`
		Authorize    string   `json:"authorization_endpoint"`
		Device       string   `json:"device_authorization_endpoint"`
		HTTPLogout   bool     `json:"http_logout_supported"`
		FrontLogout  bool     `json:"frontchannel_logout_supported"`
		EndSession   string   `json:"end_session_endpoint"`
		Region       string   `json:"tenant_region_scope"`
		Cloud        string   `json:"cloud_instance_name"`
		CloudGraph   string   `json:"cloud_graph_host_name"`
		Graph        string   `json:"msgraph_host"`
		CodeMethods  []string `json:"code_challenge_methods_supported"`
		ClaimsListed []string `json:"claims_supported"`
	}{
		Token: s.address(at + "/oauth2/v2.0/token"), Methods: []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		Keys: s.address(at + "/discovery/v2.0/keys"), Modes: []string{"query", "fragment", "form_post"}, Subjects: []string{"pairwise"},
		Algorithms: []string{"RS256"}, Types: []string{"code"}, Scopes: []string{"openid", "profile", "email", "offline_access"}, Issuer: issuer,
		UserInfo: s.address("/oidc/userinfo"), Authorize: s.address(at + "/oauth2/v2.0/authorize"), Device: s.address(at + "/oauth2/v2.0/devicecode"),
		HTTPLogout: true, FrontLogout: true, EndSession: s.address(at + "/oauth2/v2.0/logout"), Region: "NA", Cloud: s.base.Hostname(),
		CloudGraph: s.base.Host, Graph: s.base.Host, CodeMethods: []string{"S256"},
		ClaimsListed: []string{"sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver"},
	})
}

// issuer is the issuer of a tenant's ID tokens.
func (s *Simulator) issuer(t *Tenant) string { return s.address("/" + t.id + "/v2.0") }

// discoverInstance tells Microsoft's own libraries that this is a cloud. The caller holds mu.
func (s *Simulator) discoverInstance(r *http.Request) answer {
	asked, err := url.Parse(r.URL.Query().Get("authorization_endpoint"))
	if err != nil || asked.Host != s.base.Host {
		return s.refuseToken(r, refused("invalid_instance", 50049, "Unknown or invalid instance."))
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(asked.Path, "/"), "/")
	d, unknown := s.find(segment)
	if unknown != nil {
		return s.refuseToken(r, unknown)
	}
	type metadata struct {
		Network string   `json:"preferred_network"`
		Cache   string   `json:"preferred_cache"`
		Aliases []string `json:"aliases"`
	}
	return object(http.StatusOK, struct {
		Endpoint string     `json:"tenant_discovery_endpoint"`
		Version  string     `json:"api-version"`
		Metadata []metadata `json:"metadata"`
	}{s.address("/" + d.name() + "/v2.0/.well-known/openid-configuration"), "1.1", []metadata{{s.base.Host, s.base.Host, []string{s.base.Host}}}})
}
