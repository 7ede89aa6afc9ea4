package entra

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"workbench"
)

// policy finds what Graph says where a policy of the tenant refuses a certificate: CredentialInvalidLifetimeAsPerAppPolicy with "Credential
// lifetime exceeds the max value allowed as per assigned policy '…'", CredentialTypeNotAllowedAsPerAppPolicy, and words about trusted
// authorities. What Graph says of other policies, as of the accounts that an application may sign in, is none of certificates.
var (
	policy = regexp.MustCompile(`(?i)policy|policies|credential ?lifetime|CredentialInvalidLifetime|CredentialTypeNotAllowed|InvalidKeyEndDate|` +
		`trusted ?(certificate ?)?(authority|authorities|issuer)`)
	otherPolicy = regexp.MustCompile(`(?i)SignInAudience|TenantIdentifier|IdentifierUri`)
)

// good reports whether an answer is a success.
func (a answer) good() bool { return a.status >= 200 && a.status <= 299 }

// complaint is an error of Graph, as it came.
type complaint struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"details"`
}

// complained reads the error of an answer: empty where it is none of Graph's.
func complained(a answer) complaint {
	var said struct {
		Error complaint `json:"error"`
	}
	if json.Unmarshal(a.body, &said) != nil {
		return complaint{}
	}
	said.Error.Details = said.Error.Details[:min(len(said.Error.Details), 8)]
	return said.Error
}

// words are all that the error says, for finding what it means.
func (c complaint) words() string {
	all := []string{c.Code, c.Message}
	for _, d := range c.Details {
		all = append(all, d.Code, d.Message)
	}
	for i := range all {
		all[i] = all[i][:min(len(all[i]), 4<<10)]
	}
	return strings.Join(all, "\n")
}

// refusedByGraph is an error that Graph answered with. Where it is no other, its reason is otherwise. secrets are what was sent in confidence.
func (c *Client) refusedByGraph(e *exchange, a answer, otherwise workbench.Reason, secrets ...string) *workbench.Fault {
	said := complained(a)
	text := said.Message
	if text == "" && len(said.Details) > 0 {
		text = said.Details[0].Message
	}
	detail, _, _ := described(text, secrets)
	code := workbench.Text(without(said.Code, secrets)).Brief()
	f := &workbench.Fault{Reason: otherwise, Detail: detail, Trace: e.traced(), RetryAfter: retryAfter(a.header, c.now()),
		Err: fmt.Errorf("answer %d of Graph, %s", a.status, code)}
	all := said.words()
	switch {
	case a.status == 429:
		f.Reason = workbench.ReasonThrottled
	case a.status >= 500:
		f.Reason = workbench.ReasonUnavailable
	case a.status == 401:
		f.Reason = workbench.ReasonTokenRefused
	case policy.MatchString(all) && !otherPolicy.MatchString(all):
		f.Reason = workbench.ReasonKeyPolicy
	case said.Code == "" && said.Message == "":
		f.Reason = workbench.ReasonUnreadable
	}
	return f
}
