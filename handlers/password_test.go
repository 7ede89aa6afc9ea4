package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/store"
)

const goodPassword = "vier rote Schuhe im Regen"

// withPassword makes an account that has set its password by a link, and leaves nobody signed in.
func (s *stack) withPassword(name string, role workbench.Role) workbench.Account {
	s.t.Helper()
	a := workbench.Account{ID: workbench.AccountID("id-" + name), Name: name, Role: role, Grants: []workbench.TenantID{}, AllGrants: true}
	if err := s.store.AddAccount(s.t.Context(), a); err != nil {
		s.t.Fatal(err)
	}
	token := s.passwordLink(a.ID)
	w := s.do(http.MethodPost, "/password", url.Values{"token": {token}, "password": {goodPassword}, "again": {goodPassword}})
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) == 0 {
		s.t.Fatalf("setting a password answers %d: %.300s", w.Code, w.Body)
	}
	return a
}

func (s *stack) passwordLink(id workbench.AccountID) string {
	s.t.Helper()
	token := "password-" + string(id) + s.now.String()
	if err := s.store.AddLink(s.t.Context(), token, store.Link{Account: id, Expires: s.now.Add(time.Hour), Password: true}); err != nil {
		s.t.Fatal(err)
	}
	return token
}

// enter signs in by password, and keeps the cookie.
func (s *stack) enter(name, password string, more url.Values) int {
	s.t.Helper()
	form := url.Values{"name": {name}, "password": {password}}
	for k, v := range more {
		form[k] = v
	}
	w := s.do(http.MethodPost, "/sign-in", form)
	for _, c := range w.Result().Cookies() {
		if c.Name == "workbench" {
			s.cookie = c
		}
	}
	return w.Code
}

func TestPasswordIsSetByLink(t *testing.T) {
	s := newStack(t)
	a := workbench.Account{ID: "x", Name: "m.rossi", Role: workbench.Analyst, AllGrants: true}
	if err := s.store.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	token := s.passwordLink("x")
	page := s.mustGet("/password?token=" + url.QueryEscape(token))
	if !strings.Contains(page, "m.rossi") || !strings.Contains(page, "Set a password") {
		t.Error("the page does not ask for a password of the account")
	}
	if w := s.get("/sign-in?token=" + url.QueryEscape(token)); len(w.Result().Cookies()) > 0 {
		t.Error("a link that sets a password signs in")
	}
	for _, bad := range []url.Values{
		{"token": {token}, "password": {"short"}, "again": {"short"}},
		{"token": {token}, "password": {goodPassword}, "again": {goodPassword + "x"}},
	} {
		if w := s.do(http.MethodPost, "/password", bad); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), goodPassword) {
			t.Errorf("got %d, or the password comes back", w.Code)
		}
	}
	good := url.Values{"token": {token}, "password": {goodPassword}, "again": {goodPassword}}
	if w := s.do(http.MethodPost, "/password", good); w.Code != http.StatusSeeOther {
		t.Fatalf("got %d", w.Code)
	}
	if w := s.do(http.MethodPost, "/password", good); w.Code != http.StatusForbidden {
		t.Errorf("the link works twice: %d", w.Code)
	}
	if code := s.enter("m.rossi", goodPassword, nil); code != http.StatusSeeOther {
		t.Errorf("signing in answers %d", code)
	}
	if w := s.get("/stories"); w.Code != http.StatusOK {
		t.Errorf("signed in, the list answers %d", w.Code)
	}
	s.now = s.now.Add(time.Minute)
	old := s.cookie
	s.cookie = nil
	token = s.passwordLink("x")
	if w := s.do(http.MethodPost, "/password", url.Values{"token": {token}, "password": {goodPassword + "2"}, "again": {goodPassword + "2"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("got %d", w.Code)
	}
	s.cookie = old
	if w := s.get("/stories"); w.Code != http.StatusSeeOther {
		t.Errorf("a session from before the new password still answers %d", w.Code)
	}
}

func TestSignInRefusesAlike(t *testing.T) {
	s := newStack(t)
	a := s.withPassword("m.rossi", workbench.Viewer)
	off := s.withPassword("gone", workbench.Viewer)
	off.Disabled = true
	if err := s.store.SaveAccount(t.Context(), off, "switched off", "", workbench.At(s.now)); err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for name, password := range map[string]string{"m.rossi": "wrong wrong wrong", "nobody": goodPassword, "gone": goodPassword, "administrator": ""} {
		w := s.do(http.MethodPost, "/sign-in", url.Values{"name": {name}, "password": {password}})
		if w.Code != http.StatusUnauthorized || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: got %d", name, w.Code)
		}
		bodies[name] = strings.ReplaceAll(w.Body.String(), `value="`+name+`"`, "")
	}
	for name, body := range bodies {
		if body != bodies["nobody"] {
			t.Errorf("the answer for %s differs from that for an account that is not there", name)
		}
	}
	for range 20 {
		s.enter("m.rossi", "wrong wrong wrong", nil)
	}
	if code := s.enter("m.rossi", goodPassword, nil); code != http.StatusTooManyRequests {
		t.Errorf("after 20 wrong tries the right password answers %d", code)
	}
	s.now = s.now.Add(10 * time.Minute)
	if code := s.enter("m.rossi", goodPassword, nil); code != http.StatusSeeOther {
		t.Errorf("ten minutes later it answers %d", code)
	}
	a.Disabled = true
	s.now = s.now.Add(time.Second)
	w := s.get("/stories")
	if w.Code != http.StatusOK {
		t.Fatalf("got %d", w.Code)
	}
	kept, err := s.store.Account(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept.Disabled = true
	if err := s.store.SaveAccount(t.Context(), kept, "switched off", "", workbench.At(s.now)); err != nil {
		t.Fatal(err)
	}
	if w := s.get("/stories"); w.Code != http.StatusSeeOther {
		t.Errorf("the session of an account that is switched off answers %d", w.Code)
	}
}

func TestNothingTypedIsLostWithTheSession(t *testing.T) {
	s := newStack(t).withSamples()
	s.withPassword("m.rossi", workbench.Analyst)
	id := s.rows()[0].ID
	comment := "Asked \"the owner\"\nwhether <this> was planned."
	w := s.do(http.MethodPost, "/stories/"+string(id)+"/comment", url.Values{"comment": {comment}})
	if w.Code != http.StatusUnauthorized {
		t.Fatalf("a comment without session answers %d", w.Code)
	}
	hidden := url.Values{}
	for _, n := range elements(mustParse(t, w.Body.String()), isInput) {
		if strings.HasPrefix(attribute(n, "name"), "held") {
			hidden.Add(attribute(n, "name"), attribute(n, "value"))
		}
	}
	if got := hidden.Get("held:comment"); got != comment {
		t.Fatalf("the page keeps %q", got)
	}
	wrong := url.Values{"name": {"m.rossi"}, "password": {"wrong wrong wrong"}}
	for k, v := range hidden {
		wrong[k] = v
	}
	if again := s.do(http.MethodPost, "/sign-in", wrong); again.Code != http.StatusUnauthorized || !strings.Contains(again.Body.String(), "held:comment") {
		t.Errorf("a wrong password loses what was typed (%d)", again.Code)
	}
	wrong.Set("password", goodPassword)
	resumed := s.do(http.MethodPost, "/sign-in", wrong)
	for _, c := range resumed.Result().Cookies() {
		if c.Name == "workbench" {
			s.cookie = c
		}
	}
	if resumed.Code != http.StatusOK || s.cookie == nil {
		t.Fatalf("signing in again answers %d", resumed.Code)
	}
	form := elements(mustParse(t, resumed.Body.String()), isInput)
	send := url.Values{}
	for _, n := range form {
		if attribute(n, "name") == "comment" {
			send.Set("comment", attribute(n, "value"))
		}
	}
	if w := s.do(http.MethodPost, "/stories/"+string(id)+"/comment", send); w.Code != http.StatusSeeOther {
		t.Fatalf("sending it again answers %d", w.Code)
	}
	story, err := s.store.Story(t.Context(), workbench.EveryTenant(), id)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(story.State.Actions); n == 0 || story.State.Actions[n-1].Comment.Raw() != comment {
		t.Errorf("the story has not the comment as it was typed")
	}
}

func TestHeldFormsLeadNowhereElse(t *testing.T) {
	s := newStack(t)
	s.withPassword("m.rossi", workbench.Analyst)
	for _, target := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)"} {
		w := s.do(http.MethodPost, "/sign-in", url.Values{"name": {"m.rossi"}, "password": {goodPassword}, "held-target": {target}, "held:comment": {"x"}})
		if w.Code != http.StatusSeeOther || strings.Contains(w.Body.String(), "evil") {
			t.Errorf("%s: got %d", target, w.Code)
		}
	}
}
