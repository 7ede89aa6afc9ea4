package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"workbench"
	"workbench/store"
)

func (s *stack) doHost(host, target string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w
}

func (s *stack) link(token string, lasting bool, life time.Duration) string {
	s.t.Helper()
	if err := s.store.AddLink(s.t.Context(), token, store.Link{Account: workbench.Administrator, Expires: s.now.Add(life), Lasting: lasting}); err != nil {
		s.t.Fatal(err)
	}
	return "/sign-in?token=" + token
}

func TestSignInLink(t *testing.T) {
	t.Run("signs in once", func(t *testing.T) {
		s := newStack(t)
		link := s.link("once", false, time.Hour)
		w := s.get(link + "&return=%2Fstories%3Fq%3Dx")
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/stories?q=x" {
			t.Errorf("got %d to %q", w.Code, w.Header().Get("Location"))
		}
		if again := s.get(link); again.Code != http.StatusForbidden || len(again.Result().Cookies()) > 0 {
			t.Errorf("the second visit answers %d", again.Code)
		}
	})
	t.Run("is not used up by looking ahead", func(t *testing.T) {
		s := newStack(t)
		link := s.link("ahead", false, time.Hour)
		if w := s.do(http.MethodHead, link, nil); len(w.Result().Cookies()) > 0 {
			t.Error("HEAD signs in")
		}
		if w := s.get(link, "Sec-Purpose", "prefetch;prerender"); len(w.Result().Cookies()) > 0 {
			t.Error("a prefetch signs in")
		}
		if w := s.get(link); w.Code != http.StatusSeeOther {
			t.Errorf("the visit after them answers %d", w.Code)
		}
	})
	t.Run("ends", func(t *testing.T) {
		s := newStack(t)
		link := s.link("late", false, time.Hour)
		s.now = s.now.Add(time.Hour + time.Second)
		if w := s.get(link); w.Code != http.StatusForbidden {
			t.Errorf("got %d after its time", w.Code)
		}
	})
	t.Run("may last", func(t *testing.T) {
		s := newStack(t)
		link := s.link("demo", true, time.Hour)
		for range 2 {
			if w := s.get(link); w.Code != http.StatusSeeOther {
				t.Errorf("got %d", w.Code)
			}
		}
	})
	t.Run("leads nowhere else", func(t *testing.T) {
		for _, elsewhere := range []string{"//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a%0d%0aSet-Cookie:x=y"} {
			s := newStack(t)
			w := s.get(s.link("t", true, time.Hour) + "&return=" + elsewhere)
			if location := w.Header().Get("Location"); location != "/" {
				t.Errorf("%s: leads to %q", elsewhere, location)
			}
		}
	})
}

func TestSession(t *testing.T) {
	t.Run("has a careful cookie", func(t *testing.T) {
		c := newStack(t).signedIn().cookie
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || c.Domain != "" {
			t.Errorf("got %+v", c)
		}
	})
	t.Run("is new at each sign-in", func(t *testing.T) {
		s := newStack(t).signedIn()
		former := s.cookie
		w := s.get(s.link("again", false, time.Hour))
		if w.Code != http.StatusSeeOther {
			t.Fatalf("got %d", w.Code)
		}
		s.cookie = former
		if w := s.get("/stories"); w.Code != http.StatusSeeOther {
			t.Errorf("the former session still opens the list: %d", w.Code)
		}
	})
	t.Run("ends by signing out", func(t *testing.T) {
		s := newStack(t).signedIn()
		if w := s.do(http.MethodPost, "/sign-out", nil); w.Code != http.StatusSeeOther {
			t.Errorf("signing out answers %d", w.Code)
		}
		if w := s.get("/stories"); w.Code != http.StatusSeeOther {
			t.Errorf("the session outlived signing out: %d", w.Code)
		}
	})
	t.Run("ends after twelve hours", func(t *testing.T) {
		s := newStack(t).signedIn()
		s.now = s.now.Add(12*time.Hour + time.Second)
		if w := s.get("/stories"); w.Code != http.StatusSeeOther {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("a cookie that is none is no error", func(t *testing.T) {
		s := newStack(t)
		s.cookie = &http.Cookie{Name: "workbench", Value: "forged"}
		if w := s.get("/sign-in"); w.Code != http.StatusOK {
			t.Errorf("got %d", w.Code)
		}
		if w := s.get("/stories?q=secret"); w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "return=%2Fstories%3Fq%3Dsecret") {
			t.Errorf("got %d to %q", w.Code, w.Header().Get("Location"))
		}
	})
	t.Run("a partial is told to sign in", func(t *testing.T) {
		w := newStack(t).get("/stories", "HX-Request", "true")
		if w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Header().Get("HX-Redirect"), "/sign-in") {
			t.Errorf("got %d, %q", w.Code, w.Header().Get("HX-Redirect"))
		}
	})
}

func TestUnknownAddressKeepsTheFrame(t *testing.T) {
	s := newStack(t).signedIn()
	w := s.get("/nowhere")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "administrator") || !strings.Contains(w.Body.String(), `action="/stories"`) {
		t.Errorf("answers %d without account or search", w.Code)
	}
	s.cookie = nil
	if w := s.get("/nowhere"); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "administrator") {
		t.Errorf("answers nobody %d", w.Code)
	}
}

func TestTokensAreNotLogged(t *testing.T) {
	s := newStack(t)
	s.get(s.link("very-secret-token", false, time.Hour))
	if strings.Contains(s.log.String(), "very-secret-token") {
		t.Error("the log holds a sign-in token")
	}
}
