package entra_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"workbench"
	"workbench/ingest/entra"
)

// TestCatalogue has every row of Entra's errors: at the token endpoint where they come there, else in the callback.
func TestCatalogue(t *testing.T) {
	for _, row := range []struct {
		number, status int // status 0: callback
		word           string
		want           workbench.Reason
	}{
		{65001, 400, "invalid_grant", workbench.ReasonNotConsented},
		{65004, 0, "access_denied", workbench.ReasonDeclined},
		{65004, 0, "consent_required", workbench.ReasonDeclined},
		{90094, 0, "access_denied", workbench.ReasonNotAdministrator},
		{90095, 0, "access_denied", workbench.ReasonNotAdministrator},
		{50020, 0, "access_denied", workbench.ReasonWrongAccount},
		{51004, 0, "access_denied", workbench.ReasonWrongAccount},
		{650051, 0, "invalid_client", workbench.ReasonNotConsented},
		{650052, 0, "invalid_client", workbench.ReasonResourceMissing},
		{700016, 400, "unauthorized_client", workbench.ReasonApplicationUnknown},
		{700016, 0, "unauthorized_client", workbench.ReasonApplicationUnknown},
		{7000112, 400, "unauthorized_client", workbench.ReasonApplicationDisabled},
		{7000215, 401, "invalid_client", workbench.ReasonSecretWrong},
		{7000222, 401, "invalid_client", workbench.ReasonSecretExpired},
		{700027, 401, "invalid_client", workbench.ReasonCertificateUnknown},
		{700024, 401, "invalid_client", workbench.ReasonClock},
		{7000218, 401, "invalid_client", workbench.ReasonRequestRefused},
		{50012, 401, "invalid_client", workbench.ReasonRequestRefused},
		{50013, 400, "invalid_grant", workbench.ReasonRequestRefused},
		{90002, 400, "invalid_request", workbench.ReasonTenantUnknown},
		{900023, 400, "invalid_request", workbench.ReasonTenantUnknown},
		{90038, 400, "invalid_request", workbench.ReasonWrongCloud},
		{900382, 400, "invalid_request", workbench.ReasonWrongCloud},
		{70011, 400, "invalid_scope", workbench.ReasonRequestRefused},
		{1002012, 400, "invalid_scope", workbench.ReasonRequestRefused},
		{500011, 400, "invalid_resource", workbench.ReasonResourceMissing},
		{650057, 400, "invalid_resource", workbench.ReasonResourceMissing},
		{650056, 400, "invalid_request", workbench.ReasonResourceMissing},
		{700082, 0, "invalid_grant", workbench.ReasonSignInExpired},
		{70008, 0, "invalid_grant", workbench.ReasonSignInExpired},
		{54005, 0, "invalid_grant", workbench.ReasonSignInExpired},
		{501481, 0, "invalid_grant", workbench.ReasonSignInExpired},
		{700005, 0, "invalid_grant", workbench.ReasonWrongTenant},
		{50011, 0, "invalid_request", workbench.ReasonRedirectMismatch},
		{50076, 400, "interaction_required", workbench.ReasonConditionalAccess},
		{50079, 400, "interaction_required", workbench.ReasonConditionalAccess},
		{53003, 400, "access_denied", workbench.ReasonConditionalAccess},
		{530032, 400, "access_denied", workbench.ReasonConditionalAccess},
		{50105, 0, "interaction_required", workbench.ReasonConditionalAccess},
		{900144, 400, "invalid_request", workbench.ReasonRequestRefused},
		{9002313, 400, "invalid_request", workbench.ReasonRequestRefused},
		{90055, 429, "temporarily_unavailable", workbench.ReasonThrottled},
		{90055, 503, "temporarily_unavailable", workbench.ReasonThrottled},
		{50196, 400, "invalid_grant", workbench.ReasonThrottled},
		{90033, 503, "temporarily_unavailable", workbench.ReasonUnavailable},
		{90006, 504, "temporarily_unavailable", workbench.ReasonUnavailable},
		{90024, 500, "server_error", workbench.ReasonUnavailable},
		{90024, 429, "temporarily_unavailable", workbench.ReasonThrottled},
		{99999, 400, "interaction_required", workbench.ReasonConditionalAccess},
		{99999, 400, "invalid_tenant", workbench.ReasonTenantUnknown},
		{99999, 400, "never_heard", workbench.ReasonRequestRefused},
		{99999, 500, "never_heard", workbench.ReasonUnavailable},
		{99999, 0, "access_denied", workbench.ReasonDeclined},
		{99999, 0, "permission_denied", workbench.ReasonDeclined},
		{99999, 0, "consent_required", workbench.ReasonNotConsented},
		{99999, 0, "temporarily_unavailable", workbench.ReasonUnavailable},
		{99999, 0, "", workbench.ReasonRequestRefused},
	} {
		t.Run(fmt.Sprint(row.number, "/", row.status, "/", row.word), func(t *testing.T) {
			said := refusal(row.word, row.number, "Something.")
			var fault *workbench.Fault
			if row.status == 0 {
				a, err := entra.ParseAnswer(url.Values{"state": {"s"}, "error": {row.word}, "error_description": {said["error_description"].(string)}, "admin_consent": {"True"}})
				if err != nil {
					t.Fatalf("parsing the answer: %v", err)
				}
				fault = a.Fault
			} else {
				f := newFake(t)
				f.tokens(row.status, said)
				_, err := f.client().AppToken(t.Context(), tenantA, clientID, ourKey())
				fault = workbench.FaultOf(err)
			}
			if fault.Reason != row.want {
				t.Errorf("got %q, want %q", fault.Reason, row.want)
			}
			if got, want := fault.Detail.Raw(), fmt.Sprintf("AADSTS%d: Something.", row.number); got != want {
				t.Errorf("got detail %q, want %q", got, want)
			}
			if got, want := fault.Trace.Raw(), "Trace ID: 11111111-0000-0000-0000-000000000000, Correlation ID: 22222222-0000-0000-0000-000000000000, Timestamp: 2026-03-11 08:19:44Z"; got != want {
				t.Errorf("got trace %q, want %q", got, want)
			}
		})
	}
}

func TestDescriptionsAreHostile(t *testing.T) {
	f := newFake(t)
	var sent string
	for _, text := range []string{
		strings.Repeat("\u202e<script>", 9_000),
		"AADSTS700027: x Trace ID: 11111111-0000-0000-0000-000000000000 Correlation ID: 22222222-0000-0000-0000-000000000000 Timestamp: 2026-03-11 08:19:44Z",
		"Trace ID: " + strings.Repeat("é", 9_000),
		"AADSTS99999999999999999999: \xff\x00",
		"the secret is ECHO, also QUOTED, and a token is eyJhbGciOiJQUzI1NiJ9.eyJhIjoxfQ.c2ln",
	} {
		f.handle["/token"] = func(w http.ResponseWriter, r *http.Request) {
			sent = r.PostForm.Get("client_secret")
			text = strings.ReplaceAll(strings.ReplaceAll(text, "ECHO", sent), "QUOTED", url.QueryEscape(sent))
			reply(w, 401, map[string]any{"error": "invalid_client" + sent, "error_description": text, "trace_id": strings.Repeat("t", 4_000)})
		}
		_, err := f.client().AppToken(t.Context(), tenantA, clientID, entra.Key{Secret: "p&ssw0rd = canary"})
		fault := workbench.FaultOf(err)
		if n := utf8.RuneCountInString(fault.Detail.Raw()); n > 500 {
			t.Errorf("%.20q: got a detail of %d characters", text, n)
		}
		if n := utf8.RuneCountInString(fault.Trace.Raw()); n > 200 {
			t.Errorf("%.20q: got a trace of %d characters", text, n)
		}
		for _, word := range []string{"canary", "eyJhb", "Trace ID"} {
			if strings.Contains(fault.Error()+fault.Detail.Raw(), word) {
				t.Errorf("%.20q: the error holds %q: %v", text, word, err)
			}
		}
	}
	if sent == "" {
		t.Error("no secret was sent, so that nothing was tested")
	}
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "17": 17 * time.Second, "-4": 0, "soon": 0, "99999999": 24 * time.Hour, "99999999999999999999": 24 * time.Hour,
		clock.Add(time.Minute).Format(http.TimeFormat): time.Minute, clock.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		f := newFake(t)
		f.handle["/token"] = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", text)
			reply(w, 429, refusal("temporarily_unavailable", 90055, "x"))
		}
		_, err := f.client().AppToken(t.Context(), tenantA, clientID, ourKey())
		if got := workbench.FaultOf(err); got.RetryAfter != want || got.Reason != workbench.ReasonThrottled {
			t.Errorf("%q: got %s, %q, want %s", text, got.RetryAfter, got.Reason, want)
		}
	}
}
