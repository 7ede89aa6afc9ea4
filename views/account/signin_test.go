package account_test

import (
	"strings"
	"testing"

	"workbench/views/account"
	"workbench/views/layout"
)

func TestSignInTellsHow(t *testing.T) {
	for _, problem := range []string{"", "This <link> was used."} {
		var b strings.Builder
		if err := account.SignIn(layout.Props{Title: "Sign in"}, problem).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		html := b.String()
		if want := `data-copy="workbench account link"`; !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
		if got := strings.Contains(html, "This &lt;link&gt; was used."); got != (problem != "") {
			t.Errorf("with problem %q: got it said %t", problem, got)
		}
		if strings.Contains(html, `type="password"`) {
			t.Error("the page asks for a password, which nobody has")
		}
	}
}
