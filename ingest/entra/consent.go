package entra

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"workbench"
)

// ConsentURL is where the browser goes to grant the application permissions. It is "" where the tenant is no GUID or the state is missing.
func (c *Client) ConsentURL(tenant workbench.TenantID, clientID, redirectURI, state string) string {
	if !isTenant(tenant) || state == "" {
		return ""
	}
	q := url.Values{"client_id": {clientID}, "scope": {c.cloud.graph("/.default")}, "redirect_uri": {redirectURI}, "state": {state}}
	return c.cloud.entra(tenant, "v2.0/adminconsent") + "?" + q.Encode()
}

// Answer is what came back to the redirect address. Nothing in it is trusted but State, which is looked up. Printing it shows nothing of it.
type Answer struct {
	State     string
	Code      string
	Issuer    string              // iss, where it was given
	Tenant    workbench.Untrusted // as claimed
	Consented bool
	Fault     *workbench.Fault // what Microsoft says went wrong
}

// String says what it is, and not what it holds.
func (a Answer) String() string { return "entra.Answer (hidden)" }

// Format implements fmt.Formatter.
func (a Answer) Format(f fmt.State, _ rune) { hide(f, "Answer") }

// MarshalJSON refuses.
func (a Answer) MarshalJSON() ([]byte, error) { return nil, errSecret }

// From reports whether the answer names no issuer, or exactly this one. Where it names another, its code must not be redeemed.
func (a Answer) From(issuer string) bool { return a.Issuer == "" || a.Issuer == issuer }

// The limits of a callback, in bytes.
const (
	mostParameters = 32
	valueLimit     = 8 << 10
	stateLimit     = 256
)

// ParseAnswer reads the query of a callback. It fails with *workbench.Invalid for repeated, missing or overlong parameters, and for an
// answer that is both a success and a failure.
func ParseAnswer(q url.Values) (Answer, error) {
	if len(q) > mostParameters {
		return Answer{}, invalid("query", "The answer has too many parameters.")
	}
	for name, values := range q {
		if len(values) != 1 {
			return Answer{}, invalid("query", "The answer has a parameter twice.")
		}
		if len(name) > stateLimit || len(values[0]) > valueLimit {
			return Answer{}, invalid("query", "The answer has a parameter that is too long.")
		}
	}
	a := Answer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Tenant: cut(q.Get("tenant"), 128)}
	if a.State == "" || len(a.State) > stateLimit {
		return Answer{}, invalid("state", "The answer does not say which request it belongs to.")
	}
	failed, consent := q.Has("error"), q.Get("admin_consent")
	switch {
	case failed && a.Code != "", a.Code != "" && consent != "": // admin_consent=True comes with failures too
		return Answer{}, invalid("query", "The answer says two things at once.")
	case failed:
		detail, trace, numbers := described(q.Get("error_description"), []string{a.State})
		why := reason(0, q.Get("error"), numbers)
		if why == workbench.ReasonUnreadable {
			why = workbench.ReasonRequestRefused // an empty word
		}
		if q.Get("error_subcode") == "cancel" {
			why = workbench.ReasonDeclined
		}
		a.Fault = &workbench.Fault{Reason: why, Detail: detail, Trace: trace, Err: fmt.Errorf("the answer of Entra is %s", workbench.Text(without(q.Get("error"), []string{a.State})).Brief())}
	case strings.EqualFold(consent, "true"):
		a.Consented = true
	case consent != "":
		a.Fault = &workbench.Fault{Reason: workbench.ReasonDeclined, Err: errors.New("consent was not given, says Entra")}
	case a.Code == "":
		return Answer{}, invalid("code", "The answer says neither that it worked nor that it did not.")
	}
	return a, nil
}
