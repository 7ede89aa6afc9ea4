package account_test

import (
	"net/url"
	"strings"
	"testing"

	"workbench/views/account"
	"workbench/views/layout"
)

func page(t *testing.T, f account.SignInForm) string {
	t.Helper()
	var b strings.Builder
	if err := account.SignIn(layout.Props{Title: "Sign in"}, f).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSignInTellsHow(t *testing.T) {
	for _, problem := range []string{"", "This <link> was used."} {
		html := page(t, account.SignInForm{Problem: problem})
		if want := `data-copy="workbench account link"`; !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
		if got := strings.Contains(html, "This &lt;link&gt; was used."); got != (problem != "") {
			t.Errorf("with problem %q: got it said %t", problem, got)
		}
	}
}

func TestHeldFormSurvivesSigningIn(t *testing.T) {
	typed := url.Values{"comment": {`first "line"` + "\nsecond <b>"}, "held-target": {"/evil"}, "label": {"a", "b"}, "secret": {"s3cr3t"}, "certificate": {"PEM"}}
	held := account.Hold("/stories/abc/comment", typed)
	html := page(t, account.SignInForm{Held: held})
	for _, want := range []string{`name="held:comment" value="first &#34;line&#34;` + "\n" + `second &lt;b&gt;"`, `name="held-target" value="/stories/abc/comment"`, `name="held:held-target" value="/evil"`, `action="/stories/abc/comment"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(html, "s3cr3t") || strings.Contains(html, "PEM") {
		t.Error("the page holds a secret")
	}
	sent := url.Values{account.FieldTarget: {held.Target}, account.FieldName: {"m.rossi"}, account.FieldPassword: {"secret"}}
	for _, f := range held.Fields {
		sent.Add("held:"+f.Name, f.Value)
	}
	again := account.HeldIn(sent)
	if again == nil || again.Target != held.Target || len(again.Fields) != len(held.Fields) {
		t.Fatalf("got %+v back", again)
	}
	for i, f := range again.Fields {
		if f != held.Fields[i] {
			t.Errorf("field %d: got %+v, want %+v", i, f, held.Fields[i])
		}
	}
	if account.HeldIn(url.Values{account.FieldName: {"m.rossi"}}) != nil {
		t.Error("a sign-in without a held form holds one")
	}
}
