// Package gallery shows every view in every state, for the eye and for golden tests.
package gallery

import (
	"net/url"
	"strings"
	"time"

	"workbench"
	"workbench/static"
	"workbench/views/account"
	"workbench/views/problem"
	"workbench/views/ui"
)

// Exhibits are the components that all areas share, the sign-in page and what goes wrong. Areas bring their own.
func Exhibits() []ui.Exhibit {
	exhibits := []ui.Exhibit{
		{Name: "ui/badge/all", Component: badges()},
		{Name: "ui/control/all", Component: controls()},
		{Name: "ui/form/plain", Component: entry("")},
		{Name: "ui/form/wrong", Component: entry("Nobody of that name has an account.")},
		{Name: "ui/empty/with-actions", Component: nothing()},
		{Name: "ui/empty/plain", Component: ui.Empty("No comments yet", "What analysts write about this story will stand here.")},
		{Name: "ui/panel/all", Component: panels()},
		{Name: "ui/tabs/all", Component: tabs()},
		{Name: "ui/text/ordinary", Component: texts("Ordinary texts", ordinary())},
		{Name: "ui/text/hostile", Component: texts("Hostile texts", hostile())},
		{Name: "ui/text/lines", Component: lines(description())},
		{Name: "ui/technique/all", Component: techniques()},
		{Name: "ui/time/all", Component: times()},
		{Name: "ui/tree/keys", Component: tree()},
		{Name: "ui/icon/all", Component: icons()},
		{Name: "account/sign-in/plain", Component: account.Card(account.SignInForm{})},
		{Name: "account/sign-in/used-link", Component: account.Card(account.SignInForm{Name: "m.rossi", Problem: "This link was used already, or its time is over. Ask for a new one."})},
		{Name: "account/sign-in/held", Component: account.Card(account.SignInForm{Held: heldForm()})},
		{Name: "account/resume", Component: account.ResumeCard(*heldForm())},
		{Name: "account/password/plain", Component: account.PasswordCard(account.PasswordForm{Token: "TOKEN", Name: "m.rossi"})},
		{Name: "account/password/wrong", Component: account.PasswordCard(account.PasswordForm{Token: "TOKEN", Name: "m.rossi", Problems: map[string]string{account.FieldPassword: "Use 15 characters or more."}})},
		{Name: "problem/notice", Component: problem.Notice("Somebody changed the story meanwhile. Look at it again, then decide.", "7KQ2M9X4")},
	}
	for _, code := range []int{403, 404, 413, 422, 500, 503} {
		exhibits = append(exhibits, ui.Exhibit{Name: "problem/page/" + ui.Count(code), Component: problem.Card(code, "A sentence that says what happened.", "7KQ2M9X4")})
	}
	return exhibits
}

func heldForm() *account.Held {
	return account.Hold("/stories/abc/comment", url.Values{"comment": {"Asked the owner of the server whether this was planned."}})
}

// sample is a text with what is special about it.
type sample struct {
	What string
	Text workbench.Untrusted
}

func ordinary() []sample {
	return []sample{
		{"absent", workbench.Untrusted{}},
		{"word", workbench.Text("FIN-LT-204")},
		{"command line", workbench.Text(`"powershell.exe" -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA`)},
		{"long", workbench.Text(strings.Repeat("C:\\Users\\l.kovacs\\AppData\\Roaming\\", 12) + "svch0st.exe")},
		{"unbroken", workbench.Text(strings.Repeat("A", 400))},
		{"right to left", workbench.Text("تقرير الدفع.pdf")},
		{"two lines", workbench.Text("first line\n\tsecond line")},
	}
}

func hostile() []sample {
	return []sample{
		{"override", workbench.Text("invoice_\u202Efdp.exe")},
		{"isolates", workbench.Text("\u2066\u2067abc\u2069 \u202Edef")},
		{"markup", workbench.Text(`<img src=x onerror=alert(1)><script>alert(2)</script>"'` + "`")},
		{"template", workbench.Text(`{{constructor.constructor('alert(1)')()}} ${7*7}`)},
		{"zero width", workbench.Text("pay\u200Bpal\u00AD.com\uFEFF")},
		{"control", workbench.Text("a\x1b[31mred\x00\r\nb\x7f")},
		{"many marks", workbench.Text("z" + strings.Repeat("\u0301", 10_000) + "algo")},
		{"tags", workbench.Text("ok\U000E0041\U000E0042\U000E007F")},
		{"address", workbench.Text("https://user@contoso.com.evil.example/%2e%2e/?q=javascript:alert(1)")},
		{"bytes", workbench.Text("bad \xff\xfe bytes")},
	}
}

func description() sample {
	return sample{"description", workbench.Text("A process started another with an encoded command.\r\nThis often hides what it does.\n\n1. Isolate the device.\n2. Look at what it fetched: \u202Eexe.\n\n\n3. Reset the account.")}
}

// analystVerdict is a verdict with its severity.
type analystVerdict struct {
	Verdict  workbench.Verdict
	Severity workbench.AnalystSeverity
}

func statuses() []workbench.Status { return append([]workbench.Status{""}, workbench.Statuses...) }

func verdicts() []analystVerdict {
	list := []analystVerdict{{}}
	for _, v := range workbench.Verdicts {
		list = append(list, analystVerdict{Verdict: v})
	}
	return append(list, analystVerdict{workbench.VerdictMalicious, workbench.SeverityHigh})
}

func vendorVerdicts() []workbench.Untrusted {
	return texted("", "malicious", "Suspicious", "noThreatsFound", "unknown", "quarantinedByMagic", "odd\u202Eword")
}

func techniqueList() []workbench.Untrusted { return texted("T1566", "t1059.001", "T9999.999", "") }

func texted(list ...string) []workbench.Untrusted {
	var out []workbench.Untrusted
	for _, s := range list {
		out = append(out, workbench.Text(s))
	}
	return out
}

func now() time.Time { return time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC) }

func displays() []ui.Display {
	return []ui.Display{{Now: now()}, {Now: now(), Zone: time.FixedZone("India", 19_800), ZoneName: "Asia/Kolkata"}}
}

func moments() []workbench.Time {
	ago := func(d time.Duration) workbench.Time { return workbench.At(now().Add(-d)) }
	return []workbench.Time{{}, ago(20 * time.Second), ago(7*time.Minute + 123_456_700), ago(30 * time.Hour), ago(80 * 24 * time.Hour), ago(-2 * time.Minute)}
}

func facts() []ui.Fact {
	return []ui.Fact{
		{Label: "Incident ID", Value: ui.Code(workbench.Text("4711"))},
		{Label: "Created", Value: ui.Time(moments()[2], displays()[0])},
		{Label: "Tenant", Value: ui.Text(workbench.Text("Contoso"))},
		{Label: "Owner", Value: ui.Text(workbench.Untrusted{})},
		{Label: "Detection source", Value: ui.Word(workbench.Text("microsoftDefenderForEndpoint"))},
		{Label: "File", Value: ui.Text(workbench.Text("invoice_\u202Efdp.exe"))},
	}
}

func fields() []workbench.Field {
	return []workbench.Field{
		{Name: workbench.Text("loggedOnUsers.0.accountName"), Value: workbench.Text("l.kovacs")},
		{Name: workbench.Text("processCommandLine"), Value: workbench.Text(strings.Repeat("-enc SQBFAFgA ", 20))},
		{Name: workbench.Text("empty"), Value: workbench.Untrusted{}},
	}
}

func tabList() []ui.Tab {
	return []ui.Tab{{Label: "Overview", URL: "#main", Count: -1, Current: true}, {Label: "Evidences", URL: "#main", Count: 34}, {Label: "Alerts", URL: "#main", Count: 1284}, {Label: "Raw data", URL: "#main", Count: 0}}
}

func iconNames() []string { return static.Symbols() }
