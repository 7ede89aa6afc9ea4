package entra_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"workbench"
	"workbench/ingest/entra"
)

func TestParseAnswer(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	for _, test := range []struct {
		query     string
		code      string
		consented bool
		reason    workbench.Reason
		refused   bool // as *workbench.Invalid
	}{
		{query: "state=s&code=c", code: "c"},
		{query: "state=s&code=c&iss=https%3A%2F%2Fa&session_state=x&client_info=y", code: "c"},
		{query: "state=s&admin_consent=True&tenant=" + string(tenantA) + "&scope=a+b", consented: true},
		{query: "state=s&admin_consent=TRUE", consented: true},
		{query: "state=s&admin_consent=False", reason: workbench.ReasonDeclined},
		{query: "state=s&admin_consent=1", reason: workbench.ReasonDeclined},
		{query: "state=s&error=access_denied&admin_consent=True", reason: workbench.ReasonDeclined},
		{query: "state=s&error=access_denied&admin_consent=True&tenant=" + string(tenantA), reason: workbench.ReasonDeclined},
		{query: "state=s&error=server_error&error_subcode=cancel", reason: workbench.ReasonDeclined},
		{query: "state=s&error=", reason: workbench.ReasonRequestRefused},
		{query: "state=s&error=access_denied&error_description=AADSTS50020%3A+User+account", reason: workbench.ReasonWrongAccount},
		{query: "state=s", refused: true},
		{query: "", refused: true},
		{query: "code=c", refused: true},
		{query: "state=&code=c", refused: true},
		{query: "error=access_denied", refused: true},
		{query: "admin_consent=True&tenant=x", refused: true},
		{query: "state=s&code=c&error=access_denied", refused: true},
		{query: "state=s&code=c&error=", refused: true},
		{query: "state=s&code=c&admin_consent=True", refused: true},
		{query: "state=s&state=s&code=c", refused: true},
		{query: "state=s&code=c&code=d", refused: true},
		{query: "state=s&code=c&iss=a&iss=a", refused: true},
		{query: "state=s&code=c&zzz=a&zzz=b", refused: true},
		{query: "state=s&admin_consent=True&admin_consent=False", refused: true},
		{query: "state=" + long + "&code=c", refused: true},
		{query: "state=s&code=" + long, refused: true},
		{query: "state=s&code=c&iss=" + long, refused: true},
		{query: "state=s&error=a&error_description=" + long, refused: true},
		{query: "state=s&code=c&" + long + "=1", refused: true},
		{query: "state=s&code=c" + manyKeys(40), refused: true},
	} {
		q, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatalf("%.60s: %v", test.query, err)
		}
		got, err := entra.ParseAnswer(q)
		var bad *workbench.Invalid
		if test.refused {
			if !errors.As(err, &bad) || got.State != "" {
				t.Errorf("%.60s: got %v, want that it is refused", test.query, err)
			}
			continue
		}
		reason := workbench.Reason("")
		if got.Fault != nil {
			reason = got.Fault.Reason
		}
		if err != nil || got.State != "s" || got.Code != test.code || got.Consented != test.consented || reason != test.reason {
			t.Errorf("%.60s: got code %q, consented %t, %q, %v", test.query, got.Code, got.Consented, reason, err)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&k" + strings.Repeat("k", i) + "=1")
	}
	return b.String()
}

func TestAnswerShowsHostileTextAsText(t *testing.T) {
	text := "AADSTS65004: <img src=x onerror=alert(1)>\u202e" + strings.Repeat("y", 2_000) + "\r\nTrace ID: <b>\r\nCorrelation ID: 22222222-0000-0000-0000-000000000000\r\n"
	a, err := entra.ParseAnswer(url.Values{"state": {"state-canary"}, "error": {"access_denied\nlevel=error"}, "error_description": {text + "state-canary"}, "tenant": {strings.Repeat("t", 500)}})
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	if n := utf8.RuneCountInString(a.Fault.Detail.Raw()); n != 500 || !strings.HasPrefix(a.Fault.Detail.Raw(), "AADSTS65004: <img") || a.Fault.Reason != workbench.ReasonDeclined {
		t.Errorf("got %q with %d characters: %s", a.Fault.Reason, n, a.Fault.Detail)
	}
	if got := a.Fault.Trace.Raw(); got != "Trace ID: <b>, Correlation ID: 22222222-0000-0000-0000-000000000000" {
		t.Errorf("got trace %q", got)
	}
	if got := a.Fault.Error(); strings.ContainsAny(got, "\n\u202e") || strings.Contains(got, "canary") {
		t.Errorf("got error %q", got)
	}
	if n := len(a.Tenant.Raw()); n > 128 {
		t.Errorf("got a tenant of %d bytes", n)
	}
}

// TestAnswersOfAnotherIssuer swaps the answers of two issuers.
func TestAnswersOfAnotherIssuer(t *testing.T) {
	ours, theirs := "https://login.microsoftonline.com/"+string(tenantA)+"/v2.0", "https://login.microsoftonline.com/"+string(tenantB)+"/v2.0"
	for iss, want := range map[string]bool{"": true, ours: true, theirs: false, ours + "/": false, strings.ToUpper(ours): false, "null": false} {
		a, err := entra.ParseAnswer(url.Values{"state": {"s"}, "code": {"c"}, "iss": {iss}})
		if err != nil || a.From(ours) != want {
			t.Errorf("%q: got %t, %v, want %t", iss, a.From(ours), err, want)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	for _, s := range []string{"state=s&code=c", "state=s&admin_consent=True&tenant=t", "state=s&error=access_denied&error_description=AADSTS65004:+x%0d%0aTrace+ID:+1", "state=s&state=t&code=c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		a, err := entra.ParseAnswer(q)
		if err != nil {
			return
		}
		outcomes := 0
		for _, is := range []bool{a.Code != "", a.Consented, a.Fault != nil} {
			if is {
				outcomes++
			}
		}
		if outcomes != 1 || a.State == "" {
			t.Errorf("%q: got %d outcomes", query, outcomes)
		}
		if a.Fault != nil && (utf8.RuneCountInString(a.Fault.Detail.Raw()) > 500 || !utf8.ValidString(a.Fault.Detail.Raw()) || a.Fault.Reason == "") {
			t.Errorf("%q: got fault %v", query, a.Fault)
		}
	})
}
